"""A store in memory, for as long as the process lives."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any
from uuid import uuid4
from weakref import WeakValueDictionary

from backline.errors import JobError, JobNotFoundError
from backline.jobs.pool import in_forked_child
from backline.jobs.run import Event
from backline.jobs.status import TaskStatus
from backline.jobs.store.records import JobChange, JobQuery, JobRecord, OwnerRecord

_living: WeakValueDictionary[str, MemoryStore] = WeakValueDictionary()
_opened: dict[str, MemoryStore] = {}  # by name, and so to be found again
_lock = threading.Lock()


def memory_store(name: str) -> MemoryStore:
    """The store of that name of this process: always the same one.

    Args:
        name: Of the store.
    """
    with _lock:
        if name not in _opened:
            _opened[name] = _living.get(name) or MemoryStore(name)
        return _opened[name]


@dataclass(slots=True)
class _Kept:
    record: JobRecord
    number: int
    payload: bytes
    result: bytes | None = None
    history: list[Event] = field(default_factory=list)


class MemoryStore:
    """Keeps jobs in memory; see `JobStore`.

    A copy is the store itself. In another process it is an empty one; a forked child has what was
    over.

    Args:
        name: Of the store; None for one that no other has.
    """

    def __init__(self, name: str | None = None) -> None:
        self._name = uuid4().hex if name is None else name
        _living[self._name] = self
        self._lock = threading.RLock()
        self._jobs: dict[str, _Kept] = {}
        self._owners: dict[str, int] = {}
        self._number = 0

    @property
    def url(self) -> str:
        """What `open_store` opens it by."""
        return f"memory:{self._name}"

    def add(self, job: JobRecord, payload: bytes, event: Event) -> None:
        """Accept a job."""
        with self._lock:
            if job.id in self._jobs:
                raise JobError(f"there is a job {job.id} in {self.url} already", job_id=job.id)
            self._number += 1
            self._jobs[job.id] = _Kept(job, self._number, payload, history=[event])

    def get(self, job_id: str) -> JobRecord:
        """The record of a job."""
        return self._kept(job_id).record

    def find(self, query: JobQuery) -> list[JobRecord]:
        """The records that fit."""
        with self._lock:
            found = [kept for kept in self._jobs.values() if _fits(kept.record, query)]
        if query.urgent:
            found.sort(key=lambda kept: (-kept.record.priority, kept.number))
        else:
            found.sort(key=lambda kept: -kept.number)
        return [kept.record for kept in found[: query.limit]]

    def payload(self, job_id: str) -> bytes:
        """What a job runs."""
        return self._kept(job_id).payload

    def result(self, job_id: str) -> bytes | None:
        """What came of a job."""
        return self._kept(job_id).result

    def history(self, job_id: str) -> Sequence[Event]:
        """What happened to a job."""
        return tuple(self._kept(job_id).history)

    def note(self, job_id: str, event: Event) -> None:
        """Add to the history of a job."""
        with self._lock:
            self._kept(job_id).history.append(event)

    def claim(self, job_id: str, owner: str, event: Event) -> JobRecord | None:
        """Begin work on a queued job that is nobody's or one's own."""
        with self._lock:
            kept = self._kept(job_id)
            record = kept.record
            if record.status is not TaskStatus.QUEUED or record.owner not in (None, owner):
                return None
            kept.record = replace(
                record,
                status=TaskStatus.RUNNING,
                owner=owner,
                attempts=record.attempts + 1,
                started=record.started or event.time,
                done=0,
            )
            kept.history.append(event)
            return kept.record

    def change(
        self,
        job_id: str,
        change: JobChange,
        *,
        owner: str | None,
        attempt: int,
        result: bytes | None = None,
        event: Event | None = None,
    ) -> bool:
        """Change a job that is not over."""
        with self._lock:
            kept = self._kept(job_id)
            record = kept.record
            if record.status.final or record.owner != owner or record.attempts != attempt:
                return False
            kept.record = replace(record, **changed_fields(change))
            if result is not None:
                kept.result = result
            if event is not None:
                kept.history.append(event)
            return True

    def cancel(self, job_id: str, event: Event) -> TaskStatus:
        """End a job, or ask its owner to."""
        with self._lock:
            kept = self._kept(job_id)
            if kept.record.status is TaskStatus.QUEUED:
                kept.record = replace(
                    kept.record,
                    status=TaskStatus.CANCELLED,
                    ended=event.time,
                    owner=None,
                    cancel_asked=True,
                )
            elif kept.record.status is TaskStatus.RUNNING and not kept.record.cancel_asked:
                kept.record = replace(kept.record, cancel_asked=True)
            else:
                return kept.record.status
            kept.history.append(event)
            return kept.record.status

    def cancel_asked(self, owner: str) -> Collection[str]:
        """The running jobs of an owner that somebody wants to end."""
        with self._lock:
            return [
                kept.record.id
                for kept in self._jobs.values()
                if kept.record.owner == owner
                and kept.record.cancel_asked
                and kept.record.status is TaskStatus.RUNNING
            ]

    def remove(self, job_ids: Collection[str]) -> int:
        """Forget jobs that are over."""
        with self._lock:
            over = [
                job_id
                for job_id in dict.fromkeys(job_ids)
                if job_id in self._jobs and self._jobs[job_id].record.status.final
            ]
            for job_id in over:
                del self._jobs[job_id]
            return len(over)

    def beat(self, owner: str) -> None:
        """Say that an owner lives."""
        with self._lock:
            self._owners[owner] = self._owners.get(owner, 0) + 1

    def owners(self, ids: Collection[str]) -> Mapping[str, OwnerRecord]:
        """Those of some owners that ever gave a sign of life."""
        with self._lock:
            return {id_: OwnerRecord(id_, self._owners[id_]) for id_ in ids if id_ in self._owners}

    def close(self) -> None:
        """There is nothing to let go of."""

    def forget_open_jobs(self) -> None:
        """In a forked child: what is not over is its parent's, and so are locks that are held."""
        self._lock = threading.RLock()
        self._jobs = {name: kept for name, kept in self._jobs.items() if kept.record.status.final}

    def __deepcopy__(self, memo: dict[int, Any]) -> MemoryStore:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return memory_store, (self._name,)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._name!r}, {len(self._jobs)} jobs>"

    def _kept(self, job_id: str) -> _Kept:
        with self._lock:
            if job_id not in self._jobs:
                raise JobNotFoundError(f"there is no job {job_id!r} in {self.url}", job_id=job_id)
            return self._jobs[job_id]


def changed_fields(change: JobChange) -> dict[str, Any]:
    """Fields of a record as a change makes them.

    Args:
        change: What is to change.
    """
    values = {item.name: getattr(change, item.name) for item in fields(change)}
    given = {name: value for name, value in values.items() if value is not None}
    if given.get("owner") == "":
        given["owner"] = None
    return given


def _fits(record: JobRecord, query: JobQuery) -> bool:
    return (
        (query.statuses is None or record.status in query.statuses)
        and query.backend in (None, record.backend)
        and (query.since is None or record.created >= query.since)
        and (query.until is None or record.created < query.until)
        and set(query.tags) <= set(record.tags)
        and record.id.startswith(query.prefix or "")
        and (query.owner is None or query.owner == (record.owner or ""))
    )


def _forget_open_jobs() -> None:
    global _lock
    _lock = threading.Lock()
    for store in list(_living.values()):
        store.forget_open_jobs()


in_forked_child(_forget_open_jobs)
