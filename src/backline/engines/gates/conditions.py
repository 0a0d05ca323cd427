"""Conditions of control flow as frozen values, which know classical bits and nothing of Qiskit."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from qiskit.circuit import ClassicalRegister, Clbit
from qiskit.circuit.classical import expr, types

Places: TypeAlias = Mapping[Clbit, int]
"""For each clbit its slot."""


class UnreadableError(Exception):
    """Something that a `Program` has no words for; Aer may know it."""


class Expression(Protocol):
    """A number that follows from classical bits; true is 1."""

    @property
    def slots(self) -> tuple[int, ...]:
        """The slots that are read, in any order."""
        ...

    def value(self, bits: Sequence[int]) -> int:
        """The number, for these bits of all slots."""
        ...

    def moved(self, slots: Mapping[int, int]) -> Expression:
        """The same of slots with other numbers."""
        ...


@dataclass(frozen=True, slots=True)
class Bits:
    """Bits read as a number.

    Attributes:
        slots: The least significant first.
    """

    slots: tuple[int, ...]

    def value(self, bits: Sequence[int]) -> int:
        """The number."""
        return sum(int(bits[slot]) << place for place, slot in enumerate(self.slots))

    def moved(self, slots: Mapping[int, int]) -> Bits:
        """The same of slots with other numbers."""
        return Bits(tuple(slots[slot] for slot in self.slots))


@dataclass(frozen=True, slots=True)
class Number:
    """A constant.

    Attributes:
        number: Its value.
    """

    number: int

    @property
    def slots(self) -> tuple[int, ...]:
        """None."""
        return ()

    def value(self, bits: Sequence[int]) -> int:
        """The constant."""
        return self.number

    def moved(self, slots: Mapping[int, int]) -> Number:
        """Itself."""
        return self


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation on numbers.

    Attributes:
        name: One of `_OPERATIONS`.
        operands: What it is applied to.
        mask: Largest value of the result's type; what is beyond is cut off.
    """

    name: str
    operands: tuple[Expression, ...]
    mask: int

    @property
    def slots(self) -> tuple[int, ...]:
        """The slots that are read."""
        return tuple(slot for operand in self.operands for slot in operand.slots)

    def value(self, bits: Sequence[int]) -> int:
        """The result."""
        values = [operand.value(bits) for operand in self.operands]
        return int(_OPERATIONS[self.name](*values)) & self.mask

    def moved(self, slots: Mapping[int, int]) -> Operation:
        """The same of slots with other numbers."""
        moved = tuple(operand.moved(slots) for operand in self.operands)
        return Operation(self.name, moved, self.mask)


@dataclass(frozen=True, slots=True)
class Among:
    """Whether an expression has one of some values.

    Attributes:
        expression: Which.
        values: Those that fulfil the condition.
    """

    expression: Expression
    values: tuple[int, ...]

    @property
    def slots(self) -> tuple[int, ...]:
        """The slots that are read, ascending."""
        return tuple(sorted(set(self.expression.slots)))

    def __call__(self, bits: Sequence[int]) -> bool:
        """Whether these bits of all slots fulfil it."""
        return self.expression.value(bits) in self.values

    def moved(self, slots: Mapping[int, int]) -> Among:
        """The same of slots with other numbers."""
        return Among(self.expression.moved(slots), self.values)


def condition_of(condition: object, places: Places) -> Among:
    """What a branch or a `while` loop of Qiskit asks for.

    Args:
        condition: (clbit, value), (register, value) or an expression.
        places: Of clbits.

    Raises:
        UnreadableError: If it is an expression that is not made of bits and whole numbers.
    """
    if isinstance(condition, tuple):
        return Among(expression_of(condition[0], places), (int(condition[1]),))
    return Among(expression_of(condition, places), (1,))


def expression_of(target: object, places: Places) -> Expression:
    """What a `switch` of Qiskit looks at: a clbit, a register or an expression.

    Raises:
        UnreadableError: As of `condition_of`.
    """
    if isinstance(target, Clbit):
        return Bits((places[target],))
    if isinstance(target, ClassicalRegister):
        return Bits(tuple(places[bit] for bit in target))
    if isinstance(target, expr.Var):
        return expression_of(target.var, places)
    mask = _mask(target)
    if isinstance(target, expr.Value):
        return Number(int(target.value))
    if isinstance(target, expr.Cast):
        name = "truth" if mask == 1 and isinstance(target.type, types.Bool) else "cast"
        return Operation(name, (expression_of(target.operand, places),), mask)
    if isinstance(target, expr.Index):
        both = expression_of(target.target, places), expression_of(target.index, places)
        return Operation("INDEX", both, mask)
    if isinstance(target, expr.Unary) and target.op.name in _OPERATIONS:
        return Operation(target.op.name, (expression_of(target.operand, places),), mask)
    if isinstance(target, expr.Binary) and target.op.name in _OPERATIONS:
        both = expression_of(target.left, places), expression_of(target.right, places)
        return Operation(target.op.name, both, mask)
    raise UnreadableError(f"the expression {target!r}")


def _mask(target: object) -> int:
    kind = getattr(target, "type", None)
    if isinstance(kind, types.Bool):
        return 1
    if isinstance(kind, types.Uint):
        return (1 << int(kind.width)) - 1
    raise UnreadableError(f"an expression of type {kind!r}")


# Names as in Qiskit's `expr.Unary.Op` and `expr.Binary.Op`.
_OPERATIONS: dict[str, Callable[..., int]] = {
    "cast": operator.pos,
    "truth": bool,
    "INDEX": lambda number, place: number >> place & 1,
    "BIT_NOT": operator.invert,
    "LOGIC_NOT": operator.not_,
    "BIT_AND": operator.and_,
    "BIT_OR": operator.or_,
    "BIT_XOR": operator.xor,
    "LOGIC_AND": lambda left, right: left and right,
    "LOGIC_OR": lambda left, right: left or right,
    "EQUAL": operator.eq,
    "NOT_EQUAL": operator.ne,
    "LESS": operator.lt,
    "LESS_EQUAL": operator.le,
    "GREATER": operator.gt,
    "GREATER_EQUAL": operator.ge,
    "SHIFT_LEFT": operator.lshift,
    "SHIFT_RIGHT": operator.rshift,
    "ADD": operator.add,
    "SUB": operator.sub,
    "MUL": operator.mul,
}
