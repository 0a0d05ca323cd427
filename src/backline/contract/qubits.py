"""What is the number of a qubit, for every member that takes one."""

from __future__ import annotations

from typing import Any

from backline.errors import QubitError
from backline.pulse.values import integer


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
        index = integer(qubit)
    except TypeError:
        raise QubitError(f"a qubit is a whole number, got {qubit!r}") from None
    if index < 0 or (number is not None and index >= number):
        last = "any number" if number is None else number - 1
        raise QubitError(
            f"{of} has no qubit {index}: its qubits are 0 to {last}",
            qubit=index,
        )
    return index
