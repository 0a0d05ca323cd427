"""What a way to hold states must offer for programs to be followed along all branches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from backline.engines.gates.channels import ReadoutNoise
from backline.engines.gates.program import Stretch

States = NDArray[Any]
"""Array (branches, size): one state of a branch a row, its probability in its norm."""


class Space(Protocol):
    """States of a number of qubits; a frozen value."""

    @property
    def num_qubits(self) -> int:
        """How many qubits."""
        ...

    @property
    def merges(self) -> bool:
        """Whether branches add up to one state."""
        ...

    @property
    def bytes_each(self) -> int:
        """Memory of one state."""
        ...

    def ground(self) -> States:
        """One row: all qubits in the ground state."""
        ...

    def evolve(self, states: States, stretch: Stretch) -> States:
        """All states after gates and noise; `states` may be changed."""
        ...

    def measured(
        self, states: States, qubit: int, readout: ReadoutNoise | None
    ) -> list[tuple[int, States]]:
        """What a measurement writes, and the states after it; a bit may come more than once."""
        ...

    def reset(self, states: States, qubit: int) -> list[States]:
        """States after a reset, of one or more sets of branches."""
        ...

    def weights(self, states: States) -> NDArray[np.float64]:
        """Probability of each branch, array (branches,)."""
        ...

    def marginals(self, states: States, qubits: Sequence[int]) -> NDArray[np.float64]:
        """Probabilities of reading qubits.

        Returns:
            Array (branches, 2**qubits), not normalized; `qubits[0]` is the lowest bit of an index.
        """
        ...

    def expectations(
        self, states: States, flips: NDArray[np.int64], phases: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Tr(P ρ) of Paulis, summed over the branches.

        Args:
            states: The branches.
            flips: For each Pauli the qubits with X or Y, as bits.
            phases: For each Pauli the qubits with Z or Y, as bits.

        Returns:
            Array (Paulis,).
        """
        ...

    def density_matrix(self, states: States) -> NDArray[np.complex128]:
        """The sum over branches, array (2**n, 2**n)."""
        ...
