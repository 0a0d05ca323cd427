"""A store in a database: SQLite for one machine, PostgreSQL for many."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from backline.errors import JobError, JobNotFoundError
from backline.jobs.run import Event
from backline.jobs.status import TaskStatus
from backline.jobs.store import schema
from backline.jobs.store.database import made_engine, said
from backline.jobs.store.memory import changed_fields
from backline.jobs.store.records import JobChange, JobQuery, JobRecord, OwnerRecord
from backline.jobs.store.statements import Session, Statements
from backline.jobs.store.turns import Turns

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MOST_NAMED = 500  # ids in one statement: databases have limits
_DATA = ("id", "data")
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
        self._shown = self._engine.url.render_as_string(hide_password=True)
        self._sqlite = self._engine.dialect.name == "sqlite"
        self._turns = Turns()
        if self._sqlite:
            self._make_folder()
        self._statements = Statements(self._engine)
        with self._changing() as connection:
            if not self._sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
            schema.migrate(connection)

    @property
    def url(self) -> str:
        """What `open_store` opens it by, without a password."""
        return self._shown

    def add(self, job: JobRecord, payload: bytes, event: Event) -> None:
        """Accept a job."""
        with self._writing(first=True) as session:
            if session.run("add", lambda: self._new(schema.jobs, _FIELDS), _row(job)) != 1:
                text = f"there is a job {job.id} in {self.url} already"
                raise JobError(text, job_id=job.id)
            payloads = schema.payloads
            session.run(
                "payload", lambda: _inserted(payloads, _DATA), {"id": job.id, "data": payload}
            )
            for tag in dict.fromkeys(job.tags):
                row = {"tag": tag, "id": job.id}
                session.run("tag", lambda: _inserted(schema.tags, ("tag", "id")), row)
            _note(session, job.id, event)

    def get(self, job_id: str) -> JobRecord:
        """The record of a job."""
        with self._reading() as session:
            return self._get(session, job_id)

    def find(self, query: JobQuery) -> list[JobRecord]:
        """The records that fit."""
        with said(self.url), self._engine.connect() as connection:
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
        with self._reading() as session:
            rows = session.rows("history", _history, {"id": job_id})
        if not rows:
            self.get(job_id)
        return tuple(Event(_time(time), text) for time, text in rows)

    def note(self, job_id: str, event: Event) -> None:
        """Add to the history of a job."""
        with self._writing() as session:
            self._get(session, job_id)
            _note(session, job_id, event)

    def claim(self, job_id: str, owner: str, event: Event) -> JobRecord | None:
        """Begin work on a queued job that is nobody's or one's own."""
        values = {"job": job_id, "me": owner, "now": _micro(event.time)}
        with self._writing() as session:
            rows = session.rows("claim", _claim, values)
            if not rows:
                self._get(session, job_id)
                return None
            _note(session, job_id, event)
            return _record(rows[0])

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
        new = _values(changed_fields(change))
        names = tuple(sorted(new))
        values = {f"new_{name}": value for name, value in new.items()}
        values |= {"job": job_id, "attempt": attempt} | ({} if owner is None else {"me": owner})
        key = ("change", names, owner is None)
        with self._writing() as session:
            if session.run(key, lambda: _change(names, owner is None), values) != 1:
                self._get(session, job_id)
                return False
            if result is not None:
                row = {"id": job_id, "data": result}
                session.run("result", self._put_result, row)
            if event is not None:
                _note(session, job_id, event)
            return True

    def cancel(self, job_id: str, event: Event) -> TaskStatus:
        """End a job, or ask its owner to."""
        with self._writing() as session:
            ended = {"job": job_id, "now": _micro(event.time)}
            changed = session.run("cancel", _cancel_waiting, ended)
            changed = changed or session.run("ask", _ask_running, {"job": job_id})
            if changed:
                _note(session, job_id, event)
            return self._get(session, job_id).status

    def cancel_asked(self, owner: str) -> Collection[str]:
        """The running jobs of an owner that somebody wants to end."""
        with self._reading() as session:
            return [name for (name,) in session.rows("asked", _asked, {"me": owner})]

    def remove(self, job_ids: Collection[str]) -> int:
        """Forget jobs that are over."""
        table, ids, removed = schema.jobs, list(dict.fromkeys(job_ids)), 0
        final = [status.value for status in TaskStatus if status.final]
        for first in range(0, len(ids), _MOST_NAMED):
            named = table.c.id.in_(ids[first : first + _MOST_NAMED])
            with self._changing() as connection:
                removed += connection.execute(
                    table.delete().where(named, table.c.status.in_(final))
                ).rowcount
        return removed

    def beat(self, owner: str) -> None:
        """Say that an owner lives."""
        with self._writing() as session:
            if session.run("beat", _beat, {"me": owner}) == 0:
                row = {"id": owner, "beat": 1}
                session.run("owner", lambda: _inserted(schema.owners, ("id", "beat")), row)

    def owners(self, ids: Collection[str]) -> Mapping[str, OwnerRecord]:
        """Those of some owners that ever gave a sign of life."""
        table = schema.owners
        with said(self.url), self._engine.connect() as connection:
            rows = connection.execute(sa.select(table).where(table.c.id.in_(list(ids)))).all()
        return {row.id: OwnerRecord(row.id, row.beat) for row in rows}

    def close(self) -> None:
        """Close its connections."""
        with self._turn():
            self._statements.close()
        self._engine.dispose()

    def forget_connections(self) -> None:
        """Leave connections alone that are another process's."""
        self._turns = Turns()
        self._statements.forget_connections()
        self._engine.dispose(close=False)

    def __deepcopy__(self, memo: dict[int, Any]) -> SqlStore:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        from backline.jobs.store.opening import open_store

        return open_store, (self._url,)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}>"

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with self._said(), self._statements.session(writes=False) as session:
            yield session

    @contextmanager
    def _writing(self, *, first: bool = False) -> Iterator[Session]:
        with self._turn(first), self._said(), self._statements.session(writes=True) as session:
            yield session

    @contextmanager
    def _changing(self) -> Iterator[sa.Connection]:
        writing = self._engine.execution_options(backline_writes=True)
        with self._turn(), said(self.url), writing.begin() as connection:
            yield connection

    def _turn(self, first: bool = False) -> AbstractContextManager[None]:
        return self._turns.taken(first) if self._sqlite else nullcontext()

    def _said(self) -> AbstractContextManager[None]:
        return said(self.url, self._statements.failures)

    def _get(self, session: Session, job_id: str) -> JobRecord:
        rows = session.rows("get", _by_id, {"id": job_id})
        if not rows:
            raise JobNotFoundError(f"there is no job {job_id!r} in {self.url}", job_id=job_id)
        return _record(rows[0])

    def _data(self, table: sa.Table, job_id: str) -> bytes | None:
        wanted = sa.select(table.c.data).where(table.c.id == sa.bindparam("id"))
        with self._reading() as session:
            rows = session.rows(("data", table.name), lambda: wanted, {"id": job_id})
        return bytes(rows[0][0]) if rows else None

    def _upsert(self, table: sa.Table, names: Sequence[str]) -> Any:
        """An insertion that can say what becomes of a row that is there already."""
        made = sqlite.insert(table) if self._sqlite else postgresql.insert(table)
        return made.values({name: sa.bindparam(name) for name in names}).inline()

    def _new(self, table: sa.Table, names: Sequence[str]) -> Any:
        return self._upsert(table, names).on_conflict_do_nothing(index_elements=["id"])

    def _put_result(self) -> Any:
        put = self._upsert(schema.results, _DATA)
        return put.on_conflict_do_update(index_elements=["id"], set_={"data": put.excluded.data})

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


def _by_id() -> sa.Select[Any]:
    return sa.select(*_COLUMNS).where(schema.jobs.c.id == sa.bindparam("id"))


def _inserted(table: sa.Table, names: Sequence[str]) -> sa.Insert:
    return sa.insert(table).values({name: sa.bindparam(name) for name in names}).inline()


def _history() -> sa.Select[Any]:
    table = schema.events
    wanted = sa.select(table.c.time, table.c.text).where(table.c.id == sa.bindparam("id"))
    return wanted.order_by(table.c.number)


def _claim() -> sa.UpdateBase:
    table = schema.jobs
    return (
        table.update()
        .where(
            table.c.id == sa.bindparam("job"),
            table.c.status == TaskStatus.QUEUED.value,
            sa.or_(table.c.owner.is_(None), table.c.owner == sa.bindparam("me")),
        )
        .values(
            status=TaskStatus.RUNNING.value,
            owner=sa.bindparam("me"),
            attempts=table.c.attempts + 1,
            started=sa.func.coalesce(table.c.started, sa.bindparam("now", type_=sa.BigInteger)),
            done=0,
        )
        .returning(*_COLUMNS)
    )


def _change(names: Sequence[str], unowned: bool) -> sa.UpdateBase:
    table = schema.jobs
    new: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in names}
    return (
        table.update()
        .where(
            table.c.id == sa.bindparam("job"),
            table.c.attempts == sa.bindparam("attempt"),
            table.c.owner.is_(None) if unowned else table.c.owner == sa.bindparam("me"),
            sa.or_(
                table.c.status == TaskStatus.QUEUED.value,
                table.c.status == TaskStatus.RUNNING.value,
            ),
        )
        .values(new or {"attempts": table.c.attempts})
    )


def _cancel_waiting() -> sa.Update:
    table = schema.jobs
    queued = table.c.status == TaskStatus.QUEUED.value
    return (
        table.update()
        .where(table.c.id == sa.bindparam("job"), queued)
        .values(
            status=TaskStatus.CANCELLED.value,
            ended=sa.bindparam("now"),
            owner=sa.null(),
            cancel_asked=sa.true(),
        )
    )


def _ask_running() -> sa.Update:
    table = schema.jobs
    running = table.c.status == TaskStatus.RUNNING.value
    wanted = table.update().where(
        table.c.id == sa.bindparam("job"), running, table.c.cancel_asked.is_(False)
    )
    return wanted.values(cancel_asked=sa.true())


def _asked() -> sa.Select[Any]:
    table = schema.jobs
    return sa.select(table.c.id).where(
        table.c.owner == sa.bindparam("me"),
        table.c.status == TaskStatus.RUNNING.value,
        table.c.cancel_asked.is_(True),
    )


def _beat() -> sa.Update:
    table = schema.owners
    return table.update().where(table.c.id == sa.bindparam("me")).values(beat=table.c.beat + 1)


def _note(session: Session, job_id: str, event: Event) -> None:
    row = {"id": job_id, "time": _micro(event.time), "text": event.text}
    session.run("note", lambda: _inserted(schema.events, ("id", "time", "text")), row)


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


def _record(row: Sequence[Any]) -> JobRecord:
    values = dict(zip(_FIELDS, row, strict=True))
    for name in _TIMES:
        if values[name] is not None:
            values[name] = _time(values[name])
    values["status"] = TaskStatus(values["status"])
    values["tags"] = tuple(json.loads(values["tags"]))
    values["cancel_asked"] = bool(values["cancel_asked"])
    return JobRecord(**values)


def _micro(time: datetime) -> int:
    return (time - _EPOCH) // _MICROSECOND


def _time(micro: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micro)
