"""The job that `BackendBase.run` returns."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from qiskit.providers import JobStatus
from qiskit.result.models import ExperimentResult

from backline.backends.experiment import Experiment
from backline.backends.job_failures import failed_text, raise_for_status
from backline.backends.progress import Report, shown
from backline.backends.results import failed_result, to_result, versions
from backline.backends.stored_results import encode_result
from backline.contract.job import Job
from backline.contract.result import Result
from backline.errors import JobTimeoutError
from backline.jobs import Event, JobPlan, Progress, Submit, TaskRun, TaskStatus
from backline.jobs.kept import Outcome
from backline.jobs.store import JobStore

STATUS = {
    TaskStatus.QUEUED: JobStatus.QUEUED,
    TaskStatus.RUNNING: JobStatus.RUNNING,
    TaskStatus.DONE: JobStatus.DONE,
    TaskStatus.CANCELLED: JobStatus.CANCELLED,
    TaskStatus.ERROR: JobStatus.ERROR,
}

_OFTEN = 0.1  # seconds between two reports of progress


class BackendJob(Job):
    """A job that runs in the background.

    Args:
        backend: What runs it.
        experiments: What is run.
        options: Every option that it runs with.
        run: The work, one entry an experiment; `submit` starts it.
        job_id: Unique; None draws one.
        plan: What else was asked for.
        submit: Runs a function some time later; None for the threads of this process.
        store: Where it is kept; None for nowhere.
    """

    def __init__(
        self,
        backend: Any,
        experiments: Sequence[Experiment],
        options: Mapping[str, Any],
        run: TaskRun[ExperimentResult],
        *,
        job_id: str | None = None,
        plan: JobPlan | None = None,
        submit: Submit | None = None,
        store: JobStore | None = None,
    ) -> None:
        super().__init__(backend, job_id or str(uuid4()))
        self._plan = plan or JobPlan()
        self._submit = submit
        self._store = store
        self._experiments = tuple(experiments)
        self._options = dict(options)
        self._run = run

    @property
    def options(self) -> dict[str, Any]:
        """The options that the job runs with, the seed that was drawn for it included."""
        return dict(self._options)

    @property
    def backend_name(self) -> str:
        """Name of the backend that it is for."""
        return str(self.backend().name)

    @property
    def versions(self) -> dict[str, str]:
        """Of Backline and what it stands on."""
        return dict(versions())

    @property
    def created(self) -> datetime:
        """When the job was made, in UTC."""
        return self._run.created

    @property
    def tags(self) -> tuple[str, ...]:
        """The words to find it by."""
        return self._plan.tags

    @property
    def priority(self) -> int:
        """How urgent it is; higher is more urgent."""
        return self._plan.priority

    def programs(self) -> list[Any]:
        """What it runs; not to be changed."""
        return [experiment.program for experiment in self._experiments]

    def history(self) -> tuple[Event, ...]:
        """What happened to it: all where a store keeps it; else retries and lost workers alone."""
        if self._store is None:
            return self._run.history()
        return tuple(self._store.history(self.job_id()))

    def submit(self) -> None:
        """Hand the job to the workers; `BackendBase.run` has done so.

        Raises:
            JobError: If that was done before.
        """
        self._run.start(self._submit)

    def status(self) -> JobStatus:
        """Where the job is in its life."""
        return STATUS[self._run.status]

    def progress(self) -> Progress:
        """How many experiments are over, failed ones included, and how many there are.

        Those that a cancelled job did not run are not over.
        """
        return self._run.progress

    def cancel(self) -> bool:
        """Stop before the next experiment begins, and within those that run as pulses.

        Returns:
            True if the job ends cancelled; False if it had ended before.
        """
        return self._run.cancel()

    def result(
        self,
        timeout: float | None = None,
        *,
        partial: bool = False,
        progress: bool | Report = False,
    ) -> Result:
        """Wait for the job and give its result, experiments in the order of the input.

        Args:
            timeout: Longest wait in s, None for no limit.
            partial: Also give the result of a job that failed or was cancelled: its failed
                experiments have `success=False`, no data, and a status that says why.
            progress: True for a bar on a terminal or in a notebook, where the wait takes over a
                second; or a function, which is called now and then with the part of the
                experiments that is over, from 0 to 1.

        Raises:
            JobTimeoutError: If the job is not over in time.
            JobError: If an experiment failed: the message names each with its index, and
                `details["indices"]` lists them.
            JobCancelledError: If the job was cancelled.
        """
        if not self._wait(timeout, progress):
            done, total = self.progress()
            raise JobTimeoutError(
                f"job {self.job_id()} is not over after {timeout} s: it is "
                f"{self._run.status.value}, with {done} of {total} experiments done",
                job_id=self.job_id(),
            )
        if not partial:
            self._raise_for_status()
        return self._result()

    def errors(self) -> dict[int, BaseException]:
        """The experiments that failed so far, by index, and why each did."""
        return self._run.failures()

    def _wait(self, timeout: float | None, progress: bool | Report) -> bool:
        if progress is False:
            return self._run.wait(timeout)
        deadline = math.inf if timeout is None else time.monotonic() + timeout
        with shown(progress, f"job on {self.backend().name}") as report:
            while not self._run.wait(max(0.0, min(_OFTEN, deadline - time.monotonic()))):
                if time.monotonic() >= deadline:
                    return False
                self._tell(report)
            self._tell(report)
        return True

    def _tell(self, report: Report) -> None:
        done, total = self.progress()
        report(done / total)

    def _pause(self, seconds: float) -> None:
        self._run.wait(seconds)  # and go on as soon as it is over

    def _raise_for_status(self) -> None:
        raise_for_status(
            self.job_id(),
            self._run.status,
            self.progress(),
            self._run.failures(),
            [item.name for item in self._experiments],
        )

    def outcome(self) -> Outcome:
        """What came of the job, as a store keeps it; for the keeper of the store."""
        failures = self._run.failures()
        error = None
        if self._run.status is TaskStatus.ERROR:
            named = [item.name for item in self._experiments]
            error = failed_text(self.progress().total, failures, named)
        return Outcome(encode_result(self._result(), failures), error)

    def _result(self) -> Result:
        results = [
            failed_result(experiment, entry, self._options)
            if isinstance(entry, BaseException)
            else entry
            for experiment, entry in zip(self._experiments, self._run.entries(), strict=True)
        ]
        backend, started, ended = self.backend(), self._run.started, self._run.ended
        return to_result(
            results,
            backend_name=backend.name,
            backend_version=backend.backend_version,
            job_id=self.job_id(),
            date=ended,
            time_taken=(ended - started).total_seconds() if started and ended else None,
            options=self._options,
        )

    def __repr__(self) -> str:
        done, total = self.progress()
        name = getattr(self.backend(), "name", None)
        return (
            f"<{type(self).__name__} {self.job_id()} on {name!r}: "
            f"{self._run.status.value}, {done} of {total} experiments>"
        )
