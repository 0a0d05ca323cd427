"""Laws of equality: there and back, hashes, and the order of what is in a block (Hypothesis)."""

import copy
import json
import pickle

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backline import pulse
from backline.pulse.codec import from_dict, to_dict
from pulse import strategies as some

few = settings(max_examples=50, deadline=None)
D0, D1 = pulse.DriveChannel(0), pulse.DriveChannel(1)


# There and back


def copies(program):
    """The program, by every way there and back."""
    yield from_dict(json.loads(json.dumps(to_dict(program), allow_nan=False)))
    yield pulse.from_json(pulse.to_json(program))
    yield pickle.loads(pickle.dumps(program))
    yield copy.deepcopy(program)
    yield copy.copy(program)


def labels(part):
    """What equality does not look at, of a program and of all that is in it."""
    if isinstance(part, pulse.Schedule):
        return part.name, part.metadata, [labels(child) for _, child in part.children]
    if isinstance(part, pulse.ScheduleBlock):
        return part.name, part.metadata, [labels(element) for element in part.blocks]
    played = getattr(part, "pulse", None)
    return part.name, getattr(played, "name", None), getattr(played, "limit_amplitude", None)


@few
@pytest.mark.parametrize(
    "programs",
    [some.schedules(), some.schedules(some.free_instants), some.blocks(), some.whole_blocks()],
    ids=["schedules", "free schedules", "blocks", "free blocks"],
)
@given(st.data())
def test_programs_survive_json_pickle_and_copies(programs, data):
    program = data.draw(programs)
    for again in copies(program):
        assert again == program
        assert labels(again) == labels(program)
        assert again.parameters == program.parameters
        assert type(again) is type(program)


@few
@pytest.mark.parametrize(
    "values",
    [some.instructions, some.free_instructions, some.bound_pulses, some.waveforms, some.channels],
    ids=["instructions", "free instructions", "pulses", "waveforms", "channels"],
)
@given(st.data())
def test_values_survive_pickle_and_copies(values, data):
    value = data.draw(values)
    for again in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value), copy.copy(value)):
        assert again == value
        assert hash(again) == hash(value)
        assert repr(again) == repr(value)


@few
@pytest.mark.parametrize(
    "values",
    [some.instructions, some.bound_pulses, some.channels, some.schedules(), some.blocks()],
    ids=["instructions", "pulses", "channels", "schedules", "blocks"],
)
@given(st.data())
def test_what_repr_shows_evaluates_to_an_equal_object(values, data):
    value = data.draw(values)
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
