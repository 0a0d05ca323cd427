"""Aer and Qiskit Runtime's local mode on every bundled device."""

import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel
from qiskit_ibm_runtime import EstimatorV2, SamplerV2

from client import counted

# Qiskit Runtime deprecates its own primitives in favour of newer ones of its own.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def compiled(backend, ghz):
    return transpile(ghz, backend, optimization_level=1, seed_transpiler=7)


def test_aer_takes_the_backend_whole(backend, compiled):
    simulator = AerSimulator.from_backend(backend, seed_simulator=3)
    theirs = simulator.run(compiled, shots=2000).result().get_counts()
    ours = backend.run(compiled, shots=2000, seed_simulator=3).result().get_counts()
    assert counted.fidelity(theirs, ours) > 0.97


def test_aer_reads_the_noise_of_the_backend(backend):
    model = NoiseModel.from_backend(backend)
    assert "measure" in model.noise_instructions
    assert {"sx", "x"} & set(model.noise_instructions)


def test_runtime_sampler_in_local_mode(backend, compiled):
    sampler = SamplerV2(mode=backend)
    sampler.options.simulator.seed_simulator = 5
    counts = sampler.run([compiled], shots=1000).result()[0].data.meas.get_counts()
    assert sum(counts.values()) == 1000
    width = min(3, backend.num_qubits)
    assert counts.get("0" * width, 0) + counts.get("1" * width, 0) > 700


def test_runtime_estimator_in_local_mode(backend):
    circuit = QuantumCircuit(1)
    circuit.x(0)
    compiled = transpile(circuit, backend, optimization_level=1)
    observable = SparsePauliOp("Z").apply_layout(compiled.layout)
    estimator = EstimatorV2(mode=backend)
    estimator.options.default_precision = 0.02
    value = estimator.run([(compiled, observable)]).result()[0].data.evs
    assert float(value) < -0.8
