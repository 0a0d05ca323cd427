"""Stores by their URL."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

from backline.errors import StoreError
from backline.jobs.pool import in_forked_child
from backline.jobs.store.memory import memory_store
from backline.jobs.store.protocol import JobStore

if TYPE_CHECKING:
    from backline.jobs.store.sql import SqlStore

_FORMS = (
    "the path of an SQLite file, 'sqlite:///path', 'postgresql://user@host/database', or "
    "'memory:name'"
)
_opened: dict[str, SqlStore] = {}
_opened_lock = threading.Lock()


def open_store(store: str | os.PathLike[str] | JobStore) -> JobStore:
    """A store of jobs; within a process, one URL is one store.

    Args:
        store: A URL: the path of an SQLite file, which is made where there is none,
            "sqlite:///path", "postgresql://user@host/database" (extra `postgres`) or
            "memory:name". Or a store, which is given back.

    Raises:
        StoreError: If it is none of these, or cannot be opened: no database, a damaged one, or
            one of a later version.

    Example:
        >>> open_store("memory:docs") is open_store("memory:docs")
        True
    """
    if isinstance(store, str | os.PathLike):
        return _by_url(os.fspath(store))
    if _is_store(store):
        return store
    raise StoreError(f"a store is {_FORMS}, got {store!r:.100}")


def _by_url(text: str) -> JobStore:
    if text.startswith("memory:"):
        return memory_store(text.removeprefix("memory:"))
    if not text:
        raise StoreError(f"a store is {_FORMS}, got no name at all")
    from backline.jobs.store.sql import SqlStore  # its library costs more than all of ours

    url = _normal(text)
    with _opened_lock:
        if url not in _opened:
            _opened[url] = SqlStore(url)
        return _opened[url]


def _normal(text: str) -> str:
    if text.startswith("postgres://"):
        text = "postgresql://" + text.removeprefix("postgres://")
    if text.startswith("postgresql://"):
        return "postgresql+psycopg://" + text.removeprefix("postgresql://")
    if text.startswith("postgresql+psycopg://"):
        return text
    path = text
    if text.startswith("sqlite:"):
        path = text.removeprefix("sqlite:///")
        if path == text or not path:
            raise StoreError(f"a store is {_FORMS}, got {text!r}")
    elif "://" in text:
        raise StoreError(f"a store is {_FORMS}, got {text!r}")
    return f"sqlite:///{Path(path).expanduser().absolute()}"


def _is_store(store: object) -> TypeGuard[JobStore]:
    return all(hasattr(store, name) for name in ("add", "claim", "change", "find", "url"))


def _forget_connections() -> None:
    """In a forked child: connections are its parent's."""
    global _opened_lock
    _opened_lock = threading.Lock()
    for store in _opened.values():
        store.forget_connections()


in_forked_child(_forget_connections)
