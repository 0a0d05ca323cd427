"""What the functions of `pulse.transforms`, and the methods like them, make of programs."""

from __future__ import annotations

from typing import Any

from qiskit.circuit import Parameter

from golden.written import table

PROGRAMS, program = table()


def _readout(pulse: Any, qubit: int, start: int, late: int = 0, name: str | None = None) -> Any:
    """A pulse, a readout that starts at `start`, and another pulse after it."""
    drive, line = pulse.DriveChannel(qubit), pulse.MeasureChannel(qubit)
    acquire = pulse.Acquire(30, pulse.AcquireChannel(qubit), pulse.MemorySlot(qubit))
    return pulse.Schedule(
        (0, pulse.Play(pulse.Gaussian(20, 0.3, 5), drive)),
        (start, pulse.ShiftPhase(0.2, line)),
        (start, pulse.Play(pulse.Constant(40, 0.1), line)),
        (start + 5 + late, acquire),
        (start + 60 + late, pulse.Play(pulse.Gaussian(20, 0.1, 5), drive)),
        name=name,
    )


def _two(pulse: Any) -> list[Any]:
    return [
        _readout(pulse, 0, 30, name="early") | _readout(pulse, 1, 50),
        _readout(pulse, 0, 90, late=3, name="late"),
    ]


def _calibrated(pulse: Any) -> Any:
    """A map with u3 on two qubits, of 140 and 180 samples."""
    table = pulse.InstructionScheduleMap()
    for qubit, duration in ((0, 140), (3, 180)):
        drive = pulse.DriveChannel(qubit)
        angles = [Parameter(name) for name in ("theta", "phi", "lam")]
        parts = [pulse.ShiftPhase(angle, drive) for angle in angles]
        gate = pulse.Schedule(*parts, pulse.Play(pulse.Constant(duration, 0.1), drive))
        table.add("u3", qubit, gate)
    return table


@program
def measures_aligned(pulse: Any) -> Any:
    return pulse.transforms.align_measures(_two(pulse))


@program
def measures_aligned_alone(pulse: Any) -> Any:
    return pulse.transforms.align_measures(_two(pulse), align_all=False)


@program
def measures_aligned_at_a_time(pulse: Any) -> Any:
    return pulse.transforms.align_measures(_two(pulse), align_time=250)


@program
def measures_aligned_at_a_time_alone(pulse: Any) -> Any:
    return pulse.transforms.align_measures(_two(pulse), align_time=111, align_all=False)


@program
def measures_aligned_after_a_calibration(pulse: Any) -> Any:
    return pulse.transforms.align_measures(_two(pulse), max_calibration_duration=200)


@program
def measures_aligned_after_a_calibration_of_the_map(pulse: Any) -> Any:
    return pulse.transforms.align_measures(_two(pulse), inst_map=_calibrated(pulse))


@program
def measures_aligned_with_a_gate_that_the_map_has_not(pulse: Any) -> Any:
    return pulse.transforms.align_measures(_two(pulse), _calibrated(pulse), cal_gate="x")


@program
def measures_aligned_of_nested_schedules(pulse: Any) -> Any:
    nested = pulse.Schedule((7, _readout(pulse, 0, 30)), (150, _readout(pulse, 1, 25)), name="n")
    return pulse.transforms.align_measures([nested], align_time=300)


@program
def measures_aligned_with_a_barrier_between(pulse: Any) -> Any:
    lines = [pulse.MeasureChannel(0), pulse.MeasureChannel(1), pulse.DriveChannel(0)]
    barrier = pulse.instructions.RelativeBarrier(*lines)
    first, _ = _two(pulse)
    return pulse.transforms.align_measures([first.insert(25, barrier)], align_time=200)


@program
def measures_aligned_that_are_repeated(pulse: Any) -> Any:
    twice = _readout(pulse, 0, 30) + _readout(pulse, 0, 50) | _readout(pulse, 2, 35)
    return pulse.transforms.align_measures([twice, twice << 40])


@program
def pulses_compressed(pulse: Any) -> Any:
    return pulse.transforms.compress_pulses([*_two(pulse), *_two(pulse)])


@program
def acquires_added_for_overlapping_groups(pulse: Any) -> Any:
    first, _ = _two(pulse)
    return pulse.transforms.add_implicit_acquires(first, [[0, 2], [1, 3], [0, 4]])


@program
def acquires_added_once(pulse: Any) -> Any:
    acquires = [
        pulse.Acquire(10, pulse.AcquireChannel(q), pulse.MemorySlot(q), name="named")
        for q in (0, 1)
    ]
    both = pulse.Schedule((4, acquires[0]), (4, acquires[1]), (30, acquires[1]))
    return pulse.transforms.add_implicit_acquires(both, [[0, 1, 2]])


@program
def acquires_added_with_their_processing(pulse: Any) -> Any:
    acquire = pulse.Acquire(
        16,
        pulse.AcquireChannel(2),
        pulse.MemorySlot(2),
        kernel=pulse.Kernel("boxcar", start=2),
        discriminator=pulse.Discriminator("linear", level=0.5),
    )
    return pulse.transforms.add_implicit_acquires(pulse.Schedule(acquire), [[1, 2]])


def _with_directives(pulse: Any) -> Any:
    d0, d1, d2 = (pulse.DriveChannel(q) for q in range(3))
    inst = pulse.instructions
    return pulse.Schedule(
        (3, inst.RelativeBarrier(d0)),
        (5, inst.RelativeBarrier(d0, d1)),
        (5, inst.TimeBlockade(4, d2)),
        (9, pulse.Play(pulse.Constant(4, 0.2), d0)),
        (2, pulse.Snapshot("here")),
        (20, inst.RelativeBarrier(d1, d0, d2)),
    )


@program
def directives_removed(pulse: Any) -> Any:
    return pulse.transforms.remove_directives(_with_directives(pulse))


@program
def trivial_barriers_removed(pulse: Any) -> Any:
    return pulse.transforms.remove_trivial_barriers(_with_directives(pulse))


@program
def directives_padded(pulse: Any) -> Any:
    return pulse.transforms.pad(_with_directives(pulse), until=30)


@program
def padded_with_blockades(pulse: Any) -> Any:
    blockade = pulse.instructions.TimeBlockade
    return pulse.transforms.pad(_readout(pulse, 0, 30), pad_with=blockade)


@program
def padded_in_place(pulse: Any) -> Any:
    schedule = _readout(pulse, 1, 30)
    pulse.transforms.pad(schedule, channels=[pulse.DriveChannel(1)], until=500, inplace=True)
    return schedule


@program
def padded_where_nothing_was(pulse: Any) -> Any:
    lines = [pulse.ControlChannel(4), pulse.MemorySlot(7), pulse.AcquireChannel(6)]
    return pulse.transforms.pad(_readout(pulse, 1, 30), channels=lines)


@program
def nested_schedule_padded(pulse: Any) -> Any:
    nested = pulse.Schedule((7, _readout(pulse, 0, 30)), (150, _readout(pulse, 1, 25)))
    return pulse.transforms.pad(nested)


@program
def nested_schedule_flattened(pulse: Any) -> Any:
    inner = pulse.Schedule((2, _with_directives(pulse)), (50, _with_directives(pulse)))
    return pulse.transforms.flatten(pulse.Schedule((1, inner), (200, _readout(pulse, 1, 9))))


def _of_subroutines(pulse: Any) -> Any:
    with pulse.build() as inner:
        pulse.play(pulse.Constant(9, 0.1), pulse.DriveChannel(0))
        pulse.delay(4, pulse.DriveChannel(1))
    with pulse.build(default_alignment="right") as outer:
        pulse.call(inner, name="inner")
        pulse.delay(30, pulse.DriveChannel(1))
        pulse.call(inner, name="inner")
    with pulse.build(default_alignment="sequential") as program:
        pulse.call(outer)
        pulse.call(inner)
    return program


@program
def subroutines_inlined(pulse: Any) -> Any:
    return pulse.transforms.inline_subroutines(_of_subroutines(pulse))


@program
def schedule_inlined(pulse: Any) -> Any:
    return pulse.transforms.inline_subroutines(pulse.Schedule((4, _readout(pulse, 0, 30))))


@program
def block_to_schedule_keeps_times(pulse: Any) -> Any:
    return pulse.transforms.block_to_schedule(_of_subroutines(pulse)) << 3


@program
def flat_from_instructions(pulse: Any) -> Any:
    d0 = pulse.DriveChannel(0)
    return pulse.transforms.target_qobj_transform(
        [(4, pulse.Delay(3, d0)), (0, pulse.Play(pulse.Constant(4, 0.5), d0))]
    )


@program
def schedule_filtered_by_everything(pulse: Any) -> Any:
    first, _ = _two(pulse)
    return first.filter(
        lambda item: item[1].duration > 0,
        channels=[pulse.DriveChannel(0), pulse.MeasureChannel(1)],
        instruction_types=[pulse.Play],
        time_ranges=[(0, 45), (50, 95)],
    )


@program
def schedule_excluded_by_type(pulse: Any) -> Any:
    first, _ = _two(pulse)
    return first.exclude(instruction_types=[pulse.Acquire, pulse.ShiftPhase])


@program
def nested_schedule_filtered(pulse: Any) -> Any:
    nested = pulse.Schedule((7, _readout(pulse, 0, 30)), (150, _readout(pulse, 1, 25)))
    return nested.filter(channels=[pulse.DriveChannel(0), pulse.AcquireChannel(1)])


@program
def nested_schedule_replaced(pulse: Any) -> Any:
    inner = _readout(pulse, 0, 30)
    nested = pulse.Schedule((7, inner), (250, inner), name="nested")
    return nested.replace(inner, _readout(pulse, 2, 44))


@program
def block_excluded(pulse: Any) -> Any:
    return _of_subroutines(pulse).exclude(channels=[pulse.DriveChannel(1)])


@program
def block_filtered_by_type(pulse: Any) -> Any:
    return _of_subroutines(pulse).filter(instruction_types=[pulse.Play])


@program
def block_replaced_by_a_block(pulse: Any) -> Any:
    whole = pulse.ScheduleBlock(alignment_context=pulse.transforms.AlignRight())
    for _ in range(2):
        whole.append(_of_subroutines(pulse).blocks[0])
        whole.append(pulse.Delay(6, pulse.DriveChannel(2)))
    with pulse.build(default_alignment="right") as other:
        pulse.delay(5, pulse.DriveChannel(2))
        pulse.delay(11, pulse.DriveChannel(3))
    return whole.replace(whole.blocks[0], other, inplace=False)


@program
def reference_replaced(pulse: Any) -> Any:
    whole = _of_subroutines(pulse)
    key = next(iter(whole.references))
    wait = pulse.Delay(5, pulse.DriveChannel(2))
    return whole.replace(pulse.instructions.Reference(*key), wait, inplace=False)
