"""One batch over several workers, results in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import copy_context
from functools import partial
from typing import Generic, TypeVar

from backline.jobs.pool import Submit, is_closing, shared_pool

Item = TypeVar("Item")
Value = TypeVar("Value")


def map_in_order(
    function: Callable[[Item], Value],
    items: Sequence[Item],
    *,
    helpers: int | None = None,
    submit: Submit | None = None,
) -> Iterator[Value | BaseException]:
    """Apply a function to every item, on this thread and on whichever workers are idle.

    The caller takes part, and no item waits for a particular worker: on a pool that is busy this
    is a plain loop, so that a worker may call it without waiting for itself. Items that nobody
    has begun are dropped when the iterator is closed.

    Args:
        function: Must bear to be called from several threads at once.
        items: What it is applied to.
        helpers: Workers beside the caller, at most; by default what the shared pool has.
        submit: Runs a helper; by default the shared pool does.

    Yields:
        What the function returned, or the exception that it raised, in the order of `items`.
    """
    slots = [_Slot(function, item) for item in items]
    pool = shared_pool()
    most = pool.size - 1 if helpers is None else helpers
    stop = threading.Event()

    def help_out() -> None:
        for slot in slots:
            if stop.is_set() or is_closing():
                return
            slot.run_if_free()

    for _ in range(min(most, len(slots) - 1)):
        # Each its own copy: a context can be entered by one thread at a time.
        (submit or pool.submit)(partial(copy_context().run, help_out))
    try:
        for slot in slots:
            slot.run_if_free()
            yield slot.take()
    finally:
        stop.set()


def one_by_one(
    parts: Sequence[Sequence[Item]], results: Iterable[Sequence[Value] | BaseException]
) -> Iterator[Value | BaseException]:
    """The results of parts, one an item.

    Args:
        parts: Items that were worked on together.
        results: Of each part, in order; an exception stands for all of its items.
    """
    for part, entries in zip(parts, results, strict=True):
        yield from [entries] * len(part) if isinstance(entries, BaseException) else entries


class _Slot(Generic[Item, Value]):
    """One item and, later, what came of it; whoever claims it first runs it."""

    __slots__ = ("_claim", "_function", "_given", "_item", "_over")

    def __init__(self, function: Callable[[Item], Value], item: Item) -> None:
        self._function = function
        self._item = item
        self._claim = threading.Lock()
        self._over = threading.Event()
        self._given: list[Value | BaseException] = []

    def run_if_free(self) -> None:
        if not self._claim.acquire(blocking=False):
            return
        try:
            self._given.append(self._function(self._item))
        except BaseException as error:  # a result like any other, and no reason to die
            self._given.append(error)
        finally:
            self._over.set()

    def take(self) -> Value | BaseException:
        self._over.wait()
        return self._given.pop()
