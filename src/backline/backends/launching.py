"""From checked experiments to a job that runs, and is kept where there is a store."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from backline.backends.experiment import Experiment
from backline.backends.job import BackendJob
from backline.backends.stored_programs import decode_head, decode_programs, encode_programs
from backline.contract.options import Options, merged
from backline.errors import JobNotFoundError, StoreError
from backline.jobs import Event, JobPlan, Retry, TaskRun, TaskStatus, describe, shared_pool, utc_now
from backline.jobs.keeper import keeper_of
from backline.jobs.kept import KeptRun
from backline.jobs.store import JobChange, JobRecord, JobStore

if TYPE_CHECKING:
    from backline.backends.base import BackendBase

logger = logging.getLogger(__name__)


def launched(
    backend: BackendBase,
    experiments: Sequence[Experiment],
    options: Options,
    settings: Mapping[str, Any],
    plan: JobPlan,
    record: JobRecord | None = None,
) -> BackendJob:
    """Start a job.

    Args:
        backend: Runs it.
        experiments: What it runs, checked.
        options: All options of the run.
        settings: The same, and the seed.
        plan: What else was asked for.
        record: Of a job that is this process's own in the backend's store already; None for a new
            one.

    Raises:
        StoreError: If the store does not take it.
    """
    batches = [backend._batch(part, options, settings) for part in backend._divided(experiments)]
    kept, job_id = None, str(uuid4()) if record is None else record.id
    if backend.store is not None:
        keeper = keeper_of(backend.store)
        if record is None:
            record = _new_record(job_id, backend, len(experiments), plan)
            keeper.accept(record, _payload(backend, experiments, settings, plan))
        kept = KeptRun(keeper, job_id, record.attempts)
    run = TaskRun(
        batches, watcher=kept, time_limit=plan.time_limit, retry=Retry(times=plan.retries)
    )
    pool = shared_pool() if backend._workers is None else backend._workers.drivers()
    submit = partial(pool.submit, priority=plan.priority)
    job = BackendJob(
        backend,
        experiments,
        settings,
        run,
        job_id=job_id,
        plan=plan,
        submit=submit,
        store=backend.store,
    )
    if kept is not None:
        keeper.jobs[job_id] = job
        kept.bind(run, job.outcome)
    job.submit()
    return job


def queued(
    store: JobStore, backend: BackendBase, run_input: Any, *, plan: JobPlan, **options: Any
) -> str:
    """Put a job into a store for whoever takes it up, and run nothing.

    Args:
        store: The store.
        backend: That it is for.
        run_input: As of `run`.
        plan: What else is asked for.
        **options: As of `run`.

    Returns:
        Its id.

    Raises:
        StoreError: If the store does not take it.
        BacklineError: If it cannot run, as of `run`.
    """
    prepared = backend.prepared(run_input, **options)
    settings = dict(prepared.options)
    record = _new_record(str(uuid4()), backend, len(prepared.experiments), plan)
    payload = _payload(backend, prepared.experiments, settings, plan)
    store.add(record, payload, Event(record.created, "accepted"))
    return record.id


def taken_up(backend: BackendBase, record: JobRecord) -> BackendJob | None:
    """Run a job of the backend's store that waits and is nobody's.

    What cannot be run any more ends as an error that says why; what cannot be read, of a later
    Backline say, is left as it is, and that is logged.

    Args:
        backend: With a store.
        record: Of the job.

    Returns:
        The job; None if it is for another backend, was taken by somebody else, or cannot run.

    Raises:
        StoreError: If the store cannot be used.
    """
    if backend.store is None:
        raise StoreError(f"backend {backend.name!r} has no store to take a job from")
    try:
        payload = backend.store.payload(record.id)
    except JobNotFoundError:  # somebody cancelled and forgot it
        return None
    try:
        head = decode_head(payload)
    except StoreError as error:
        logger.warning("job %s is left as it is: %s", record.id, error)
        return None
    keeper = keeper_of(backend.store)
    if head.fingerprint != backend._fingerprint() or not keeper.reserve(record):
        return None
    try:
        if head.bound_to_process is not None:
            raise StoreError(f"it cannot be taken up by another process: {head.bound_to_process}")
        options = merged(backend.options, head.settings)
        options = backend._chosen(dict(options), "error")
        prepared = backend._prepared(
            decode_programs(payload), head.settings["seed_simulator"], options
        )
        plan = JobPlan(
            tags=record.tags,
            priority=record.priority,
            time_limit=record.time_limit,
            retries=head.retries,
        )
        return launched(backend, prepared.experiments, options, head.settings, plan, record)
    except Exception as error:  # a job of another version, say, must not stop the others
        _refuse(backend, record, keeper.owner, error)
        return None


def _new_record(job_id: str, backend: BackendBase, total: int, plan: JobPlan) -> JobRecord:
    return JobRecord(
        id=job_id,
        backend=str(backend.name),
        created=utc_now(),
        priority=plan.priority,
        tags=plan.tags,
        total=total,
        on_restart=backend._on_restart,
        time_limit=plan.time_limit,
    )


def _refuse(backend: BackendBase, record: JobRecord, owner: str, error: Exception) -> None:
    now, text = utc_now(), f"it could not be taken up: {describe(error)}"
    change = JobChange(status=TaskStatus.ERROR, ended=now, owner="", error=text)
    if backend.store is not None:
        event = Event(now, f"error: {text}")
        backend.store.change(record.id, change, owner=owner, attempt=record.attempts, event=event)


def _payload(
    backend: BackendBase,
    experiments: Sequence[Experiment],
    settings: Mapping[str, Any],
    plan: JobPlan,
) -> bytes:
    return encode_programs(
        [experiment.program for experiment in experiments],
        settings,
        retries=plan.retries,
        origin=backend._origin,
        fingerprint=backend._fingerprint(),
    )
