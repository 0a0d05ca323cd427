"""Worker threads: few, started when needed, and never in the way of the interpreter's exit.

`concurrent.futures.ThreadPoolExecutor` joins its threads when the interpreter exits, so that a
forgotten job would keep a script alive. These threads are daemons: at exit they are asked to stop
between two entries, given a moment, and left behind.

What is more urgent comes first; among equals, what was submitted first. Helpers that a worker
submits are as urgent as what it works on.
"""

from __future__ import annotations

import atexit
import heapq
import itertools
import logging
import os
import threading
import time
from collections.abc import Callable
from typing import TypeAlias

from backline.errors import JobError

logger = logging.getLogger(__name__)

Submit: TypeAlias = Callable[[Callable[[], None]], None]
"""Whatever runs a function some time later: the one thing that a `TaskRun` asks of its workers."""

# Native code that wakes up in a half-closed interpreter may abort the process: a moment to end
# what is short spares most runs that, and what is long does not keep the user waiting.
_GRACE = 0.5

_closing = threading.Event()
_this_thread = threading.local()


class WorkerPool:
    """A bounded pool of daemon threads, started as work comes.

    Args:
        size: Most threads at a time, at least 1.
    """

    def __init__(self, size: int) -> None:
        if type(size) is not int or size < 1:
            raise JobError(f"a pool has at least 1 worker, got {size!r}")
        self.size = size
        self._ready = threading.Condition()
        self._waiting: list[tuple[int, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._threads = 0
        self._idle = 0

    def submit(self, function: Callable[[], None], priority: int | None = None) -> None:
        """Run a function on one of the threads: the most urgent first, then in order.

        Args:
            function: Takes nothing; what it returns is dropped, what it raises is logged.
            priority: Higher is more urgent. None for that of what this thread works on, 0
                outside of workers.

        Raises:
            JobError: If there is no thread and the system gives none.
        """
        urgent = getattr(_this_thread, "priority", 0) if priority is None else priority
        entry = (-urgent, next(self._numbers), function)
        with self._ready:
            heapq.heappush(self._waiting, entry)
            if len(self._waiting) > self._idle and self._threads < self.size:
                self._start_thread(entry)
            self._ready.notify()

    def settle(self, timeout: float) -> bool:
        """Wait until no worker is busy; False if that did not come about in `timeout` s."""
        deadline = time.monotonic() + timeout
        while self._threads > self._idle:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.005)
        return True

    def _start_thread(self, entry: tuple[int, int, Callable[[], None]]) -> None:
        name = f"backline-worker-{self._threads}"
        try:
            threading.Thread(target=self._work, name=name, daemon=True).start()
        except RuntimeError as error:  # no more threads on this system, or the interpreter exits
            if self._threads == 0:
                self._waiting.remove(entry)
                heapq.heapify(self._waiting)
                raise JobError(f"no worker thread could be started: {error}") from error
            return
        self._threads += 1

    def _work(self) -> None:
        _this_thread.works = True
        while True:
            _this_thread.priority, function = self._take()
            try:
                function()
            except BaseException:  # a worker outlives whatever it runs
                logger.exception("a function on a worker thread let an exception through")
            # An idle worker must not keep its last job's results alive.
            del function

    def _take(self) -> tuple[int, Callable[[], None]]:
        with self._ready:
            self._idle += 1
            while not self._waiting:
                self._ready.wait()
            self._idle -= 1
            urgent, _, function = heapq.heappop(self._waiting)
            return -urgent, function


def on_worker() -> bool:
    """Whether the caller is a worker, which must not wait for another to become free."""
    return getattr(_this_thread, "works", False)


def is_closing() -> bool:
    """Whether the interpreter is about to exit: nothing new should be begun."""
    return _closing.is_set()


_shared: WorkerPool | None = None
_shared_lock = threading.Lock()


def shared_pool() -> WorkerPool:
    """The pool that all runs of this process share: one thread a core, at least two."""
    global _shared
    with _shared_lock:
        if _shared is None:
            _shared = WorkerPool(max(2, os.cpu_count() or 1))
        return _shared


def _forget() -> None:
    """Forget the pool in a forked child, which has none of its parent's threads."""
    global _shared, _shared_lock
    _shared, _shared_lock = None, threading.Lock()


_farewells: list[Callable[[], None]] = []


def at_close(farewell: Callable[[], None]) -> None:
    """Have a function called when the interpreter exits, after workers had their moment.

    Args:
        farewell: What it raises is logged.
    """
    _farewells.append(farewell)


def in_forked_child(forget: Callable[[], None]) -> None:
    """Have a function called in each forked child, which has none of its parent's threads.

    Args:
        forget: Lets go of what is the parent's.
    """
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=forget)


def _close() -> None:
    _closing.set()
    if _shared is not None:
        _shared.settle(_GRACE)
    for farewell in _farewells:
        try:
            farewell()
        except Exception:  # the others have something to say too
            logger.exception("what was to be done at the exit failed")


atexit.register(_close)
in_forked_child(_forget)
