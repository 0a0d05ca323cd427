"""What sympy's functions are in numpy and scipy: functions of numbers and arrays, elementwise.

Where a real number has no real result, as the square root of -1, the result is complex (as
Qiskit 1.4 samples). What is defined for real numbers alone, as an order, refuses others.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

Function = Callable[..., Any]


def _of_all(function: Function) -> Function:
    """A function of two arguments as one of any number."""
    return lambda *arguments: functools.reduce(function, arguments)


def _of_real(function: Function) -> Function:
    """A function for real arguments; numpy's own would look at real parts alone."""

    def checked(*arguments: Any) -> Any:
        return function(*[_real_part(argument) for argument in arguments])

    return checked


def _real_part(argument: Any) -> Any:
    if not np.iscomplexobj(argument):
        return argument
    if np.any(argument.imag):
        raise TypeError("complex numbers cannot be compared or rounded")
    return argument.real


def _power(base: Any, exponent: Any) -> Any:
    if np.ndim(exponent) == 0 and not np.iscomplexobj(exponent):
        if exponent == 0.5:
            return np.emath.sqrt(base)
        if float(exponent).is_integer():
            return base**exponent
    return np.emath.power(base, exponent)


def _arccosh(x: Any) -> Any:
    real = not np.iscomplexobj(x) and np.all(x >= 1.0)
    return np.arccosh(x if real else x + 0j)


def _sign(x: Any) -> Any:
    if not np.iscomplexobj(x):
        return np.sign(x)
    norm = np.abs(x)
    return x / np.where(norm == 0.0, 1.0, norm)


def _erf(x: Any) -> Any:
    from scipy import special

    return special.erf(x)


def _erfc(x: Any) -> Any:
    from scipy import special

    return special.erfc(x)


def _piecewise(*pieces: tuple[Any, Any]) -> Any:
    """The value of the first condition that holds; NaN where none does."""
    found: Any = np.nan
    for value, condition in reversed(pieces):
        found = np.where(condition, value, found)
    return found


FUNCTIONS: dict[str, Function] = {
    "Add": _of_all(operator.add),
    "Mul": _of_all(operator.mul),
    "Pow": _power,
    "exp": np.exp,
    "log": np.emath.log,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "sec": lambda x: 1.0 / np.cos(x),
    "csc": lambda x: 1.0 / np.sin(x),
    "cot": lambda x: 1.0 / np.tan(x),
    "asin": np.emath.arcsin,
    "acos": np.emath.arccos,
    "atan": np.arctan,
    "atan2": _of_real(np.arctan2),
    "sinc": lambda x: np.sinc(x / np.pi),
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "sech": lambda x: 1.0 / np.cosh(x),
    "csch": lambda x: 1.0 / np.sinh(x),
    "coth": lambda x: 1.0 / np.tanh(x),
    "asinh": np.arcsinh,
    "acosh": _arccosh,
    "atanh": np.emath.arctanh,
    "erf": _erf,
    "erfc": _erfc,
    "Abs": np.abs,
    "arg": np.angle,
    "re": np.real,
    "im": np.imag,
    "conjugate": np.conjugate,
    "sign": _sign,
    "Heaviside": _of_real(np.heaviside),
    "floor": _of_real(np.floor),
    "ceiling": _of_real(np.ceil),
    "frac": _of_real(lambda x: x - np.floor(x)),
    "Mod": _of_real(np.mod),
    "Max": _of_real(_of_all(np.maximum)),
    "Min": _of_real(_of_all(np.minimum)),
    "StrictLessThan": _of_real(np.less),
    "LessThan": _of_real(np.less_equal),
    "StrictGreaterThan": _of_real(np.greater),
    "GreaterThan": _of_real(np.greater_equal),
    "Equality": np.equal,
    "Unequality": np.not_equal,
    "And": _of_all(np.logical_and),
    "Or": _of_all(np.logical_or),
    "Xor": _of_all(np.logical_xor),
    "Not": np.logical_not,
    "ITE": np.where,
    "ExprCondPair": lambda value, condition: (value, condition),
    "Piecewise": _piecewise,
}
"""By the names of sympy's classes."""
