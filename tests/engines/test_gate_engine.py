"""The gate engine runs what Aer runs, with the device's noise, and says what it did."""

import json
import math
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Gate, Measure, Parameter
from qiskit.circuit.classical import expr, types
from qiskit.circuit.library import UnitaryGate, XGate
from qiskit.transpiler import InstructionProperties
from qiskit_aer.noise import NoiseModel, ReadoutError, pauli_error

from backline.contract.target import Target
from backline.engines.gates import METHODS, GateEngine, aer_noise
from backline.engines.gates.bits import bits_from_hex
from backline.errors import CapabilityError, EngineError, InputError, OptionValueError
from engines.gate_targets import (
    frequency,
    line_target,
    one_qubit_target,
    random_circuit,
    sigmas,
)

SHOTS = 40_000


def share(engine, circuit, key="0x1", *, shots=SHOTS, seed=11):
    return frequency(engine.run(circuit, shots=shots, seed=seed).counts(), key)


def wait_and_measure(seconds):
    circuit = QuantumCircuit(1, 1)
    circuit.x(0)
    circuit.delay(seconds, 0, "s")
    circuit.measure(0, 0)
    return circuit


def ramsey(seconds):
    circuit = QuantumCircuit(1, 1)
    circuit.sx(0)
    circuit.delay(seconds, 0, "s")
    circuit.rz(math.pi, 0)
    circuit.sx(0)
    circuit.measure(0, 0)
    return circuit


@pytest.mark.parametrize("seconds", [10e-6, 50e-6, 150e-6])
@pytest.mark.parametrize("t2", [30e-6, 80e-6, 95e-6])
def test_an_excited_qubit_decays_with_t1_while_idle(seconds, t2):
    engine = GateEngine(one_qubit_target(t1=50e-6, t2=t2))
    expected = math.exp(-seconds / 50e-6)
    assert share(engine, wait_and_measure(seconds)) == pytest.approx(
        expected, abs=sigmas(expected, SHOTS)
    )


@pytest.mark.parametrize("seconds", [10e-6, 50e-6, 150e-6])
@pytest.mark.parametrize("t2", [30e-6, 80e-6, 95e-6])
def test_a_superposition_loses_its_phase_with_t2_while_idle(seconds, t2):
    """Sx, wait, Z, Sx gives 1 with probability (1 - exp(-t/T2)) / 2."""
    engine = GateEngine(one_qubit_target(t1=50e-6, t2=t2))
    expected = (1 - math.exp(-seconds / t2)) / 2
    assert share(engine, ramsey(seconds)) == pytest.approx(expected, abs=sigmas(expected, SHOTS))


def test_delays_in_samples_count_with_dt():
    circuit = QuantumCircuit(1, 1)
    circuit.x(0)
    circuit.delay(50_000, 0, "dt")
    circuit.measure(0, 0)
    engine = GateEngine(one_qubit_target(t1=50e-6, t2=50e-6))
    expected = math.exp(-1)
    assert share(engine, circuit) == pytest.approx(expected, abs=sigmas(expected, SHOTS))


def test_a_qubit_decays_while_another_is_measured():
    target = line_target()
    circuit = QuantumCircuit(2, 2)
    circuit.x(1)
    circuit.barrier()
    for _ in range(8):
        circuit.measure(0, 0)
    circuit.barrier()
    circuit.measure(1, 1)
    seconds = 8 * 5.35e-6
    survival = math.exp(-(seconds + 35.6e-9) / 60e-6)
    engine = GateEngine(target, readout_noise=False)
    counts = engine.run(circuit, shots=SHOTS, seed=3).counts()
    seen = sum(n for key, n in counts.items() if int(key, 16) & 2) / SHOTS
    # The error of x itself is beside that: at most 5e-4.
    assert seen == pytest.approx(survival, abs=sigmas(survival, SHOTS) + 5e-4)


def test_without_idle_noise_waiting_costs_nothing():
    engine = GateEngine(one_qubit_target(t1=50e-6, t2=50e-6), idle_noise=False)
    assert engine.run(wait_and_measure(1.0), shots=100, seed=1).counts() == {"0x1": 100}


def test_without_idle_noise_delays_in_blocks_cost_nothing_either():
    circuit = QuantumCircuit(1, 1)
    circuit.x(0)
    with circuit.for_loop(range(2)):
        circuit.delay(1, 0, "s")
        circuit.barrier()
        circuit.x(0)
        circuit.x(0)
    circuit.measure(0, 0)
    engine = GateEngine(one_qubit_target(t1=50e-6, t2=50e-6), idle_noise=False)
    assert engine.run(circuit, shots=100, seed=1).counts() == {"0x1": 100}


@pytest.mark.parametrize(("prepare", "flip"), [(False, 0.02), (True, 0.1)])
def test_readings_are_wrong_in_both_directions_on_their_own(prepare, flip):
    engine = GateEngine(one_qubit_target(p1_given_0=0.02, p0_given_1=0.1))
    circuit = QuantumCircuit(1, 1)
    if prepare:
        circuit.x(0)
    circuit.measure(0, 0)
    wrong = "0x0" if prepare else "0x1"
    assert share(engine, circuit, wrong) == pytest.approx(flip, abs=sigmas(flip, SHOTS))


def test_the_error_of_measure_stands_in_for_unknown_directions():
    engine = GateEngine(one_qubit_target(measure_error=0.07))
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    assert share(engine, circuit) == pytest.approx(0.07, abs=sigmas(0.07, SHOTS))


def test_readout_noise_can_be_switched_off_alone():
    target = one_qubit_target(p1_given_0=0.5, p0_given_1=0.5, t1=50e-6)
    engine = GateEngine(target, readout_noise=False)
    expected = math.exp(-0.2)
    assert share(engine, wait_and_measure(10e-6)) == pytest.approx(
        expected, abs=sigmas(expected, SHOTS)
    )


def test_noise_off_is_ideal_whatever_else_is_said():
    model = NoiseModel()
    model.add_all_qubit_quantum_error(pauli_error([("X", 1.0)]), ["x"])
    engine = GateEngine(line_target(), noise=False, noise_model=model)
    circuit = QuantumCircuit(2, 2)
    circuit.x(0)
    circuit.delay(1, 0, "s")
    circuit.measure([0, 1], [0, 1])
    outcomes = engine.run(circuit, shots=50, seed=1)
    assert outcomes.counts() == {"0x1": 50}
    assert outcomes.metadata["noise"] == "none"


def test_a_gate_with_its_error_takes_the_fidelity_that_it_says():
    """X with λ of depolarizing reads 0 with λ/2, where error = λ (1 - 1/D) = λ/2."""
    target = Target(num_qubits=1)
    target.add_instruction(XGate(), {(0,): InstructionProperties(error=0.08)})
    target.add_instruction(Measure(), {(0,): None})
    circuit = QuantumCircuit(1, 1)
    circuit.x(0)
    circuit.measure(0, 0)
    assert share(GateEngine(target), circuit, "0x0") == pytest.approx(0.08, abs=sigmas(0.08, SHOTS))


def test_a_target_that_knows_nothing_makes_no_noise():
    target = Target(num_qubits=3)
    circuit = QuantumCircuit(3, 1)
    circuit.x(2)
    circuit.cx(2, 1)
    circuit.measure(1, 0)
    assert GateEngine(target).run(circuit, shots=20, seed=0).counts() == {"0x1": 20}


def test_missing_qubits_among_the_properties_have_no_noise():
    target = one_qubit_target(width=2)
    target.qubit_properties = [None, None]
    circuit = QuantumCircuit(2, 1)
    circuit.x(1)
    circuit.delay(1, 1, "s")
    circuit.measure(1, 0)
    assert GateEngine(target).run(circuit, shots=20, seed=0).counts() == {"0x1": 20}


@pytest.mark.parametrize("own_model", [False, True])
def test_few_qubits_of_a_wide_device_are_simulated_alone(own_model):
    target = one_qubit_target(width=127, p1_given_0=1.0, p0_given_1=0.0)
    model = NoiseModel()
    model.add_readout_error(ReadoutError([[0, 1], [0, 1]]), [90])
    circuit = QuantumCircuit(QuantumRegister(127, "q"), ClassicalRegister(2, "a"))
    circuit.add_register(ClassicalRegister(125, "b"))
    circuit.x(126)
    circuit.h(3)
    circuit.cx(3, 90)
    circuit.measure(126, 126)
    with circuit.if_test((circuit.clbits[126], 1)):
        circuit.reset(3)
    circuit.measure(3, 1)
    circuit.measure(90, 0)
    engine = GateEngine(target, noise_model=model) if own_model else GateEngine(target)
    outcomes = engine.run(circuit, shots=30, seed=1)
    assert outcomes.bits.shape[1] == 127
    assert set(outcomes.counts()) == {hex((1 << 126) + (1 if own_model else 3))}
    if not own_model:
        assert outcomes.metadata["qubits"] == [3, 90, 126]


def test_noise_is_looked_up_on_the_qubits_of_the_device():
    target = one_qubit_target(width=6)
    properties = list(target.qubit_properties)
    properties[4] = type(properties[4])(t1=1e-9)
    target.qubit_properties = properties
    circuit = QuantumCircuit(6, 2)
    circuit.x([1, 4])
    circuit.delay(1, [1, 4], "us")
    circuit.measure([1, 4], [0, 1])
    assert GateEngine(target).run(circuit, shots=100, seed=5).counts() == {"0x1": 100}


@pytest.mark.parametrize("t2", [50e-6, 90e-6])
def test_waits_inside_of_a_branch_decay(t2):
    target = one_qubit_target(t1=50e-6, t2=t2, width=2)
    circuit = QuantumCircuit(2, 2)
    circuit.x([0, 1])
    circuit.measure(1, 1)
    with circuit.if_test((1, 1)):
        circuit.delay(25, 0, "us")
        circuit.x(0)
        circuit.x(0)
    circuit.measure(0, 0)
    expected = math.exp(-0.5)
    counts = GateEngine(target).run(circuit, shots=4000, seed=9).counts()
    assert frequency(counts, "0x3") == pytest.approx(expected, abs=sigmas(expected, 4000))


def ideal(circuit, shots=200):
    return GateEngine(Target(num_qubits=circuit.num_qubits)).run(circuit, shots=shots, seed=2)


def test_mid_circuit_measurement_and_reset():
    circuit = QuantumCircuit(1, 3)
    circuit.x(0)
    circuit.measure(0, 0)
    circuit.reset(0)
    circuit.measure(0, 1)
    circuit.x(0)
    circuit.measure(0, 2)
    assert ideal(circuit).counts() == {"0x5": 200}


def test_if_else_follows_the_bit():
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.if_test((0, 1)) as otherwise:
        circuit.x(1)
    with otherwise:
        circuit.id(1)
    circuit.measure(1, 1)
    assert set(ideal(circuit).counts()) == {"0x0", "0x3"}


def test_loops_and_switch():
    circuit = QuantumCircuit(3, 3)
    with circuit.for_loop(range(3)):
        circuit.x(0)
    circuit.measure(0, 0)
    with circuit.while_loop((0, 1)):
        circuit.x(0)
        circuit.x(1)
        circuit.measure(0, 0)
    circuit.measure(1, 1)
    with circuit.switch(circuit.cregs[0]) as case:
        with case(2):
            circuit.x(2)
        with case(case.DEFAULT):
            circuit.x(0)
    circuit.measure(2, 2)
    assert ideal(circuit).counts() == {"0x6": 200}


def until_one(slots):
    """x until a 1 was read, in the last instruction of the circuit."""
    circuit = QuantumCircuit(2, slots)
    with circuit.while_loop((slots - 1, 0)):
        circuit.x(1)
        circuit.measure(1, slots - 1)
    return circuit


@pytest.mark.parametrize("slots", [1, 8, 9])
@pytest.mark.parametrize("options", [{}, {"noise": False}, {"noise_model": NoiseModel()}])
@pytest.mark.parametrize("memory", [False, True])
def test_the_last_measurement_may_be_in_a_loop(slots, options, memory):
    engine = GateEngine(line_target(), memory=memory, **options)
    outcomes = engine.run(until_one(slots), shots=200, seed=1)
    assert outcomes.bits.shape[1] == slots
    assert outcomes.counts() == {hex(1 << (slots - 1)): 200}


def test_the_last_measurement_may_be_in_a_branch_of_a_branch():
    circuit = QuantumCircuit(2, 2)
    with circuit.if_test((0, 0)):
        circuit.x(0)
        with circuit.if_test((0, 0)):
            circuit.measure(0, 1)
    with circuit.if_test((0, 1)):
        circuit.x(0)
    assert ideal(circuit).counts() == {"0x2": 200}


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_loop_may_be_followed_by_a_measurement_of_any_qubit(after):
    circuit = until_one(3)
    circuit.add_register(QuantumRegister(1))
    circuit.measure(after, 0)
    assert ideal(circuit).counts() == {"0x5" if after == 1 else "0x4": 200}


def test_a_branch_may_act_on_qubits_that_nobody_measures():
    circuit = QuantumCircuit(2, 2)
    with circuit.if_test((0, 0)):
        circuit.x(0)
    circuit.measure(1, 1)
    assert ideal(circuit).counts() == {"0x0": 200}


def test_a_parameter_of_a_loop_is_no_unbound_parameter():
    circuit = QuantumCircuit(1, 1)
    with circuit.for_loop(range(3)) as turn:
        circuit.rx(turn * math.pi, 0)
    circuit.measure(0, 0)
    assert ideal(circuit).counts() == {"0x1": 200}


def test_a_circuit_without_measurements_gives_no_bits_and_says_so():
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    outcomes = GateEngine(line_target()).run(circuit, shots=7, seed=1)
    assert outcomes.bits is None
    assert outcomes.shots == 7
    assert outcomes.counts() == {}
    assert outcomes.metadata["measured"] is False


def test_an_empty_circuit_runs():
    assert GateEngine(line_target()).run(QuantumCircuit(5), shots=1, seed=0).bits is None


def test_memory_keeps_the_order_of_shots_and_agrees_with_counts():
    circuit = random_circuit(1)
    kept = GateEngine(line_target(), memory=True).run(circuit, shots=500, seed=8)
    counted = GateEngine(line_target()).run(circuit, shots=500, seed=8)
    assert kept.repeats is None
    assert kept.bits.shape == (500, 5)
    assert len(kept.memory()) == 500
    assert kept.counts() == counted.counts()
    assert len(set(kept.memory()[:50])) > 1  # shots, and not sorted counts


@pytest.mark.parametrize("slots", [1, 7, 8, 9, 63, 64, 65, 127])
def test_hex_strings_become_bits(slots):
    rng = np.random.default_rng(slots)
    bits = rng.integers(0, 2, size=(20, slots), dtype=np.uint8)
    keys = [hex(sum(int(bit) << k for k, bit in enumerate(row))) for row in bits]
    np.testing.assert_array_equal(bits_from_hex(keys, slots), bits)


def test_same_seed_same_outcomes_and_other_seed_others():
    engine = GateEngine(line_target(), memory=True)
    circuit = random_circuit(2)
    first = engine.run(circuit, shots=300, seed=2**63 - 1).memory()
    assert engine.run(circuit, shots=300, seed=2**63 - 1).memory() == first
    assert engine.run(circuit, shots=300, seed=4).memory() != first


THREADS = """
import sys
sys.path.insert(0, sys.argv[1])
from engines.gate_targets import line_target, random_circuit
from backline.engines.gates import GateEngine
from hashlib import sha256
for method in ("density_matrix", "matrix_product_state"):
    engine = GateEngine(line_target(), memory=True, method=method)
    rows = engine.run(random_circuit(3), shots=200, seed=5).bits
    print(method, sha256(rows.tobytes()).hexdigest())
"""


def test_the_number_of_threads_changes_nothing():
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    seen = set()
    for threads in ("1", "2", "5"):
        environment = os.environ | {"OMP_NUM_THREADS": threads}
        done = subprocess.run(
            [sys.executable, "-c", THREADS, here],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        seen.add(done.stdout)
    assert len(seen) == 1
    assert "density_matrix" in seen.pop()


def test_metadata_is_json_and_says_what_shaped_the_run():
    outcomes = GateEngine(line_target()).run(random_circuit(1), shots=10_000, seed=1)
    facts = json.loads(json.dumps(outcomes.metadata))
    assert facts["engine"] == "gates"
    assert facts["method"] == "density_matrix"
    assert (facts["noise"], facts["idle_noise"], facts["readout_noise"]) == ("device", True, True)
    assert set(facts["versions"]) >= {"qiskit", "qiskit-aer"}
    assert facts["seconds"]["simulate"] > 0
    assert facts["unknown_durations"] == []


def test_gates_without_duration_are_named_in_the_metadata():
    circuit = QuantumCircuit(1, 1)
    circuit.reset(0)
    circuit.measure(0, 0)
    outcomes = GateEngine(line_target()).run(circuit, shots=10, seed=1)
    assert outcomes.metadata["unknown_durations"] == ["reset"]


def test_a_users_model_replaces_the_devices_noise():
    model = NoiseModel()
    model.add_quantum_error(pauli_error([("X", 1.0)]), "x", [1])
    engine = GateEngine(
        one_qubit_target(width=2, p1_given_0=1.0, p0_given_1=1.0), noise_model=model
    )
    circuit = QuantumCircuit(2, 2)
    circuit.x([0, 1])
    circuit.measure([0, 1], [0, 1])
    outcomes = engine.run(circuit, shots=20, seed=1)
    assert outcomes.counts() == {"0x1": 20}
    assert outcomes.metadata["noise"] == "user"


@pytest.mark.parametrize("method", ["density_matrix", "matrix_product_state"])
def test_the_method_that_was_asked_for_runs(method):
    outcomes = GateEngine(line_target(), method=method).run(random_circuit(1), shots=5, seed=1)
    assert outcomes.metadata["method"] == method


@pytest.mark.parametrize("method", ["stabiliser", "unitary", "", 3])
def test_a_method_that_does_not_exist_is_refused(method):
    with pytest.raises(OptionValueError, match="automatic, statevector, density_matrix") as caught:
        GateEngine(line_target(), method=method)
    assert repr(method) in str(caught.value)
    assert "stabilizer" in METHODS


def test_other_wrong_options_are_refused():
    with pytest.raises(OptionValueError, match="noise_model is a qiskit_aer"):
        GateEngine(line_target(), noise_model={"x": 0.1})
    with pytest.raises(OptionValueError, match="idle_noise is True or False, got 1"):
        GateEngine(line_target(), idle_noise=1)


def test_the_stabilizer_method_on_a_circuit_that_is_not_clifford_is_an_engine_error():
    circuit = QuantumCircuit(1, 1)
    circuit.rz(0.3, 0)
    circuit.measure(0, 0)
    with pytest.raises(EngineError, match="Aer could not run"):
        GateEngine(line_target(), method="stabilizer").run(circuit, shots=1, seed=1)


def test_too_little_memory_is_a_clear_engine_error():
    circuit = QuantumCircuit(50, 50, name="too wide")
    circuit.h(range(50))
    circuit.t(range(50))
    for qubit in range(49):
        circuit.cx(qubit, qubit + 1)
    circuit.measure(range(50), range(50))
    engine = GateEngine(Target(num_qubits=50), method="statevector", noise_model=NoiseModel())
    with pytest.raises(EngineError, match=r"'too wide'.*Insufficient memory.*50 qubits.*product"):
        engine.run(circuit, shots=1, seed=1)


def test_a_wide_clifford_circuit_runs_with_noise_of_short_t2():
    target = one_qubit_target(width=100, t1=50e-6, t2=40e-6, p1_given_0=0.01, p0_given_1=0.02)
    circuit = QuantumCircuit(100, 100)
    circuit.h(0)
    for qubit in range(99):
        circuit.cx(qubit, qubit + 1)
    circuit.delay(1, range(100), "us")
    circuit.measure(range(100), range(100))
    outcomes = GateEngine(target).run(circuit, shots=20, seed=1)
    assert outcomes.metadata["method"] == "stabilizer"
    assert outcomes.bits.shape[1] == 100


def test_a_gate_that_aer_does_not_know_runs_as_its_matrix_with_its_noise():
    class Swing(Gate):
        def __init__(self):
            super().__init__("swing", 1, [])

        def __array__(self, dtype=None, copy=None):
            return np.array([[0, 1], [1, 0]], dtype=dtype or complex)

    target = Target(num_qubits=1)
    target.add_instruction(Swing(), {(0,): InstructionProperties(error=0.1)})
    target.add_instruction(Measure(), {(0,): None})
    circuit = QuantumCircuit(1, 1)
    circuit.append(Swing(), [0])
    circuit.measure(0, 0)
    assert share(GateEngine(target), circuit, "0x0") == pytest.approx(0.1, abs=sigmas(0.1, SHOTS))


def test_labels_do_not_change_the_noise():
    target = Target(num_qubits=1)
    target.add_instruction(XGate(), {(0,): InstructionProperties(error=0.2)})
    target.add_instruction(UnitaryGate(np.eye(2)), {(0,): None}, name="unitary")
    circuit = QuantumCircuit(1, 1)
    circuit.append(UnitaryGate(np.eye(2), label="x"), [0])
    circuit.measure(0, 0)
    assert GateEngine(target).run(circuit, shots=100, seed=1).counts() == {"0x0": 100}


def test_a_gate_without_a_matrix_is_refused_before_any_work():
    circuit = QuantumCircuit(1, 1)
    circuit.append(Gate("mystery", 1, []), [0])
    circuit.measure(0, 0)
    with pytest.raises(CapabilityError, match="'mystery'"):
        GateEngine(line_target()).run(circuit, shots=1, seed=1)


def test_unbound_parameters_are_refused_by_name():
    circuit = QuantumCircuit(1, 1)
    circuit.rz(Parameter("angle"), 0)
    circuit.measure(0, 0)
    with pytest.raises(InputError, match="unbound parameters: angle"):
        GateEngine(line_target()).run(circuit, shots=1, seed=1)


def test_run_time_variables_are_refused_because_aer_would_end_the_process():
    circuit = QuantumCircuit(1, 1)
    circuit.add_var("v", expr.lift(3, types.Uint(4)))
    circuit.measure(0, 0)
    with pytest.raises(CapabilityError, match="run-time variables"):
        GateEngine(line_target()).run(circuit, shots=1, seed=1)


def test_boxes_are_refused_also_in_blocks():
    circuit = QuantumCircuit(1, 1)
    with circuit.for_loop(range(2)), circuit.box():
        circuit.x(0)
    circuit.measure(0, 0)
    with pytest.raises(CapabilityError, match="has a box"):
        GateEngine(line_target()).run(circuit, shots=1, seed=1)


@pytest.mark.parametrize("measured", [False, True])
def test_no_shots(measured):
    circuit = QuantumCircuit(1, 1)
    if measured:
        circuit.measure(0, 0)
    with pytest.raises(OptionValueError, match="shots must be at least 1, got 0"):
        GateEngine(line_target()).run(circuit, shots=0, seed=1)


def test_an_expression_that_aer_cannot_read_is_an_engine_error():
    circuit = QuantumCircuit(2, 2)
    circuit.measure(0, 0)
    with circuit.if_test(expr.equal(expr.shift_left(circuit.cregs[0], 1), 2)):
        circuit.x(1)
    circuit.measure(1, 1)
    engine = GateEngine(Target(num_qubits=2), method="matrix_product_state")
    with pytest.raises(EngineError, match="SHIFT_LEFT"):
        engine.run(circuit, shots=10, seed=1)


def test_the_engine_is_a_frozen_value_that_travels():
    engine = GateEngine(line_target(), idle_noise=False, method="density_matrix", memory=True)
    with pytest.raises(FrozenInstanceError):
        engine.memory = False
    there = pickle.loads(pickle.dumps(engine))
    assert (there.idle_noise, there.method, there.memory) == (False, "density_matrix", True)
    circuit = random_circuit(4)
    assert (
        there.run(circuit, shots=50, seed=1).memory()
        == engine.run(circuit, shots=50, seed=1).memory()
    )
    hash(engine)


def test_the_circuit_is_left_as_it_was():
    circuit = random_circuit(5)
    circuit.data[0].operation.to_mutable()
    before = circuit.copy()
    GateEngine(line_target()).run(circuit, shots=5, seed=1)
    assert circuit == before


def test_a_changed_target_is_another_noise():
    target = Target(num_qubits=1)
    target.add_instruction(XGate(), {(0,): InstructionProperties(error=None)})
    target.add_instruction(Measure(), {(0,): None})
    circuit = QuantumCircuit(1, 1)
    circuit.x(0)
    circuit.measure(0, 0)
    engine = GateEngine(target)
    assert engine.run(circuit, shots=100, seed=1).counts() == {"0x1": 100}
    target.update_instruction_properties("x", (0,), InstructionProperties(error=0.5))
    assert engine.run(circuit, shots=100, seed=1).counts() != {"0x1": 100}


def test_threads_share_the_caches_and_get_the_same():
    circuits = [random_circuit(seed) for seed in range(6)]
    engine = GateEngine(line_target())

    def counts(circuit):
        return engine.run(circuit, shots=200, seed=7).counts()

    aer_noise.noise_model.cache_clear()
    aer_noise.quantum_error.cache_clear()
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(counts, circuits))
    assert together == [counts(circuit) for circuit in circuits]


def test_a_second_run_makes_no_noise_anew():
    engine = GateEngine(line_target())
    engine.run(random_circuit(11), shots=1, seed=1)
    before = aer_noise.quantum_error.cache_info().misses
    engine.run(random_circuit(11), shots=1, seed=1)
    GateEngine(line_target()).run(random_circuit(11), shots=1, seed=1)
    assert aer_noise.quantum_error.cache_info().misses == before


def test_importing_the_engine_does_not_import_aer():
    code = "import backline.engines.gates, sys; assert 'qiskit_aer' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
