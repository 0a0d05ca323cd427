"""Arithmetic in strings, such as ``-(P0)`` or ``P1/2 + pi``, read without running code."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

from qiskit.circuit import Parameter, ParameterExpression

from backline.errors import FormatError

_OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_LONGEST = 1000


def evaluate(text: str, parameters: dict[str, Parameter]) -> float | ParameterExpression:
    """The value of an expression; its names are parameters.

    Args:
        text: Numbers, names, ``pi``, ``+ - * /`` and parentheses.
        parameters: Name to parameter; new names are added, so that one name is one parameter.

    Raises:
        FormatError: If it is anything else.

    >>> theta = Parameter("P0")
    >>> str(evaluate("-(P0)", {"P0": theta})), evaluate("pi/2", {}) * 2
    ('-P0', 3.141592653589793)
    """
    if len(text) > _LONGEST:
        raise FormatError(f"an expression has at most {_LONGEST} characters, this has {len(text)}")
    try:
        value = _value(ast.parse(text.strip(), mode="eval").body, parameters)
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(f"expression {text!r} cannot be read: {error}") from None
    if isinstance(value, float) and not math.isfinite(value):
        raise FormatError(f"expression {text!r} is {value}, no finite number")
    return value


def _value(node: ast.expr, parameters: dict[str, Parameter]) -> float | ParameterExpression:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.Name(id="pi"):
            return math.pi
        case ast.Name(id=name):
            return parameters.setdefault(name, Parameter(name))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, parameters)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, parameters)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
            return _OPERATIONS[type(op)](_value(left, parameters), _value(right, parameters))
        case _:
            raise FormatError(
                f"{ast.unparse(node)!r} is not allowed in an expression: "
                "only numbers, names, + - * / and parentheses are"
            )
