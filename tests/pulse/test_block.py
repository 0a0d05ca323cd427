"""Blocks: alignment, references, meaning."""

import copy
import pickle

import pytest
from qiskit.circuit import Parameter

from backline import pulse
from backline.errors import PulseError, UnassignedDurationError, UnassignedReferenceError
from backline.pulse.transforms import (
    AlignEquispaced,
    AlignFunc,
    AlignLeft,
    AlignRight,
    AlignSequential,
    block_to_schedule,
    inline_subroutines,
    remove_directives,
    remove_trivial_barriers,
)

D0, D1, D2 = (pulse.DriveChannel(i) for i in range(3))
A = Parameter("a")
LEFT, RIGHT, ROW = AlignLeft(), AlignRight(), AlignSequential()


def wait(duration, channel=D0):
    return pulse.Delay(duration, channel)


def block(*elements, align=None, name=None):
    made = pulse.ScheduleBlock(name=name, alignment_context=align)
    for element in elements:
        made.append(element)
    return made


def times(program):
    return [time for time, _ in block_to_schedule(program).children]


@pytest.mark.parametrize(
    ("align", "expected", "duration"),
    [(LEFT, [0, 0, 10], 13), (RIGHT, [0, 8, 10], 13), (ROW, [0, 10, 15], 18)],
)
def test_alignments(align, expected, duration):
    program = block(wait(10), wait(5, D1), wait(3), align=align)
    assert times(program) == expected
    assert program.duration == duration


def test_blocks_slide_into_gaps():
    inner = block(wait(5, D1), wait(2), align=ROW)
    assert times(block(wait(10), inner)) == [0, 5]
    assert times(block(inner, wait(10, D1), align=RIGHT)) == [0, 5]


def test_barriers_hold_back():
    program = block(wait(10), pulse.RelativeBarrier(D0, D1), wait(3, D1))
    assert times(program) == [0, 10, 10]


def test_instants_keep_the_order_of_the_program():
    for align in (LEFT, RIGHT, ROW):
        first, second = pulse.ShiftPhase(0.1, D0), pulse.SetPhase(0.2, D0)
        program = block(wait(3), first, second, wait(3), align=align)
        assert [i for _, i in block_to_schedule(program).instructions][1:3] == [first, second]


@pytest.mark.parametrize(
    ("durations", "total", "expected"),
    [
        ([10], 103, [47]),
        ([10, 20], 100, [0, 80]),
        ([10, 20, 20], 103, [1, 37, 83]),
        ([10] * 4, 60, [1, 17, 33, 49]),
        ([10] * 5, 61, [2, 14, 26, 38, 50]),
        ([10, 20], 20, [0, 10]),
        ([], 20, []),
    ],
)
def test_equispaced(durations, total, expected):
    program = block(*map(wait, durations), align=AlignEquispaced(total))
    assert times(program) == expected
    assert program.duration == max(total, sum(durations))


def test_a_fixed_duration_is_taken_whole():
    spread = block(wait(10), align=AlignEquispaced(103))
    assert times(block(wait(5), spread, wait(5))) == [0, 5, 108]
    assert times(block(spread, wait(5, D1), align=ROW)) == [0, 103]
    assert times(block(wait(5), spread, align=RIGHT)) == [0, 5]
    with pytest.raises(PulseError, match=r"is 30 samples long, and AlignEquispaced\(20\)"):
        block_to_schedule(block(block(wait(30), align=AlignEquispaced(20))))


def test_func():
    program = block(wait(10), wait(20), align=AlignFunc(100, lambda j: (0.2, 0.7)[j - 1]))
    assert times(program) == [15, 60]
    with pytest.raises(PulseError, match="puts element 1 at sample -4"):
        block_to_schedule(block(wait(10), align=AlignFunc(100, lambda j: 0.01)))


def test_alignments_are_values():
    assert AlignLeft() == AlignLeft() != AlignRight()
    assert hash(AlignEquispaced(3)) == hash(AlignEquispaced(3))
    assert AlignEquispaced(3) != AlignEquispaced(4)
    assert AlignFunc(3, len) == AlignFunc(3, len) != AlignFunc(3, max)
    assert repr(AlignEquispaced(A)) == "AlignEquispaced(a)"
    with pytest.raises(PulseError, match="needs an alignment"):
        pulse.ScheduleBlock(alignment_context="left")
    with pytest.raises(PulseError, match="duration of AlignEquispaced"):
        AlignEquispaced(1.5)


def test_align_places_the_children_of_a_schedule():
    schedule = pulse.Schedule((7, wait(3)), (20, wait(4, D1)))
    assert AlignLeft().align(schedule).start_time == 0
    assert AlignRight().align(schedule).ch_start_time(D0) == 1


def test_equality_is_by_meaning():
    assert block(wait(1), wait(2, D1)) == block(wait(2, D1), wait(1))
    assert block(wait(1), wait(2)) != block(wait(2), wait(1))
    assert block(wait(1), wait(2, D1), align=ROW) != block(wait(2, D1), wait(1), align=ROW)
    assert block(wait(1)) != block(wait(1), align=RIGHT)
    assert block(wait(1), block(wait(2, D1))) == block(block(wait(2, D1)), wait(1))
    assert block(wait(1)) != block(block(wait(1)))
    barrier = pulse.RelativeBarrier(D0, D1)
    assert block(wait(3), barrier, wait(3, D1)) != block(barrier, wait(3), wait(3, D1))
    assert block(wait(1), name="x") == block(wait(1), name="y")
    assert block(pulse.Reference("x")) == block(pulse.Reference("x")) != block(wait(1))
    assert block(wait(1)) != pulse.Schedule(wait(1))
    with pytest.raises(TypeError):
        hash(block())


def test_what_becomes_part_of_a_block_is_copied():
    inner = block(wait(3))
    outer = block(inner)
    inner.append(wait(3))
    assert outer.duration == 3
    copied = copy.copy(outer)
    copied.append(wait(3))
    assert outer.duration == 3


def test_only_instructions_and_blocks():
    for bad in (3, (0, wait(1)), pulse.Schedule(wait(1)), None):
        with pytest.raises(PulseError, match="made of instructions and blocks"):
            block(bad)


def test_append_to_a_copy():
    program = block(wait(3), name="one")
    longer = program.append(wait(4), name="two", inplace=False)
    assert (program.duration, longer.duration, longer.name) == (3, 7, "two")


def test_replace():
    program = block(wait(1), block(wait(2)), wait(1))
    assert program.replace(wait(1), wait(9), inplace=False).duration == 20
    program.replace(block(wait(2)), wait(5))
    assert program.blocks == (wait(1), wait(5), wait(1))


def test_filter_keeps_blocks():
    program = block(wait(1), wait(2, D1), block(wait(2, D1), wait(3)), block(wait(4, D1)))
    assert program.filter(channels=[D0]).blocks == (wait(1), block(wait(3)))
    assert program.exclude(channels=[D0]).blocks[0] == wait(2, D1)
    assert program.filter(lambda inst: inst.duration > 2).duration == 4


def test_durations_must_be_assigned():
    program = block(wait(A), name="program")
    assert not program.is_schedulable()
    with pytest.raises(UnassignedDurationError, match=r"duration a of Delay\(a, .* 'program'"):
        block_to_schedule(program)
    with pytest.raises(UnassignedDurationError):
        block_to_schedule(block(wait(1), align=AlignEquispaced(A)))
    with pytest.raises(UnassignedDurationError):
        _ = block(block(wait(A))).duration
    program.assign_parameters({A: 7})
    assert program.is_schedulable()
    assert program.duration == 7


@pytest.mark.parametrize("value", [-1, 1.5, 1j])
def test_impossible_durations_are_refused_when_assigned(value):
    program = block(wait(A))
    with pytest.raises(PulseError, match="whole number of samples"):
        program.assign_parameters({A: value})
    assert program.parameters == {A}


def test_parameters_of_alignments_and_inner_blocks():
    program = block(block(wait(1), wait(2), align=AlignEquispaced(A)), wait(A * 2, D1))
    assert program.parameters == {A}
    assigned = program.assign_parameters({"a": 30}, inplace=False)
    assert assigned.blocks[0].alignment_context == AlignEquispaced(30)
    assert assigned.duration == 60
    assert program.is_parameterized()


# References


def test_references_are_assigned():
    sub = block(wait(3), name="sub")
    program = block(pulse.Reference("x", "q0"), wait(1), pulse.Reference("x", "q0"))
    assert program.references.unassigned() == (("x", "q0"),)
    assert program.is_referenced()
    with pytest.raises(UnassignedReferenceError, match=r"\('x', 'q0'\)"):
        block_to_schedule(program)
    with pytest.raises(UnassignedReferenceError):
        _ = program.channels
    assigned = program.assign_references({("x", "q0"): sub}, inplace=False)
    assert assigned.duration == 7
    assert assigned.blocks == (sub, wait(1), sub)
    assert program.references.unassigned()
    assert not inline_subroutines(assigned).is_referenced()


def test_contexts_share_references_and_subroutines_do_not():
    inner = block(pulse.Reference("y"), align=RIGHT)
    program = block(pulse.Reference("x"), inner)
    program.assign_references({"y": block(wait(5)), "x": block(pulse.Reference("z"))})
    assert program.blocks[1].duration == 5
    assert ("z",) not in program.references
    with pytest.raises(PulseError, match=r"has no reference \('z',\)"):
        program.assign_references({"z": block()})
    assert not program.is_schedulable()
    program.references[("x",)].assign_references({"z": block(wait(2))})
    assert program.duration == 7


def test_a_conflicting_subroutine_is_refused():
    program = block(pulse.Reference("x")).assign_references({"x": block(wait(3))})
    program.assign_references({"x": block(wait(3), name="same")})
    with pytest.raises(PulseError, match="a different subroutine is already assigned"):
        program.assign_references({"x": block(wait(4))})
    other = block(pulse.Reference("x")).assign_references({"x": block(wait(4))})
    with pytest.raises(PulseError, match="a different subroutine"):
        program.append(other)
    assert len(program) == 1
    with pytest.raises(PulseError, match="a subroutine is a ScheduleBlock, got int"):
        program.assign_references({"x": 3})


def test_parameters_of_subroutines_are_assigned():
    program = block(pulse.Reference("x")).assign_references({"x": block(wait(A))})
    assert program.parameters == {A}
    program.assign_parameters({A: 4})
    assert program.duration == 4


def test_pickle_and_deepcopy():
    program = block(pulse.Reference("x"), block(pulse.Reference("x"), wait(A), align=RIGHT))
    program.assign_references({"x": block(wait(5, D2))})
    for copied in (pickle.loads(pickle.dumps(program)), copy.deepcopy(program)):
        assert copied == program
        assert copied.references == program.references
        copied.assign_parameters({A: 4})
        assert copied.duration == 10
        assert program.parameters == {A}


def test_removing_directives():
    program = block(
        wait(3), pulse.RelativeBarrier(D0), pulse.RelativeBarrier(D0, D1), pulse.TimeBlockade(4, D1)
    )
    schedule = block_to_schedule(program)
    assert len(remove_trivial_barriers(schedule)) == 3
    assert remove_directives(schedule) == pulse.Schedule(wait(3))


def test_block_to_schedule_keeps_names_and_metadata():
    inner = block(wait(4), name="inner")
    program = block(wait(3), inner, name="outer")
    program.metadata = {"a": 1}
    schedule = block_to_schedule(program)
    assert (schedule.name, schedule.metadata) == ("outer", {"a": 1})
    assert schedule.children[1][1].name == "inner"
    with pytest.raises(PulseError, match="takes a ScheduleBlock"):
        block_to_schedule(schedule)


def test_adding_gives_a_copy():
    one = block(wait(3))
    assert (one + wait(4, D1)).blocks == (wait(3), wait(4, D1))
    assert one.blocks == (wait(3),)
    assert (one + block(wait(5))).blocks == (wait(3), block(wait(5)))
    with pytest.raises(PulseError, match="instructions and blocks"):
        _ = one + 3


def test_a_subroutine_is_replaced_by_itself_and_by_its_reference():
    sub = block(wait(3))
    program = block(pulse.Reference("x"), wait(9), pulse.Reference("x"))
    program.assign_references({"x": sub})
    for old in (sub, pulse.Reference("x")):
        replaced = program.replace(old, wait(5), inplace=False)
        assert replaced.blocks == (wait(5), wait(9), wait(5))
        assert not replaced.is_referenced()
    assert program.replace(pulse.Reference("y"), wait(5), inplace=False) == program


def test_references_may_use_any_channel_when_blocks_are_compared():
    x = pulse.Reference("x")
    assert block(wait(1), wait(2, D1), x) == block(wait(2, D1), wait(1), x)
    assert block(x, wait(1), wait(2, D1)) == block(x, wait(2, D1), wait(1))
    assert block(wait(1), x) != block(x, wait(1))
    assert block(block(x), wait(1)) != block(wait(1), block(x))
    assert block(x, pulse.Reference("y")) != block(pulse.Reference("y"), x)


def nested(depth):
    """Blocks inside blocks that all use the same two channels."""
    block = pulse.ScheduleBlock()
    for _ in range(depth):
        outer = pulse.ScheduleBlock()
        outer.append(block)
        for channel in (D0, D1):
            outer.append(pulse.Delay(10, channel))
        block = outer
    return block


def test_blocks_deep_inside_blocks_are_compared():
    # Twice the work with every level would take longer than the universe has lasted.
    assert nested(100) == nested(100)
    assert nested(100) != nested(101)
