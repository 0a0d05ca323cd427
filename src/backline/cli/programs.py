"""Circuits from files, read in a process of its own (`backline.cli.reader`)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from backline.cli.failures import Failure, failure_of
from backline.cli.kinds import Kind, kind_of
from backline.errors import BacklineError, InputError

_MEMORY = 3 << 30  # bytes of address space
_SHORTEST = 10.0  # seconds of computing, for a file of no size
# The parser of OpenQASM 3 reads about 20 kB a second, the others over 1 MB.
_BYTES_A_SECOND: dict[Kind, float] = {"qasm2": 3e5, "qasm3": 1e4, "qpy": 3e5}
_PATIENCE = 4.0  # times the computing time: that a machine is busy is no fault of the file


@dataclass(frozen=True, slots=True)
class Program:
    """One circuit of a file, or why there is none.

    Attributes:
        file: The path as it was given.
        name: What to call it: the file, with its number where the file has several.
        path: Its circuit as QPY, of a size that was checked; None where it could not be read. It
            is there until the reader's `with` block ends.
        failure: Why not.
    """

    file: str
    name: str
    path: Path | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class _File:
    number: int
    given: str
    kind: Kind
    seconds: float


class ProgramReader:
    """Reads programs in the background from when it is made, while others load the device.

    Use it in a `with` block: leaving it ends the process that reads.

    Args:
        files: Paths, as they were given.
    """

    def __init__(self, files: Sequence[str]) -> None:
        self._given = tuple(files)
        self._refused: dict[int, Failure] = {}
        self._left: list[_File] = []
        for number, given in enumerate(files):
            try:
                kind = kind_of(Path(given))
                seconds = _SHORTEST + Path(given).stat().st_size / _BYTES_A_SECOND[kind]
                self._left.append(_File(number, given, kind, seconds))
            except (BacklineError, OSError) as error:
                self._refused[number] = failure_of(error)
        self._folder = tempfile.TemporaryDirectory(prefix="backline-")
        self._process: subprocess.Popen[bytes] | None = None
        self._start()

    def __enter__(self) -> ProgramReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def programs(self) -> list[Program]:
        """Wait, and give every program in the order of the files; one entry a circuit."""
        while self._left:
            self._wait()
        return [
            program
            for number, given in enumerate(self._given)
            for program in self._programs_of(number, given)
        ]

    def _start(self) -> None:
        if not self._left:
            return
        request = {
            "files": [(file.number, file.given, file.kind) for file in self._left],
            "seconds": [file.seconds for file in self._left],
            "memory": _MEMORY,
        }
        path = Path(self._folder.name) / "request.json"
        path.write_text(json.dumps(request), encoding="utf-8")
        # One thread of each library: more take address space, and parse no faster.
        single = {"OPENBLAS_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "backline.cli.reader", str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **single},
        )

    def _wait(self) -> None:
        """Until the process is over: whatever file ended it is refused, and the rest goes on."""
        process = self._process
        if process is None:
            return
        since, too_long = time.monotonic(), False
        while process.poll() is None:
            finished = self._take_finished()
            if finished:
                since = time.monotonic()
            elif self._left and time.monotonic() - since > _PATIENCE * self._left[0].seconds:
                too_long = True
                process.kill()
            try:
                process.wait(0.02)
            except subprocess.TimeoutExpired:
                continue
        self._take_finished()
        if self._left:
            culprit = self._left.pop(0)
            self._refused[culprit.number] = failure_of(_why(process.returncode, too_long, culprit))
            self._start()

    def _take_finished(self) -> bool:
        before = len(self._left)
        while self._left and any(
            self._path(self._left[0].number, end).exists() for end in ("count", "error")
        ):
            self._left.pop(0)
        return len(self._left) < before

    def _path(self, number: int, ending: str) -> Path:
        return Path(self._folder.name) / f"{number}.{ending}"

    def _programs_of(self, number: int, given: str) -> list[Program]:
        if number in self._refused:
            return [Program(given, given, failure=self._refused[number])]
        refusal = self._path(number, "error")
        if refusal.exists():
            message = refusal.read_text(encoding="utf-8")
            return [Program(given, given, failure=failure_of(InputError(message)))]
        count = int(self._path(number, "count").read_text(encoding="utf-8"))
        return [
            Program(
                given,
                given if count == 1 else f"{given}[{index}]",
                path=Path(self._folder.name) / f"{number}-{index}.qpy",
            )
            for index in range(count)
        ]


def _why(code: int, too_long: bool, file: _File) -> InputError:
    """Why the process ended in the middle of a file, as far as its exit code tells."""
    ended_by = -code if code < 0 else 0
    if too_long or ended_by == getattr(signal, "SIGXCPU", None):
        return InputError(
            f"reading it takes more than {file.seconds:.0f} s of computing, "
            "too long for a program of this size"
        )
    if ended_by in (getattr(signal, "SIGABRT", None), getattr(signal, "SIGKILL", None)):
        return InputError("reading it takes too much memory")
    return InputError(f"the parser crashed on it (exit code {code}): it may be nested too deeply")
