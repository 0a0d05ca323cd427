"""K44: pulse programs that a device cannot play, and what is said of them."""

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

from backline import pulse
from backline.contract import check_programs, check_schedule
from backline.errors import InputError
from contract.line import make_target

CHANNELS = ["u0", "u1", "u2", "u10"]


def check(schedule, channels=CHANNELS):
    check_schedule(schedule, make_target(), device_name="line", channels=channels)


def refusal(schedule, **arguments):
    with pytest.raises(InputError) as caught:
        check(schedule, **arguments)
    return caught.value


def at(*parts):
    made = pulse.Schedule(name="mine")
    for start, instruction in parts:
        made = made.insert(start, instruction)
    return made


def play(duration=160, channel=None, name=None):
    return pulse.Play(pulse.Constant(duration, 0.1), channel or pulse.DriveChannel(0), name=name)


def acquire(qubit=0, duration=160):
    return pulse.Acquire(duration, pulse.AcquireChannel(qubit), pulse.MemorySlot(qubit))


@pytest.mark.parametrize(
    "good",
    [
        pulse.Schedule(),
        at((0, play()), (160, play(64))),
        at((16, play(channel=pulse.ControlChannel(1))), (32, acquire(2))),
        at((0, pulse.Delay(13, pulse.DriveChannel(0))), (16, play())),
        at((0, play(channel=pulse.MeasureChannel(2)))),
        at((3, pulse.ShiftPhase(1.0, pulse.DriveChannel(1)))),
    ],
)
def test_K44_what_the_device_can_play_passes(good):
    check(good)


def test_K44_a_program_without_acquisition_is_no_error():
    with pulse.build() as block:
        pulse.play(pulse.Constant(160, 0.1), pulse.DriveChannel(0))
    check(block)


@pytest.mark.parametrize(
    ("instruction", "channel"),
    [
        (play(channel=pulse.DriveChannel(3)), "d3"),
        (play(channel=pulse.MeasureChannel(7)), "m7"),
        (acquire(3), "a3"),
        (pulse.ShiftPhase(0.1, pulse.DriveChannel(5)), "d5"),
    ],
)
def test_K44_channels_of_qubits_that_do_not_exist(instruction, channel):
    error = refusal(at((0, instruction)))
    for words in ("'mine'", channel, "'line'", "0 to 2"):
        assert words in error.message
    assert error.details["channel"] == channel


def test_K44_memory_slots_are_no_measure_channels():
    check(at((0, pulse.Acquire(16, pulse.AcquireChannel(0), pulse.MemorySlot(30)))))


def test_K44_control_channels_that_do_not_exist():
    made = at((0, play(channel=pulse.ControlChannel(3))))
    error = refusal(made)
    assert "u3" in error.message
    assert "u0, u1, u2, u10" in error.message
    check(made, channels=None)  # where they are not known


def test_K44_unbound_parameters_are_named():
    with pulse.build(name="sweep") as block:
        pulse.play(pulse.Gaussian(160, Parameter("amp"), 40), pulse.DriveChannel(0))
        pulse.shift_phase(Parameter("phi"), pulse.DriveChannel(0))
    assert "'sweep' has unbound parameters: amp, phi" in refusal(block).message
    with pulse.build(name="where") as block:
        pulse.play(pulse.Constant(160, 0.1), pulse.DriveChannel(Parameter("q")))
    assert "q" in refusal(block).message
    with pulse.build(name="length") as block:
        pulse.play(pulse.Constant(Parameter("T"), 0.1), pulse.DriveChannel(0))
    assert "T" in refusal(block).message


def test_K44_references_that_nobody_assigned():
    with pulse.build(name="calls") as block:
        pulse.reference("other", "place")
    error = refusal(block)
    assert "'calls'" in error.message
    assert "other" in error.message
    with pulse.build(name="outer") as outer:
        pulse.call(block)
    assert "('other', 'place')" in refusal(outer).message


def test_K44_a_called_subroutine_is_an_assigned_reference():
    with pulse.build(name="sub") as sub:
        pulse.play(pulse.Constant(64, 0.1), pulse.DriveChannel(0))
    with pulse.build(name="calls") as block:
        pulse.call(sub)
        pulse.reference("other")
    block.assign_references({("other",): sub})
    check(block)
    with pulse.build(name="bad") as bad:
        pulse.call(at((3, play(name="x"))))
    with pytest.raises(InputError, match="off the timing grid"):
        check(bad)


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (at((3, play(name="x"))), "play 'x' on d0 at sample 3 begins off the timing grid"),
        (at((3, play())), "a multiple of 16 samples, such as 0 or 16"),
        (at((0, play(100))), "has a length of 100 off the timing grid"),
        (at((0, play(100))), "such as 96 or 112"),
        (at((0, play(48))), "has a length of 48 samples; pulses on device 'line' have at least 64"),
        (at((8, acquire(1))), "acquire on a1 at sample 8 begins off the timing grid"),
        (at((0, play()), (163, play())), "at sample 163"),
    ],
)
def test_K44_the_timing_grid(made, says):
    with pytest.raises(InputError, match=says):
        check(made)


def test_K44_the_timing_grid_of_blocks():
    with pulse.build(name="late") as block:
        pulse.delay(10, pulse.DriveChannel(0))
        pulse.play(pulse.Constant(160, 0.1), pulse.DriveChannel(0))
    assert "at sample 10" in refusal(block).message
    with pulse.build(name="right", default_alignment="right") as block:
        pulse.play(pulse.Constant(160, 0.1), pulse.DriveChannel(0))
        pulse.play(pulse.Constant(320, 0.1), pulse.DriveChannel(1))
    check(block)


def test_K44_schedules_in_schedules():
    inner = at((8, play()))
    assert "at sample 24" in refusal(at((16, inner))).message
    check(at((8, inner)))


def test_K44_what_is_no_schedule():
    for wrong in (QuantumCircuit(1), None, "text"):
        with pytest.raises(InputError, match="Schedule"):
            check(wrong)


def test_K44_programs_may_be_mixed():
    programs = [QuantumCircuit(1), at((0, play())), at((3, play()))]
    target = make_target()
    assert check_programs(programs[:2], target, device_name="line") == programs[:2]
    with pytest.raises(InputError, match="program 2 of the list") as caught:
        check_programs(programs, target, device_name="line")
    assert caught.value.details["index"] == 2
    assert caught.value.details["channel"] == "d0"
