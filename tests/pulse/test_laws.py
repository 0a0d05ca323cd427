"""Laws of schedules, of transforms and of the parts of programs (Hypothesis)."""

import copy
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backline import pulse
from backline.pulse.transforms import (
    block_to_schedule,
    flatten,
    inline_subroutines,
    pad,
    target_qobj_transform,
)
from pulse import strategies as some

few = settings(max_examples=50, deadline=None)
shifts = st.integers(0, 10**9)
D0, D1 = pulse.DriveChannel(0), pulse.DriveChannel(1)


# Schedules in time


@few
@given(some.schedules(), shifts, shifts)
def test_shifts_add_up(schedule, one, other):
    assert schedule.shift(one).shift(other) == schedule.shift(one + other)
    assert schedule.shift(one).shift(-one) == schedule
    assert schedule << one == schedule.shift(one)
    for channel in schedule.channels:
        assert schedule.shift(one).ch_start_time(channel) == schedule.ch_start_time(channel) + one
        assert schedule.shift(one).ch_stop_time(channel) == schedule.ch_stop_time(channel) + one


@few
@given(some.schedules(), st.integers(0, 1000))
def test_shifting_in_place_is_shifting(schedule, time):
    moved = copy.deepcopy(schedule)
    moved.shift(time, inplace=True)
    assert moved == schedule.shift(time)
    assert moved.timeslots == schedule.shift(time).timeslots
    assert moved.duration == schedule.shift(time).duration


@few
@given(some.schedules(), some.schedules())
def test_stop_times_of_channels_add_up(one, other):
    together = one + other
    start = one.ch_stop_time(*other.channels)
    assert together == one | (other << start)
    for channel in {*one.channels, *other.channels}:
        if channel in other.channels:
            assert together.ch_stop_time(channel) == start + other.ch_stop_time(channel)
        else:
            assert together.ch_stop_time(channel) == one.ch_stop_time(channel)
    assert len(together) == len(one) + len(other)


def on_the_same_channels(schedule):
    """A program that uses all of some channels, whatever the schedule does."""
    for channel in (D0, D1, pulse.AcquireChannel(0)):
        schedule = schedule.insert(schedule.ch_stop_time(channel), pulse.Delay(2, channel))
    return schedule


on_drives = some.schedules(
    st.one_of(
        st.builds(pulse.Play, some.bound_pulses, st.sampled_from([D0, D1])),
        st.builds(pulse.ShiftPhase, some.phases, st.sampled_from([D0, D1])),
    )
).map(on_the_same_channels)


@few
@given(on_drives, on_drives, on_drives)
def test_appending_is_associative_on_the_same_channels(a, b, c):
    assert (a + b) + c == a + (b + c)
    assert (a + b + c).duration == a.duration + b.duration + c.duration


@few
@given(some.schedules(), some.schedules())
def test_merging_commutes_where_nothing_overlaps(one, other):
    assume(not set(one.channels) & set(other.channels))
    assert one | other == other | one
    assert (one | other).timeslots == one.timeslots | other.timeslots


def walked(schedule, start):
    """(time, instruction) of a schedule and of those inside it."""
    for time, child in schedule.children:
        if isinstance(child, pulse.Schedule):
            yield from walked(child, start + time)
        else:
            yield start + time, child


@few
@given(some.schedules(depth=2))
def test_slots_are_those_of_the_instructions_and_never_overlap(schedule):
    expected = {}
    for time, instruction in sorted(walked(schedule, 0), key=lambda i: (i[0], i[1].duration)):
        for channel in instruction.channels:
            expected.setdefault(channel, []).append((time, time + instruction.duration))
    assert schedule.timeslots == expected
    for slots in expected.values():
        for (_, stop), (start, _) in pairwise(slots):
            assert stop <= start
    assert schedule.duration == max((s[-1][1] for s in expected.values()), default=0)


@few
@given(some.schedules(depth=2), some.times, some.instructions)
def test_what_overlaps_is_refused_and_leaves_the_schedule_as_it_was(schedule, start, instruction):
    before = copy.deepcopy(schedule)
    state = schedule.children, schedule.timeslots, schedule.duration, schedule.instructions
    stop = start + instruction.duration
    clash = any(
        start < taken[1] and taken[0] < stop
        for channel in instruction.channels
        for taken in schedule.timeslots.get(channel, [])
    )
    if not clash:
        assert len(schedule.insert(start, instruction)) == len(schedule) + 1
        return
    for inplace in (True, False):
        with pytest.raises(pulse.PulseError, match="overlaps"):
            schedule.insert(start, instruction, inplace=inplace)
        assert schedule == before
        now = schedule.children, schedule.timeslots, schedule.duration, schedule.instructions
        assert now == state


@few
@given(some.schedules(depth=2), st.integers(0, 60))
def test_what_would_start_before_0_is_refused_and_leaves_the_schedule_as_it_was(schedule, time):
    before = schedule.timeslots
    if schedule.start_time >= time or not schedule.channels:
        assert schedule.shift(-time).start_time == max(schedule.start_time - time, 0)
        return
    for inplace in (True, False):
        with pytest.raises(pulse.PulseError, match="before 0"):
            schedule.shift(-time, inplace=inplace)
        assert schedule.timeslots == before


# Transforms


@few
@given(some.schedules(depth=2))
def test_flatten_is_idempotent(schedule):
    flat = flatten(schedule)
    assert flat == schedule
    assert flat.children == flat.instructions == schedule.instructions
    assert flatten(flat).children == flat.children
    assert target_qobj_transform(target_qobj_transform(flat)) == target_qobj_transform(schedule)


@few
@given(some.schedules(depth=2))
def test_padding_leaves_no_gaps_and_changes_nothing_else(schedule):
    padded = pad(schedule)
    for channel, slots in padded.timeslots.items():
        if not isinstance(channel, pulse.channels.ClassicalIOChannel):
            time = 0
            for start, stop in slots:
                assert start == time
                time = stop
            assert time == schedule.duration
    left = list(padded.instructions)
    for item in schedule.instructions:
        left.remove(item)
    assert all(isinstance(instruction, pulse.Delay) for _, instruction in left)
    assert padded.duration == schedule.duration


@few
@given(some.blocks())
def test_inlining_changes_no_times(block):
    assert block_to_schedule(inline_subroutines(block)) == block_to_schedule(block)


# The parts of a program

CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "channels": st.lists(some.channels, max_size=3),
        "instruction_types": st.lists(
            st.sampled_from([pulse.Play, pulse.Delay, pulse.ShiftPhase, pulse.Acquire]), max_size=2
        ),
    },
)
INTERVALS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 90)), max_size=2)


@few
@given(some.schedules(depth=2), CONDITIONS, st.none() | INTERVALS)
def test_filter_and_exclude_share_a_schedule_between_them(schedule, conditions, intervals):
    kept = schedule.filter(**conditions, intervals=intervals)
    rest = schedule.exclude(**conditions, intervals=intervals)
    assert kept | rest == schedule
    assert len(kept) + len(rest) == len(schedule)

    def wanted(time, instruction):
        if "channels" in conditions and not set(instruction.channels) & set(conditions["channels"]):
            return False
        kinds = tuple(conditions.get("instruction_types", [pulse.Instruction]))
        stop = time + instruction.duration
        within = intervals is None or any(a <= time and stop <= b for a, b in intervals)
        return isinstance(instruction, kinds) and within

    assert all(wanted(*item) for item in kept.instructions)
    assert not any(wanted(*item) for item in rest.instructions)


def leaves(block):
    """All instructions of a block and of those inside it, in order."""
    for element in block.blocks:
        if isinstance(element, pulse.ScheduleBlock):
            yield from leaves(element)
        else:
            yield element


@few
@given(some.blocks(), CONDITIONS)
def test_filter_and_exclude_share_a_block_between_them(block, conditions):
    kept, rest = [
        list(leaves(b)) for b in (block.filter(**conditions), block.exclude(**conditions))
    ]
    assert len(kept) + len(rest) == len(list(leaves(block)))
    for instruction in leaves(block):
        (kept if instruction in kept else rest).remove(instruction)
    assert not kept
    assert not rest


# Pulses


@few
@given(st.integers(0, 300), st.floats(0.1, 100), st.floats(-50, 50), st.floats(-1, 1))
def test_every_pulse_that_is_accepted_stays_within_1(duration, sigma, beta, amp):
    try:
        drag = pulse.Drag(duration, amp, sigma, beta)
    except pulse.PulseError:
        drag = pulse.Drag(duration, amp, sigma, beta, limit_amplitude=False)
        assert abs(drag.get_waveform().samples).max() > 1
    else:
        assert (abs(drag.get_waveform().samples) <= 1 + 5e-8).all()
