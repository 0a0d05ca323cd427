"""Transforms: what differs from Qiskit 1.4 on purpose, and what they refuse.

That they do the same otherwise is in the golden data (`tests/golden/written_transforms.py`).
"""

import pytest
from qiskit.circuit import Parameter

from backline import pulse
from backline.errors import ProgramWarning, PulseError, UnassignedReferenceError
from backline.pulse import transforms
from backline.pulse.transforms import (
    add_implicit_acquires,
    align_measures,
    block_to_dag,
    compress_pulses,
    pad,
)

D0, D1, M0, M3 = (
    pulse.DriveChannel(0),
    pulse.DriveChannel(1),
    pulse.MeasureChannel(0),
    pulse.MeasureChannel(3),
)
S = pulse.Schedule


def acquire(qubit, duration=10, slot=None):
    slot = pulse.MemorySlot(qubit if slot is None else slot)
    return pulse.Acquire(duration, pulse.AcquireChannel(qubit), slot)


def starts(schedule, kind=pulse.Acquire):
    return [time for time, instruction in schedule.instructions if isinstance(instruction, kind)]


# align_measures


def test_hand_worked_alignment():
    """Qubit 0 is acquired at 30 and 50; all that is read moves to 50, the rest with it."""
    early = S((0, pulse.Delay(20, D0)), (25, pulse.Delay(9, M0)), (30, acquire(0)), name="early")
    late = S((0, pulse.Delay(50, D0)), (50, acquire(0)), name="late")
    moved, kept = align_measures([early, late])
    assert moved == early << 20
    assert kept == late
    assert [moved.name, kept.name] == ["early", "late"]
    moved, kept = align_measures([early, late], align_all=False)
    assert moved == S((0, pulse.Delay(20, D0)), (45, pulse.Delay(9, M0)), (50, acquire(0)))
    assert kept == late


@pytest.mark.parametrize("kind", [list, tuple, iter])
def test_any_iterable_of_programs_is_aligned(kind):
    assert len(align_measures(kind([S((3, acquire(0)))]), align_time=9)) == 1


def test_what_is_not_acquired_stays_or_moves_with_the_rest():
    silent = S((3, pulse.Delay(4, D0)), name="silent")
    read = S((2, pulse.Delay(4, M3)), (10, acquire(0)))
    assert align_measures([silent]) == [silent]
    assert align_measures([]) == []
    one, other = align_measures([silent, read], align_time=25)
    assert one == silent
    assert other == read << 15
    (kept,) = align_measures([read], align_time=25, align_all=False)
    assert kept == S((2, pulse.Delay(4, M3)), (25, acquire(0)))


def test_blocks_and_instructions_are_aligned_too():
    block = pulse.ScheduleBlock(name="block") + pulse.Delay(7, D0) + acquire(0)
    one, other = align_measures([block, acquire(1)], align_time=30)
    assert one == S((30, pulse.Delay(7, D0)), (30, acquire(0)))
    assert other == S((30, acquire(1)))


@pytest.mark.parametrize("takes", [0, 1, 3])
def test_a_calibration_is_given_as_many_angles_as_it_takes(takes):
    angles = [Parameter(f"p{n}") for n in range(takes)]
    parts = [pulse.ShiftPhase(angle, D0) for angle in angles]
    table = pulse.InstructionScheduleMap()
    table.add("x", 0, S(*parts, pulse.Play(pulse.Constant(70, 0.1), D0)))
    table.add("x", 1, S(*parts, pulse.Play(pulse.Constant(60, 0.1), D1)))
    (aligned,) = align_measures([S((3, acquire(0)))], table, cal_gate="x")
    assert starts(aligned) == [70]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"align_time": -1}, "align_time must be a whole number of samples, 0 or more, got -1"),
        ({"align_time": 2.5}, "align_time must be a whole number"),
        ({"align_time": Parameter("t")}, "align_time must be a number of samples"),
        ({"max_calibration_duration": -3}, "max_calibration_duration must be"),
        ({"align_time": 5}, "would start at -5 on DriveChannel"),
    ],
)
def test_impossible_times_are_refused(arguments, message):
    with pytest.raises(PulseError, match=message):
        align_measures([S((0, pulse.Delay(9, D0)), (10, acquire(0)))], **arguments)


@pytest.mark.parametrize("given", [S((3, acquire(0))), acquire(0), [3], [None]])
def test_other_things_are_not_aligned(given):
    with pytest.raises(PulseError):
        align_measures(given)


# add_implicit_acquires


def test_a_slot_of_another_number_is_replaced_with_a_warning():
    with pytest.warns(ProgramWarning, match=r"at 5 goes to MemorySlot\(0\) instead"):
        added = add_implicit_acquires(S((5, acquire(0, slot=3))), [[0, 1]])
    assert added == S((5, acquire(0)), (5, acquire(1)))


def test_qubits_of_no_group_are_still_acquired():
    schedule = S((5, acquire(2)), (30, acquire(0)))
    assert add_implicit_acquires(schedule, [[0, 1]]) == schedule.insert(30, acquire(1))
    assert add_implicit_acquires(schedule, []) == schedule


def test_impossible_implicit_acquires_are_refused():
    with pytest.raises(PulseError, match="overlaps on AcquireChannel"):
        add_implicit_acquires(S((5, acquire(0)), (6, acquire(1))), [[0, 1]])
    with pytest.raises(PulseError, match="takes a Schedule, got Acquire"):
        add_implicit_acquires(acquire(0), [[0, 1]])


# pad and the others


def test_padding_until_0_and_padding_nothing_do_nothing():
    schedule = S((3, pulse.Delay(4, D0)))
    assert pad(schedule, until=0) == schedule
    assert pad(schedule, channels=[]) == schedule
    assert pad(schedule, channels=[D1]) == schedule.insert(0, pulse.Delay(7, D1))
    assert pad(schedule) == S((0, pulse.Delay(3, D0)), (3, pulse.Delay(4, D0)))


def test_padding_in_place_changes_the_schedule_and_no_copy():
    schedule = S((3, pulse.Delay(4, D0)))
    copied = schedule << 0
    assert pad(schedule, inplace=True) is schedule
    assert len(schedule) == 2
    assert len(copied) == 1


@pytest.mark.parametrize(
    ("transform", "given"),
    [
        (transforms.flatten, pulse.ScheduleBlock()),
        (transforms.pad, pulse.Delay(3, D0)),
        (transforms.pad, pulse.ScheduleBlock() + pulse.Delay(3, D0)),
        (transforms.block_to_schedule, S()),
        (transforms.block_to_dag, S()),
        (transforms.inline_subroutines, pulse.Delay(3, D0)),
        (transforms.target_qobj_transform, 3),
        (transforms.target_qobj_transform, "x"),
        (transforms.compress_pulses, [pulse.Delay(3, D0)]),
    ],
)
def test_what_is_no_program_for_a_transform(transform, given):
    with pytest.raises(PulseError):
        transform(given)


def test_equal_pulses_become_one_object():
    def program(name):
        played = [pulse.Gaussian(10, 0.1, 3), pulse.Waveform([0.1, 0.2]), pulse.Constant(3, 0.1)]
        return S(*((20 * n, pulse.Play(p, D0)) for n, p in enumerate(played)), name=name)

    given = [program("a"), program("b")]
    compressed = compress_pulses(iter(given))
    assert compressed == given
    assert [one.name for one in compressed] == ["a", "b"]
    pulses = [[id(i.pulse) for _, i in one.instructions] for one in compressed]
    assert pulses[0] == pulses[1]
    assert len(set(pulses[0])) == 3


# block_to_dag


def edges(*elements, alignment=None):
    block = pulse.ScheduleBlock(alignment_context=alignment)
    for element in elements:
        block.append(element)
    dag = block_to_dag(block)
    assert dag.nodes() == list(block.blocks)
    return sorted(dag.edge_list())


def test_a_graph_has_an_edge_to_the_next_on_each_channel():
    wait = [pulse.Delay(n, D0) for n in range(3)]
    other = pulse.Delay(5, D1)
    barrier = pulse.RelativeBarrier(D0, D1)
    assert edges(wait[0], other, wait[1], barrier, other) == [(0, 2), (1, 3), (2, 3), (3, 4)]
    assert edges(barrier, barrier) == [(0, 1)]
    inner = pulse.ScheduleBlock() + wait[0] + other
    assert edges(wait[1], inner, other) == [(0, 1), (1, 2)]


def test_under_sequential_alignment_the_graph_is_a_line():
    parts = [pulse.Delay(3, D0), pulse.Delay(4, D1), pulse.Delay(5, D0)]
    assert edges(*parts, alignment=transforms.AlignSequential()) == [(0, 1), (1, 2)]
    assert edges(*parts, alignment=transforms.AlignEquispaced(100)) == [(0, 1), (1, 2)]


def test_a_reference_may_use_any_channel():
    wait, other, x = pulse.Delay(3, D0), pulse.Delay(4, D1), pulse.Reference("x")
    assert edges(wait, other, x, wait, other) == [(0, 2), (1, 2), (2, 3), (2, 4)]
    assert edges(x, pulse.Reference("y"), wait) == [(0, 1), (1, 2)]
    inner = pulse.ScheduleBlock() + x
    with pytest.raises(UnassignedReferenceError):
        edges(inner, wait)
