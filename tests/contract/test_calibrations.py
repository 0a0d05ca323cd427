"""The entries of a calibration table."""

import copy
import pickle
import threading
import time

import numpy as np
import pytest
from qiskit.circuit import Parameter, ParameterVector

from backline import pulse
from backline.contract import CallableEntry, ScheduleEntry, StoredEntry
from backline.errors import PulseError
from backline.pulse.calibration_entries import as_entry
from contract.line import x_pulse


def swept(*names):
    """A block whose amplitude and angle are parameters."""
    amp, angle = (Parameter(name) for name in names)
    with pulse.build(name="swept") as block:
        pulse.play(pulse.Constant(160, amp, angle=angle), pulse.DriveChannel(0))
    return block


def function(a, b=2, *, c=0.5):
    return x_pulse(0, name=f"{a} {b} {c}")


def slowly(qubit):
    decodings.append(qubit)
    time.sleep(0.05)
    return x_pulse(qubit)


decodings = []


def constants(schedule):
    return [instruction.pulse.parameters for _, instruction in schedule.instructions]


def test_a_schedule_without_parameters_is_handed_out_as_it_is():
    schedule = x_pulse(0)
    assert ScheduleEntry(schedule).get_schedule() is schedule


def test_parameters_are_in_alphabetical_order_unless_said_otherwise():
    block = swept("b", "a")
    assert list(ScheduleEntry(block).get_signature().parameters) == ["a", "b"]
    entry = ScheduleEntry(block, arguments=["b", "a"])
    assert list(entry.get_signature().parameters) == ["b", "a"]
    played = pulse.transforms.block_to_schedule(entry.get_schedule(0.1, 0.2))
    assert constants(played) == [{"duration": 160, "amp": 0.1, "angle": 0.2}]


def test_some_parameters_may_stay_free():
    bound = ScheduleEntry(swept("P0", "P1")).get_schedule(P1=0.5)
    assert {parameter.name for parameter in bound.parameters} == {"P0"}


@pytest.mark.parametrize(("args", "kwargs"), [((1, 2, 3), {}), ((1,), {"a": 2}), ((), {"x": 3})])
def test_values_that_do_not_fit_a_schedule(args, kwargs):
    with pytest.raises(PulseError, match=r"takes the parameters \(a, b\)"):
        ScheduleEntry(swept("a", "b")).get_schedule(*args, **kwargs)


def test_values_for_a_schedule_without_parameters():
    with pytest.raises(PulseError, match="takes no parameters"):
        ScheduleEntry(x_pulse(0)).get_schedule(3)


@pytest.mark.parametrize("arguments", [["a"], ["a", "c"], ["a", "b", "c"]])
def test_arguments_that_are_not_the_parameters(arguments):
    with pytest.raises(PulseError, match=r"\['a', 'b'\]"):
        ScheduleEntry(swept("a", "b"), arguments=arguments)


def test_names_that_python_does_not_allow():
    vector = ParameterVector("p", 1)
    with pulse.build(name="odd") as block:
        pulse.play(pulse.Constant(160, vector[0], angle=Parameter("lambda")), pulse.DriveChannel(0))
    entry = ScheduleEntry(block)
    assert list(entry.get_signature().parameters) == ["lambda_", "p_0_"]
    assert not entry.get_schedule(0.1, 0.2).parameters
    assert not entry.get_schedule(**{"lambda": 0.1, "p[0]": 0.2}).parameters


def test_a_function_is_called_with_its_own_signature():
    entry = CallableEntry(function)
    assert str(entry.get_signature()) == "(a, b=2, *, c=0.5)"
    assert entry.get_schedule(1).name == "1 2 0.5"
    assert entry.get_schedule(1, b=3, c=4).name == "1 3 4"
    assert entry.needs_arguments
    assert not CallableEntry(lambda a=1: x_pulse(0)).needs_arguments


@pytest.mark.parametrize(("args", "kwargs"), [((), {}), ((1, 2, 3), {}), ((1,), {"d": 2})])
def test_values_that_do_not_fit_a_function(args, kwargs):
    with pytest.raises(PulseError, match="function function"):
        CallableEntry(function).get_schedule(*args, **kwargs)


def test_a_type_error_inside_the_function_is_not_hidden():
    def broken():
        raise TypeError("from inside")

    with pytest.raises(TypeError, match="from inside"):
        CallableEntry(broken).get_schedule()


def test_a_stored_entry_is_decoded_once_by_many_threads():
    decodings.clear()
    entry = StoredEntry(slowly, 1)
    assert not entry.decoded
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(entry.get_schedule())) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert decodings == [1]
    assert all(schedule is found[0] for schedule in found)
    assert entry.decoded


def test_a_decoding_that_fails_fails_again():
    def broken(stored):
        decodings.append(stored)
        raise PulseError("broken")

    decodings.clear()
    entry = StoredEntry(broken, 5)
    for _ in range(2):
        with pytest.raises(PulseError, match="broken"):
            entry.get_schedule()
    assert decodings == [5, 5]


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda entry: pickle.loads(pickle.dumps(entry))]
)
def test_copies_of_a_stored_entry_carry_the_stored_form_alone(duplicate):
    entry = StoredEntry(slowly, 1, user_provided=True)
    entry.get_schedule()
    copied = duplicate(entry)
    assert not copied.decoded
    assert copied.user_provided
    decodings.clear()
    assert copied == entry
    assert decodings == []  # the same stored form is the same schedule


@pytest.mark.parametrize("entry", [ScheduleEntry(x_pulse(0)), CallableEntry(function)])
def test_entries_pickle_and_compare(entry):
    copied = pickle.loads(pickle.dumps(entry))
    assert copied == entry
    assert copied.user_provided is entry.user_provided


def test_equality_is_of_the_schedules():
    assert ScheduleEntry(x_pulse(0)) == StoredEntry(slowly, 0)
    assert StoredEntry(slowly, 1) != ScheduleEntry(x_pulse(0))
    assert ScheduleEntry(x_pulse(0)) == ScheduleEntry(x_pulse(0), user_provided=False)
    assert ScheduleEntry(x_pulse(0)) != ScheduleEntry(x_pulse(0, duration=320))
    assert CallableEntry(function) != CallableEntry(slowly)
    assert CallableEntry(function) != ScheduleEntry(x_pulse(0))
    assert StoredEntry(of_array, np.zeros(3)) == StoredEntry(of_array, np.zeros(3))


def of_array(stored):
    return x_pulse(len(stored))


def test_entries_cannot_be_hashed():
    with pytest.raises(TypeError, match="unhashable"):
        hash(ScheduleEntry(x_pulse(0)))


def test_whose_own_a_calibration_is():
    assert as_entry(x_pulse(0)).user_provided
    assert as_entry(function).user_provided
    assert not StoredEntry(slowly, 0).user_provided
    entry = ScheduleEntry(x_pulse(0), user_provided=False)
    assert as_entry(entry) is entry


@pytest.mark.parametrize("nothing", [5, "x", None, [x_pulse(0)]])
def test_what_is_no_calibration(nothing):
    with pytest.raises(PulseError, match=type(nothing).__name__):
        as_entry(nothing)


def test_a_callable_entry_needs_a_function():
    with pytest.raises(PulseError, match="int"):
        CallableEntry(3)
