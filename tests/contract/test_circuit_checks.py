"""K44: circuits that a device cannot run, and what is said of them."""

import pickle
import time

import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Gate, IfElseOp, Parameter, WhileLoopOp
from qiskit.circuit.library import CXGate, RZZGate, XGate

from backline.contract import InstructionProperties, Target, check_circuit, check_programs
from backline.errors import InputError
from contract.line import make_target, x_pulse

HINT = "Compile first: transpile(circuit, backend)."


def check(circuit, target=None):
    check_circuit(circuit, target or make_target(), device_name="line")


def refusal(circuit, target=None):
    with pytest.raises(InputError) as caught:
        check(circuit, target)
    return caught.value


def circuit(*gates, width=3, clbits=3):
    made = QuantumCircuit(width, clbits, name="mine")
    for name, *arguments in gates:
        getattr(made, name)(*arguments)
    return made


@pytest.mark.parametrize(
    "good",
    [
        circuit(),
        circuit(width=1),
        circuit(("x", 0), ("sx", 1), ("rz", 0.3, 2)),
        circuit(("cx", 0, 1), ("cx", 1, 0), ("ecr", 1, 0)),
        circuit(("barrier",), ("measure", 0, 0), ("reset", 0)),
        circuit(("delay", 100, 0), ("delay", 1.5, 1, "us"), ("delay", 100, 2, "ns")),
        circuit(("delay", 0, 0), ("delay", 3e-9, 1, "s")),
    ],
)
def test_K44_what_the_device_can_run_passes(good):
    check(good)


def test_K44_what_is_compiled_passes():
    made = circuit(("h", 0), ("cx", 0, 2), ("ccx", 0, 1, 2), ("measure", 0, 0))
    for level in range(4):
        check(transpile(made, target=make_target(), optimization_level=level, seed_transpiler=3))


def test_K44_width():
    error = refusal(circuit(width=4))
    assert error.message == "circuit 'mine' has 4 qubits, and device 'line' has 3"


@pytest.mark.parametrize(
    ("gate", "message", "qubits"),
    [
        (
            ("h", 0),
            "h on (0,) is not on device 'line': it has x, sx, rz, cx, ecr, measure, reset, delay, "
            f"rx_half. {HINT}",
            (0,),
        ),
        (
            ("cx", 0, 2),
            f"cx on (0, 2) is not on device 'line': its edges from 0 are (0, 1). {HINT}",
            (0, 2),
        ),
        (
            ("ecr", 0, 1),
            "ecr on (0, 1) is not on device 'line': it goes the other way, ecr on (1, 0) is on it. "
            f"{HINT}",
            (0, 1),
        ),
        (
            ("ecr", 2, 1),
            f"ecr on (2, 1) is not on device 'line': its edges from 2 are none. {HINT}",
            (2, 1),
        ),
        (
            ("reset", 1),
            f"reset on (1,) is not on device 'line': its reset is on (0,). {HINT}",
            (1,),
        ),
    ],
)
def test_K44_an_operation_that_is_not_there(gate, message, qubits):
    error = refusal(circuit(("x", 0), gate))
    assert error.message == message
    assert error.details == {"instruction": gate[0], "qubits": qubits}


def test_K44_the_place_counts_not_the_first_time():
    """What is good on some qubits is not thereby good on others."""
    error = refusal(circuit(*[("cx", 0, 1)] * 50, ("cx", 1, 2), ("cx", 2, 0)))
    assert error.details["qubits"] == (2, 0)


@pytest.mark.parametrize("name", ["measure", "delay", "reset"])
def test_K44_measure_delay_and_reset_must_be_in_the_target(name):
    target = Target(num_qubits=1, dt=1e-9)
    target.add_instruction(XGate(), {(0,): None})
    made = circuit(width=1)
    {
        "measure": lambda: made.measure(0, 0),
        "delay": lambda: made.delay(10, 0),
        "reset": lambda: made.reset(0),
    }[name]()
    assert refusal(made, target).details["instruction"] == name


def test_K44_unbound_parameters_are_named():
    made = circuit(("rz", Parameter("θ"), 0), ("rz", Parameter("φ") + 1, 0))
    assert "θ" in refusal(made).message
    assert "φ" in refusal(made).message
    check(made.assign_parameters([0.1, 0.2]))


def test_K44_a_parametrised_gate_takes_every_value():
    check(circuit(*[("rz", 0.01 * k, 0) for k in range(10)]))


def test_K44_a_gate_that_is_there_with_one_value_alone():
    target = make_target()

    def rx_half(value):
        made = QuantumCircuit(3)
        made.append(Gate("rx_half", 1, [value]), [2])
        return made

    check(rx_half(0.5), target)
    both = QuantumCircuit(3)
    both.append(Gate("rx_half", 1, [0.5]), [2])
    both.append(Gate("rx_half", 1, [0.6]), [2])
    error = refusal(both, target)
    assert "rx_half(0.6) on (2,) is not on device 'line', which has rx_half with" in error.message
    assert "0.5" in error.message


def test_K44_angle_bounds():
    target = Target(num_qubits=2)
    target.add_instruction(RZZGate(Parameter("t")), {(0, 1): None}, angle_bounds=[(0.0, 1.6)])
    check(circuit(("rzz", 1.5, 0, 1), width=2), target)
    error = refusal(circuit(("rzz", 1.5, 0, 1), ("rzz", 2.5, 0, 1), width=2), target)
    assert "rzz(2.5) on (0, 1)" in error.message
    assert "angle bounds" in error.message


@pytest.mark.parametrize(
    ("delay", "says"),
    [
        ((1.1, 0, "ns"), ("1.1 samples", "1 samples are 1e-09 s", "2 are 2e-09 s", "dt")),
        ((500, 1, "ps"), ("0.5 samples",)),
        ((1e-10, 2, "s"), ("0.1 samples",)),
    ],
)
def test_K44_a_delay_off_the_grid_names_its_neighbours(delay, says):
    error = refusal(circuit(("delay", 10, delay[1]), ("delay", *delay)))
    for words in (f"delay of {delay[0]}", f"({delay[1]},)", "'line'", *says):
        assert words in error.message
    assert error.details == {"instruction": "delay", "qubits": (delay[1],)}


def test_K44_delays_on_a_device_without_dt():
    target = make_target(dt=None)
    check(circuit(("delay", 1.1, 0, "ns")), target)
    assert "no dt" in refusal(circuit(("delay", 10, 0)), target).message


def test_K44_a_delay_whose_length_is_an_expression():
    made = QuantumCircuit(1)
    made.delay(made.add_stretch("s"), 0)
    assert "expression" in refusal(made).message


# Control flow


def with_control_flow():
    target = make_target()
    target.add_instruction(IfElseOp, name="if_else")
    target.add_instruction(WhileLoopOp, name="while_loop")
    return target


def conditional(*gates, on=(0, 1, 2)):
    body = circuit(*gates, width=len(on), clbits=1)
    made = QuantumCircuit(3, 1)
    made.if_test((made.clbits[0], 1), body, list(on), [0])
    return made


def test_K44_control_flow_must_be_in_the_target():
    assert refusal(conditional(("x", 0))).details["instruction"] == "if_else"
    check(conditional(("x", 0)), with_control_flow())


def test_K44_bodies_are_checked_on_the_qubits_that_they_are_on():
    check(conditional(("cx", 0, 1), on=(1, 2)), with_control_flow())
    error = refusal(conditional(("cx", 0, 1), on=(2, 0)), with_control_flow())
    assert error.details == {"instruction": "cx", "qubits": (2, 0)}


def test_K44_both_branches_and_nested_bodies_are_checked():
    made = QuantumCircuit(3, 1)
    with made.if_test((made.clbits[0], 1)) as else_:
        made.x(0)
    with else_, made.while_loop((made.clbits[0], 0)):
        made.x(1)
        made.break_loop()
        made.h(2)
    assert refusal(made, with_control_flow()).details == {"instruction": "h", "qubits": (2,)}


def test_K44_two_bodies_of_one_shape_are_both_checked():
    good, bad = circuit(("x", 0), clbits=1), circuit(("h", 0), clbits=1)
    made = QuantumCircuit(3, 1)
    made.if_test((made.clbits[0], 1), good, [0, 1, 2], [0])
    made.if_test((made.clbits[0], 1), bad, [0, 1, 2], [0])
    assert refusal(made, with_control_flow()).details["instruction"] == "h"


def test_K44_delays_in_bodies_are_on_the_grid():
    error = refusal(conditional(("delay", 1.1, 0, "ns")), with_control_flow())
    assert error.details["instruction"] == "delay"


# Other targets


def test_K44_global_instructions():
    target = Target(num_qubits=3)
    target.add_instruction(CXGate())
    check(circuit(("cx", 0, 2), ("cx", 2, 0)), target)
    assert refusal(circuit(("x", 0)), target).details["instruction"] == "x"
    wrong = QuantumCircuit(3)
    wrong.append(Gate("cx", 3, []), [0, 1, 2])
    assert refusal(wrong, target).details["qubits"] == (0, 1, 2)


def test_K44_a_target_of_any_width():
    target = Target(num_qubits=None)
    target.add_instruction(CXGate())
    check(circuit(("cx", 0, 40), width=50), target)


def test_K44_a_gate_of_an_authors_own():
    target = make_target()
    target.add_instruction(
        Gate("mine", 1, []), {(1,): InstructionProperties(calibration=x_pulse(1))}
    )
    made = QuantumCircuit(3)
    made.append(Gate("mine", 1, []), [1])
    check(made, target)


# Inputs as a whole


def test_K44_check_programs_gives_a_list():
    made = circuit(("x", 0))
    target = make_target()
    assert check_programs(made, target, device_name="line") == [made]
    assert check_programs((made, made), target, device_name="line") == [made, made]
    assert check_programs(iter([made]), target, device_name="line") == [made]


@pytest.mark.parametrize("nothing", [[], (), iter([])])
def test_K44_an_empty_list(nothing):
    with pytest.raises(InputError, match="empty list"):
        check_programs(nothing, make_target(), device_name="line")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (None, "None"),
        ("OPENQASM 3.0;", "a str"),
        (5, "a int"),
        ({"a": 1}, "a dict"),
        ([None], "program 0 of the list: .* None"),
        ([[]], "program 0 of the list: .* a list"),
        ([QuantumCircuit(1), 7], "program 1 of the list: .* a int"),
    ],
)
def test_K44_what_is_no_program(wrong, says):
    with pytest.raises(InputError, match=f"QuantumCircuit.*{says}|{says}"):
        check_programs(wrong, make_target(), device_name="line")
    with pytest.raises(InputError, match="QuantumCircuit is wanted"):
        check_circuit(wrong, make_target(), device_name="line")


def test_K44_the_index_is_of_the_program():
    programs = [circuit(("x", 0)), circuit(("cx", 0, 2))]
    with pytest.raises(InputError) as caught:
        check_programs(programs, make_target(), device_name="line")
    assert caught.value.details == {"instruction": "cx", "qubits": (0, 2), "index": 1}
    assert caught.value.message.startswith("program 1 of the list: cx on (0, 2) is not")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.details, again.message) == (caught.value.details, caught.value.message)
    with pytest.raises(InputError) as caught:
        check_programs(programs[1], make_target(), device_name="line")
    assert caught.value.message.startswith("cx on (0, 2)")


def test_K44_a_large_circuit_is_checked_in_well_under_a_second():
    made = QuantumCircuit(3, 3)
    for k in range(25_000):
        made.cx(k % 2, k % 2 + 1)
        made.rz(0.001 * k, k % 3)
        made.sx(k % 3)
        made.delay(16 * (k % 7), k % 3)
    target = make_target()
    times = []
    for _ in range(3):
        start = time.perf_counter()
        check(made, target)
        times.append(time.perf_counter() - start)
    assert min(times) < 1.0  # measured: about 0.1 s
