"""The pub of an estimator, laid out: which circuits, and which observables on each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit
from qiskit.primitives import DataBin, PubResult
from qiskit.primitives.containers.estimator_pub import EstimatorPub

from backline.backends.binds import check_finite
from backline.primitives.observables import Observable, observable_of


@dataclass(frozen=True, slots=True, eq=False)
class LaidOut:
    """A pub, broadcast.

    Attributes:
        pub: As Qiskit has it.
        values: Array (circuits, parameters), in the order of the circuit's parameters.
        observables: For each circuit those that are asked of it.
        places: For each entry of the result (circuit, place among its observables).
    """

    pub: EstimatorPub
    values: NDArray[np.float64]
    observables: Sequence[Sequence[Observable]]
    places: Sequence[tuple[int, int]]

    def circuits(self) -> list[QuantumCircuit]:
        """The circuits, with their values."""
        return [self.pub.circuit.assign_parameters(row) for row in self.values]

    def result(
        self,
        values: Sequence[Sequence[float]],
        errors: Sequence[Sequence[float]],
        facts: Mapping[str, Any],
    ) -> PubResult:
        """Values in the pub's shape.

        Args:
            values: For each circuit those of its observables.
            errors: The standard error of each.
            facts: For the metadata.
        """
        table = [
            np.array([every[circuit][own] for circuit, own in self.places]).reshape(self.pub.shape)
            for every in (values, errors)
        ]
        data = DataBin(evs=table[0], stds=table[1], shape=self.pub.shape)
        return PubResult(data, metadata={**facts, "circuit_metadata": self.pub.circuit.metadata})


def laid_out(pub: EstimatorPub) -> LaidOut:
    """Broadcast parameter values against observables, and do nothing twice.

    Raises:
        InputError: If a value is NaN or infinite.
    """
    given = pub.parameter_values
    values = given.ravel().as_array(pub.circuit.parameters)
    check_finite(pub.circuit, values)
    of_circuit, of_observable = np.broadcast_arrays(
        np.arange(given.size).reshape(given.shape),
        np.arange(pub.observables.size).reshape(pub.observables.shape),
    )
    every = [observable_of(item) for item in pub.observables.ravel().tolist()]
    asked: list[dict[int, int]] = [{} for _ in range(given.size)]
    places = []
    for circuit, observable in zip(of_circuit.flat, of_observable.flat, strict=True):
        own = asked[circuit]
        places.append((int(circuit), own.setdefault(int(observable), len(own))))
    return LaidOut(
        pub,
        values,
        [[every[observable] for observable in own] for own in asked],
        places,
    )
