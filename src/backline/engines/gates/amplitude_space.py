"""Pure states as amplitudes: what exact simulation without noise is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backline.engines.compiling import compiled
from backline.engines.gates import exact_tables
from backline.engines.gates.channels import ReadoutNoise
from backline.engines.gates.program import Stretch, Unitary
from backline.engines.gates.spaces import States

_PLAIN = 6
"""Up to so many qubits numpy is quick enough to need no compiled loops, which cost a second."""
_WIDEST = 6
"""Wider gates are left to numpy."""


@dataclass(frozen=True, slots=True)
class AmplitudeSpace:
    """State vectors, 16 bytes times 2**n each; the probability of a branch is its squared norm.

    Qubit k is bit k of an index, as in Qiskit.

    Attributes:
        num_qubits: How many qubits.
    """

    num_qubits: int

    @property
    def merges(self) -> bool:
        """Pure states do not add up."""
        return False

    @property
    def bytes_each(self) -> int:
        """Memory of one state."""
        return int(16 * 2**self.num_qubits)

    def ground(self) -> States:
        """One row."""
        states = np.zeros((1, 2**self.num_qubits), dtype=np.complex128)
        states[0, 0] = 1.0
        return states

    def evolve(self, states: States, stretch: Stretch) -> States:
        """All states after some gates."""
        operations = stretch.operations
        gates = [item for item in operations if isinstance(item, Unitary)]
        if len(gates) != len(operations):
            raise ValueError("state vectors know no noise")
        kernels = None
        if self.num_qubits > _PLAIN and all(len(gate.qubits) <= _WIDEST for gate in gates):
            kernels = compiled("backline.engines.gates.exact_kernels")
        if kernels is None:
            for gate in gates:
                states = apply_matrix(states, gate.matrix, gate.qubits, self.num_qubits, base=2)
            return states
        flat = np.ascontiguousarray(states).reshape(-1)
        kernels.evolve_amplitudes(flat, self.num_qubits, *exact_tables.for_amplitudes(gates))
        return flat.reshape(states.shape)

    def measured(
        self, states: States, qubit: int, readout: ReadoutNoise | None
    ) -> list[tuple[int, States]]:
        """The sets of branches for each true outcome and what is written of it."""
        found = []
        wrong = (0.0, 0.0) if readout is None else (readout.p1_given_0, readout.p0_given_1)
        for true in (0, 1):
            projected = self._projected(states, qubit, true)
            for written in (true, 1 - true):
                share = wrong[true] if written != true else 1.0 - wrong[true]
                if share > 0.0:
                    found.append((written, projected * sqrt(share)))
        return found

    def reset(self, states: States, qubit: int) -> list[States]:
        """Two sets of branches: of qubits that were in the ground state and that were excited."""
        excited = self._projected(states, qubit, 1)
        flip = np.array([[0.0, 1.0], [1.0, 0.0]])
        lowered = apply_matrix(excited, flip, (qubit,), self.num_qubits, base=2)
        return [self._projected(states, qubit, 0), lowered]

    def weights(self, states: States) -> NDArray[np.float64]:
        """Squared norms."""
        return np.asarray((states.real**2 + states.imag**2).sum(axis=1))

    def marginals(self, states: States, qubits: Sequence[int]) -> NDArray[np.float64]:
        """Probabilities of reading qubits."""
        count = self.num_qubits
        probabilities = states.real**2 + states.imag**2
        if tuple(qubits) == tuple(range(count)):
            return probabilities
        split = probabilities.reshape(-1, *(2,) * count)
        others = tuple(count - qubit for qubit in range(count) if qubit not in qubits)
        # Axes that are summed over leave the others in descending order of their qubits.
        split = split.sum(axis=others)
        kept = sorted(qubits, reverse=True)
        order = [1 + kept.index(qubit) for qubit in reversed(qubits)]
        return np.ascontiguousarray(split.transpose(0, *order)).reshape(len(states), -1)

    def expectations(
        self, states: States, flips: NDArray[np.int64], phases: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """<ψ|P|ψ>, one pass over the amplitudes a Pauli."""
        places = np.arange(states.shape[1])
        found = np.empty(len(flips))
        for term, (flip, phase) in enumerate(zip(flips.tolist(), phases.tolist(), strict=True)):
            signs = 1.0 - 2.0 * (np.bitwise_count(places & phase) & 1)
            # P|k> = i^Y (-1)^(k & phase) |k ^ flip>
            overlap = (states[:, places ^ flip].conj() * states * signs).sum()
            found[term] = (1j ** (flip & phase).bit_count() * overlap).real
        return found

    def density_matrix(self, states: States) -> NDArray[np.complex128]:
        """The sum over branches."""
        return np.asarray(states.T @ states.conj())

    def _projected(self, states: States, qubit: int, outcome: int) -> States:
        kept = np.zeros_like(states)
        shape = (len(states), -1, 2, 1 << qubit)
        kept.reshape(shape)[:, :, outcome] = states.reshape(shape)[:, :, outcome]
        return kept


def apply_matrix(
    states: NDArray[Any],
    matrix: NDArray[Any],
    qubits: tuple[int, ...],
    num_qubits: int,
    *,
    base: int,
) -> NDArray[Any]:
    """A matrix on some digits of the indices of vectors.

    Args:
        states: Array (vectors, base**num_qubits).
        matrix: Array (base**k, base**k); `qubits[0]` is the lowest digit of its indices.
        qubits: k digits, 0 the lowest.
        num_qubits: How many digits there are.
        base: Of the digits.

    Returns:
        A new array of the same shape.
    """
    if len(qubits) == 1:
        split = states.reshape(-1, base, base ** qubits[0])
        return np.asarray((matrix @ split).reshape(states.shape))
    count = len(qubits)
    axes = [num_qubits - qubit for qubit in reversed(qubits)]
    tensor = matrix.reshape((base,) * (2 * count))
    split = states.reshape(-1, *(base,) * num_qubits)
    turned = np.tensordot(tensor, split, axes=(range(count, 2 * count), axes))
    return np.ascontiguousarray(np.moveaxis(turned, range(count), axes)).reshape(states.shape)
