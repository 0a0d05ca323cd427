"""Which matrices are Clifford gates, up to a global phase, and what Stim calls them."""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import numpy as np
import stim

from backline.engines.gates.matrices import from_bytes
from backline.engines.gates.program import Complex

_CLOSE = 1e-9
_WIDEST = 2
_PAULIS = np.array(
    [np.eye(2), [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=np.complex128
)


def clifford_text(matrix: Complex) -> tuple[str, ...] | None:
    """A gate as lines of Stim, with "{0}" and "{1}" for its qubits; None if it is no Clifford gate.

    Recognised are gates of one and two qubits whose matrix maps Paulis to Paulis within 1e-9:
    also those with parameters, at the angles where they do.
    """
    if matrix.shape[0] > 2**_WIDEST:
        return None
    return _text(matrix.tobytes())


def pauli_name(matrix: Complex) -> str | None:
    """The letter of a Pauli (or I) that a gate is, up to a global phase; None if it is none."""
    if matrix.shape[0] != 2:
        return None
    sign = _pauli_index(matrix)
    return None if sign is None else "IXYZ"[sign]


def _pauli_index(matrix: Complex) -> int | None:
    for index, pauli in enumerate(_PAULIS):
        if abs(abs(np.trace(pauli @ matrix)) - 2.0) < _CLOSE:
            return index
    return None


@lru_cache(maxsize=4096)
def _text(data: bytes) -> tuple[str, ...] | None:
    tableau = _tableau(from_bytes(data))
    if tableau is None:
        return None
    named = _names().get(str(tableau))
    if named is not None:
        return named
    lines = str(tableau.to_circuit(method="elimination")).splitlines()
    return tuple(_with_slots(line) for line in lines)


def _with_slots(line: str) -> str:
    name, *targets = line.split()
    return " ".join([name, *(f"{{{target}}}" for target in targets)])


def _tableau(matrix: Complex) -> stim.Tableau | None:
    """What the gate makes of X and Z of each qubit; None if that is no Pauli string."""
    qubits = matrix.shape[0].bit_length() - 1
    images = []
    for pauli in (1, 3):
        for qubit in range(qubits):
            letters = [0] * qubits
            letters[qubit] = pauli
            image = _pauli_string(matrix @ _string(tuple(letters)) @ matrix.conj().T)
            if image is None:
                return None
            images.append(image)
    return stim.Tableau.from_conjugated_generators(xs=images[:qubits], zs=images[qubits:])


def _pauli_string(operator: Complex) -> stim.PauliString | None:
    size = operator.shape[0]
    for letters in product(range(4), repeat=size.bit_length() - 1):
        string = _string(letters)
        sign = np.vdot(string, operator).real / size
        if abs(abs(sign) - 1.0) < 0.1:
            sign = round(sign)
            if np.abs(operator - sign * string).max() > _CLOSE:
                return None
            text = "".join("IXYZ"[letter] for letter in letters)
            return stim.PauliString(("-" if sign < 0 else "+") + text)
    return None


def _string(letters: tuple[int, ...]) -> Complex:
    """A Pauli string as a matrix, the first letter on the least significant qubit."""
    matrix = np.ones((1, 1), dtype=np.complex128)
    for letter in letters:
        matrix = np.kron(_PAULIS[letter], matrix)
    return matrix


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[str, ...]]:
    """Stim's own gates, by their tableaus; those on two qubits also the other way round."""
    found: dict[str, tuple[str, ...]] = {}
    for name, facts in stim.gate_data().items():
        if not facts.is_unitary or facts.takes_pauli_targets:
            continue
        orders = (("{0}",),) if facts.is_single_qubit_gate else (("{0}", "{1}"), ("{1}", "{0}"))
        for order in orders:
            line = " ".join([name, *order])
            circuit = stim.Circuit(line.format(0, 1))
            found.setdefault(str(circuit.to_tableau()), () if name == "I" else (line,))
    return found
