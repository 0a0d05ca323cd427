"""What a target takes over from an `InstructionScheduleMap`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from numbers import Integral
from typing import Any, TypeAlias

from qiskit.circuit import Gate, Instruction, Parameter
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.transpiler import Target as QiskitTarget

from backline.contract.instruction_properties import InstructionProperties
from backline.errors import PulseError, UnassignedDurationError
from backline.pulse.calibration_entries import CalibrationEntry, CallableEntry
from backline.pulse.instruction_schedule_map import InstructionScheduleMap

Qubits: TypeAlias = tuple[int, ...]
Update: TypeAlias = tuple[str, Qubits, InstructionProperties]
Addition: TypeAlias = tuple[Instruction, dict[Qubits, InstructionProperties], str]


def plan_update(
    target: QiskitTarget,
    inst_map: InstructionScheduleMap,
    names: Mapping[str, Instruction],
    errors: Mapping[str, Mapping[Qubits, float]],
) -> tuple[list[Update], list[Addition]]:
    """What `Target.update_from_instruction_schedule_map` has to do; nothing is done yet.

    Args:
        target: The target, which is left alone.
        inst_map: Its users' own definitions are taken, its maker's are not (as Qiskit 1.4).
        names: Names to the instructions that they stand for.
        errors: Name to qubits to mean error.

    Raises:
        PulseError: If a new instruction's definitions do not fit together, or not its gate.
    """
    known = get_standard_gate_name_mapping() | dict(names)
    updates: list[Update] = []
    additions: list[Addition] = []
    for name in inst_map.instructions:
        entries = {
            qubits: entry
            for qubits in _qubits_of(inst_map, name)
            if (entry := inst_map.entry(name, qubits)).user_provided
        }
        found = {
            qubits: InstructionProperties(
                _duration(entry, target.dt), errors.get(name, {}).get(qubits), entry
            )
            for qubits, entry in entries.items()
        }
        if name in target:
            there = target[name]
            updates += [(name, qubits, new) for qubits, new in found.items() if qubits in there]
        elif found:
            instruction = known.get(name) or _custom_gate(name, entries)
            _check_width(instruction, entries, name)
            additions.append((instruction, found, name))
    return updates, additions


def calibrated(target: QiskitTarget, inst_map: InstructionScheduleMap) -> Iterator[Update]:
    """The target's own instructions, with the map's calibrations.

    Durations stay where they are known; the others are those of users' own schedules.

    Args:
        target: The target, which is left alone.
        inst_map: Definitions, of which those of instructions that the target lacks do not count.
    """
    for name in target.operation_names:
        there = target[name] or {}
        for qubits in _qubits_of(inst_map, name):
            if qubits in there:
                entry = inst_map.entry(name, qubits)
                old = there[qubits] or InstructionProperties()
                duration = old.duration
                if duration is None and entry.user_provided:
                    duration = _duration(entry, target.dt)
                yield name, qubits, InstructionProperties(duration, old.error, entry)


def _qubits_of(inst_map: InstructionScheduleMap, name: str) -> list[Qubits]:
    found: list[Any] = inst_map.qubits_with_instruction(name)
    return [qubits if isinstance(qubits, tuple) else (qubits,) for qubits in found]


def _duration(entry: CalibrationEntry, dt: float | None) -> float | None:
    """Duration in s; None where dt is not known or the duration depends on parameters."""
    if dt is None or (isinstance(entry, CallableEntry) and entry.needs_arguments):
        return None
    try:
        samples: Any = entry.get_schedule().duration
    except UnassignedDurationError:
        return None
    return int(samples) * dt if isinstance(samples, Integral) else None


def _custom_gate(name: str, entries: Mapping[Qubits, CalibrationEntry]) -> Gate:
    widths = {len(qubits) for qubits in entries}
    takes = {tuple(entry.get_signature().parameters) for entry in entries.values()}
    if len(widths) > 1 or len(takes) > 1:
        raise PulseError(
            f"Schedules for {name} are defined for different numbers of qubits "
            f"{sorted(widths)}, or with different parameters {sorted(takes)}. Give the "
            "instruction in inst_name_map, or use a name for each."
        )
    return Gate(name, widths.pop(), [Parameter(parameter) for parameter in takes.pop()])


def _check_width(instruction: Any, entries: Mapping[Qubits, CalibrationEntry], name: str) -> None:
    width = getattr(instruction, "num_qubits", None)
    for qubits in entries:
        if isinstance(width, int) and len(qubits) != width:
            raise PulseError(
                f"a schedule for {name} is defined on {qubits}, and {name} is an instruction on "
                f"{width} qubits. Use another name, or give the instruction in inst_name_map."
            )
