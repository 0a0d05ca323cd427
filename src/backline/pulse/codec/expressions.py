"""Numbers and parameter expressions as JSON values.

Numbers are numbers, complex ones {"$complex": [re, im]}. An expression is a string, in which p0,
p1, … are parameters of the program's table: "2*p0 + sin(p1)". The grammar is that of Python, with
+ - * / ** and the functions in `_FUNCTIONS`; i ends an imaginary number.
"""

from __future__ import annotations

import ast
import operator
import re
import warnings
from collections.abc import Callable
from typing import Any
from uuid import UUID

from qiskit.circuit import Parameter, ParameterExpression, ParameterVector, ParameterVectorElement

from backline.errors import PulseError
from backline.pulse.codec import json_values
from backline.pulse.values import Value

_LONGEST = 100_000  # characters of an expression
_EXACT = 2**53  # ints up to here are floats, too; large floats are written with all their digits
_FUNCTIONS = {
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "exp": "exp",
    "log": "log",
    "abs": "abs",
    "sign": "sign",
    "conj": "conjugate",
}
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_IMAGINARY = re.compile(r"(?<=[0-9.])i\b")


class Writer:
    """Encodes values and collects their parameters.

    Attributes:
        table: The parameters met so far, encoded.
    """

    def __init__(self) -> None:
        self.table: list[dict[str, Any]] = []
        self._names: dict[Any, Any] = {}

    def value(self, value: Value) -> Any:
        """A number or expression as a JSON value.

        Raises:
            PulseError: If the expression uses what the grammar lacks.
        """
        if not isinstance(value, ParameterExpression):
            return json_values.encode(value, "a value")
        parameters = sorted(value.parameters, key=lambda p: (p.name, p.uuid.int))
        stand_ins = {parameter: self._stand_in(parameter) for parameter in parameters}
        if isinstance(value, Parameter):
            return str(stand_ins[value])
        text = str(value.subs(stand_ins))
        known = {str(name): parameter for parameter, name in stand_ins.items()}
        if evaluate(text, known) != value:
            raise PulseError(f"the expression {value} cannot be stored")
        return text

    def _stand_in(self, parameter: Any) -> Any:
        if parameter not in self._names:
            self._names[parameter] = Parameter(f"p{len(self.table)}")
            self.table.append(_encode_parameter(parameter))
        return self._names[parameter]


class Reader:
    """Decodes values with the parameters of a table."""

    def __init__(self, table: list[dict[str, Any]]) -> None:
        vectors: dict[Any, Any] = {}
        self._known = {f"p{i}": _decode_parameter(row, vectors) for i, row in enumerate(table)}

    def value(self, value: Any) -> Value:
        """The number or expression that was encoded."""
        if isinstance(value, str):
            return self._known[value] if value in self._known else evaluate(value, self._known)
        return json_values.decode(value) if isinstance(value, dict) else value


def evaluate(text: str, known: dict[str, Any]) -> Value:
    """The expression that a text stands for.

    Args:
        text: In the grammar above.
        known: The parameters by name.

    Raises:
        PulseError: If the text is not in the grammar.
    """
    if len(text) > _LONGEST:
        raise PulseError(f"an expression of {len(text)} characters is too long: {text[:50]}…")
    try:
        return _node(ast.parse(_IMAGINARY.sub("j", text), mode="eval").body, known)
    except (
        SyntaxError,
        KeyError,
        TypeError,
        ArithmeticError,
        RecursionError,
        MemoryError,  # of the parser, for deep brackets
    ) as error:
        raise PulseError(f"{text!r:.200} is no expression of {', '.join(known)}: {error}") from None


def _node(node: ast.expr, known: dict[str, Any]) -> Any:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float, complex):
        number: Any = node.value
        return number if type(number) is not int or number <= _EXACT else float(number)
    if isinstance(node, ast.Name):
        return known[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        operand = _node(node.operand, known)
        return -operand if isinstance(node.op, ast.USub) else operand
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = _node(node.left, known), _node(node.right, known)
        if type(left) is int and type(right) is int:
            left = float(left)  # a tower of powers of ints would never end
        return _OPERATORS[type(node.op)](left, right)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and len(node.args) == 1
        and not node.keywords
    ):
        argument: Any = _node(node.args[0], known)
        if isinstance(argument, ParameterExpression):
            return getattr(argument, _FUNCTIONS[node.func.id])()
    raise TypeError(f"{ast.unparse(node)[:50]!r} is not allowed")


def _encode_parameter(parameter: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"name": parameter.name, "uuid": str(parameter.uuid)}
    if isinstance(parameter, ParameterVectorElement):
        vector = parameter.vector
        row |= {"vector": vector.name, "length": len(vector), "index": parameter.index}
    return row


def _decode_parameter(row: dict[str, Any], vectors: dict[Any, Any]) -> Any:
    uuid = UUID(row["uuid"])
    if "vector" not in row:
        return Parameter(row["name"], uuid=uuid)
    name, length, index = row["vector"], row["length"], row["index"]
    key = (name, length, uuid.int - index)
    if key not in vectors:
        vectors[key] = _vector(name, length, UUID(int=key[2]))
    element = vectors[key][index]
    if element.uuid != uuid:  # Qiskit before 2.6: a vector cannot be told its uuid, an element can
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            element = ParameterVectorElement(vectors[key], index, uuid=uuid)
    return element


def _vector(name: str, length: int, uuid: UUID) -> Any:
    try:
        return ParameterVector(name, length, uuid)
    except TypeError:
        return ParameterVector(name, length)
