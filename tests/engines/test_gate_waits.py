"""Narrow circuits, and waits where they belong: worked by hand, in seconds."""

import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import IfElseOp, Parameter

from backline.engines.gates.compact import compact
from backline.engines.gates.delays import with_waits
from backline.engines.gates.waits import Clock
from backline.errors import CapabilityError

TIMES = {"x": 1.0, "sx": 2.0, "rz": 0.0, "cx": 10.0, "measure": 100.0, "reset": 50.0}


def waits(circuit, dt=None, times=TIMES):
    clock = Clock(lambda name, qubits: times.get(name), dt)
    return with_waits(circuit, clock), clock


def program(circuit):
    """(name, qubit indices, seconds of a delay) of every instruction."""
    return [
        (
            i.operation.name,
            tuple(circuit.find_bit(q).index for q in i.qubits),
            i.operation.duration if i.operation.name == "delay" else None,
        )
        for i in circuit.data
    ]


def delays(circuit):
    return [(q[0], seconds) for name, q, seconds in program(circuit) if name == "delay"]


def test_what_starts_late_waits_in_the_ground_state_and_not_at_all():
    circuit = QuantumCircuit(2)
    circuit.sx(0)
    circuit.x(1)
    circuit.cx(0, 1)
    assert delays(waits(circuit)[0]) == []


def test_a_qubit_between_two_gates_waits_for_the_other():
    circuit = QuantumCircuit(2)
    circuit.cx(0, 1)
    circuit.x(0)
    circuit.sx(1)
    circuit.cx(0, 1)
    done, _ = waits(circuit)
    assert delays(done) == [(0, 1.0)]
    # As late as possible: after the cx, before the x.
    names = [(name, q) for name, q, _ in program(done) if q == (0,)]
    assert names == [("delay", (0,)), ("x", (0,))]


def test_virtual_gates_take_no_time():
    circuit = QuantumCircuit(2)
    circuit.cx(0, 1)
    circuit.rz(0.3, 0)
    circuit.cx(0, 1)
    assert delays(waits(circuit)[0]) == []


def test_a_delay_and_the_gap_beside_it_are_one_wait():
    circuit = QuantumCircuit(2)
    circuit.cx(0, 1)
    circuit.delay(0.4, 0, "s")
    circuit.sx(1)
    circuit.cx(0, 1)
    assert delays(waits(circuit)[0]) == [(0, pytest.approx(2.0))]


def by_qubit(block):
    return {i.qubits[0]: i.operation.duration for i in block.data if i.operation.name == "delay"}


@pytest.mark.parametrize(
    ("value", "unit", "seconds"),
    [(3, "dt", 0.75), (2.0, "s", 2.0), (2.0, "ms", 2e-3), (2.0, "us", 2e-6), (5, "ns", 5e-9)],
)
def test_delays_in_every_unit(value, unit, seconds):
    circuit = QuantumCircuit(1)
    circuit.x(0)
    circuit.delay(value, 0, unit)
    circuit.x(0)
    assert delays(waits(circuit, dt=0.25)[0]) == [(0, pytest.approx(seconds))]


def test_a_delay_in_samples_without_dt_is_noted_and_takes_no_time():
    circuit = QuantumCircuit(1)
    circuit.x(0)
    circuit.delay(3, 0, "dt")
    circuit.x(0)
    done, clock = waits(circuit)
    assert delays(done) == []
    assert clock.unknown == {"delay"}


def test_a_delay_of_unknown_length_is_refused():
    circuit = QuantumCircuit(1)
    circuit.delay(Parameter("t"), 0, "s")
    with pytest.raises(CapabilityError, match="needs the number of a delay"):
        waits(circuit)


def test_gates_without_duration_are_noted():
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    assert waits(circuit)[1].unknown == {"h"}


def test_a_barrier_aligns():
    circuit = QuantumCircuit(2)
    circuit.x(0)
    circuit.cx(0, 1)
    circuit.sx(0)
    circuit.barrier()
    circuit.x(1)
    circuit.x(0)
    # Without the barrier qubit 1 would have its x right after the cx or at the end: with it, it
    # waits for the sx of qubit 0.
    assert delays(waits(circuit)[0]) == [(1, 2.0)]


def test_waiting_after_the_last_instruction_is_left_out():
    circuit = QuantumCircuit(2, 1)
    circuit.cx(0, 1)
    circuit.barrier()
    circuit.measure(0, 0)
    assert delays(waits(circuit)[0]) == []


def test_the_others_wait_while_one_is_measured():
    circuit = QuantumCircuit(2, 1)
    circuit.cx(0, 1)
    circuit.measure(0, 0)
    circuit.cx(0, 1)
    assert delays(waits(circuit)[0]) == [(1, 100.0)]


def test_a_condition_waits_for_its_classical_bit():
    circuit = QuantumCircuit(2, 1)
    circuit.x(1)
    circuit.cx(1, 0)
    circuit.measure(0, 0)
    with circuit.if_test((0, 1)):
        circuit.x(1)
    done, _ = waits(circuit)
    assert delays(done) == [(1, 100.0)]


def test_a_condition_without_classical_arguments_waits_as_well():
    circuit = QuantumCircuit(QuantumRegister(2), ClassicalRegister(1, "c"))
    circuit.cx(1, 0)
    circuit.measure(0, 0)
    body = QuantumCircuit(1)
    body.x(0)
    circuit.append(IfElseOp((circuit.cregs[0], 1), body), [1], [])
    assert delays(waits(circuit)[0]) == [(1, 100.0)]


def test_a_branch_waits_for_its_longest_sibling():
    circuit = QuantumCircuit(2, 1)
    circuit.measure(0, 0)
    with circuit.if_test((0, 1)) as otherwise:
        circuit.cx(0, 1)
        circuit.sx(0)
    with otherwise:
        circuit.x(1)
    done, _ = waits(circuit)
    true, false = done.data[-1].operation.blocks
    # The builder's blocks have the circuit's own qubits, in no certain order.
    zero, one = circuit.qubits
    assert by_qubit(true) == {one: 2.0}
    assert by_qubit(false) == {zero: 12.0, one: 11.0}


def test_a_missing_else_waits_as_long_as_the_branch():
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    with circuit.if_test((0, 1)):
        circuit.x(0)
    done, _ = waits(circuit)
    operation = done.data[-1].operation
    assert delays(operation.blocks[1]) == [(0, 1.0)]
    assert operation.condition == circuit.data[-1].operation.condition


def test_a_for_loop_takes_its_passes_and_others_wait_for_all_of_them():
    circuit = QuantumCircuit(2)
    circuit.cx(0, 1)
    with circuit.for_loop(range(4)):
        circuit.sx(0)
    circuit.cx(0, 1)
    assert delays(waits(circuit)[0]) == [(1, 8.0)]


def test_a_while_loop_counts_as_one_pass_outside():
    circuit = QuantumCircuit(2, 1)
    circuit.cx(0, 1)
    with circuit.while_loop((0, 1)):
        circuit.x(0)
        circuit.measure(0, 0)
    circuit.cx(0, 1)
    assert delays(waits(circuit)[0]) == [(1, 101.0)]


def test_compact_keeps_used_qubits_and_every_classical_bit():
    circuit = QuantumCircuit(QuantumRegister(127, "q"), ClassicalRegister(3, "a"))
    circuit.add_register(ClassicalRegister(2, "b"))
    circuit.barrier()
    circuit.delay(100, 5, "ns")
    circuit.cx(100, 7)
    circuit.measure(100, 4)
    narrow, qubits = compact(circuit)
    assert qubits == (7, 100)
    assert narrow.cregs == circuit.cregs
    assert [(n, q) for n, q, _ in program(narrow)] == [
        ("barrier", (0, 1)),
        ("cx", (1, 0)),
        ("measure", (1,)),
    ]
    assert narrow.data[-1].clbits == circuit.data[-1].clbits


def test_compact_looks_into_blocks():
    circuit = QuantumCircuit(50, 1)
    circuit.measure(3, 0)
    inner = QuantumCircuit(50, 1)
    inner.x(40)
    inner.barrier()
    outer = QuantumCircuit(50, 1)
    outer.if_test((outer.clbits[0], 1), inner, range(50), [0])
    circuit.append(IfElseOp((circuit.clbits[0], 1), outer), range(50), [0])
    narrow, qubits = compact(circuit)
    assert qubits == (3, 40)
    first = narrow.data[-1].operation.blocks[0]
    assert first.num_qubits == 2
    assert program(first.data[0].operation.blocks[0]) == [
        ("x", (1,), None),
        ("barrier", (0, 1), None),
    ]


def test_compact_keeps_jumps_out_of_loops():
    circuit = QuantumCircuit(20, 1)
    with circuit.while_loop((0, 0)):
        circuit.x(4)
        circuit.measure(4, 0)
        with circuit.if_test((0, 1)):
            circuit.break_loop()
    narrow, qubits = compact(circuit)
    assert qubits == (4,)
    assert narrow.data[0].operation.blocks[0].data[-1].operation.blocks[0].data[
        0
    ].operation.name == ("break_loop")
