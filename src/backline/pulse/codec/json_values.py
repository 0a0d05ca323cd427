"""Metadata and settings as JSON values.

What JSON lacks is an object with one key that starts with "$".
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np

from backline.errors import PulseError


def encode(value: Any, where: str) -> Any:
    """A JSON value; tuples become lists.

    Args:
        value: None, a bool, number, string or array, or dicts and lists of them.
        where: What it belongs to, for the message.

    Raises:
        PulseError: If something in it cannot be stored.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.generic):
        return encode(value.item(), where)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return value if -1e308 <= value <= 1e308 else {"$float": repr(value)}
    if isinstance(value, complex):
        return {"$complex": [encode(value.real, where), encode(value.imag, where)]}
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        little = value.astype(value.dtype.newbyteorder("<"))
        return {"$array": [little.dtype.str, list(value.shape), to_base64(little.tobytes())]}
    if isinstance(value, Mapping) and all(_is_key(key) for key in value):
        return {key: encode(item, where) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item, where) for item in value]
    raise PulseError(
        f"{where} cannot be stored: it contains {value!r:.100}, and may contain numbers, strings, "
        "arrays, and lists and dicts of them with keys that are strings"
    )


def decode(value: Any) -> Any:
    """The value that was encoded."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$float" in value:
        return float(value["$float"])
    if "$complex" in value:
        real, imag = (decode(part) for part in value["$complex"])
        return complex(real, imag)
    if "$array" in value:
        kind, shape, text = value["$array"]
        if np.dtype(kind).kind not in "biufc":
            raise PulseError(f"a stored array is one of numbers, not {kind!r}")
        return np.frombuffer(base64.b64decode(text), dtype=kind).reshape(shape).copy()
    return {key: decode(item) for key, item in value.items()}


def to_base64(raw: bytes) -> str:
    """Bytes as text."""
    return base64.b64encode(raw).decode("ascii")


def _is_key(key: Any) -> bool:
    return isinstance(key, str) and not key.startswith("$")
