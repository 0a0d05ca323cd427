"""What a picture of a pulse program shows, as plain values; times in samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from backline.pulse.library import Pulse
from backline.visualization.pulses.frames import FrameChange
from backline.visualization.pulses.pieces import Pieces


@dataclass(frozen=True, slots=True)
class Tone:
    """A pulse that is played.

    Attributes:
        start: When.
        pulse: What.
        name: Under which name.
        pieces: Its samples; None where they are not known.
    """

    start: int
    pulse: Pulse
    name: str | None
    pieces: Pieces | None

    @property
    def stop(self) -> int:
        """When it is over."""
        return int(self.start + self.pulse.duration)

    def active(self, least: float) -> Iterator[tuple[float, float]]:
        """The times at which something changes in it.

        Args:
            least: A constant piece that is longer, in samples, counts as quiet.
        """
        at = self.start
        for first, last in () if self.pieces is None else self.pieces.quiet(least):
            yield at, self.start + int(first)
            at = self.start + int(last)
        yield at, self.stop


@dataclass(frozen=True, slots=True)
class Span:
    """Some time on a channel: a wait or an acquisition.

    Attributes:
        start: From when.
        stop: Until when.
        labels: What may be written on it, from the longest to the shortest.
    """

    start: int
    stop: int
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One channel.

    Attributes:
        name: Of the channel: "d0".
        note: Its frequency, where known.
        tones: What it plays, by time.
        frames: How its phase and frequency change, one entry a time.
        waits: Its delays.
        acquisitions: What it records.
    """

    name: str
    note: str = ""
    tones: tuple[Tone, ...] = ()
    frames: tuple[FrameChange, ...] = ()
    waits: tuple[Span, ...] = ()
    acquisitions: tuple[Span, ...] = ()

    @property
    def is_sampled(self) -> bool:
        """Whether there is a pulse whose samples are known."""
        return any(tone.pieces is not None for tone in self.tones)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A program, or the part of it that is looked at.

    Attributes:
        rows: From top to bottom.
        barriers: (time, names of the rows that it holds).
        snapshots: (time, label).
        start: Where the picture starts.
        stop: Where it ends.
        duration: Of the whole program.
        windowed: Whether start and stop were asked for.
        notes: What is not shown, and why.
    """

    rows: tuple[Row, ...]
    barriers: tuple[tuple[int, frozenset[str]], ...] = ()
    snapshots: tuple[tuple[int, str], ...] = ()
    start: float
    stop: float
    duration: int
    windowed: bool = False
    notes: tuple[str, ...] = field(default=())
