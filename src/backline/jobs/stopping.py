"""How work finds out that nobody wants its result any more.

A run that is cancelled stops between two entries by itself. Work that takes long asks `stopping`
now and then, from the thread that it was called on or from one that has a copy of its context.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from backline.errors import JobCancelledError

_asked: ContextVar[Callable[[], bool] | None] = ContextVar("backline_jobs_stopping", default=None)


def stopping() -> bool:
    """Whether the run that this is part of is being stopped; False outside of runs."""
    asked = _asked.get()
    return asked is not None and asked()


def raise_if_stopping() -> None:
    """End work that nobody wants.

    Raises:
        JobCancelledError: If the run that this is part of is being stopped.
    """
    if stopping():
        raise JobCancelledError("cancelled while it was running")


@contextmanager
def stopped_by(asked: Callable[[], bool]) -> Iterator[None]:
    """Say who knows whether the work within is being stopped.

    Args:
        asked: Is called often, on any thread.
    """
    token = _asked.set(asked)
    try:
        yield
    finally:
        _asked.reset(token)
