"""The planner takes the cheapest that can, and says so."""

import json

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Kraus
from qiskit_aer.noise import NoiseModel

from backline.contract.target import Target
from backline.engines.gates import GateEngine, planner
from backline.engines.gates.aer_costs import product_state_estimate, stabilizer_estimate
from backline.engines.gates.facts import Rules
from backline.engines.gates.reading import read
from backline.engines.gates.running import simulated
from backline.engines.gates.simulators import Simulator
from backline.errors import CapabilityError, OptionValueError
from engines.gate_targets import line_target, random_circuit

ALL = Rules(noise=True, idle_noise=True, readout_noise=True)


def simulator(method, seconds, *, most=100, package="backline"):
    """One that draws bits without looking at the program, and knows its price."""

    def run(program, shots, seed):
        return np.random.default_rng(seed).integers(
            0, 2, size=(shots, program.num_slots), dtype=np.uint8
        )

    return Simulator(
        method,
        package,
        lambda program: None if program.num_qubits <= most else f"more than {most} qubits",
        lambda program, shots: seconds * shots,
        run,
    )


@pytest.fixture
def only(monkeypatch):
    """Let the planner know certain simulators alone."""

    def set_to(*known):
        monkeypatch.setattr(planner, "simulators", lambda: {one.method: one for one in known})

    return set_to


def two_parts():
    circuit = QuantumCircuit(5, 3)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure([0, 1, 4], [2, 0, 1])
    return circuit


def test_the_cheapest_is_taken_and_all_estimates_are_said(only):
    only(simulator("density_matrix", 1e-6), simulator("trajectories", 2e-6))
    outcomes = GateEngine(line_target()).run(two_parts(), shots=100, seed=1)
    facts = json.loads(json.dumps(outcomes.metadata))
    assert (facts["method"], facts["simulator"]) == ("density_matrix", "backline")
    assert facts["reason"] == "least time by estimate"
    assert facts["estimates"] == pytest.approx({"density_matrix": 2e-4, "trajectories": 4e-4})
    assert facts["parts"] == [[0, 1], [4]]


def test_parts_may_be_run_by_different_ones(only):
    only(simulator("stim", 1e-6, most=1, package="stim"), simulator("trajectories", 2e-6))
    outcomes = GateEngine(line_target()).run(two_parts(), shots=100, seed=1)
    assert outcomes.metadata["method"] == "trajectories+stim"
    assert outcomes.metadata["simulator"] == "backline+stim"
    assert outcomes.metadata["estimates"]["mixed"] == pytest.approx(3e-4)


def test_aer_is_taken_where_it_takes_less(only):
    only(simulator("trajectories", 10.0))
    outcomes = GateEngine(line_target()).run(random_circuit(1, layers=1), shots=20, seed=1)
    assert outcomes.metadata["method"] == "matrix_product_state"
    assert outcomes.metadata["simulator"] == "aer"
    parts = len(read(random_circuit(1, layers=1), line_target(), ALL).parts)
    assert outcomes.metadata["estimates"]["trajectories"] == pytest.approx(parts * 200.0)


def test_aer_chooses_where_nobody_else_can(only):
    only(simulator("trajectories", 1.0, most=1))
    outcomes = GateEngine(line_target()).run(random_circuit(1, layers=1), shots=20, seed=1)
    assert outcomes.metadata["simulator"] == "aer"
    assert "Aer chooses" in outcomes.metadata["reason"]


def test_what_was_asked_for_is_run_or_refused_with_the_able(only):
    only(simulator("density_matrix", 1e-6, most=1), simulator("trajectories", 1.0))
    engine = GateEngine(line_target(), method="trajectories")
    outcomes = engine.run(two_parts(), shots=3, seed=1)
    assert (outcomes.metadata["method"], outcomes.metadata["reason"]) == (
        "trajectories",
        "asked for",
    )
    wrong = GateEngine(line_target(), method="density_matrix")
    with pytest.raises(
        CapabilityError, match=r"more than 1 qubits.*Methods that can: trajectories"
    ):
        wrong.prepare(two_parts(), shots=3)


def test_a_method_that_has_no_estimate_is_too_large(only):
    only(simulator("stim", float("inf")), simulator("trajectories", 1e-3))
    with pytest.raises(CapabilityError, match="2 connected qubits, which is too many"):
        GateEngine(line_target(), method="stim").prepare(two_parts(), shots=3)
    outcomes = GateEngine(line_target()).run(two_parts(), shots=3, seed=1)
    assert outcomes.metadata["method"] == "trajectories"


def test_aer_takes_what_is_too_much_for_its_namesake_of_ours(only):
    only(simulator("density_matrix", float("inf")), simulator("trajectories", 1e-3))
    ready = GateEngine(line_target(), method="density_matrix").prepare(two_parts(), shots=3)
    assert (ready.plan.simulator, ready.plan.method) == ("aer", "density_matrix")


@pytest.mark.parametrize("method", ["trajectories", "stim"])
def test_a_users_model_needs_aer(method):
    engine = GateEngine(line_target(), method=method, noise_model=NoiseModel())
    with pytest.raises(CapabilityError, match="does not take a noise_model"):
        engine.prepare(two_parts(), shots=3)


def test_what_only_aer_knows_goes_to_aer_or_is_refused(only):
    only(simulator("trajectories", 1e-6))
    circuit = QuantumCircuit(1, 1)
    circuit.append(Kraus([np.diag([1, 0.6]), [[0, 0.8], [0, 0]]]).to_instruction(), [0])
    circuit.measure(0, 0)
    outcomes = GateEngine(Target(num_qubits=1)).run(circuit, shots=10, seed=1)
    assert (outcomes.metadata["simulator"], outcomes.counts()) == ("aer", {"0x0": 10})
    assert "kraus" in outcomes.metadata["reason"]
    with pytest.raises(CapabilityError, match="kraus"):
        GateEngine(Target(num_qubits=1), method="trajectories").run(circuit, shots=10, seed=1)


def test_bits_of_parts_come_to_their_slots_and_no_two_parts_share_random_numbers(only):
    circuit = QuantumCircuit(3, 5)
    circuit.measure([0, 1, 2], [4, 0, 2])
    reading = read(circuit, Target(num_qubits=3), Rules(False, False, False))
    random = simulator("trajectories", 1.0)
    bits = simulated(reading, [random] * 3, shots=1000, seed=5)
    assert not bits[:, [1, 3]].any()
    assert (bits[:, 0] == bits[:, 2]).mean() == pytest.approx(0.5, abs=0.1)
    assert bits[:, 4].mean() == pytest.approx(0.5, abs=0.1)
    np.testing.assert_array_equal(simulated(reading, [random] * 3, shots=1000, seed=5), bits)


def chain(width):
    circuit = QuantumCircuit(width, width)
    circuit.h(0)
    for qubit in range(width - 1):
        circuit.cx(qubit, qubit + 1)
    circuit.measure(range(width), range(width))
    return circuit


def program(circuit, target=None, rules=ALL):
    return read(circuit, target or Target(num_qubits=circuit.num_qubits), rules).parts[0].program


def test_the_cost_of_product_states_grows_with_what_entangles():
    little = product_state_estimate(program(chain(40)), 100)
    deep = chain(40)
    for _ in range(7):
        deep.remove_final_measurements()
        deep.compose(chain(40).remove_final_measurements(inplace=False), inplace=True)
    deep.measure_all()
    assert little < 1.0
    assert product_state_estimate(program(deep), 100) > 2 * little
    tangled = QuantumCircuit(40)
    for _ in range(12):
        for first in range(40):
            tangled.cx(first, (first + 17) % 40)
    tangled.measure_all()
    assert product_state_estimate(program(tangled), 100) == float("inf")


def test_aers_stabilizers_take_no_relaxation_of_long_t2():
    target = line_target()
    assert stabilizer_estimate(program(chain(2), target), 100) == float("inf")  # T2 > T1 on 1
    assert stabilizer_estimate(program(chain(2)), 100) < 1.0


def test_batches_keep_their_order_and_lose_nothing_by_one_failure():
    def measured(first):
        circuit = QuantumCircuit(2, 2)
        if first:
            circuit.x(0)
        circuit.measure([0, 1], [0, 1])
        return circuit

    bad = QuantumCircuit(1, 1, name="bad")
    with bad.box():
        bad.x(0)
    bad.measure(0, 0)
    engine = GateEngine(Target(num_qubits=2))
    circuits = [measured(False), bad, measured(True)]
    found = engine.run_batch(circuits, shots=7, seeds=[1, 2, 3])
    assert isinstance(found[1], CapabilityError)
    assert [found[0].counts(), found[2].counts()] == [{"0x0": 7}, {"0x1": 7}]


def test_a_batch_gives_what_single_runs_give():
    engine = GateEngine(line_target())
    circuits = [random_circuit(seed, layers=2) for seed in range(3)]
    together = engine.run_batch(circuits, shots=50, seeds=[7, 8, 9])
    alone = [engine.run(c, shots=50, seed=s) for c, s in zip(circuits, (7, 8, 9), strict=True)]
    assert [one.counts() for one in together] == [one.counts() for one in alone]


def test_no_shots_are_refused_before_reading():
    with pytest.raises(OptionValueError, match="shots must be at least 1"):
        GateEngine(line_target()).prepare(two_parts(), shots=0)
