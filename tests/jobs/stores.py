"""Stores for tests, and records to put into them."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

import postgres
from backline.jobs import Event
from backline.jobs.store import JobRecord, MemoryStore
from backline.jobs.store.sql import SqlStore

NOW = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)

KINDS = ["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.slow)]


@contextmanager
def store_of(kind, folder):
    """An empty store of a kind."""
    if kind == "memory":
        yield MemoryStore()
    elif kind == "sqlite":
        store = SqlStore(f"sqlite:///{folder}/jobs.db")
        yield store
        store.close()
    else:
        with postgres.running() as url:
            store = SqlStore(url.replace("postgresql:", "postgresql+psycopg:"))
            yield store
            store.close()


def event(text="happened", time=NOW):
    return Event(time, text)


def record(job_id, **more):
    return JobRecord(**{"id": job_id, "backend": "toy", "created": NOW, "total": 3, **more})
