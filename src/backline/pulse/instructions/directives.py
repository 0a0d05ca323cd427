"""Instructions to the compiler: they order others and play nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from backline.errors import PulseError
from backline.pulse.channels import Channel
from backline.pulse.instructions.base import Instruction
from backline.pulse.values import Assignment, Value, affected, is_free, samples


class Directive(Instruction):
    """An instruction to the compiler, which no device sees."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, repr=False, init=False, eq=False)
class RelativeBarrier(Directive):
    """What comes before it on any of its channels ends before what comes after it starts.

    Args:
        *channels: The channels.
        name: A name for displays.

    Raises:
        PulseError: If one of them is no channel.
    """

    _channels: tuple[Channel, ...]
    name: str | None = field(default=None)

    def __init__(self, *channels: Channel, name: str | None = None) -> None:
        for channel in channels:
            if not isinstance(channel, Channel):
                raise PulseError(f"RelativeBarrier needs channels, got {channel!r}")
        object.__setattr__(self, "_channels", tuple(channels))
        object.__setattr__(self, "name", name)

    @property
    def duration(self) -> Value:
        """0 samples."""
        return 0

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels."""
        return self._channels

    @property
    def operands(self) -> tuple[Any, ...]:
        """The channels."""
        return self._channels

    def _bound(self, values: Assignment) -> RelativeBarrier:
        if not affected(self.parameters, values):
            return self
        return RelativeBarrier(*(c._bound(values) for c in self._channels), name=self.name)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RelativeBarrier):
            return NotImplemented
        return set(self._channels) == set(other._channels)

    def __hash__(self) -> int:
        return hash((RelativeBarrier, frozenset(self._channels)))


@dataclass(frozen=True, slots=True, repr=False)
class TimeBlockade(Directive):
    """Time that nothing else may take on a channel, and that is gone after scheduling.

    It keeps the times of a Schedule when that becomes part of a ScheduleBlock.

    Args:
        duration: Length in samples; a number.
        channel: The channel.
        name: A name for displays.

    Raises:
        PulseError: If the duration is negative, a fraction or a parameter.
    """

    _operand_names = ("duration", "channel")
    duration: Value = field()
    channel: Channel
    name: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.channel, Channel):
            raise PulseError(f"TimeBlockade needs a channel, got {self.channel!r}")
        what = f"the duration of a TimeBlockade on {self.channel}"
        object.__setattr__(self, "duration", samples(self.duration, what, free=False))

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channel."""
        return (self.channel,)

    def _bound(self, values: Assignment) -> TimeBlockade:
        if not is_free(self.channel.index):
            return self
        return TimeBlockade(self.duration, self.channel._bound(values), self.name)
