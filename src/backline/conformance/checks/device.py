"""K20 to K22: the target, and what follows from it."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Iterator
from typing import Any

from qiskit.circuit import Instruction
from qiskit.transpiler import CouplingMap, InstructionDurations, Target

from backline.conformance.outcome import Skipped, expect, shown
from backline.conformance.registry import Basis, check
from backline.conformance.subject import Subject

_TARGET = "BackendV2.target"


def _entries(subject: Subject) -> Iterator[tuple[str, tuple[int, ...], Any]]:
    for name, places in subject.facts.places.items():
        for qubits, entry in (places or {}).items():
            if entry is not None:
                yield name, qubits, entry


@check("K20.a", "target is a qiskit.transpiler.Target", basis=Basis.REFERENCE, source=_TARGET)
def kind(subject: Subject) -> None:
    """The compiler's passes need its class, and its core in Rust."""
    found = subject.backend.target
    expect(isinstance(found, Target), f"target is {shown(found)}")


@check("K20.b", "target is the same at every look", source=_TARGET)
def steady(subject: Subject) -> None:
    """A circuit is compiled for one look, and run after another."""
    again = subject.backend.target
    first = subject.facts
    expect(again.num_qubits == first.target.num_qubits, "its number of qubits changes")
    differs = set(again.operation_names) ^ set(first.operations)
    expect(not differs, f"two looks at it differ in {', '.join(sorted(differs))}")
    name = next(iter(first.operations))
    expect(set(again[name] or ()) == set(first.target[name] or ()), f"places of {name} change")


@check(
    "K20.c",
    "durations are seconds, finite and not negative",
    source="InstructionProperties.duration",
)
def durations(subject: Subject) -> None:
    """Scheduling and idle noise add them up; nanoseconds in their place are a billion times off."""
    for name, qubits, entry in _entries(subject):
        value = entry.duration
        expect(
            value is None or (math.isfinite(value) and 0 <= value < 10),
            f"{name} on {qubits} takes {value!r} s",
        )


@check("K20.d", "errors are probabilities", source="InstructionProperties.error")
def errors(subject: Subject) -> None:
    """Layout passes take logarithms of 1 - error."""
    for name, qubits, entry in _entries(subject):
        value = entry.error
        expect(
            value is None or (math.isfinite(value) and 0 <= value <= 1),
            f"{name} on {qubits} has error {value!r}",
        )


@check("K20.e", "no gate has an error of 1", source="InstructionProperties.error")
def works(subject: Subject) -> None:
    """It marks what is broken; in the target the compiler may use it all the same."""
    broken = [(name, qubits) for name, qubits, entry in _entries(subject) if entry.error == 1]
    listed = ", ".join(f"{name} on {qubits}" for name, qubits in broken[:4])
    expect(not broken, f"{len(broken)} instructions have error 1: {listed}")


@check("K20.f", "instructions are on qubits that exist, on as many as they have", source=_TARGET)
def places(subject: Subject) -> None:
    """A compiler would place gates where there is nothing."""
    width = subject.facts.target.num_qubits
    for name, found in subject.facts.places.items():
        operation = subject.facts.operations[name]
        for qubits in found or ():
            expect(
                width is None or all(0 <= q < width for q in qubits),
                f"{name} is on {qubits}, of {width} qubits",
            )
            expect(len(set(qubits)) == len(qubits), f"{name} is on {qubits}, one of them twice")
            size = getattr(operation, "num_qubits", None) if _fixed(operation) else None
            expect(
                size is None or size == len(qubits), f"{name} has {size} qubits, and is on {qubits}"
            )


def _fixed(operation: Any) -> bool:
    return isinstance(operation, Instruction)


@check("K20.g", "the target can measure", source=_TARGET)
def measures(subject: Subject) -> None:
    """Without it no compiled circuit gives counts."""
    expect("measure" in subject.facts.operations, "the target has no instruction 'measure'")


@check("K20.h", "copies of the target keep what it says", source=_TARGET)
def copies(subject: Subject) -> None:
    """Compiling several circuits at once sends the target to other processes."""
    target = subject.facts.target
    for how, copied in (
        ("deepcopy", copy.deepcopy(target)),
        ("pickle", pickle.loads(pickle.dumps(target))),
    ):
        expect(
            set(copied.operation_names) == set(target.operation_names)
            and copied.num_qubits == target.num_qubits
            and copied.dt == target.dt,
            f"{how} gives another target",
        )
        for name, qubits, entry in _entries(subject):
            other = copied[name][qubits]
            same = (other.duration, other.error) == (entry.duration, entry.error)
            expect(same or entry.error != entry.error, f"{how} changes {name} on {qubits}")
            break


@check(
    "K21.a",
    "num_qubits is that of the target",
    basis=Basis.REFERENCE,
    source="BackendV2.num_qubits",
)
def num_qubits(subject: Subject) -> None:
    """Whoever chooses a device by its size reads this."""
    found, expected = subject.backend.num_qubits, subject.facts.target.num_qubits
    expect(found == expected, f"num_qubits is {found!r}, the target has {expected!r}")
    expect(found is None or type(found) is int, f"num_qubits is {shown(found)}, no int")


@check(
    "K21.b",
    "operation_names are the target's, as texts",
    basis=Basis.REFERENCE,
    source="BackendV2.operation_names",
)
def operation_names(subject: Subject) -> None:
    """Code asks `'cx' in backend.operation_names`."""
    found = subject.backend.operation_names
    expect(
        isinstance(found, list) and all(isinstance(name, str) for name in found),
        f"operation_names is {shown(found)}, no list of texts",
    )
    differs = set(found) ^ set(subject.facts.operations)
    expect(not differs, f"it differs from the target in {', '.join(sorted(differs))}")


@check(
    "K21.c",
    "operations are Instructions, one for each name",
    basis=Basis.REFERENCE,
    source="BackendV2.operations",
)
def operations(subject: Subject) -> None:
    """Code reads parameters and sizes of the gates from them."""
    found = subject.backend.operations
    wrong = [one for one in found if not isinstance(one, Instruction | type)]
    expect(not wrong, f"{shown(wrong)} are no Instructions")
    expect(
        len(found) == len(subject.facts.operations),
        f"there are {len(found)} operations and {len(subject.facts.operations)} names",
    )


@check(
    "K21.d",
    "instructions are (Instruction, qubits), as the target has them",
    basis=Basis.REFERENCE,
    source="BackendV2.instructions",
)
def instructions(subject: Subject) -> None:
    """It is how a backend's gates are listed with their places."""
    found = subject.backend.instructions
    expect(
        isinstance(found, list) and all(isinstance(e, tuple) and len(e) == 2 for e in found),
        f"instructions is {shown(found)}, no list of pairs",
    )
    expected = sum(1 if p is None else len(p) for p in subject.facts.places.values())
    expect(
        len(found) == expected, f"there are {len(found)} instructions, the target has {expected}"
    )


@check(
    "K22.a",
    "coupling_map is a CouplingMap, or None",
    basis=Basis.REFERENCE,
    source="BackendV2.coupling_map",
)
def coupling_map(subject: Subject) -> None:
    """Pictures, layouts and mappers start from it."""
    found = subject.backend.coupling_map
    expect(found is None or isinstance(found, CouplingMap), f"coupling_map is {shown(found)}")


@check("K22.b", "coupling_map has the pairs of the target's gates", source="BackendV2.coupling_map")
def edges(subject: Subject) -> None:
    """An edge that no gate has cannot be compiled to."""
    found = subject.backend.coupling_map
    if found is None or subject.facts.everywhere:
        raise Skipped("all qubits are coupled to all")
    expected = {
        qubits
        for name, places_ in subject.facts.places.items()
        for qubits in places_ or ()
        if len(qubits) == 2 and name not in ("barrier", "delay")
    }
    differs = {tuple(edge) for edge in found.get_edges()} ^ expected
    expect(not differs, f"it differs from the target in {sorted(differs)[:4]}")


@check(
    "K22.c",
    "instruction_durations is an InstructionDurations",
    basis=Basis.REFERENCE,
    source="BackendV2.instruction_durations",
)
def instruction_durations(subject: Subject) -> None:
    """Scheduling passes take it."""
    found = subject.backend.instruction_durations
    expect(isinstance(found, InstructionDurations), f"instruction_durations is {shown(found)}")


@check(
    "K22.d",
    "instruction_durations are those of the target",
    source="BackendV2.instruction_durations",
)
def same_durations(subject: Subject) -> None:
    """Two durations of one gate shift everything that follows it."""
    found = subject.backend.instruction_durations
    looked = set()
    for name, qubits, entry in _entries(subject):
        if entry.duration is None or name in looked or not _fixed(subject.facts.operations[name]):
            continue
        looked.add(name)
        value = found.get(name, list(qubits), "s")
        expect(
            math.isclose(value, entry.duration, rel_tol=1e-6, abs_tol=1e-15),
            f"{name} on {qubits} takes {entry.duration} s in the target, {value} s here",
        )
    if not looked:
        raise Skipped("the target states no durations")
