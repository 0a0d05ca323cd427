"""Functions that add instructions, and whole programs, to what is being built."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

from backline.errors import PulseError
from backline.pulse.block import ScheduleBlock
from backline.pulse.builder.device import active_backend, channels_of
from backline.pulse.builder.state import _ACTIVE, Builder, active_builder, as_block
from backline.pulse.channels import (
    AcquireChannel,
    Channel,
    MemorySlot,
    PulseChannel,
    RegisterSlot,
)
from backline.pulse.instructions import (
    Acquire,
    Delay,
    Instruction,
    Play,
    Reference,
    RelativeBarrier,
    SetFrequency,
    SetPhase,
    ShiftFrequency,
    ShiftPhase,
    Snapshot,
)
from backline.pulse.library import Pulse, Waveform
from backline.pulse.macros import measurement
from backline.pulse.schedule import Schedule
from backline.pulse.values import Value

_P = ParamSpec("_P")
_T = TypeVar("_T")


def append_instruction(instruction: Instruction) -> None:
    """Add an instruction.

    Args:
        instruction: Any instruction.
    """
    active_builder().append(instruction)


def append_schedule(schedule: Schedule | ScheduleBlock) -> None:
    """Add a program as a block.

    Args:
        schedule: Any program; a Schedule keeps its times.
    """
    active_builder().append(as_block(schedule))


def play(pulse: Pulse | Any, channel: PulseChannel, name: str | None = None) -> None:
    """Play a pulse.

    Args:
        pulse: A pulse, or the samples of one.
        channel: The channel.
        name: A name for displays.
    """
    append_instruction(Play(pulse if isinstance(pulse, Pulse) else Waveform(pulse), channel, name))


def delay(duration: Value, channel: Channel, name: str | None = None) -> None:
    """Do nothing.

    Args:
        duration: Length in samples.
        channel: The channel.
        name: A name for displays.
    """
    append_instruction(Delay(duration, channel, name))


def set_frequency(frequency: Value, channel: PulseChannel, name: str | None = None) -> None:
    """Set the frequency of a channel, in Hz."""
    append_instruction(SetFrequency(frequency, channel, name))


def shift_frequency(frequency: Value, channel: PulseChannel, name: str | None = None) -> None:
    """Add to the frequency of a channel, in Hz."""
    append_instruction(ShiftFrequency(frequency, channel, name))


def set_phase(phase: Value, channel: PulseChannel, name: str | None = None) -> None:
    """Set the phase of a channel's frame, in rad."""
    append_instruction(SetPhase(phase, channel, name))


def shift_phase(phase: Value, channel: PulseChannel, name: str | None = None) -> None:
    """Add to the phase of a channel's frame, in rad."""
    append_instruction(ShiftPhase(phase, channel, name))


def snapshot(label: str, snapshot_type: str = "statevector") -> None:
    """Ask a simulator to keep its state under a label."""
    append_instruction(Snapshot(label, snapshot_type))


def acquire(
    duration: Value,
    qubit_or_channel: int | AcquireChannel,
    register: MemorySlot | RegisterSlot,
    **metadata: Any,
) -> None:
    """Record a qubit's readout.

    Args:
        duration: Length in samples.
        qubit_or_channel: The qubit or its acquire channel.
        register: Where the result goes.
        **metadata: kernel, discriminator and name, as those of `Acquire`.

    Raises:
        PulseError: If the register is neither kind of slot.
    """
    if isinstance(qubit_or_channel, AcquireChannel):
        channel = qubit_or_channel
    else:
        channel = AcquireChannel(qubit_or_channel)
    if isinstance(register, MemorySlot):
        append_instruction(Acquire(duration, channel, mem_slot=register, **metadata))
    elif isinstance(register, RegisterSlot):
        append_instruction(Acquire(duration, channel, reg_slot=register, **metadata))
    else:
        raise PulseError(f"a register is a MemorySlot or RegisterSlot, got {register!r}")


def barrier(*channels_or_qubits: Channel | int, name: str | None = None) -> None:
    """End what came before on all of these channels before anything after it starts.

    Args:
        *channels_or_qubits: Channels, and qubits for all their channels.
        name: A name for displays.
    """
    channels: dict[Channel, None] = {}
    for item in channels_or_qubits:
        found = [item] if isinstance(item, Channel) else channels_of(item)
        channels.update(dict.fromkeys(found))
    if len(channels) > 1:
        append_instruction(RelativeBarrier(*channels, name=name))


def reference(name: str, *extra_keys: str) -> None:
    """Leave a place for a subroutine that is assigned later.

    Args:
        name: First key of the reference.
        *extra_keys: Further keys.
    """
    append_instruction(Reference(name, *extra_keys))


def call(
    target: Schedule | ScheduleBlock | None,
    name: str | None = None,
    value_dict: Mapping[Any, Value] | None = None,
    **kw_params: Value,
) -> None:
    """Add a program as a subroutine; an empty one adds nothing (as Qiskit 1.4).

    Args:
        target: The program; a Schedule keeps its times.
        name: Key of the reference; a new one is made up by default. The same key twice needs the
            same subroutine.
        value_dict: Values of parameters, by parameter.
        **kw_params: Values of parameters, by name.

    Raises:
        PulseError: If the target is no program, has no such parameter, or the key is taken.
    """
    if not isinstance(target, Schedule | ScheduleBlock):
        raise PulseError(f"call takes a Schedule or ScheduleBlock, got {type(target).__name__}")
    values: dict[Any, Value] = {**(value_dict or {}), **kw_params}
    subroutine = as_block(target.assign_parameters(values, inplace=False) if values else target)
    if not len(subroutine):
        return
    if name is None:
        key = subroutine.name.replace("::", "_").replace(",", "_")
        place = Reference(key, uuid.uuid4().hex)
    else:
        place = Reference(name)
    context = active_builder().context
    # The subroutine first: where the key is taken, the place must not stay behind.
    context._references._merge({place.ref_keys: subroutine._copy()})
    context.append(place)


def macro(func: Callable[_P, _T]) -> Callable[_P, _T]:
    """Make a function a subroutine: what it adds becomes a block with its name.

    Args:
        func: A function that uses functions of the builder. It keeps its arguments and result.
    """

    @functools.wraps(func)
    def called(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        outer = active_builder()
        block = ScheduleBlock(name=func.__name__)
        token = _ACTIVE.set(Builder(outer._backend, block))
        try:
            result = func(*args, **kwargs)
        finally:
            _ACTIVE.reset(token)
        call(block)
        return result

    return called


def delay_qubits(duration: Value, *qubits: int) -> None:
    """Do nothing on all channels of qubits.

    Args:
        duration: Length in samples.
        *qubits: The qubits.
    """
    channels: dict[Channel, None] = {}
    for qubit in qubits:
        channels.update(dict.fromkeys(channels_of(qubit)))
    block = ScheduleBlock()
    for channel in channels:
        block.append(Delay(duration, channel))
    if channels:
        active_builder().append(block)


def measure(qubits: Any, registers: Any = None) -> Any:
    """Measure qubits with the backend's calibrated measurement.

    Args:
        qubits: A qubit or a list of them.
        registers: Where the results go: a MemorySlot or RegisterSlot, or a list of them; by
            default the memory slot of the qubit's number.

    Returns:
        The list of registers, or the register where there is one (as Qiskit 1.4).

    Raises:
        PulseError: If there are not as many registers as qubits, or a qubit has no calibration.
    """
    measured = list(qubits) if hasattr(qubits, "__iter__") else [qubits]
    if registers is None:
        places: list[MemorySlot | RegisterSlot] = [MemorySlot(qubit) for qubit in measured]
    else:
        places = list(registers) if hasattr(registers, "__iter__") else [registers]
    schedule = measurement(active_backend(), measured, places)
    active_builder().append(as_block(schedule))
    return places[0] if len(places) == 1 else places


def measure_all() -> list[MemorySlot]:
    """Measure all qubits, each into the memory slot of its number."""
    slots = [MemorySlot(qubit) for qubit in range(active_backend().num_qubits)]
    measure(range(len(slots)), slots)
    return slots
