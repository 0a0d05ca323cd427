"""A store in a database: SQLite for one machine, PostgreSQL for many."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from backline.errors import JobError, JobNotFoundError
from backline.jobs.run import Event
from backline.jobs.status import TaskStatus
from backline.jobs.store import schema
from backline.jobs.store.database import made_engine, said
from backline.jobs.store.memory import changed_fields
from backline.jobs.store.records import JobChange, JobQuery, JobRecord, OwnerRecord

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MOST_NAMED = 500  # ids in one statement: databases have limits
_TIMES = ("created", "started", "ended")
_FIELDS = tuple(item.name for item in fields(JobRecord))
_COLUMNS = [schema.jobs.c[name] for name in _FIELDS]
_MIGRATION_LOCK = 0x6261636B6C696E65  # "backline"


class SqlStore:
    """Keeps jobs in a database; see `JobStore`.

    A copy is the store itself; in another process it is opened there. Use `open_store`, which
    makes one of each URL.

    Args:
        url: As SQLAlchemy takes them.

    Raises:
        StoreError: If it cannot be opened.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine = made_engine(url)
        self._sqlite = self._engine.dialect.name == "sqlite"
        # Threads wait here and not in the database, whose waiting is a sleep.
        self._lock = threading.Lock()
        if self._sqlite:
            self._make_folder()
        with self._writing() as connection:
            if not self._sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
            schema.migrate(connection)

    @property
    def url(self) -> str:
        """What `open_store` opens it by, without a password."""
        return self._engine.url.render_as_string(hide_password=True)

    def add(self, job: JobRecord, payload: bytes, event: Event) -> None:
        """Accept a job."""
        with self._writing() as connection:
            try:
                connection.execute(schema.jobs.insert(), _row(job))
            except sa.exc.IntegrityError:
                raise JobError(
                    f"there is a job {job.id} in {self.url} already", job_id=job.id
                ) from None
            connection.execute(schema.payloads.insert(), {"id": job.id, "data": payload})
            if job.tags:
                rows = [{"tag": tag, "id": job.id} for tag in dict.fromkeys(job.tags)]
                connection.execute(schema.tags.insert(), rows)
            _note(connection, job.id, event)

    def get(self, job_id: str) -> JobRecord:
        """The record of a job."""
        with self._reading() as connection:
            return self._get(connection, job_id)

    def find(self, query: JobQuery) -> list[JobRecord]:
        """The records that fit."""
        with self._reading() as connection:
            return [_record(row) for row in connection.execute(_selection(query))]

    def payload(self, job_id: str) -> bytes:
        """What a job runs."""
        data = self._data(schema.payloads, job_id)
        if data is None:
            raise JobNotFoundError(f"there is no job {job_id!r} in {self.url}", job_id=job_id)
        return data

    def result(self, job_id: str) -> bytes | None:
        """What came of a job."""
        data = self._data(schema.results, job_id)
        if data is None:
            self.get(job_id)
        return data

    def history(self, job_id: str) -> Sequence[Event]:
        """What happened to a job."""
        table = schema.events
        wanted = sa.select(table.c.time, table.c.text).where(table.c.id == job_id)
        with self._reading() as connection:
            rows = connection.execute(wanted.order_by(table.c.number)).all()
        if not rows:
            self.get(job_id)
        return tuple(Event(_time(row.time), row.text) for row in rows)

    def note(self, job_id: str, event: Event) -> None:
        """Add to the history of a job."""
        with self._writing() as connection:
            self._get(connection, job_id)
            _note(connection, job_id, event)

    def claim(self, job_id: str, owner: str, event: Event) -> JobRecord | None:
        """Begin work on a queued job that is nobody's or one's own."""
        table = schema.jobs
        claim = (
            table.update()
            .where(
                table.c.id == job_id,
                table.c.status == TaskStatus.QUEUED.value,
                sa.or_(table.c.owner.is_(None), table.c.owner == owner),
            )
            .values(
                status=TaskStatus.RUNNING.value,
                owner=owner,
                attempts=table.c.attempts + 1,
                started=sa.func.coalesce(table.c.started, _micro(event.time)),
                done=0,
            )
        )
        with self._writing() as connection:
            if connection.execute(claim).rowcount != 1:
                self._get(connection, job_id)
                return None
            _note(connection, job_id, event)
            return self._get(connection, job_id)

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
        """Change a job that is not over."""
        table = schema.jobs
        values = _values(changed_fields(change)) or {"attempts": attempt}
        update = (
            table.update()
            .where(
                table.c.id == job_id,
                table.c.attempts == attempt,
                table.c.owner.is_(None) if owner is None else table.c.owner == owner,
                table.c.status.in_([TaskStatus.QUEUED.value, TaskStatus.RUNNING.value]),
            )
            .values(values)
        )
        with self._writing() as connection:
            if connection.execute(update).rowcount != 1:
                self._get(connection, job_id)
                return False
            if result is not None:
                connection.execute(schema.results.delete().where(schema.results.c.id == job_id))
                connection.execute(schema.results.insert(), {"id": job_id, "data": result})
            if event is not None:
                _note(connection, job_id, event)
            return True

    def cancel(self, job_id: str, event: Event) -> TaskStatus:
        """End a job, or ask its owner to."""
        table = schema.jobs
        waiting = table.update().where(
            table.c.id == job_id, table.c.status == TaskStatus.QUEUED.value
        )
        running = table.update().where(
            table.c.id == job_id,
            table.c.status == TaskStatus.RUNNING.value,
            table.c.cancel_asked.is_(False),
        )
        ended = {
            "status": TaskStatus.CANCELLED.value,
            "ended": _micro(event.time),
            "owner": None,
            "cancel_asked": True,
        }
        with self._writing() as connection:
            changed = connection.execute(waiting.values(ended)).rowcount
            changed = changed or connection.execute(running.values(cancel_asked=True)).rowcount
            if changed:
                _note(connection, job_id, event)
            return self._get(connection, job_id).status

    def cancel_asked(self, owner: str) -> Collection[str]:
        """The running jobs of an owner that somebody wants to end."""
        table = schema.jobs
        wanted = sa.select(table.c.id).where(
            table.c.owner == owner,
            table.c.status == TaskStatus.RUNNING.value,
            table.c.cancel_asked.is_(True),
        )
        with self._reading() as connection:
            return list(connection.scalars(wanted))

    def remove(self, job_ids: Collection[str]) -> int:
        """Forget jobs that are over."""
        table, ids, removed = schema.jobs, list(dict.fromkeys(job_ids)), 0
        final = [status.value for status in TaskStatus if status.final]
        for first in range(0, len(ids), _MOST_NAMED):
            named = table.c.id.in_(ids[first : first + _MOST_NAMED])
            with self._writing() as connection:
                removed += connection.execute(
                    table.delete().where(named, table.c.status.in_(final))
                ).rowcount
        return removed

    def beat(self, owner: str) -> None:
        """Say that an owner lives."""
        table = schema.owners
        update = table.update().where(table.c.id == owner).values(beat=table.c.beat + 1)
        with self._writing() as connection:
            if connection.execute(update).rowcount == 0:
                connection.execute(table.insert(), {"id": owner, "beat": 1})

    def owners(self, ids: Collection[str]) -> Mapping[str, OwnerRecord]:
        """Those of some owners that ever gave a sign of life."""
        table = schema.owners
        with self._reading() as connection:
            rows = connection.execute(sa.select(table).where(table.c.id.in_(list(ids)))).all()
        return {row.id: OwnerRecord(row.id, row.beat) for row in rows}

    def close(self) -> None:
        """Close its connections."""
        self._engine.dispose()

    def forget_connections(self) -> None:
        """Leave connections alone that are another process's."""
        self._lock = threading.Lock()
        self._engine.dispose(close=False)

    def __deepcopy__(self, memo: dict[int, Any]) -> SqlStore:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        from backline.jobs.store.opening import open_store

        return open_store, (self._url,)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}>"

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with said(self.url), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        if not self._sqlite:
            with said(self.url), self._engine.begin() as connection:
                yield connection
            return
        writing = self._engine.execution_options(backline_writes=True)
        with self._lock, said(self.url), writing.begin() as connection:
            yield connection

    def _get(self, connection: sa.Connection, job_id: str) -> JobRecord:
        wanted = sa.select(*_COLUMNS).where(schema.jobs.c.id == job_id)
        row = connection.execute(wanted).one_or_none()
        if row is None:
            raise JobNotFoundError(f"there is no job {job_id!r} in {self.url}", job_id=job_id)
        return _record(row)

    def _data(self, table: sa.Table, job_id: str) -> bytes | None:
        with self._reading() as connection:
            data = connection.scalar(sa.select(table.c.data).where(table.c.id == job_id))
        return None if data is None else bytes(data)

    def _make_folder(self) -> None:
        with said(self.url):
            Path(str(self._engine.url.database)).parent.mkdir(parents=True, exist_ok=True)


def _selection(query: JobQuery) -> sa.Select[Any]:
    table = schema.jobs
    wanted = sa.select(*_COLUMNS)
    if query.statuses is not None:
        wanted = wanted.where(table.c.status.in_([status.value for status in query.statuses]))
    if query.backend is not None:
        wanted = wanted.where(table.c.backend == query.backend)
    if query.since is not None:
        wanted = wanted.where(table.c.created >= _micro(query.since))
    if query.until is not None:
        wanted = wanted.where(table.c.created < _micro(query.until))
    if query.prefix:
        wanted = wanted.where(table.c.id.startswith(query.prefix, autoescape=True))
    if query.owner is not None:
        unowned = query.owner == ""
        wanted = wanted.where(table.c.owner.is_(None) if unowned else table.c.owner == query.owner)
    for tag in query.tags:
        tagged = sa.select(schema.tags.c.id).where(schema.tags.c.tag == tag)
        wanted = wanted.where(table.c.id.in_(tagged))
    order = [table.c.priority.desc(), table.c.number] if query.urgent else [table.c.number.desc()]
    return wanted.order_by(*order).limit(query.limit)


def _note(connection: sa.Connection, job_id: str, event: Event) -> None:
    row = {"id": job_id, "time": _micro(event.time), "text": event.text}
    connection.execute(schema.events.insert(), row)


def _row(job: JobRecord) -> dict[str, Any]:
    return _values({name: getattr(job, name) for name in _FIELDS})


def _values(given: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a record as the database has them."""
    values = dict(given)
    for name in _TIMES:
        if values.get(name) is not None:
            values[name] = _micro(values[name])
    if "status" in values:
        values["status"] = values["status"].value
    if "tags" in values:
        values["tags"] = json.dumps(values["tags"])
    return values


def _record(row: Any) -> JobRecord:
    values = dict(row._mapping)
    for name in _TIMES:
        if values[name] is not None:
            values[name] = _time(values[name])
    values["status"] = TaskStatus(values["status"])
    values["tags"] = tuple(json.loads(values["tags"]))
    return JobRecord(**values)


def _micro(time: datetime) -> int:
    return (time - _EPOCH) // _MICROSECOND


def _time(micro: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micro)
