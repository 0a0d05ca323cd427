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
_limiter: Any = None


@contextmanager
def one_thread() -> Iterator[None]:
    """While anybody is inside, BLAS takes one thread; what was before comes back with the last."""
    global _inside, _limiter  # the setting is the whole process's
    with _lock:
        if _inside == 0:
            _limiter = _controller().limit(limits=1, user_api="blas")
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                _limiter.restore_original_limits()


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()
