"""A run whose life is written into a store."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from backline.errors import JobCancelledError, JobError, JobNotFoundError, StoreError
from backline.jobs.owners import shown
from backline.jobs.pool import is_closing
from backline.jobs.run import Event, TaskRun, describe, utc_now
from backline.jobs.status import TaskStatus
from backline.jobs.store.records import JobChange

if TYPE_CHECKING:
    from backline.jobs.keeper import Keeper

logger = logging.getLogger(__name__)

_PAUSE = 0.5  # seconds between two tries to begin
_PATIENCE = 60.0  # seconds that a job waits for a store that fails


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job.

    Attributes:
        result: As bytes; None for nothing.
        error: Why it failed, in one line; None where it did not.
    """

    result: bytes | None
    error: str | None


class KeptRun:
    """A run whose life is written into a store; the `Watcher` of a `TaskRun`.

    Args:
        keeper: This process at the store.
        job_id: Of the job, which is this process's own in the store.
        attempts: How often work on it was begun before.
    """

    run: TaskRun[Any]
    outcome: Callable[[], Outcome]

    def __init__(self, keeper: Keeper, job_id: str, attempts: int = 0) -> None:
        self.job_id = job_id
        self._keeper = keeper
        self._attempt = attempts
        self._lock = threading.Lock()
        self._done = 0
        self._started: datetime | None = None
        self._left: tuple[JobChange, bytes | None, Event] | None = None
        self._unsaid: list[Event] = []
        self._closed = False

    def bind(self, run: TaskRun[Any], outcome: Callable[[], Outcome]) -> None:
        """Say what is kept, before it starts.

        Args:
            run: The run.
            outcome: What came of it, called when it is over.
        """
        self.run = run
        self.outcome = outcome
        self._keeper.keep(self)

    def begins(self) -> BaseException | None:
        """Claim the job; why work must not begin, if it must not."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                return self._claim()
            except StoreError as error:
                # Work that the store does not know of could be done twice, and nobody would see.
                if time.monotonic() > deadline or is_closing() or self.run.status.final:
                    return error
                time.sleep(_PAUSE)

    def noted(self, event: Event) -> None:
        """Write an event, now or later."""
        self._unsaid.append(event)

    def over(self) -> None:
        """Write what came of it; what the store does not take is written later."""
        run = self.run
        if run.let_go:
            self.let_go()
            return
        status = run.status
        try:
            outcome = self.outcome()
        except Exception as error:  # a job that never ends in the store would be run again
            logger.exception("the result of job %s cannot be stored", self.job_id)
            outcome = Outcome(None, f"its result cannot be stored: {describe(error)}")
            status = TaskStatus.ERROR
        ended = max(run.ended or run.now(), self._started or run.created)
        change = JobChange(
            status=status, ended=ended, done=run.progress.done, error=outcome.error, owner=""
        )
        text = f"{status.value}" + (f": {outcome.error}" if outcome.error else "")
        with self._lock:
            self._left = change, outcome.result, Event(ended, text)
        self.catch_up()

    def catch_up(self) -> None:
        """Write what is not written yet."""
        try:
            with self._lock:
                self._write()
        except StoreError as error:
            self._keeper.attend(self)
            logger.warning("job %s is not written yet: %s", self.job_id, error)

    def let_go(self) -> None:
        """Give the job back to the queue, for another process or a later one."""
        with self._lock:
            if self._closed:
                return
            if self._left is not None:
                self._write()
                return
            self._closed = True
            self._keeper.store.change(
                self.job_id,
                JobChange(status=TaskStatus.QUEUED, owner="", done=0),
                owner=self._keeper.owner,
                attempt=self._attempt,
                event=Event(utc_now(), f"let go: {shown(self._keeper.owner)} ended"),
            )
        self._keeper.drop(self)

    def _claim(self) -> BaseException | None:
        keeper = self._keeper
        with self._lock:
            number = self._attempt + 1
            event = Event(self.run.now(), f"attempt {number} begins in {shown(keeper.owner)}")
            now = keeper.store.claim(self.job_id, keeper.owner, event)
            if now is None:
                now = keeper.store.get(self.job_id)
            # Also where an earlier claim came through, and the answer was lost on its way.
            if (now.status, now.owner, now.attempts) == (TaskStatus.RUNNING, keeper.owner, number):
                self._attempt, self._started = number, now.started
                keeper.attend(self)
                return None
            self._closed = True
        keeper.drop(self)
        if now.status is TaskStatus.CANCELLED:
            return JobCancelledError("cancelled before it was run", job_id=self.job_id)
        who = f" by {shown(now.owner)}" if now.owner else ""
        return JobError(
            f"job {self.job_id} was taken over{who} and is {now.status.value}: find it in the "
            f"store by its id",
            job_id=self.job_id,
        )

    def _write(self) -> None:
        """Write what is left; the caller holds the lock."""
        if self._closed:
            return
        store, owner = self._keeper.store, self._keeper.owner
        change: JobChange | None = None
        now: TaskStatus | None = None
        try:
            while self._unsaid:
                store.note(self.job_id, self._unsaid[0])
                self._unsaid.pop(0)
            if self._left is None:
                done = self.run.progress.done
                if done == self._done or self.run.status is not TaskStatus.RUNNING:
                    return
                self._done = done
                change, result, event = JobChange(done=done), None, None
            else:
                change, result, event = self._left
            written = store.change(
                self.job_id, change, owner=owner, attempt=self._attempt, result=result, event=event
            )
            if not written:
                now = store.get(self.job_id).status
        except JobNotFoundError:  # another process ran it, and it was forgotten
            written = False
        if not written:
            self._closed = True
            # An earlier try may have come through, though its answer did not.
            ours = change is not None and now is not None and change.status is now
            if now is not TaskStatus.CANCELLED and not ours:
                what = "in its store no more" if now is None else "another process's now"
                logger.warning("job %s is %s; its work is lost", self.job_id, what)
            self.run.cancel()
        if not written or self._left is not None:
            self._left, self._closed = None, True
            self._keeper.drop(self)
