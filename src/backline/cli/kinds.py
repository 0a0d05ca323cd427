"""What kind of program a file holds, found without parsing it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import numpy as np

from backline.errors import InputError

Kind = Literal["qasm2", "qasm3", "qpy"]

_MAGIC = b"QISKIT"
_OLDEST_QPY = 13
NAMES: dict[str, str] = {"qasm2": "OpenQASM 2", "qasm3": "OpenQASM 3", "qpy": "QPY"}
_LARGEST: dict[Kind, int] = {"qasm2": 16 << 20, "qasm3": 2 << 20, "qpy": 64 << 20}
_VERSION = re.compile(r"^\s*OPENQASM\s+(\d+)", re.MULTILINE)
_COMMENT = re.compile(r"//|/\*")
_REGISTER = re.compile(r"\b(?:(?:qreg|creg)\s+\w+\s*\[\s*([\d_]+)|(?:qubit|bit)\s*\[\s*([\d_]+))")
_MOST_BITS = 100_000
_DEEPEST = 500


def kind_of(path: Path) -> Kind:
    """What a file is, by what it holds.

    Args:
        path: The file.

    Raises:
        InputError: If it is nothing that can be read, or too large.
        OSError: If there is no such file, or it cannot be read.
    """
    if path.is_dir():
        raise InputError("is a folder; name the files in it")
    if not path.is_file() and path.exists():
        raise InputError("is no ordinary file")
    size = path.stat().st_size
    if size == 0:
        raise InputError("is empty")
    with path.open("rb") as stream:
        start = stream.read(len(_MAGIC) + 1)
    if start.startswith(_MAGIC):
        _check_qpy(start)
        kind: Kind = "qpy"
        _check_size(size, kind)
    else:
        _check_size(size, "qasm2")  # before it is read; OpenQASM 3 may be smaller only
        kind = _kind_of_text(path)
        _check_size(size, kind)
    return kind


def _check_qpy(start: bytes) -> None:
    from qiskit.qpy import common

    if len(start) <= len(_MAGIC):
        raise InputError("is a QPY file that was cut short")
    version = start[len(_MAGIC)]
    if not _OLDEST_QPY <= version <= common.QPY_VERSION:
        raise InputError(
            f"is QPY version {version}; versions {_OLDEST_QPY} to {common.QPY_VERSION} are read. "
            "Write it anew with qiskit.qpy.dump"
        )


def _check_size(size: int, kind: Kind) -> None:
    if size > _LARGEST[kind]:
        raise InputError(f"has {size} bytes; of {NAMES[kind]} at most {_LARGEST[kind]} are read")


def _kind_of_text(path: Path) -> Kind:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"is neither OpenQASM (UTF-8 text) nor QPY: byte {error.start} is no text"
        ) from None
    _check_nesting(text)
    if "\x00" in text:
        raise InputError("is neither OpenQASM nor QPY: it holds binary data")
    code = _without_comments(text)
    for match in _REGISTER.finditer(code):
        digits = (match[1] or match[2]).replace("_", "").lstrip("0")
        if len(digits) > 9 or int(digits or 0) > _MOST_BITS:
            size = digits if len(digits) < 20 else f"10**{len(digits) - 1} and more"
            raise InputError(f"declares a register of {size} bits; at most {_MOST_BITS} are read")
    version = _VERSION.search(code)
    if version is not None:
        number = int(version[1][:9])
        if number not in (2, 3):
            raise InputError(f"is OpenQASM {number}; versions 2 and 3 are read")
        return "qasm2" if number == 2 else "qasm3"
    return "qasm2" if "qelib1.inc" in code or "qreg" in code else "qasm3"


def _check_nesting(text: str) -> None:
    """Parsers recurse; what no person and no program writes is refused before they do."""
    characters = np.frombuffer(text.encode(), dtype=np.uint8)
    steps = np.zeros(256, dtype=np.int8)
    steps[list(b"([{")] = 1
    steps[list(b")]}")] = -1
    if len(characters) and int(steps[characters].cumsum(dtype=np.int64).max()) > _DEEPEST:
        raise InputError(f"nests brackets more than {_DEEPEST} deep; no deeper ones are read")


def _without_comments(text: str) -> str:
    """The text's code, in time that grows with its length alone, whatever it is."""
    kept, at = [], 0
    while (match := _COMMENT.search(text, at)) is not None:
        kept.append(text[at : match.start()])
        end = "\n" if match[0] == "//" else "*/"
        found = text.find(end, match.end())
        if found < 0:
            return "".join(kept)
        at = found if end == "\n" else found + 2
    kept.append(text[at:])
    return "".join(kept)
