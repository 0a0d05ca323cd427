"""Channels, instructions and configuration: values, and what they refuse."""

import copy
import math
import pickle

import numpy as np
import pytest
from qiskit.circuit import Parameter

from backline import pulse
from backline.errors import PulseError, UnassignedReferenceError
from backline.pulse.channels import Channel, PulseChannel

D0, D1, A0, M0 = (
    pulse.DriveChannel(0),
    pulse.DriveChannel(1),
    pulse.AcquireChannel(0),
    pulse.MemorySlot(0),
)
A = Parameter("a")
INSTRUCTIONS = [
    pulse.Play(pulse.Gaussian(10, 0.1, 2), D0),
    pulse.Play(pulse.Waveform([0.1, 0.2j], name="w"), pulse.ControlChannel(A)),
    pulse.Delay(10, A0, name="wait"),
    pulse.Delay(A, D0),
    pulse.SetFrequency(5e9, D0),
    pulse.ShiftFrequency(-1e6, D0),
    pulse.SetPhase(0.1, D0),
    pulse.ShiftPhase(A * 2 + 1, D0),
    pulse.Acquire(10, A0, M0, kernel=pulse.Kernel("k", weights=[1, 2])),
    pulse.Acquire(10, A0, reg_slot=pulse.RegisterSlot(1), discriminator=pulse.Discriminator("d")),
    pulse.RelativeBarrier(D0, D1),
    pulse.TimeBlockade(5, D0),
    pulse.Reference("x", "q0"),
    pulse.Snapshot("here"),
]


@pytest.mark.parametrize("instruction", INSTRUCTIONS, ids=str)
def test_instructions_survive_copies(instruction):
    for copied in (
        copy.copy(instruction),
        copy.deepcopy(instruction),
        pickle.loads(pickle.dumps(instruction)),
    ):
        assert copied == instruction
        assert hash(copied) == hash(instruction)
        assert copied.name == instruction.name
        assert copied.operands == instruction.operands


@pytest.mark.parametrize("instruction", INSTRUCTIONS, ids=str)
def test_instructions_are_frozen(instruction):
    for field in ("name", "duration", "channel"):
        with pytest.raises((AttributeError, TypeError)):
            setattr(instruction, field, 3)


def test_different_instructions_are_different():
    assert len(set(INSTRUCTIONS)) == len(INSTRUCTIONS)
    assert pulse.SetPhase(0.1, D0) != pulse.ShiftPhase(0.1, D0)
    assert pulse.Delay(10, D0) != pulse.Delay(10, D1)


def test_names_are_not_compared():
    assert pulse.Delay(10, D0, name="a") == pulse.Delay(10, D0)
    assert hash(pulse.Delay(10, D0, name="a")) == hash(pulse.Delay(10, D0))


def test_barriers_do_not_order_their_channels():
    assert pulse.RelativeBarrier(D0, D1) == pulse.RelativeBarrier(D1, D0)
    assert hash(pulse.RelativeBarrier(D0, D1)) == hash(pulse.RelativeBarrier(D1, D0))


def test_channels_are_values():
    assert pulse.DriveChannel(3) is pulse.DriveChannel(3)
    assert pulse.DriveChannel(np.int64(3)) == pulse.DriveChannel(3)
    assert type(pulse.DriveChannel(np.int64(3)).index) is int
    assert pulse.DriveChannel(3) != pulse.MeasureChannel(3)
    assert pulse.DriveChannel(10**9) == pulse.DriveChannel(10**9)
    assert pulse.DriveChannel(A) == pulse.DriveChannel(A) != pulse.DriveChannel(Parameter("a"))
    assert pulse.DriveChannel(A).parameters == {A}
    assert not pulse.DriveChannel(0).parameters
    assert pickle.loads(pickle.dumps(pulse.SnapshotChannel())) == pulse.SnapshotChannel()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (pulse.DriveChannel, "d2"),
        (pulse.ControlChannel, "u2"),
        (pulse.MeasureChannel, "m2"),
        (pulse.AcquireChannel, "a2"),
        (pulse.MemorySlot, "m2"),
        (pulse.RegisterSlot, "c2"),
    ],
)
def test_channel_names(kind, name):
    assert kind(2).name == name
    assert kind(2).index == 2


@pytest.mark.parametrize("index", [-1, 1.0, 1.5, True, "0", None, math.nan])
def test_bad_indices(index):
    with pytest.raises(PulseError, match="index of a DriveChannel must be an int of 0 or more"):
        pulse.DriveChannel(index)


@pytest.mark.parametrize("kind", [Channel, PulseChannel])
def test_bases_of_channels_cannot_be_made(kind):
    with pytest.raises(NotImplementedError, match="DriveChannel"):
        kind(0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: pulse.Delay(-1, D0), "whole number of samples"),
        (lambda: pulse.Delay(1.5, D0), "whole number of samples"),
        (lambda: pulse.Delay(math.nan, D0), "finite"),
        (lambda: pulse.Delay(math.inf, D0), "finite"),
        (lambda: pulse.Delay("1", D0), "number or a parameter"),
        (lambda: pulse.Delay(1, 0), "needs a channel"),
        (lambda: pulse.TimeBlockade(A, D0), "free parameter a"),
        (lambda: pulse.TimeBlockade(3, "d0"), "needs a channel"),
        (lambda: pulse.Play(pulse.Constant(1, 0.1), A0), "got AcquireChannel"),
        (lambda: pulse.Play([0.1], D0), "needs a pulse"),
        (lambda: pulse.SetFrequency(math.nan, D0), "finite"),
        (lambda: pulse.SetFrequency(5e9, M0), "got MemorySlot"),
        (lambda: pulse.ShiftPhase(1j, D0), "real"),
        (lambda: pulse.ShiftPhase("1", D0), "number or a parameter"),
        (lambda: pulse.Acquire(10, D0, M0), "AcquireChannel"),
        (lambda: pulse.Acquire(10, A0), "mem_slot, reg_slot or both"),
        (lambda: pulse.Acquire(10, A0, pulse.RegisterSlot(0)), "MemorySlot"),
        (lambda: pulse.Acquire(10, A0, M0, kernel="k"), "Kernel"),
        (lambda: pulse.Acquire(-1, A0, M0), "0 or more"),
        (lambda: pulse.RelativeBarrier(D0, 1), "channels"),
        (lambda: pulse.Reference("a,b"), "must not contain"),
        (lambda: pulse.Reference(1), "strings"),
        (lambda: pulse.Snapshot(1), "string"),
    ],
)
def test_bad_instructions(make, message):
    with pytest.raises(PulseError, match=message):
        make()


def test_whole_floats_are_durations():
    assert type(pulse.Delay(10.0, D0).duration) is int
    assert type(pulse.Delay(np.float64(10), D0).duration) is int


def test_references_have_no_duration_before_they_are_assigned():
    with pytest.raises(UnassignedReferenceError, match="assign_references"):
        _ = pulse.Reference("x").duration


def test_an_instruction_is_a_small_schedule():
    delay = pulse.Delay(10, D0)
    assert (delay << 3).instructions == ((3, delay),)
    assert (delay + delay).instructions == ((0, delay), (10, delay))
    assert (delay | pulse.Delay(5, D1)).duration == 10
    assert delay.ch_duration(D0, D1) == delay.ch_stop_time(D0) == 10
    assert delay.ch_duration(D1) == delay.start_time == 0
    assert delay == pulse.Schedule(delay)


def test_kernels_compare_their_settings():
    one = pulse.Kernel("k", weights=np.array([1.0, 2.0]))
    assert one == pulse.Kernel("k", weights=np.array([1.0, 2.0]))
    assert hash(one) == hash(pulse.Kernel("k", weights=np.array([1.0, 2.0])))
    assert one != pulse.Kernel("k", weights=np.array([1.0, 3.0]))
    assert pulse.Kernel("k") != pulse.Discriminator("k")
    assert repr(pulse.Kernel("k", a=1)) == "Kernel('k', a=1)"


def test_lo_config():
    config = pulse.LoConfig({D0: 5e9, pulse.MeasureChannel(0): 7e9}, {D0: (4e9, 6e9)})
    assert config.qubit_los == {D0: 5e9}
    assert config.meas_los == {pulse.MeasureChannel(0): 7e9}
    assert config.channel_lo(D0) == 5e9
    assert config.check_lo(D1, 1.0)
    with pytest.raises(PulseError, match="out of its LoRange"):
        config.add_lo(D0, 7e9)
    with pytest.raises(PulseError, match="no LO frequency is set"):
        config.channel_lo(D1)
    with pytest.raises(PulseError, match="DriveChannel or MeasureChannel"):
        pulse.LoConfig({A0: 5e9})


@pytest.mark.parametrize("duration", [2**53 + 1, 10**400, 1e300])
def test_durations_beyond_what_floats_tell_apart(duration):
    assert pulse.Delay(2**53, D0).duration == 2**53
    with pytest.raises(PulseError, match=r"2\*\*53|a float can hold"):
        pulse.Delay(duration, D0)
