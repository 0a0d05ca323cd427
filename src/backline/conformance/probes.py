"""The circuits that checks look at, as many as possible in one job."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Clbit

from backline.conformance.outcome import Failed, Skipped, worded
from backline.conformance.subject import Subject

SHORT = 37
"""Shots of a run whose number of shots is what is looked at."""

SEED = 20250

COPIES = 6
"""Of a coin; two such runs agree by chance less than once in 10^9 times, with 512 shots each."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One circuit, and what has to come out.

    Attributes:
        circuit: Compiled.
        expected: The outcome of a perfect device as counts show it; None where it is random.
    """

    circuit: QuantumCircuit
    expected: str | None


@dataclass(frozen=True, slots=True)
class Panel:
    """Circuits that ran in one job.

    Attributes:
        names: Of the probes, in the order in which they ran.
        probes: By name.
        job: The job.
        result: Its result.
        options: Of the run.
    """

    names: list[str]
    probes: dict[str, Probe]
    job: Any
    result: Any
    options: dict[str, Any]

    def index(self, name: str) -> int:
        """Which experiment a probe is.

        Args:
            name: Of the probe.

        Raises:
            Skipped: If the device is too small for it.
        """
        if name not in self.names:
            raise Skipped(f"the device is too small for the circuit {name!r}")
        return self.names.index(name)

    def counts(self, name: str) -> dict[str, int]:
        """Counts of a probe.

        Args:
            name: Of the probe.

        Raises:
            Skipped: If the device is too small for it.
        """
        return dict(self.result.get_counts(self.index(name)))


def _circuit(subject: Subject, name: str, width: int, *registers: Any) -> QuantumCircuit:
    return QuantumCircuit(QuantumRegister(width, "q"), *registers, name=name)


def _build(subject: Subject) -> dict[str, tuple[QuantumCircuit, str | None]]:
    width = min(3, subject.facts.width)
    made: dict[str, tuple[QuantumCircuit, str | None]] = {}

    zeros = _circuit(subject, "zeros", width, ClassicalRegister(width, "c"))
    zeros.measure(range(width), range(width))
    made["zeros"] = zeros, "0" * width

    first = _circuit(subject, "first", width, ClassicalRegister(width, "c"))
    first.x(0)
    first.measure(range(width), range(width))
    made["first"] = first, "1".rjust(width, "0")

    partial = _circuit(subject, "partial", 1, ClassicalRegister(3, "c"))
    partial.x(0)
    partial.measure(0, 1)
    made["partial"] = partial, "010"

    loose = _circuit(subject, "loose", 1, [Clbit(), Clbit()])
    loose.x(0)
    loose.measure(0, 1)
    made["loose"] = loose, "10"

    for name in ("coin", "coin again"):
        coin = _circuit(subject, name, 1, ClassicalRegister(1, "c"))
        coin.h(0)
        coin.measure(0, 0)
        made[name] = coin, None

    if width > 1:
        registers = _circuit(
            subject, "registers", 2, ClassicalRegister(1, "a"), ClassicalRegister(2, "b")
        )
        registers.x(0)
        registers.measure(0, 0)
        registers.measure(1, 1)
        registers.measure(0, 2)
        registers.data.pop()  # each qubit is measured once; the second bit of b stays 0
        made["registers"] = registers, "00 1"

        crossed = _circuit(subject, "crossed", 2, ClassicalRegister(2, "c"))
        crossed.x(0)
        crossed.measure(0, 1)
        crossed.measure(1, 0)
        made["crossed"] = crossed, "10"

        bell = _circuit(subject, "bell", 2, ClassicalRegister(2, "c"))
        bell.h(0)
        bell.cx(0, 1)
        bell.measure([0, 1], [0, 1])
        made["bell"] = bell, None
    return made


def _probes(subject: Subject) -> dict[str, Probe]:
    made: dict[str, Probe] = {}
    reasons = []
    for name, (circuit, expected) in _build(subject).items():
        circuit.metadata = {"probe": name}
        try:
            compiled = subject.native(circuit, subject.qubits(circuit.num_qubits))
        except Skipped as skipped:
            reasons.append(str(skipped))
            continue
        compiled.name = name
        made[name] = Probe(compiled, expected)
    if not made:
        raise Skipped(reasons[0])
    return made


def panel(subject: Subject) -> Panel:
    """The probes, run once in one job for all checks.

    Args:
        subject: The backend.

    Raises:
        Failed: If the job fails.
        Skipped: If nothing may be run.
    """

    def make() -> Panel:
        probes = _probes(subject)
        names = list(probes)
        most = subject.backend.max_circuits
        if most is not None:
            names = names[:most]
        more = {"memory": True} if "memory" in subject.defaults else {}
        options = subject.settings(SEED, **more)
        job, result = _done(subject, [probes[name].circuit for name in names], options)
        return Panel(names, probes, job, result, options)

    found: Panel = subject.kept("panel", make)
    return found


def repeated(subject: Subject, *seeds: int | None) -> list[list[Any]]:
    """What some copies of the coin gave (counts, and shots where there are any), one job a seed.

    Args:
        subject: The backend.
        *seeds: None for a run without.
    """
    coin = _probes(subject).get("coin")
    if coin is None:
        raise Skipped("the device cannot make a superposition")
    copies = min(COPIES, subject.backend.max_circuits or COPIES)

    def run(seed: int | None) -> list[Any]:
        more = {"memory": True} if "memory" in subject.defaults else {}
        _, result = _done(subject, [coin.circuit] * copies, subject.settings(seed, **more))
        found: list[Any] = [result.get_counts(k) for k in range(copies)]
        return found + [result.get_memory(k) for k in range(copies if more else 0)]

    return [
        list(subject.kept(f"repeated.{seed}.{place}", partial(run, seed)))
        for place, seed in enumerate(seeds)
    ]


def flip(subject: Subject) -> QuantumCircuit:
    """A compiled circuit that flips one qubit and reads it.

    Args:
        subject: The backend.
    """
    circuit = QuantumCircuit(1, 1, name="flip", metadata={"probe": "flip"})
    circuit.x(0)
    circuit.measure(0, 0)
    compiled = subject.native(circuit, subject.qubits(1))
    compiled.name = "flip"
    return compiled


def short(subject: Subject) -> Any:
    """The job of a single circuit, with few shots.

    Args:
        subject: The backend.
    """

    def make() -> Any:
        return subject.run(flip(subject), **subject.settings(SEED, shots=SHORT))

    return subject.kept("short", make)


def _done(subject: Subject, circuits: list[QuantumCircuit], options: dict[str, Any]) -> Any:
    try:
        job = subject.run(circuits, **options)
        result = job.result()
    except Skipped:
        raise
    except Exception as error:
        raise Failed(
            f"a run of {len(circuits)} compiled circuits failed: {worded(error)}"
        ) from error
    if not getattr(result, "success", False):
        raise Failed(f"a run of {len(circuits)} compiled circuits failed: {result.status}")
    return job, result
