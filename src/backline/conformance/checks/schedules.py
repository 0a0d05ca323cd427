"""K23: the instruction schedule map."""

from __future__ import annotations

from functools import partial
from typing import Any

from backline.conformance.capabilities import calibrated
from backline.conformance.outcome import Skipped, expect, expect_error, shown
from backline.conformance.registry import Basis, check
from backline.conformance.subject import Subject

_NEEDS = ("schedule_map",)
_MEMBERS = (
    "instructions", "qubits_with_instruction", "qubit_instructions", "has", "assert_has", "get",
    "get_parameters", "add", "remove", "pop", "has_custom_gate",
)  # fmt: skip


def _one(subject: Subject) -> tuple[str, tuple[int, ...], Any]:
    """A calibrated instruction and its schedule."""
    for name in subject.backend.instruction_schedule_map.instructions:
        for found in subject.backend.instruction_schedule_map.qubits_with_instruction(name):
            qubits = (found,) if isinstance(found, int) else tuple(found)
            if not subject.backend.instruction_schedule_map.get_parameters(name, qubits):
                return name, qubits, subject.backend.instruction_schedule_map.get(name, qubits)
    raise Skipped("the map is empty")


@check(
    "K23.a",
    "instruction_schedule_map has the methods of Qiskit 1.4",
    basis=Basis.REFERENCE,
    source="BackendV2.instruction_schedule_map",
    needs=_NEEDS,
)
def methods(subject: Subject) -> None:
    """Pulse programs and calibration tools call them."""
    found = subject.backend.instruction_schedule_map
    lacks = [name for name in _MEMBERS if not hasattr(found, name)]
    expect(not lacks, f"{type(found).__name__} lacks {', '.join(lacks)}")


@check(
    "K23.b",
    "the map has what the target has calibrations of",
    basis=Basis.REFERENCE,
    source="BackendV2.instruction_schedule_map",
    needs=(*_NEEDS, "calibrations"),
)
def same(subject: Subject) -> None:
    """They are two views of one thing."""
    schedules = subject.backend.instruction_schedule_map
    differs = set(schedules.instructions) ^ {name for name, _ in calibrated(subject)}
    expect(not differs, f"the map and the target differ in {', '.join(sorted(differs))}")
    lost = [entry for entry in calibrated(subject) if not schedules.has(*entry)]
    expect(not lost, f"the map lacks {lost[:3]}")


@check(
    "K23.c",
    "get gives what has promises, and refuses the rest",
    basis=Basis.BACKLINE,
    source="InstructionScheduleMap.get",
    needs=_NEEDS,
)
def get(subject: Subject) -> None:
    """An empty schedule in place of a missing one is a gate that does nothing."""
    name, qubits, schedule = _one(subject)
    schedules = subject.backend.instruction_schedule_map
    expect(schedules.has(name, qubits), f"has({name!r}, {qubits}) is False, and get gives one")
    expect(hasattr(schedule, "instructions"), f"get({name!r}, {qubits}) is {shown(schedule)}")
    schedules.assert_has(name, qubits)
    for ask in (schedules.get, schedules.assert_has):
        expect_error(partial(ask, "no such gate", 0), Exception, f"{ask.__name__} of none")


@check(
    "K23.d",
    "qubits and instructions of the map agree",
    basis=Basis.BACKLINE,
    source="InstructionScheduleMap.qubit_instructions",
    needs=_NEEDS,
)
def agree(subject: Subject) -> None:
    """Either is used to go through all calibrations."""
    name, qubits, _ = _one(subject)
    schedules = subject.backend.instruction_schedule_map
    found = schedules.qubit_instructions(qubits)
    expect(name in found, f"{name} is on {qubits}, whose instructions are {shown(found)}")


@check(
    "K23.e",
    "what is added to the map does not come into the target",
    basis=Basis.BACKLINE,
    source="K23, as Qiskit 1.4",
    needs=_NEEDS,
)
def apart(subject: Subject) -> None:
    """Trying a pulse must not change the device for everybody."""
    _, qubits, schedule = _one(subject)
    schedules = subject.backend.instruction_schedule_map
    schedules.add("backline_trial", qubits, schedule)
    try:
        found = "backline_trial" in subject.backend.target.operation_names
    finally:
        schedules.remove("backline_trial", qubits)
    expect(not found, "the target has it too")


@check(
    "K23.f",
    "add, has, pop and remove belong together",
    basis=Basis.BACKLINE,
    source="InstructionScheduleMap.add",
    needs=_NEEDS,
)
def add(subject: Subject) -> None:
    """It is the table in which people keep their own calibrations."""
    _, qubits, schedule = _one(subject)
    schedules = subject.backend.instruction_schedule_map
    for drop in ("pop", "remove"):
        schedules.add("backline_trial", qubits, schedule)
        expect(schedules.has("backline_trial", qubits), "what was added is not there")
        expect(schedules.has_custom_gate(), "has_custom_gate() is False after add")
        getattr(schedules, drop)("backline_trial", qubits)
        expect(not schedules.has("backline_trial", qubits), f"after {drop} it is still there")
