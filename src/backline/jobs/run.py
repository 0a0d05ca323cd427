"""One accepted piece of work: its batches, its state and what came of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Generic, NamedTuple, TypeVar

from backline.errors import EngineError, JobCancelledError, JobError
from backline.jobs.pool import Submit, is_closing, on_worker, shared_pool
from backline.jobs.stopping import stopped_by

Value = TypeVar("Value")

logger = logging.getLogger(__name__)


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


class Progress(NamedTuple):
    """How far a run is.

    Attributes:
        done: Entries that are over, failed ones included; not those that a cancel spared.
        total: All entries.
    """

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Batch(Generic[Value]):
    """Entries that are worked on together.

    Attributes:
        size: Number of entries.
        function: Called once, on a worker; gives exactly one value an entry, in order, as a list
            or a generator. An exception as a value is that entry's failure alone.
    """

    size: int
    function: Callable[[], Iterable[Value | BaseException]]


class TaskRun(Generic[Value]):
    """Work that runs in the background, batch after batch.

    Whatever the batches do, the run ends in a final state, every entry that was given stays, and
    every entry that was not has an exception that says why.

    Args:
        batches: What to do, in order.

    Example:
        >>> run = TaskRun([Batch(2, lambda: [1, 2]), Batch(1, lambda: [3])])
        >>> run.start()
        >>> run.wait()
        True
        >>> run.status, run.entries()
        (<TaskStatus.DONE: 'done'>, (1, 2, 3))
    """

    def __init__(self, batches: Sequence[Batch[Value]]) -> None:
        self._batches = tuple(batches)
        self._total = sum(batch.size for batch in self._batches)
        self._entries: list[Value | BaseException] = []
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._status = TaskStatus.QUEUED
        self._cancelled = False
        self._spared = 0
        self._submitted = False
        self.created = _now()
        self.started: datetime | None = None
        self.ended: datetime | None = None

    @property
    def status(self) -> TaskStatus:
        """Where the run is in its life."""
        return self._status

    @property
    def progress(self) -> Progress:
        """How far the run is."""
        return Progress(min(len(self._entries), self._total) - self._spared, self._total)

    def start(self, submit: Submit | None = None) -> None:
        """Hand the run to the workers.

        Args:
            submit: Runs a function some time later; by default the shared pool.

        Raises:
            JobError: If it was started before, or no worker takes it.
        """
        with self._lock:
            if self._submitted:
                raise JobError("this run was started before: a run runs once")
            self._submitted = True
        try:
            (submit or shared_pool().submit)(self._work)
        except BaseException as error:
            self._give_up(error)
            raise

    def cancel(self) -> bool:
        """Stop before the next entry, and within the one that runs where it asks `stopping`.

        Returns:
            True if the run ends cancelled; False if it had ended before.
        """
        with self._lock:
            if self._status.final:
                return False
            self._cancelled = True
            if self._status is TaskStatus.QUEUED:
                self._spare_rest()
            return True

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the run is over; False if that did not come about in `timeout` s.

        A worker that waits for a run which nobody has begun does its work itself, whatever the
        time limit: work that waits for other work would else block a bounded pool for ever.
        """
        if on_worker() and self._submitted:
            self._work()
        return self._over.wait(timeout)

    def entries(self) -> tuple[Value | BaseException, ...]:
        """What came of each entry that is over so far, in order."""
        return tuple(self._entries)

    def failures(self) -> dict[int, BaseException]:
        """The entries that failed, by their position."""
        return {
            index: entry
            for index, entry in enumerate(self.entries())
            if isinstance(entry, BaseException)
        }

    def _work(self) -> None:
        with self._lock:
            if self._status is not TaskStatus.QUEUED:  # cancelled, or begun by who waits for it
                return
            self._status = TaskStatus.RUNNING
            self.started = _now()
        try:
            with stopped_by(lambda: self._stopping):
                for batch in self._batches:
                    if self._stopping:
                        break
                    self._run_batch(batch)
        except BaseException as error:  # nothing may leave a run without an end
            self._give_up(error)
        else:
            self._conclude()

    def _run_batch(self, batch: Batch[Value]) -> None:
        first = len(self._entries)
        cause: BaseException | None = None
        try:
            complete = self._collect(batch, first)
        except BaseException as error:  # Rust's PanicException is no Exception
            complete, cause = False, error
        gave_up = cause is None or isinstance(cause, JobCancelledError)
        if complete or (gave_up and self._stopping):
            return
        given = len(self._entries) - first
        if cause is None:
            failure = EngineError(f"the work ended after {given} of {batch.size} results")
        else:
            died = f"the worker died after {given} of {batch.size} results"
            failure = EngineError(f"{died}: {describe(cause)}")
            failure.__cause__ = cause
        self._fail_rest(first + batch.size, failure)

    def _collect(self, batch: Batch[Value], first: int) -> bool:
        """Take a batch's values; False if some are missing."""
        values = iter(batch.function())
        try:
            for value in values:
                if len(self._entries) - first == batch.size:
                    # Nobody can say which value belongs to which entry.
                    del self._entries[first:]
                    reason = f"the work gave more than the {batch.size} results asked for"
                    self._fail_rest(first + batch.size, EngineError(reason))
                    return True
                if self._stopping and isinstance(value, JobCancelledError):
                    break  # it gave up half-way, and is not over
                self._entries.append(value)
                if self._stopping:
                    break
        finally:
            _close(values)
        return len(self._entries) - first == batch.size

    @property
    def _stopping(self) -> bool:
        return self._cancelled or is_closing()

    def _fail_rest(self, end: int, error: BaseException) -> None:
        self._entries.extend([error] * (end - len(self._entries)))

    def _conclude(self) -> None:
        with self._lock:
            if self._cancelled or len(self._entries) < self._total:
                self._spare_rest()
            else:
                self._finish(TaskStatus.ERROR if self.failures() else TaskStatus.DONE)

    def _give_up(self, error: BaseException) -> None:
        with self._lock:
            self._fail_rest(self._total, error)
            self._finish(TaskStatus.ERROR)

    def _spare_rest(self) -> None:
        """End cancelled; the caller holds the lock."""
        spared = self._total - len(self._entries)
        self._fail_rest(self._total, JobCancelledError("cancelled before it was run"))
        self._spared = spared
        self._finish(TaskStatus.CANCELLED)

    def _finish(self, status: TaskStatus) -> None:
        """Enter a final state; the caller holds the lock."""
        self._status = status
        self.ended = _now()
        # The batches hold programs and backends, which nobody needs any more.
        self._batches = ()
        self._over.set()


def describe(error: BaseException) -> str:
    """An exception in one line: its class, and its message if there is one."""
    message = str(getattr(error, "message", "") or error)
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _close(values: Iterator[Value | BaseException]) -> None:
    close = getattr(values, "close", None)
    if close is None:
        return
    try:
        close()
    except BaseException:  # what was given stays, however the work says goodbye
        logger.exception("the work raised while it was being closed")


def _now() -> datetime:
    return datetime.now(UTC)
