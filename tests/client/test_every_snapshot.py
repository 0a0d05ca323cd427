"""Circuits and pulses run on all 57 snapshots, as far as their data goes."""

import warnings

import pytest
from qiskit import QuantumCircuit, transpile

import snapshots
from backline.backends import DeviceBackend
from backline.errors import CalibrationError, CapabilityError
from circuits import ghz_circuit

pytestmark = pytest.mark.slow


def backend_of(name):
    return DeviceBackend(snapshots.device(name), include_broken=name in snapshots.ALL_BROKEN)


@pytest.mark.parametrize("name", snapshots.NAMES)
def test_a_ghz_state_runs_on_gates(name):
    """Error data makes it imperfect, and still the two strings come most often."""
    backend = backend_of(name)
    width = min(3, backend.num_qubits)
    compiled = transpile(ghz_circuit(width), backend, optimization_level=3, seed_transpiler=3)
    counts = backend.run(compiled, shots=2000, seed_simulator=5).result().get_counts()
    assert sum(counts.values()) == 2000
    right = counts.get("0" * width, 0) + counts.get("1" * width, 0)
    if name not in snapshots.ALL_BROKEN:
        assert right > 0.6 * 2000
        assert set(sorted(counts, key=counts.get)[-2:]) == {"0" * width, "1" * width}
    perfect = backend.run(compiled, shots=2000, seed_simulator=5, noise=False).result()
    assert set(perfect.get_counts()) == {"0" * width, "1" * width}


@pytest.mark.parametrize("name", snapshots.NAMES)
def test_x_on_qubit_0_runs_as_a_pulse(name):
    """Where a Hamiltonian and calibrations exist; elsewhere it is said what is missing."""
    backend = backend_of(name)
    circuit = QuantumCircuit(1, 1)
    circuit.x(0)
    circuit.measure(0, 0)
    circuit = transpile(circuit, backend, initial_layout=[0], optimization_level=0)
    calibrated = all(
        backend.target.has_calibration(operation, (0,)) for operation in circuit.count_ops()
    )
    if not (backend.device.drive_lines and calibrated):
        with pytest.raises((CapabilityError, CalibrationError)):
            backend.run(circuit, engine="pulses")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        job = backend.run(circuit, engine="pulses", shots=4000, seed_simulator=1, noise=False)
    assert job.result().get_counts().get("1", 0) >= 0.985 * 4000


def test_pulses_run_on_most_devices():
    """43 snapshots publish a Hamiltonian and calibrated schedules."""
    backends = map(backend_of, snapshots.NAMES)
    with_both = [
        backend.name
        for backend in backends
        if backend.device.drive_lines and backend.device.calibrations
    ]
    assert len(with_both) == 43
