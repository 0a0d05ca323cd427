"""EstimatorV2 over our backends."""

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import ParameterVector
from qiskit.primitives import BaseEstimatorV2, StatevectorEstimator
from qiskit.quantum_info import DensityMatrix, Pauli, SparsePauliOp

import backline
from backline.errors import CapabilityError, InputError, OptionValueError
from backline.primitives import EstimatorV2


@pytest.fixture(scope="module")
def backend():
    return backline.load("manila")


@pytest.fixture(scope="module")
def ideal():
    return backline.load("manila", noise=False)


def ansatz(qubits=4):
    theta = ParameterVector("t", 2 * qubits)
    circuit = QuantumCircuit(qubits)
    for qubit in range(qubits):
        circuit.ry(theta[qubit], qubit)
    for qubit in range(qubits - 1):
        circuit.cx(qubit, qubit + 1)
    for qubit in range(qubits):
        circuit.rx(theta[qubits + qubit], qubit)
    return circuit


def observables(qubits, seed, count=3):
    rng = np.random.default_rng(seed)
    return [
        SparsePauliOp(
            ["".join(rng.choice(list("IXYZ"), size=qubits)) for _ in range(4)],
            rng.normal(size=4),
        )
        for _ in range(count)
    ]


def compiled(circuit, backend, seed=1):
    return transpile(circuit, backend, seed_transpiler=seed)


def test_it_is_an_estimator_of_qiskit(backend):
    assert isinstance(EstimatorV2(backend), BaseEstimatorV2)


@pytest.mark.parametrize("seed", range(3))
def test_without_noise_it_agrees_with_qiskits_estimator(seed, ideal):
    logical = ansatz()
    circuit = compiled(logical, ideal, seed)
    values = np.random.default_rng(seed).uniform(0, 2 * np.pi, size=(5, 8))
    wanted = [[item] for item in observables(4, seed)]
    laid_out = [[item.apply_layout(circuit.layout)] for (item,) in wanted]
    ours = EstimatorV2(ideal).run([(circuit, laid_out, values)]).result()[0].data
    theirs = StatevectorEstimator().run([(logical, wanted, values)]).result()[0].data
    assert ours.evs.shape == theirs.evs.shape == (3, 5)
    np.testing.assert_allclose(ours.evs, theirs.evs, atol=1e-12)
    assert (ours.stds == 0.0).all()


def test_with_noise_it_agrees_with_the_state(backend):
    circuit = compiled(ansatz(), backend)
    values = np.random.default_rng(1).uniform(0, 2 * np.pi, size=8)
    wanted = [o.apply_layout(circuit.layout) for o in observables(4, 7)]
    found = EstimatorV2(backend).run([(circuit, wanted, values)]).result()[0].data.evs
    state = backend.state(circuit.assign_parameters(values), qubits=range(circuit.num_qubits))
    assert isinstance(state, DensityMatrix)
    expected = [state.expectation_value(o).real for o in wanted]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_decay_worked_by_hand(backend):
    """An excited qubit that waits for T1 has <Z> = 1 - 2/e, but for what its x gate did."""
    t1 = backend.target.qubit_properties[0].t1
    circuit = QuantumCircuit(1)
    circuit.x(0)
    circuit.delay(t1, 0, unit="s")
    estimator = EstimatorV2(backend)
    value = float(estimator.run([(circuit, "Z")]).result()[0].data.evs)
    before = QuantumCircuit(1)
    before.x(0)
    excited = (1 - float(estimator.run([(before, "Z")]).result()[0].data.evs)) / 2
    assert value == pytest.approx(1 - 2 * excited / np.e, abs=1e-9)


def test_shapes_are_broadcast(ideal):
    circuit = compiled(ansatz(2), ideal)
    wanted = [
        [Pauli("ZZ").apply_layout(circuit.layout)],
        [Pauli("XI").apply_layout(circuit.layout)],
    ]
    cases = [
        (wanted, np.zeros((3, 4)), (2, 3)),
        (wanted[0], np.zeros((3, 4)), (3,)),
        (wanted[0][0], np.zeros(4), ()),
        (wanted, np.zeros((6, 1, 1, 4)), (6, 2, 1)),
    ]
    for given, values, shape in cases:
        for precision in (0.0, 0.5):
            data = EstimatorV2(ideal).run([(circuit, given, values)], precision=precision)
            data = data.result()[0].data
            assert data.shape == data.evs.shape == data.stds.shape == shape


def test_measured_values_scatter_as_their_errors_say(backend):
    """Over 60 seeds: mean of the deviations, in standard errors, and their mean square."""
    circuit = compiled(ansatz(3), backend)
    values = np.random.default_rng(2).uniform(0, 2 * np.pi, size=6)
    (wanted,) = observables(3, 5, count=1)
    wanted = (wanted + SparsePauliOp("III", 2.0)).apply_layout(circuit.layout)
    options = {"readout_noise": False}
    (exact,) = EstimatorV2(backend).run([(circuit, [wanted], values)]).result()[0].data.evs
    deviations = []
    for seed in range(60):
        estimator = EstimatorV2(backend, seed=seed, options=options)
        data = estimator.run([(circuit, [wanted], values, 0.05)]).result()[0].data
        assert 0.0 < data.stds[0] < 0.05 * 5
        deviations.append((data.evs[0] - exact) / data.stds[0])
    # Turning the basis is noisy too: some 1e-3, far below an error of 0.05.
    assert abs(np.mean(deviations)) < 5 / np.sqrt(60)
    assert 0.4 < np.mean(np.square(deviations)) < 1.9  # chi² of 60: false alarm below 1e-4


def test_measured_values_have_the_readout_errors(backend):
    circuit = QuantumCircuit(1)
    readout = backend.target.qubit_properties[0]
    data = EstimatorV2(backend, seed=3).run([(circuit, "Z")], precision=0.002).result()[0].data
    assert float(data.evs) == pytest.approx(1 - 2 * readout.p1_given_0, abs=0.01)
    exact = EstimatorV2(backend).run([(circuit, "Z")]).result()[0].data
    assert float(exact.evs) == pytest.approx(1.0, abs=1e-12)


def test_bases_are_turned_the_right_way(ideal):
    for letter, prepare in {
        "X": [("h", ())],
        "Y": [("h", ()), ("s", ())],
        "Z": [],
    }.items():
        circuit = QuantumCircuit(2)
        for name, parameters in prepare:
            getattr(circuit, name)(*parameters, 0)
        done = compiled(circuit, ideal)
        label = Pauli("I" + letter).apply_layout(done.layout)
        data = EstimatorV2(ideal).run([(done, label)], precision=0.1).result()[0].data
        assert float(data.evs) == 1.0
        assert float(data.stds) == 0.0


def test_projectors_are_observables(ideal):
    circuit = QuantumCircuit(2)
    circuit.x(1)
    data = EstimatorV2(ideal).run([(circuit, ["10", "00", "I1", "+I", "rl"])]).result()[0].data
    np.testing.assert_allclose(data.evs, [1.0, 0.0, 0.0, 0.5, 0.25], atol=1e-12)


def test_measurements_at_the_end_are_left_out(ideal):
    circuit = QuantumCircuit(1)
    circuit.sx(0)
    measured = circuit.copy()
    measured.measure_all()
    for precision in (0.0, 0.02):
        one, other = (
            EstimatorV2(ideal, seed=1)
            .run([(circuit, ["Y"]), (measured, ["Y"])], precision=precision)
            .result()
        )
        assert one.data.evs[0] == pytest.approx(-1.0, abs=1e-12)
        assert other.data.evs[0] == pytest.approx(-1.0, abs=1e-12)


def ecr(circuit, pair, edges):
    circuit.ecr(*(pair if pair in edges else pair[::-1]))


def test_wide_circuits_by_light_cone_or_by_shots():
    """On 127 qubits: a layer of gates, of which an observable sees two; then too many layers."""
    wide = backline.load("sherbrooke")
    edges = set(wide.coupling_map.get_edges())
    pairs = sorted({tuple(sorted(pair)) for pair in edges})
    shallow, used, apart = QuantumCircuit(127), set(), []
    for pair in pairs:
        if used.isdisjoint(pair):
            used |= set(pair)
            apart.append(pair)
            shallow.sx(pair[0])
            ecr(shallow, pair, edges)
    seen = apart[0] + apart[5]
    label = "".join("Z" if qubit in seen else "I" for qubit in reversed(range(127)))
    (value,) = EstimatorV2(wide).run([(shallow, [label])]).result()[0].data.evs

    alone = QuantumCircuit(127)
    for pair in (apart[0], apart[5]):
        alone.sx(pair[0])
        ecr(alone, pair, edges)
    state = wide.state(alone, qubits=seen, idle_noise=False)
    (same,) = (
        EstimatorV2(wide, options={"idle_noise": False})
        .run([(shallow, [label])])
        .result()[0]
        .data.evs
    )
    assert same == pytest.approx(state.expectation_value(Pauli("ZZZZ")).real, abs=1e-12)
    assert value == pytest.approx(same, abs=0.05)  # while others work, these wait

    deep = QuantumCircuit(127)
    for _ in range(30):
        for pair in pairs:
            ecr(deep, pair, edges)
    job = EstimatorV2(wide).run([(deep, [label])])
    with pytest.raises(CapabilityError, match=r"connected qubits\. Ask for a precision above 0"):
        job.result()


def test_the_light_cone_has_the_value_of_the_whole(backend, monkeypatch):
    circuit = compiled(ansatz(), backend)
    values = np.random.default_rng(4).uniform(0, 2 * np.pi, size=8)
    wanted = [o.apply_layout(circuit.layout) for o in observables(4, 11)]
    wanted.append(SparsePauliOp("IIZII"))
    pub = (circuit, wanted, values)
    whole = EstimatorV2(backend).run([pub]).result()[0].data.evs
    from backline.primitives import exact_values

    monkeypatch.setattr(exact_values, "_fits", lambda pieces: False)
    np.testing.assert_allclose(
        EstimatorV2(backend).run([pub]).result()[0].data.evs, whole, atol=1e-12
    )


def test_metadata_and_seeds(backend):
    circuit = QuantumCircuit(1)
    circuit.sx(0)
    circuit.metadata = {"run": 7}
    estimator = EstimatorV2(backend, seed=9, default_precision=0.1)
    first, again = (estimator.run([(circuit, "Z")]).result() for _ in range(2))
    assert first[0].data.evs == again[0].data.evs
    assert first[0].metadata == {
        "target_precision": 0.1,
        "shots": 100,
        "circuit_metadata": {"run": 7},
    }
    assert first.metadata["seed"] == 9


def test_wrong_input(backend):
    circuit = ansatz(2)
    estimator = EstimatorV2(backend)
    for wrong in (-0.1, float("nan"), float("inf"), "fine", True):
        with pytest.raises(OptionValueError, match="at least 0"):
            estimator.run([(circuit, "ZZ", np.zeros(4))], precision=wrong)
        with pytest.raises(OptionValueError, match="default_precision"):
            EstimatorV2(backend, default_precision=wrong)
    with pytest.raises(OptionValueError, match="shots"):
        estimator.run([(QuantumCircuit(1), "Z")], precision=1e-6)
    with pytest.raises(InputError, match="pub 0 is not"):
        estimator.run([(circuit, "ZZ", np.zeros(3))])
    with pytest.raises(InputError, match="pub 0 is not"):
        estimator.run([(circuit, "ZZZ", np.zeros(4))])
    with pytest.raises(InputError, match="pub 1 is not"):
        estimator.run([(QuantumCircuit(1), "Z"), (circuit, "ZZ")])
    with pytest.raises(InputError, match="pub 0 is not"):
        estimator.run([circuit])
    pulses = EstimatorV2(backend, options={"engine": "pulses"})
    with pytest.raises(CapabilityError, match="precision above 0"):
        pulses.run([(QuantumCircuit(1), "Z")])
