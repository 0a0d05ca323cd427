"""The whole distribution, against a plain AerSimulator that was given the same errors by hand."""

import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import SuperOp, process_fidelity
from qiskit_aer import AerSimulator
from qiskit_aer.noise import (
    NoiseModel,
    ReadoutError,
    depolarizing_error,
    thermal_relaxation_error,
)

from backline.engines.gates import GateEngine
from engines.gate_targets import (
    LINE,
    MEASURE_TIME,
    ONE_QUBIT_ERROR,
    ONE_QUBIT_TIME,
    P0_GIVEN_1,
    P1_GIVEN_0,
    T1,
    T2,
    TWO_QUBIT_ERROR,
    TWO_QUBIT_TIME,
    combined,
    line_target,
    random_circuit,
    same_distribution,
)

SHOTS = 100_000
FALSE_ALARM = 1e-3


def thermal(duration, qubits):
    error = thermal_relaxation_error(T1[qubits[0]], T2[qubits[0]], duration)
    for qubit in qubits[1:]:
        error = error.expand(thermal_relaxation_error(T1[qubit], T2[qubit], duration))
    return error


def by_hand(error, duration, qubits):
    """Depolarizing until the average gate fidelity is 1 - error, then relaxation."""
    relaxation = thermal(duration, qubits)
    dimension = 2 ** len(qubits)
    before = process_fidelity(SuperOp(relaxation))
    wanted = ((dimension + 1) * (1 - error) - 1) / dimension
    strength = max(0.0, (before - wanted) / (before - dimension**-2))
    return depolarizing_error(strength, len(qubits)).compose(relaxation)


@pytest.fixture(scope="module")
def reference():
    model = NoiseModel()
    for qubit in range(5):
        error = by_hand(ONE_QUBIT_ERROR[qubit], ONE_QUBIT_TIME, (qubit,))
        for name in ("x", "sx"):
            model.add_quantum_error(error, name, [qubit])
        zero, one = P1_GIVEN_0[qubit], P0_GIVEN_1[qubit]
        model.add_readout_error(ReadoutError([[1 - zero, zero], [one, 1 - one]]), [qubit])
    for pair in LINE:
        error = by_hand(TWO_QUBIT_ERROR[pair], TWO_QUBIT_TIME[pair], pair)
        model.add_quantum_error(error, "cx", list(pair))
    return AerSimulator(method="density_matrix", noise_model=model)


def counts_of(simulator, circuit, seed, shots=SHOTS):
    return simulator.run(circuit, shots=shots, seed_simulator=seed).result().data(0)["counts"]


@pytest.fixture(scope="module")
def expected(reference):
    return [counts_of(reference, random_circuit(seed), seed) for seed in range(20)]


def pvalues(engine, expected, shots=SHOTS):
    return [
        same_distribution(
            engine.run(random_circuit(seed), shots=shots, seed=1000 + seed).counts(), counts
        )
        for seed, counts in enumerate(expected)
    ]


def test_twenty_random_circuits_without_idle_noise(expected):
    """Two-sample chi² each, all p-values in one by Fisher: one false alarm in 1,000 seeds."""
    engine = GateEngine(line_target(), idle_noise=False)
    assert combined(pvalues(engine, expected)) > FALSE_ALARM


def test_the_comparison_can_fail(expected):
    """A third more of one readout error is seen by the same test on five of the circuits."""
    target = line_target()
    properties = list(target.qubit_properties)
    properties[2].p0_given_1 *= 4 / 3
    target.qubit_properties = properties
    engine = GateEngine(target, idle_noise=False)
    assert combined(pvalues(engine, expected[:5])) < 1e-6


def test_product_states_give_what_the_density_matrix_gives(expected):
    engine = GateEngine(line_target(), idle_noise=False, method="matrix_product_state")
    assert combined(pvalues(engine, expected[:3], shots=5_000)) > FALSE_ALARM


def test_idle_noise_is_relaxation_in_every_gap(reference):
    """A circuit with gaps worked by hand, as instructions of the reference's own circuit."""
    ours, theirs = QuantumCircuit(3, 3), QuantumCircuit(3, 3)
    for circuit in (ours, theirs):
        circuit.sx([0, 1, 2])
        circuit.cx(0, 1)
        circuit.x(2)
        circuit.cx(1, 2)
        circuit.sx(1)
        if circuit is theirs:
            # As late as possible, counted from the measurements: qubit 2 has its sx and x right
            # before the second cx. Qubit 0 waits for the second cx and the sx of 1, qubit 2 for
            # that sx.
            gap = TWO_QUBIT_TIME[1, 2] + ONE_QUBIT_TIME
            circuit.append(thermal(gap, (0,)).to_instruction(), [0])
            circuit.append(thermal(ONE_QUBIT_TIME, (2,)).to_instruction(), [2])
        circuit.barrier()
        circuit.measure([0, 1, 2], [0, 1, 2])
    counts = GateEngine(line_target()).run(ours, shots=SHOTS, seed=5).counts()
    assert same_distribution(counts, counts_of(reference, theirs, 6)) > FALSE_ALARM


def test_control_flow_with_all_noise(reference):
    """if_else on a noisy reading: the reference has the waits of both branches by hand."""
    ours, theirs = QuantumCircuit(2, 2), QuantumCircuit(2, 2)
    for one in (ours, theirs):
        one.sx([0, 1])
        one.cx(0, 1)
        one.measure(0, 0)
        if one is theirs:
            one.append(thermal(MEASURE_TIME, (1,)).to_instruction(), [1])
        with one.if_test((0, 1)) as otherwise:
            one.x(1)
            one.sx(1)
        with otherwise:
            if one is theirs:
                one.append(thermal(ONE_QUBIT_TIME, (1,)).to_instruction(), [1])
            one.sx(1)
        one.measure(1, 1)
    counts = GateEngine(line_target()).run(ours, shots=15_000, seed=5).counts()
    assert same_distribution(counts, counts_of(reference, theirs, 6, 15_000)) > FALSE_ALARM
