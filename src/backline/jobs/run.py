"""One accepted piece of work: its batches, its state and what came of it."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, NamedTuple, Protocol, TypeVar

from backline.errors import EngineError, JobCancelledError, JobError, JobTimeoutError
from backline.jobs.noting import noted_by
from backline.jobs.pool import Submit, is_closing, on_worker, shared_pool
from backline.jobs.retrying import Retry, is_retryable
from backline.jobs.status import TaskStatus
from backline.jobs.stopping import stopped_by

Value = TypeVar("Value")

logger = logging.getLogger(__name__)


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
        again: Called with the places of entries that are tried again, gives one value each;
            None where nothing can be.
    """

    size: int
    function: Callable[[], Iterable[Value | BaseException]]
    again: Callable[[Sequence[int]], Iterable[Value | BaseException]] | None = None


class Event(NamedTuple):
    """Something that happened to a run.

    Attributes:
        time: When, in UTC.
        text: What, in one line.
    """

    time: datetime
    text: str


class Watcher(Protocol):
    """Is told of the life of a run, on the thread where it happens."""

    def begins(self) -> BaseException | None:
        """Called before work begins; an exception is why it must not."""

    def noted(self, event: Event) -> None:
        """Called with each thing that happens to the run."""

    def over(self) -> None:
        """Called when the run is in its final state, before those who wait for it go on."""


class TaskRun(Generic[Value]):
    """Work that runs in the background, batch after batch.

    Whatever the batches do, the run ends in a final state, every entry that was given stays, and
    every entry that was not has an exception that says why.

    Args:
        batches: What to do, in order.
        watcher: Is told of its life.
        time_limit: Longest time from its begin in s; what is not over then fails. It is stopped
            as a cancelled run is. None for no limit.
        retry: Whether and when entries that failed for reasons that pass are tried again.

    Example:
        >>> run = TaskRun([Batch(2, lambda: [1, 2]), Batch(1, lambda: [3])])
        >>> run.start()
        >>> run.wait()
        True
        >>> run.status, run.entries()
        (<TaskStatus.DONE: 'done'>, (1, 2, 3))
    """

    def __init__(
        self,
        batches: Sequence[Batch[Value]],
        *,
        watcher: Watcher | None = None,
        time_limit: float | None = None,
        retry: Retry | None = None,
    ) -> None:
        self._batches = tuple(batches)
        self._total = sum(batch.size for batch in self._batches)
        self._entries: list[Value | BaseException] = []
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._status = TaskStatus.QUEUED
        self._cancelled = False
        self._spared = 0
        self._submitted = False
        self._taken = False
        self._watcher = watcher
        self._time_limit = time_limit
        self._deadline: float | None = None
        self._retry = retry or Retry()
        self._history: list[Event] = []
        self._process = os.getpid()
        self.created = utc_now()
        self._since = time.monotonic()
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

    @property
    def let_go(self) -> bool:
        """Whether the run ended because the interpreter exits, and nobody cancelled it."""
        return self._status is TaskStatus.CANCELLED and not self._cancelled

    def history(self) -> tuple[Event, ...]:
        """What happened to the run beside its begin and end."""
        return tuple(self._history)

    def now(self) -> datetime:
        """The time by a clock that nobody sets: ends never come before beginnings."""
        return self.created + timedelta(seconds=time.monotonic() - self._since)

    def note(self, text: str) -> None:
        """Add to its history.

        Args:
            text: What happened, in one line.
        """
        event = Event(self.now(), text)
        self._history.append(event)
        if self._watcher is not None:
            self._watcher.noted(event)

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

        Raises:
            JobError: In a process that was forked while it ran: it runs in the other one.
        """
        self._refuse_in_forked_child()
        with self._lock:
            if self._status.final:
                return False
            self._cancelled = True
            over = self._status is TaskStatus.QUEUED
            if over:
                self._spare_rest()
        if over:
            self._announce()
        return True

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the run is over; False if that did not come about in `timeout` s.

        A worker that waits for a run which nobody has begun does its work itself, whatever the
        time limit: work that waits for other work would else block a bounded pool for ever.

        Raises:
            JobError: In a process that was forked while it ran: it runs in the other one.
        """
        self._refuse_in_forked_child()
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

    def _refuse_in_forked_child(self) -> None:
        if os.getpid() != self._process and not self._status.final:
            raise JobError(
                f"this job runs in process {self._process}, of which this one is a copy: ask it "
                f"there, or look for it in its store by its id"
            )

    def _work(self) -> None:
        with self._lock:
            if self._status is not TaskStatus.QUEUED or self._taken:
                return  # cancelled, or begun by who waits for it
            self._taken = True
        if not self._begin():
            return
        try:
            with stopped_by(lambda: self._stopping), noted_by(self.note):
                for batch in self._batches:
                    if self._stopping:
                        break
                    first = len(self._entries)
                    self._run_batch(batch)
                    self._try_again(batch, first)
        except BaseException as error:  # nothing may leave a run without an end
            self._give_up(error)
        else:
            self._conclude()

    def _begin(self) -> bool:
        """Enter the state of running, if it may."""
        try:
            refusal = None if self._watcher is None else self._watcher.begins()
        except BaseException as error:  # nothing may leave a run without an end
            refusal = error
        with self._lock:
            if self._status is not TaskStatus.QUEUED:  # cancelled in the meantime
                return False
            if refusal is None:
                self._status = TaskStatus.RUNNING
                self.started = self.now()
                if self._time_limit is not None:
                    self._deadline = time.monotonic() + self._time_limit
                return True
            if isinstance(refusal, JobCancelledError):
                self._cancelled = True
                self._spare_rest()
        if isinstance(refusal, JobCancelledError):
            self._announce()
        else:
            self._give_up(refusal)
        return False

    def _try_again(self, batch: Batch[Value], first: int) -> None:
        """Run entries again that failed for reasons that pass."""
        if batch.again is None:
            return
        for pause in self._retry.pauses():
            given = self._entries[first:]
            places = [
                place
                for place, entry in enumerate(given)
                if isinstance(entry, BaseException) and is_retryable(entry)
            ]
            if not places or not self._pause(pause):
                return
            why = given[places[0]]
            named = ", ".join(str(first + place) for place in places)
            reason = describe(why) if isinstance(why, BaseException) else ""
            self.note(f"tried again: {named}, after {reason}")
            try:
                for place, value in zip(places, batch.again(places), strict=False):
                    if not (self._stopping and isinstance(value, JobCancelledError)):
                        self._entries[first + place] = value
            except BaseException as error:  # what failed before stays as it failed
                self.note(f"trying again failed: {describe(error)}")

    def _pause(self, seconds: float) -> bool:
        """Let time pass; False if the run is to stop."""
        end = time.monotonic() + seconds
        while not self._stopping and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.05))
        return not self._stopping

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
        return self._cancelled or self._late or is_closing()

    @property
    def _late(self) -> bool:
        return self._deadline is not None and time.monotonic() >= self._deadline

    def _fail_rest(self, end: int, error: BaseException) -> None:
        self._entries.extend([error] * (end - len(self._entries)))

    def _conclude(self) -> None:
        with self._lock:
            left = self._total - len(self._entries)
            if self._cancelled or (left and not self._late):
                self._spare_rest()
            else:
                if left:
                    limit = f"not over within its time limit of {self._time_limit:g} s"
                    self._fail_rest(self._total, JobTimeoutError(limit))
                self._finish(TaskStatus.ERROR if self.failures() else TaskStatus.DONE)
        self._announce()

    def _give_up(self, error: BaseException) -> None:
        with self._lock:
            self._fail_rest(self._total, error)
            self._finish(TaskStatus.ERROR)
        self._announce()

    def _spare_rest(self) -> None:
        """End cancelled; the caller holds the lock."""
        spared = self._total - len(self._entries)
        self._fail_rest(self._total, JobCancelledError("cancelled before it was run"))
        self._spared = spared
        self._finish(TaskStatus.CANCELLED)

    def _announce(self) -> None:
        """Say that the run is over; the caller does not hold the lock."""
        try:
            if self._watcher is not None:
                self._watcher.over()
        except Exception:  # who waits must not wait for ever
            logger.exception("the end of a run could not be told")
        finally:
            self._over.set()

    def _finish(self, status: TaskStatus) -> None:
        """Enter a final state; the caller holds the lock."""
        self._status = status
        self.ended = self.now()
        # The batches hold programs and backends, which nobody needs any more.
        self._batches = ()


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


def utc_now() -> datetime:
    """The time of day, in UTC."""
    return datetime.now(UTC)
