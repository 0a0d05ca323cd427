"""Which channel is taken when.

A slot is (start, stop) in samples. Slots of a channel do not overlap; slots of no length may lie
side by side, and at the ends of others, but not inside them (as Qiskit 1.4). The span of a
channel is (first start, last stop): most of what is added comes after all that is there, and
for that spans are enough.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from backline.errors import PulseError, UnassignedDurationError
from backline.pulse.channels import Channel
from backline.pulse.instructions import Instruction

Slot: TypeAlias = tuple[int, int]
Slots: TypeAlias = dict[Channel, list[Slot]]
Spans: TypeAlias = dict[Channel, Slot]


def spans_of(instruction: Instruction) -> list[tuple[Channel, Slot]]:
    """The span of one instruction at time 0 on each of its channels.

    Raises:
        UnassignedDurationError: If its duration is still a parameter.
        UnassignedReferenceError: If it is a reference.
    """
    duration = instruction.duration
    if type(duration) is not int:
        raise UnassignedDurationError(
            f"the duration of {instruction} is not assigned: a Schedule needs numbers. Assign it "
            "first, or use a ScheduleBlock"
        )
    span = (0, duration)
    return [(channel, span) for channel in instruction.channels]


def slots_of(instructions: Iterable[tuple[int, Instruction]]) -> Slots:
    """The slots of instructions that are ordered by time and duration."""
    slots: Slots = {}
    for time, instruction in instructions:
        slot = (time, time + instruction.duration)
        for channel in instruction.channels:
            slots.setdefault(channel, []).append(slot)
    return slots


def continued(spans: Spans, new: Iterable[tuple[Channel, Slot]], time: int) -> Spans | None:
    """The spans of channels once something new is there, if it comes after all that is.

    Args:
        spans: Those that are taken.
        new: Those that come.
        time: By how much they are moved, in samples.

    Returns:
        The spans of the channels of `new`; None if one starts before 0 or the end of another.
    """
    wider = {}
    for channel, (start, stop) in new:
        first = start + time
        taken = spans.get(channel)
        if first < (0 if taken is None else taken[1]):
            return None
        wider[channel] = (first if taken is None else taken[0], stop + time)
    return wider


def widened(spans: Spans, new: Iterable[tuple[Channel, Slot]], time: int) -> Spans:
    """The spans of channels once something new is there, wherever it fits in."""
    wider = {}
    for channel, (start, stop) in new:
        first, last = spans.get(channel, (start + time, stop + time))
        wider[channel] = (min(first, start + time), max(last, stop + time))
    return wider


def clash(taken: list[Slot], start: int, stop: int) -> Slot | None:
    """The first of these slots that a new one would overlap."""
    at = bisect_right(taken, (start, stop))
    for slot in taken[max(at - 1, 0) : at + 1]:
        if start < slot[1] and slot[0] < stop:
            return slot
    return None


def refuse_overlap(
    slots: Slots, new: Mapping[Channel, list[Slot]], time: int, what: Callable[[], str]
) -> None:
    """Check that new slots, moved by `time`, fit.

    Args:
        slots: Those that are taken.
        new: Those that come.
        time: By how much they are moved, in samples.
        what: Gives the words for who brings them.

    Raises:
        PulseError: If one starts before 0 or overlaps another.
    """
    for channel, comes in new.items():
        taken = slots.get(channel, [])
        for start, stop in comes:
            if start + time < 0:
                raise PulseError(f"{what()} would start at {start + time} on {channel}, before 0")
            other = clash(taken, start + time, stop + time)
            if other is not None:
                raise PulseError(
                    f"{what()} overlaps on {channel}: "
                    f"it takes samples {start + time} to {stop + time}, "
                    f"and {other[0]} to {other[1]} are taken",
                    channel=channel.name,
                    times=(start + time, stop + time),
                )


def add(slots: Slots, new: Mapping[Channel, list[Slot]], time: int) -> None:
    """Add slots, moved by `time`, that were found to fit."""
    for channel, comes in new.items():
        taken = slots.setdefault(channel, [])
        for start, stop in comes:
            insort(taken, (start + time, stop + time))
