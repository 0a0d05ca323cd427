"""Calibrations on other channels: the same pulses where qubits have other numbers."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backline import pulse
from backline.pulse.calibration_entries import CalibrationEntry


@dataclass(frozen=True, slots=True)
class Remapping:
    """New numbers of qubits and control channels.

    Attributes:
        qubits: Old to new numbers of qubits: of drive, measure and acquire channels, and of
            memory slots.
        controls: Old to new indices of control channels.
    """

    qubits: Mapping[int, int]
    controls: Mapping[int, int]

    def channel(self, channel: Any) -> Any | None:
        """The channel with its new number; None where it is gone."""
        numbers = self.controls if isinstance(channel, pulse.ControlChannel) else self.qubits
        number = numbers.get(channel.index)
        return None if number is None else type(channel)(number)

    def program(self, program: Any) -> Any:
        """A schedule or block with new numbers, without what is on channels that are gone."""
        if isinstance(program, pulse.ScheduleBlock):
            block = pulse.ScheduleBlock(
                name=program.name,
                metadata=program.metadata,
                alignment_context=program.alignment_context,
            )
            for part in program.blocks:
                if (moved := self._part(part)) is not None:
                    block.append(moved, inplace=True)
            return block
        schedule = pulse.Schedule(name=program.name, metadata=program.metadata)
        for start, instruction in program.instructions:
            if (moved := self.instruction(instruction)) is not None:
                schedule.insert(start, moved, inplace=True)
        return schedule

    def _part(self, part: Any) -> Any | None:
        if isinstance(part, pulse.ScheduleBlock):
            return self.program(part)
        return self.instruction(part)

    def instruction(self, instruction: Any) -> Any | None:
        """An instruction on its new channels; None where they are gone."""
        if isinstance(instruction, pulse.Acquire):
            return self._acquire(instruction)
        if not instruction.channels:
            return instruction
        moved = [self.channel(channel) for channel in instruction.channels]
        if any(channel is None for channel in moved):
            return None
        new = dict(zip(instruction.channels, moved, strict=True))
        operands = [
            new.get(operand, operand) if isinstance(operand, pulse.channels.Channel) else operand
            for operand in instruction.operands
        ]
        return type(instruction)(*operands, name=instruction.name)

    def _acquire(self, acquire: Any) -> Any | None:
        channel = self.channel(acquire.channel)
        if channel is None:
            return None
        slot = acquire.mem_slot
        return pulse.Acquire(
            acquire.duration,
            channel,
            mem_slot=None if slot is None else self.channel(slot),
            reg_slot=acquire.reg_slot,
            kernel=acquire.kernel,
            discriminator=acquire.discriminator,
            name=acquire.name,
        )


class RemappedEntry(CalibrationEntry):
    """Another entry's calibration, on other channels; moved when it is asked for.

    Args:
        entry: The calibration.
        remapping: The new numbers.
    """

    def __init__(self, entry: CalibrationEntry, remapping: Remapping) -> None:
        self._entry = entry
        self._remapping = remapping
        self.user_provided = entry.user_provided

    def get_signature(self) -> inspect.Signature:
        """The parameters of the calibration."""
        return self._entry.get_signature()

    def get_schedule(self, *args: Any, **kwargs: Any) -> Any:
        """The schedule on its new channels.

        Args:
            *args: Values of the parameters in the order of the signature.
            **kwargs: Values of the parameters by name.
        """
        return self._remapping.program(self._entry.get_schedule(*args, **kwargs))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RemappedEntry):
            return NotImplemented
        return self._entry == other._entry and self._remapping == other._remapping

    def __str__(self) -> str:
        return f"{self._entry} on other channels"

    __repr__ = __str__
