"""What the values of a description must be; None, where it is allowed, means not known."""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

from backline.errors import DeviceError

_LARGEST_COUNT = 2**31 - 1


def check_number(name: str, value: Any, unit: str) -> None:
    """Refuse what is no finite number."""
    if value is not None and not (_is_real(value) and math.isfinite(value)):
        raise DeviceError(f"{name} must be a number of {unit}, got {value!r}")


def check_positive(name: str, value: Any) -> None:
    """Refuse what is no finite number over 0."""
    if value is not None and not (_is_real(value) and math.isfinite(value) and value > 0):
        raise DeviceError(f"{name} must be positive, got {value!r}")


def check_not_negative(name: str, value: Any, unit: str) -> None:
    """Refuse what is no finite number of 0 or more."""
    if value is not None and not (_is_real(value) and math.isfinite(value) and value >= 0):
        raise DeviceError(f"{name} must be 0 {unit} or more, got {value!r}")


def check_probability(name: str, value: Any) -> None:
    """Refuse what does not lie in [0, 1]."""
    if value is not None and not (_is_real(value) and 0.0 <= value <= 1.0):  # NaN fails too
        raise DeviceError(f"{name} must be a probability, got {value!r}")


def check_count(name: str, value: Any, *, least: int = 1) -> None:
    """Refuse what is no whole number from `least` to 2**31 - 1."""
    if type(value) is not int or not least <= value <= _LARGEST_COUNT:
        raise DeviceError(
            f"{name} must be a whole number from {least} to {_LARGEST_COUNT}, got {value!r}"
        )


def qubit_tuple(what: str, qubits: Iterable[Any]) -> tuple[int, ...]:
    """Numbers of qubits as a tuple of ints.

    Args:
        what: Who names them.
        qubits: Any iterable of whole numbers, those of numpy included.

    Raises:
        DeviceError: If it is none.
    """
    try:
        given = tuple(qubits)
    except TypeError:
        given = (None,)
    if isinstance(qubits, str) or not all(
        isinstance(qubit, Integral) and not isinstance(qubit, bool) for qubit in given
    ):
        raise DeviceError(f"{what} needs the numbers of its qubits, got {qubits!r}")
    return tuple(int(qubit) for qubit in given)


def _is_real(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)
