"""A job that another process accepted, or this one in an earlier life."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from qiskit.providers import JobStatus

from backline.backends.job import STATUS, BackendJob
from backline.backends.job_failures import raise_for_status
from backline.backends.launching import taken_up
from backline.backends.progress import Report, shown
from backline.backends.stored_programs import JobHead, decode_head, decode_programs
from backline.backends.stored_results import decode_result
from backline.contract.job import Job
from backline.contract.result import Result
from backline.errors import BacklineError, JobError, JobTimeoutError
from backline.jobs import Event, Progress, TaskStatus, utc_now
from backline.jobs.keeper import keeper_of
from backline.jobs.owners import shown as shown_owner
from backline.jobs.recovery import current
from backline.jobs.store import JobRecord, JobStore

if TYPE_CHECKING:
    from backline.backends.base import BackendBase

logger = logging.getLogger(__name__)

_SHORTEST, _LONGEST = 0.02, 0.5  # seconds between two looks at the store


class StoredJob(Job):
    """A job in a store: what is asked of it is read there.

    Its result is the stored one, and no new run. Where the job waits and nobody is about to run
    it, because its process ended, `result` takes it up in this process, if it may be resumed.

    Args:
        store: Where it is.
        record: What the store knew of it.
        backend_of: The backend for it.
    """

    def __init__(
        self,
        store: JobStore,
        record: JobRecord,
        backend_of: Callable[[JobHead], BackendBase],
    ) -> None:
        super().__init__(None, record.id)
        self._found: BackendBase | None = None
        self._store = store
        self._record = record
        self._backend_of = backend_of
        self._payload: bytes | None = None
        self._given: tuple[Result, dict[int, BaseException]] | None = None
        self._hindrance = ""

    def backend(self) -> BackendBase:
        """The backend that runs it; it is loaded when it is first asked for.

        Raises:
            BackendNotFoundError: If it cannot be found again.
        """
        if self._found is None:
            self._found = self._backend_of(self._head())
        return self._found

    @property
    def backend_name(self) -> str:
        """Name of the backend that it is for."""
        return self._record.backend

    @property
    def options(self) -> dict[str, Any]:
        """The options that the job runs with; objects are texts that describe them."""
        return dict(self._head().settings)

    @property
    def versions(self) -> dict[str, str]:
        """Of Backline and what it stands on, when it was accepted."""
        return dict(self._head().versions)

    @property
    def created(self) -> datetime:
        """When it was accepted, in UTC."""
        return self._record.created

    @property
    def tags(self) -> tuple[str, ...]:
        """The words to find it by."""
        return self._record.tags

    @property
    def priority(self) -> int:
        """How urgent it is; higher is more urgent."""
        return self._record.priority

    def record(self) -> JobRecord:
        """All that the store knows of it now, without programs and result."""
        if not self._record.status.final:
            self._record = current(self._store, self._store.get(self.job_id()))
        return self._record

    def programs(self) -> list[Any]:
        """What it runs."""
        return decode_programs(self._data())

    def history(self) -> tuple[Event, ...]:
        """All that happened to it, each begin of work on it included."""
        return tuple(self._store.history(self.job_id()))

    def submit(self) -> None:
        """It was submitted before.

        Raises:
            JobError: Always.
        """
        raise JobError(f"job {self.job_id()} was submitted before", job_id=self.job_id())

    def status(self) -> JobStatus:
        """Where the job is in its life."""
        return STATUS[self.record().status]

    def progress(self) -> Progress:
        """How many experiments are over, failed ones included, and how many there are."""
        record = self.record()
        return Progress(record.done, record.total)

    def cancel(self) -> bool:
        """End it: at once if it waits; where it runs, its process is asked to.

        Returns:
            True if it ends cancelled; False if it had ended before.
        """
        if self.record().status.final:
            return False
        live = self._live()
        if live is not None:
            return live.cancel()
        status = self._store.cancel(self.job_id(), Event(utc_now(), "cancel was asked for"))
        return status in (TaskStatus.RUNNING, TaskStatus.CANCELLED)

    def resume(self) -> BackendJob:
        """Take it up in this process.

        Raises:
            JobError: If it is over, somebody else has it, or it cannot be run here.
        """
        record = self.record()
        job = None
        if record.status is TaskStatus.QUEUED and record.owner is None:
            job = taken_up(self.backend(), record)
        if job is None:
            now = self.record()
            who = f" by {shown_owner(now.owner)}" if now.owner else ""
            why = f": {now.error}" if now.error else ""
            raise JobError(
                f"job {self.job_id()} cannot be taken up here, it is {now.status.value}{who}{why}",
                job_id=self.job_id(),
            )
        return job

    def result(
        self,
        timeout: float | None = None,
        *,
        partial: bool = False,
        progress: bool | Report = False,
    ) -> Result:
        """The stored result; wait for it where there is none yet.

        Args:
            timeout: Longest wait in s, None for no limit.
            partial: Also give the result of a job that failed or was cancelled.
            progress: As of `BackendJob.result`.

        Raises:
            JobTimeoutError: If the job is not over in time.
            JobError: If it failed, as of `BackendJob.result`.
            JobCancelledError: If it was cancelled.
            StoreError: If the stored result is damaged.
        """
        with shown(progress, f"job on {self.backend_name}") as report:
            self._wait(timeout, report)
        record = self._record
        result, failures = self._stored()
        if result is None or not partial:
            if record.status is TaskStatus.ERROR and not failures:
                raise JobError(f"job {self.job_id()} failed: {record.error}", job_id=self.job_id())
            names = self._head().names if failures else ()
            raise_for_status(self.job_id(), record.status, self.progress(), failures, names)
        if result is None:
            raise JobError(f"job {self.job_id()} has no result", job_id=self.job_id())
        return result

    def errors(self) -> dict[int, BaseException]:
        """The experiments that failed, by index, and why each did; none as long as it runs."""
        self.record()
        return dict(self._stored()[1])

    def _wait(self, timeout: float | None, report: Report) -> None:
        deadline = None if timeout is None else time.monotonic() + timeout
        pause = _SHORTEST
        while not (record := self.record()).status.final:
            if record.total:
                report(record.done / record.total)
            if record.status is TaskStatus.QUEUED and record.owner is None:
                self._try_to_resume()
            left = pause if deadline is None else min(pause, deadline - time.monotonic())
            if left <= 0:
                raise JobTimeoutError(
                    f"job {self.job_id()} is not over after {timeout} s: it is "
                    f"{record.status.value}, with {record.done} of {record.total} experiments done"
                    f"{self._hindrance}",
                    job_id=self.job_id(),
                )
            self._pause(left)
            pause = min(pause * 1.5, _LONGEST)

    def _try_to_resume(self) -> None:
        try:
            self.resume()
        except BacklineError as error:
            now = self.record()
            if now.status is TaskStatus.QUEUED and now.owner is None:  # nobody else took it
                hindrance = f"; it cannot be taken up here: {error}"
                if hindrance != self._hindrance:
                    logger.warning("job %s waits%s", self.job_id(), hindrance)
                self._hindrance = hindrance

    def _pause(self, seconds: float) -> None:
        live = self._live()
        if live is None:
            time.sleep(seconds)
        else:
            live._pause(seconds)

    def _live(self) -> BackendJob | None:
        live: BackendJob | None = keeper_of(self._store).jobs.get(self.job_id())
        return live

    def _stored(self) -> tuple[Result | None, dict[int, BaseException]]:
        if self._given is None:
            data = self._store.result(self.job_id())
            if data is None:
                return None, {}
            self._given = decode_result(data)
        return self._given

    def _data(self) -> bytes:
        if self._payload is None:
            self._payload = self._store.payload(self.job_id())
        return self._payload

    def _head(self) -> JobHead:
        return decode_head(self._data())

    def __repr__(self) -> str:
        record = self._record
        return (
            f"<{type(self).__name__} {self.job_id()} on {record.backend!r}: "
            f"{record.status.value}, {record.done} of {record.total} experiments>"
        )
