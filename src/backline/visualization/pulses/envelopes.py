"""Samples of pulses as curves with no more points than a picture can show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backline.pulse.library import Pulse
from backline.visualization.pulses.pieces import Pieces
from backline.visualization.pulses.timeline import Tone


@dataclass(frozen=True, slots=True)
class Curve:
    """An envelope from its start to its end, both of them on the line of amplitude 0.

    Attributes:
        times: float64 array (n,), in samples from the pulse's start.
        real: float64 array (n,).
        imag: float64 array (n,).
    """

    times: NDArray[np.float64]
    real: NDArray[np.float64]
    imag: NDArray[np.float64]


class Envelopes:
    """Curves of pulses, as a picture shows them.

    Args:
        start: Where the picture starts, in samples.
        stop: Where it ends.
        resolution: Width of the finest detail that the picture can show, in samples.
    """

    def __init__(self, start: float, stop: float, resolution: float) -> None:
        self._start, self._stop = start, stop
        self._resolution = resolution
        self._curves: dict[Pulse, Curve] = {}

    def curve(self, tone: Tone) -> Curve | None:
        """The part of a pulse that is seen; None where its samples are not known."""
        if tone.pieces is None:
            return None
        if tone.start < self._start or tone.stop > self._stop:
            seen = tone.pieces.within(self._start - tone.start, self._stop - tone.start)
            return curve_of(seen, self._resolution)
        found = self._curves.get(tone.pulse)
        if found is None:
            found = self._curves[tone.pulse] = curve_of(tone.pieces, self._resolution)
        return found

    def extremes(self, tones: Iterable[Tone]) -> tuple[float, float]:
        """The lowest and the highest value that is seen of some pulses, 0 included."""
        curves = [curve for tone in tones if (curve := self.curve(tone)) is not None]
        low = min((min(c.real.min(), c.imag.min()) for c in curves), default=0.0)
        high = max((max(c.real.max(), c.imag.max()) for c in curves), default=0.0)
        return min(0.0, float(low)), max(0.0, float(high))


def curve_of(pieces: Pieces, resolution: float) -> Curve:
    """Pieces as a curve: as steps where they can be seen, else as lowest and highest values.

    Args:
        pieces: The samples.
        resolution: Width of the finest detail, in samples.
    """
    if not len(pieces.values):
        return Curve(np.zeros(2), np.zeros(2), np.zeros(2))
    first, last = float(pieces.edges[0]), float(pieces.edges[-1])
    if len(pieces.values) <= 2 + (last - first) / resolution:
        times = np.repeat(pieces.edges, 2)[1:-1].astype(np.float64)
        values = np.repeat(pieces.values, 2)
        real, imag = values.real, values.imag
    else:
        times, real, imag = _thinned(pieces, resolution)
    return Curve(
        np.concatenate(([first], times, [last])),
        np.concatenate(([0.0], real, [0.0])),
        np.concatenate(([0.0], imag, [0.0])),
    )


def _thinned(
    pieces: Pieces, resolution: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest values of bins that are as wide as the resolution."""
    columns = np.floor((pieces.edges[:-1] - pieces.edges[0]) / resolution)
    firsts = np.concatenate(([0], np.flatnonzero(np.diff(columns)) + 1))
    ends = np.append(pieces.edges[firsts[1:]], pieces.edges[-1])
    times = np.stack([pieces.edges[firsts], ends], axis=1).ravel().astype(np.float64)

    def bounds(values: NDArray[np.float64]) -> NDArray[np.float64]:
        low, high = np.minimum.reduceat(values, firsts), np.maximum.reduceat(values, firsts)
        return np.stack([low, high], axis=1).ravel()

    return times, bounds(pieces.values.real.copy()), bounds(pieces.values.imag.copy())
