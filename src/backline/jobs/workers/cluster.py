"""Workers of a cluster of `dask.distributed`."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar
from uuid import uuid4

import cloudpickle

from backline.errors import JobCancelledError, OptionValueError, WorkerLostError
from backline.jobs.noting import note
from backline.jobs.pool import WorkerPool, in_forked_child
from backline.jobs.stopping import stopped_by, stopping
from backline.jobs.workers.answers import packed, unpacked

try:
    import distributed
except ModuleNotFoundError as missing:
    raise OptionValueError(
        "workers of a cluster need dask.distributed: pip install 'backline[cluster]'"
    ) from missing

Item = TypeVar("Item")
Value = TypeVar("Value")

_OFTEN = 0.005  # seconds between two looks whether anybody still wants the result
_RARELY = 0.5  # seconds between two questions of a worker
_DRIVERS = 32

_clients: dict[str, Any] = {}
_drivers: dict[str, WorkerPool] = {}
_lock = threading.Lock()


class DaskWorkers:
    """Runs functions on a cluster; see `Workers`.

    Args:
        address: Of its scheduler.
    """

    def __init__(self, address: str) -> None:
        self.address = address

    @classmethod
    def of(cls, cluster: Any) -> DaskWorkers:
        """The workers of a cluster, a client of it, or the scheduler at an address.

        Args:
            cluster: One of these.

        Raises:
            OptionValueError: If it is none of these.
        """
        if isinstance(cluster, str):
            return cls(cluster)
        if isinstance(cluster, distributed.Client):
            address = cluster.scheduler.address
            with _lock:
                _clients[address] = cluster
            return cls(address)
        address = getattr(cluster, "scheduler_address", None)
        if isinstance(address, str) and address:
            return cls(address)
        raise OptionValueError(
            f"a cluster is the address of a Dask scheduler, a Client or a cluster, "
            f"got {cluster!r:.100}"
        )

    def map(
        self, function: Callable[[Item], Value], items: Sequence[Item]
    ) -> Iterator[Value | BaseException]:
        """Apply a function to every item, on the cluster.

        Args:
            function: Must bear to be pickled.
            items: What it is applied to; must bear to be pickled.

        Yields:
            What the function returned, or the exception that it raised, in the order of `items`.
        """
        client, name = self._client(), f"backline-{uuid4().hex}"
        stop = distributed.Event(name, client=client)
        # A task of its own: it travels once to a worker, and is made again where one is lost.
        sent = client.submit(
            _Pickled, cloudpickle.dumps(function), key=f"{name}-function", pure=False
        )
        futures = [
            client.submit(
                _call, sent, cloudpickle.dumps(item), name, place, key=f"{name}-{place}", pure=False
            )
            for place, item in enumerate(items)
        ]
        try:
            for future in futures:
                yield self._result(future, stop)
            self._note_repeats(client, name, len(items))
        finally:
            left = [future for future in futures if not future.done()]
            if left:
                stop.set()
                client.cancel(left, force=True)

    def drivers(self) -> WorkerPool:
        """Threads that wait for the cluster."""
        with _lock:
            return _drivers.setdefault(self.address, WorkerPool(_DRIVERS))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DaskWorkers) and other.address == self.address

    def __hash__(self) -> int:
        return hash(self.address)

    def __repr__(self) -> str:
        return f"dask({self.address!r})"

    def _client(self) -> Any:
        with _lock:
            client = _clients.get(self.address)
            if client is None or client.status != "running":
                client = distributed.Client(self.address, set_as_default=False)
                _clients[self.address] = client
            return client

    def _result(self, future: Any, stop: Any) -> Any:
        while not future.done():
            if stopping():
                stop.set()
                return JobCancelledError("cancelled while it was running")
            time.sleep(_OFTEN)
        try:
            data = future.result(timeout=60)
        except distributed.scheduler.KilledWorker as error:
            return WorkerLostError(f"the cluster's workers died while they ran this: {error}")
        except BaseException as error:  # of Dask: a result that was lost and cannot be made again
            return WorkerLostError(f"the cluster lost this: {type(error).__name__}: {error}")
        try:
            return unpacked(data)
        except BaseException as error:  # an answer like any other
            return error

    def _note_repeats(self, client: Any, name: str, total: int) -> None:
        """Say what was begun more than once, because a worker died."""
        begun = Counter(place for _, place in client.get_events(name) or ())
        again = sorted(place for place, times in begun.items() if times > 1)
        if again:
            named = ", ".join(map(str, again[:10])) + (", …" if len(again) > 10 else "")
            note(f"parts {named} of {total} were run again: a worker of the cluster died")


class _Pickled:
    """Bytes that nobody looks into on their way."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._value: Any = None

    def value(self) -> Any:
        if self._value is None:
            self._value = cloudpickle.loads(self.data)
        return self._value

    def __reduce__(self) -> tuple[Any, ...]:
        return _Pickled, (self.data,)


def _call(function: _Pickled, item: bytes, name: str, place: int) -> bytes:
    """What runs on a worker of the cluster."""
    worker = distributed.get_worker()
    worker.log_event(name, place)
    try:
        with stopped_by(_Asked(name, worker)):
            return packed(True, function.value()(cloudpickle.loads(item)))
    except BaseException as error:  # an answer like any other
        return packed(False, error)


class _Asked:
    """Asks the scheduler now and then whether anybody still wants the result."""

    def __init__(self, name: str, worker: Any) -> None:
        self._event = distributed.Event(name, client=distributed.get_client())
        self._last = time.monotonic()
        self._set = False

    def __call__(self) -> bool:
        now = time.monotonic()
        if not self._set and now - self._last > _RARELY:
            self._last = now
            self._set = bool(self._event.is_set())
        return self._set


_parents: list[Any] = []


def _forget() -> None:
    """In a forked child, connections to clusters and threads that wait are its parent's."""
    global _clients, _drivers, _lock
    _parents.append(_clients)  # one that is let go of says goodbye on its parent's connection
    _clients, _drivers, _lock = {}, {}, threading.Lock()


in_forked_child(_forget)
