"""Expectation values from shots, as hardware gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit

from backline.engines.gates.ending import unmeasured, with_end
from backline.engines.outcomes import Outcomes
from backline.primitives.bases import Basis, Turner, bases_of
from backline.primitives.observables import Observable


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """How the observables of one circuit are measured.

    Attributes:
        observables: What is asked for.
        bases: In which it is measured.
        circuits: One a basis, with measurements of its qubits, ascending, in the last clbits.
    """

    observables: Sequence[Observable]
    bases: Sequence[Basis]
    circuits: Sequence[QuantumCircuit]

    def values(self, outcomes: Sequence[Outcomes]) -> tuple[list[float], list[float]]:
        """Means and their standard errors.

        Args:
            outcomes: Of the circuits, with as many shots each.

        Returns:
            One of each for every observable. A standard error is the one that the shots show,
            covariances within a basis included.
        """
        means = np.array([item.terms.get((0, 0), 0.0) for item in self.observables])
        variances = np.zeros(len(self.observables))
        for basis, found in zip(self.bases, outcomes, strict=True):
            signs, shares = _signs(basis, found)
            weights = np.array(
                [[item.terms.get(p, 0.0) for p in basis.paulis] for item in self.observables]
            )
            shots = signs @ weights.T  # rows of outcomes, observables
            centre = shares @ shots
            means = means + centre
            variances += shares @ (shots - centre) ** 2 / max(found.shots - 1, 1)
        return means.tolist(), np.sqrt(variances).tolist()


def measurement_of(
    circuit: QuantumCircuit, observables: Sequence[Observable], turner: Turner
) -> Measurement:
    """Circuits that measure observables.

    Args:
        circuit: On the device's qubits; its final measurements are left out.
        observables: On its qubits.
        turner: Of the device.
    """
    bases = bases_of({pauli for item in observables for pauli in item.terms})
    circuits = []
    for basis in bases:
        longer = unmeasured(circuit)
        turner.turn(longer, basis)
        with_end(longer, basis.qubits)
        circuits.append(longer)
    return Measurement(observables, bases, circuits)


def _signs(basis: Basis, found: Outcomes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Each Pauli's 1 or -1 in each row of bits, array (rows, Paulis), and the share of each row."""
    if found.bits is None:
        raise ValueError("a basis without measurements")
    bits = found.bits[:, -len(basis.qubits) :]
    if found.repeats is None:
        shares = np.full(len(bits), 1.0 / len(bits))
    else:
        shares = found.repeats / found.shots
    masks = np.array([[(f | p) >> q & 1 for f, p in basis.paulis] for q in basis.qubits])
    return 1.0 - 2.0 * ((bits.astype(np.int64) @ masks) & 1), shares
