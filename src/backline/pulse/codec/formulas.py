"""Sympy expressions as JSON values.

A number is a number, a symbol its name, and all else a list that starts with what it is::

    amp*exp(2*I*t/3)    ["*", "amp", ["exp", ["*", ["/", 2, 3], ["I"], "t"]]]

Expressions are built again without evaluating anything, so that a stored one is read as it was,
and no number in a file keeps us busy.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from backline.errors import PulseError
from backline.pulse.library.formulas import Steps, sympy_classes

_SHORT = {
    "Add": "+",
    "Mul": "*",
    "Pow": "**",
    "StrictLessThan": "<",
    "LessThan": "<=",
    "StrictGreaterThan": ">",
    "GreaterThan": ">=",
    "Equality": "==",
    "Unequality": "!=",
    "And": "and",
    "Or": "or",
    "Xor": "xor",
    "Not": "not",
    "ITE": "if",
    "Piecewise": "piecewise",
    "ExprCondPair": "case",
}
"""What is not called by the name of sympy's class."""
_CONSTANTS = ("pi", "E", "I")
_LOGIC = frozenset({"and", "or", "xor", "not", "if"})
_LARGEST = 10**308
"""The largest integer; a float holds it."""


def encode_formula(expression: Any, what: str) -> Any:
    """A sympy expression as a JSON value.

    Args:
        expression: The expression.
        what: What it is, for the message.

    Raises:
        PulseError: If it contains what cannot be stored.
    """
    stored = _encode(expression, what)
    if decode_formula(stored) != expression:
        raise PulseError(f"{what} cannot be stored exactly: {expression}")
    return stored


def decode_formula(stored: Any) -> Any:
    """The expression that was stored.

    Raises:
        PulseError: If it is none.
    """
    try:
        return _decode(stored, Steps())
    except (TypeError, ValueError, ArithmeticError, AttributeError, RecursionError) as error:
        raise PulseError(f"this is no stored expression: {error}") from None


def _decode(stored: Any, steps: Steps) -> Any:
    node = _node(stored, steps)
    # Before sympy looks at it again: it would compute 9**9**9**9 to the last digit to print it.
    steps.add(node)
    return node


def _node(stored: Any, steps: Steps) -> Any:
    import sympy

    match stored:
        case bool():
            return sympy.true if stored else sympy.false
        case int() if abs(stored) <= _LARGEST:
            return sympy.Integer(stored)
        case float() if abs(stored) <= _LARGEST:
            return sympy.Float(stored)
        case str():
            return sympy.Symbol(stored)
        case ["/", int(over), int(under)] if abs(over) <= _LARGEST and 1 < under <= _LARGEST:
            return sympy.Rational(over, under)
        case [str(name)] if name in _CONSTANTS:
            return getattr(sympy, name)
        case [str(name), *arguments] if name in _makers() and arguments:
            built = [_decode(argument, steps) for argument in arguments]
            _check_kinds(name, built)
            return _makers()[name](*built)
    raise TypeError(f"{stored!r:.100} is not known")


def _check_kinds(name: str, arguments: list[Any]) -> None:
    """Refuse numbers in place of conditions, and conditions in place of numbers."""
    import sympy

    number, condition = sympy.Expr, sympy.logic.boolalg.Boolean
    wanted: list[Any] = [condition if name in _LOGIC else number] * len(arguments)
    if name == "case":
        wanted = [number, condition]
    elif name == "piecewise":
        wanted = [sympy_classes()["ExprCondPair"]] * len(arguments)
    for argument, kind in zip(arguments, wanted, strict=True):
        if not isinstance(argument, kind):
            raise TypeError(f"{name!r} cannot be of {argument!s:.100}")


def _encode(node: Any, what: str) -> Any:
    import sympy

    if node is sympy.true or node is sympy.false:
        return node is sympy.true
    if node.is_Integer:
        return int(node)
    if node.is_Rational:
        return ["/", int(node.p), int(node.q)]
    if node.is_Float:
        return float(node)
    if node.is_Symbol:
        return node.name
    for constant in _CONSTANTS:
        if node is getattr(sympy, constant):
            return [constant]
    name = _names().get(node.func)
    if name is None:
        raise PulseError(
            f"{what} cannot be stored: it contains {node!s:.100}, and may contain numbers, "
            f"symbols, {', '.join((*_CONSTANTS, *sorted(_names().values())))}"
        )
    return [name, *(_encode(argument, what) for argument in node.args)]


@functools.cache
def _names() -> dict[Any, str]:
    """Sympy's classes, and what they are called in files."""
    return {kind: _SHORT.get(name, name) for name, kind in sympy_classes().items()}


@functools.cache
def _makers() -> dict[str, Callable[..., Any]]:
    """What is called so in files, as a function that evaluates nothing."""
    unevaluated = {name: functools.partial(kind, evaluate=False) for kind, name in _names().items()}
    return unevaluated | {"case": sympy_classes()["ExprCondPair"]}  # which never evaluates
