"""What a store knows of a job, as plain values."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from backline.errors import OptionValueError
from backline.jobs.plan import JobPlan
from backline.jobs.status import TaskStatus

ON_RESTART = ("resume", "mark")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """One job, without its programs and its result.

    Attributes:
        id: Unique in its store.
        backend: Name of the backend that it is for.
        status: Where it is in its life.
        created: When it was accepted, in UTC.
        started: When work on it began for the first time.
        ended: When it entered its final state.
        priority: Higher is more urgent.
        tags: Words to find it by.
        done: Experiments that are over.
        total: All experiments.
        attempts: How often work on it was begun.
        losses: How often it was lost with the process that ran it.
        owner: Who runs it or is about to; None for nobody.
        on_restart: What becomes of it when it is lost while it runs: "resume" or "mark".
        time_limit: Longest run in s, None for no limit.
        cancel_asked: Whether somebody wants it to end.
        error: Why it failed, in one line.
    """

    id: str
    backend: str
    status: TaskStatus = TaskStatus.QUEUED
    created: datetime
    started: datetime | None = None
    ended: datetime | None = None
    priority: int = 0
    tags: tuple[str, ...] = ()
    done: int = 0
    total: int = 0
    attempts: int = 0
    losses: int = 0
    owner: str | None = None
    on_restart: str = "resume"
    time_limit: float | None = None
    cancel_asked: bool = False
    error: str | None = None

    def __post_init__(self) -> None:
        if self.on_restart not in ON_RESTART:
            raise OptionValueError(
                f"on_restart must be one of {', '.join(map(repr, ON_RESTART))}, "
                f"got {self.on_restart!r}"
            )
        JobPlan(tags=self.tags, priority=self.priority, time_limit=self.time_limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobChange:
    """What is to change in a record; what is None stays as it is.

    Attributes:
        status: Of `JobRecord`, as all others.
        started: "
        ended: "
        done: "
        error: "
        losses: "
        owner: The next owner; "" for nobody.
    """

    status: TaskStatus | None = None
    started: datetime | None = None
    ended: datetime | None = None
    done: int | None = None
    error: str | None = None
    losses: int | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQuery:
    """Which jobs are wanted; None for any.

    Attributes:
        statuses: One of these.
        backend: For this one.
        since: Created then or later.
        until: Created before.
        tags: With all of these.
        prefix: With ids that begin so.
        owner: Of this owner; "" for those of nobody.
        limit: At most so many.
        urgent: True for the most urgent first, then the oldest; False for the newest first.
    """

    statuses: Collection[TaskStatus] | None = None
    backend: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    tags: Collection[str] = ()
    prefix: str | None = None
    owner: str | None = None
    limit: int | None = None
    urgent: bool = False

    def __post_init__(self) -> None:
        if self.limit is not None and (type(self.limit) is not int or self.limit < 0):
            raise OptionValueError(f"limit must be a whole number from 0, got {self.limit!r}")


@dataclass(frozen=True, slots=True)
class OwnerRecord:
    """A process that runs jobs of a store.

    Attributes:
        id: Unique among all processes, everywhere and at any time.
        beat: A number that it makes larger as long as it lives.
    """

    id: str
    beat: int
