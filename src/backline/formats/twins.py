"""What was fitted to a bundled device, as JSON beside the files of its snapshot in the zip."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from backline.device.twins import FittedLine, FrameCorrection, Twin
from backline.errors import FormatError
from backline.formats.snapshots import read_limited

MEMBER: Final = "twin.json"
"""The name of the file in the zip."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class _Line(_Part):
    index: int
    gain: tuple[float, float]
    fidelity_before: float
    fidelity_after: float


class _Frame(_Part):
    gate: str
    qubits: tuple[int, int]
    angles: tuple[float, float]


class _File(_Part):
    format: Literal["backline.twin"] = "backline.twin"
    version: Literal[1] = 1
    lines: tuple[_Line, ...]
    frames: tuple[_Frame, ...]


def read_twin(archive: Path) -> Twin:
    """Read what was fitted to a device.

    Args:
        archive: The zip of a bundled device.

    Returns:
        What its `MEMBER` says; a twin of nothing where there is none.

    Raises:
        FormatError: If it has another form.
    """
    with zipfile.ZipFile(archive) as source:
        if MEMBER not in source.namelist():
            return Twin()
        with source.open(MEMBER) as file:
            return loads(read_limited(file, f"{MEMBER} in {archive}"))


def loads(text: str | bytes) -> Twin:
    """Read a twin from JSON text.

    Args:
        text: What `dumps` gives.

    Raises:
        FormatError: If it has another form.
    """
    try:
        content = _File.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"]))
        raise FormatError(f"this is no twin, {field}: {first['msg']}", field=field) from None
    return Twin(
        lines=tuple(
            FittedLine(**{**part.model_dump(), "gain": complex(*part.gain)})
            for part in content.lines
        ),
        corrections=tuple(FrameCorrection(**part.model_dump()) for part in content.frames),
    )


def dumps(twin: Twin) -> str:
    """A twin as JSON text, the same for the same twin.

    Args:
        twin: What was fitted.

    >>> line = FittedLine(index=0, gain=1.1j, fidelity_before=0.4, fidelity_after=0.99)
    >>> loads(dumps(Twin(lines=(line,)))).lines == (line,)
    True
    """
    content = _File(
        lines=tuple(
            _Line(
                index=line.index,
                gain=(line.gain.real, line.gain.imag),
                fidelity_before=line.fidelity_before,
                fidelity_after=line.fidelity_after,
            )
            for line in twin.lines
        ),
        frames=tuple(
            _Frame(gate=item.gate, qubits=item.qubits, angles=item.angles)
            for item in twin.corrections
        ),
    )
    return json.dumps(content.model_dump(mode="json"), indent=1) + "\n"
