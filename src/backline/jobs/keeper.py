"""What this process does at a store: it accepts jobs, keeps what becomes of them, and lives.

There is one keeper a process and store. A thread of its own gives signs of life, writes how far
jobs are, passes on what others asked for, and writes again what the store would not take. It
sleeps when there is nothing to keep.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

from backline.errors import JobCancelledError, JobError, JobNotFoundError, StoreError
from backline.jobs.owners import own_id, shown
from backline.jobs.pool import at_close, in_forked_child, is_closing
from backline.jobs.run import Event, TaskRun, describe, utc_now
from backline.jobs.status import TaskStatus
from backline.jobs.store.protocol import JobStore
from backline.jobs.store.records import JobChange, JobRecord

logger = logging.getLogger(__name__)

_TICK = 0.5  # seconds between two looks
_BEAT = 2.0  # seconds between two signs of life
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


class Keeper:
    """This process at one store.

    Args:
        store: The store.
    """

    def __init__(self, store: JobStore) -> None:
        self.store = store
        self.owner = own_id()
        self.jobs: WeakValueDictionary[str, Any] = WeakValueDictionary()
        self._wake = threading.Condition()
        self._kept: dict[str, KeptRun] = {}
        self._active: dict[str, KeptRun] = {}
        self._thread: threading.Thread | None = None
        self._beaten = float("-inf")

    def accept(self, record: JobRecord, payload: bytes) -> None:
        """Put a job into the store as this process's own; when this returns, it is kept.

        Args:
            record: Of the job.
            payload: What it runs.

        Raises:
            StoreError: If it could not be kept: then it was not accepted.
        """
        self._beat()
        event = Event(record.created, f"accepted by {shown(self.owner)}")
        self.store.add(replace(record, owner=self.owner), payload, event)

    def reserve(self, record: JobRecord) -> bool:
        """Make a queued job that is nobody's this process's own; False if somebody was faster.

        Args:
            record: Of the job.
        """
        self._beat()
        change = JobChange(owner=self.owner)
        return self.store.change(record.id, change, owner=None, attempt=record.attempts)

    def keep(self, kept: KeptRun) -> None:
        """Look after a run until it is over."""
        with self._wake:
            self._kept[kept.job_id] = kept
            if self._thread is None:
                name = "backline-keeper"
                self._thread = threading.Thread(target=self._watch, name=name, daemon=True)
                self._thread.start()
            self._wake.notify()

    def attend(self, kept: KeptRun) -> None:
        """Look at a run now and then, because it runs or could not be written."""
        with self._wake:
            self._active[kept.job_id] = kept

    def drop(self, kept: KeptRun) -> None:
        """Look after a run no more."""
        with self._wake:
            self._kept.pop(kept.job_id, None)
            self._active.pop(kept.job_id, None)

    def look(self) -> None:
        """Do once what has to be done now and then."""
        self._beat()
        with self._wake:
            kept = dict(self._active)
        for item in kept.values():
            item.catch_up()
        for job_id in self.store.cancel_asked(self.owner):
            if job_id in kept:
                kept[job_id].run.cancel()

    def say_goodbye(self) -> None:
        """Give back what this process will not do any more."""
        with self._wake:
            kept = list(self._kept.values())
        for item in kept:
            with suppress(JobNotFoundError):
                item.let_go()

    def _beat(self) -> None:
        now = time.monotonic()
        with self._wake:  # two first signs of life at once would be one too many
            if now - self._beaten < _BEAT:
                return
            self._beaten = now
        self.store.beat(self.owner)

    def _watch(self) -> None:
        while True:
            with self._wake:
                while not self._kept:
                    self._wake.wait()
            time.sleep(_TICK)  # and not until the next job is kept: there may be thousands a second
            try:
                self.look()
            except StoreError as error:  # said when a job needs the store
                logger.warning("the store of jobs cannot be used for now: %s", error)
            except Exception:  # without this thread the process would be taken for dead
                logger.exception("looking after jobs failed, and goes on")


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
                time.sleep(_TICK)

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


_keepers: dict[str, Keeper] = {}
_keepers_lock = threading.Lock()


def keeper_of(store: JobStore) -> Keeper:
    """The keeper of this process at a store.

    Args:
        store: The store.
    """
    with _keepers_lock:
        keeper = _keepers.get(store.url)
        if keeper is None or keeper.store is not store:
            keeper = _keepers[store.url] = Keeper(store)
        return keeper


def _forget() -> None:
    """In a forked child, jobs are its parent's."""
    global _keepers, _keepers_lock
    _keepers, _keepers_lock = {}, threading.Lock()


def _say_goodbye() -> None:
    for keeper in list(_keepers.values()):
        try:
            keeper.say_goodbye()
        except StoreError as error:  # who looks next finds that this process is gone
            logger.warning("jobs could not be given back: %s", error)


at_close(_say_goodbye)
in_forked_child(_forget)
