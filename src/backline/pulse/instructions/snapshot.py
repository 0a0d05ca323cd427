"""A mark for simulators to keep their state."""

from __future__ import annotations

from dataclasses import dataclass, field

from backline.errors import PulseError
from backline.pulse.channels import SnapshotChannel
from backline.pulse.instructions.base import Instruction
from backline.pulse.values import Assignment, Value

_CHANNEL = SnapshotChannel()


@dataclass(frozen=True, slots=True, repr=False, init=False)
class Snapshot(Instruction):
    """Ask a simulator to keep its state.

    Args:
        label: Under which name.
        snapshot_type: What is kept.
        name: A name for displays; the label by default.

    Raises:
        PulseError: If the label is no string.
    """

    _operand_names = ("label", "type")

    label: str
    type: str
    name: str | None = field(default=None, compare=False)

    def __init__(
        self, label: str, snapshot_type: str = "statevector", name: str | None = None
    ) -> None:
        if not isinstance(label, str):
            raise PulseError(f"the label of a Snapshot must be a string, got {label!r}")
        object.__setattr__(self, "label", label)
        object.__setattr__(self, "type", snapshot_type)
        object.__setattr__(self, "name", label if name is None else name)

    @property
    def duration(self) -> Value:
        """0 samples."""
        return 0

    @property
    def channel(self) -> SnapshotChannel:
        """The one for snapshots."""
        return _CHANNEL

    @property
    def channels(self) -> tuple[SnapshotChannel, ...]:
        """The one for snapshots."""
        return (_CHANNEL,)

    def _bound(self, values: Assignment) -> Snapshot:
        return self
