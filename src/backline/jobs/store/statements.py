"""Statements that are said again and again: made once, and given to the driver as they are.

SQLAlchemy says what the dialect of a database needs, and keeps connections. What it does around
each statement takes ten times as long as SQLite itself, and is left out where jobs are accepted,
begun and ended.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa


class Session:
    """One transaction of a connection.

    Args:
        statements: Those of the engine.
        cursor: Of the driver.
    """

    def __init__(self, statements: Statements, cursor: Any) -> None:
        self._statements = statements
        self._cursor = cursor

    def run(
        self,
        key: Hashable,
        make: Callable[[], sa.sql.ClauseElement],
        values: Mapping[str, Any] | None = None,
    ) -> int:
        """Run a statement; how many rows it changed.

        Args:
            key: Of the statement: the same makes the same.
            make: Makes it, where it is new.
            values: Of its parameters.
        """
        text, order, fixed = self._statements.made(key, make)
        given = {**fixed, **(values or {})}
        self._cursor.execute(text, given if order is None else [given[name] for name in order])
        return int(self._cursor.rowcount)

    def rows(
        self,
        key: Hashable,
        make: Callable[[], sa.sql.ClauseElement],
        values: Mapping[str, Any] | None = None,
    ) -> list[tuple[Any, ...]]:
        """Run a statement; the rows that it gives.

        Args:
            key: As of `run`.
            make: As of `run`.
            values: As of `run`.
        """
        self.run(key, make, values)
        return list(self._cursor.fetchall())


class Statements:
    """The statements of an engine.

    Args:
        engine: The engine.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._sqlite = engine.dialect.name == "sqlite"
        self._made: dict[Hashable, tuple[str, list[str] | None, dict[str, Any]]] = {}
        self._writer: Any = None
        self._of_others: list[Any] = []

    def made(
        self, key: Hashable, make: Callable[[], sa.sql.ClauseElement]
    ) -> tuple[str, list[str] | None, dict[str, Any]]:
        """Text, order of parameters (None where they go by name), and fixed parameters.

        Args:
            key: Of the statement.
            make: Makes it, where it is new.
        """
        found = self._made.get(key)
        if found is None:
            compiled: Any = make().compile(dialect=self._engine.dialect)
            order = list(compiled.positiontup) if compiled.positional else None
            fixed = {name: value for name, value in compiled.params.items() if value is not None}
            found = self._made[key] = compiled.string, order, fixed
        return found

    @contextmanager
    def session(self, *, writes: bool) -> Iterator[Session]:
        """A transaction, which is kept as a whole or not at all.

        Args:
            writes: Whether it will write: it waits for other writers at once then. To SQLite only
                one thread may write at a time; that writer's connection stays with us.
        """
        kept = writes and self._sqlite
        connection = self._writer if kept and self._writer else self._engine.raw_connection()
        if kept:
            self._writer = None
        try:
            cursor = connection.cursor()
            if kept:
                cursor.execute("BEGIN IMMEDIATE")
            yield Session(self, cursor)
            connection.commit()
        except BaseException as error:
            if isinstance(error, self.failures):
                connection.invalidate()  # whatever it was, the next one is another
            else:
                connection.rollback()
            connection.close()
            raise
        if kept:
            self._writer = connection
        else:
            connection.close()

    def close(self) -> None:
        """Give the writer's connection back."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def forget_connections(self) -> None:
        """Leave the writer's connection alone, which is another process's."""
        self._of_others.append(self._writer)  # letting go of it would end what the other one does
        self._writer = None

    @property
    def failures(self) -> type[Exception]:
        """What the driver raises."""
        raised: type[Exception] = self._engine.dialect.loaded_dbapi.Error
        return raised
