"""Programs that a device cannot run, and what became of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Parameter
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.quantum_info import Operator

from backline.conformance.facts import instruction_of
from backline.conformance.outcome import Skipped
from backline.conformance.subject import Refusal, Subject


def _kept(subject: Subject, key: str, make: Callable[[], QuantumCircuit]) -> Refusal | None:
    def run() -> Refusal | None:
        return subject.refusal(make(), **subject.settings())

    found: Refusal | None = subject.kept(f"refusing.{key}", run)
    return found


def _empty(subject: Subject, width: int, name: str) -> QuantumCircuit:
    size = max(width, 1) if subject.facts.everywhere else max(width, subject.facts.width)
    return QuantumCircuit(size, 1, name=name)


def too_wide(subject: Subject) -> Refusal | None:
    """A circuit with a qubit more than the device has.

    Args:
        subject: The backend.

    Raises:
        Skipped: If the device takes any number.
    """

    def make() -> QuantumCircuit:
        if subject.facts.target.num_qubits is None:
            raise Skipped("the target takes any number of qubits")
        width = subject.facts.width + 1
        circuit = QuantumCircuit(width, 1, name="wide")
        name = "x" if "x" in subject.facts.operations else (subject.facts.gates(1) or [""])[0]
        operation = instruction_of(subject.facts.operations.get(name))
        if operation is not None:
            circuit.append(operation, [width - 1])
        circuit.measure(width - 1, 0)
        return circuit

    return _kept(subject, "wide", make)


def foreign(subject: Subject) -> tuple[str, Refusal | None]:
    """A gate that the target does not have: its name, and the refusal.

    Args:
        subject: The backend.
    """
    known = subject.facts.operations
    ordinary = [name for name in ("h", "y", "t", "sdg", "sx", "u", "p") if name not in known]

    def make() -> QuantumCircuit:
        circuit = _empty(subject, 1, "foreign")
        gate = get_standard_gate_name_mapping()[ordinary[0]] if ordinary else Gate("nobodys", 1, [])
        circuit.append(instruction_of(gate), [subject.qubits(1)[0]])
        circuit.measure(subject.qubits(1)[0], 0)
        return circuit

    return (ordinary[0] if ordinary else "nobodys"), _kept(subject, "foreign", make)


def _two_qubit(subject: Subject) -> str:
    for name in ("cx", "ecr", "cz", *subject.facts.gates(2)):
        if name in subject.facts.operations and subject.facts.places[name]:
            return name
    raise Skipped("its gates are on all qubits")


def missing_edge(subject: Subject) -> tuple[tuple[int, int], Refusal | None]:
    """A two-qubit gate on two qubits that are not coupled: these, and the refusal.

    Args:
        subject: The backend.

    Raises:
        Skipped: If all are.
    """
    name = _two_qubit(subject)
    coupled = {frozenset(q) for n in subject.facts.gates(2) for q in subject.facts.places[n] or ()}
    width = subject.facts.width
    pairs = ((a, b) for a in range(width) for b in range(a + 1, width))
    pair = next((p for p in pairs if frozenset(p) not in coupled), None)
    if pair is None:
        raise Skipped("all qubits are coupled to all")

    def make() -> QuantumCircuit:
        circuit = _empty(subject, 2, "edge")
        circuit.append(instruction_of(subject.facts.operations[name]), pair)
        circuit.measure(pair[0], 0)
        return circuit

    return pair, _kept(subject, "edge", make)


def wrong_direction(subject: Subject) -> tuple[str, Refusal | None]:
    """A gate the wrong way round: in words, and the refusal.

    Args:
        subject: The backend.

    Raises:
        Skipped: If all gates are there both ways.
    """
    for name in subject.facts.gates(2):
        operation = instruction_of(subject.facts.operations[name])
        places = subject.facts.places[name] or {}
        if operation is None or operation.name != name or _symmetric(operation):
            continue
        for a, b in places:
            if (b, a) not in places:
                return f"{name} on {(b, a)}", _kept(
                    subject,
                    "direction",
                    partial(_on, subject, operation, (b, a)),
                )
    raise Skipped("every gate is there both ways, or is the same both ways")


def _on(subject: Subject, operation: Any, qubits: tuple[int, int]) -> QuantumCircuit:
    circuit = _empty(subject, 2, "direction")
    circuit.append(operation, qubits)
    circuit.measure(qubits[0], 0)
    return circuit


def _symmetric(operation: Any) -> bool:
    try:
        matrix = Operator(operation).data
    except Exception:
        return True  # nobody can tell
    swapped = matrix.reshape(2, 2, 2, 2).transpose(1, 0, 3, 2).reshape(4, 4)
    return bool(np.allclose(matrix, swapped))


def unbound(subject: Subject) -> tuple[str, Refusal | None]:
    """A circuit with a parameter that has no value: its name, and the refusal.

    Args:
        subject: The backend.

    Raises:
        Skipped: If no gate has parameters.
    """
    for name in subject.facts.gates(1):
        operation = subject.facts.operations[name]
        if operation.params and operation.name == name and subject.facts.where(name):
            break
    else:
        raise Skipped("none of its gates has a parameter")

    def make() -> QuantumCircuit:
        circuit = _empty(subject, 1, "unbound")
        gate = operation.to_mutable()
        gate.params = [Parameter("nobodys_angle"), *(0.1 for _ in gate.params[1:])]
        (qubit,) = subject.facts.where(name)[0]
        circuit.append(gate, [qubit])
        circuit.measure(qubit, 0)
        return circuit

    return "nobodys_angle", _kept(subject, "unbound", make)
