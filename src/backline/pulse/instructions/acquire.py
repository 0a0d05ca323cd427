"""Recording a qubit's readout."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from backline.errors import PulseError
from backline.pulse.channels import AcquireChannel, Channel, MemorySlot, RegisterSlot
from backline.pulse.configuration import Discriminator, Kernel
from backline.pulse.instructions.base import Instruction
from backline.pulse.values import Assignment, Value, affected, bind, samples, shown


@dataclass(frozen=True, slots=True, repr=False)
class Acquire(Instruction):
    """Record a qubit's readout and store the result.

    Args:
        duration: Length in samples.
        channel: The qubit's acquire channel.
        mem_slot: Slot of the result's memory. This or `reg_slot` must be given.
        reg_slot: Slot that the program can use while it runs.
        kernel: How the trace becomes a point in the IQ plane; the device's own by default.
        discriminator: How the point becomes 0 or 1; the device's own by default.
        name: A name for displays.

    Raises:
        PulseError: If the duration is negative or a fraction, an operand is of the wrong kind,
            or there is no slot.
    """

    _operand_names = ("duration", "channel", "mem_slot", "reg_slot", "kernel", "discriminator")
    duration: Value = field()
    channel: AcquireChannel
    mem_slot: MemorySlot | None = None
    reg_slot: RegisterSlot | None = None
    kernel: Kernel | None = None
    discriminator: Discriminator | None = None
    name: str | None = field(default=None, compare=False)

    __hash__ = Instruction.__hash__

    def __post_init__(self) -> None:
        if not isinstance(self.channel, AcquireChannel):
            raise PulseError(f"Acquire needs an AcquireChannel, got {self.channel!r}")
        for name, kind in (
            ("mem_slot", MemorySlot),
            ("reg_slot", RegisterSlot),
            ("kernel", Kernel),
            ("discriminator", Discriminator),
        ):
            value = getattr(self, name)
            if value is not None and not isinstance(value, kind):
                raise PulseError(f"{name} of an Acquire must be a {kind.__name__}, got {value!r}")
        if self.mem_slot is None and self.reg_slot is None:
            raise PulseError(
                f"Acquire on {self.channel} needs a place for its result: "
                "give mem_slot, reg_slot or both"
            )
        duration = samples(self.duration, f"the duration of an Acquire on {self.channel}")
        object.__setattr__(self, "duration", duration)

    @property
    def acquire(self) -> AcquireChannel:
        """The acquire channel, by its older name."""
        return self.channel

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The acquire channel and the slots."""
        return tuple([c for c in (self.channel, self.mem_slot, self.reg_slot) if c is not None])

    def _bound(self, values: Assignment) -> Acquire:
        if not affected(self.parameters, values):
            return self
        channel: Any = self.channel._bound(values)
        mem_slot: Any = self.mem_slot and self.mem_slot._bound(values)
        reg_slot: Any = self.reg_slot and self.reg_slot._bound(values)
        return replace(
            self,
            duration=bind(self.duration, values),
            channel=channel,
            mem_slot=mem_slot,
            reg_slot=reg_slot,
        )

    def __repr__(self) -> str:
        given = [shown(self.duration), repr(self.channel)]
        for name in ("mem_slot", "reg_slot", "kernel", "discriminator"):
            value = getattr(self, name)
            if value is not None:
                given.append(f"{name}={value!r}")
        if self.name is not None:
            given.append(f"name={self.name!r}")
        return f"Acquire({', '.join(given)})"
