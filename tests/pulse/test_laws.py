"""Laws that hold for all programs, tried on many (Hypothesis)."""

import copy
import json
import pickle
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backline import pulse
from backline.pulse.codec import from_dict, to_dict
from backline.pulse.transforms import (
    block_to_schedule,
    flatten,
    inline_subroutines,
    pad,
    target_qobj_transform,
)
from pulse import strategies as some

few = settings(max_examples=60, deadline=None)
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


@few
@given(some.schedules(depth=2))
def test_slots_are_those_of_the_instructions_and_never_overlap(schedule):
    expected = {}
    for time, instruction in schedule.instructions:
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
    for time, instruction in kept.instructions:
        if "channels" in conditions:
            assert set(instruction.channels) & set(conditions["channels"])
        if "instruction_types" in conditions:
            assert isinstance(instruction, tuple(conditions["instruction_types"]))
        if intervals is not None:
            assert any(a <= time and time + instruction.duration <= b for a, b in intervals)


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


# Equality


def copies(program):
    """The program, by every way there and back."""
    yield from_dict(json.loads(json.dumps(to_dict(program), allow_nan=False)))
    yield pulse.from_json(pulse.to_json(program))
    yield pickle.loads(pickle.dumps(program))
    yield copy.deepcopy(program)
    yield copy.copy(program)


@few
@given(some.programs)
def test_programs_survive_json_pickle_and_copies(program):
    for again in copies(program):
        assert again == program
        assert (again.name, again.metadata) == (program.name, program.metadata)
        assert again.parameters == program.parameters
        assert type(again) is type(program)


@few
@given(st.one_of(some.instructions, some.free_instructions, some.bound_pulses, some.channels))
def test_values_survive_pickle_and_copies(value):
    for again in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value), copy.copy(value)):
        assert again == value
        assert hash(again) == hash(value)
        assert repr(again) == repr(value)


@few
@given(
    st.one_of(some.instructions, some.bound_pulses, some.channels, some.schedules(), some.blocks())
)
def test_what_repr_shows_evaluates_to_an_equal_object(value):
    shown = repr(value)
    assume("..." not in shown)
    again = eval(shown, {**vars(pulse), "array": np.array})
    assert again == value
    assert repr(again) == shown
    assert getattr(again, "name", None) == getattr(value, "name", None)


def variants(instruction):
    """Instructions that equal this one, made in other ways."""
    yield pickle.loads(pickle.dumps(instruction))
    if isinstance(instruction, pulse.Play):
        yield pulse.Play(instruction.pulse, instruction.channel, "another name")
    if isinstance(instruction, pulse.RelativeBarrier):
        yield pulse.RelativeBarrier(*reversed(instruction.channels), name="another name")
    if isinstance(instruction, pulse.Delay | pulse.ShiftPhase | pulse.SetPhase):
        value, channel = instruction.operands
        yield type(instruction)(value * 1, channel, "another name")
        yield type(instruction)(1.0 * value, channel)
        yield type(instruction)(value / 2 + value / 2, channel)


@few
@given(st.one_of(some.instructions, some.free_instructions))
def test_equal_instructions_have_equal_hashes(instruction):
    for other in variants(instruction):
        if other == instruction:
            assert hash(other) == hash(instruction)
            assert {instruction: 1}[other] == 1
    assert next(variants(instruction)) == instruction


@few
@given(st.lists(st.one_of(some.bound_pulses, some.free_pulses), min_size=2, max_size=6))
def test_equal_pulses_have_equal_hashes(pulses):
    for one in pulses:
        for other in [*pulses, pickle.loads(pickle.dumps(one))]:
            if one == other:
                assert hash(one) == hash(other)


@few
@given(
    st.integers(1, 30),
    st.floats(-0.9, 0.9),
    st.floats(-7, 7),
    st.sampled_from([pulse.Constant, pulse.Sin]),
)
def test_a_full_turn_of_the_angle_changes_neither_equality_nor_hash(length, amp, angle, shape):
    arguments = (length, amp) if shape is pulse.Constant else (length, amp, 0.5, 0.25)
    one = shape(*arguments, angle=angle)
    for other in (
        shape(*arguments, angle=angle + 2 * np.pi),
        shape(*arguments, angle=angle - 4e-13),
    ):
        if one == other:
            assert hash(one) == hash(other)


halves = st.sampled_from(
    [
        (some.AMP / 2, 0.5 * some.AMP),
        (some.AMP + some.PHASE, some.PHASE + some.AMP),
        (2 * (some.AMP + some.PHASE), 2 * some.AMP + 2 * some.PHASE),
        (some.AMP - some.AMP + some.PHASE, 1 * some.PHASE),
        ((some.AMP + 1) * (some.AMP - 1), some.AMP * some.AMP - 1),
    ]
)


@given(halves)
def test_equal_expressions_make_equal_hashes(pair):
    one, other = pair
    assert one == other
    for make in (
        lambda value: pulse.ShiftPhase(value, D0),
        lambda value: pulse.Delay(value, D0),
        lambda value: pulse.Acquire(value, pulse.AcquireChannel(0), pulse.MemorySlot(0)),
        lambda value: pulse.DriveChannel(value),
        lambda value: pulse.Play(pulse.Gaussian(10, value, 3), D0),
        lambda value: pulse.Play(pulse.Constant(10, 0.1), pulse.ControlChannel(value)),
        lambda value: pulse.transforms.AlignEquispaced(value),
    ):
        assert make(one) == make(other)
        assert hash(make(one)) == hash(make(other))


# The order of what is in a block


@few
@given(
    st.lists(some.instructions, min_size=2, max_size=6),
    st.sampled_from([pulse.transforms.AlignLeft(), pulse.transforms.AlignRight()]),
    st.data(),
)
def test_neighbors_may_be_swapped_exactly_if_they_share_no_channel(parts, alignment, data):
    at = data.draw(st.integers(0, len(parts) - 2))
    swapped = [*parts[:at], parts[at + 1], parts[at], *parts[at + 2 :]]
    one, other = (made_of(elements, alignment) for elements in (parts, swapped))
    first, second = parts[at], parts[at + 1]
    shared = set(first.channels) & set(second.channels)
    alone = not first.channels and not second.channels  # barriers of nothing keep their order
    assert (one == other) == (first == second or (not shared and not alone))


@few
@given(st.lists(some.instructions, min_size=2, max_size=6), st.data())
def test_under_sequential_alignment_every_order_counts(parts, data):
    at = data.draw(st.integers(0, len(parts) - 2))
    swapped = [*parts[:at], parts[at + 1], parts[at], *parts[at + 2 :]]
    alignment = pulse.transforms.AlignSequential()
    one, other = (made_of(elements, alignment) for elements in (parts, swapped))
    assert (one == other) == (parts[at] == parts[at + 1])


on_channels = some.instructions.filter(lambda instruction: instruction.channels)


@few
@given(
    st.lists(on_channels, max_size=4), st.lists(on_channels, max_size=4), st.permutations(range(4))
)
def test_order_counts_across_a_reference_and_not_beside_it(before, after, order):
    alignment = pulse.transforms.AlignLeft()
    reference = pulse.Reference("x")
    block = made_of([*before, reference, *after], alignment)
    shuffled = [before[n] for n in order if n < len(before)]
    same = made_of(shuffled, alignment) == made_of(before, alignment)
    assert (made_of([*shuffled, reference, *after], alignment) == block) == same
    assert (made_of([reference, *before, *after], alignment) == block) == (not before)


def made_of(elements, alignment):
    block = pulse.ScheduleBlock(alignment_context=alignment)
    for element in elements:
        block.append(element)
    return block


# Parameters


def bound(program):
    return program.assign_parameters(some.VALUES, inplace=False)


@few
@given(some.schedules(some.free_instants, depth=2))
def test_assigning_commutes_with_flattening(schedule):
    assert bound(flatten(schedule)) == flatten(bound(schedule))
    assert bound(schedule).timeslots == schedule.timeslots
    assert not bound(schedule).parameters


@few
@given(some.blocks(some.free_instants))
def test_assigning_commutes_with_scheduling(block):
    assert bound(block_to_schedule(block)) == block_to_schedule(bound(block))
    assert bound(inline_subroutines(block)) == inline_subroutines(bound(block))


@few
@given(some.blocks(some.free_instructions), some.schedules(some.free_instants))
def test_assigning_in_two_steps_is_assigning_at_once(block, schedule):
    steps = [{key: some.VALUES[key]} for key in some.VALUES]
    for program in (block, schedule):
        stepwise = program
        for step in steps:
            stepwise = stepwise.assign_parameters(step, inplace=False)
        assert stepwise == bound(program)
        in_place = copy.deepcopy(program)
        in_place.assign_parameters(some.VALUES)
        assert in_place == bound(program)


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
