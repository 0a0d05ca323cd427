"""Where rows stand: inches, from the top of the axes downward."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from backline.visualization.pulses.envelopes import Envelopes
from backline.visualization.pulses.timeline import Row, Timeline

WIDTH = 8.2
"""Inches of the time axis of a figure of its own."""

ENVELOPE = 0.62
"""Inches of an envelope with both signs, where there are few rows."""
TALL = 2.4
"""The same for a pulse alone."""

_ONE_SIGN = 0.62  # of that: an envelope with one sign
_LANE = 0.155  # for a line of text
_BAR = 0.2  # an acquisition
_LINE = 0.2  # a row without envelopes
_GAP = 0.1
_HIGHEST = 9.5  # inches: where rows would take more, envelopes shrink …
_SMALLEST = 0.5  # … to this part of their height
_NEGLIGIBLE = 0.01  # of an envelope's height: it does not reach below 0
_NICE = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a row stands. Heights are in inches, 0 at the top of the axes and negative below.

    Attributes:
        top: Its upper end.
        bottom: Its lower end.
        labels: Middle of the line of its pulses' labels.
        base: Where amplitude 0 is.
        unit: Height of amplitude 1.
        low: Lowest amplitude that is drawn.
        high: Highest amplitude that is drawn.
        frames: Middle of the line of its frame changes.
    """

    top: float
    bottom: float
    labels: float
    base: float
    unit: float
    low: float
    high: float
    frames: float

    def y(self, amplitude: float) -> float:
        """Height of an amplitude."""
        return self.base + self.unit * amplitude


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands.

    Attributes:
        places: Of the rows, in order.
        height: Of the axes, in inches.
        snapshots: Middle of the line of the snapshots' labels.
    """

    places: tuple[Place, ...]
    height: float
    snapshots: float


def layout_of(
    timeline: Timeline, envelopes: Envelopes, *, labels: bool, height: float = ENVELOPE
) -> Layout:
    """Find a place for every row.

    Args:
        timeline: What is seen.
        envelopes: Knows how high pulses are.
        labels: Whether pulses have a line for their labels.
        height: Of an envelope with both signs, in inches.
    """
    bounds = [_bounds(row, envelopes) for row in timeline.rows]
    wished = sum(
        _envelope(row, *bound, height) for row, bound in zip(timeline.rows, bounds, strict=True)
    )
    rest = sum(_GAP + _lanes(row, labels) for row in timeline.rows)
    shrink = min(1.0, max(_SMALLEST, (_HIGHEST - rest) / wished if wished else 1.0))
    snapshots = _LANE if timeline.snapshots else 0.0
    places = tuple(_places(timeline.rows, bounds, labels, height * shrink, -snapshots))
    bottom = places[-1].bottom if places else -ENVELOPE
    return Layout(places, -bottom, -snapshots / 2)


def _places(
    rows: tuple[Row, ...],
    bounds: list[tuple[float, float]],
    labels: bool,
    height: float,
    top: float,
) -> Iterator[Place]:
    for row, (low, high) in zip(rows, bounds, strict=True):
        inches = _envelope(row, low, high, height)
        upper = top - _GAP / 2 - (_LANE if labels and row.tones else 0.0)
        lower = upper - inches
        frames = lower - (_LANE if row.frames else 0.0)
        unit = inches / (high - low)
        yield Place(
            top=top,
            bottom=frames - _GAP / 2,
            labels=upper + _LANE / 2,
            base=lower - unit * low,
            unit=unit,
            low=low,
            high=high,
            frames=(lower + frames) / 2,
        )
        top = frames - _GAP / 2


def _lanes(row: Row, labels: bool) -> float:
    return _LANE * (bool(labels and row.tones) + bool(row.frames))


def _envelope(row: Row, low: float, high: float, height: float) -> float:
    if row.tones:
        return height * (1.0 if low < 0 < high else _ONE_SIGN)
    return _BAR if row.acquisitions else _LINE


def _bounds(row: Row, envelopes: Envelopes) -> tuple[float, float]:
    """Amplitudes between which a row is drawn: round numbers, 0 among them."""
    if not row.is_sampled:
        return -1.0, 1.0
    low, high = envelopes.extremes(row.tones)
    size = max(high, -low)
    if size == 0:
        return 0.0, 1.0
    edge = _NEGLIGIBLE * size
    return (-_nice(-low) if low < -edge else 0.0), (_nice(high) if high > edge else 0.0)


def _nice(size: float) -> float:
    power: float = 10.0 ** math.floor(math.log10(size))
    return next(n * power for n in _NICE if n * power >= size * (1 - 1e-6))
