"""Circuits that carry pulses: instructions that hold their own pulse program.

Qiskit 2 took `QuantumCircuit.add_calibration` away. A pulse gate takes its place: a plain
`Instruction` (no `Gate`, which the compiler's passes try to multiply) whose last parameter is the
program, and whose others are the program's free parameters. It keeps them through transpiling,
assignment, composing, copies, pickles and QPY, and is played instead of the device's calibration.

The program is kept as UTF-8 bytes in an array: circuit drawers leave arrays out, and QPY stores
them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ControlFlowOp, Instruction
from qiskit.circuit.controlflow import CONTROL_FLOW_OP_NAMES

from backline.errors import InputError, PulseError
from backline.pulse import (
    AcquireChannel,
    DriveChannel,
    MeasureChannel,
    MemorySlot,
    Schedule,
    ScheduleBlock,
)
from backline.pulse.channels import Channel
from backline.pulse.codec import from_dict, to_dict
from backline.pulse.values import integer, is_free

_START = b'{"format":"backline.pulse_gate"'
_VERSION = 1
_RESERVED = frozenset(CONTROL_FLOW_OP_NAMES) | {"barrier", "delay", "measure", "reset", "store"}
_OF_QUBITS = (DriveChannel, MeasureChannel, AcquireChannel)
_KEPT = 512  # decoded programs


@dataclass(frozen=True, slots=True)
class PulseGate:
    """What a pulse gate in a circuit holds.

    Attributes:
        name: Of the instruction.
        qubits: The device's qubits that it is for, in the order of the instruction's.
        program: What it plays, with the values of its parameters that are assigned.
        slots: Memory slots of the program, in the order of the instruction's classical bits.
    """

    name: str
    qubits: tuple[int, ...]
    program: Schedule | ScheduleBlock
    slots: tuple[int, ...]


def pulse_gate(
    name: str, qubits: int | Iterable[int], schedule: Schedule | ScheduleBlock
) -> Instruction:
    """An instruction for circuits that plays a pulse program of its own.

    The name may be that of a gate of the device: this use of it then plays this program, and
    the others what the device has. A program with acquisitions gives the instruction a classical
    bit for each of its memory slots, in ascending order.

    Args:
        name: Of the instruction.
        qubits: The device's qubits that the program is for. Channels belong to qubits, so the
            instruction must be on these qubits when it runs (`backline.transpile` sees to it).
        schedule: The program; its free parameters become the instruction's, by name.

    Returns:
        The instruction, to be appended to a circuit.

    Raises:
        PulseError: If the name is taken for something else, the qubits are none or named twice,
            or the program plays on others, lacks a subroutine or cannot be stored.

    Example:
        >>> from backline import pulse
        >>> with pulse.build() as half:
        ...     pulse.play(pulse.Drag(160, 0.1, 40, 1.2), pulse.DriveChannel(0))
        >>> circuit = QuantumCircuit(1)
        >>> _ = circuit.append(pulse_gate("half", [0], half), [0])
        >>> print(circuit)
           ┌──────┐
        q: ┤ half ├
           └──────┘
    """
    if not isinstance(name, str) or not name or name in _RESERVED:
        raise PulseError(
            f"a pulse gate has a name of its own or that of a gate, and {name!r} is none: "
            f"{', '.join(sorted(_RESERVED))} stand for something else"
        )
    chosen = _qubits(name, qubits)
    if not isinstance(schedule, Schedule | ScheduleBlock):
        raise PulseError(
            f"pulse gate {name!r} plays a Schedule or ScheduleBlock, got {schedule!r:.100}"
        )
    if isinstance(schedule, ScheduleBlock) and (missing := schedule.references.unassigned()):
        raise PulseError(
            f"pulse gate {name!r} refers to subroutines that nobody assigned: {missing}"
        )
    channels = _channels(schedule)
    _check_channels(name, chosen, channels)
    stored = {
        "format": "backline.pulse_gate",
        "version": _VERSION,
        "qubits": list(chosen),
        "program": to_dict(schedule),
    }
    text = json.dumps(stored, separators=(",", ":"))
    slots = _slots(channels)
    free = sorted(schedule.parameters, key=_by_name)
    return Instruction(
        name,
        len(chosen),
        len(slots),
        [*free, np.frombuffer(text.encode(), dtype=np.uint8)],
    )


def is_pulse_gate(params: Any) -> bool:
    """Whether an instruction with these parameters is a pulse gate.

    Args:
        params: Of an `Instruction` or a `CircuitInstruction`.
    """
    last = params[-1] if params else None
    return (
        isinstance(last, np.ndarray)
        and last.dtype == np.uint8
        and last[: len(_START)].tobytes() == _START
    )


def carries_pulses(circuit: QuantumCircuit) -> bool:
    """Whether a pulse gate is in a circuit, or in a body of its control flow."""
    return next(pulse_gates(circuit), None) is not None


def pulse_gates(circuit: QuantumCircuit) -> Iterator[Any]:
    """The instructions of a circuit that are pulse gates, those in control flow included."""
    for instruction in circuit.data:
        if instruction.is_standard_gate():
            continue
        if instruction.is_control_flow():
            if isinstance(instruction.operation, ControlFlowOp):
                for block in instruction.operation.blocks:
                    yield from pulse_gates(block)
        elif is_pulse_gate(instruction.params):
            yield instruction


def read_pulse_gate(instruction: Any, qubits: tuple[int, ...] | None = None) -> PulseGate:
    """What a pulse gate holds.

    Args:
        instruction: An `Instruction` or `CircuitInstruction` of `pulse_gate`'s making.
        qubits: The device's qubits that it is on; None where that does not matter yet.

    Raises:
        InputError: If it is on other qubits than its program is for.
        PulseError: If what is stored is damaged, or the parameters' values make no program.
    """
    *values, stored = instruction.params
    own, program = _decoded(stored.tobytes())
    if qubits is not None and qubits != own:
        raise InputError(
            f"pulse gate {instruction.name!r} plays on the channels of qubits {own}, and is on "
            f"{qubits}: keep it there when you compile, with "
            "backline.transpile(circuit, backend) or an initial_layout",
            instruction=instruction.name,
            qubits=qubits,
        )
    free = sorted(program.parameters, key=_by_name)
    given = {
        parameter: value
        for parameter, value in zip(free, map(_plain, values), strict=True)
        if not (is_free(value) and value == parameter)
    }
    bound = program.assign_parameters(given, inplace=False) if given else program
    channels = _channels(bound)
    _check_channels(instruction.name, own, channels)
    return PulseGate(instruction.name, own, bound, tuple(_slots(channels)))


@lru_cache(maxsize=_KEPT)
def _decoded(text: bytes) -> tuple[tuple[int, ...], Schedule | ScheduleBlock]:
    """Qubits and program of a stored pulse gate; nobody changes the program."""
    try:
        stored = json.loads(text)
        version, qubits, program = stored["version"], tuple(stored["qubits"]), stored["program"]
    except (ValueError, KeyError, TypeError) as error:
        raise PulseError(f"the program of a pulse gate is damaged: {error}") from None
    if version != _VERSION:
        raise PulseError(
            f"a pulse gate was stored in version {version!r}; version {_VERSION} can be read"
        )
    return qubits, from_dict(program)


def _plain(value: Any) -> Any:
    """A bound expression as its number; what is free as it is."""
    return value.numeric() if is_free(value) and not value.parameters else value


def _by_name(parameter: Any) -> tuple[str, int]:
    return parameter.name, parameter.uuid.int


def _qubits(name: str, qubits: Any) -> tuple[int, ...]:
    try:
        chosen = tuple(map(integer, qubits if isinstance(qubits, Iterable) else (qubits,)))
    except TypeError:
        chosen = ()
    if not chosen or min(chosen) < 0 or len(set(chosen)) < len(chosen):
        raise PulseError(
            f"pulse gate {name!r} is on one or several different qubits, whole numbers of 0 or "
            f"more, got {qubits!r}"
        )
    return chosen


def _channels(program: Schedule | ScheduleBlock) -> tuple[Channel, ...]:
    return tuple(program.channels)


def _slots(channels: Iterable[Channel]) -> list[int]:
    """The memory slots of a program; those by parameter make no classical bit yet."""
    found = [channel for channel in channels if isinstance(channel, MemorySlot)]
    for slot in found:
        if slot.is_parameterized():
            raise PulseError(f"the memory slots of a pulse gate are numbers, got {slot}")
    return sorted(slot.index for slot in found)


def _check_channels(name: str, qubits: tuple[int, ...], channels: Iterable[Channel]) -> None:
    for channel in channels:
        if not isinstance(channel, _OF_QUBITS) or channel.is_parameterized():
            continue
        if channel.index not in qubits:
            raise PulseError(
                f"pulse gate {name!r} uses channel {channel} of qubit {channel.index}, and is on "
                f"qubits {qubits}: it must be on all qubits whose channels it uses"
            )
