"""Which channel is taken when.

A slot is (start, stop) in samples. Slots of a channel do not overlap; slots of no length may lie
side by side, and at the ends of others, but not inside them (as Qiskit 1.4).
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from backline.errors import PulseError, UnassignedDurationError
from backline.pulse.channels import Channel
from backline.pulse.instructions import Instruction

Slot: TypeAlias = tuple[int, int]
Slots: TypeAlias = dict[Channel, list[Slot]]


def slots_of(instruction: Instruction) -> list[tuple[Channel, Slot]]:
    """The slots that one instruction at time 0 takes.

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
    slot = (0, duration)
    return [(channel, slot) for channel in instruction.channels]


def clash(taken: list[Slot], start: int, stop: int) -> Slot | None:
    """The first of these slots that a new one would overlap."""
    at = bisect_right(taken, (start, stop))
    for slot in taken[max(at - 1, 0) : at + 1]:
        if start < slot[1] and slot[0] < stop:
            return slot
    return None


def refuse_overlap(
    slots: Slots, new: Iterable[tuple[Channel, Slot]], time: int, what: Callable[[], str]
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
    for channel, (start, stop) in new:
        if start + time < 0:
            raise PulseError(f"{what()} would start at {start + time} on {channel}, before 0")
        taken = slots.get(channel)
        if taken is None or taken[-1][1] <= start + time:
            continue
        other = clash(taken, start + time, stop + time)
        if other is not None:
            raise PulseError(
                f"{what()} overlaps on {channel}: "
                f"it takes samples {start + time} to {stop + time}, "
                f"and {other[0]} to {other[1]} are taken",
                channel=channel.name,
                times=(start + time, stop + time),
            )


def add(slots: Slots, new: Iterable[tuple[Channel, Slot]], time: int) -> int:
    """Add slots, moved by `time`, that were found to fit.

    Returns:
        The last stop among them; 0 without any.
    """
    latest = 0
    for channel, (start, stop) in new:
        moved = (start + time, stop + time)
        taken = slots.get(channel)
        if taken is None:
            slots[channel] = [moved]
        elif taken[-1] <= moved:
            taken.append(moved)
        else:
            insort(taken, moved)
        latest = max(latest, moved[1])
    return latest


def flat(slots: Mapping[Channel, list[Slot]]) -> Iterator[tuple[Channel, Slot]]:
    """All slots, one by one."""
    for channel, taken in slots.items():
        for slot in taken:
            yield channel, slot
