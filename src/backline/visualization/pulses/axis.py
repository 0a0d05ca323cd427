"""The axis of time: where it is cut, where its ticks are.

A measurement takes a hundred times as long as the pulse before it. Where nothing changes on any
channel for so long that pulses would become lines, the axis leaves out the middle of that time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backline.visualization.pulses.timeline import Timeline

Interval = tuple[float, float]

_LEGIBLE = 0.04  # of the axis: where the shortest pulse takes less, quiet times are cut
_QUIET = 0.01  # of the axis: what stays constant for longer is quiet
_LONG = 1.5  # times all that is not quiet: a quiet time that is longer is cut …
_KEPT = 0.25  # … to this many times all that is not quiet
_WORTH = 0.5  # of the axis: with less to leave out, it stays whole
_BREAK = 0.016  # of the axis: width of the mark of a cut
_STEPS = (1.0, 2.0, 5.0, 10.0)
_TICKS = 8


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Times as places on an axis that is cut.

    Attributes:
        start: Its first time, in samples.
        stop: Its last time.
        cuts: The times that are left out, as (start, stop), ascending.
    """

    start: float
    stop: float
    cuts: tuple[Interval, ...] = ()

    @property
    def shown(self) -> float:
        """How many samples are shown."""
        return self.stop - self.start - sum(b - a for a, b in self.cuts)

    @property
    def gap(self) -> float:
        """Width of the mark of a cut, in samples."""
        return _BREAK * self.shown

    @property
    def width(self) -> float:
        """Length of the axis, in samples, the marks of its cuts included."""
        return self.shown + self.gap * len(self.cuts)

    def place(self, times: ArrayLike) -> NDArray[np.float64]:
        """Places of times: float64 array of the same shape, from 0 to `width`."""
        knots, places = [self.start], [0.0]
        for first, last in self.cuts:
            places += [places[-1] + first - knots[-1]]
            places += [places[-1] + self.gap]
            knots += [first, last]
        given = np.asarray(times, dtype=np.float64)
        beyond = given - self.start - (self.stop - self.start - self.width)
        inside = np.interp(given, [*knots, self.stop], [*places, self.width])
        outside = np.where(given < self.start, given - self.start, beyond)
        placed: NDArray[np.float64] = np.where(
            (given < self.start) | (given > self.stop), outside, inside
        )
        return placed

    def widest(self, start: float, stop: float) -> Interval:
        """The longest part of a time that is shown without a cut in it, as places."""
        start, stop = max(start, self.start), min(stop, self.stop)
        edges = [start, *(t for cut in self.cuts for t in cut if start < t < stop), stop]
        inside = [
            (a, b)
            for a, b in pairwise(edges)
            if not any(first <= a and b <= last for first, last in self.cuts)
        ] or [(start, stop)]
        a, b = max(inside, key=lambda part: part[1] - part[0])
        placed = self.place([a, b])
        return float(placed[0]), float(placed[1])

    def ticks(self, per_sample: float) -> Iterator[tuple[float, str]]:
        """(place, text) of round times, away from the cuts.

        Args:
            per_sample: Length of a sample in the unit of the texts.
        """
        step = _round_up(self.shown * per_sample / _TICKS)
        if per_sample == 1.0:  # there is no half a sample
            step = max(step, 1.0)
        digits = max(0, -math.floor(math.log10(step) + 1e-9))
        inner = [self.start, *(t for cut in self.cuts for t in cut), self.stop]
        room = 0.6 * step / per_sample
        previous = -math.inf
        for first, last in zip(inner[::2], inner[1::2], strict=True):
            whole = range(
                math.ceil(first * per_sample / step - 1e-9),
                math.floor(last * per_sample / step + 1e-9) + 1,
            )
            # A part with no round time in it has its end written.
            for time in [k * step for k in whole] or [last * per_sample]:
                place = float(self.place(time / per_sample))
                if place - previous >= room:
                    previous = place
                    yield place, f"{time:,.{digits}f}".replace("-", "−")


def axis_of(timeline: Timeline) -> TimeAxis:
    """The axis of a picture; whole where a window was asked for.

    Args:
        timeline: What is seen.
    """
    start, stop = timeline.start, timeline.stop
    lengths = [tone.stop - tone.start for row in timeline.rows for tone in row.tones]
    shortest = min((length for length in lengths if length), default=math.inf)
    if timeline.windowed or shortest >= _LEGIBLE * (stop - start):
        return TimeAxis(start, stop)
    active = _active(timeline)
    return TimeAxis(start, stop, _cuts(start, stop, active))


def _active(timeline: Timeline) -> list[Interval]:
    """When something changes: intervals, many of them of no length, in any order."""
    least = _QUIET * (timeline.stop - timeline.start)
    found: list[Interval] = [(time, time) for time, _ in timeline.barriers + timeline.snapshots]
    for row in timeline.rows:
        for tone in row.tones:
            found += tone.active(least)
        found += [(change.time, change.time) for change in row.frames]
        for span in row.waits + row.acquisitions:
            found += [(span.start, span.start), (span.stop, span.stop)]
    return found


def _cuts(start: float, stop: float, active: Iterable[Interval]) -> tuple[Interval, ...]:
    quiet = list(_gaps(start, stop, active))
    busy = stop - start - sum(b - a for a, b in quiet)
    long: list[Interval] = []
    for first, last in sorted(quiet, key=lambda gap: gap[1] - gap[0]):
        if long or (busy > 0 and last - first > _LONG * busy):
            long.append((first, last))
        else:
            busy += last - first
    kept = _KEPT * busy / 2
    cuts = sorted((first + kept, last - kept) for first, last in long)
    worth = sum(b - a for a, b in cuts) > _WORTH * (stop - start)
    return tuple(cuts) if worth else ()


def _gaps(start: float, stop: float, active: Iterable[Interval]) -> Iterator[Interval]:
    at = start
    for first, last in sorted([*active, (stop, stop)]):
        if first > at:
            yield at, first
        at = max(at, last)


def _round_up(step: float) -> float:
    """The next number that ticks are wont to stand at."""
    power: float = 10.0 ** math.floor(math.log10(step))
    return next(s * power for s in _STEPS if s * power >= step * (1 - 1e-9))
