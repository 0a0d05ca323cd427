"""Engines of databases, and what they say when they fail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from backline.errors import StoreError

_PATIENCE = 30.0  # seconds that a writer waits for another

_REASONS = (
    ("database is locked", f"another process has kept it locked for {_PATIENCE:g} s"),
    ("database or disk is full", "the disk is full"),
    ("No space left", "the disk is full"),
    ("file is not a database", "it is no database of jobs, or damaged"),
    ("malformed", "it is damaged: restore it from a copy, or move it away and begin anew"),
    ("readonly database", "it cannot be written: see who may write the file and its folder"),
    ("unable to open database file", "it cannot be opened: see its folder, and who may read it"),
    ("disk I/O error", "the disk failed"),
)


def made_engine(url: str) -> sa.Engine:
    """What connects to a database.

    Args:
        url: As SQLAlchemy takes them.

    Raises:
        StoreError: If it is no URL, or its driver is not installed.
    """
    try:
        if not url.startswith("sqlite"):
            return sa.create_engine(url, pool_pre_ping=True)
        engine = sa.create_engine(
            url, connect_args={"timeout": _PATIENCE, "check_same_thread": False}
        )
    except ModuleNotFoundError as error:
        raise StoreError(
            f"the driver of this database is not installed ({error.name}): "
            f"pip install 'backline[postgres]'"
        ) from error
    except sa.exc.ArgumentError as error:
        raise StoreError(f"this is no URL of a database: {error}") from None
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def said(where: str, failures: type[Exception] = sa.exc.DBAPIError) -> Iterator[None]:
    """Say failures of a database as what they mean.

    Args:
        where: The database.
        failures: What its driver raises.

    Raises:
        StoreError: Saying what failed and what can be done.
    """
    try:
        yield
    except (failures, sa.exc.DBAPIError, sa.exc.TimeoutError, OSError) as error:
        text = " ".join(str(getattr(error, "orig", None) or error).split())
        known = [reason for words, reason in _REASONS if words in text]
        reason = f"{known[0]} ({text})" if known else text
        raise StoreError(f"the store of jobs {where} failed: {reason}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"the store of jobs {where} holds what nobody wrote: {error}") from error


def _prepare(connection: Any, _record: Any) -> None:
    """A connection to SQLite, which is as it is for the sake of 1990's programs."""
    connection.isolation_level = None  # no transactions that the driver begins by itself
    cursor = connection.cursor()
    try:
        # Readers and a writer do not wait for each other. What is committed survives the process
        # at once, and a loss of power once the system has written it, which it does in order.
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA wal_autocheckpoint=4000")  # pages; each makes one writer wait
    finally:
        cursor.close()


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("backline_writes")
    # Who will write waits here: a reader that becomes a writer may have to fail.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
