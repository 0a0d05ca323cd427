"""Work that several cores share, as many of them as are free."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")

_CORES = os.cpu_count() or 1

_lock = threading.Lock()
_busy = 0


@contextmanager
def cores_for(wanted: int) -> Iterator[int]:
    """How many cores to use, of those that no other state uses."""
    global _busy
    with _lock:
        cores = max(1, min(wanted, _CORES - _busy))
        _busy += cores
    try:
        yield cores
    finally:
        with _lock:
            _busy -= cores


def in_parts(count: int, work: Callable[[slice], None], wanted: int) -> None:
    """Work on many items that do not depend on each other, a part of them on each free core.

    Args:
        count: How many items.
        work: Called with a part of them, in any thread; compiled, so that others run meanwhile.
        wanted: So many cores at most. What wants one is short, or takes cores for itself.
    """
    most = min(count, wanted)
    if most < 2:
        work(slice(0, count))
        return
    with cores_for(most) as cores:
        parts = [slice(count * k // cores, count * (k + 1) // cores) for k in range(cores)]
        if cores == 1:
            work(parts[0])
            return
        with ThreadPoolExecutor(cores - 1) as pool:
            others = [pool.submit(work, part) for part in parts[1:]]
            work(parts[0])
            for other in others:
                other.result()


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The items of an iterator, each made by another core while the one before is worked on.

    Args:
        items: Made by compiled code for the most part.
    """
    with cores_for(2) as cores:
        if cores == 1:
            yield from items
            return
        with ThreadPoolExecutor(1) as pool:
            coming = pool.submit(next, items, None)
            while (item := coming.result()) is not None:
                coming = pool.submit(next, items, None)
                yield item
