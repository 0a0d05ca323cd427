"""What every store of jobs does."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from backline.jobs.run import Event
from backline.jobs.status import TaskStatus
from backline.jobs.store.records import JobChange, JobQuery, JobRecord, OwnerRecord


class JobStore(Protocol):
    """Keeps jobs; any thread and any number of processes may use it at once.

    Each method is one step that happens as a whole or not at all. A job belongs to one owner at a
    time, and each begin of work on it has a number, its attempt: who changes a job says both, and
    nothing happens if they are not the job's any more. So a process that was thought dead, and
    comes back, can spoil nothing.

    Every method may raise `StoreError`; those that name a job raise `JobNotFoundError` where there
    is none of that id.
    """

    @property
    def url(self) -> str:
        """What `open_store` opens it by, without a password."""

    def add(self, job: JobRecord, payload: bytes, event: Event) -> None:
        """Accept a job; when this returns, it is kept.

        Args:
            job: Its record.
            payload: What it runs.
            event: The first of its history.

        Raises:
            JobError: If there is one of that id.
        """

    def get(self, job_id: str) -> JobRecord:
        """The record of a job."""

    def find(self, query: JobQuery) -> list[JobRecord]:
        """The records that fit."""

    def payload(self, job_id: str) -> bytes:
        """What a job runs."""

    def result(self, job_id: str) -> bytes | None:
        """What came of a job; None as long as nothing did."""

    def history(self, job_id: str) -> Sequence[Event]:
        """What happened to a job, in order."""

    def note(self, job_id: str, event: Event) -> None:
        """Add to the history of a job."""

    def claim(self, job_id: str, owner: str, event: Event) -> JobRecord | None:
        """Begin work on a queued job that is nobody's or one's own: it runs, a new attempt.

        Args:
            job_id: Which.
            owner: Who.
            event: For its history; its time is when work began.

        Returns:
            The record as it is now; None if somebody else has it, or it is not queued.
        """

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
        """Change a job that is not over.

        Args:
            job_id: Which.
            change: What.
            owner: Whose it is now; None for nobody's.
            attempt: Its number of attempts now.
            result: What came of it.
            event: For its history.

        Returns:
            False, with nothing changed, if it is over, another's, or in another attempt.
        """

    def cancel(self, job_id: str, event: Event) -> TaskStatus:
        """End a job: at once where it is queued; where it runs, its owner is asked to.

        Args:
            job_id: Which.
            event: For its history, where something changes.

        Returns:
            Its status now.
        """

    def cancel_asked(self, owner: str) -> Collection[str]:
        """The running jobs of an owner that somebody wants to end."""

    def remove(self, job_ids: Collection[str]) -> int:
        """Forget jobs that are over, with all that belongs to them; how many there were."""

    def beat(self, owner: str) -> None:
        """Say that an owner lives."""

    def owners(self, ids: Collection[str]) -> Mapping[str, OwnerRecord]:
        """Those of some owners that ever gave a sign of life."""

    def close(self) -> None:
        """Let go of what the system gave; the store can be used again after that."""
