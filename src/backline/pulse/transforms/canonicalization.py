"""Making programs simpler without changing what they do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from backline.errors import PulseError
from backline.pulse.block import ScheduleBlock
from backline.pulse.channels import Channel, ClassicalIOChannel
from backline.pulse.instructions import Delay, Directive, Instruction, Play, RelativeBarrier
from backline.pulse.library import Pulse
from backline.pulse.schedule import Schedule
from backline.pulse.timeslots import Slot


def block_to_schedule(block: ScheduleBlock) -> Schedule:
    """A block as a Schedule: everything gets its time.

    Args:
        block: A block whose durations and subroutines are assigned.

    Raises:
        UnassignedDurationError: If a duration is still a parameter.
        UnassignedReferenceError: If a subroutine is not assigned.
    """
    if not isinstance(block, ScheduleBlock):
        raise PulseError(f"block_to_schedule takes a ScheduleBlock, got {type(block).__name__}")
    return block._scheduled()


def flatten(program: Schedule) -> Schedule:
    """A schedule without schedules inside.

    Raises:
        PulseError: If it is no Schedule.
    """
    _check_schedule(program, "flatten")
    return program._part(program.instructions)


def inline_subroutines(program: Schedule | ScheduleBlock) -> Schedule | ScheduleBlock:
    """A program without references or schedules inside; blocks inside a block stay.

    Raises:
        PulseError: If it is no program.
    """
    if isinstance(program, Schedule):
        return flatten(program)
    if not isinstance(program, ScheduleBlock):
        raise PulseError(
            f"inline_subroutines takes a Schedule or ScheduleBlock, got {type(program).__name__}"
        )
    inlined = ScheduleBlock.initialize_from(program)
    for element in program.blocks:
        inlined.append(
            inline_subroutines(element) if isinstance(element, ScheduleBlock) else element  # type: ignore[arg-type]  # a block gives a block
        )
    return inlined


def remove_directives(schedule: Schedule) -> Schedule:
    """A schedule without barriers and time blockades."""
    return schedule.exclude(instruction_types=Directive)


def remove_trivial_barriers(schedule: Schedule) -> Schedule:
    """A schedule without barriers on fewer than two channels."""
    return schedule.exclude(
        lambda item: isinstance(item[1], RelativeBarrier) and len(item[1].channels) < 2
    )


def target_qobj_transform(
    sched: Any,
    remove_directives: bool = True,  # noqa: A002, RUF100 - Qiskit 1.4's name
) -> Schedule:
    """Any program as a flat Schedule, ready to be lowered.

    Args:
        sched: A Schedule, ScheduleBlock, instruction, (time, instruction), or several of the last
            two.
        remove_directives: Whether barriers and time blockades are removed.

    Raises:
        PulseError: If it is none of these, or cannot be scheduled.
    """
    if isinstance(sched, ScheduleBlock):
        schedule = sched._scheduled()
    elif isinstance(sched, Schedule):
        schedule = sched
    elif isinstance(sched, Instruction) or _is_timed(sched):
        schedule = Schedule(sched)
    elif isinstance(sched, Iterable):
        schedule = Schedule(*sched)
    else:
        raise PulseError(
            f"a pulse program is a Schedule, a ScheduleBlock or instructions, got {sched!r}"
        )
    kept: Iterable[tuple[int, Instruction]] = schedule.instructions
    if remove_directives:
        kept = [item for item in kept if not isinstance(item[1], Directive)]
    return schedule._part(kept)


def _is_timed(item: Any) -> bool:
    return (
        isinstance(item, tuple) and len(item) == 2 and not isinstance(item[0], Instruction | tuple)
    )


def pad(
    schedule: Schedule,
    channels: Iterable[Channel] | None = None,
    until: int | None = None,
    inplace: bool = False,
    pad_with: type[Instruction] | None = None,
) -> Schedule:
    """Fill the gaps of channels with delays.

    Args:
        schedule: The schedule.
        channels: Those to fill, also such as it does not use yet; by default all that it uses.
            Classical ones are left out.
        until: Up to this time, in samples; the end of the schedule by default.
        inplace: Change the schedule instead of a copy.
        pad_with: An instruction that takes a duration and a channel; Delay by default.

    Raises:
        PulseError: If it is no Schedule, or `pad_with` no kind of instruction.
    """
    _check_schedule(schedule, "pad")
    filling = Delay if pad_with is None else pad_with
    if not (isinstance(filling, type) and issubclass(filling, Instruction)):
        raise PulseError(f"pad_with must be a kind of instruction such as Delay, got {pad_with!r}")
    stop = schedule.duration if until is None else until
    wanted = schedule.channels if channels is None else tuple(channels)
    padded = schedule if inplace else schedule._copy()
    slots = schedule.timeslots
    for channel in wanted:
        if isinstance(channel, ClassicalIOChannel):
            continue
        for time, duration in _gaps(slots.get(channel, []), stop):
            padded._insert(time, filling(duration, channel))  # type: ignore[call-arg]  # as said above
    return padded


def _gaps(taken: list[Slot], stop: int) -> Iterator[tuple[int, int]]:
    """The (start, duration) that are free up to a time; one of no length where nothing is there."""
    if not taken:
        yield 0, stop
        return
    time = 0
    for start, end in [*taken, (stop, stop)]:
        if time >= stop:
            break
        if start > time:
            yield time, min(start, stop) - time
        time = max(time, end)


def compress_pulses(schedules: Iterable[Schedule]) -> list[Schedule]:
    """Schedules in which equal pulses are one object.

    Args:
        schedules: Some schedules.

    Raises:
        PulseError: If one of them is no Schedule.
    """
    schedules = list(schedules)
    for schedule in schedules:
        _check_schedule(schedule, "compress_pulses")
    kept: dict[Pulse, Pulse] = {}

    def shared(instruction: Instruction) -> Instruction:
        if not isinstance(instruction, Play):
            return instruction
        pulse = kept.setdefault(instruction.pulse, instruction.pulse)
        return Play(pulse, instruction.channel, instruction.name)

    return [
        Schedule(*((t, shared(i)) for t, i in s.instructions), name=s.name, metadata=s.metadata)
        for s in schedules
    ]


def _check_schedule(program: object, what: str) -> None:
    if not isinstance(program, Schedule):
        raise PulseError(f"{what} takes a Schedule, got {type(program).__name__}")
