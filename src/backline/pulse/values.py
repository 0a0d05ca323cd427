"""Values in pulse programs: numbers, or expressions of parameters that are bound later.

Everything that a pulse program holds goes through these functions once, so that a number inside
a program is always a plain, finite Python number, and a duration always an int.
"""

from __future__ import annotations

import cmath
import operator
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
from qiskit.circuit import Parameter, ParameterExpression
from qiskit.circuit.exceptions import CircuitError

from backline.errors import PulseError

Number: TypeAlias = int | float | complex
Value: TypeAlias = Any  # int | float | complex | ParameterExpression (Qiskit ships no types)

NO_PARAMETERS: frozenset[Any] = frozenset()
MOST_SAMPLES = 2**53
"""The longest duration: beyond it, floats do not tell neighboring samples apart."""


class Assignment(dict[Any, Value]):
    """Parameter to number or expression, for one call of `assign_parameters`.

    It remembers what became of each expression: programs hold the same ones many times, and
    hashing a parameter is slow. Its values must not change once something was bound with it.

    Attributes:
        known: By id, an expression (kept, so that nothing else gets its id) and what it became.
    """

    __slots__ = ("known",)

    known: dict[int, tuple[Value, Value]]

    def __init__(self) -> None:
        self.known = {}


def is_free(value: object) -> bool:
    """Whether a value still depends on parameters."""
    return isinstance(value, ParameterExpression)


def shown(value: object) -> str:
    """A value as `repr` shows it: numbers with all their digits, expressions as formulas."""
    return str(value) if is_free(value) else repr(value)


def hashed(value: Value) -> Value:
    """What a hash may look at of a value.

    Expressions that are equal may have different hashes in Qiskit (a/2 and 0.5*a), and even
    different parameters (a - a + b and b): nothing is left of them.
    """
    return ParameterExpression if is_free(value) else value


def free_parameters(values: Iterable[object]) -> frozenset[Any]:
    """The parameters that the values depend on."""
    found = NO_PARAMETERS
    for value in values:
        if isinstance(value, ParameterExpression):
            found |= value.parameters
    return found


def affected(free: frozenset[Any], values: Assignment) -> bool:
    """Whether any of these parameters gets a value."""
    # Without `isdisjoint`, which walks the longer of the two: hashing a parameter is slow.
    return any(parameter in values for parameter in free)


def settle(value: object, what: str) -> Value:
    """A plain finite number, or an expression with free parameters.

    Args:
        value: A number of Python or numpy, or an expression.
        what: What the value is, for the message.

    Raises:
        PulseError: If it is neither, is a bool, or is NaN or infinite.
    """
    kind = type(value)
    if kind is int or kind is float or kind is complex:
        try:
            finite = cmath.isfinite(value)  # type: ignore[arg-type]  # the line above says so
        except OverflowError:
            raise PulseError(f"{what} must be a number that a float can hold") from None
        if finite:
            return value
        raise PulseError(f"{what} must be a finite number, got {value}")
    if isinstance(value, ParameterExpression):
        return value if value.parameters else _number(value, what)
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, np.number):
        return settle(value.item(), what)
    if isinstance(value, int | float | complex) and not isinstance(value, bool):
        return settle(_plain(value), what)
    raise PulseError(f"{what} must be a number or a parameter, got {value!r}")


def real(value: object, what: str) -> Value:
    """As `settle`, and not complex.

    Raises:
        PulseError: If it is no real number and no expression.
    """
    settled = settle(value, what)
    if type(settled) is complex:
        if settled.imag:
            raise PulseError(f"{what} must be a real number, got {settled}")
        return settled.real
    return settled


def samples(value: object, what: str, *, free: bool = True) -> Value:
    """A number of samples: an int from 0, or an expression where `free` allows one.

    A float that is a whole number counts as that number.

    Raises:
        PulseError: If it is negative, a fraction, a bool, no number or over `MOST_SAMPLES`.
    """
    if type(value) is int and 0 <= value <= MOST_SAMPLES:
        return value
    settled = settle(value, what)
    if isinstance(settled, ParameterExpression):
        if free:
            return settled
        raise PulseError(f"{what} must be a number of samples, got the free parameter {settled}")
    if isinstance(settled, complex) or settled < 0 or settled != int(settled):
        raise PulseError(f"{what} must be a whole number of samples, 0 or more, got {settled}")
    if settled > MOST_SAMPLES:
        raise PulseError(f"{what} must be at most 2**53 samples, got {settled:.3g}")
    return int(settled)


def index(value: object, what: str) -> Value:
    """An index: an int of 0 or more, or an expression.

    Raises:
        PulseError: If it is neither; bools and floats are no indices.
    """
    if isinstance(value, ParameterExpression):
        if value.parameters:
            return value
        value = whole(_number(value, what))
    try:
        number = integer(value)
    except TypeError:
        number = -1
    if number < 0:
        raise PulseError(f"{what} must be an int of 0 or more, got {value!r}")
    return number


def integer(value: object) -> int:
    """An int; numpy's integers as Python's.

    Raises:
        TypeError: If it is no integer; bools are none.
    """
    if isinstance(value, bool | np.bool_):
        raise TypeError("a bool is no integer")
    return operator.index(value)  # type: ignore[arg-type]  # raises for all that is no int


def whole(number: Value) -> Value:
    """An int for a float or complex that is one; anything else as it is."""
    if isinstance(number, float | complex) and number == (number.real // 1):
        return int(number.real)
    return number


def bind(value: Value, values: Assignment) -> Value:
    """A value with its parameters replaced, all at once.

    Args:
        value: A number or an expression.
        values: Parameter to number or expression; parameters that `value` has not are ignored.

    Returns:
        The value itself, if none of its parameters gets a value.

    Raises:
        PulseError: If the result is no finite number.
    """
    if not isinstance(value, ParameterExpression):
        return value
    known = values.known.get(id(value))
    if known is None:
        known = values.known[id(value)] = (value, _replaced(value, values))
    return known[1]


def _replaced(expression: Any, values: Assignment) -> Value:
    if isinstance(expression, Parameter):
        return values.get(expression, expression)
    try:
        number: Number = expression.bind_all(values)
    except (KeyError, TypeError, ValueError):  # not all of its parameters become numbers
        return _replaced_in_part(expression, values)
    if type(number) is complex and not number.imag:
        number = number.real
    # What is not finite is refused there, with all that is to be said about it.
    return number if cmath.isfinite(number) else _replaced_in_part(expression, values)


def _replaced_in_part(value: Any, values: Assignment) -> Value:
    numbers: dict[Any, Value] = {}
    expressions: dict[Any, Value] = {}
    for parameter in value.parameters:
        if parameter in values:
            new = values[parameter]
            (expressions if isinstance(new, ParameterExpression) else numbers)[parameter] = new
    try:
        bound = value.bind(numbers) if numbers else value
        if expressions:
            bound = bound.subs(expressions)
    except (CircuitError, ZeroDivisionError, RuntimeError) as error:  # the last one for NaN
        raise PulseError(f"{value} cannot take the values {_listed(values)}: {error}") from None
    return bound if bound.parameters else _number(bound, str(value))


def _number(expression: Any, what: str) -> Number:
    number: Number = expression.numeric(strict=False)
    if type(number) is complex and not number.imag:
        number = number.real
    if not cmath.isfinite(number):
        raise PulseError(f"{what} must be a finite number, got {number}")
    return number


def _plain(value: Number) -> Number:
    for kind in (int, float, complex):
        if isinstance(value, kind):
            return kind(value)  # type: ignore[arg-type]  # an int's subclass gives an int, …
    return value


def _listed(values: Assignment) -> str:
    return ", ".join(f"{key} = {value}" for key, value in values.items())
