"""One circuit with many sets of values for its parameters, read and planned once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit

from backline.engines.gates import GateEngine
from backline.engines.gates.planner import Plan
from backline.engines.gates.reading import Sweep, sweep
from backline.engines.gates.running import simulated
from backline.engines.outcomes import Outcomes
from backline.engines.seeds import spawned
from backline.jobs import map_in_order

_TOGETHER = 32


@dataclass(frozen=True, slots=True, eq=False)
class SweepRun:
    """A sweep that was checked and can be run.

    Attributes:
        circuit: With parameters.
        values: Array (sets, parameters), in the order of `circuit.parameters`.
        sweep: Its reading for any values.
        engine: Runs what the choice for the first values does not fit.
        chosen: That choice, simulators of our own.
        shots: For each set.
        seed: Of the random numbers.
    """

    circuit: QuantumCircuit
    values: NDArray[np.float64]
    sweep: Sweep
    engine: GateEngine
    chosen: Plan
    shots: int
    seed: int

    def outcomes(self) -> list[Outcomes]:
        """Run all sets, spread over idle workers, and wait.

        Raises:
            CapabilityError: If the method that was asked for cannot run one of them.
        """
        firsts = range(0, len(self.values), _TOGETHER)
        chunks = [range(k, min(k + _TOGETHER, len(self.values))) for k in firsts]
        found: list[Outcomes] = []
        for some in map_in_order(self._some, chunks):
            if isinstance(some, BaseException):
                raise some
            found += some
        return found

    def _some(self, sets: Sequence[int]) -> list[Outcomes]:
        return [self._one(index) for index in sets]

    def _one(self, index: int) -> Outcomes:
        bound = self.circuit.assign_parameters(self.values[index])
        reading, seed = self.sweep.reading(bound), spawned(self.seed, index)
        choices = self.chosen.choices or ()
        pairs = zip(choices, reading.parts, strict=True)
        if any(choice.refusal(part.program) is not None for choice, part in pairs):
            return self.engine.run(bound, shots=self.shots, seed=seed)
        double = self.engine.precision == "double"
        bits = simulated(reading, choices, shots=self.shots, seed=seed, double=double)
        facts = {
            "engine": "gates",
            "method": self.chosen.method,
            "simulator": self.chosen.simulator,
        }
        return Outcomes(shots=self.shots, bits=bits, metadata=facts)


def sweep_run(
    circuit: QuantumCircuit,
    values: NDArray[np.float64],
    engine: GateEngine,
    *,
    shots: int,
    seed: int,
) -> SweepRun | None:
    """Read and plan a sweep.

    Args:
        circuit: On the device's qubits; with parameters, and checked.
        values: Array (sets, parameters), at least one set.
        engine: For the device.
        shots: For each set.
        seed: Of the random numbers.

    Returns:
        What runs it; None where sets have to be run one by one.
    """
    bound = circuit.assign_parameters(values[0])
    chosen = engine.prepare(bound, shots=shots).plan
    if chosen is None or chosen.choices is None:
        return None
    once = sweep(circuit, bound, engine.target, engine.rules)
    if once is None:
        return None
    return SweepRun(circuit, values, once, engine, chosen, shots, seed)
