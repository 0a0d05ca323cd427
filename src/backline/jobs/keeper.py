"""What this process does at a store: it accepts jobs, looks after its runs, and lives.

There is one keeper a process and store. A thread of its own gives signs of life, passes on what
others asked for, and has runs write how far they are and what the store would not take before. It
sleeps when there is nothing to keep.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

from backline.errors import JobNotFoundError, StoreError
from backline.jobs.kept import KeptRun
from backline.jobs.owners import own_id, shown
from backline.jobs.pool import at_close, in_forked_child
from backline.jobs.run import Event
from backline.jobs.store.protocol import JobStore
from backline.jobs.store.records import JobChange, JobRecord

logger = logging.getLogger(__name__)

_TICK = 0.5  # seconds between two looks
_BEAT = 2.0  # seconds between two signs of life


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
