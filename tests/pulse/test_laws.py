"""Laws that hold for all programs, tried on many (Hypothesis)."""

import json
import pickle
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.circuit import Parameter

from backline import pulse
from backline.pulse.codec import from_dict, to_dict
from backline.pulse.transforms import (
    block_to_schedule,
    flatten,
    inline_subroutines,
    pad,
    target_qobj_transform,
)
from golden import pulse_programs

D0 = pulse.DriveChannel(0)
few = settings(max_examples=40, deadline=None)

blocks = st.integers(10_000, 10**6).map(
    lambda seed: pulse_programs.described(pulse, pulse_programs.random_description(seed))
)
schedules = blocks.map(block_to_schedule)


@few
@given(schedules, st.integers(0, 10**9), st.integers(0, 10**9))
def test_shifts_add_up(schedule, one, other):
    assert schedule.shift(one).shift(other) == schedule.shift(one + other)
    assert schedule.shift(one).shift(-one) == schedule
    assert (schedule << one).duration == schedule.duration + one


@few
@given(schedules)
def test_flatten_is_idempotent(schedule):
    flat = flatten(schedule)
    assert flat == schedule
    assert flatten(flat).children == flat.children
    assert target_qobj_transform(target_qobj_transform(flat)) == target_qobj_transform(schedule)


@few
@given(schedules, schedules)
def test_appended_programs_touch_and_do_not_overlap(one, other):
    together = one + other
    shared = set(one.channels) & set(other.channels)
    assert len(together) == len(one) + len(other)
    start = one.ch_stop_time(*shared)
    assert together == one | (other << start)


@few
@given(schedules)
def test_slots_never_overlap(schedule):
    for slots in schedule.timeslots.values():
        for (_, stop), (start, _) in pairwise(slots):
            assert stop <= start
    assert schedule.duration == max(
        (time + inst.duration for time, inst in schedule.instructions), default=0
    )


@few
@given(schedules)
def test_padding_leaves_no_gaps_and_changes_nothing_else(schedule):
    padded = pad(schedule)
    for channel, slots in padded.timeslots.items():
        if not isinstance(channel, pulse.MemorySlot):
            time = 0
            for start, stop in slots:
                assert start == time
                time = stop
            assert time == schedule.duration
    kept = [item for item in padded.instructions if item in schedule.instructions]
    assert len(kept) >= len(schedule)


@few
@given(blocks)
def test_programs_survive_json_and_pickle(block):
    assert from_dict(json.loads(json.dumps(to_dict(block)))) == block
    assert pickle.loads(pickle.dumps(block)) == block


@few
@given(blocks)
def test_inlining_changes_no_times(block):
    assert block_to_schedule(inline_subroutines(block)) == block_to_schedule(block)


@few
@given(st.integers(1, 200), st.floats(-1, 1), st.integers(-640, 640).map(lambda n: n / 64))
def test_assigning_commutes_with_scheduling(duration, amp, phase):
    # Phases are multiples of 1/64: Qiskit's expressions round what is within 1e-16 of an integer.
    d, a, p = Parameter("d"), Parameter("a"), Parameter("p")

    def program(d, a, p):
        with pulse.build() as block:
            pulse.play(pulse.Gaussian(160, a, 40), D0)
            pulse.shift_phase(2 * p + 1, D0)
            with pulse.align_right():
                pulse.delay(d, D0)
                pulse.delay(d + 3, pulse.DriveChannel(1))
        return block

    early = program(duration, amp, phase)
    late = program(d, a, p).assign_parameters({d: duration, a: amp, p: phase})
    half = program(duration, a, p)
    assert block_to_schedule(late) == block_to_schedule(early)
    assert block_to_schedule(half).assign_parameters({a: amp, p: phase}) == block_to_schedule(early)


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
