"""Pulses as JSON values."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from backline.errors import PulseError
from backline.pulse.codec import json_values
from backline.pulse.codec.expressions import Reader, Writer
from backline.pulse.codec.formulas import decode_formula, encode_formula
from backline.pulse.library import (
    SHAPES,
    Pulse,
    ScalableSymbolicPulse,
    SymbolicPulse,
    Waveform,
)
from backline.pulse.library.closed_form import ClosedForm
from backline.pulse.library.definition import FORMULAS, Definition
from backline.pulse.library.waveform import _raw

_SHAPE_NAMES = {kind: name for name, kind in SHAPES.items()}
_USER_DEFINED: dict[str, type[SymbolicPulse]] = {
    "SymbolicPulse": SymbolicPulse,
    "ScalableSymbolicPulse": ScalableSymbolicPulse,
}


def encode_pulse(pulse: Pulse, to: Writer) -> dict[str, Any]:
    """A pulse by its shape and parameters, or by its samples."""
    row: dict[str, Any]
    if isinstance(pulse, Waveform):
        raw = pulse.samples.astype("<c16").tobytes()
        row = {"shape": "Waveform", "samples": json_values.to_base64(raw)}
    else:
        row = _encode_shape(pulse)
        row["parameters"] = {field: to.value(value) for field, value in pulse.parameters.items()}
    if pulse.name is not None:
        row["name"] = pulse.name
    if not pulse.limit_amplitude:
        row["limit_amplitude"] = False
    return row


def _encode_shape(pulse: Pulse) -> dict[str, Any]:
    """Which shape it is; the formulas of one that a user made."""
    if isinstance(pulse, ClosedForm) and type(pulse) in _SHAPE_NAMES:
        return {"shape": _SHAPE_NAMES[type(pulse)]}
    if not isinstance(pulse, SymbolicPulse) or isinstance(pulse, ClosedForm):
        raise PulseError(f"pulses of the kind {type(pulse).__name__} cannot be stored")
    scalable = isinstance(pulse, ScalableSymbolicPulse)
    row: dict[str, Any] = {"shape": "ScalableSymbolicPulse" if scalable else "SymbolicPulse"}
    row["pulse_type"] = pulse.pulse_type
    for field in FORMULAS:
        made = getattr(pulse._definition, field)
        if made is not None:
            row[field] = encode_formula(made.plain, f"the {field} of a {pulse.pulse_type}")
    return row


def decode_pulse(row: dict[str, Any], by: Reader) -> Pulse:
    """The pulse that was encoded."""
    limit, name = row.get("limit_amplitude", True), row.get("name")
    if row["shape"] == "Waveform":
        stored = row["samples"]
        if isinstance(stored, str):
            samples = np.frombuffer(base64.b64decode(stored, validate=True), dtype="<c16")
            return _raw(samples, name, limit) if not limit else Waveform(samples, name)
        pairs = np.asarray(stored, dtype=float).reshape(-1, 2)
        return Waveform(pairs[:, 0] + 1j * pairs[:, 1], name, limit_amplitude=limit)
    values = {field: by.value(value) for field, value in row["parameters"].items()}
    if row["shape"] in _USER_DEFINED:
        return _decode_user_defined(row, values)
    kind = SHAPES[row["shape"]]
    if set(values) != set(kind._fields):
        raise PulseError(
            f"a stored {row['shape']} has the parameters {', '.join(kind._fields)}, "
            f"got {', '.join(values)}"
        )
    return kind._make(tuple(values[field] for field in kind._fields), name, limit)


def _decode_user_defined(row: dict[str, Any], values: dict[str, Any]) -> Pulse:
    kind = _USER_DEFINED[row["shape"]]
    last = ("amp", "angle") if issubclass(kind, ScalableSymbolicPulse) else ()
    others = [field for field in values if field not in ("duration", *last)]
    fields = ("duration", *others, *last)
    formulas = [decode_formula(row[field]) if field in row else None for field in FORMULAS]
    definition = Definition.of(row["pulse_type"], fields, *formulas)
    limit = row.get("limit_amplitude", True)
    return kind._of(definition, tuple(values[field] for field in fields), row.get("name"), limit)
