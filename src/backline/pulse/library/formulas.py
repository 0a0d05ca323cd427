"""Sympy expressions as numpy functions.

An expression becomes a list of steps, one for each of its distinct subexpressions, each a numpy
function of results before it. This takes a hundred microseconds where generating and compiling
code takes milliseconds, computes nothing twice, and runs no text.

Sympy is imported when the first expression is met.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np

from backline.errors import PulseError
from backline.pulse.library.functions import FUNCTIONS, Function

_KEPT = 512
"""How many formulas are kept for the next use of the same expression."""


class Formula:
    """A sympy expression that numpy evaluates. Equal to others that compute the same steps.

    Attributes:
        expression: As it was given.
        plain: The same without what is assumed of its symbols, which are known by their names.
        symbols: Names of its symbols.
    """

    __slots__ = ("_constants", "_inputs", "_steps", "expression", "plain", "symbols")

    def __init__(self, expression: Any) -> None:
        self.expression = expression
        self.plain = _without_assumptions(expression)
        steps = Steps()
        steps.add(self.plain)
        self.symbols = frozenset(steps.inputs)
        self._constants = tuple(steps.values)
        self._inputs = tuple(steps.inputs.items())
        self._steps = tuple(steps.calls)

    def __call__(self, values: Mapping[str, Any]) -> Any:
        """The result: a numpy number, or an array where a value is one.

        Args:
            values: A numpy number or array for each symbol.

        Raises:
            TypeError: If complex numbers are compared or rounded.
        """
        found = list(self._constants)
        for name, place in self._inputs:
            found[place] = values[name]
        with np.errstate(all="ignore"):
            for place, function, arguments in self._steps:
                found[place] = function(*[found[i] for i in arguments])
        return found[-1]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Formula):
            return NotImplemented
        return self is other or bool(self.plain == other.plain)

    def __hash__(self) -> int:
        return hash(self.plain)

    def __reduce__(self) -> tuple[Any, ...]:
        return _formula, (self.expression,)


def formula(given: Any, what: str) -> Formula | None:
    """The formula of an expression, or None for None.

    Args:
        given: A sympy expression, a number, or what turns itself into one (as symengine's do).
        what: What it is, for the message.

    Raises:
        PulseError: If it is none of these, or has a function that numpy and scipy have not.
    """
    if given is None:
        return None
    import sympy

    if isinstance(given, bool | int | float | complex | np.number | np.bool_) or hasattr(
        given, "_sympy_"
    ):
        given = sympy.sympify(given)
    if not isinstance(given, sympy.Expr | sympy.logic.boolalg.Boolean):
        raise PulseError(f"{what} must be a sympy expression, got {given!r:.100}")
    try:
        return _formula(given)
    except (TypeError, ArithmeticError, RecursionError) as error:
        raise PulseError(f"{what} cannot be evaluated: {error}") from None


@functools.lru_cache(_KEPT)
def _formula(expression: Any) -> Formula:
    return Formula(expression)


def _without_assumptions(expression: Any) -> Any:
    import sympy

    plain = {symbol: sympy.Symbol(symbol.name) for symbol in expression.free_symbols}
    return expression.xreplace({old: new for old, new in plain.items() if old != new})


class Steps:
    """What a formula does, collected. Nothing is left to sympy to evaluate.

    Attributes:
        values: One place for each subexpression, with its value where it is constant.
        inputs: Name of each symbol to its place.
        calls: (place, function, places of the arguments), in order.
    """

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.inputs: dict[str, int] = {}
        self.calls: list[tuple[int, Function, tuple[int, ...]]] = []
        self._places: dict[Any, int] = {}
        self._constant: set[int] = set()

    def add(self, node: Any) -> int:
        """The place of a subexpression; new ones come last.

        Raises:
            TypeError: If it is no function of numbers.
            ArithmeticError: If it computes a constant that is no finite number.
        """
        if node in self._places:
            return self._places[node]
        if node.is_Symbol:
            place = self._append(None)
            self.inputs[node.name] = place
        elif node.args:
            place = self._call(node)
        else:
            place = self._append(_number(node))
            self._constant.add(place)
        self._places[node] = place
        return place

    def _append(self, value: Any) -> int:
        self.values.append(value)
        return len(self.values) - 1

    def _call(self, node: Any) -> int:
        function = _function(node.func, len(node.args))
        arguments = tuple([self.add(argument) for argument in node.args])
        if not self._constant.issuperset(arguments):
            place = self._append(None)
            self.calls.append((place, function, arguments))
            return place
        with np.errstate(all="ignore"):
            constant = function(*[self.values[i] for i in arguments])
        if not np.all(np.isfinite(constant)):
            raise ArithmeticError("a constant in it is no finite number")
        place = self._append(constant)
        self._constant.add(place)
        return place


def _number(node: Any) -> Any:
    """A constant without arguments as a numpy number."""
    import sympy

    if node is sympy.I:
        return np.complex128(1j)
    if node is sympy.true or node is sympy.false:
        return np.bool_(node is sympy.true)
    if node.is_Number or node.is_NumberSymbol:
        return np.float64(float(node))
    raise TypeError(f"{type(node).__name__} is no number or function: {node!s:.100}")


@functools.lru_cache(_KEPT)
def _function(kind: Any, count: int) -> Function:
    """The numpy function of one of sympy's, or what sympy makes of it with scipy."""
    import sympy

    name = kind.__name__
    if sympy_classes().get(name) is kind:
        return FUNCTIONS[name]
    if not isinstance(kind, sympy.FunctionClass):
        raise TypeError(f"{name} is no function of numbers")
    arguments = [sympy.Dummy() for _ in range(count)]
    made: Function = sympy.lambdify(arguments, kind(*arguments), ["scipy", "numpy"])
    return made


@functools.cache
def sympy_classes() -> dict[str, Any]:
    """The classes of sympy that `FUNCTIONS` knows, by their names."""
    import sympy
    from sympy.functions.elementary.piecewise import ExprCondPair

    others = FUNCTIONS.keys() - {"ExprCondPair"}
    return {"ExprCondPair": ExprCondPair, **{name: getattr(sympy, name) for name in others}}
