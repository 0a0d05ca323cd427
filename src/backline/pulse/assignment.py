"""What `assign_parameters` is given, made into one mapping from Parameter to value."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from typing import Any

from qiskit.circuit import Parameter, ParameterVector

from backline.errors import PulseError, UnknownParameterError
from backline.pulse.values import Assignment, settle


def assignment(
    value_dict: Mapping[Any, Any], parameters: Callable[[], Collection[Any]]
) -> Assignment:
    """One mapping from Parameter to number or expression.

    Args:
        value_dict: Keys are parameters, vectors, or names of either; the value of a vector is a
            sequence.
        parameters: Gives those of the program, to look names up.

    Raises:
        PulseError: If a name is not in the program, a vector's length does not fit, or a value
            is no finite number.
    """
    values = Assignment()
    for key, value in value_dict.items():
        if isinstance(key, Parameter):
            plain = type(value) is int or (type(value) is float and math.isfinite(value))
            values[key] = value if plain else settle(value, f"the value of {key}")
        elif isinstance(key, ParameterVector):
            _assign_vector(values, list(key), value, key.name)
        elif isinstance(key, str):
            _assign_name(values, key, value, parameters())
        else:
            raise PulseError(
                f"parameters to assign are a Parameter, a ParameterVector or a name, got {key!r}"
            )
    return values


def _assign_name(values: Assignment, name: str, value: Any, known: Any) -> None:
    named = [parameter for parameter in known if parameter.name == name]
    if named:
        values.update({parameter: settle(value, f"the value of {name}") for parameter in named})
        return
    for parameter in known:
        vector: Any = getattr(parameter, "vector", None)
        if vector is not None and vector.name == name:
            _assign_vector(values, list(vector), value, name)
            return
    has = ", ".join(sorted(parameter.name for parameter in known)) or "none"
    raise UnknownParameterError(
        f"the program has no parameter named {name!r}: its parameters are {has}"
    )


def _assign_vector(values: Assignment, elements: list[Any], given: Any, name: str) -> None:
    try:
        numbers = list(given)
    except TypeError:
        numbers = [given]
    if len(numbers) != len(elements):
        raise PulseError(
            f"parameter vector {name!r} has length {len(elements)}, "
            f"and {len(numbers)} values are given"
        )
    for element, number in zip(elements, numbers, strict=True):
        values[element] = settle(number, f"the value of {element}")
