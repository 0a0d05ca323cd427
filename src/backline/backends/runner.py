"""Running what waits in a store, whichever device it is for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any

from backline.backends.catalog import backend_of
from backline.backends.device import DeviceBackend
from backline.backends.job import BackendJob
from backline.backends.launching import taken_up
from backline.backends.stored_programs import JobHead, decode_head
from backline.errors import BacklineError
from backline.jobs import Event, TaskStatus, utc_now
from backline.jobs.recovery import recover
from backline.jobs.store import JobQuery, JobRecord, JobStore

_OFTEN = 0.02  # seconds between two looks
_MOST = 1000  # jobs that are looked at together


def run_waiting(
    store: JobStore,
    *,
    workers: Any = None,
    job_ids: Collection[str] | None = None,
    say: Callable[[str, str], None] = lambda job_id, text: None,
) -> int:
    """Run the jobs that wait and are nobody's, the most urgent first, until there are none.

    Args:
        store: Where they are.
        workers: What runs experiments, as of `load`.
        job_ids: These alone; None for all.
        say: Is told of each job what happens to it: its id, and a text.

    Returns:
        How many were not done well, or could not be run here.
    """
    return _Runner(store, workers, job_ids, say).run()


class _Runner:
    def __init__(
        self,
        store: JobStore,
        workers: Any,
        job_ids: Collection[str] | None,
        say: Callable[[str, str], None],
    ) -> None:
        self._store, self._workers, self._say = store, workers, say
        self._wanted = None if job_ids is None else set(job_ids)
        self._backends: dict[str, DeviceBackend] = {}
        self._passed: set[str] = set()
        self._live: list[BackendJob] = []
        self._failed = 0
        self._room = 2 * (getattr(workers, "count", None) or os.cpu_count() or 1)

    def run(self) -> int:
        recover(self._store)
        while True:
            self._end()
            begun = self._begin(self._room - len(self._live))
            if not self._live and not begun:
                return self._failed
            time.sleep(_OFTEN)

    def _begin(self, room: int) -> int:
        """Begin as many jobs as there is room for; how many were looked at."""
        if room <= 0:
            return 0
        query = JobQuery(
            statuses=(TaskStatus.QUEUED,),
            owner="",
            urgent=True,
            limit=room + len(self._passed) if self._wanted is None else None,
        )
        waiting = [
            record
            for record in self._store.find(query)
            if record.id not in self._passed and (self._wanted is None or record.id in self._wanted)
        ][:room]
        for record in waiting:
            self._take(record)
        return len(waiting)

    def _take(self, record: JobRecord) -> None:
        try:
            backend = self._backend(decode_head(self._store.payload(record.id)))
            job = taken_up(backend, record)
        except (BacklineError, OSError) as error:
            self._pass(record, f"cannot be run here: {error}")
            return
        if job is not None:
            self._say(record.id, f"runs on {record.backend}")
            self._live.append(job)
            return
        now = self._store.get(record.id)
        self._passed.add(record.id)
        if now.status is TaskStatus.ERROR:
            self._failed += 1
            self._say(record.id, f"error: {now.error}")
        elif now.status is TaskStatus.QUEUED and now.owner is None:
            self._pass(record, "cannot be run here: its device is another now")

    def _pass(self, record: JobRecord, why: str) -> None:
        """Leave a job as it is, and say why: also in its history, for nobody may be listening."""
        self._passed.add(record.id)
        self._failed += 1
        self._say(record.id, why)
        with suppress(BacklineError):
            if why not in [event.text for event in self._store.history(record.id)]:
                self._store.note(record.id, Event(utc_now(), why))

    def _end(self) -> None:
        """Say of which jobs are over, and forget them."""
        for job in [job for job in self._live if job.in_final_state()]:
            self._live.remove(job)
            with_errors = not job.done()
            self._failed += with_errors
            errors = job.errors() if with_errors else {}
            why = f": {next(iter(errors.values()))}" if errors else ""
            self._say(job.job_id(), f"{job.status().name.lower()}{why}")

    def _backend(self, head: JobHead) -> DeviceBackend:
        key = repr(head.origin)
        if key not in self._backends:
            self._backends[key] = backend_of(head, store=self._store, workers=self._workers)
        return self._backends[key]
