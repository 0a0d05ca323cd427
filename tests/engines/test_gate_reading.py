"""Circuits as programs: worked by hand, and never stale."""

import math
import pickle

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Clbit, Gate, Instruction, Parameter
from qiskit.circuit.classical import expr, types
from qiskit.circuit.library import C4XGate, UnitaryGate, XGate
from qiskit.quantum_info import Operator, random_unitary

from backline.contract.target import Target
from backline.engines.gates.conditions import condition_of, expression_of
from backline.engines.gates.facts import Rules
from backline.engines.gates.program import Jump, JumpUnless, Measure, Noise, Reset, Unitary
from backline.engines.gates.reading import read
from engines.gate_targets import (
    MEASURE_TIME,
    P0_GIVEN_1,
    P1_GIVEN_0,
    T1,
    T2,
    TWO_QUBIT_TIME,
    line_target,
)

ALL = Rules(noise=True, idle_noise=True, readout_noise=True)
NONE = Rules(noise=False, idle_noise=False, readout_noise=False)


def ideal(circuit):
    return read(circuit, Target(num_qubits=circuit.num_qubits), NONE)


def words(program):
    """Operations as short text."""
    names = []
    for item in program.operations:
        if isinstance(item, Unitary):
            names.append(f"{item.name} {','.join(map(str, item.qubits))}")
        elif isinstance(item, Measure):
            names.append(f"measure {item.qubit}>{item.slot}")
        elif isinstance(item, Reset):
            names.append(f"reset {item.qubit}")
        elif isinstance(item, Jump):
            names.append(f"jump {item.to}")
        elif isinstance(item, JumpUnless):
            names.append(f"unless {item.condition.slots} jump {item.to}")
        else:
            names.append(f"noise {','.join(map(str, item.qubits))}")
    return names


def only(reading):
    (part,) = reading.parts
    return part


def test_qubits_that_are_not_measured_or_used_vanish():
    circuit = QuantumCircuit(20, 2)
    circuit.h(7)
    circuit.cx(7, 3)
    circuit.x(11)
    circuit.delay(100, 5, "ns")
    circuit.measure(3, 1)
    part = only(ideal(circuit))
    assert words(part.program) == ["h 1", "cx 1,0", "measure 0>0"]
    assert (part.qubits, part.slots) == ((3, 7), (1,))


def test_measured_idle_qubits_are_parts_of_their_own():
    circuit = QuantumCircuit(27)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    reading = ideal(circuit)
    assert [part.qubits for part in reading.parts] == [(0, 1), *((q,) for q in range(2, 27))]
    assert reading.qubits == tuple(range(27))


def test_what_no_measurement_sees_is_left_out():
    circuit = QuantumCircuit(3, 1)
    circuit.h([0, 1, 2])
    circuit.cx(0, 1)
    circuit.cx(1, 2)  # after it, nobody looks at 2
    circuit.reset(1)
    circuit.x(1)
    circuit.measure(1, 0)
    circuit.h(1)
    assert words(only(ideal(circuit)).program) == ["x 0", "measure 0>0"]


def test_of_noise_on_two_qubits_the_part_of_the_one_that_is_seen_stays():
    circuit = QuantumCircuit(2, 1)
    circuit.cx(0, 1)
    circuit.measure(0, 0)
    part = only(read(circuit, line_target(), ALL))
    gate, noise, _ = part.program.operations
    assert (gate.qubits, noise.qubits) == ((0, 1), (0,))
    whole = QuantumCircuit(2, 2)
    whole.cx(0, 1)
    whole.measure([0, 1], [0, 1])
    both = only(read(whole, line_target(), ALL)).program.operations[1]
    assert noise.channel.depolarizing == both.channel.depolarizing
    assert noise.channel.relaxations == both.channel.relaxations[:1]


def test_resets_and_relaxation_in_the_ground_state_are_left_out():
    circuit = QuantumCircuit(1, 1)
    circuit.reset(0)
    circuit.delay(3, 0, "us")
    circuit.measure(0, 0)
    assert words(only(read(circuit, line_target(), ALL)).program) == ["measure 0>0"]


def test_noise_is_the_devices_on_its_qubits():
    circuit = QuantumCircuit(5, 2)
    circuit.x(3)
    circuit.cx(2, 3)
    circuit.measure([3, 2], [0, 1])
    program = only(read(circuit, line_target(), ALL)).program
    assert words(program)[2:] == ["cx 0,1", "noise 0,1", "measure 1>0", "measure 0>1"]
    relaxation = program.operations[3].channel.relaxations[1]
    time = TWO_QUBIT_TIME[2, 3]
    assert relaxation.decay == pytest.approx(1 - math.exp(-time / T1[3]))
    assert relaxation.coherence == pytest.approx(math.exp(-time / T2[3]))
    readout = program.operations[4].readout
    assert (readout.p1_given_0, readout.p0_given_1) == (P1_GIVEN_0[3], P0_GIVEN_1[3])


def test_waits_are_noise():
    circuit = QuantumCircuit(2, 2)
    circuit.cx(0, 1)
    circuit.measure(0, 0)
    circuit.cx(0, 1)
    circuit.measure(1, 1)
    program = only(read(circuit, line_target(), ALL)).program
    assert words(program)[:4] == ["cx 0,1", "noise 0,1", "noise 1", "measure 0>0"]
    decay = program.operations[2].channel.relaxations[0].decay
    assert decay == pytest.approx(1 - math.exp(-MEASURE_TIME / T1[1]))
    quiet = Rules(noise=True, idle_noise=False, readout_noise=False)
    assert words(only(read(circuit, line_target(), quiet)).program)[2] == "measure 0>0"


def test_branches_are_jumps():
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.if_test((0, 1)) as otherwise:
        circuit.x(0)
    with otherwise:
        circuit.z(0)
        circuit.y(0)
    circuit.measure(0, 0)
    assert words(only(ideal(circuit)).program) == [
        *("h 0", "measure 0>0", "unless (0,) jump 5", "x 0", "jump 7", "z 0", "y 0"),
        "measure 0>0",
    ]


def test_loops_are_unrolled_or_jump_back():
    circuit = QuantumCircuit(1, 1)
    with circuit.for_loop(range(2)) as turn:
        circuit.rx(turn * 0.5, 0)
        circuit.measure(0, 0)
        with circuit.if_test((0, 1)):
            circuit.break_loop()
        with circuit.if_test((0, 0)):
            circuit.continue_loop()
        circuit.y(0)
    with circuit.while_loop((0, 1)):
        circuit.x(0)
        circuit.measure(0, 0)
    program = only(ideal(circuit)).program
    assert words(program) == [
        *("rx 0", "measure 0>0", "unless (0,) jump 4", "jump 14"),
        *("unless (0,) jump 6", "jump 7", "y 0"),
        *("rx 0", "measure 0>0", "unless (0,) jump 11", "jump 14"),
        *("unless (0,) jump 13", "jump 14", "y 0"),
        *("unless (0,) jump 18", "x 0", "measure 0>0", "jump 14"),
    ]
    angle = 2 * math.acos(abs(program.operations[7].matrix[0, 0]))
    assert angle == pytest.approx(0.5)


def test_a_switch_tries_its_cases_in_their_order():
    circuit = QuantumCircuit(1, 2)
    with circuit.switch(circuit.cregs[0] if circuit.cregs else circuit.clbits) as case:
        with case(0, 3):
            circuit.x(0)
        with case(case.DEFAULT):
            circuit.z(0)
    circuit.measure(0, 0)
    program = only(ideal(circuit)).program
    assert words(program) == ["unless (0, 1) jump 3", "x 0", "jump 4", "z 0", "measure 0>0"]
    condition = program.operations[0].condition
    assert [condition(bits) for bits in ([0, 0], [1, 0], [0, 1], [1, 1])] == [1, 0, 0, 1]


def test_control_flow_ties_qubits_together_and_registers_keep_their_slots():
    circuit = QuantumCircuit(QuantumRegister(4), ClassicalRegister(1, "a"))
    circuit.add_register(ClassicalRegister(2, "b"))
    circuit.h([0, 1])
    circuit.measure(0, 1)
    circuit.measure(1, 2)
    with circuit.if_test((circuit.cregs[1], 2)):
        circuit.x(2)
    circuit.measure(2, 0)
    part = only(ideal(circuit))
    assert part.slots == (0, 1, 2)
    test = next(i for i in part.program.operations if isinstance(i, JumpUnless)).condition
    assert [bits for bits in np.ndindex(2, 2, 2) if test(bits)] == [(0, 0, 1), (1, 0, 1)]


def test_two_measurements_of_one_slot_stay_in_their_order():
    circuit = QuantumCircuit(2, 1)
    circuit.measure(1, 0)
    circuit.measure(0, 0)
    assert words(only(ideal(circuit)).program) == ["measure 1>0", "measure 0>0"]


def assert_same_unitary(circuit):
    """The program's matrices multiplied are the circuit's."""
    part = only(ideal(circuit))
    whole = QuantumCircuit(part.program.num_qubits)
    for item in part.program.operations:
        if isinstance(item, Unitary):
            whole.append(UnitaryGate(item.matrix), item.qubits)
    assert Operator(whole).equiv(Operator(circuit.remove_final_measurements(inplace=False)))


def test_wide_gates_and_unitaries():
    circuit = QuantumCircuit(5)
    circuit.append(C4XGate(), range(5))
    circuit.unitary(random_unitary(4, seed=1), [3, 1])
    circuit.unitary(random_unitary(16, seed=2), [0, 4, 2, 1])
    circuit.append(XGate().control(2, ctrl_state=1), [0, 1, 2])
    circuit.measure_all()
    assert_same_unitary(circuit)


def test_initialize_is_taken_apart():
    circuit = QuantumCircuit(2, 2)
    circuit.initialize([0, 0, 0, 1], [0, 1])
    circuit.measure([0, 1], [0, 1])
    reading = ideal(circuit)
    assert reading.trouble is None
    assert not any(isinstance(i, Reset) for p in reading.parts for i in p.program.operations)


def test_two_gates_of_one_name_are_not_mixed_up():
    def with_gate(angle):
        inner = QuantumCircuit(1, name="mine")
        inner.rx(angle, 0)
        circuit = QuantumCircuit(1, 1)
        circuit.append(inner.to_gate(), [0])
        circuit.measure(0, 0)
        return only(ideal(circuit)).program.operations[0].matrix

    assert not np.allclose(with_gate(0.1), with_gate(0.2))


def test_what_only_aer_knows_is_said():
    circuit = QuantumCircuit(1, 1)
    circuit.append(Instruction("kraus", 1, 0, [np.eye(2)]), [0])
    circuit.measure(0, 0)
    assert ideal(circuit).trouble == "the instruction 'kraus'"
    circuit = QuantumCircuit(1, 1)
    circuit.append(Gate("mystery", 1, []), [0])
    circuit.measure(0, 0)
    assert "mystery" in ideal(circuit).trouble


def rotation(angle):
    circuit = QuantumCircuit(2, 2)
    circuit.rx(angle, 0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    return circuit


def test_the_same_circuit_gives_the_same_program_and_another_angle_its_matrices():
    target = line_target()
    first = only(read(rotation(0.1), target, ALL))
    again = only(read(rotation(0.1), line_target(), ALL))
    other = only(read(rotation(0.2), target, ALL))
    assert again.program is first.program
    assert other.program is not first.program
    assert other.like is first.like
    assert other.program.operations[1:] == first.program.operations[1:]
    expected = Operator(rotation(0.2).data[0].operation).data
    np.testing.assert_allclose(other.program.operations[0].matrix, expected, atol=1e-15)


def test_a_changed_target_or_circuit_is_read_anew():
    target = line_target()
    circuit = rotation(0.1)
    before = only(read(circuit, target, ALL)).program
    properties = list(target.qubit_properties)
    properties[0].t1 = 1e-6  # in place: nobody is told of it
    target.qubit_properties = properties
    changed = only(read(circuit, target, ALL)).program
    noise = [item.channel.relaxations for item in changed.operations if isinstance(item, Noise)]
    old = [item.channel.relaxations for item in before.operations if isinstance(item, Noise)]
    assert noise != old
    circuit.x(0)
    circuit.measure(0, 0)
    assert len(only(read(circuit, target, ALL)).program.operations) > len(changed.operations)


REGISTER = ClassicalRegister(3, "c")
LOOSE = Clbit()
PLACES = {bit: place for place, bit in enumerate([*REGISTER, LOOSE])}


@pytest.mark.parametrize(
    ("expression", "meaning"),
    [
        (expr.equal(REGISTER, 5), lambda c, _: c == 5),
        (expr.less(expr.bit_and(REGISTER, 6), 3), lambda c, _: (c & 6) < 3),
        (expr.logic_and(LOOSE, expr.greater_equal(REGISTER, 4)), lambda c, b: b and c >= 4),
        (expr.logic_not(LOOSE), lambda _, b: not b),
        (expr.equal(expr.bit_not(REGISTER), 2), lambda c, _: ~c & 7 == 2),
        (expr.equal(expr.shift_left(REGISTER, 1), 2), lambda c, _: c << 1 & 7 == 2),
        (expr.equal(expr.shift_right(REGISTER, 1), 2), lambda c, _: c >> 1 == 2),
        (expr.not_equal(expr.bit_xor(REGISTER, 3), 3), lambda c, _: c ^ 3 != 3),
        (expr.logic_or(LOOSE, expr.index(REGISTER, 2)), lambda c, b: b or c >> 2 & 1),
        (expr.cast(REGISTER, types.Bool()), lambda c, _: c != 0),
        (expr.bit_or(LOOSE, expr.lift(False)), lambda _, b: b),
        (expr.less_equal(expr.cast(LOOSE, types.Uint(3)), REGISTER), lambda c, b: b <= c),
    ],
)
def test_expressions_mean_what_qiskit_says(expression, meaning):
    test = condition_of(expression, PLACES)
    assert pickle.loads(pickle.dumps(test)) == test
    for number in range(16):
        bits = [number >> place & 1 for place in range(4)]
        assert test(bits) == bool(meaning(number & 7, number >> 3)), bits
    moved = test.moved({0: 3, 1: 2, 2: 1, 3: 0})
    assert moved([1, 0, 1, 1]) == test([1, 1, 0, 1])


def test_a_register_is_a_number_with_its_first_bit_least():
    assert expression_of(REGISTER, PLACES).value([1, 1, 0, 0]) == 3


def test_loop_parameters_may_be_in_delays():
    circuit = QuantumCircuit(1, 1)
    circuit.x(0)
    with circuit.for_loop([1, 2], Parameter("t")) as t:
        circuit.delay(t, 0, "us")
    circuit.measure(0, 0)
    program = only(read(circuit, line_target(), ALL)).program
    decays = [
        item.channel.relaxations[0].decay
        for item in program.operations
        if isinstance(item, Noise) and item.channel.depolarizing == 0.0
    ]
    assert decays == pytest.approx([1 - math.exp(-time * 1e-6 / T1[0]) for time in (1, 2)])
