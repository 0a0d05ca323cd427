"""Laws of parameters: when they are assigned makes no difference (Hypothesis)."""

import copy

from hypothesis import given, settings
from hypothesis import strategies as st

from backline import pulse
from backline.pulse.transforms import (
    block_to_schedule,
    flatten,
    inline_subroutines,
)
from pulse import strategies as some

few = settings(max_examples=50, deadline=None)
D0, D1 = pulse.DriveChannel(0), pulse.DriveChannel(1)


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
@given(
    some.blocks(some.free_instructions),
    some.schedules(some.free_instants),
    st.permutations(list(some.VALUES)),
)
def test_assigning_in_steps_is_assigning_at_once(block, schedule, order):
    for program in (block, schedule):
        stepwise = program
        for key in order:
            stepwise = stepwise.assign_parameters({key: some.VALUES[key]}, inplace=False)
        assert stepwise == bound(program)
        in_place = copy.deepcopy(program)
        in_place.assign_parameters(some.VALUES)
        assert in_place == bound(program)


@few
@given(
    some.free_phases,
    some.free_amps,
    some.free_durations,
    st.permutations(list(some.VALUES)),
)
def test_expressions_may_be_bound_in_steps(phase, amp, duration, order):
    program = pulse.ScheduleBlock(alignment_context=pulse.transforms.AlignEquispaced(duration))
    program.append(pulse.ShiftPhase(phase, D0))
    program.append(pulse.Play(pulse.Gaussian(20, amp, 5, angle=phase), D0))
    program.append(pulse.Delay(duration, D1))
    stepwise = program
    for key in order:
        stepwise = stepwise.assign_parameters({key: some.VALUES[key]}, inplace=False)
    assert stepwise == bound(program)
    assert not stepwise.parameters
