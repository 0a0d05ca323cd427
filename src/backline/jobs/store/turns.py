"""Who may write now: SQLite has one writer at a time.

Threads wait here and not in the database, whose waiting is a sleep.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """One thread at a time; who asks to be first goes before all others that wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waits = {first: threading.Condition(self._lock) for first in (True, False)}
        self._waiting = {True: 0, False: 0}
        self._taken = False

    @contextmanager
    def taken(self, first: bool = False) -> Iterator[None]:
        """Wait for a turn, and have it.

        Args:
            first: Whether to go before others that wait, as somebody who accepts a job: a person
                waits for that, and nobody for a worker.
        """
        mine = False
        try:
            with self._lock:
                self._waiting[first] += 1
                try:
                    while self._taken or (self._waiting[True] and not first):
                        self._waits[first].wait()
                    self._taken = mine = True
                finally:
                    self._waiting[first] -= 1
                    if not self._taken:  # somebody who was called gave up
                        self._call()
            yield
        finally:
            if mine:
                self._taken = False  # at once: a Ctrl-C in the next line costs a call, no turn
                with self._lock:
                    self._call()

    def _call(self) -> None:
        """Wake the next; the caller holds the lock."""
        self._waits[self._waiting[True] > 0].notify()
