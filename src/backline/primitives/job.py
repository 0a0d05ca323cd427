"""The job that a primitive's `run` returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from qiskit.primitives import BasePrimitiveJob, PrimitiveResult
from qiskit.providers import JobStatus

from backline.backends.job import STATUS
from backline.errors import JobCancelledError, JobTimeoutError
from backline.jobs import Batch, TaskRun, TaskStatus


class PrimitiveJob(BasePrimitiveJob[PrimitiveResult[Any], JobStatus]):
    """Work of a primitive, in the background; made and started by its `run`.

    Args:
        work: Gives the result.
    """

    def __init__(self, work: Callable[[], PrimitiveResult[Any]]) -> None:
        super().__init__(str(uuid4()))
        self._run: TaskRun[PrimitiveResult[Any]] = TaskRun([Batch(1, lambda: [_done(work)])])
        self._run.start()

    def result(self, timeout: float | None = None) -> PrimitiveResult[Any]:
        """Wait for the result.

        Args:
            timeout: Longest wait in s, None for no limit.

        Raises:
            JobTimeoutError: If it is not there in time.
            JobCancelledError: If the job was cancelled.
            BacklineError: If a circuit could not be run: what its engine raised.
        """
        if not self._run.wait(timeout):
            raise JobTimeoutError(
                f"job {self.job_id()} is not over after {timeout} s", job_id=self.job_id()
            )
        if self.cancelled():
            raise JobCancelledError(f"job {self.job_id()} was cancelled", job_id=self.job_id())
        (entry,) = self._run.entries()
        if isinstance(entry, BaseException):
            raise entry
        return entry

    def status(self) -> JobStatus:
        """Where the job is in its life."""
        return STATUS[self._run.status]

    def done(self) -> bool:
        """Whether it has succeeded."""
        return self._run.status is TaskStatus.DONE

    def running(self) -> bool:
        """Whether it has begun and is not over."""
        return self._run.status is TaskStatus.RUNNING

    def cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self._run.status is TaskStatus.CANCELLED

    def in_final_state(self) -> bool:
        """Whether it is over."""
        return self._run.status.final

    def cancel(self) -> bool:
        """Stop before the next circuits begin.

        Returns:
            True if the job ends cancelled; False if it had ended before.
        """
        return self._run.cancel()


def _done(work: Callable[[], PrimitiveResult[Any]]) -> PrimitiveResult[Any] | BaseException:
    """The result, or what was raised, as a value: so it reaches the user as it is."""
    try:
        return work()
    except BaseException as error:
        return error
