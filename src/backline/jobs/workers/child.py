"""One worker process: both of its ends.

It is a plain `python`, and not a process of `multiprocessing`,
which would run the user's script again. What comes and goes are pickles over a socket of this
machine; the other end shows that it is who was started by a token that only it was given.
"""

from __future__ import annotations

import os
import pickle
import secrets
import socket
import subprocess
import sys
import time
import warnings
from collections import OrderedDict
from concurrent.futures import Future
from multiprocessing.connection import Connection
from typing import Any

from backline.errors import EngineError, JobCancelledError
from backline.jobs.pool import WorkerPool, in_forked_child
from backline.jobs.stopping import stopping
from backline.jobs.workers.answers import packed
from backline.jobs.workers.lifeline import end_with

_START = 120.0  # seconds that a process may take until it says hello
_KEPT = 8  # functions
_TOKEN = 32


class ChildLost(Exception):  # noqa: N818 - says what happened, and never reaches a user
    """The process died."""


class Child:
    """A worker process, as who started it sees it.

    Raises:
        EngineError: If it cannot be started.
        JobCancelledError: If nobody wants it any more before it has started.
    """

    def __init__(self) -> None:
        token = secrets.token_bytes(_TOKEN)
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0.1)
            try:
                self._process = _started()
                if self._process.stdin is not None:
                    with self._process.stdin as stream:
                        pickle.dump((server.getsockname(), token, os.getpid()), stream)
            except OSError as error:
                raise EngineError(f"no worker process could be started: {error}") from error
            self._connection = self._accepted(server, token)
        self.pid = self._process.pid
        self._known: set[bytes] = set()

    def send(self, key: bytes, function: bytes, item: bytes) -> None:
        """Have a function run.

        Args:
            key: Of the function.
            function: Pickled; it travels when the process does not know the key.
            item: Pickled; what it is applied to.

        Raises:
            ChildLost: If the process is dead.
        """
        try:
            known = key in self._known
            self._connection.send_bytes(pickle.dumps((key, None if known else function)))
            self._connection.send_bytes(item)
            if len(self._known) == _KEPT:  # it forgets the oldest, later
                self._known.clear()
            self._known.add(key)
        except OSError:
            raise self._lost() from None

    def answered(self, timeout: float) -> bool:
        """Whether there is an answer within a time in s, or the process is dead."""
        try:
            return self._connection.poll(timeout)
        except OSError:
            return True

    def receive(self) -> bytes:
        """The answer, pickled: (True, value) or (False, exception).

        Raises:
            ChildLost: If the process is dead.
        """
        try:
            return self._connection.recv_bytes()
        except (EOFError, OSError):
            raise self._lost() from None

    def lives(self) -> bool:
        """Whether it can be used."""
        return not self._connection.closed and self._process.poll() is None

    def kill(self) -> None:
        """End it."""
        self._end()
        self._connection.close()

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()

    def _lost(self) -> ChildLost:
        self.kill()
        code = self._process.returncode
        return ChildLost(f"signal {-code}" if code < 0 else f"exit code {code}")

    def _accepted(self, server: socket.socket, token: bytes) -> Connection[Any, Any]:
        deadline = time.monotonic() + _START
        while time.monotonic() < deadline and self._process.poll() is None:
            if stopping():
                self._end()
                raise JobCancelledError("cancelled before it was run")
            try:
                stream, _ = server.accept()
            except TimeoutError:
                continue
            stream.settimeout(None)
            connection: Connection[Any, Any] = Connection(stream.detach())
            try:
                if connection.poll(_START) and secrets.compare_digest(
                    connection.recv_bytes(_TOKEN), token
                ):
                    return connection
            except (EOFError, OSError):
                pass
            connection.close()
        self._end()
        raise EngineError(
            f"a worker process ended before it could work (exit code {self._process.returncode})"
        )


_starter = WorkerPool(1)


def _started() -> subprocess.Popen[bytes]:
    """Start a process, from a thread that lives as long as we do: Linux ends it with that.

    It is in a group of its own: a Ctrl-C on a terminal, or a notebook's interrupt, is for who
    waits for a job, and does not end what runs.
    """
    made: Future[subprocess.Popen[bytes]] = Future()

    def start() -> None:
        try:
            process = subprocess.Popen(
                [sys.executable, "-c", f"from {__name__} import main; main()"],
                stdin=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                process_group=None if os.name == "nt" else 0,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        except BaseException as error:
            made.set_exception(error)
        else:
            made.set_result(process)

    _starter.submit(start)
    return made.result()


def _forget() -> None:
    """In a forked child, the thread that starts processes is its parent's."""
    global _starter
    _starter = WorkerPool(1)


in_forked_child(_forget)


def main() -> None:
    """What the process does: answer until nobody asks any more."""
    address, token, parent = pickle.load(sys.stdin.buffer)
    connection: Connection[Any, Any] = Connection(socket.create_connection(address).detach())
    connection.send_bytes(token)
    end_with(parent)
    warnings.simplefilter("ignore")  # who submitted was warned
    functions: OrderedDict[bytes, Any] = OrderedDict()
    while True:
        try:
            key, function = pickle.loads(connection.recv_bytes())
            item = connection.recv_bytes()
        except (EOFError, OSError):
            return
        answer = _answer(functions, key, function, item)
        try:
            connection.send_bytes(answer)
        except OSError:
            return


def _answer(functions: OrderedDict[bytes, Any], key: bytes, function: Any, item: bytes) -> bytes:
    try:
        if function is not None:
            functions.pop(key, None)
            functions[key] = pickle.loads(function)
            while len(functions) > 2 * _KEPT:
                functions.popitem(last=False)
        return packed(True, functions[key](pickle.loads(item)))
    except BaseException as error:  # an answer like any other
        return packed(False, error)
