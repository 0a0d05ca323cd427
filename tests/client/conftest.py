"""Every bundled device as a backend, and a circuit that suits it."""

import functools

import pytest
from qiskit import QuantumCircuit

import backline


@functools.cache
def bundled(name):
    return backline.load(name)


@pytest.fixture(params=backline.devices())
def backend(request):
    return bundled(request.param)


@pytest.fixture
def ghz(backend):
    """A GHZ circuit on up to three qubits, measured into two registers."""
    return ghz_circuit(min(3, backend.num_qubits))


def ghz_circuit(width):
    circuit = QuantumCircuit(width, name=f"ghz{width}")
    circuit.h(0)
    for qubit in range(width - 1):
        circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    return circuit
