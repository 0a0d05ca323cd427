"""Jobs whose process is gone: found, and taken up again or marked."""

from __future__ import annotations

from backline.jobs.owners import OwnerWatch, shown
from backline.jobs.run import Event, utc_now
from backline.jobs.status import TaskStatus
from backline.jobs.store.protocol import JobStore
from backline.jobs.store.records import JobChange, JobQuery, JobRecord

MOST_LOSSES = 3
"""A job that was lost so often with its process is not begun again: it may be what ends them."""

_OPEN = (TaskStatus.QUEUED, TaskStatus.RUNNING)
_watch = OwnerWatch()


def is_orphan(store: JobStore, record: JobRecord, watch: OwnerWatch = _watch) -> bool:
    """Whether a job that is not over belongs to a process that is gone.

    Args:
        store: Where it is.
        record: Of the job.
        watch: Says who is gone.
    """
    if record.status.final or record.owner is None:
        return False
    return record.owner in watch.gone(store, [record.owner])


def current(store: JobStore, record: JobRecord) -> JobRecord:
    """A job as it is now; if its process is gone, as it is once that was seen to.

    Args:
        store: Where it is.
        record: Of the job, as it was read just now.
    """
    if not is_orphan(store, record):
        return record
    give_back(store, record)
    return store.get(record.id)


def orphans(
    store: JobStore, backend: str | None = None, watch: OwnerWatch = _watch
) -> list[JobRecord]:
    """The jobs that are not over and whose process is gone.

    Args:
        store: Where to look.
        backend: Of this backend alone; None for all.
        watch: Says who is gone.
    """
    found = store.find(JobQuery(statuses=_OPEN, backend=backend, urgent=True))
    owned = {record.owner for record in found if record.owner is not None}
    gone = watch.gone(store, owned) if owned else set()
    return [record for record in found if record.owner in gone]


def give_back(store: JobStore, record: JobRecord) -> bool:
    """Put a job whose process is gone back into the queue, or end it.

    It is queued again if work on it had not begun, or if it is to be resumed. It ends as an error
    if it was to be marked, or was lost too often; and cancelled if somebody wanted that.

    Args:
        store: Where it is.
        record: Of the job, an orphan.

    Returns:
        False if somebody else was faster.
    """
    now, who = utc_now(), shown(record.owner or "")
    lost = record.status is TaskStatus.RUNNING
    losses = record.losses + lost
    if record.cancel_asked:
        change = JobChange(status=TaskStatus.CANCELLED, ended=now, owner="", losses=losses)
        text = f"cancelled: {who} is gone"
    elif lost and record.on_restart == "mark":
        error = f"its process ended while it ran ({who}); run it again, or resume it by hand"
        change = JobChange(status=TaskStatus.ERROR, ended=now, owner="", losses=losses, error=error)
        text = f"error: {error}"
    elif lost and losses >= MOST_LOSSES:
        error = f"its process ended each of the {losses} times that it ran, the last was {who}"
        change = JobChange(status=TaskStatus.ERROR, ended=now, owner="", losses=losses, error=error)
        text = f"error: {error}"
    else:
        change = JobChange(status=TaskStatus.QUEUED, owner="", losses=losses, done=0)
        text = f"queued again: {who} is gone" + (", and what it did is lost" if lost else "")
    event = Event(now, text)
    return store.change(record.id, change, owner=record.owner, attempt=record.attempts, event=event)


def recover(
    store: JobStore, backend: str | None = None, watch: OwnerWatch = _watch
) -> list[JobRecord]:
    """Give back all jobs whose process is gone, and say which they were, as they are now.

    Args:
        store: Where to look.
        backend: Of this backend alone; None for all.
        watch: Says who is gone.
    """
    found = orphans(store, backend, watch)
    return [store.get(record.id) for record in found if give_back(store, record)]
