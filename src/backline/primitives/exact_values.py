"""Expectation values without statistics: from the state in which a circuit ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod

from backline.engines.gates.ending import Ending, Piece
from backline.errors import CapabilityError
from backline.primitives.observables import Observable, Pauli, restricted, support


def exact_values(end: Ending, observables: Sequence[Observable]) -> list[float]:
    """Expectation values at the end of a circuit.

    All Paulis are read off one state of what leads to their qubits; where that is too large, of
    what leads to each of them (its light cone).

    Args:
        end: The circuit.
        observables: On its qubits.

    Raises:
        CapabilityError: If a state is too large.
    """
    paulis = list(dict.fromkeys(pauli for item in observables for pauli in item.terms))
    values = _values(end, paulis)
    return [
        sum(coefficient * values[pauli] for pauli, coefficient in item.terms.items())
        for item in observables
    ]


def _values(end: Ending, paulis: Sequence[Pauli]) -> Mapping[Pauli, float]:
    qubits = {qubit for pauli in paulis for qubit in support(pauli)}
    pieces = end.pieces(qubits)
    if _fits(pieces):
        return _from_pieces(pieces, paulis)
    found: dict[Pauli, float] = {}
    for pauli in paulis:
        cone = end.pieces(support(pauli))
        for piece in cone:
            _check(piece, pauli, end.circuit.name)
        found |= _from_pieces(cone, [pauli])
    return found


def _fits(pieces: Sequence[Piece]) -> bool:
    return all(piece.is_feasible for piece in pieces)


def _from_pieces(pieces: Iterable[Piece], paulis: Sequence[Pauli]) -> dict[Pauli, float]:
    """Pieces have nothing to do with each other: expectation values are products over them."""
    factors: list[Mapping[Pauli, float]] = []
    own: list[list[Pauli]] = []
    for piece in pieces:
        parts = [restricted(pauli, piece.qubits) for pauli in paulis]
        distinct = list(dict.fromkeys(parts))
        factors.append(dict(zip(distinct, piece.expectations(distinct), strict=True)))
        own.append(parts)
    return {
        pauli: prod(values[parts[k]] for values, parts in zip(factors, own, strict=True))
        for k, pauli in enumerate(paulis)
    }


def _check(piece: Piece, pauli: Pauli, name: str) -> None:
    if not piece.is_feasible:
        raise CapabilityError(
            f"precision=0 is exact, and too much for circuit {name!r}: the expectation value on "
            f"qubits {tuple(support(pauli))} depends on {len(piece.qubits)} connected qubits. "
            "Ask for a precision above 0, which takes shots"
        )
