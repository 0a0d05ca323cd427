"""Numbers and pulses in the few words that a picture has room for."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from backline.pulse.library import Pulse
from backline.pulse.values import is_free

_MINUS = "−"
_DENOMINATORS = (1, 2, 3, 4, 6, 8, 12, 16, 32)
_CLOSE = 1e-6  # of π: closer to a fraction than this is that fraction
_LONGEST = 22  # characters of a name or an expression
_PREFIXES = ((1e9, "GHz", 6), (1e6, "MHz", 4), (1e3, "kHz", 3), (0.0, "Hz", 3))
_FLOAT = re.compile(r"(?<![\w.])\d+\.\d+(?:e[+-]?\d+)?")  # written out in an expression
_SHORT = {
    "sigma": "σ",
    "beta": "β",
    "phase": "φ",
    "active_amp": "active",
    "width": "width",
    "freq": "freq",
}


def angle(value: Any, *, signed: bool = False) -> str:
    """An angle (rad) as a multiple of π: "π/2", "−3π/4", "0.312π".

    Args:
        value: A number, or an expression of parameters.
        signed: Whether one over 0 has a plus.

    >>> angle(-2.356194490192345), angle(1.0, signed=True)
    ('−3π/4', '+0.318π')
    """
    if is_free(value):
        return _expression(value, signed)
    turns = float(value) / math.pi
    for below in _DENOMINATORS:
        above = round(turns * below)
        if abs(turns - above / below) < _CLOSE:
            size = _fraction(abs(above), below)
            return size if size == "0" else _with_sign(size, above, signed)
    return _with_sign(f"{abs(turns):.3g}π", turns, signed)


def frequency(value: Any, *, signed: bool = False) -> str:
    """A frequency (Hz) in the unit that suits it, to the kHz and better.

    Args:
        value: A number, or an expression of parameters.
        signed: Whether one over 0 has a plus.

    >>> frequency(4.9633e9), frequency(-10e6)
    ('4.9633 GHz', '−10 MHz')
    """
    if is_free(value):
        return f"{_expression(value, signed)} Hz"
    size = abs(float(value))
    scale, unit, digits = next(row for row in _PREFIXES if size >= row[0])
    text = f"{size / (scale or 1.0):.{digits}f}".rstrip("0").rstrip(".")
    return f"{_with_sign(text, float(value), signed)} {unit}"


def number(value: Any) -> str:
    """A number to three digits, or an expression."""
    if is_free(value):
        return _expression(value, signed=False)
    if isinstance(value, complex):
        return f"({number(value.real)}, {number(value.imag)})"
    if isinstance(value, int) and abs(value) < 1e6:
        return str(value).replace("-", _MINUS)
    return f"{value:.3g}".replace("-", _MINUS)


def cut(text: str, longest: int = _LONGEST) -> str:
    """A text, with its end left away where it is too long."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def shape(pulse: Pulse) -> str:
    """What kind of pulse it is."""
    kind = getattr(pulse, "pulse_type", None)
    return str(kind) if kind is not None else type(pulse).__name__


def pulse_labels(pulse: Pulse, name: str | None) -> tuple[str, ...]:
    """What may be written at a pulse, from the longest to the shortest.

    Args:
        pulse: The pulse.
        name: The name that it is played under.
    """
    head = cut(name) if name else shape(pulse)
    amplitude = _amplitude(pulse)
    rest = parameters(pulse)
    facts = ", ".join(filter(None, (amplitude, rest)))
    return tuple(dict.fromkeys(f"{head}  {more}".rstrip() for more in (facts, amplitude, "")))


def parameters(pulse: Pulse, *, amplitude: bool = False) -> str:
    """The parameters of a pulse but its duration, and its amplitude only where asked for."""
    first = [_amplitude(pulse)] if amplitude and _amplitude(pulse) else []
    left_out = ("duration", "amp", "angle", "active_angle")
    return ", ".join(
        first
        + [
            f"{_SHORT.get(name, name)} {_value(pulse, name, value)}"
            for name, value in pulse.parameters.items()
            if name not in left_out and not _is_nothing(name, value)
        ]
    )


def channel_names(names: Iterable[str]) -> str:
    """Names of channels, kind by kind, neighbors as ranges.

    >>> channel_names(["u1", "u2", "d7", "u3"])
    'd7, u1–u3'
    """
    runs: list[list[str]] = []
    for _, run in groupby(enumerate(sorted(names, key=_rank)), key=lambda item: _order(*item)):
        runs.append([name for _, name in run])
    return ", ".join(
        run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(run)
        for run in runs
    )


def _rank(name: str) -> tuple[int, int, str]:
    return ("duma".find(name[0]), int(name[1:]) if name[1:].isdigit() else 0, name)


def _order(place: int, name: str) -> tuple[str, int]:
    """The same for all of a run: u1, u2, u3 at the places 4, 5, 6."""
    return (name[0], int(name[1:]) - place) if name[1:].isdigit() else (name, place)


def _amplitude(pulse: Pulse) -> str:
    found = pulse.parameters
    return f"amp {_polar(found['amp'], found.get('angle', 0.0))}" if "amp" in found else ""


def _polar(size: Any, turned: Any) -> str:
    if is_free(turned):
        return f"{number(size)}∠{angle(turned)}"
    turned = round(turned / math.pi, 3) * math.pi
    return f"{number(size)}∠{angle(turned)}" if turned else number(size)


def _value(pulse: Pulse, name: str, value: Any) -> str:
    if name == "active_amp":
        return _polar(value, pulse.parameters.get("active_angle", 0.0))
    return angle(value) if name == "phase" else number(value)


def _is_nothing(name: str, value: Any) -> bool:
    return name in ("active_amp", "phase") and _is_zero(value)


def _is_zero(value: Any) -> bool:
    return not is_free(value) and abs(value) < 1e-12


def _fraction(above: int, below: int) -> str:
    if above == 0:
        return "0"
    top = "π" if above == 1 else f"{above}π"
    return top if below == 1 else f"{top}/{below}"


def _expression(value: Any, signed: bool) -> str:
    text = cut(_FLOAT.sub(_short_number, str(value)).replace("-", _MINUS))
    return f"+{text}" if signed and not text.startswith(_MINUS) else text


def _short_number(found: re.Match[str]) -> str:
    """A number in an expression: multiples of π as such, others to four digits."""
    turns = float(found[0]) / math.pi
    return angle(turns * math.pi) if turns and _is_fraction(turns) else f"{float(found[0]):.4g}"


def _is_fraction(turns: float) -> bool:
    return any(abs(turns * q - round(turns * q)) < q * _CLOSE for q in _DENOMINATORS[:4])


def _with_sign(size: str, value: float, signed: bool) -> str:
    if value < 0:
        return f"{_MINUS}{size}"
    return f"+{size}" if signed else size
