"""Schedules: times, overlaps, composition. All answers are worked by hand."""

import copy
import pickle

import pytest
from qiskit.circuit import Parameter, ParameterVector

from backline import pulse
from backline.errors import PulseError, UnassignedDurationError, UnassignedReferenceError
from backline.pulse.transforms import compress_pulses, flatten, pad, target_qobj_transform

D0, D1, U0 = pulse.DriveChannel(0), pulse.DriveChannel(1), pulse.ControlChannel(0)
A, B = Parameter("a"), Parameter("b")


def play(duration, channel=D0, amp=0.1):
    return pulse.Play(pulse.Constant(duration, amp), channel)


@pytest.fixture
def base():
    return pulse.Schedule((0, play(10)), (10, play(5)), (3, play(7, D1)), name="base")


def test_times(base):
    assert base.duration == base.stop_time == 15
    assert base.start_time == 0
    assert base.channels == (D0, D1)
    assert base.timeslots == {D0: [(0, 10), (10, 15)], D1: [(3, 10)]}
    assert (base.ch_start_time(D1), base.ch_stop_time(D1), base.ch_duration(D1)) == (3, 10, 10)
    assert base.ch_start_time(U0) == base.ch_stop_time(U0) == 0
    assert [time for time, _ in base.instructions] == [0, 3, 10]


def test_what_takes_no_time_comes_first():
    schedule = pulse.Schedule(
        (0, play(10)),
        (0, pulse.ShiftPhase(1, D0)),
        (0, pulse.SetPhase(2, D0)),
        (10, pulse.ShiftPhase(3, D0)),
    )
    kinds = [type(instruction).__name__ for _, instruction in schedule.instructions]
    assert kinds == ["ShiftPhase", "SetPhase", "Play", "ShiftPhase"]


@pytest.mark.parametrize(
    ("time", "instruction"),
    [
        (5, pulse.Delay(3, D0)),
        (14, pulse.Delay(3, D0)),
        (5, pulse.ShiftPhase(1, D0)),
        (0, pulse.Delay(4, D1)),
        (0, pulse.Delay(100, D1)),
    ],
)
def test_overlaps_are_refused_and_change_nothing(base, time, instruction):
    before = copy.copy(base)
    with pytest.raises(PulseError, match=r"overlaps on DriveChannel\(\d\): it takes samples"):
        base.insert(time, instruction, inplace=True)
    assert base == before
    assert base.timeslots == before.timeslots


def test_an_overlapping_schedule_is_refused_whole(base):
    other = pulse.Schedule((0, pulse.Delay(5, U0)), (0, pulse.Delay(4, D1)))
    with pytest.raises(PulseError, match="schedule"):
        base.insert(0, other, inplace=True)
    assert U0 not in base.channels


def test_memory_slots_can_overlap_too():
    one = pulse.Acquire(10, pulse.AcquireChannel(0), pulse.MemorySlot(0))
    two = pulse.Acquire(10, pulse.AcquireChannel(1), pulse.MemorySlot(0))
    with pytest.raises(PulseError, match=r"MemorySlot\(0\)"):
        pulse.Schedule((0, one), (5, two))


def test_gaps_can_be_filled_later():
    schedule = pulse.Schedule((20, play(10)), (0, play(10)))
    assert schedule.insert(10, play(10)).timeslots[D0] == [(0, 10), (10, 20), (20, 30)]


@pytest.mark.parametrize("time", [1.5, float("nan"), "1", None, 1j])
def test_times_are_whole_numbers(base, time):
    with pytest.raises(PulseError):
        base.insert(time, pulse.Delay(1, U0))


def test_nothing_starts_before_0(base):
    with pytest.raises(PulseError, match="before 0"):
        base.shift(-1)
    with pytest.raises(PulseError, match="before 0"):
        base.insert(-1, pulse.Delay(1, U0))
    assert base.shift(5).shift(-5) == base


def test_shift_in_place(base):
    shifted = base.shift(4)
    assert base.shift(4, inplace=True) is base
    assert base == shifted
    assert (base.start_time, base.duration) == (4, 19)
    assert base.timeslots[D1] == [(7, 14)]


def test_append_looks_at_shared_channels(base):
    assert base.append(play(3, D1)).ch_start_time(D1) == 3
    assert base.append(play(3, D1)).ch_stop_time(D1) == 13
    assert base.append(play(3, U0)).ch_stop_time(U0) == 3
    both = pulse.Schedule((0, play(1, D1)), (0, play(1, U0)))
    assert base.append(both).ch_start_time(U0) == 10


def test_operators(base):
    delay = pulse.Delay(3, U0)
    assert base | delay == base.insert(0, delay)
    assert base + delay == base.append(delay)
    assert base << 3 == base.shift(3)


def test_copies_do_not_follow_each_other(base):
    changed = copy.copy(base)
    outer = pulse.Schedule(base)
    changed.insert(0, pulse.Delay(3, U0), inplace=True)
    base.insert(20, pulse.Delay(3, D0), inplace=True)
    assert U0 not in base.channels
    assert changed.ch_stop_time(D0) == 15
    assert outer.duration == 15


def test_children_and_replace(base):
    outer = pulse.Schedule((0, base), (20, pulse.Delay(4, U0)))
    assert outer.children == ((0, base), (20, pulse.Delay(4, U0)))
    replaced = outer.replace(base, pulse.Delay(5, D0))
    assert replaced.children[0] == (0, pulse.Delay(5, D0))
    assert outer.duration == 24
    with pytest.raises(PulseError, match="cannot be replaced by"):
        base.replace(play(10), play(11), inplace=True)
    assert base.duration == 15


def test_filter_and_exclude_share_everything_out(base):
    for conditions in (
        {"channels": [D0]},
        {"channels": D1},
        {"instruction_types": pulse.Play},
        {"time_ranges": [(0, 10)]},
        {"intervals": [(3, 15)], "channels": [D0]},
    ):
        kept, rest = base.filter(**conditions), base.exclude(**conditions)
        assert len(kept) + len(rest) == 3
        assert kept | rest == base
    assert [t for t, _ in base.filter(time_ranges=[(0, 10)]).instructions] == [0, 3]
    assert base.filter(lambda item: item[0] > 0, channels=[D1]).channels == (D1,)
    with pytest.raises(PulseError, match=r"\(start, stop\) pairs"):
        base.filter(time_ranges=(0, 10))


def test_equality_is_by_channel():
    one = pulse.Schedule((0, play(3)), (0, play(3, D1)), name="one")
    assert one == pulse.Schedule((0, play(3, D1)), (0, play(3)), metadata={"a": 1})
    assert one != pulse.Schedule((0, play(3)), (1, play(3, D1)))
    first, second = pulse.ShiftPhase(1, D0), pulse.SetPhase(2, D0)
    assert pulse.Schedule(first, second) != pulse.Schedule(second, first)
    assert pulse.Schedule() != 3
    with pytest.raises(TypeError):
        hash(one)


def test_free_durations_and_references_are_refused():
    with pytest.raises(UnassignedDurationError, match="use a ScheduleBlock"):
        pulse.Schedule(pulse.Delay(A, D0))
    with pytest.raises(UnassignedReferenceError):
        pulse.Schedule(pulse.Reference("x"))
    with pytest.raises(PulseError, match="block_to_schedule"):
        pulse.Schedule(pulse.ScheduleBlock())
    with pytest.raises(PulseError, match="made of instructions"):
        pulse.Schedule((0, 5))


def test_metadata_and_names(base):
    assert pulse.Schedule(name=1).name == "1"
    assert pulse.Schedule().name.startswith("sched")
    given = {"a": 1}
    schedule = pulse.Schedule(metadata=given)
    given["a"] = 2
    assert schedule.metadata == {"a": 1}
    with pytest.raises(PulseError, match="dict or None"):
        schedule.metadata = 3
    assert pulse.Schedule.initialize_from(base).name == "base"
    with pytest.raises(PulseError):
        pulse.Schedule.initialize_from(3)


def test_repr_is_short_for_long_schedules():
    long = pulse.Schedule(*((i, pulse.Delay(1, D0)) for i in range(60)))
    assert repr(long).count("Delay") == 50
    assert "..." in repr(long)


def test_pickle_and_deepcopy(base):
    outer = pulse.Schedule((3, base), (30, pulse.ShiftPhase(A, D0)), metadata={"a": [1]})
    for copied in (pickle.loads(pickle.dumps(outer)), copy.deepcopy(outer)):
        assert copied == outer
        assert copied.metadata == outer.metadata
        copied.insert(99, pulse.Delay(1, D0), inplace=True)
        assert outer.duration == 30


def test_parameters_are_assigned():
    schedule = pulse.Schedule(
        (0, pulse.ShiftPhase(A * B, pulse.DriveChannel(B))),
        (0, pulse.Schedule(pulse.Play(pulse.Gaussian(10, A, 2), D0))),
    )
    assert schedule.parameters == {A, B}
    assert schedule.get_parameters("a") == [A]
    half = schedule.assign_parameters({A: 0.5}, inplace=False)
    assert half.parameters == {B}
    assert schedule.parameters == {A, B}
    full = half.assign_parameters({"b": 3})
    assert full is half
    assert not full.is_parameterized()
    assert full.instructions[0][1] == pulse.ShiftPhase(1.5, pulse.DriveChannel(3))
    assert full.channels == (pulse.DriveChannel(3), D0)


def test_assigned_channels_can_collide():
    schedule = pulse.Schedule((0, play(10)), (5, play(10, pulse.DriveChannel(A))))
    with pytest.raises(PulseError, match="overlaps"):
        schedule.assign_parameters({A: 0})
    assert schedule.parameters == {A}


def test_assignments_are_simultaneous():
    schedule = pulse.Schedule(pulse.ShiftPhase(A + 10 * B, D0))
    swapped = schedule.assign_parameters({A: B, B: A}, inplace=False)
    assert swapped.instructions[0][1].phase == B + 10 * A
    mixed = schedule.assign_parameters({A: B, B: 2}, inplace=False)
    assert mixed.instructions[0][1].phase == B + 20


def test_vectors_are_assigned():
    vector = ParameterVector("v", 2)
    schedule = pulse.Schedule(pulse.Play(pulse.Gaussian(10, vector[0], vector[1]), D0))
    for key in (vector, "v"):
        assigned = schedule.assign_parameters({key: [0.1, 2]}, inplace=False)
        assert assigned == pulse.Schedule(pulse.Play(pulse.Gaussian(10, 0.1, 2), D0))
    with pytest.raises(PulseError, match="has length 2, and 1 values"):
        schedule.assign_parameters({vector: [0.1]})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"zz": 1}, "no parameter named 'zz': its parameters are a"),
        ({A: "x"}, "the value of a must be a number"),
        ({A: float("nan")}, "finite"),
        ({A: True}, "number"),
        ({A: 1.5}, "reaches amplitude"),
        ({3: 1}, "a Parameter, a ParameterVector or a name"),
    ],
)
def test_bad_values_change_nothing(values, message):
    schedule = pulse.Schedule(pulse.Play(pulse.Constant(10, A), D0))
    with pytest.raises(PulseError, match=message):
        schedule.assign_parameters(values)
    assert schedule.parameters == {A}


def test_division_by_zero_is_an_error():
    schedule = pulse.Schedule(pulse.ShiftPhase(1 / A, D0))
    with pytest.raises(PulseError, match="cannot take the values a = 0"):
        schedule.assign_parameters({A: 0})


def test_parameters_of_others_are_ignored(base):
    assert base.assign_parameters({A: 3}, inplace=False) == base


def test_complex_amplitudes_can_be_assigned():
    schedule = pulse.Schedule(pulse.Play(pulse.Constant(1, A), D0))
    assigned = schedule.assign_parameters({A: 0.3 - 0.4j})
    assert assigned.instructions[0][1].pulse.get_waveform().samples[0] == 0.3 - 0.4j


def test_pad(base):
    padded = pad(base, channels=[D1, U0], until=20)
    assert padded.timeslots == {
        D0: [(0, 10), (10, 15)],
        D1: [(0, 3), (3, 10), (10, 20)],
        U0: [(0, 20)],
    }
    assert base.ch_start_time(D1) == 3
    assert pad(base, inplace=True) is base
    assert base.timeslots[D1] == [(0, 3), (3, 10), (10, 15)]
    with pytest.raises(PulseError, match="pad_with"):
        pad(base, pad_with=3)


def test_target_qobj_transform_takes_all_kinds(base):
    assert target_qobj_transform(base) == base
    assert target_qobj_transform(play(3)) == play(3)
    assert target_qobj_transform((4, play(3))) == play(3).shift(4)
    assert target_qobj_transform([play(3), (5, play(3))]).duration == 8
    assert target_qobj_transform([(0, play(3)), (5, play(3))]).duration == 8
    with pytest.raises(PulseError, match="a pulse program is"):
        target_qobj_transform(3)


def test_compress_shares_equal_pulses():
    schedule = pulse.Schedule(
        pulse.Play(pulse.Waveform([0.1]), D0), pulse.Play(pulse.Waveform([0.1]), D1)
    )
    (compressed,) = compress_pulses([schedule])
    pulses = [instruction.pulse for _, instruction in compressed.instructions]
    assert pulses[0] is pulses[1]
    assert compressed == schedule


def test_flatten_takes_schedules_alone():
    with pytest.raises(PulseError, match="takes a Schedule"):
        flatten(pulse.ScheduleBlock())


def test_copies_keep_their_own_slots():
    schedule = pulse.Schedule((20, play(10)), (0, play(10)))  # the second comes before the first
    grown = schedule.insert(10, play(5))
    assert schedule.timeslots == {D0: [(0, 10), (20, 30)]}
    assert grown.timeslots == {D0: [(0, 10), (10, 15), (20, 30)]}
    with pytest.raises(PulseError, match="10 to 15 are taken"):
        grown.insert(12, play(2))
    schedule.insert(12, play(2), inplace=True)
    assert grown.timeslots == {D0: [(0, 10), (10, 15), (20, 30)]}


def test_a_schedule_that_is_there_twice_is_copied():
    x = pulse.Schedule(play(10), name="x")
    both = pulse.Schedule((0, x), (20, x))
    x.insert(10, play(10), inplace=True)
    assert both == pulse.Schedule((0, play(10)), (20, play(10)))


def test_parameters_follow_what_is_inserted_and_assigned():
    schedule = pulse.Schedule(pulse.ShiftPhase(A, D0))
    assert schedule.parameters == {A}
    schedule.insert(0, pulse.ShiftPhase(A + B, D0), inplace=True)
    assert schedule.parameters == {A, B}
    schedule.assign_parameters({A: 1.0}, inplace=True)
    assert schedule.parameters == {B}
    schedule.assign_parameters({B: A}, inplace=True)
    assert schedule.parameters == {A}
    assert not schedule.assign_parameters({A: 0}, inplace=False).is_parameterized()
    assert schedule.is_parameterized()


def test_channels_that_become_one_may_overlap():
    free = pulse.Schedule(
        (0, play(10, pulse.DriveChannel(A))), (5, play(10, pulse.DriveChannel(B)))
    )
    assert free.assign_parameters({A: 0, B: 1}, inplace=False).channels == (D0, D1)
    with pytest.raises(PulseError, match="overlaps"):
        free.assign_parameters({A: 0, B: 0}, inplace=False)


def test_a_part_of_a_schedule_has_its_own_times(base):
    late = base.filter(channels=D1)
    assert (late.channels, late.start_time, late.duration) == ((D1,), 3, 10)
    assert late.timeslots == {D1: [(3, 10)]}
    with pytest.raises(PulseError, match="3 to 10 are taken"):
        late.insert(9, play(5, D1))
