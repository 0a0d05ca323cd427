"""A target for compiling circuits that carry pulses."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import Instruction, Parameter
from qiskit.transpiler import Target as QiskitTarget

from backline.contract.instruction_properties import InstructionProperties
from backline.contract.pulse_gates import pulse_gates, read_pulse_gate
from backline.errors import InputError, UnassignedDurationError
from backline.pulse.values import is_free


def including(target: QiskitTarget, circuits: Iterable[QuantumCircuit]) -> QiskitTarget:
    """A copy of a target that has the pulse gates of some circuits too.

    A pulse gate whose name is that of an instruction of the target stands for it.

    Args:
        target: The target, which is left alone.
        circuits: Circuits, with pulse gates or without.

    Raises:
        InputError: If a pulse gate is for qubits that the device does not have, or on which the
            device's instruction of that name is not, or if two of one name do not fit together.
    """
    additions: dict[str, dict[tuple[int, ...], InstructionProperties]] = {}
    shapes: dict[str, tuple[int, int, int]] = {}
    for instruction in (found for circuit in circuits for found in pulse_gates(circuit)):
        gate = read_pulse_gate(instruction)
        check_place(f"pulse gate {gate.name!r}", gate.name, gate.qubits, target, "the device")
        if gate.name in target:
            continue
        shape = (len(gate.qubits), len(gate.slots), len(instruction.params))
        if shapes.setdefault(gate.name, shape) != shape:
            raise InputError(
                f"two pulse gates are called {gate.name!r}, and differ in their numbers of "
                "qubits, memory slots or parameters: give each its own name",
                instruction=gate.name,
            )
        properties = InstructionProperties(_seconds(gate.program, target.dt))
        additions.setdefault(gate.name, {})[gate.qubits] = properties
    if not additions:
        return target
    more = copy.deepcopy(target)
    for name, places in additions.items():
        qubits, slots, params = shapes[name]
        free = [Parameter(f"p{index}") for index in range(params)]
        more.add_instruction(Instruction(name, qubits, slots, free), places)
    return more


def _seconds(program: Any, dt: float | None) -> float | None:
    """Duration in s, None where it is not known yet."""
    if dt is None:
        return None
    try:
        samples = program.duration
    except UnassignedDurationError:
        return None
    return None if is_free(samples) else samples * dt


def check_place(
    what: str, name: str, qubits: tuple[int, ...], target: QiskitTarget, device_name: str
) -> None:
    """Refuse pulses for an instruction where a device cannot have it.

    Args:
        what: Whose pulses they are, for the message: "pulse gate 'x'".
        name: Of the instruction; one that the device does not know is a new one.
        qubits: On which it is.
        target: Of the device.
        device_name: For the message.

    Raises:
        InputError: If a qubit does not exist, or the device has that instruction on others.
    """
    number = target.num_qubits
    if number is not None and max(qubits) >= number:
        raise InputError(
            f"{what} is for qubits {qubits}, and {device_name} has qubits 0 to {number - 1}",
            instruction=name,
            qubits=qubits,
        )
    if name in target and not target.instruction_supported(name, qubits):
        places = ", ".join(map(str, target.qargs_for_operation_name(name) or ()))
        raise InputError(
            f"{what} is for qubits {qubits}, and on {device_name} {name} is on {places}: give a "
            "gate of your own another name",
            instruction=name,
            qubits=qubits,
        )
