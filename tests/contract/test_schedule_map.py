"""K23: `InstructionScheduleMap`. What is expected was found by running Qiskit 1.4.2."""

import copy
import pickle

import numpy as np
import pytest
from qiskit.circuit import Parameter
from qiskit.circuit.library import CXGate, Measure, RXGate, U1Gate, XGate

from backline import pulse
from backline.contract import InstructionScheduleMap, StoredEntry
from backline.errors import PulseError
from contract.line import decode, decoded, x_pulse


def virtual(P0):
    return x_pulse(0, name=f"u{P0}")


def swept():
    with pulse.build(name="g") as block:
        pulse.play(pulse.Constant(160, Parameter("a"), angle=Parameter("b")), pulse.DriveChannel(0))
    return block


@pytest.fixture
def filled():
    made = InstructionScheduleMap()
    made.add("x", 0, x_pulse(0))
    made.add(XGate(), [1], x_pulse(1))
    made.add("cx", [0, 1], x_pulse(0, name="cx01"))
    made.add("cx", (1, 0), x_pulse(1, name="cx10"))
    made.add("u1", 0, virtual)
    made.add("ccx", (0, 1, 2), x_pulse(0, name="ccx"))
    return made


def test_K23_instructions(filled):
    assert InstructionScheduleMap().instructions == []
    assert filled.instructions == ["x", "cx", "u1", "ccx"]


def test_K23_qubits_with_instruction(filled):
    assert filled.qubits_with_instruction("x") == [0, 1]
    assert filled.qubits_with_instruction(CXGate()) == [(0, 1), (1, 0)]
    assert filled.qubits_with_instruction("ccx") == [(0, 1, 2)]
    assert filled.qubits_with_instruction("y") == []
    assert filled.qubits_with_instruction(Measure()) == []


def test_K23_qubit_instructions(filled):
    assert filled.qubit_instructions(0) == ["x", "u1"]
    assert filled.qubit_instructions([0]) == ["x", "u1"]
    assert filled.qubit_instructions((0, 1)) == ["cx"]
    assert filled.qubit_instructions(7) == []
    assert filled.qubit_instructions((0, 7)) == []


@pytest.mark.parametrize(
    ("instruction", "qubits", "there"),
    [
        ("x", 0, True),
        ("x", np.int64(0), True),
        ("x", 5, False),
        ("x", -1, False),
        ("y", 0, False),
        ("X", 0, False),
        (XGate(), (1,), True),
        ("cx", [0, 1], True),
        ("cx", range(2), True),
        ("cx", np.array([0, 1]), True),
        ("cx", iter([0, 1]), True),
        ("cx", [0, 2], False),
    ],
)
def test_K23_has(filled, instruction, qubits, there):
    assert filled.has(instruction, qubits) is there


def test_K23_assert_has(filled):
    filled.assert_has("x", 0)
    with pytest.raises(PulseError, match=r"'x' exists, but is only defined for qubits \[0, 1\]"):
        filled.assert_has("x", 5)
    with pytest.raises(PulseError, match="'y' is not defined for this system"):
        filled.assert_has("y", 0)


def test_K23_get(filled):
    assert filled.get("x", 0) == x_pulse(0)
    assert filled.get(CXGate(), (1, 0)).name == "cx10"
    with pytest.raises(PulseError, match="only defined"):
        filled.get("x", 5)
    with pytest.raises(PulseError):
        filled.get("x", 0, 3)


def test_K23_get_from_a_function(filled):
    assert filled.get("u1", 0, 3).name == "u3"
    assert filled.get("u1", 0, P0=3).name == "u3"
    assert filled.get(U1Gate(0.3), 0, 1.0).name == "u1.0"  # the instruction's own value is not used
    for args, kwargs in [((), {}), ((3, 4), {}), ((), {"P1": 4})]:
        with pytest.raises(PulseError):
            filled.get("u1", 0, *args, **kwargs)
    with pytest.raises(PulseError):
        filled.get(U1Gate(0.3), 0)


def test_K23_get_parameters(filled):
    assert filled.get_parameters("u1", 0) == ("P0",)
    assert filled.get_parameters("x", 0) == ()
    with pytest.raises(PulseError):
        filled.get_parameters("x", 9)


def test_K23_parametrised_schedules_and_the_order_of_arguments(filled):
    filled.add(RXGate(0.1), 0, swept())
    assert filled.get_parameters("rx", 0) == ("a", "b")
    filled.add("g", 0, swept(), arguments=["b", "a"])
    assert filled.get_parameters("g", 0) == ("b", "a")
    amps = [
        filled.get("g", 0, 0.1, 0.2).blocks[0].pulse.parameters[name] for name in ("amp", "angle")
    ]
    assert amps == [0.2, 0.1]
    assert {p.name for p in filled.get("g", 0, 0.1).parameters} == {"a"}
    assert {p.name for p in filled.get("g", 0).parameters} == {"a", "b"}
    with pytest.raises(PulseError):
        filled.add("g", 0, swept(), arguments=["b"])
    filled.add("g", 1, lambda q, w: x_pulse(0), arguments=["w", "q"])
    assert filled.get_parameters("g", 1) == ("q", "w")  # a function's own signature stands


def test_K23_add_replaces(filled):
    filled.add("x", 0, x_pulse(0, name="new"))
    assert filled.get("x", 0).name == "new"
    assert filled.instructions == ["x", "cx", "u1", "ccx"]


@pytest.mark.parametrize("qubits", [(), [], -1, (0, 0), "q", 1.5, None, True, ["q"]])
def test_K23_add_on_what_are_no_qubits(filled, qubits):
    """Qiskit 1.4 refuses the first two and keeps the others under qubits that cannot be."""
    with pytest.raises(PulseError):
        filled.add("x", qubits, x_pulse(0))
    assert filled.qubits_with_instruction("x") == [0, 1]


@pytest.mark.parametrize("schedule", [5, [1, 2], "x", None])
def test_K23_add_what_is_no_schedule(filled, schedule):
    with pytest.raises(PulseError, match="Schedule"):
        filled.add("y", 3, schedule)
    assert not filled.has("y", 3)
    assert "y" not in filled.instructions


def test_K23_an_instruction_is_a_name_or_an_instruction(filled):
    for instruction in (3, None, XGate):
        with pytest.raises(PulseError):
            filled.has(instruction, 0)


def test_K23_remove(filled):
    filled.remove("x", 0)
    assert not filled.has("x", 0)
    assert filled.qubits_with_instruction("x") == [1]
    filled.remove("x", 1)
    assert filled.instructions == ["cx", "u1", "ccx"]
    with pytest.raises(PulseError):
        filled.remove("x", 1)


def test_K23_pop(filled):
    assert filled.pop("x", 0) == x_pulse(0)
    assert not filled.has("x", 0)
    with pytest.raises(PulseError):
        filled.pop("u1", 0)  # its parameter is missing, so nothing is removed
    assert filled.has("u1", 0)
    assert filled.pop("u1", 0, 3).name == "u3"
    assert not filled.has("u1", 0)


def test_K23_has_custom_gate():
    made = InstructionScheduleMap()
    assert not made.has_custom_gate()
    made.add("x", 0, StoredEntry(decode, {"qubit": 0}))
    assert not made.has_custom_gate()
    made.add("y", 0, x_pulse(0))
    assert made.has_custom_gate()


def test_K23_asking_where_decodes_nothing():
    decoded.clear()
    made = InstructionScheduleMap()
    made.add("x", 0, StoredEntry(decode, {"qubit": 0}))
    made.has("x", 0), made.assert_has("x", 0), made.instructions, made.has_custom_gate()
    made.qubits_with_instruction("x"), made.qubit_instructions(0), repr(made)
    assert decoded == []
    made.get("x", 0)
    assert decoded == [{"qubit": 0}]


def test_K23_equality(filled):
    one, other = InstructionScheduleMap(), InstructionScheduleMap()
    one.add("x", 0, x_pulse(0))
    other.add("x", 0, x_pulse(0))
    assert one == other
    assert one != 3
    other.add("x", 1, x_pulse(1))
    assert one != other


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda made: pickle.loads(pickle.dumps(made))]
)
def test_K23_copies_are_equal_and_apart(filled, duplicate):
    copied = duplicate(filled)
    assert copied == filled
    copied.remove("x", 0)
    copied.add("y", 0, x_pulse(0))
    assert filled.has("x", 0)
    assert not filled.has("y", 0)


def test_K23_repr_lists_what_is_there(filled):
    text = repr(filled)
    for line in ("q0: {x, u1}", "q1: {x}", "(0, 1): {cx}", "(0, 1, 2): {ccx}"):
        assert line in text


def test_K23_the_backends_map_is_of_its_target(backend, plain):
    found = backend.instruction_schedule_map
    assert found.instructions == ["x"]
    assert found.qubits_with_instruction("x") == [0, 1, 2]
    assert found.get("x", 1) == x_pulse(1)
    assert plain.instruction_schedule_map.instructions == ["x"]
