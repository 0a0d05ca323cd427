"""The subroutines of a block, by the keys of its references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from backline.errors import PulseError

if TYPE_CHECKING:
    from backline.pulse.block import ScheduleBlock

Keys = tuple[str, ...]


class ReferenceManager(Mapping[Keys, Any]):
    """Keys to the subroutine that is assigned to them, or None.

    A block and the contexts inside it share one. A subroutine has its own: its references are
    its own affair.
    """

    __slots__ = ("_assigned",)

    def __init__(self, assigned: Mapping[Keys, ScheduleBlock | None] | None = None) -> None:
        self._assigned: dict[Keys, ScheduleBlock | None] = dict(assigned or {})

    def __getitem__(self, keys: Keys) -> ScheduleBlock | None:
        return self._assigned[keys]

    def __iter__(self) -> Iterator[Keys]:
        return iter(self._assigned)

    def __len__(self) -> int:
        return len(self._assigned)

    def unassigned(self) -> tuple[Keys, ...]:
        """The keys that nobody has assigned."""
        return tuple(keys for keys, block in self._assigned.items() if block is None)

    def _check(self, keys: Keys, block: ScheduleBlock | None) -> None:
        known = self._assigned.get(keys)
        if known is not None and block is not None and known != block:
            raise PulseError(
                f"a different subroutine is already assigned to {keys}: {known}. "
                "Use other keys for another subroutine"
            )

    def _merge(self, others: Mapping[Keys, ScheduleBlock | None]) -> None:
        for keys, block in others.items():
            self._check(keys, block)
        for keys, block in others.items():
            if block is not None or keys not in self._assigned:
                self._assigned[keys] = block

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ReferenceManager):
            return NotImplemented
        return self._assigned == other._assigned

    __hash__ = None  # type: ignore[assignment]  # blocks can change

    def __repr__(self) -> str:
        rows = [f"\n  - {keys}: {block!r:.60}" for keys, block in self._assigned.items()]
        return f"ReferenceManager:{''.join(rows)}" if rows else "ReferenceManager: none"
