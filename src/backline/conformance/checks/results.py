"""K43: results of circuits."""

from __future__ import annotations

import re
from typing import Any

from qiskit import QuantumCircuit
from qiskit.exceptions import QiskitError
from qiskit.result import Result

from backline.conformance import probes
from backline.conformance.outcome import Skipped, expect, expect_error, shown
from backline.conformance.registry import Basis, check
from backline.conformance.subject import Subject

_RUN = ("run",)


def header(entry: Any) -> dict[str, Any]:
    """The header of an experiment, which older versions keep as an object.

    Args:
        entry: Of `Result.results`.
    """
    found = entry.header
    if isinstance(found, dict):
        return found
    return dict(found.to_dict()) if hasattr(found, "to_dict") else dict(vars(found or object))


def _first(subject: Subject, name: str = "first") -> tuple[probes.Panel, Any]:
    panel = probes.panel(subject)
    return panel, panel.result.results[panel.index(name)]


@check(
    "K43.a",
    "job.result() is a qiskit.result.Result that says success",
    source="Job.result",
    needs=_RUN,
)
def kind(subject: Subject) -> None:
    """Tools read results by the methods of that class."""
    found = probes.panel(subject).result
    expect(isinstance(found, Result), f"it is {shown(found)}")
    failed = [k for k, entry in enumerate(found.results) if not entry.success]
    expect(not failed, f"experiments {failed} do not say success")


@check("K43.b", "the result names its backend and job", source="Result.job_id", needs=_RUN)
def origin(subject: Subject) -> None:
    """A stored result is worth little if nobody knows where it came from."""
    panel = probes.panel(subject)
    expect(
        panel.result.backend_name == subject.backend.name,
        f"backend_name is {panel.result.backend_name!r}, of {subject.backend.name!r}",
    )
    expect(
        panel.result.job_id == panel.job.job_id(),
        f"job_id is {panel.result.job_id!r}, of {panel.job.job_id()!r}",
    )


@check("K43.c", "counts sum to the shots", source="Result.get_counts", needs=("run", "shots"))
def sums(subject: Subject) -> None:
    """Frequencies are counts over shots."""
    panel = probes.panel(subject)
    for name in panel.names:
        found = sum(panel.counts(name).values())
        expect(
            found == subject.budget.shots, f"{name!r}: {subject.budget.shots} shots, {found} counts"
        )


@check(
    "K43.d",
    "a key of counts has a digit a bit and a blank between registers",
    source="Result.get_counts",
    needs=_RUN,
)
def keys(subject: Subject) -> None:
    """It is how one outcome is told from another."""
    panel = probes.panel(subject)
    for name in panel.names:
        registers = [len(r) for r in panel.probes[name].circuit.cregs] or [
            panel.probes[name].circuit.num_clbits
        ]
        pattern = " ".join(f"[01]{{{size}}}" for size in reversed(registers))
        wrong = [key for key in panel.counts(name) if not re.fullmatch(pattern, key)]
        expect(not wrong, f"{name!r} has registers of {registers} bits and keys {wrong[:3]}")


@check(
    "K43.e",
    "the header has name, memory_slots and creg_sizes",
    source="ExperimentResult.header",
    needs=_RUN,
)
def headers(subject: Subject) -> None:
    """Counts are formatted, and circuits found, by the header."""
    _, entry = _first(subject, "partial")
    found = header(entry)
    expect(found.get("name") == "partial", f"its name is {found.get('name')!r}")
    expect(found.get("memory_slots") == 3, f"3 bits, memory_slots {found.get('memory_slots')!r}")
    sizes = [list(one) for one in found.get("creg_sizes") or []]
    expect(sizes == [["c", 3]], f"a register c of 3 bits, creg_sizes {sizes}")


@check(
    "K43.f", "the header has the circuit's metadata", source="QuantumCircuit.metadata", needs=_RUN
)
def metadata(subject: Subject) -> None:
    """Experiments write into it what a circuit was for, and read it here."""
    _, entry = _first(subject)
    found = header(entry).get("metadata")
    expect(found == {"probe": "first"}, f"given {{'probe': 'first'}}, it has {shown(found)}")


@check(
    "K43.g", "counts are found by circuit, name and place", source="Result.get_counts", needs=_RUN
)
def lookup(subject: Subject) -> None:
    """All three are documented keys."""
    panel = probes.panel(subject)
    index = panel.index("first")
    expected = panel.counts("first")
    for key in (panel.probes["first"].circuit, "first"):
        found = panel.result.get_counts(key)
        expect(found == expected, f"by {type(key).__name__} it gives other counts than by place")
    expect(len(panel.result.get_counts()) == len(panel.names) or index == 0, "it gives too few")


@check(
    "K43.h",
    "memory is a list of hex strings, one a shot",
    source="ExperimentResultData.memory",
    needs=("run", "memory", "shots"),
)
def memory(subject: Subject) -> None:
    """Samplers read shots from it; without it they find zeros."""
    _, entry = _first(subject)
    found: Any = getattr(entry.data, "memory", None)
    expect(isinstance(found, list), f"asked for memory, the data have {shown(found)}")
    expect(
        len(found) == subject.budget.shots, f"{subject.budget.shots} shots, {len(found)} entries"
    )
    wrong = [
        one for one in found if not (isinstance(one, str) and re.fullmatch("0x[0-9a-fA-F]+", one))
    ]
    expect(not wrong, f"{shown(wrong)} are no hex strings")


@check(
    "K43.i", "memory and counts say the same", source="Result.get_memory", needs=("run", "memory")
)
def same(subject: Subject) -> None:
    """They are two views of the same shots."""
    panel = probes.panel(subject)
    for name in panel.names:
        counted: dict[str, int] = {}
        for shot in panel.result.get_memory(panel.index(name)):
            counted[shot] = counted.get(shot, 0) + 1
        expect(
            counted == panel.counts(name),
            f"{name!r}: counts {shown(panel.counts(name))}, memory {shown(counted)}",
        )


def _unmeasured(subject: Subject) -> Any:
    def make() -> Any:
        circuit = QuantumCircuit(1, name="unmeasured")
        circuit.x(0)
        compiled = subject.native(circuit, subject.qubits(1))
        return subject.run(compiled, **subject.settings(probes.SEED)).result()

    return subject.kept("results.unmeasured", make)


@check("K43.j", "a circuit without measurements is no error", source="BackendV2.run", needs=_RUN)
def unmeasured(subject: Subject) -> None:
    """State preparations are run and timed without any."""
    found = _unmeasured(subject)
    expect(bool(found.success), f"the result says {found.status}")


@check(
    "K43.k",
    "of a circuit without measurements there are no counts",
    source="Result.get_counts",
    needs=_RUN,
)
def no_counts(subject: Subject) -> None:
    """Zeros in their place look like an outcome."""
    try:
        result = _unmeasured(subject)
    except Skipped:
        raise
    except Exception as error:
        raise Skipped("the circuit is refused") from error
    expect_error(result.get_counts, QiskitError, "get_counts() of a circuit that measures nothing")


@check("K43.l", "shots are in the result", source="ExperimentResult.shots", needs=("run", "shots"))
def shots(subject: Subject) -> None:
    """Errors of frequencies are computed from it."""
    _, entry = _first(subject)
    expect(
        entry.shots == subject.budget.shots,
        f"{subject.budget.shots} were asked for, it says {entry.shots!r}",
    )


@check(
    "K43.m",
    "the seed is in the result",
    source="ExperimentResult.seed",
    basis=Basis.BACKLINE,
    needs=("run", "seed"),
)
def seed(subject: Subject) -> None:
    """Every run can be repeated, if it says how it was seeded."""
    panel, entry = _first(subject)
    said = [getattr(entry, "seed", None), *_numbers(panel.result.to_dict())]
    expect(probes.SEED in said, f"seed_simulator={probes.SEED} is nowhere in the result")


def _numbers(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [found for key, one in value.items() if key != "data" for found in _numbers(one)]
    if isinstance(value, list):
        return [found for one in value for found in _numbers(one)]
    return [value]


@check("K43.n", "a result survives its dictionary", source="Result.from_dict", needs=_RUN)
def dictionary(subject: Subject) -> None:
    """Stores of jobs keep results as such."""
    panel = probes.panel(subject)
    found = Result.from_dict(panel.result.to_dict())
    name = panel.names[0]
    expect(found.get_counts(0) == panel.counts(name), "its counts are others afterwards")
