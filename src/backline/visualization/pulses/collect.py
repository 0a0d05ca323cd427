"""From a pulse program to what a picture of it shows."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from backline.errors import OptionValueError
from backline.pulse import (
    Acquire,
    ControlChannel,
    Delay,
    DriveChannel,
    Instruction,
    MeasureChannel,
    Play,
    RelativeBarrier,
    Schedule,
    Snapshot,
    TimeBlockade,
)
from backline.pulse.channels import Channel, ClassicalIOChannel
from backline.pulse.values import is_free
from backline.visualization.pulses import wording
from backline.visualization.pulses.frames import FRAMES, Frame, frame_changes
from backline.visualization.pulses.hardware import Hardware
from backline.visualization.pulses.pieces import Sampler
from backline.visualization.pulses.timeline import Row, Span, Timeline, Tone
from backline.visualization.pulses.view import View

MOST_ROWS = 40
"""Rows of one picture, unless channels are chosen."""

_KINDS: tuple[type[Channel], ...] = (DriveChannel, ControlChannel, MeasureChannel)


def timeline_of(schedule: Schedule, view: View, hardware: Hardware) -> Timeline:
    """What is seen of a schedule.

    Channels stand qubit by qubit, d, u, m, a; control channels beside the qubit that they belong
    to where the hardware says so, and otherwise last.

    Args:
        schedule: The program.
        view: What is asked for.
        hardware: What is known of where it runs.

    Raises:
        OptionValueError: If channels are chosen, and the program uses none of them.
    """
    found = _Found(view)
    for time, instruction in schedule.instructions:
        found.add(time, instruction)
    ordered = sorted(found.lanes, key=lambda channel: _place(channel, hardware))
    lanes = [found.lanes[channel] for channel in ordered]
    chosen, notes = _choose(lanes, view)
    start, stop = view.window or (0, max(schedule.duration, 1))
    rows = tuple(_row(lane, view, hardware.frequencies.get(lane.name)) for lane in chosen)
    return Timeline(
        rows=rows,
        barriers=tuple(sorted(found.barriers.items())) if view.barriers else (),
        snapshots=tuple(found.snapshots) if view.snapshots else (),
        start=start,
        stop=stop,
        duration=schedule.duration,
        windowed=view.window is not None,
        notes=notes,
    )


@dataclass(eq=False)
class _Lane:
    """What was found on one channel."""

    name: str
    tones: list[Tone] = field(default_factory=list)
    waits: list[Span] = field(default_factory=list)
    acquisitions: list[Span] = field(default_factory=list)
    frames: list[tuple[int, Frame]] = field(default_factory=list)
    seen: bool = False
    used: bool = False

    @property
    def is_busy(self) -> bool:
        """Whether something is seen on it that takes time."""
        return bool(self.tones or self.waits or self.acquisitions)


class _Found:
    """Sorts instructions by channel; what lies out of the window is only counted as used."""

    def __init__(self, view: View) -> None:
        self.lanes: dict[Channel, _Lane] = {}
        self.barriers: dict[int, frozenset[str]] = {}
        self.snapshots: list[tuple[int, str]] = []
        self._start, self._stop = view.window or (-math.inf, math.inf)
        self._sampler = Sampler()

    def add(self, time: int, instruction: Instruction) -> None:
        stop = time + instruction.duration
        inside = time < self._stop and (stop > self._start or time == stop >= self._start)
        match instruction:
            case Play():
                lane = self._lane(instruction.channel, used=True)
                if inside:
                    lane.tones.append(self._tone(time, instruction))
            case Acquire():
                lane = self._lane(instruction.channel, used=True)
                if inside:
                    lane.acquisitions.append(Span(time, stop, _slot_labels(instruction)))
            case Delay() | TimeBlockade() if not isinstance(
                instruction.channel, ClassicalIOChannel
            ):
                lane = self._lane(instruction.channel, used=True)
                if inside and stop > time:
                    lane.waits.append(Span(time, stop))
            case RelativeBarrier() if inside:
                names = frozenset(
                    c.name for c in instruction.channels if not isinstance(c, ClassicalIOChannel)
                )
                self.barriers[time] = self.barriers.get(time, frozenset()) | names
            case Snapshot() if inside:
                self.snapshots.append((time, instruction.label))
            case _ if isinstance(instruction, FRAMES):
                lane = self._lane(instruction.channel)
                lane.frames.append((time, instruction))
                lane.seen = lane.seen or inside

    def _tone(self, time: int, play: Play) -> Tone:
        return Tone(time, play.pulse, play.name, self._sampler.pieces(play.pulse))

    def _lane(self, channel: Channel, *, used: bool = False) -> _Lane:
        lane = self.lanes.get(channel)
        if lane is None:
            lane = self.lanes[channel] = _Lane(channel.name)
        lane.used = lane.used or used
        return lane


def _slot_labels(acquire: Acquire) -> tuple[str, ...]:
    slots = [f"slot {acquire.mem_slot.index}"] if acquire.mem_slot is not None else []
    slots += [f"reg {acquire.reg_slot.index}"] if acquire.reg_slot is not None else []
    where = ", ".join(slots)
    return (f"acquire → {where}", where)


def _place(channel: Channel, hardware: Hardware) -> tuple[Any, ...]:
    kind = next((k for k, known in enumerate(_KINDS) if isinstance(channel, known)), len(_KINDS))
    index = channel.index
    if is_free(index):
        return (math.inf, kind, math.inf, channel.name)
    home = hardware.homes.get(index, math.inf) if isinstance(channel, ControlChannel) else index
    return (home, kind, index, channel.name)


def _choose(lanes: list[_Lane], view: View) -> tuple[list[_Lane], tuple[str, ...]]:
    """The channels that are drawn, and what is to be said of others."""
    if view.channels is not None:
        return _chosen(lanes, view.channels, view.hidden), ()
    shown = [lane for lane in lanes if lane.name not in view.hidden]
    busy = [lane for lane in shown if lane.is_busy]
    if not busy and view.frames:
        busy = [lane for lane in shown if lane.seen]
    notes = _notes_on([lane for lane in shown if lane not in busy], view)
    if len(busy) > MOST_ROWS:
        names = wording.channel_names(lane.name for lane in busy[MOST_ROWS:])
        more = f"{len(busy) - MOST_ROWS} more channels: channels= chooses"
        return busy[:MOST_ROWS], (f"{names} ({more})", *notes)
    return busy, notes


def _chosen(lanes: Iterable[_Lane], names: tuple[str, ...], hidden: frozenset[str]) -> list[_Lane]:
    known = {lane.name: lane for lane in lanes}
    if not any(name in known for name in names):
        used = wording.channel_names(known) or "none"
        raise OptionValueError(
            f"the program does not use {', '.join(names)}: the channels that it uses are {used}"
        )
    return [known.get(name) or _Lane(name) for name in names if name not in hidden]


def _notes_on(left_out: list[_Lane], view: View) -> tuple[str, ...]:
    silent = [lane.name for lane in left_out if lane.used]
    turned = [lane.name for lane in left_out if not lane.used] if view.frames else []
    notes = []
    if turned:
        notes.append(f"{wording.channel_names(turned)} (only phases or frequencies change)")
    if silent:
        notes.append(f"{wording.channel_names(silent)} (silent in this time)")
    return tuple(notes)


def _row(lane: _Lane, view: View, lo: float | None) -> Row:
    frames = frame_changes(lane.frames, lo) if view.frames else ()
    start, stop = view.window or (-math.inf, math.inf)
    return Row(
        name=lane.name,
        note="" if lo is None else wording.frequency(lo),
        tones=tuple(lane.tones),
        frames=tuple(change for change in frames if start <= change.time <= stop),
        waits=tuple(lane.waits),
        acquisitions=tuple(lane.acquisitions),
    )
