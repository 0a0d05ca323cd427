"""The option that says which qubits join a simulation without being driven."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from backline.contract.options import Option


class SpectatorsOption(Option):
    """A number of hops, or qubits: kept as an int or a tuple of ints."""

    __slots__ = ()

    def check(self, name: str, value: Any) -> Any:
        """The value as it is kept.

        Args:
            name: The option's name, for the message.
            value: What somebody wants it to be.

        Raises:
            OptionValueError: If it is neither.
        """
        if _is_whole(value):
            return int(value)
        if isinstance(value, Iterable) and not isinstance(value, str | bytes):
            qubits = list(value)
            if all(map(_is_whole, qubits)):
                return tuple(int(qubit) for qubit in qubits)
        raise self._refusal(name, value)

    @property
    def allowed(self) -> str:
        """What the option may be, in words."""
        return "a whole number of at least 0, or a list of qubits"


def _is_whole(value: Any) -> bool:
    number = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return number and int(value) >= 0
