"""Our channels as Aer's errors: lean models of what one circuit uses, kept for the next run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from qiskit.circuit import Instruction, QuantumCircuit
from qiskit.circuit.library import XGate, YGate, ZGate
from qiskit.circuit.reset import Reset
from qiskit.quantum_info import Kraus
from qiskit_aer.noise import NoiseModel, QuantumError, ReadoutError

from backline.engines.gates.channels import EVENTS, GateNoise, ReadoutNoise

_OPERATIONS: dict[str, Instruction] = {"X": XGate(), "Y": YGate(), "Z": ZGate(), "R": Reset()}


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything of which a noise model is made; a key of the cache, and so always right.

    Attributes:
        gates: (name or label, qubits of the circuit, noise).
        readouts: (qubit of the circuit, noise).
    """

    gates: tuple[tuple[str, tuple[int, ...], GateNoise], ...]
    readouts: tuple[tuple[int, ReadoutNoise], ...]


# Values in, values out: the same device with the same data finds its errors again, a changed one
# never does. Both caches are safe among threads, and both values are only read.
@lru_cache(maxsize=256)
def noise_model(recipe: Recipe) -> NoiseModel:
    """Aer's model of a recipe."""
    model = NoiseModel()
    for name, qubits, noise in recipe.gates:
        model.add_quantum_error(quantum_error(noise), name, list(qubits), warnings=False)
    for qubit, readout in recipe.readouts:
        zero, one = readout.p1_given_0, readout.p0_given_1
        model.add_readout_error(ReadoutError([[1 - zero, zero], [one, 1 - one]]), [qubit])
    return model


@lru_cache(maxsize=4096)
def quantum_error(noise: GateNoise) -> QuantumError:
    """Aer's error of a gate's noise: Paulis and resets where that is possible, else Kraus."""
    weights = noise.mixture() if noise.is_mixture else noise.paulis()
    kraus = [
        (Kraus(list(relaxation.kraus())).to_instruction(), [qubit])
        for qubit, relaxation in enumerate(noise.relaxations)
        if relaxation is not None and not noise.is_mixture
    ]
    terms = []
    for events in product(range(weights.shape[0]), repeat=weights.ndim):
        probability = float(weights[events])
        if probability > 0.0:
            operations = [
                (_OPERATIONS[EVENTS[event]], [qubit]) for qubit, event in enumerate(events) if event
            ]
            terms.append((_circuit(weights.ndim, operations + kraus), probability))
    total = sum(probability for _, probability in terms)
    return QuantumError([(circuit, probability / total) for circuit, probability in terms])


def _circuit(num_qubits: int, operations: list[tuple[Instruction, list[int]]]) -> QuantumCircuit:
    circuit = QuantumCircuit(num_qubits)
    for operation, qubits in operations:
        circuit.append(operation, qubits)
    return circuit
