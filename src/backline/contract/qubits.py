"""What is the number of a qubit, for every member that takes one."""

from __future__ import annotations

import operator
from typing import Any

from backline.errors import QubitError


def whole(qubit: Any) -> int:
    """A qubit's number, numpy's integers as Python's.

    Args:
        qubit: A number.

    Raises:
        TypeError: If it is no whole number; booleans are none.
    """
    if isinstance(qubit, bool):
        raise TypeError("a bool is no qubit")
    return operator.index(qubit)


def existing(qubit: Any, number: int | None, *, of: str) -> int:
    """The number of a qubit that exists.

    Args:
        qubit: A number.
        number: How many qubits there are, None for any number.
        of: What has them, for the message.

    Raises:
        QubitError: If it is no whole number, or there is no such qubit.
    """
    try:
        index = whole(qubit)
    except TypeError:
        raise QubitError(f"a qubit is a whole number, got {qubit!r}") from None
    if index < 0 or (number is not None and index >= number):
        last = "any number" if number is None else number - 1
        raise QubitError(
            f"{of} has no qubit {index}: its qubits are 0 to {last}",
            qubit=index,
        )
    return index
