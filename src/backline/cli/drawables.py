"""What `backline draw` draws: circuits and pulse programs from files, and calibrated gates."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backline.cli.failures import Failure, failure_of
from backline.cli.programs import Program, ProgramReader
from backline.errors import BacklineError, InputError
from backline.pulse import Schedule, ScheduleBlock
from backline.pulse.codec import from_dict

_LARGEST = 64 << 20  # bytes of a stored pulse program
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Drawable:
    """A pulse program, or why there is none.

    Attributes:
        name: What to call it: a file, with its number where the file has several programs.
        path: Where its picture goes by default.
        program: The program.
        title: Above its picture; None for the program's own name.
        failure: Why there is no program.
    """

    name: str
    path: Path
    program: Schedule | ScheduleBlock | None = None
    title: str | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Lowering:
    """How circuits become pulses.

    Attributes:
        backend: The device's; None where none was named.
        optimization_level: Of the transpiler; None where circuits stay as they are.
        seed: Of the transpiler; None to let it draw one.
    """

    backend: Any
    optimization_level: int | None
    seed: int | None


def gate_of(backend: Any, gate: str, qubits: tuple[int, ...]) -> Drawable:
    """A device's calibrated gate.

    Args:
        backend: The device's.
        gate: Its name.
        qubits: On which qubits.

    Raises:
        MissingCalibrationError: If it has no calibration there.
        PulseError: If its calibration is a function of parameters.
    """
    program = backend.target.get_calibration(gate, qubits)
    places = "-".join(map(str, qubits))
    title = f"{gate} on {', '.join(map(str, qubits))}"
    path = Path(f"{_plain(backend.name)}-{_plain(gate)}-{places}.png")
    return Drawable(title, path, program, title)


def programs_of(files: Sequence[str], lowering: Lowering) -> Iterator[Drawable]:
    """The programs of files, in order; a file that is none gives its failure.

    Args:
        files: Paths, as they were given.
        lowering: For circuits.
    """
    stored = {file for file in files if _is_stored_program(Path(file))}
    circuits = [file for file in files if file not in stored]
    with ProgramReader(circuits) as reader:
        read: dict[str, list[Program]] = {}
        for program in reader.programs():
            read.setdefault(program.file, []).append(program)
        for file in dict.fromkeys(files):
            if file in stored:
                yield _stored(file)
            else:
                yield from (_lowered(program, lowering) for program in read[file])


def _is_stored_program(path: Path) -> bool:
    """Whether a file holds JSON: neither OpenQASM nor QPY starts like that."""
    try:
        with path.open("rb") as stream:
            start = stream.read(256)
    except OSError:  # the reader of circuits says why
        return False
    return start.removeprefix(_BOM).lstrip()[:1] in (b"{", b"[")


def _stored(file: str) -> Drawable:
    path = Path(file)
    picture = path.with_suffix(".png")
    try:
        return Drawable(file, picture, _decoded(path))
    except (BacklineError, OSError, MemoryError) as error:
        return Drawable(file, picture, failure=failure_of(error))


def _decoded(path: Path) -> Schedule | ScheduleBlock:
    size = path.stat().st_size
    if size > _LARGEST:
        raise InputError(f"has {size} bytes; of pulse programs at most {_LARGEST} are read")
    try:
        stored = json.loads(path.read_text(encoding="utf-8-sig"))
    except RecursionError:
        raise InputError("it is nested too deeply") from None
    except ValueError as error:  # of JSON, of UTF-8, and of numbers with thousands of digits
        raise InputError(f"is no valid JSON: {error}") from None
    return from_dict(stored)


def _lowered(program: Program, lowering: Lowering) -> Drawable:
    path = _picture_of(program)
    if program.path is None:
        return Drawable(program.name, path, failure=program.failure)
    try:
        schedule = _schedule(program.path, lowering)
    except Exception as error:  # of the compiler too: the other programs are still drawn
        return Drawable(program.name, path, failure=failure_of(error))
    return Drawable(program.name, path, schedule, Path(program.name).name)


def _schedule(path: Path, lowering: Lowering) -> Any:
    from qiskit import qpy

    from backline.backends import transpile
    from backline.cli.limits import ProgramLimits, check_size
    from backline.lowering import schedule

    backend = lowering.backend
    if backend is None:
        raise InputError("is a circuit, which is drawn as a device's pulses: name it with --device")
    with path.open("rb") as stream:
        (circuit,) = qpy.load(stream)
    if circuit.num_qubits > backend.num_qubits:
        raise InputError(
            f"needs {circuit.num_qubits} qubits; device {backend.name!r} has {backend.num_qubits}"
        )
    if lowering.optimization_level is not None:
        circuit = transpile(
            circuit,
            backend,
            optimization_level=lowering.optimization_level,
            seed_transpiler=lowering.seed,
        )
        check_size(circuit, ProgramLimits())
    return schedule(circuit, backend)


def _picture_of(program: Program) -> Path:
    path = Path(program.file)
    number = program.name.removeprefix(program.file).strip("[]")
    return path.with_name(f"{path.stem}-{number}.png" if number else f"{path.stem}.png")


def _plain(name: str) -> str:
    return re.sub(r"[^\w.\-]+", "-", name).strip("-.") or "gate"
