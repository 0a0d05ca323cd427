"""Linear algebra on one thread.

BLAS libraries split products and diagonalisations over threads from a small size on. For the
sizes of this engine that gains little on an idle machine, and on a busy one every call waits for
its slowest thread: three transmons with T1 and T2 took 0.5 s instead of 0.06 s. Parallel work
belongs to experiments.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController

_lock = threading.Lock()
_inside = 0
_before: list[int] = []


@contextmanager
def one_thread() -> Iterator[None]:
    """While anybody is inside, BLAS takes one thread; what was before comes back with the last."""
    global _inside  # the setting is the whole process's
    with _lock:
        if _inside == 0:
            _before[:] = [library.num_threads for library in _libraries()]
            _set([1] * len(_before))
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                _set(_before)


def _set(counts: list[int]) -> None:
    for library, count in zip(_libraries(), counts, strict=True):
        library.set_num_threads(count)


@cache
def _libraries() -> list[Any]:
    return list(ThreadpoolController().select(user_api="blas").lib_controllers)
