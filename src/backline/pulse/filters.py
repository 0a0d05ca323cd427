"""Choosing instructions by channel, type, time or any function."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from backline.errors import PulseTypeError
from backline.pulse.channels import Channel
from backline.pulse.instructions import Instruction

Interval: TypeAlias = tuple[int, int]
Condition: TypeAlias = Callable[[Any], bool]


def conditions(
    channels: Iterable[Channel] | Channel | None,
    instruction_types: Iterable[type] | type | None,
    time_ranges: Iterable[Interval] | None = None,
    intervals: Iterable[Interval] | None = None,
) -> list[Callable[[int, Instruction], bool]]:
    """One function of (time, instruction) for each condition that is given."""
    found: list[Callable[[int, Instruction], bool]] = []
    if channels is not None:
        wanted = {channels} if isinstance(channels, Channel) else set(channels)
        found.append(lambda time, inst: not wanted.isdisjoint(inst.channels))
    if instruction_types is not None:
        kinds = (
            (instruction_types,)
            if isinstance(instruction_types, type)
            else tuple(instruction_types)
        )
        found.append(lambda time, inst: isinstance(inst, kinds))
    for ranges in (time_ranges, intervals):
        if ranges is not None:
            found.append(_within(list(ranges)))
    return found


def _within(ranges: list[Interval]) -> Callable[[int, Instruction], bool]:
    try:
        pairs = [(start, stop) for start, stop in ranges]
    except TypeError:
        raise PulseTypeError(
            f"time ranges are (start, stop) pairs in a list, such as [(0, 100)], got {ranges}"
        ) from None
    return lambda time, inst: any(
        start <= time and time + inst.duration <= stop for start, stop in pairs
    )
