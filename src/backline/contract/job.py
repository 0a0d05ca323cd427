"""The contract of a job."""

from __future__ import annotations

import math
import time
from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from qiskit.providers import JobStatus, JobV1
from qiskit.providers.jobstatus import JOB_FINAL_STATES

from backline.contract.result import Result
from backline.errors import JobTimeoutError


class Job(JobV1):
    """One run of a backend, over or not.

    A subclass gives `submit`, `status`, `result` and `cancel`. Each may be called from any thread
    and at any time.

    Args:
        backend: What runs it.
        job_id: Unique among the backend's jobs.
        **metadata: Whatever belongs to it, kept in `metadata`.
    """

    version = 1
    _async = True

    def __init__(self, backend: Any, job_id: str, **metadata: Any) -> None:
        super().__init__(backend, job_id, **metadata)

    @abstractmethod
    def submit(self) -> None:
        """Start the job.

        Raises:
            JobError: If it was started before.
        """

    @abstractmethod
    def status(self) -> JobStatus:
        """Where the job is in its life."""

    @abstractmethod
    def result(self) -> Result:
        """Wait for the job's result.

        Raises:
            JobError: If it failed, with the cause.
            JobCancelledError: If it was cancelled.
        """

    @abstractmethod
    def cancel(self) -> bool:
        """Try to stop the job.

        Returns:
            True if it ends cancelled, False if it was over before.
        """

    def job_id(self) -> str:
        """Its id, unique among the backend's jobs."""
        return self._job_id

    def backend(self) -> Any:
        """The backend that runs it."""
        return self._backend

    def done(self) -> bool:
        """Whether it ran and succeeded."""
        return self.status() is JobStatus.DONE

    def running(self) -> bool:
        """Whether it is running now."""
        return self.status() is JobStatus.RUNNING

    def cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self.status() is JobStatus.CANCELLED

    def in_final_state(self) -> bool:
        """Whether it is over: done, cancelled or failed."""
        return self.status() in JOB_FINAL_STATES

    def wait_for_final_state(
        self,
        timeout: float | None = None,
        wait: float = 5,
        callback: Callable[[str, JobStatus, Job], None] | None = None,
    ) -> None:
        """Wait until the job is over.

        Args:
            timeout: Longest wait in s, None for no limit.
            wait: Seconds between two looks at its status.
            callback: Called with the job's id, its status and the job after each look that finds
                it not over.

        Raises:
            JobTimeoutError: If it is not over in time.
        """
        start = time.monotonic()
        while (status := self.status()) not in JOB_FINAL_STATES:
            left = math.inf if timeout is None else timeout - (time.monotonic() - start)
            if left <= 0:
                raise JobTimeoutError(
                    f"job {self.job_id()} is not over after {timeout} s: "
                    f"it is {status.name.lower()}",
                    job_id=self.job_id(),
                )
            if callback is not None:
                callback(self.job_id(), status, self)
            self._pause(max(0.0, min(wait, left)))

    def _pause(self, seconds: float) -> None:
        """Let time pass between two looks; a job that knows when it is over may return then."""
        time.sleep(seconds)
