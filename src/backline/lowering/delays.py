"""Delays of circuits in whole samples, on the grid on which the device can start a pulse."""

from __future__ import annotations

import math

from qiskit.circuit import Delay

from backline.errors import InputError
from backline.units import SECONDS

# As in `units`: a time in seconds is a rounded multiple of dt.
_ROUNDING = 1e-6


def delay_samples(delay: Delay, qubit: int, dt: float | None, step: int) -> int:
    """How many samples a delay takes.

    Args:
        delay: In s, ms, us, ns, ps or dt.
        qubit: On which qubit, for the message.
        dt: Length of a sample, in s; None where that is not known.
        step: What follows must start at a multiple of this many samples (the `pulse_alignment`
            and `acquire_alignment`), so a delay has to be one, too.

    Raises:
        InputError: If it is no number, negative, not on that grid (the message names the two
            neighbours), or in seconds on a device without dt.
    """
    value, unit = delay.duration, delay.unit
    where = f"delay of {value} {unit} on qubit {qubit}"
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise InputError(f"{where} is no number: assign its parameters first") from None
    if not (math.isfinite(number) and number >= 0):
        raise InputError(f"{where} must be 0 or more")
    sample = _sample(unit, dt, where)
    exact = number / (sample * step)
    nearest = round(exact)
    tolerance = 0.0 if unit == "dt" else _ROUNDING * max(1.0, exact)
    if abs(exact - nearest) > tolerance:
        below = math.floor(exact) * step
        raise InputError(
            f"{where} is {exact * step:.9g} samples, and must be a multiple of {step}: "
            f"{_named(below, sample, unit)} or {_named(below + step, sample, unit)}",
            instruction="delay",
            qubits=(qubit,),
        )
    return nearest * step


def _sample(unit: str, dt: float | None, where: str) -> float:
    """Length of a sample in the delay's unit."""
    if unit == "dt":
        return 1.0
    if unit not in SECONDS:
        raise InputError(f"{where}: allowed units are dt, {', '.join(SECONDS)}")
    if dt is None:
        raise InputError(f"{where}: the device does not say how long a sample is, give it in dt")
    return dt / SECONDS[unit]


def _named(samples: int, sample: float, unit: str) -> str:
    return f"{samples} dt" if unit == "dt" else f"{samples * sample:.9g} {unit} ({samples} samples)"
