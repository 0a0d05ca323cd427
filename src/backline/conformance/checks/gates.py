"""S14 to S16: every gate of the target against its matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator

from backline.conformance import probes
from backline.conformance.facts import instruction_of
from backline.conformance.outcome import Failed, Skipped, expect, worded
from backline.conformance.registry import check
from backline.conformance.statistics import RATE, deviation, distance
from backline.conformance.subject import NOISIEST, Subject

Matrix = NDArray[np.complex128]
_SETTINGS = 2
_TRIED = 24
_MOST = 80


@dataclass(frozen=True, slots=True)
class Trial:
    """A gate between rotations that tell it from its likely mistakes.

    Attributes:
        gate: Name.
        qubits: Where.
        circuit: Compiled.
        expected: Distribution of the outcomes.
        noise: How far the stated errors can move it.
    """

    gate: str
    qubits: tuple[int, ...]
    circuit: QuantumCircuit
    expected: NDArray[np.float64]
    noise: float


def _rotations(angles: NDArray[np.float64]) -> tuple[QuantumCircuit, Matrix]:
    circuit = QuantumCircuit(len(angles))
    for qubit, three in enumerate(angles):
        circuit.u(*map(float, three), qubit)
    return circuit, Operator(circuit).data


def _mistakes(matrix: Any) -> list[Any]:
    """What a gate is mistaken for: nothing, its inverse, its transpose, its qubits reversed."""
    size = len(matrix)
    number = size.bit_length() - 1
    axes = [*reversed(range(number)), *(number + k for k in reversed(range(number)))]
    turned = matrix.reshape((2,) * (2 * number)).transpose(axes).reshape(size, size)
    likely: list[Any] = [
        np.eye(size, dtype=np.complex128),
        matrix.conj().T,
        matrix.T,
        matrix.conj(),
        turned,
    ]
    return [other for other in likely if abs(np.vdot(other, matrix)) < size * (1 - 1e-9)]


def _settings(matrix: Matrix) -> list[tuple[QuantumCircuit, QuantumCircuit, NDArray[np.float64]]]:
    """The rotations before and after that tell a gate best from its mistakes."""
    number = len(matrix).bit_length() - 1
    rng = np.random.default_rng(17)
    others = _mistakes(matrix) or [np.eye(len(matrix))]
    tried: list[Any] = []
    for _ in range(_TRIED):
        (before, first), (after, last) = (
            _rotations(rng.uniform(0.3, np.pi - 0.3, (number, 3))) for _ in range(2)
        )
        start = first[:, 0]
        expected = np.abs(last @ matrix @ start) ** 2
        far = [np.abs(np.abs(last @ o @ start) ** 2 - expected).sum() / 2 for o in others]
        tried.append((before, after, expected, np.asarray(far)))
    best = max(tried, key=lambda one: float(one[3].min()))
    second = max(tried, key=lambda one: float(np.maximum(one[3], best[3]).min()))
    return [one[:3] for one in (best, second)][:_SETTINGS]


def _trials(subject: Subject, width: int) -> list[Trial]:
    made: list[Trial] = []
    gates = [name for name in subject.facts.gates(width) if name != "barrier"]
    for name in gates:
        operation = instruction_of(subject.facts.operations[name])
        if operation is None or operation.name != name:
            continue
        try:
            matrix = Operator(operation).data
        except Exception:
            continue  # it is no gate with a matrix
        places = subject.facts.where(name)
        if not places or subject.facts.error(name, places[0]) >= 0.5:
            continue
        for before, after, expected in _settings(matrix):
            circuit = _assembled(subject, (before, operation, after), places[0])
            noise = subject.noise(circuit)
            if noise <= NOISIEST:
                circuit.name = f"{name}-{len(made)}"
                made.append(Trial(name, places[0], circuit, expected, noise))
    if not made:
        raise Skipped(f"it has no gates on {width} qubits that can be tried")
    return made[: 2 * _MOST]


def _assembled(
    subject: Subject, parts: tuple[QuantumCircuit, Any, QuantumCircuit], qubits: tuple[int, ...]
) -> QuantumCircuit:
    """Rotations, the gate as it is, rotations, and a measurement of each qubit."""
    before, gate, after = parts
    first, last = (subject.native(part, qubits) for part in (before, after))
    circuit = QuantumCircuit(first.num_qubits, len(qubits))
    circuit.compose(first, inplace=True)
    circuit.append(gate, qubits)
    circuit.compose(last, inplace=True)
    circuit.measure(qubits, range(len(qubits)))
    return circuit


def _check(subject: Subject, width: int) -> None:
    trials = _trials(subject, width)
    circuits = [trial.circuit for trial in trials]
    at_once = subject.backend.max_circuits or len(circuits)
    wrong = []
    for first in range(0, len(trials), at_once):
        part = circuits[first : first + at_once]
        try:
            result = subject.run(part, **subject.settings(probes.SEED)).result()
            found = [result.get_counts(k) for k in range(len(part))]
        except Skipped:
            raise
        except Exception as error:
            raise Failed(f"a run of {len(part)} gates failed: {worded(error)}") from error
        for trial, counts in zip(trials[first : first + at_once], found, strict=True):
            rate = RATE / len(trials)
            allowed = trial.noise + deviation(sum(counts.values()), 2**width, rate)
            far = distance(counts, trial.expected)
            if far > allowed:
                wrong.append(f"{trial.gate} on {trial.qubits} ({far:.2f}, allowed {allowed:.2f})")
    expect(not wrong, f"counts are too far from what the matrix gives: {', '.join(wrong[:4])}")


@check(
    "S14",
    "gates on one qubit do what their matrices say",
    source="Gate.to_matrix",
    needs=["run"],
    rate=RATE,
)
def one(subject: Subject) -> None:
    """A gate of the wrong sign or angle spoils every algorithm, and no simple test shows it."""
    _check(subject, 1)


@check(
    "S15",
    "gates on two qubits do what their matrices say",
    source="Gate.to_matrix",
    needs=["run"],
    rate=RATE,
)
def two(subject: Subject) -> None:
    """Control and target are easily exchanged."""
    _check(subject, 2)


@check(
    "S16",
    "gates on three qubits do what their matrices say",
    source="Gate.to_matrix",
    needs=["run"],
    rate=RATE,
)
def three(subject: Subject) -> None:
    """As above."""
    _check(subject, 3)
