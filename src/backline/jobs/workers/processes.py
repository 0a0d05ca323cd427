"""Worker processes: what they run can be ended at any time, and their death costs one attempt."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

import cloudpickle

from backline.errors import JobCancelledError, OptionValueError, WorkerLostError
from backline.jobs.noting import note
from backline.jobs.pool import WorkerPool, at_close, in_forked_child
from backline.jobs.spread import map_in_order
from backline.jobs.stopping import stopping
from backline.jobs.workers.answers import unpacked
from backline.jobs.workers.child import Child, ChildLost

Item = TypeVar("Item")
Value = TypeVar("Value")

_ATTEMPTS = 3
_OFTEN = 0.05  # seconds between two looks whether anybody still wants the result


class ProcessWorkers:
    """Runs functions in other processes of this machine; see `Workers`.

    Args:
        count: How many processes; None for one a core. Those of one count are shared.

    Raises:
        OptionValueError: If that is no number of processes.
    """

    def __init__(self, count: int | None = None) -> None:
        if count is not None and (type(count) is not int or count < 1):
            raise OptionValueError(f"a number of processes is at least 1, got {count!r}")
        self.count = count or os.cpu_count() or 1

    def map(
        self, function: Callable[[Item], Value], items: Sequence[Item]
    ) -> Iterator[Value | BaseException]:
        """Apply a function to every item, on whichever processes are idle.

        Args:
            function: Must bear to be pickled.
            items: What it is applied to; must bear to be pickled.

        Yields:
            What the function returned, or the exception that it raised, in the order of `items`.
        """
        pool, sent = _pool(self.count), _Function(cloudpickle.dumps(function))
        work: Callable[[Any], Any] = partial(pool.call, sent)
        return map_in_order(work, items, helpers=self.count - 1, submit=pool.helpers.submit)

    def drivers(self) -> WorkerPool:
        """Threads that wait for these processes."""
        return _pool(self.count).drivers

    def close(self) -> None:
        """End the processes; they are started again when they are needed."""
        _pool(self.count).close()

    def pids(self) -> list[int]:
        """Numbers of the processes that live now."""
        return _pool(self.count).pids()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ProcessWorkers) and other.count == self.count

    def __hash__(self) -> int:
        return hash(self.count)

    def __repr__(self) -> str:
        return f"processes({self.count})"


class _Function:
    """A pickled function, which each process gets once."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.key = hashlib.sha256(data).digest()


class _Pool:
    """The processes of one count, started when they are needed."""

    def __init__(self, count: int) -> None:
        self.drivers = WorkerPool(max(4, 2 * count))
        self.helpers = WorkerPool(max(4, 2 * count))
        self._free = threading.Condition()
        self._idle: list[Child] = []
        self._all: set[Child] = set()
        self._room = count

    def call(self, function: _Function, item: Any) -> Any:
        """Run a function on one item; if the process dies, on another."""
        data = cloudpickle.dumps(item)
        for attempt in range(1, _ATTEMPTS + 1):
            child = self._take()
            try:
                return self._answer(child, function, data)
            except ChildLost as lost:
                note(f"worker process {child.pid} died ({lost}): what it ran is run again")
                if attempt == _ATTEMPTS:
                    raise WorkerLostError(
                        f"the worker process died each of the {attempt} times that this was run, "
                        f"the last time by {lost}, perhaps for want of memory"
                    ) from None
            finally:
                self._give_back(child)
        raise AssertionError("unreachable")

    def pids(self) -> list[int]:
        with self._free:
            return [child.pid for child in self._all if child.lives()]

    def close(self) -> None:
        with self._free:
            idle, self._idle = self._idle, []
            self._all -= set(idle)
            self._room += len(idle)
        for child in idle:
            child.kill()

    def kill(self) -> None:
        for child in list(self._all):
            child.kill()

    def _answer(self, child: Child, function: _Function, data: bytes) -> Any:
        try:
            child.send(function.key, function.data, data)
            while not child.answered(_OFTEN):
                if stopping():
                    raise JobCancelledError("cancelled while it was running")
            answer = child.receive()
        except BaseException:  # an answer still to come would be taken for that of the next item
            child.kill()
            raise
        return unpacked(answer)

    def _take(self) -> Child:
        with self._free:
            while not self._idle and not self._room:
                self._free.wait(_OFTEN)
                if stopping():
                    raise JobCancelledError("cancelled before it was run")
            while self._idle:
                child = self._idle.pop()
                if child.lives():
                    return child
                self._discard(child)  # it died while it had nothing to do: no attempt was made
            self._room -= 1
        try:
            child = Child()
        except BaseException:
            with self._free:
                self._room += 1
                self._free.notify()
            raise
        with self._free:
            self._all.add(child)
        return child

    def _give_back(self, child: Child) -> None:
        with self._free:
            if child.lives():
                self._idle.append(child)
            else:
                self._discard(child)
            self._free.notify()

    def _discard(self, child: Child) -> None:
        child.kill()
        self._all.discard(child)
        self._room += 1


_pools: dict[int, _Pool] = {}
_pools_lock = threading.Lock()


def _pool(count: int) -> _Pool:
    with _pools_lock:
        if count not in _pools:
            _pools[count] = _Pool(count)
        return _pools[count]


def _forget() -> None:
    """In a forked child, the processes are its parent's."""
    global _pools, _pools_lock
    _pools, _pools_lock = {}, threading.Lock()


def _end_all() -> None:
    for pool in list(_pools.values()):
        pool.kill()


at_close(_end_all)
in_forked_child(_forget)
