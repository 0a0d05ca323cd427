"""Qiskit's own primitives: pubs of their own shots, dynamic circuits, pulses, exact values."""

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Parameter
from qiskit.primitives import BackendEstimatorV2, BackendSamplerV2
from qiskit.quantum_info import SparsePauliOp

import backline
from backline.primitives import EstimatorV2
from client.conftest import bundled


@pytest.fixture
def manila():
    return bundled("manila")


def turned():
    """Two qubits, entangled by an angle."""
    angle = Parameter("θ")
    circuit = QuantumCircuit(2)
    circuit.ry(angle, 0)
    circuit.cx(0, 1)
    return circuit


def test_K4_every_pub_has_its_own_shots(manila):
    circuits = []
    for ones in ([], [0], [0, 1]):
        circuit = QuantumCircuit(2)
        if ones:
            circuit.x(ones)
        circuit.measure_all()
        circuits.append(transpile(circuit, manila, initial_layout=[3, 4], optimization_level=0))
    sampler = BackendSamplerV2(backend=manila, options={"seed_simulator": 2})
    shots = (100, 2000, 301)
    pubs = [(circuit, None, count) for circuit, count in zip(circuits, shots, strict=True)]
    result = sampler.run(pubs).result()
    for pub, count, right in zip(result, shots, ("00", "01", "11"), strict=True):
        assert pub.data.meas.num_shots == count
        assert pub.data.meas.get_counts()[right] > 0.85 * count


def test_K4_sampler_and_conditions(manila):
    """What was measured decides what is played: both bits agree but for errors."""
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(1)
    circuit.measure(1, 1)
    compiled = transpile(circuit, manila, initial_layout=[3, 4], optimization_level=0)
    sampler = BackendSamplerV2(backend=manila, options={"seed_simulator": 3})
    counts = sampler.run([compiled], shots=2000).result()[0].data.c.get_counts()
    assert counts["00"] + counts["11"] > 0.9 * 2000
    assert min(counts["00"], counts["11"]) > 0.35 * 2000


def test_K4_sampler_on_pulses(manila):
    compiled = transpile(turned().measure_all(inplace=False), manila, initial_layout=[0, 1])
    options = {"seed_simulator": 4, "run_options": {"engine": "pulses"}}
    sampler = BackendSamplerV2(backend=manila, options=options)
    bits = sampler.run([(compiled, [[0.0], [np.pi]])], shots=1000).result()[0].data.meas
    assert bits.shape == (2,)
    assert bits.get_counts(0)["00"] > 850
    assert bits.get_counts(1)["11"] > 850


def test_K43_sampler_at_level_1(manila):
    """Points in the IQ plane, for each shot and bit."""
    circuit = QuantumCircuit(1)
    circuit.x(0)
    circuit.measure_all()
    compiled = transpile(circuit, manila, initial_layout=[1])
    run = {"engine": "pulses", "meas_level": 1, "meas_return": "single"}
    options = {"seed_simulator": 5, "run_options": run}
    points = BackendSamplerV2(backend=manila, options=options).run([compiled], shots=400)
    points = points.result()[0].data.meas
    assert points.shape == (400, 1)
    direct = manila.run(compiled, shots=400, seed_simulator=5, **run).result().get_memory()
    assert np.array_equal(points, direct)


@pytest.mark.parametrize("engine", ["gates", "pulses"])
def test_K4_estimator_agrees_with_exact_values(manila, engine):
    """Readout errors are not in exact states: without them, within 4.5 standard errors."""
    compiled = transpile(turned(), manila, initial_layout=[0, 1], optimization_level=1)
    paulis = ("ZZ", "XX", "IZ", "ZI")
    observables = [SparsePauliOp(p).apply_layout(compiled.layout) for p in paulis]
    angles = np.array([0.4, 1.2, 2.5])
    pub = (compiled, [[one] for one in observables], angles.reshape(1, 3, 1))
    backend = backline.load("manila")  # Qiskit's estimator passes no options on but the seed
    backend.set_options(engine=engine, readout_noise=False)
    estimator = BackendEstimatorV2(backend=backend, options={"seed_simulator": 6})
    data = estimator.run([pub], precision=0.02)
    data = data.result()[0].data
    assert data.evs.shape == data.stds.shape == (4, 3)
    exact = EstimatorV2(manila).run([pub], precision=0).result()[0].data.evs
    # Pulses are not the gates exactly: their own errors, fidelity 0.99, come on top.
    assert np.all(np.abs(data.evs - exact) < 4.5 * 0.02 + (0.03 if engine == "pulses" else 0))


def test_K4_estimator_scatters_as_it_says(manila):
    """Over 40 seeds its values spread by its standard errors (chi² at 1 in 100,000)."""
    circuit = QuantumCircuit(1)
    circuit.ry(1.0, 0)
    compiled = transpile(circuit, manila, initial_layout=[3], optimization_level=1)
    observable = SparsePauliOp("Z").apply_layout(compiled.layout)
    found, stds = [], []
    for seed in range(40):
        estimator = BackendEstimatorV2(backend=manila, options={"seed_simulator": seed})
        data = estimator.run([(compiled, observable)], precision=0.05).result()[0].data
        found.append(float(data.evs))
        stds.append(float(data.stds))
    spread = np.var(found, ddof=1) / np.mean(np.square(stds))
    assert 0.27 < spread < 2.4  # chi² of 39 degrees of freedom over 39
