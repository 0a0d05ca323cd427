"""S1 to S12: what counts say, judged with a stated error rate."""

from __future__ import annotations

from itertools import pairwise

from backline.conformance import probes
from backline.conformance.outcome import Skipped, expect, shown
from backline.conformance.registry import Basis, check
from backline.conformance.statistics import RATE, deviation, distance, most_common
from backline.conformance.subject import Subject

_NEEDS = ("run",)


def _gives(subject: Subject, name: str) -> None:
    """Each shot goes astray with at most the stated noise: a majority for anything else is rare."""
    panel = probes.panel(subject)
    panel.index(name)
    probe = panel.probes[name]
    subject.too_noisy(probe.circuit)
    counts = panel.counts(name)
    expect(
        most_common(counts) == probe.expected,
        f"{name!r} should give {probe.expected!r}, it gives {shown(counts)}",
    )


def _is_near(subject: Subject, name: str, ideal: list[float], called: str) -> None:
    """Counts differ from ideal ones by the stated noise and by chance alone."""
    panel = probes.panel(subject)
    panel.index(name)
    circuit = panel.probes[name].circuit
    subject.too_noisy(circuit)
    counts = panel.counts(name)
    allowed = subject.noise(circuit) + deviation(sum(counts.values()), len(ideal))
    found = distance(counts, ideal)
    expect(found <= allowed, f"it gives {counts}: {found:.3f} from {called}, {allowed:.3f} allowed")


@check("S1", "qubit 0 is the rightmost bit", source="Qiskit's bit order", needs=_NEEDS, rate=RATE)
def bit_order(subject: Subject) -> None:
    """Reversed bits are another outcome, and symmetric test circuits do not show it."""
    _gives(subject, "first")


@check(
    "S2", "the first register is the rightmost", source="Result.get_counts", needs=_NEEDS, rate=RATE
)
def registers(subject: Subject) -> None:
    """Registers are written from right to left too."""
    _gives(subject, "registers")


@check(
    "S3",
    "a measurement goes to the bit that it names",
    source="QuantumCircuit.measure",
    needs=_NEEDS,
    rate=RATE,
)
def mapping(subject: Subject) -> None:
    """Compiled circuits measure qubits into bits of other numbers."""
    _gives(subject, "crossed")


@check(
    "S4",
    "bits that nothing was measured into are 0",
    source="QuantumCircuit.measure",
    needs=_NEEDS,
    rate=RATE,
)
def untouched(subject: Subject) -> None:
    """They are part of the register all the same."""
    _gives(subject, "partial")


@check("S5", "qubits start in 0", source="QuantumCircuit", needs=_NEEDS, rate=RATE)
def start(subject: Subject) -> None:
    """Every circuit relies on it."""
    _gives(subject, "zeros")


@check(
    "S6",
    "bits outside of registers are counted",
    source="Result.get_counts",
    needs=_NEEDS,
    rate=RATE,
)
def loose(subject: Subject) -> None:
    """A circuit may have bits that are in no register."""
    _gives(subject, "loose")


@check(
    "S7",
    "a superposition gives both outcomes alike",
    source="quantum mechanics",
    needs=_NEEDS,
    rate=RATE,
)
def coin(subject: Subject) -> None:
    """It shows that shots are sampled from the amplitudes."""
    _is_near(subject, "coin", [0.5, 0.5], "even")


@check("S8", "a Bell pair is correlated", source="quantum mechanics", needs=_NEEDS, rate=RATE)
def bell(subject: Subject) -> None:
    """It shows that two qubits share a state."""
    _is_near(subject, "bell", [0.5, 0, 0, 0.5], "ideal")


@check("S9", "the same seed gives the same counts", source="seed_simulator", needs=("run", "seed"))
def same_seed(subject: Subject) -> None:
    """Tests and published figures are repeated by their seed."""
    first, second = probes.repeated(subject, 11, 11)
    expect(first == second, f"first {shown(first)}, then {shown(second)}")


@check(
    "S10",
    "other seeds give other counts",
    source="seed_simulator",
    needs=("run", "seed"),
    rate=1e-9,
)
def other_seeds(subject: Subject) -> None:
    """A seed that is not used looks like a very good result."""
    _, first, second = probes.repeated(subject, 11, 11, 12)
    expect(first != second, f"seeds 11 and 12 both gave {shown(first)}")


@check("S11", "without a seed, runs differ", source="BackendV2.run", needs=_NEEDS, rate=1e-9)
def no_seed(subject: Subject) -> None:
    """Averaging runs that are copies of each other averages nothing."""
    if subject.defaults.get("seed_simulator") is not None:
        raise Skipped("its options have a seed")
    first, second = probes.repeated(subject, None, None)
    expect(first != second, f"two runs both gave {shown(first)}")


@check(
    "S12",
    "equal circuits of one job are sampled apart",
    source="K40",
    basis=Basis.BACKLINE,
    needs=("run", "memory"),
    rate=1e-30,
)
def independent(subject: Subject) -> None:
    """Repeating a circuit in a list is to give new shots, not the same ones again."""
    panel = probes.panel(subject)
    one, two = (panel.result.get_memory(panel.index(n)) for n in ("coin", "coin again"))
    expect(one != two, f"both gave the same {len(one)} shots in the same order")


@check(
    "S13",
    "shots follow each other at random",
    source="quantum mechanics",
    needs=("run", "memory"),
    rate=RATE,
)
def shuffled(subject: Subject) -> None:
    """Sorted or alternating shots break whatever looks at drift or at parts of them."""
    panel = probes.panel(subject)
    panel.index("coin")
    subject.too_noisy(panel.probes["coin"].circuit)
    shots = panel.result.get_memory(panel.index("coin"))
    ones = sum(int(shot) for shot in shots)
    zeros, number = len(shots) - ones, len(shots)
    if min(ones, zeros) < 20:
        raise Skipped("there are too few of one outcome")
    runs = 1 + sum(a != b for a, b in pairwise(shots))
    mean = 2 * ones * zeros / number + 1
    sigma = ((mean - 1) * (mean - 2) / (number - 1)) ** 0.5
    # Wald and Wolfowitz: beyond 5.2 standard deviations once in five million.
    expect(
        abs(runs - mean) < 5.2 * sigma,
        f"{number} shots have {runs} runs of equal outcomes, {mean:.0f} ± {sigma:.0f} are expected",
    )
