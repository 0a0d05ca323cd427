"""Circuits that several tests use."""

from qiskit import QuantumCircuit


def ghz_circuit(width):
    """A GHZ state, measured."""
    circuit = QuantumCircuit(width, name=f"ghz{width}")
    circuit.h(0)
    for qubit in range(width - 1):
        circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    return circuit
