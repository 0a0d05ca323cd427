"""Gates and noise as real matrices on Pauli vectors.

A Pauli vector of n qubits holds Tr(P ρ) of all 4^n strings of Paulis P. Its index has two bits a
qubit, qubit 0 the lowest: 0 for I, 1 for X, 2 for Z and 3 for Y, so that the lower bit says
"flips" and the higher one "turns the phase". It is half the numbers of a density matrix, and all
of them real; relaxation and depolarizing are nearly diagonal (the Pauli transfer matrix, Greenbaum,
arXiv:1509.02921).
"""

from __future__ import annotations

from functools import cache, lru_cache, reduce

import numpy as np
from numpy.typing import NDArray

from backline.engines.gates.channels import GateNoise, Relaxation
from backline.engines.gates.program import Complex

Real = NDArray[np.float64]

_NEGLIGIBLE = 1e-15
_SINGLE = np.array(
    [[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[1, 0], [0, -1]], [[0, -1j], [1j, 0]]],
    dtype=np.complex128,
)


@cache
def strings(count: int) -> Complex:
    """All Paulis of some qubits, array (4**count, 2**count, 2**count)."""
    side = 2**count
    letters = range(4**count)
    made = [
        reduce(np.kron, [_SINGLE[(n >> (2 * q)) & 3] for q in reversed(range(count))])
        for n in letters
    ]
    return np.array(made).reshape(4**count, side, side)


@lru_cache(maxsize=4096)
def of_gate(data: bytes, count: int) -> Real:
    """The map of a gate.

    Args:
        data: Of its matrix (2**count, 2**count), complex128 row by row.
        count: How many qubits.

    Returns:
        Array (4**count, 4**count), read-only; `qubits[0]` is the lowest digit of an index.
    """
    side = 2**count
    matrix = np.frombuffer(data, dtype=np.complex128).reshape(side, side)
    paulis = strings(count)
    turned = (matrix @ paulis @ matrix.conj().T).reshape(4**count, side**2)
    found = (paulis.reshape(4**count, side**2).conj() @ turned.T).real / side
    found[abs(found) < _NEGLIGIBLE] = 0.0
    found.setflags(write=False)
    return found


@lru_cache(maxsize=1024)
def sparse(data: bytes, count: int) -> tuple[list[int], list[float]]:
    """The map of a gate by its entries that are not 0.

    Args:
        data: As of `of_gate`.
        count: How many qubits.

    Returns:
        Where each row begins and ends, then the columns; and the values.
    """
    return entries(of_gate(data, count))


def entries(matrix: NDArray[np.generic]) -> tuple[list[int], list[float]]:
    """A matrix by its entries that are not 0, as `sparse` gives them."""
    rows, columns = np.nonzero(matrix)
    begins = np.searchsorted(rows, np.arange(len(matrix) + 1))
    return [*begins.tolist(), *columns.tolist()], matrix[rows, columns].tolist()


def factors(relaxation: Relaxation | None, depolarizing: float) -> tuple[float, float, float]:
    """Depolarizing of one qubit, then relaxation.

    Returns:
        The factors of X and Y, of Z, and what the identity adds to Z.
    """
    kept = 1.0 - depolarizing
    if relaxation is None:
        return kept, kept, 0.0
    return kept * relaxation.coherence, kept * (1.0 - relaxation.decay), relaxation.decay


@lru_cache(maxsize=4096)
def of_noise(channel: GateNoise) -> Real:
    """The map of noise, array (4**qubits, 4**qubits), read-only."""
    found = np.ones((1, 1))
    for one in channel.relaxations:
        found = np.asarray(np.kron(_of_relaxation(*factors(one, 0.0)), found), dtype=np.float64)
    found[:, 1:] *= 1.0 - channel.depolarizing
    found.setflags(write=False)
    return found


def of_measurement(written: int, p1_given_0: float, p0_given_1: float) -> Real:
    """The map, not normalized, of a measurement that writes 0 or 1; array (4, 4)."""
    zero, one = (p1_given_0, 1.0 - p0_given_1) if written else (1.0 - p1_given_0, p0_given_1)
    found = np.zeros((4, 4))
    found[0, 0] = found[2, 2] = (zero + one) / 2.0
    found[0, 2] = found[2, 0] = (zero - one) / 2.0
    return found


RESET: Real = np.array([[1, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]], dtype=np.float64)
"""Both populations go to the ground state."""


def _of_relaxation(flat: float, upright: float, pull: float) -> Real:
    found = np.diag([1.0, flat, upright, flat])
    found[2, 0] = pull
    return found
