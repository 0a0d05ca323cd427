"""What is said of jobs that failed, live or restored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backline.errors import JobCancelledError, JobError
from backline.jobs import Progress, TaskStatus, describe

# A message names so many failures, and counts the others.
_MOST_NAMED = 5


def raise_for_status(
    job_id: str,
    status: TaskStatus,
    progress: Progress,
    failures: Mapping[int, BaseException],
    names: Sequence[str],
) -> None:
    """Say why there is no whole result, if there is none.

    Args:
        job_id: Of the job, which is over.
        status: Its final state.
        progress: How far it came.
        failures: The experiments that failed, by index.
        names: Of all experiments.

    Raises:
        JobCancelledError: If it was cancelled.
        JobError: If it failed; its cause is that of the first experiment.
    """
    if status is TaskStatus.CANCELLED:
        raise JobCancelledError(
            f"job {job_id} was cancelled after {progress.done} of {progress.total} "
            f"experiments: result(partial=True) gives what there is",
            job_id=job_id,
        )
    if status is TaskStatus.ERROR:
        text = failed_text(progress.total, failures, names)
        if len(failures) < progress.total:
            text += ". The others: result(partial=True)"
        indices = sorted(failures)
        raise JobError(text, job_id=job_id, indices=indices) from failures[indices[0]]


def failed_text(total: int, failures: Mapping[int, BaseException], names: Sequence[str]) -> str:
    """Which experiments failed, and why, in one line.

    Args:
        total: Number of experiments.
        failures: Those that failed, by index.
        names: Of all.
    """
    named = [
        f"{index} ({names[index]!r}): {describe(failures[index])}"
        for index in sorted(failures)[:_MOST_NAMED]
    ]
    if len(failures) > _MOST_NAMED:
        named.append(f"and {len(failures) - _MOST_NAMED} more")
    return f"{len(failures)} of {total} experiments failed: {'; '.join(named)}"
