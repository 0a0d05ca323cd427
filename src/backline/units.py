"""Units, and the only place that converts them.

Seconds and Hz stand in every public name and file; samples (int) stand inside programs; rad/s
only inside engines. Nothing is rounded silently: a time that is no whole number of samples, or
not on the timing grid, is an error that names the neighbours.
"""

from __future__ import annotations

import math

from backline.errors import BacklineError

SECONDS: dict[str, float] = {
    "s": 1.0,
    "ms": 1e-3,
    "us": 1e-6,
    "µs": 1e-6,
    "ns": 1e-9,
    "ps": 1e-12,
}
HERTZ: dict[str, float] = {"Hz": 1.0, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9, "THz": 1e12}

# A duration in seconds is usually a rounded multiple of dt: this much of a sample, relative to
# the number of samples or absolute, still counts as that multiple.
_ROUNDING = 1e-6


class UnitError(BacklineError, ValueError):
    """A unit that does not exist, or a time that is no whole number of samples."""

    code = "unit"


def to_seconds(value: float, unit: str) -> float:
    """Convert a time to seconds.

    Args:
        value: The time.
        unit: One of s, ms, us, µs, ns, ps.

    Raises:
        UnitError: If the unit is none of these.
    """
    return _convert(value, unit, SECONDS, "time")


def to_hertz(value: float, unit: str) -> float:
    """Convert a frequency to Hz.

    Args:
        value: The frequency.
        unit: One of Hz, kHz, MHz, GHz, THz.

    Raises:
        UnitError: If the unit is none of these.
    """
    return _convert(value, unit, HERTZ, "frequency")


def samples_exactly(seconds: float, dt: float) -> int:
    """The whole number of samples in a time.

    Args:
        seconds: A time in s.
        dt: Length of a sample in s.

    Raises:
        UnitError: If the time is no whole number of samples (to one part in a million).
    """
    exact = seconds / dt
    if not math.isfinite(exact):
        raise UnitError(f"a time of {seconds} s is no number of samples of {dt} s")
    nearest = round(exact)
    if abs(exact - nearest) > _ROUNDING * max(1.0, abs(exact)):
        below = math.floor(exact)
        raise UnitError(
            f"{seconds} s is {exact:.6g} samples of {dt} s, and must be a whole number: "
            f"{below} samples are {below * dt:.9g} s, {below + 1} are {(below + 1) * dt:.9g} s"
        )
    return nearest


def _convert(value: float, unit: str, factors: dict[str, float], kind: str) -> float:
    try:
        return value * factors[unit]
    except KeyError:
        allowed = ", ".join(factors)
        raise UnitError(f"{unit!r} is no unit of {kind}: allowed are {allowed}") from None
