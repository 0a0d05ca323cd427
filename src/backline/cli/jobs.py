"""`backline jobs`, `job`, `result`, `cancel`, `prune`: what is in the store."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backline.cli.devices import AsJson
from backline.cli.failures import Debug, ExitCode, failure_of, report
from backline.cli.stores import StoreUrl, Tags, found, moment, opened, short
from backline.cli.tables import echo, table

if TYPE_CHECKING:
    from backline.backends.stored_job import StoredJob
    from backline.jobs.store import JobRecord, JobStore

JobId = Annotated[str, typer.Argument(metavar="ID", help="Of the job, or the beginning of it.")]
JobIds = Annotated[list[str], typer.Argument(metavar="ID...", help="Of jobs.")]
Statuses = Annotated[
    list[str] | None,
    typer.Option(
        "--status", "-s", help="queued, running, done, cancelled or error; may be repeated."
    ),
]


def list_jobs(
    status: Statuses = None,
    device: Annotated[str | None, typer.Option("--device", "-d", help="For this one.")] = None,
    tags: Tags = None,
    since: Annotated[
        str | None, typer.Option(help="Accepted since: 2026-05-01, or 12h, or 7d.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 20,
    store: StoreUrl = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """List jobs, the newest first."""
    from backline.backends.finding import statuses_of
    from backline.jobs.recovery import recover
    from backline.jobs.store import JobQuery

    place = opened(store)
    recover(place)
    query = JobQuery(
        statuses=statuses_of(status or None),
        backend=device,
        since=None if since is None else moment(since, "--since"),
        tags=tuple(tags or ()),
        limit=limit,
    )
    records = place.find(query)
    if as_json:
        typer.echo(json.dumps([_values(record) for record in records], indent=2))
        return
    listed = table("id", "status", "device", "done", "accepted", "took", "begun", "tags")
    for record in records:
        listed.add_row(
            short(record.id),
            record.status.value,
            record.backend,
            f"{record.done}/{record.total}",
            f"{record.created.astimezone():%Y-%m-%d %H:%M}",
            _took(record),
            str(record.attempts),
            ", ".join(record.tags),
        )
    echo(listed)


def job(
    job_id: JobId, store: StoreUrl = None, as_json: AsJson = False, debug: Debug = False
) -> None:
    """Show one job: what it runs, how far it is, and all that happened to it."""
    from backline.backends.stored_programs import decode_head

    place = opened(store)
    record = _now(place, job_id)
    head = decode_head(place.payload(record.id))
    history = place.history(record.id)
    if as_json:
        document = _values(record) | {
            "programs": list(head.names),
            "options": dict(head.settings),
            "versions": dict(head.versions),
            "history": [[event.time.isoformat(), event.text] for event in history],
        }
        typer.echo(json.dumps(document, indent=2))
        return
    facts = [f"{record.done} of {record.total} experiments", f"begun {record.attempts} times"]
    facts += [f"priority {record.priority}"] if record.priority else []
    facts += [f"time limit {record.time_limit:g} s"] if record.time_limit else []
    facts += [f"tags {', '.join(record.tags)}"] if record.tags else []
    echo(f"{record.id} on {record.backend}: {record.status.value}; {'; '.join(facts)}")
    options = [f"{name}={value}" for name, value in head.settings.items() if value is not None]
    echo(f"programs: {', '.join(head.names)}")
    echo(f"options: {', '.join(options)}")
    for event in history:
        echo(f"{event.time.astimezone():%Y-%m-%d %H:%M:%S}  {event.text}")


def result(
    job_id: JobId,
    wait: Annotated[bool, typer.Option("--wait", help="Until the job is over.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(help="Write results: FILE.json has them all, a folder one file a program."),
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="Outcomes shown; the rest is summed.")] = 16,
    store: StoreUrl = None,
    debug: Debug = False,
) -> ExitCode:
    """Show what came of a job, as `backline run` does."""
    from rich.console import Console

    from backline.cli.report import (
        check_save_path,
        document_of,
        print_entries,
        save_entries,
        to_json,
    )

    if save is not None:
        check_save_path(save)
    place = opened(store)
    record = _now(place, job_id)
    entries = _entries(_stored(place, record, wait))
    document = document_of(entries, record.backend)
    if as_json:
        typer.echo(to_json(document))
    else:
        print_entries(entries, record.backend, top=top, console=Console())
    if save is not None:
        save_entries(document, save)
    failed = [entry for entry in entries if entry.failure is not None]
    for entry in failed:
        if entry.failure is not None:
            report(entry.failure, debug=debug, where=entry.name)
    return ExitCode.FAULT if failed else ExitCode.OK


def cancel(job_ids: JobIds, store: StoreUrl = None, debug: Debug = False) -> ExitCode:
    """End jobs: at once where they wait; where they run, their process is asked to."""
    from backline.errors import BacklineError
    from backline.jobs import Event, TaskStatus, utc_now

    place, code = opened(store), ExitCode.OK
    for job_id in job_ids:
        try:
            record = _now(place, job_id)
            if record.status.final:
                echo(f"{short(record.id)} was over before: {record.status.value}")
                continue
            status = place.cancel(record.id, Event(utc_now(), "cancel was asked for"))
            ending = status is TaskStatus.RUNNING
            echo(f"{short(record.id)} {'is asked to end' if ending else status.value}")
        except BacklineError as error:
            report(failure_of(error), debug=debug)
            code = ExitCode.FAULT
    return code


def prune(
    older: Annotated[
        str, typer.Option(help="Accepted before: 2026-05-01, or so long ago: 12h, 30d.")
    ] = "30d",
    status: Statuses = None,
    everything: Annotated[
        bool, typer.Option("--all", help="However new, and of every final status.")
    ] = False,
    store: StoreUrl = None,
    debug: Debug = False,
) -> None:
    """Forget jobs that are over, with their results."""
    from backline.backends.finding import statuses_of
    from backline.jobs import TaskStatus
    from backline.jobs.store import JobQuery

    final = tuple(item for item in TaskStatus if item.final)
    statuses = statuses_of(status or None) or final
    if not set(statuses) <= set(final):
        raise typer.BadParameter(
            "jobs that are not over are not pruned: cancel them", param_hint="--status"
        )
    place = opened(store)
    until = None if everything else moment(older, "--older")
    old = place.find(JobQuery(statuses=statuses, until=until))
    removed = place.remove([record.id for record in old])
    echo(f"{removed} {'job is' if removed == 1 else 'jobs are'} forgotten")


def _now(place: JobStore, job_id: str) -> JobRecord:
    """The job that somebody means, as it is now that its process was looked for."""
    from backline.jobs.recovery import current

    return current(place, found(place, job_id))


def _stored(place: JobStore, record: JobRecord, wait: bool) -> StoredJob:
    from backline.backends.catalog import backend_of
    from backline.backends.stored_job import StoredJob
    from backline.errors import JobError

    if not record.status.final and not wait:
        raise JobError(
            f"job {short(record.id)} is {record.status.value}, with {record.done} of "
            f"{record.total} experiments done: --wait waits for it, and `backline resume` runs "
            f"what nobody is about to run"
        )
    return StoredJob(place, record, lambda head: backend_of(head, store=place))


def _entries(stored: StoredJob) -> list[Any]:
    """One entry a program, as `backline run` has them."""
    from backline.cli.execution import finished
    from backline.cli.report import Entry

    whole = stored.result(partial=True)
    errors, entries = stored.errors(), []
    seconds = {"transpile": 0.0, "run": float(getattr(whole, "time_taken", None) or 0.0)}
    for index, program in enumerate(stored.programs()):
        name = str(program.name)
        if index in errors:
            entry = Entry(file=name, name=name, failure=failure_of(errors[index]))
        else:
            entry = Entry(file=name, name=name, finished=finished(whole, index, program, seconds))
        entries.append(entry)
    return entries


def _values(record: JobRecord) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(record).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def _took(record: JobRecord) -> str:
    if record.started is None or record.ended is None:
        return "-"
    return f"{(record.ended - record.started).total_seconds():.1f} s"
