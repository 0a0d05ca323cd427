"""Playing a pulse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from backline.errors import PulseError
from backline.pulse.channels import PulseChannel
from backline.pulse.instructions.base import Instruction, pulse_channel
from backline.pulse.library.pulse import Pulse
from backline.pulse.values import Assignment, Value

_set = object.__setattr__


@dataclass(frozen=True, slots=True, repr=False, init=False)
class Play(Instruction):
    """Play a pulse on a channel.

    Args:
        pulse: The pulse.
        channel: The channel.
        name: A name for displays; the pulse's by default.

    Raises:
        PulseError: If the pulse is none, or the channel is no line for pulses.
    """

    _operand_names = ("pulse", "channel")
    pulse: Pulse
    channel: PulseChannel
    name: str | None = field(default=None, compare=False)

    def __init__(self, pulse: Pulse, channel: PulseChannel, name: str | None = None) -> None:
        if not isinstance(pulse, Pulse):
            raise PulseError(f"Play needs a pulse such as Gaussian or Waveform, got {pulse!r}")
        pulse_channel(channel, Play)
        _set(self, "pulse", pulse)
        _set(self, "channel", channel)
        _set(self, "name", pulse.name if name is None else name)

    @property
    def duration(self) -> Value:
        """Length of the pulse, in samples."""
        return self.pulse._duration

    @property
    def channels(self) -> tuple[PulseChannel, ...]:
        """The channel."""
        return (self.channel,)

    @property
    def parameters(self) -> frozenset[Any]:
        """The parameters of pulse and channel that are not bound yet."""
        free = self.pulse.free
        return free | self.channel.parameters if self.channel.is_parameterized() else free

    def _bound(self, values: Assignment) -> Play:
        pulse, channel = self.pulse._bound(values), self.channel._bound(values)
        if pulse is self.pulse and channel is self.channel:
            return self
        return Play(pulse, channel, self.name)  # type: ignore[arg-type]  # its kind stays
