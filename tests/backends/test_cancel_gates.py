"""Cancel reaches into circuits that run gate by gate."""

import time

import pytest
from qiskit.circuit import QuantumCircuit
from qiskit.providers import JobStatus

import backline


def endless():
    """A qubit is reset until it is found in 1, which it never is."""
    circuit = QuantumCircuit(2, 1)
    circuit.measure(0, 0)
    with circuit.while_loop((circuit.clbits[0], 0)):
        for _ in range(50):
            circuit.sx(0)
            circuit.cx(0, 1)
            circuit.rz(0.2, 1)
            circuit.sx(1)
            circuit.cx(1, 0)
        circuit.reset(0)
        circuit.measure(0, 0)
    return circuit


@pytest.mark.parametrize("method", ["trajectories", "density_matrix"])
def test_a_loop_that_never_ends(method):
    backend = backline.load("manila", noise=False)
    job = backend.run(endless(), method=method, shots=10)
    time.sleep(1.0)
    assert job.status() is JobStatus.RUNNING
    asked = time.perf_counter()
    job.cancel()
    job.wait_for_final_state(timeout=30)
    assert job.status() is JobStatus.CANCELLED
    assert time.perf_counter() - asked < 1.0
