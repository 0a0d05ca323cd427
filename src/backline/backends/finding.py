"""Jobs in a store, found by their id or by what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from qiskit.providers import JobStatus

from backline.backends.stored_programs import JobHead
from backline.errors import JobError, OptionValueError
from backline.jobs import TaskStatus
from backline.jobs.keeper import keeper_of
from backline.jobs.recovery import recover
from backline.jobs.store import JobQuery, JobRecord, JobStore

if TYPE_CHECKING:
    from backline.backends.base import BackendBase
    from backline.backends.job import BackendJob
    from backline.backends.stored_job import StoredJob

_LIMIT = 100


@dataclass(frozen=True, slots=True)
class JobFinder:
    """Finds jobs.

    Attributes:
        store: Where; None where there is none.
        backend_of: The backend for a stored job.
        whose: Who was asked, for messages.
    """

    store: JobStore | None
    backend_of: Callable[[JobHead], BackendBase]
    whose: str

    def job(self, job_id: str) -> BackendJob | StoredJob:
        """The job of that id.

        Args:
            job_id: Its id.

        Raises:
            JobNotFoundError: If there is none.
            JobError: If there is no store.
        """
        if not isinstance(job_id, str):
            raise OptionValueError(f"the id of a job is a text, got {job_id!r:.100}")
        return self._made(self._store().get(job_id))

    def jobs(
        self,
        *,
        status: Any = None,
        backend: str | None = None,
        since: datetime | None = None,
        tags: str | Iterable[str] = (),
        limit: int | None = _LIMIT,
    ) -> list[BackendJob | StoredJob]:
        """The jobs that fit, the newest first; see `DeviceProvider.jobs`."""
        if since is not None and not isinstance(since, datetime):
            raise OptionValueError(f"since must be a datetime, got {since!r:.100}")
        query = JobQuery(
            statuses=statuses_of(status),
            backend=backend,
            since=None if since is None else since.astimezone(),
            tags=(tags,) if isinstance(tags, str) else tuple(tags),
            limit=limit,
        )
        return [self._made(record) for record in self._store().find(query)]

    def resumed(self, backend: BackendBase) -> list[BackendJob]:
        """Take up the jobs of a backend that wait and are nobody's.

        Args:
            backend: With this store.
        """
        from backline.backends.launching import taken_up

        store, name = self._store(), str(backend.name)
        recover(store, name)
        waiting = JobQuery(statuses=(TaskStatus.QUEUED,), backend=name, owner="", urgent=True)
        begun = (taken_up(backend, record) for record in store.find(waiting))
        return [job for job in begun if job is not None]

    def _made(self, record: JobRecord) -> BackendJob | StoredJob:
        from backline.backends.stored_job import StoredJob

        store = self._store()
        live: BackendJob | None = keeper_of(store).jobs.get(record.id)
        return live or StoredJob(store, record, self.backend_of)

    def _store(self) -> JobStore:
        if self.store is None:
            raise JobError(f"{self.whose} keeps no jobs: give it a store, as in store='jobs.db'")
        return self.store


def statuses_of(status: Any) -> tuple[TaskStatus, ...] | None:
    """Statuses as users give them.

    Args:
        status: None for any; "queued", "running", "done", "cancelled" or "error", Qiskit's
            `JobStatus`, or a list of these.

    Raises:
        OptionValueError: If it is none of these.
    """
    if status is None:
        return None
    several = isinstance(status, Iterable) and not isinstance(status, str)
    given = list(status) if several else [status]
    return tuple(map(_status_of, given))


def _status_of(status: Any) -> TaskStatus:
    name = status.name.lower() if isinstance(status, JobStatus | TaskStatus) else status
    try:
        return TaskStatus(name)
    except ValueError:
        allowed = ", ".join(repr(item.value) for item in TaskStatus)
        raise OptionValueError(f"a status is one of {allowed}, got {status!r:.100}") from None
