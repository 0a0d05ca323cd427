"""K20: the target. What is expected of calibrations was found by running Qiskit 1.4.2."""

import copy
import pickle

import numpy as np
import pytest
import qiskit.transpiler
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Gate, IfElseOp, Parameter
from qiskit.circuit.library import CXGate, Measure, RZGate, XGate
from qiskit.providers import QubitProperties as QiskitQubitProperties
from qiskit.transpiler import CouplingMap, InstructionDurations
from qiskit.transpiler.timing_constraints import TimingConstraints

from backline import pulse
from backline.contract import (
    InstructionProperties,
    InstructionScheduleMap,
    QubitProperties,
    ScheduleEntry,
    StoredEntry,
    Target,
)
from backline.errors import DeviceError, MissingCalibrationError, PulseError
from contract.line import decode, decoded, make_target, x_pulse


def small(**arguments):
    """x on 0 calibrated, on 1 without properties, on 2 with; cx on (0, 1) calibrated; rz."""
    target = Target(**{"num_qubits": 3, "dt": 1e-9, **arguments})
    target.add_instruction(
        XGate(),
        {
            (0,): InstructionProperties(1e-7, 1e-3, x_pulse(0, name="x0")),
            (1,): None,
            (2,): InstructionProperties(1e-7, 0.01),
        },
    )
    cx = InstructionProperties(1e-7, 1e-3, x_pulse(0, name="cx01"))
    target.add_instruction(CXGate(), {(0, 1): cx})
    target.add_instruction(RZGate(Parameter("t")))
    return target


def swept(duration=160):
    with pulse.build(name="rx") as block:
        pulse.play(pulse.Constant(duration, Parameter("a")), pulse.DriveChannel(0))
    return block


COPIES = [copy.copy, copy.deepcopy, lambda target: pickle.loads(pickle.dumps(target))]


# Calibrations


@pytest.mark.parametrize(
    ("name", "qubits", "there"),
    [
        ("x", (0,), True),
        ("x", [0], True),
        ("x", 0, True),
        ("x", (1,), False),
        ("x", (2,), False),
        ("x", (3,), False),
        ("y", (0,), False),
        ("rz", (0,), False),
        ("cx", (0, 1), True),
        ("cx", (1, 0), False),
    ],
)
def test_K20_has_calibration_and_get_calibration(name, qubits, there):
    target = small()
    assert target.has_calibration(name, qubits) is there
    if there:
        assert target.get_calibration(name, qubits).duration == 160
    else:
        with pytest.raises(KeyError) as caught:
            target.get_calibration(name, qubits)
        assert isinstance(caught.value, MissingCalibrationError)
        assert caught.value.details == {"instruction": name, "qubits": qubits}


def test_K20_a_missing_calibration_says_what_is_calibrated():
    with pytest.raises(MissingCalibrationError, match=r"x is calibrated on \(0,\)"):
        small().get_calibration("x", (1,))
    with pytest.raises(MissingCalibrationError, match="calibrated are x, cx"):
        small().get_calibration("y", (1,))
    with pytest.raises(MissingCalibrationError, match="no instructions at all"):
        Target(num_qubits=1).get_calibration("y", (0,))


def test_K20_get_calibration_takes_parameters():
    target = small()
    target.update_instruction_properties("x", (1,), InstructionProperties(calibration=swept()))
    for args, kwargs in [
        ((0.1,), {}),
        ((), {"a": 0.1}),
        ((), {"operation_params": [0.1]}),
        ((), {"operation_params": 0.1}),
        ((), {"operation_params": np.array([0.1])}),
    ]:
        block = target.get_calibration("x", (1,), *args, **kwargs)
        assert block.blocks[0].pulse.amp == 0.1
    assert target.get_calibration("x", (1,)).is_parameterized()
    with pytest.raises(PulseError):
        target.get_calibration("x", (0,), 3)


def test_K20_calibration_on_the_properties_is_a_view():
    target = small()
    found = target["x"][0,]
    assert found.calibration == x_pulse(0, name="x0")
    assert (found.duration, found.error) == (1e-7, 1e-3)
    found.calibration = x_pulse(0, 80, name="new")
    assert target.get_calibration("x", (0,)).name == "new"
    found.calibration = None
    assert found.calibration is None
    assert not target.has_calibration("x", (0,))
    assert target["x"][1,] is None
    assert target["x"][2,].calibration is None


def test_K20_every_way_to_the_properties_gives_the_view():
    target = small()
    ways = [
        target["x"][0,],
        target.get("x")[0,],
        dict(target.items())["x"][0,],
        next(iter(target.values()))[0,],
        target.instruction_properties(0),
    ]
    for found in ways:
        assert isinstance(found, InstructionProperties)
        assert found.calibration.name == "x0"


def test_K20_properties_stand_alone_until_they_are_added():
    given = InstructionProperties(1e-7, 0.1, x_pulse(0))
    assert given.calibration == x_pulse(0)
    target = Target(num_qubits=2)
    target.add_instruction(XGate(), {(0,): given, (1,): given})
    target["x"][0,].calibration = None
    assert target.has_calibration("x", (1,))
    assert given.calibration == x_pulse(0)


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))]
)
def test_K20_instruction_properties_survive_copies(duplicate):
    given = InstructionProperties(1e-7, 0.1, x_pulse(0))
    bound = small()["x"][0,]
    for found in (given, bound):
        copied = duplicate(found)
        assert copied == found
        assert type(copied) is InstructionProperties
        assert copied.calibration == found.calibration
        copied.calibration = None
        assert found.calibration is not None
    assert given != InstructionProperties(1e-7, 0.1)
    assert given != InstructionProperties(1e-7, 0.2, x_pulse(0))


def test_K20_a_providers_own_properties_are_kept_as_they_are():
    class Theirs(qiskit.transpiler.InstructionProperties):
        def __new__(cls, duration=None, error=None, note=""):
            self = super().__new__(cls, duration, error)
            self.note = note
            self.calibration = x_pulse(0)
            return self

        def __init__(self, duration=None, error=None, note=""):
            super().__init__(duration, error)

    class Ours(InstructionProperties):
        def __init__(self, duration=None, error=None, calibration=None, note=""):
            super().__init__(duration, error, calibration)
            self.note = note

    target = Target(num_qubits=2)
    target.add_instruction(
        XGate(), {(0,): Theirs(1e-7, 0.1, "a"), (1,): Ours(2e-7, 0.2, x_pulse(1), note="b")}
    )
    assert [target["x"][q,].note for q in range(2)] == ["a", "b"]
    assert target.get_calibration("x", (0,)) == x_pulse(0)
    assert copy.deepcopy(target)["x"][1,].note == "b"
    assert copy.deepcopy(target).has_calibration("x", (0,))


def test_K20_qiskits_properties_become_ours():
    target = Target(num_qubits=1)
    target.add_instruction(XGate(), {(0,): qiskit.transpiler.InstructionProperties(1e-7, 0.1)})
    found = target["x"][0,]
    found.calibration = x_pulse(0)
    assert (found.duration, found.error) == (1e-7, 0.1)
    assert target.get_calibration("x", (0,)) == x_pulse(0)


def test_K20_update_instruction_properties_replaces_the_calibration():
    target = small()
    target.update_instruction_properties("x", (1,), InstructionProperties(None, None, x_pulse(1)))
    assert target.get_calibration("x", (1,)) == x_pulse(1)
    target.update_instruction_properties(
        "x", (0,), qiskit.transpiler.InstructionProperties(2e-7, 0.2)
    )
    assert not target.has_calibration("x", (0,))
    assert target["x"][0,].duration == 2e-7
    target.update_instruction_properties("x", (1,), None)
    assert target["x"][1,] is None
    assert not target.has_calibration("x", (1,))


@pytest.mark.parametrize(("name", "qubits"), [("x", (5,)), ("y", (0,))])
def test_K20_update_of_what_is_not_there_changes_nothing(name, qubits):
    target = small()
    with pytest.raises(KeyError):
        target.update_instruction_properties(
            name, qubits, InstructionProperties(calibration=x_pulse(0))
        )
    assert not target.has_calibration(name, qubits)


def test_K20_adding_an_instruction_twice_changes_nothing():
    target = small()
    again = InstructionProperties(1.0, 1.0, x_pulse(1, name="again"))
    with pytest.raises(AttributeError, match="already"):
        target.add_instruction(XGate(), {(0,): again})
    assert target.get_calibration("x", (0,)).name == "x0"
    assert again.calibration.name == "again"


def test_K20_an_instruction_of_another_name():
    target = Target(num_qubits=1)
    target.add_instruction(
        XGate(), {(0,): InstructionProperties(calibration=x_pulse(0))}, name="mine"
    )
    assert target.has_calibration("mine", (0,))
    assert not target.has_calibration("x", (0,))


# The schedule map


def test_K20_instruction_schedule_map():
    target = small()
    found = target.instruction_schedule_map()
    assert found.instructions == ["x", "cx"]
    assert found.qubits_with_instruction("x") == [0]
    assert found.has_custom_gate()
    assert target.instruction_schedule_map() is found  # as in 1.4, until the target is changed
    target.update_instruction_properties("x", (1,), InstructionProperties(calibration=x_pulse(1)))
    assert target.instruction_schedule_map().qubits_with_instruction("x") == [0, 1]
    target.add_instruction(Measure(), {(0,): InstructionProperties(calibration=x_pulse(0))})
    assert target.instruction_schedule_map().instructions == ["x", "cx", "measure"]


def test_K20_what_is_added_to_the_map_does_not_come_into_the_target():
    target = small()
    target.instruction_schedule_map().add("y", 0, x_pulse(0))
    assert not target.has_calibration("y", (0,))
    assert "y" not in target


def test_K20_update_from_a_schedule_map_adds_new_instructions():
    given = InstructionScheduleMap()
    given.add("x", 0, x_pulse(0))
    given.add("x", 1, x_pulse(1, 80))
    given.add("rx", 0, swept())
    given.add("mine", (0, 1), x_pulse(0, 320))
    given.add("measure", 0, x_pulse(0))
    given.add("sx", 0, lambda angle: x_pulse(0))
    target = Target(num_qubits=3, dt=1e-9)
    target.update_from_instruction_schedule_map(given, error_dict={"x": {(0,): 0.25}})
    assert list(target.operation_names) == ["x", "rx", "mine", "measure", "sx"]
    assert target["x"] == {
        (0,): InstructionProperties(1.6e-7, 0.25, x_pulse(0)),
        (1,): InstructionProperties(8e-8, None, x_pulse(1, 80)),
    }
    assert target["rx"][0,].duration == 1.6e-7
    assert target.get_calibration("rx", (0,), 0.1).blocks[0].pulse.amp == 0.1
    assert target.operation_from_name("x") == XGate()
    mine = target.operation_from_name("mine")
    assert (type(mine), mine.num_qubits, list(mine.params)) == (Gate, 2, [])
    assert target.operation_from_name("measure") == Measure()
    assert target["sx"][0,].duration is None  # it depends on the angle
    assert list(target.instruction_schedule_map().instructions) == list(target.operation_names)


def test_K20_update_replaces_duration_and_error_of_what_is_there():
    target = Target(num_qubits=3, dt=1e-9)
    target.add_instruction(XGate(), {(0,): InstructionProperties(5e-7, 0.5), (1,): None})
    target.add_instruction(RZGate(Parameter("t")))
    given = InstructionScheduleMap()
    given.add("x", 0, x_pulse(0))
    given.add("x", 2, x_pulse(2))  # not in the target: left out
    given.add("rz", 0, x_pulse(0))  # everywhere in the target: left out
    target.update_from_instruction_schedule_map(given)
    assert target["x"] == {(0,): InstructionProperties(1.6e-7, None, x_pulse(0)), (1,): None}
    assert target["rz"] == {None: None}
    target.update_from_instruction_schedule_map(given, error_dict={"x": {(0,): 0.1}})
    assert target["x"][0,].error == 0.1


def test_K20_update_leaves_out_the_makers_own_definitions():
    target = small()
    given = InstructionScheduleMap()
    for name in ("x", "y"):
        given.add(name, 0, ScheduleEntry(x_pulse(0, 40), user_provided=False))
    target.update_from_instruction_schedule_map(given)
    assert target.get_calibration("x", (0,)).name == "x0"
    assert "y" not in target


def test_K20_update_with_a_map_of_names():
    given = InstructionScheduleMap()
    given.add("foo", (0, 1), x_pulse(0))
    given.add("bar", 0, x_pulse(0))
    target = Target(num_qubits=3, dt=1e-9)
    names = {"foo": CXGate(), "bar": XGate()}
    target.update_from_instruction_schedule_map(given, inst_name_map=names)
    assert target.operation_from_name("foo") == CXGate()
    assert target.operation_from_name("bar") == XGate()
    assert target.has_calibration("foo", (0, 1))


def test_K20_update_without_dt_knows_no_durations():
    given = InstructionScheduleMap()
    given.add("x", 0, x_pulse(0))
    target = Target(num_qubits=1)
    target.update_from_instruction_schedule_map(given)
    assert target["x"][0,].duration is None


def test_K20_update_with_a_duration_that_is_free():
    with pulse.build(name="wait") as block:
        pulse.delay(Parameter("t"), pulse.DriveChannel(0))
    given = InstructionScheduleMap()
    given.add("wait", 0, block)
    target = Target(num_qubits=1, dt=1e-9)
    target.update_from_instruction_schedule_map(given)
    assert target["wait"][0,].duration is None
    assert [p.name for p in target.operation_from_name("wait").params] == ["t"]


@pytest.mark.parametrize("places", [{"foo": [0, (0, 1)]}, {"x": [(0, 1)]}, {"cx": [0]}])
def test_K20_an_update_that_cannot_be_changes_nothing(places):
    """Qiskit 1.4 leaves a half-updated target behind for all three, the last two silently."""
    given = InstructionScheduleMap()
    given.add("y", 0, x_pulse(0))
    for name, where in places.items():
        for qubits in where:
            given.add(name, qubits, x_pulse(0))
    target = Target(num_qubits=3, dt=1e-9)
    with pytest.raises(PulseError, match=next(iter(places))):
        target.update_from_instruction_schedule_map(given)
    assert list(target.operation_names) == []


# Laziness


def test_K20_nothing_is_decoded_by_building_copying_or_compiling():
    decoded.clear()
    target = make_target()
    copied = [duplicate(target) for duplicate in COPIES]
    assert all(one == target for one in copied)
    target.instruction_schedule_map()
    assert target.has_calibration("x", (0,))
    assert "stored" in repr(target["x"][0,])
    circuit = QuantumCircuit(2)
    circuit.h(0)
    transpile(circuit, target=target)
    assert decoded == []
    assert copied[1].get_calibration("x", (2,)) == x_pulse(2)
    assert decoded == [{"qubit": 2}]


# Copies and equality


@pytest.mark.parametrize("duplicate", COPIES)
def test_K20_copies_are_equal_and_apart(duplicate):
    target = make_target()
    target.add_instruction(IfElseOp, name="if_else")
    copied = duplicate(target)
    assert type(copied) is Target
    assert copied == target
    assert hash(copied) == hash(target)
    assert copied.qubit_properties == target.qubit_properties
    assert copied.qubit_properties[1] is None
    assert copied.concurrent_measurements == [[0, 1], [2]]
    assert copied.get_calibration("x", (0,)) == x_pulse(0)
    copied["x"][0,].calibration = None
    copied.update_instruction_properties("x", (1,), InstructionProperties(1.0))
    assert target.has_calibration("x", (0,))
    assert target.has_calibration("x", (1,))
    assert copied != target


@pytest.mark.parametrize(
    "other",
    [
        make_target(description="another"),
        make_target(dt=2e-9),
        make_target(granularity=8),
        make_target(qubit_properties=None),
        make_target(concurrent_measurements=[[0, 1, 2]]),
        make_target(num_qubits=4, qubit_properties=None),
        "no target",
    ],
)
def test_K20_what_makes_targets_differ(other):
    assert make_target() != other


def test_K20_operations_and_properties_count_for_equality():
    assert small() == small()
    other = small()
    other["x"][2,].error = 0.02
    assert other != small()
    more = small()
    more.add_instruction(Measure(), {(0,): None})
    assert more != small()


# Qubit properties


def test_K20_qubit_properties_may_be_none_or_richer(target):
    first, second, third = target.qubit_properties
    assert isinstance(first, QiskitQubitProperties)
    assert (first.t1, first.t2, first.frequency) == (1e-4, 8e-5, 5e9)
    assert (first.anharmonicity, first.readout_frequency) == (-3e8, 7e9)
    assert (first.p1_given_0, first.p0_given_1) == (0.01, 0.03)
    assert second is None
    assert third.frequency is None


def test_K20_qubit_properties_can_be_set(target):
    target.qubit_properties = [None, QubitProperties(t1=1.0), QiskitQubitProperties(t1=2.0)]
    assert target.qubit_properties[1] == QubitProperties(t1=1.0)
    target.qubit_properties = None
    assert target.qubit_properties is None
    with pytest.raises(DeviceError, match="2 entries, and the device 3 qubits"):
        target.qubit_properties = [None, None]


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))]
)
def test_K26_qubit_properties_survive_copies(duplicate):
    given = QubitProperties(1e-4, 8e-5, 5e9, -3e8, 7e9, 0.01, 0.03)
    given.note = "mine"
    copied = duplicate(given)
    assert type(copied) is QubitProperties
    assert copied == given
    assert copied.note == "mine"
    copied.anharmonicity = 0.0
    assert copied != given


def test_K26_qubit_properties_show_what_is_known():
    assert repr(QubitProperties(t1=1.0, p1_given_0=0.5)) == (
        "QubitProperties(t1=1.0, p1_given_0=0.5)"
    )
    assert QubitProperties(t1=1.0) != QubitProperties(t1=2.0)
    assert QubitProperties() != QiskitQubitProperties()


# What Qiskit does with a target


def test_K20_timing_and_durations(target):
    assert target.timing_constraints().granularity == 16
    assert target.durations().get("x", 0, unit="s") == 1.6e-7
    target.update_instruction_properties("x", (0,), InstructionProperties(3.2e-7))
    assert target.durations().get("x", 0, unit="s") == 3.2e-7


def test_K20_from_configuration():
    given = InstructionScheduleMap()
    given.add("x", 0, x_pulse(0))
    given.add("x", 1, StoredEntry(decode, {"qubit": 1}))
    given.add("foo", 0, x_pulse(0))
    given.add("cx", (0, 1), x_pulse(0, 320))
    decoded.clear()
    target = Target.from_configuration(
        ["x", "cx"],
        coupling_map=CouplingMap([[0, 1]]),
        inst_map=given,
        dt=1e-9,
        concurrent_measurements=[[0, 1]],
        timing_constraints=TimingConstraints(granularity=16),
        instruction_durations=InstructionDurations([("cx", [0, 1], 5e-7, "s")]),
    )
    assert type(target) is Target
    assert target["x"][0,] == InstructionProperties(1.6e-7, None, x_pulse(0))
    assert target["x"][1,].duration is None  # the maker's own stays in its stored form
    assert decoded == []
    assert target["cx"][0, 1].duration == 5e-7
    assert target.has_calibration("cx", (0, 1))
    assert "foo" not in target
    assert target.granularity == 16
    assert target.concurrent_measurements == [[0, 1]]


def test_K20_from_configuration_all_to_all():
    target = Target.from_configuration(["x", "cx"], num_qubits=2)
    assert type(target) is Target
    assert target["cx"] == {None: None}
