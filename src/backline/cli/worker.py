"""The process that runs programs, so that the one that a person talks to always answers.

Simulators hold Python's interpreter lock for a whole run: a process that waits for one hears
neither Ctrl-C nor a clock. Here they run in a process that can be ended at any time, and whose
death, for want of memory say, costs one program.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from backline.cli.failures import ExitCode, Failure, failure_of
from backline.jobs.workers.lifeline import end_with

if TYPE_CHECKING:
    from backline.cli.settings import Finished, RunSettings

_PATIENCE = 0.1  # seconds between two looks at the clock


@dataclass(frozen=True, slots=True)
class Reply:
    """What the process says: of the device at first, then of each program.

    Attributes:
        value: The device's name, or what came out.
        failure: Why there is none.
        warnings: What was warned of.
    """

    value: Any = None
    failure: Failure | None = None
    warnings: tuple[str, ...] = ()


class Worker:
    """Runs programs on one device, one after another, in a process of its own.

    Use it in a `with` block: leaving it ends the process.

    Args:
        device: A name or a path.
        settings: Of every run.
        timeout: Longest run of one program in s, None for no limit.
    """

    def __init__(self, device: str, settings: RunSettings, timeout: float | None) -> None:
        self._device = device
        self._settings = settings
        self._timeout = timeout
        self._loaded: Reply | None = None
        self._start()

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.join()
        self._connection.close()

    def device_name(self) -> Reply:
        """Wait until the device is loaded; its name, or why it cannot be."""
        if self._loaded is None:
            self._loaded = self._receive(None)
        return self._loaded

    def run(self, path: Path) -> Reply:
        """Run a circuit and wait for it; `value` is a `Finished`.

        Args:
            path: The circuit, as QPY.
        """
        if not self._process.is_alive():
            self._connection.close()
            self._start()
        loaded = self.device_name()
        if loaded.failure is not None:
            return loaded
        self._connection.send(path)
        return self._receive(self._timeout)

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._device, self._settings))
        self._loaded = None
        _without_interrupts(self._process.start)
        theirs.close()

    def _receive(self, timeout: float | None) -> Reply:
        since = time.monotonic()
        try:
            while not self._connection.poll(_PATIENCE):
                if timeout is not None and time.monotonic() - since > timeout:
                    self._process.kill()
                    self._process.join()
                    return _failed("job.timeout", f"not over after {timeout:g} s")
            reply: Reply = self._connection.recv()
        except (EOFError, OSError):
            self._process.join()
            return _failed(
                "engine.died",
                f"the process that ran it died (exit code {self._process.exitcode}), "
                "perhaps for want of memory",
            )
        return reply


def _failed(code: str, message: str) -> Reply:
    return Reply(failure=Failure(code, message, ExitCode.FAULT))


def _without_interrupts(start: Callable[[], None]) -> None:
    """Start a process that hears no Ctrl-C: this one does, and ends the other."""
    if threading.current_thread() is not threading.main_thread():
        start()
        return
    missed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: missed.append(number))
    try:
        with _blocked():
            start()
    finally:
        signal.signal(signal.SIGINT, before)
    if missed:
        raise KeyboardInterrupt


@contextmanager
def _blocked() -> Iterator[None]:
    """Keep Ctrl-C from this thread, and so from the processes that it starts."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _serve(connection: Connection, device: str, settings: RunSettings) -> None:
    """What the process does: load the device, then run what it is sent until nobody asks."""
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid is not None:
        end_with(parent.pid)
    backend, reply = _answer(lambda: _load(device))
    with suppress(EOFError, ConnectionError):  # nobody asks any more
        connection.send(replace(reply, value=backend and backend.name))
        while backend is not None:
            path = connection.recv()
            connection.send(_answer(partial(_run, path, backend, settings))[1])


def _answer(work: Callable[[], Any]) -> tuple[Any, Reply]:
    """What work gives, and the reply that says so."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("once", UserWarning)
        try:
            value, failure = work(), None
        except BaseException as error:  # PanicException is no Exception
            value, failure = None, failure_of(error)
    said = tuple(str(w.message) for w in caught if issubclass(w.category, UserWarning))
    return value, Reply(value, failure, said)


def _load(device: str) -> Any:
    from backline.backends import load

    return load(device)


def _run(path: Path, backend: Any, settings: RunSettings) -> Finished:
    from qiskit import qpy

    from backline.cli.execution import execute

    with path.open("rb") as stream:
        (circuit,) = qpy.load(stream)
    return execute(circuit, backend, settings)
