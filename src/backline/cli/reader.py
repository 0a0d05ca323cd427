"""The process that reads programs: ``python -m backline.cli.reader REQUEST``.

Parsers are no safe place for files of unknown origin: they recurse, allocate and panic. They run
in a process of their own, within limits of memory and computing time, and hand back circuits
whose size was checked. A file that kills this process costs its own result and nothing else.

The request is a JSON file: ``files`` as [number, path, kind], ``seconds`` of computing for each,
``memory`` in bytes. Into the request's folder this process writes, for file number k, its circuits
as ``k-0.qpy``, ``k-1.qpy``, … and their number as ``k.count``; or a message as ``k.error``.
"""

from __future__ import annotations

import json
import pickle
import re
import sys
import warnings
from pathlib import Path
from typing import Any

from qiskit import QuantumCircuit, qasm2, qasm3, qpy

from backline.cli.kinds import NAMES
from backline.cli.limits import ProgramLimits, check_size
from backline.errors import InputError

try:  # Windows has no such limits
    import resource
except ImportError:  # pragma: no cover
    resource = None  # type: ignore[assignment]

_COLORS = re.compile("\x1b\\[[0-9;]*m")
_QPY_ERROR = re.compile(r"Error: ([^\n]+)")
_LONGEST = 300


def main() -> None:
    """Read every file of the request."""
    path = Path(sys.argv[1])
    warnings.simplefilter("ignore")
    request = json.loads(path.read_text(encoding="utf-8"))
    _limit_memory(request["memory"])
    for (number, name, kind), seconds in zip(request["files"], request["seconds"], strict=True):
        _limit_time(seconds)
        try:
            circuits = read(Path(name), kind)
            for index, circuit in enumerate(circuits):
                with (path.parent / f"{number}-{index}.qpy").open("wb") as stream:
                    qpy.dump(circuit, stream)
            _tell(path.parent / f"{number}.count", str(len(circuits)))
        except KeyboardInterrupt:
            raise SystemExit(130) from None
        except BaseException as error:  # PanicException is no Exception
            message = _message(error, kind)
            _tell(path.parent / f"{number}.error", message)


def read(path: Path, kind: str) -> list[QuantumCircuit]:
    """The circuits of a file, refused where they are too large.

    Args:
        path: The file.
        kind: "qasm2", "qasm3" or "qpy".

    Raises:
        InputError: If there is too much of something.
        Exception: What the parser raises of files that it cannot read.
    """
    limits = ProgramLimits()
    circuits = _parse(path, kind)
    if not circuits:
        raise InputError("holds no program")
    if len(circuits) > limits.programs:
        raise InputError(f"the file has {len(circuits)} programs; at most {limits.programs}")
    for circuit in circuits:
        if not isinstance(circuit, QuantumCircuit):
            raise InputError(f"the file holds a {type(circuit).__name__}; only circuits are run")
        check_size(circuit, limits)
    return circuits


def _tell(path: Path, text: str) -> None:
    """Write a file that is either whole or not there."""
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8", errors="replace")
    part.rename(path)


def _parse(path: Path, kind: str) -> list[Any]:
    if kind == "qpy":
        with path.open("rb") as stream:
            return qpy.load(stream)
    text = path.read_text(encoding="utf-8-sig")
    if kind == "qasm2":
        return [qasm2.loads(text, include_path=(str(path.parent),))]
    # Before Qiskit 2.4, the variables of its loops are no good for QPY until they were copied.
    return [pickle.loads(pickle.dumps(qasm3.loads(text)))]


def _message(error: BaseException, kind: str) -> str:
    """One plain line: parsers also write colors, frames and whole tracebacks."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, MemoryError):
        return "reading it takes too much memory"
    text = _COLORS.sub("", str(getattr(error, "message", "") or error))
    if kind == "qpy" and not isinstance(error, InputError):
        said = _QPY_ERROR.search(text)
        text = f"is damaged or was cut short: {said[1] if said else text}"
    elif not isinstance(error, Exception):  # a panic, as where memory ends
        text = f"the parser gave up: it is too large or damaged ({text})"
    elif not text:
        text = f"is no valid {NAMES[kind]}"
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_LONGEST]


def _limit_memory(most: int) -> None:
    if resource is not None:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (_within(most, hard), hard))


def _limit_time(seconds: float) -> None:
    if resource is not None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        end = int(usage.ru_utime + usage.ru_stime + seconds) + 1
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (_within(end, hard), hard))


def _within(soft: int, hard: int) -> int:
    return soft if hard == resource.RLIM_INFINITY else min(soft, hard)


if __name__ == "__main__":
    main()
