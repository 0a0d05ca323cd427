"""Where work is in its life."""

from __future__ import annotations

from enum import Enum


class TaskStatus(Enum):
    """The life of a run: queued, running, then one of the three final states."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    ERROR = "error"

    @property
    def final(self) -> bool:
        """Whether nothing will happen any more."""
        return self in (TaskStatus.DONE, TaskStatus.CANCELLED, TaskStatus.ERROR)
