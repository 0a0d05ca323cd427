"""Mixed states as Pauli vectors: what exact simulation with noise is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from backline.engines.compiling import compiled
from backline.engines.gates import exact_tables, pauli_maps
from backline.engines.gates.amplitude_space import apply_matrix
from backline.engines.gates.branching import widest_of
from backline.engines.gates.channels import GateNoise, ReadoutNoise
from backline.engines.gates.program import Noise, Stretch, Unitary
from backline.engines.gates.spaces import States

_PLAIN = 3
"""Up to so many qubits numpy is quick enough to need no compiled loops, which cost a second."""
_WIDEST = 3
"""Wider gates have maps that are larger than density matrices."""

_FEW = 6
"""Up to so many outcomes, a matrix is the quickest way to their probabilities."""

_TO_MATRIX = np.array(  # rows |0><0|, |0><1|, |1><0|, |1><1| from I, X, Z, Y
    [[0.5, 0, 0.5, 0], [0, 0.5, 0, -0.5j], [0, 0.5, 0, 0.5j], [0.5, 0, -0.5, 0]]
)
_FROM_MATRIX = np.linalg.inv(_TO_MATRIX)


@dataclass(frozen=True, slots=True)
class PauliSpace:
    """Pauli vectors, 8 bytes times 4**n each; the probability of a branch is its first entry.

    Attributes:
        num_qubits: How many qubits.
    """

    num_qubits: int

    @property
    def merges(self) -> bool:
        """Mixed states add up."""
        return True

    @property
    def bytes_each(self) -> int:
        """Memory of one state."""
        return int(8 * 4**self.num_qubits)

    def ground(self) -> States:
        """One row: I and Z of every qubit are 1."""
        states = np.zeros((1,) + (2, 2) * self.num_qubits)
        states[(0,) + (slice(None), 0) * self.num_qubits] = 1.0
        return states.reshape(1, -1)

    def evolve(self, states: States, stretch: Stretch) -> States:
        """All states after gates and noise."""
        kernels = None
        if self.num_qubits > _PLAIN:
            kernels = compiled("backline.engines.gates.exact_kernels")
        for wide, some in _by_width(stretch):
            if wide:
                for item in some.operations:
                    states = self._wide(states, item)
            elif kernels is None:
                states = self._plain(states, some.operations)
            else:
                flat = np.ascontiguousarray(states).reshape(-1)
                kernels.evolve_paulis(flat, self.num_qubits, *exact_tables.for_paulis(some))
                states = flat.reshape(states.shape)
        return states

    def measured(
        self, states: States, qubit: int, readout: ReadoutNoise | None
    ) -> list[tuple[int, States]]:
        """The two sets of branches that write 0 and 1."""
        wrong = (0.0, 0.0) if readout is None else (readout.p1_given_0, readout.p0_given_1)
        return [
            (bit, self._mapped(states, pauli_maps.of_measurement(bit, *wrong), (qubit,)))
            for bit in (0, 1)
        ]

    def reset(self, states: States, qubit: int) -> list[States]:
        """One set of branches."""
        return [self._mapped(states, pauli_maps.RESET, (qubit,))]

    def weights(self, states: States) -> NDArray[np.float64]:
        """Probability of each branch."""
        return np.asarray(states[:, 0])

    def marginals(self, states: States, qubits: Sequence[int]) -> NDArray[np.float64]:
        """Probabilities of reading qubits, from the strings of I and Z on them."""
        indices, signs = _strings_of_z(tuple(qubits))
        found = states[:, indices]
        if signs is not None:
            return np.asarray(found @ signs)
        for place in range(len(qubits)):
            pairs = found.reshape(len(states), -1, 2, 1 << place)
            found = np.stack([pairs[:, :, 0] + pairs[:, :, 1], pairs[:, :, 0] - pairs[:, :, 1]], 2)
        return np.asarray(found.reshape(len(states), -1) / 2 ** len(qubits))

    def expectations(
        self, states: States, flips: NDArray[np.int64], phases: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Entries of the vector."""
        total = states[0] if len(states) == 1 else states.sum(axis=0)
        indices = np.zeros(len(flips), dtype=np.int64)
        for qubit in range(self.num_qubits):
            indices |= ((flips >> qubit) & 1) << (2 * qubit)
            indices |= ((phases >> qubit) & 1) << (2 * qubit + 1)
        return np.asarray(total[indices])

    def density_matrix(self, states: States) -> NDArray[np.complex128]:
        """The sum over branches."""
        return self._to_matrix(states.sum(axis=0))

    def _plain(self, states: States, operations: Iterable[Unitary | Noise]) -> States:
        for item in operations:
            if isinstance(item, Unitary):
                matrix = pauli_maps.of_gate(item.matrix.tobytes(), len(item.qubits))
            else:
                matrix = pauli_maps.of_noise(item.channel)
            states = self._mapped(states, matrix, item.qubits)
        return states

    def _mapped(
        self, states: States, matrix: NDArray[np.float64], qubits: tuple[int, ...]
    ) -> States:
        return apply_matrix(states, matrix, qubits, self.num_qubits, base=4)

    def _wide(self, states: States, item: Unitary | Noise) -> States:
        """A map of many qubits: a gate by way of density matrices, noise part by part."""
        if isinstance(item, Unitary):
            return np.array([self._turned(state, item) for state in states])
        axes = (4,) * self.num_qubits
        untouched: list[slice | int] = [slice(None)] * (self.num_qubits + 1)
        for qubit in item.qubits:
            untouched[self.num_qubits - qubit] = 0
        after = states * (1.0 - item.channel.depolarizing)
        after.reshape(-1, *axes)[tuple(untouched)] = states.reshape(-1, *axes)[tuple(untouched)]
        for qubit, relaxation in zip(item.qubits, item.channel.relaxations, strict=True):
            if relaxation is not None:
                alone = pauli_maps.of_noise(GateNoise(0.0, (relaxation,)))
                after = self._mapped(after, alone, (qubit,))
        return after

    def _turned(self, state: NDArray[np.float64], gate: Unitary) -> NDArray[np.float64]:
        rho = self._to_matrix(state)
        options = (gate.matrix, gate.qubits, self.num_qubits)
        left = apply_matrix(rho.T, *options, base=2).T  # U on the columns
        return self._from_matrix(apply_matrix(left.conj(), *options, base=2).conj())

    def _to_matrix(self, state: NDArray[np.float64]) -> NDArray[np.complex128]:
        each = state.reshape(1, -1).astype(np.complex128)
        for qubit in range(self.num_qubits):
            each = apply_matrix(each, _TO_MATRIX, (qubit,), self.num_qubits, base=4)
        split = each.reshape((2,) * (2 * self.num_qubits))
        rows = range(0, 2 * self.num_qubits, 2)
        side = 2**self.num_qubits
        return split.transpose(*rows, *(axis + 1 for axis in rows)).reshape(side, side)

    def _from_matrix(self, rho: NDArray[np.complex128]) -> NDArray[np.float64]:
        count = self.num_qubits
        split = rho.reshape((2,) * (2 * count))
        order = [axis for qubit in range(count) for axis in (qubit, count + qubit)]
        each = split.transpose(order).reshape(1, -1)
        for qubit in range(count):
            each = apply_matrix(each, _FROM_MATRIX, (qubit,), count, base=4)
        return np.ascontiguousarray(each.real).reshape(-1)


def _by_width(stretch: Stretch) -> list[tuple[bool, Stretch]]:
    """A stretch in runs that are all wide or all not."""
    if widest_of(stretch.program) <= _WIDEST:
        return [(False, stretch)]
    found, start = [], stretch.start
    for wide, items in groupby(stretch.operations, lambda item: len(item.qubits) > _WIDEST):
        stop = start + len(list(items))
        found.append((wide, Stretch(stretch.program, start, stop)))
        start = stop
    return found


@lru_cache(maxsize=256)
def _strings_of_z(
    qubits: tuple[int, ...],
) -> tuple[NDArray[np.int64], NDArray[np.float64] | None]:
    """Where the strings of I and Z are, and of few qubits the matrix to probabilities."""
    indices = np.zeros(1, dtype=np.int64)
    for qubit in qubits:
        indices = np.concatenate([indices, indices + (2 << (2 * qubit))])
    if len(qubits) > _FEW:
        return indices, None
    signs = np.ones((1, 1))
    for _ in qubits:
        signs = np.kron(np.array([[0.5, 0.5], [0.5, -0.5]]), signs)
    return indices, signs
