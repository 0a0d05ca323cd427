r"""The Hamiltonian of an IBM snapshot: strings such as ``_SUM[i,0,4,wq{i}/2*(I{i}-Z{i})]``.

The grammar, as found in the snapshots themselves::

    term    = "_SUM[" name "," first "," last "," product "]"  |  product [ "||" channel ]
    sum     = product { ("+" | "-") product }
    product = ["-"] factor { ("*" | "/") factor }
    factor  = number | variable | operator | "(" sum ")"

Operators are I, X, Z, O (the number operator), Sp, Sm and a site's number; channels are D and U
and a number; variables are angular frequencies in rad/ns. The term is multiplied out into
monomials, and each monomial is recognized for what it is: a frequency, an anharmonicity, an
exchange coupling, a drive. What is none of these is left out, with a note.

As the snapshots say themselves, "missing values have been replaced with 0": a zero is not known.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from backline.formats.notes import Notes

_HZ = 1e9 / (2 * math.pi)  # of 1 rad/ns
_SUM = re.compile(r"_SUM\[\s*(\w+)\s*,\s*(\d+)\s*,\s*(\d+)\s*,(.*)\]")
_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(\|\||[-+*/()]))")
_OPERATOR = re.compile(r"(I|X|Z|O|Sp|Sm)(\d+)")
_CHANNEL = re.compile(r"([DU])(\d+)")
_MOST_SITES = 10_000


class _TermError(Exception):
    """A term that is not of this grammar; says why."""


class _Monomial(NamedTuple):
    """A number times operators, each named with its site."""

    factor: float
    operators: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class Hamiltonian:
    """What an IBM Hamiltonian says, in Hz.

    Attributes:
        frequencies: Qubit to its transition 0-1.
        anharmonicities: Qubit to f_12 - f_01.
        couplings: (smaller qubit, larger qubit) to J.
        drives: Drive channel to (qubit, Rabi frequency at amplitude 1; 0 where not known).
        controls: Control channel to (qubit, Rabi frequency at amplitude 1; 0 where not known).
    """

    frequencies: dict[int, float] = field(default_factory=dict)
    anharmonicities: dict[int, float] = field(default_factory=dict)
    couplings: dict[tuple[int, int], float] = field(default_factory=dict)
    drives: dict[int, tuple[int, float]] = field(default_factory=dict)
    controls: dict[int, tuple[int, float]] = field(default_factory=dict)


def read_hamiltonian(
    terms: Sequence[str], variables: Mapping[str, object], notes: Notes
) -> Hamiltonian:
    """Read the terms of a snapshot's Hamiltonian.

    Args:
        terms: Its `h_str`.
        variables: Its `vars`, in rad/ns.
        notes: Takes what was left out.
    """
    values = {
        name: float(value)
        for name, value in variables.items()
        if isinstance(value, int | float) and math.isfinite(value)
    }
    found = Hamiltonian()
    squares: dict[int, float] = {}
    for written in terms:
        try:
            for text in _written_out(written):
                product, _, channel = text.partition("||")
                for monomial in _parse(product, values):
                    if not _recognize(monomial, channel.strip(), found, squares):
                        raise _TermError("it is no frequency, anharmonicity, exchange or drive")
        except _TermError as refused:
            notes.add(f"Hamiltonian term {written!r} is left out: {refused}")
    for qubit, square in squares.items():
        # a n² + b n = (a + b) n + a n (n - 1), and α/2 = a; b is already in the frequency.
        if square:
            found.frequencies[qubit] = found.frequencies.get(qubit, 0.0) + square
            found.anharmonicities[qubit] = 2 * square
    unknown = [pair for pair, strength in found.couplings.items() if not strength]
    for pair in unknown:
        del found.couplings[pair]
    if unknown:
        pairs = ", ".join(f"({a}, {b})" for a, b in sorted(unknown)[:4])
        more = ", …" if len(unknown) > 4 else ""
        notes.add(f"the couplings of {len(unknown)} pairs are not known (0 in file): {pairs}{more}")
    return found


def _written_out(text: str) -> Iterator[str]:
    if not text.startswith("_SUM"):
        yield text
        return
    match = _SUM.fullmatch(text)
    if match is None:
        raise _TermError("a sum is written _SUM[i,first,last,term]")
    name, first, last, body = match[1], int(match[2]), int(match[3]), match[4]
    if last - first >= _MOST_SITES:
        raise _TermError(f"a sum has at most {_MOST_SITES} terms")
    for site in range(first, last + 1):
        yield body.replace("{" + name + "}", str(site))


def _recognize(
    monomial: _Monomial, channel: str, found: Hamiltonian, squares: dict[int, float]
) -> bool:
    """Put one monomial where it belongs; False where it belongs nowhere."""
    value = monomial.factor * _HZ
    names = tuple(name for name, _ in monomial.operators)
    sites = tuple(site for _, site in monomial.operators)
    if channel:
        match = _CHANNEL.fullmatch(channel)
        if match is None or names != ("X",):
            return False
        lines = found.drives if match[1] == "D" else found.controls
        lines[int(match[2])] = (sites[0], abs(value))
        return True
    match names:
        case ("I",):
            return True  # a constant
        case ("Z",):
            # (I - Z)/2 is the number operator of two levels.
            found.frequencies[sites[0]] = found.frequencies.get(sites[0], 0.0) - 2 * value
        case ("O",):
            found.frequencies[sites[0]] = found.frequencies.get(sites[0], 0.0) + value
        case ("O", "O") if sites[0] == sites[1]:
            squares[sites[0]] = squares.get(sites[0], 0.0) + value
        case ("Sp", "Sm") | ("Sm", "Sp") if sites[0] != sites[1]:
            # The two halves of J (a† b + a b†) carry the same J.
            found.couplings[min(sites), max(sites)] = value
        case _:
            return False
    return True


def _parse(text: str, variables: Mapping[str, float]) -> list[_Monomial]:
    parser = _Parser(text, variables)
    monomials = parser.sum()
    if parser.position < len(parser.tokens):
        raise _TermError(f"{parser.tokens[parser.position]!r} is not expected there")
    return monomials


class _Parser:
    """Recursive descent over the tokens of one sum, multiplied out as it goes."""

    def __init__(self, text: str, variables: Mapping[str, float]) -> None:
        self.tokens = _tokens(text)
        self.variables = variables
        self.position = 0
        self.depth = 0

    def _peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self.position += 1
        return token

    def sum(self) -> list[_Monomial]:
        total = self.product()
        while self._peek() in ("+", "-"):
            sign = 1.0 if self._take() == "+" else -1.0
            total += [_Monomial(sign * factor, ops) for factor, ops in self.product()]
        return total

    def product(self) -> list[_Monomial]:
        sign = 1.0
        while self._peek() == "-":
            self._take()
            sign = -sign
        total = [_Monomial(sign * factor, ops) for factor, ops in self.factor()]
        while self._peek() in ("*", "/"):
            operation = self._take()
            other = self.factor()
            if operation == "/":
                if len(other) != 1 or other[0].operators or not other[0].factor:
                    raise _TermError("only numbers other than 0 divide")
                other = [_Monomial(1 / other[0].factor)]
            total = [
                _Monomial(one.factor * two.factor, one.operators + two.operators)
                for one in total
                for two in other
            ]
        return total

    def factor(self) -> list[_Monomial]:
        token = self._take()
        if token == "(":
            self.depth += 1
            if self.depth > 20:
                raise _TermError("its parentheses are too deep")
            inside = self.sum()
            if self._take() != ")":
                raise _TermError("a parenthesis is not closed")
            self.depth -= 1
            return inside
        if token[:1].isdigit():
            return [_Monomial(float(token))]
        if token in self.variables:
            return [_Monomial(self.variables[token])]
        operator = _OPERATOR.fullmatch(token)
        if operator is None:
            raise _TermError(f"{token!r} is no variable of it" if token else "it ends too early")
        return [_Monomial(1.0, ((operator[1], int(operator[2])),))]


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    text = text.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _TermError(f"{text[position]!r} is not expected there")
        tokens.append(match[0].strip())
        position = match.end()
    return tokens
