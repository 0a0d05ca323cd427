"""How work says what happened to it: that something was run again, say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_told: ContextVar[Callable[[str], None] | None] = ContextVar("backline_jobs_noting", default=None)


def note(text: str) -> None:
    """Add a line to the history of the run that this is part of; outside of runs nobody hears it.

    Args:
        text: What happened, in one line.
    """
    told = _told.get()
    if told is not None:
        told(text)


@contextmanager
def noted_by(told: Callable[[str], None]) -> Iterator[None]:
    """Say who keeps what the work within notes.

    Args:
        told: Is called on any thread.
    """
    token = _told.set(told)
    try:
        yield
    finally:
        _told.reset(token)
