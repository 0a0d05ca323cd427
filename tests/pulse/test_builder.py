"""`pulse.build` and its functions."""

import math
import threading

import numpy as np
import pytest
from qiskit.circuit import Parameter

from backline import pulse
from backline.errors import BackendNotSet, NoActiveBuilder, PulseError, UnassignedDurationError
from backline.pulse import macros
from backline.pulse.transforms import AlignEquispaced, AlignRight, target_qobj_transform
from pulse.stand_in import MEASURE, GroupedMap, backend

D0, D1 = pulse.DriveChannel(0), pulse.DriveChannel(1)
A = Parameter("a")


def wait(duration, channel=D0):
    return pulse.Delay(duration, channel)


def test_outside_of_build():
    with pytest.raises(NoActiveBuilder, match=r"with pulse.build\(\)"):
        pulse.delay(3, D0)
    with pulse.build():
        pass
    with pytest.raises(NoActiveBuilder):
        pulse.delay(3, D0)


def test_every_instruction():
    with pulse.build(name="all") as program:
        pulse.play(pulse.Constant(2, 0.1), D0, name="p")
        pulse.play([0.1, 0.2], D0)
        pulse.play(np.array([0.1j]), D0)
        pulse.delay(3, D0, name="w")
        pulse.set_frequency(5e9, D0)
        pulse.shift_frequency(1e6, D0)
        pulse.set_phase(0.1, D0)
        pulse.shift_phase(A, D0)
        pulse.acquire(10, 0, pulse.MemorySlot(0), kernel=pulse.Kernel("k"))
        pulse.acquire(10, pulse.AcquireChannel(1), pulse.RegisterSlot(2), name="r")
        pulse.barrier(D0, D1, name="b")
        pulse.barrier(D0)
        pulse.barrier()
        pulse.snapshot("here")
        pulse.reference("sub", "q0")
    assert program.blocks == (
        pulse.Play(pulse.Constant(2, 0.1), D0),
        pulse.Play(pulse.Waveform([0.1, 0.2]), D0),
        pulse.Play(pulse.Waveform([0.1j]), D0),
        wait(3),
        pulse.SetFrequency(5e9, D0),
        pulse.ShiftFrequency(1e6, D0),
        pulse.SetPhase(0.1, D0),
        pulse.ShiftPhase(A, D0),
        pulse.Acquire(10, pulse.AcquireChannel(0), pulse.MemorySlot(0), kernel=pulse.Kernel("k")),
        pulse.Acquire(10, pulse.AcquireChannel(1), reg_slot=pulse.RegisterSlot(2)),
        pulse.RelativeBarrier(D0, D1),
        pulse.Snapshot("here"),
        pulse.Reference("sub", "q0"),
    )
    names = [program.blocks[index].name for index in (0, 3, 9, 10)]
    assert names == ["p", "w", "r", "b"]
    with pytest.raises(PulseError, match="MemorySlot or RegisterSlot"), pulse.build():
        pulse.acquire(10, 0, 3)


def test_contexts_become_blocks_unless_they_are_empty():
    with pulse.build() as program:
        with pulse.align_left():
            pass
        with pulse.align_right():
            pulse.delay(3, D0)
            with pulse.align_sequential():
                pulse.delay(4, D1)
        with pulse.align_equispaced(100):
            pulse.delay(5, D0)
        with pulse.align_func(100, lambda j: 0.5):
            pulse.delay(6, D0)
        with pulse.builder.general_transforms(AlignRight()):
            pulse.delay(7, D0)
    kinds = [type(block.alignment_context).__name__ for block in program.blocks]
    assert kinds == ["AlignRight", "AlignEquispaced", "AlignFunc", "AlignRight"]
    assert program.blocks[0].blocks[1].blocks == (wait(4, D1),)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ("left", "AlignLeft"),
        ("right", "AlignRight"),
        ("sequential", "AlignSequential"),
        (AlignEquispaced(10), "AlignEquispaced"),
        (None, "AlignLeft"),
    ],
)
def test_default_alignment(given, kind):
    with pulse.build(default_alignment=given) as program:
        pass
    assert type(program.alignment_context).__name__ == kind


def test_bad_arguments_of_build():
    with (
        pytest.raises(PulseError, match="one of left, right, sequential"),
        pulse.build(default_alignment="middle"),
    ):
        pass
    with pytest.raises(PulseError, match="Schedule or ScheduleBlock"), pulse.build(schedule=3):
        pass


def test_the_program_can_be_looked_at_while_it_is_built():
    with pulse.build() as program:
        pulse.delay(3, D0)
        assert program.duration == 3


# After an exception


class StopError(Exception):
    pass


def test_nothing_half_built_survives():
    with pytest.raises(StopError), pulse.build() as program:  # noqa: PT012 - the whole block is meant
        pulse.delay(3, D0)
        with pulse.align_right():
            pulse.reference("x")
            raise StopError
    assert program == pulse.ScheduleBlock()
    assert not program.is_referenced()
    with pytest.raises(NoActiveBuilder):
        pulse.active_backend()


def test_a_context_that_raises_adds_nothing():
    with pulse.build() as program:
        pulse.delay(1, D0)
        with pytest.raises(StopError), pulse.align_right():  # noqa: PT012 - the whole block is meant
            pulse.delay(3, D0)
            raise StopError
        pulse.delay(2, D0)
    assert program.blocks == (wait(1), wait(2))


def test_a_program_to_continue_is_as_it_was():
    with pulse.build() as program:
        pulse.delay(1, D0)
    with pytest.raises(StopError), pulse.build(schedule=program):  # noqa: PT012 - the whole block is meant
        pulse.delay(3, D0)
        raise StopError
    assert program.blocks == (wait(1),)


def test_an_inner_build_that_raises_leaves_the_outer_one_active():
    with pulse.build() as outer:
        with pytest.raises(StopError), pulse.build():  # noqa: PT012 - the whole block is meant
            pulse.delay(3, D0)
            raise StopError
        pulse.delay(1, D0)
    assert outer.blocks == (wait(1),)


@pytest.mark.parametrize("offset", [pulse.phase_offset, pulse.frequency_offset])
def test_an_offset_that_raises_adds_nothing(offset):
    with pulse.build() as program:
        pulse.delay(1, D0)
        pulse.reference("kept")
        with pytest.raises(StopError), offset(0.5, D0):  # noqa: PT012 - the whole block is meant
            pulse.delay(3, D0)
            pulse.reference("lost")
            raise StopError
        pulse.delay(2, D0)
    assert program.blocks == (wait(1), pulse.Reference("kept"), wait(2))
    assert list(program.references) == [("kept",)]


def test_a_call_that_is_refused_adds_nothing():
    with pulse.build() as one:
        pulse.delay(1, D0)
    with pulse.build() as other:
        pulse.delay(2, D0)
    with pulse.build() as program:
        pulse.call(one, name="sub")
        with pytest.raises(PulseError, match="different subroutine"):
            pulse.call(other, name="sub")
    assert program.blocks == (one,)


def test_a_macro_that_raises_adds_nothing():
    @pulse.macro
    def broken():
        pulse.delay(3, D0)
        raise StopError

    with pulse.build() as program:
        with pytest.raises(StopError):
            broken()
        pulse.delay(1, D0)
    assert program.blocks == (wait(1),)


def test_threads_build_on_their_own():
    seen = []

    def build_elsewhere():
        try:
            pulse.delay(3, D0)
        except NoActiveBuilder:
            seen.append("no builder")

    with pulse.build():
        thread = threading.Thread(target=build_elsewhere)
        thread.start()
        thread.join()
    assert seen == ["no builder"]


# Subroutines


def test_call():
    with pulse.build(name="sub") as sub:
        pulse.delay(A, D0)
    with pulse.build() as program:
        pulse.call(sub, a=3)
        pulse.call(sub, value_dict={A: 4})
        pulse.call(sub, name="named")
        pulse.call(sub, name="named")
    assert [block.is_parameterized() for block in program.blocks] == [False, False, True, True]
    assert len(program.references) == 3
    assert ("named",) in program.references
    assert program.assign_parameters({A: 5}).duration == 17
    assert sub.parameters == {A}


def test_a_called_schedule_keeps_its_times():
    schedule = pulse.Schedule(
        (5, pulse.Acquire(3, pulse.AcquireChannel(0), pulse.MemorySlot(0))),
        (0, wait(2)),
        (10, pulse.Play(pulse.Constant(3, 0.1), D0)),
        (3, pulse.ShiftPhase(1, D1)),
    )
    with pulse.build() as program:
        pulse.call(schedule)
    assert target_qobj_transform(program) == schedule


def test_bad_calls():
    with pulse.build() as sub:
        pulse.delay(A, D0)
    for arguments, message in (
        ((3,), "takes a Schedule or ScheduleBlock, got int"),
        ((wait(3),), "got Delay"),
        ((None,), "got NoneType"),
    ):
        with pytest.raises(PulseError, match=message), pulse.build():
            pulse.call(*arguments)
    with (
        pytest.raises(PulseError, match="no parameter named 'b': its parameters are a"),
        pulse.build(),
    ):
        pulse.call(sub, b=3)
    with pytest.raises(PulseError, match="a different subroutine"), pulse.build():  # noqa: PT012 - the whole block is meant
        pulse.call(sub, name="x", a=1)
        pulse.call(sub, name="x", a=2)


def test_macro():
    @pulse.macro
    def twice(duration):
        """Wait twice."""
        pulse.delay(duration, D0)
        pulse.delay(duration, D0)
        return pulse.num_qubits()

    with pulse.build(backend()) as program:
        assert twice(4) == 3
    assert program.blocks[0].name == "twice"
    assert program.duration == 8
    assert twice.__doc__ == "Wait twice."


def test_continuing_a_program():
    with pulse.build(name="first") as program:
        pulse.delay(10, D0)
    with pulse.build(schedule=program, default_alignment="right", name="second") as continued:
        pulse.delay(3, D0)
    assert continued is program
    assert program.name == "second"
    assert program.duration == 13
    schedule = pulse.Schedule(wait(5))
    with pulse.build(schedule=schedule) as copied:
        pulse.delay(3, D0)
    assert (schedule.duration, copied.duration) == (5, 8)


# What the backend is asked


def test_functions_that_need_a_backend():
    for function in (
        pulse.num_qubits,
        pulse.active_backend,
        lambda: pulse.drive_channel(0),
        lambda: pulse.measure_channel(0),
        lambda: pulse.acquire_channel(0),
        lambda: pulse.control_channels(0, 1),
        lambda: pulse.qubit_channels(0),
        lambda: pulse.seconds_to_samples(1.0),
        lambda: pulse.samples_to_seconds(1),
        lambda: pulse.delay_qubits(3, 0),
        lambda: pulse.barrier(0, 1),
        lambda: pulse.measure(0),
        pulse.measure_all,
    ):
        with pytest.raises(BackendNotSet, match=r"pulse.build\(backend\)"), pulse.build():
            function()


def test_channels_of_the_backend():
    given = backend()
    with pulse.build(given):
        assert pulse.active_backend() is given
        assert pulse.num_qubits() == 3
        assert pulse.drive_channel(np.int64(1)) == D1
        assert pulse.measure_channel(1) == pulse.MeasureChannel(1)
        assert pulse.acquire_channel(1) == pulse.AcquireChannel(1)
        assert pulse.control_channels(0, 1) == [pulse.ControlChannel(1)]
        assert pulse.qubit_channels(0) == {
            D0,
            pulse.MeasureChannel(0),
            pulse.AcquireChannel(0),
            pulse.ControlChannel(1),
            pulse.ControlChannel(10),
        }
        with pytest.raises(PulseError, match="a qubit is an int"):
            pulse.drive_channel(0.5)


def test_neighbors_without_a_control_channel():
    def none(qubits):
        raise NotImplementedError

    with pulse.build(backend(control_channel=none)):
        assert len(pulse.qubit_channels(1)) == 3


def test_delays_and_barriers_of_qubits():
    with pulse.build(backend()) as program:
        pulse.delay_qubits(7, 0, 2)
        pulse.barrier(0, D1)
    delays, barrier = program.blocks
    assert {delay.channel for delay in delays.blocks} > {D0, pulse.DriveChannel(2)}
    assert all(delay.duration == 7 for delay in delays.blocks)
    assert len(barrier.channels) == 6


def test_seconds_and_samples():
    dt = 2e-9 / 9
    with pulse.build(backend()):
        assert pulse.seconds_to_samples(1e-6) == 4500
        assert pulse.seconds_to_samples(dt * 160) == 160
        assert pulse.seconds_to_samples(dt * 160.9) == 160
        assert [pulse.seconds_to_samples(dt * n) for n in range(2000)] == list(range(2000))
        assert pulse.seconds_to_samples(np.array([1e-7, 2e-7])).tolist() == [450, 900]
        assert pulse.samples_to_seconds(9) == pytest.approx(2e-9)
        assert pulse.samples_to_seconds(np.array([9, 18])) == pytest.approx([2e-9, 4e-9])
    with pytest.raises(PulseError, match="dt is None"), pulse.build(backend(dt=None)):
        pulse.samples_to_seconds(3)


def test_frequency_offset_can_take_back_the_phase():
    given = backend(dt=1e-9)
    with pulse.build(given) as program, pulse.frequency_offset(2e8, D0, compensate_phase=True):
        pulse.delay(7, D0)
    shift, _, phase, back = program.blocks
    assert (shift, back) == (pulse.ShiftFrequency(2e8, D0), pulse.ShiftFrequency(-2e8, D0))
    assert phase.phase == pytest.approx(-2 * math.pi * 0.4)  # 1.4 turns, and whole ones are nothing
    with (
        pytest.raises(UnassignedDurationError),
        pulse.build(given),
        pulse.frequency_offset(2e8, D0, compensate_phase=True),
    ):
        pulse.delay(A, D0)


# Measuring


def measured(program):
    flat = target_qobj_transform(program)
    return [(t, i.channels) for t, i in flat.instructions if isinstance(i, pulse.Acquire)], [
        (t, i.channel) for t, i in flat.instructions if isinstance(i, pulse.Play)
    ]


def test_measure_takes_its_part_of_a_group():
    with pulse.build(backend()) as program:
        slot = pulse.measure(1)
    assert slot == pulse.MemorySlot(1)
    acquired, played = measured(program)
    assert acquired == [(5, (pulse.AcquireChannel(1), pulse.MemorySlot(1)))]
    assert played == [(2, pulse.MeasureChannel(1))]
    assert target_qobj_transform(program).duration == 47


def test_measure_into_registers():
    with pulse.build(backend()) as program:
        slots = pulse.measure([2, 0], [pulse.MemorySlot(0), pulse.RegisterSlot(1)])
    assert slots == [pulse.MemorySlot(0), pulse.RegisterSlot(1)]
    acquired, played = measured(program)
    assert sorted(acquired, key=str) == [
        (5, (pulse.AcquireChannel(0), pulse.RegisterSlot(1))),
        (5, (pulse.AcquireChannel(2), pulse.MemorySlot(0))),
    ]
    assert played == [(0, pulse.MeasureChannel(0)), (4, pulse.MeasureChannel(2))]


def test_measure_one_into_one():
    with pulse.build(backend()) as program:
        assert pulse.measure(0, pulse.MemorySlot(7)) == pulse.MemorySlot(7)
        pulse.barrier(*program.channels)
        assert pulse.measure_all() == [pulse.MemorySlot(i) for i in range(3)]
    assert len(measured(program)[0]) == 4


def test_measure_after_something():
    with pulse.build(backend(), default_alignment="sequential") as program:
        pulse.delay(100, D0)
        pulse.measure(0)
    assert measured(program)[0][0][0] == 105


def test_bad_measurements():
    for arguments, message in (
        (([0, 1], [pulse.MemorySlot(0)]), "2 qubits need as many registers"),
        ((0, 3), "MemorySlot or RegisterSlot"),
        (([0, 1], [pulse.MemorySlot(0), pulse.MemorySlot(0)]), r"MemorySlot\(0\)"),
    ):
        with pytest.raises(PulseError, match=message), pulse.build(backend()):
            pulse.measure(*arguments)


def test_measuring_with_a_map_of_groups():
    schedule = macros.measure([1], inst_map=GroupedMap(), meas_map=[[0, 1, 2]])
    assert [
        i.channels[1] for _, i in schedule.filter(instruction_types=pulse.Acquire).instructions
    ] == [pulse.MemorySlot(1)]
    schedule = macros.measure([0], backend(), qubit_mem_slots={0: 4})
    assert pulse.MemorySlot(4) in schedule.channels
    assert macros.measure_all(backend()).filter(instruction_types=pulse.Acquire) == MEASURE.filter(
        instruction_types=pulse.Acquire
    )
    with pytest.raises(PulseError, match="qubit 5 has no calibrated 'measure'"):
        macros.measure([5], inst_map=GroupedMap(), meas_map=[[0, 1, 2]])
    with pytest.raises(PulseError, match="needs a backend or an inst_map"):
        macros.measure([0])


@pytest.mark.parametrize("time", [math.nan, math.inf, 1e300, "a", None, [1e-9, math.nan]])
def test_what_is_no_time_has_no_samples(time):
    with pulse.build(backend()), pytest.raises(PulseError, match="a time is"):
        pulse.seconds_to_samples(time)


@pytest.mark.parametrize("func", [lambda _: math.nan, lambda _: "a", lambda _: None])
def test_align_func_needs_numbers(func):
    with pulse.build() as program, pulse.align_func(100, func):
        pulse.delay(10, D0)
    with pytest.raises(PulseError, match="AlignFunc's function gives for 1 must be"):
        target_qobj_transform(program)


def test_align_func_needs_a_function():
    with pulse.build(), pytest.raises(PulseError, match="needs a function"), pulse.align_func(9, 3):
        pass


def test_a_free_frequency_offset_is_compensated():
    turns = {}
    for offset in (A, 1e6):
        with (
            pulse.build(backend()) as program,
            pulse.frequency_offset(offset, D0, compensate_phase=True),
        ):
            pulse.delay(100, D0)
        bound = program.assign_parameters({A: 1e6}, inplace=False) if offset is A else program
        (turns[offset],) = [i.phase for i in bound.blocks if isinstance(i, pulse.ShiftPhase)]
    assert turns[A] == pytest.approx(turns[1e6])
    assert turns[A] != 0


def test_a_measurement_of_one_qubit_gives_one_register():
    """As Qiskit 1.4, also where the qubit is in a list."""
    with pulse.build(backend()):
        assert pulse.measure([2]) == pulse.MemorySlot(2)
        assert pulse.measure((0, 1)) == [pulse.MemorySlot(0), pulse.MemorySlot(1)]
    with pulse.build(backend(num_qubits=1)):
        assert pulse.measure_all() == [pulse.MemorySlot(0)]


def slots_of(schedule):
    return {
        i.channel.index: i.mem_slot.index
        for _, i in schedule.instructions
        if isinstance(i, pulse.Acquire)
    }


@pytest.mark.parametrize(
    ("qubits", "given", "expected"),
    [
        ([2, 0], None, {2: 2, 0: 0}),
        ([0, 1, 2], {0: 5}, {0: 5, 1: 0, 2: 1}),
        ([0, 1, 2], {1: 0}, {0: 1, 1: 0, 2: 2}),
        ([0, 1, 2], {2: 0}, {0: 1, 1: 2, 2: 0}),
        ([0], {1: 0}, {0: 1}),
        ([1, 0], {0: 1, 1: 0}, {0: 1, 1: 0}),
    ],
)
def test_qubits_without_a_slot_get_the_lowest_free_ones(qubits, given, expected):
    schedule = macros.measure(
        qubits, inst_map=GroupedMap(), meas_map=[[0, 1, 2]], qubit_mem_slots=given
    )
    assert slots_of(schedule) == expected


def test_a_measurement_of_a_map_keeps_what_it_plays_on_the_qubits_drive():
    schedule = macros.measure([0], inst_map=GroupedMap(), meas_map=[[0, 1, 2]])
    assert D0 in schedule.channels
    assert D0 not in macros.measure([1], inst_map=GroupedMap(), meas_map=[[0, 1, 2]]).channels
    assert D0 not in macros.measure([0], backend()).channels


def test_a_qubit_is_measured_once():
    with pytest.raises(PulseError, match="qubit 1 is to be measured twice at once"):
        macros.measure([1, 0, 1], backend())


def test_the_register_of_a_stored_acquisition_is_kept():
    table = pulse.InstructionScheduleMap()
    stored = pulse.Acquire(
        10, pulse.AcquireChannel(1), pulse.MemorySlot(1), pulse.RegisterSlot(4), name="kept"
    )
    table.add("measure", 1, pulse.Schedule(stored))
    schedule = macros.measure([1], inst_map=table, qubit_mem_slots={1: 2})
    ((_, acquire),) = schedule.instructions
    assert (acquire.mem_slot, acquire.reg_slot) == (pulse.MemorySlot(2), pulse.RegisterSlot(4))


@pytest.mark.parametrize("empty", [pulse.ScheduleBlock(), pulse.Schedule()])
def test_empty_programs_add_nothing(empty):
    @pulse.macro
    def nothing():
        pass

    with pulse.build() as program:
        pulse.call(empty)
        pulse.call(empty, name="empty")
        pulse.builder.append_schedule(empty)
        nothing()
    assert program.blocks == ()
    assert not program.is_referenced()


def test_compensated_phases_are_from_0_to_a_turn():
    """As Qiskit 1.4, also where the frequency is negative."""
    with pulse.build(backend()) as program:  # noqa: SIM117
        with pulse.frequency_offset(-37e6, D0, compensate_phase=True):
            pulse.delay(1600, D0)
    (phase,) = [i.phase for i in program.blocks if isinstance(i, pulse.ShiftPhase)]
    assert phase == pytest.approx(-((-2 * math.pi * 37e6 * 1600 * 2e-9 / 9) % (2 * math.pi)))
    assert -2 * math.pi < phase <= 0
