"""`backend.state`: the state in which a circuit ends."""

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.quantum_info import (
    DensityMatrix,
    Statevector,
    partial_trace,
    random_unitary,
    state_fidelity,
)
from qiskit_aer import AerSimulator

import backline
from backline.engines.gates import aer
from backline.errors import CapabilityError, InputError, QubitError


@pytest.fixture(scope="module")
def backend():
    return backline.load("manila")


def ghz(qubits):
    circuit = QuantumCircuit(qubits)
    circuit.h(0)
    for qubit in range(qubits - 1):
        circuit.cx(qubit, qubit + 1)
    return circuit


def random_circuit(seed, qubits, layers=3):
    rng = np.random.default_rng(seed)
    circuit = QuantumCircuit(qubits)
    for _ in range(layers):
        for qubit in range(qubits):
            circuit.u(*rng.uniform(0, 2 * np.pi, size=3).tolist(), qubit)
        first, second = rng.permutation(qubits)[:2].tolist()
        circuit.cx(first, second)
    return circuit


@pytest.mark.parametrize("seed", range(5))
def test_without_noise_it_is_the_state_of_the_circuit_before_it_was_compiled(seed, backend):
    circuit = random_circuit(seed, 3 + seed % 2)
    compiled = transpile(circuit, backend, seed_transpiler=seed)
    state = backend.state(compiled, noise=False)
    assert isinstance(state, Statevector)
    np.testing.assert_allclose(state.data, Statevector(circuit).data, atol=1e-10)


@pytest.mark.parametrize("idle_noise", [False, True])
def test_with_noise_it_is_what_aer_finds_with_the_same_channels(idle_noise, backend):
    circuit = transpile(random_circuit(3, 4), backend, seed_transpiler=1)
    used = sorted({circuit.find_bit(q).index for item in circuit.data for q in item.qubits})
    state = backend.state(circuit, qubits=used, idle_noise=idle_noise)
    assert isinstance(state, DensityMatrix)
    ended = circuit.copy()
    ended.barrier(used)
    ended.measure_all(inplace=True)
    prepared = aer.with_device(ended, backend.target, idle_noise=idle_noise, readout_noise=False)
    bare = prepared.circuit.copy_empty_like()
    for item in prepared.circuit.data:
        if item.operation.name != "measure":
            bare.append(item)
    bare.save_density_matrix()
    simulator = AerSimulator(method="density_matrix", noise_model=prepared.model)
    found = simulator.run(bare, shots=1).result().data(0)["density_matrix"]
    idle = [place for place, qubit in enumerate(prepared.qubits) if qubit not in used]
    np.testing.assert_allclose(state.data, partial_trace(found, idle).data, atol=1e-10)


def test_measurements_at_the_end_are_left_out_and_others_averaged_over(backend):
    measured = ghz(2)
    measured.measure_all()
    compiled = transpile(measured, backend, initial_layout=[0, 1])
    state = backend.state(compiled, noise=False)
    assert isinstance(state, Statevector)
    assert state_fidelity(state, Statevector(ghz(2))) == pytest.approx(1.0)

    middle = QuantumCircuit(2, 1)
    middle.compose(ghz(2), inplace=True)
    middle.measure(0, 0)
    middle.x(0)
    mixed = backend.state(transpile(middle, backend, initial_layout=[0, 1]), noise=False)
    assert isinstance(mixed, DensityMatrix)
    np.testing.assert_allclose(mixed.data, np.diag([0, 0.5, 0.5, 0]), atol=1e-12)


def test_conditions_count(backend):
    """A qubit is flipped where another was 1: both are 0 again."""
    circuit = QuantumCircuit(2, 1)
    circuit.compose(ghz(2), inplace=True)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(0)
        circuit.x(1)
    state = backend.state(transpile(circuit, backend, initial_layout=[0, 1]), noise=False)
    np.testing.assert_allclose(state.data, np.diag([1, 0, 0, 0]), atol=1e-12)


def test_chosen_qubits_in_their_order(backend):
    circuit = QuantumCircuit(3)
    circuit.x(2)
    assert backend.state(circuit, noise=False, qubits=[2, 0]).probabilities_dict() == {"01": 1.0}
    assert backend.state(circuit, noise=False).probabilities_dict() == {"100": 1.0}
    entangled = transpile(ghz(3), backend, initial_layout=[0, 1, 2])
    half = backend.state(entangled, noise=False, qubits=[0, 2])
    np.testing.assert_allclose(half.data, np.diag([0.5, 0, 0, 0.5]), atol=1e-12)


def test_a_routed_circuit_ends_on_its_own_qubits(backend):
    circuit = QuantumCircuit(5)
    circuit.h(0)
    for qubit in range(1, 5):
        circuit.cx(0, qubit)  # a star on a line of qubits
    compiled = transpile(circuit, backend, seed_transpiler=2, optimization_level=1)
    state = backend.state(compiled, noise=False)
    np.testing.assert_allclose(state.data, Statevector(circuit).data, atol=1e-10)


def test_few_qubits_of_a_large_device():
    large = backline.load("sherbrooke")
    compiled = transpile(ghz(3), large, seed_transpiler=0)
    state = large.state(compiled)
    assert state.num_qubits == 3
    assert 0.9 < state_fidelity(state, Statevector(ghz(3))) < 1.0


def test_what_is_refused():
    large = backline.load("sherbrooke")
    wide = QuantumCircuit(127)
    with pytest.raises(CapabilityError, match=r"127 qubits of circuit .* GiB"):
        large.state(wide)
    backend = backline.load("manila")
    circuit = QuantumCircuit(2)
    circuit.unitary(random_unitary(4, seed=1), [0, 1])
    with pytest.raises(InputError, match="unitary"):
        backend.state(circuit)
    with pytest.raises(QubitError, match="no qubit 7"):
        backend.state(QuantumCircuit(2), qubits=[7])
    with pytest.raises(InputError, match="each once"):
        backend.state(QuantumCircuit(2), qubits=[1, 1])
    with pytest.raises(InputError, match="one circuit at a time has a state, not 2"):
        backend.state([QuantumCircuit(2)] * 2)
