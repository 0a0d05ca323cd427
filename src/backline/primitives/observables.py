"""Observables as sums of Paulis, whatever letters they are given in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

Pauli: TypeAlias = tuple[int, int]
"""(qubits with X or Y, qubits with Z or Y), as bits; numbers of Python, for any width."""

_PROJECTORS = {  # each is half the identity and half, or minus half, a Pauli
    "0": ("Z", 0.5),
    "1": ("Z", -0.5),
    "+": ("X", 0.5),
    "-": ("X", -0.5),
    "r": ("Y", 0.5),
    "l": ("Y", -0.5),
}
_FLIPS = str.maketrans("IXYZ", "0110")
_PHASES = str.maketrans("IXYZ", "0011")


@dataclass(frozen=True, slots=True)
class Observable:
    """A sum of Paulis.

    Attributes:
        terms: Coefficient of each; the identity is the Pauli (0, 0).
    """

    terms: Mapping[Pauli, float]

    @property
    def qubits(self) -> set[int]:
        """Those that it looks at."""
        return {qubit for pauli in self.terms for qubit in support(pauli)}


def observable_of(labels: Mapping[str, float]) -> Observable:
    """An observable from labels, qubit 0 rightmost, in Qiskit's letters IXYZ01+-rl.

    >>> observable_of({"0I": 1.0}).terms
    {(0, 0): 0.5, (0, 2): 0.5}
    """
    terms: dict[Pauli, float] = {}
    for label, coefficient in labels.items():
        for paulis, factor in _in_paulis(label):
            pauli = int(paulis.translate(_FLIPS), 2), int(paulis.translate(_PHASES), 2)
            terms[pauli] = terms.get(pauli, 0.0) + float(coefficient) * factor
    return Observable(terms)


def support(pauli: Pauli) -> list[int]:
    """The qubits that a Pauli looks at, ascending."""
    mask = pauli[0] | pauli[1]
    return [qubit for qubit in range(mask.bit_length()) if mask >> qubit & 1]


def restricted(pauli: Pauli, qubits: Iterable[int]) -> Pauli:
    """A Pauli on some qubits, by place."""
    flips = phases = 0
    for place, qubit in enumerate(qubits):
        flips |= (pauli[0] >> qubit & 1) << place
        phases |= (pauli[1] >> qubit & 1) << place
    return flips, phases


def _in_paulis(label: str) -> Iterable[tuple[str, float]]:
    if not label:
        return [("I", 1.0)]
    if _PROJECTORS.keys().isdisjoint(label):
        return [(label, 1.0)]
    choices = [
        (("I", 0.5), _PROJECTORS[letter]) if letter in _PROJECTORS else ((letter, 1.0),)
        for letter in label
    ]
    found = []
    for chosen in product(*choices):
        factor = 1.0
        for _, share in chosen:
            factor *= share
        found.append(("".join(letter for letter, _ in chosen), factor))
    return found
