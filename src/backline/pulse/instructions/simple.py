"""Waiting, and setting phases and frequencies."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, TypeVar

from backline.errors import PulseError
from backline.pulse.channels import Channel, PulseChannel
from backline.pulse.instructions.base import Instruction, pulse_channel
from backline.pulse.values import (
    MOST_SAMPLES,
    NO_PARAMETERS,
    Assignment,
    Value,
    bind,
    free_parameters,
    is_free,
    real,
    samples,
)

_Frame = TypeVar("_Frame", bound="_FrameInstruction")


@dataclass(frozen=True, slots=True, repr=False)
class Delay(Instruction):
    """Do nothing on a channel.

    Args:
        duration: Length in samples.
        channel: Any channel.
        name: A name for displays.

    Raises:
        PulseError: If the duration is negative or a fraction, or the channel is none.
    """

    _operand_names = ("duration", "channel")
    duration: Value = field()
    channel: Channel
    name: str | None = field(default=None, compare=False)

    __hash__ = Instruction.__hash__

    def __post_init__(self) -> None:
        if not isinstance(self.channel, Channel):
            raise PulseError(f"Delay needs a channel, got {self.channel!r}")
        if type(self.duration) is not int or not 0 <= self.duration <= MOST_SAMPLES:
            duration = samples(self.duration, f"the duration of a Delay on {self.channel}")
            object.__setattr__(self, "duration", duration)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channel."""
        return (self.channel,)

    def _bound(self, values: Assignment) -> Delay:
        duration, channel = bind(self.duration, values), self.channel._bound(values)
        if duration is self.duration and channel is self.channel:
            return self
        return Delay(duration, channel, self.name)


class _FrameInstruction(Instruction):
    """An instruction of no length with one number, its first operand, for a pulse channel."""

    __slots__ = ()

    channel: PulseChannel

    def __post_init__(self) -> None:
        what = self._operand_names[0]
        number = getattr(self, what)
        pulse_channel(self.channel, type(self))
        if type(number) is not float or not math.isfinite(number):
            plain = real(number, f"the {what} of a {type(self).__name__}")
            object.__setattr__(self, what, plain)

    @property
    def duration(self) -> Value:
        """0 samples."""
        return 0

    @property
    def channels(self) -> tuple[PulseChannel, ...]:
        """The channel."""
        return (self.channel,)

    @property
    def parameters(self) -> frozenset[Any]:
        """The parameters that are not bound yet."""
        number = getattr(self, self._operand_names[0])
        if is_free(number) or self.channel.is_parameterized():
            return free_parameters((number, self.channel.index))
        return NO_PARAMETERS

    def _bound(self: _Frame, values: Assignment) -> _Frame:
        number = getattr(self, self._operand_names[0])
        bound, channel = bind(number, values), self.channel._bound(values)
        if bound is number and channel is self.channel:
            return self
        make: Any = type(self)
        changed: _Frame = make(bound, channel, self.name)
        return changed


@dataclass(frozen=True, slots=True, repr=False)
class _PhaseInstruction(_FrameInstruction):
    """A `_FrameInstruction` whose number is a phase."""

    _operand_names = ("phase", "channel")
    phase: Value
    channel: PulseChannel
    name: str | None = field(default=None, compare=False)

    __hash__ = Instruction.__hash__


class ShiftPhase(_PhaseInstruction):
    """Add to the phase of a channel's frame; takes no time.

    Args:
        phase: In rad.
        channel: The channel.
        name: A name for displays.

    Raises:
        PulseError: If the phase is no finite number, or the channel is no line for pulses.
    """

    __slots__ = ()


class SetPhase(_PhaseInstruction):
    """Set the phase of a channel's frame; takes no time.

    Args:
        phase: In rad.
        channel: The channel.
        name: A name for displays.

    Raises:
        PulseError: If the phase is no finite number, or the channel is no line for pulses.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True, repr=False)
class _FrequencyInstruction(_FrameInstruction):
    """A `_FrameInstruction` whose number is a frequency."""

    _operand_names = ("frequency", "channel")
    frequency: Value
    channel: PulseChannel
    name: str | None = field(default=None, compare=False)

    __hash__ = Instruction.__hash__


class ShiftFrequency(_FrequencyInstruction):
    """Add to the frequency of a channel; takes no time.

    Args:
        frequency: In Hz.
        channel: The channel.
        name: A name for displays.

    Raises:
        PulseError: If the frequency is no finite number, or the channel is no line for pulses.
    """

    __slots__ = ()


class SetFrequency(_FrequencyInstruction):
    """Set the frequency of a channel; takes no time.

    Args:
        frequency: In Hz.
        channel: The channel.
        name: A name for displays.

    Raises:
        PulseError: If the frequency is no finite number, or the channel is no line for pulses.
    """

    __slots__ = ()
