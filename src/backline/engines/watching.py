"""Who watches a long evolution: for its progress, and to stop it.

An evolution looks up between its steps. What it then calls belongs to the caller, on this thread
and what this thread starts with a copy of its context; the integrator hands nothing around.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias

Watch: TypeAlias = Callable[[float | None], None]
"""Is told the sample that was reached (None while the step is being chosen); raises to stop."""

_watch: ContextVar[Watch | None] = ContextVar("backline_pulse_watch", default=None)


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """Let somebody watch the evolutions within.

    Args:
        watch: Called often, so that it must be quick.

    Example:
        >>> with watched(lambda sample: print(f"at {sample}")):
        ...     look(160)
        at 160
        >>> look(320)
    """
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


def look(sample: float | None = None) -> None:
    """Tell whoever watches how far the evolution is.

    Args:
        sample: Where it is; None if that means nothing yet.

    Raises:
        BaseException: What the watch raises to stop the evolution.
    """
    watch = _watch.get()
    if watch is not None:
        watch(sample)
