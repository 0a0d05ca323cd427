"""Samples of pulses as constant pieces: most of a long pulse is one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backline.errors import PulseError
from backline.pulse.library import Pulse

_MOST = 10_000_000  # samples of one pulse that are looked at


@dataclass(frozen=True, slots=True)
class Pieces:
    """Samples as constant pieces.

    Attributes:
        edges: int64 array (n + 1,): where the pieces start and the last one ends, in samples.
        values: complex128 array (n,).
    """

    edges: NDArray[np.int64]
    values: NDArray[np.complex128]

    def quiet(self, least: float) -> NDArray[np.int64]:
        """int64 array (k, 2): the pieces that are longer than this many samples."""
        long = np.flatnonzero(np.diff(self.edges) > least)
        return np.stack([self.edges[long], self.edges[long + 1]], axis=1)

    def within(self, start: float, stop: float) -> Pieces:
        """The pieces of which some is in between."""
        first = max(int(np.searchsorted(self.edges, start, side="right")) - 1, 0)
        last = int(np.searchsorted(self.edges, stop, side="left"))
        return Pieces(self.edges[first : last + 1], self.values[first:last])


class Sampler:
    """Samples pulses, each kind of pulse once."""

    def __init__(self) -> None:
        self._found: dict[Pulse, Pieces | None] = {}

    def pieces(self, pulse: Pulse) -> Pieces | None:
        """The samples of a pulse.

        None where there are none: a parameter is not bound, it has no envelope, or it is too long
        to look at.
        """
        if pulse not in self._found:
            self._found[pulse] = _sampled(pulse)
        return self._found[pulse]


def _sampled(pulse: Pulse) -> Pieces | None:
    if pulse.free or pulse.duration > _MOST:
        return None
    try:
        return pieces_of(pulse.get_waveform().samples)
    except PulseError:
        return None


def pieces_of(samples: NDArray[np.complex128]) -> Pieces:
    """Samples as constant pieces.

    Args:
        samples: complex128 array (n,).
    """
    if not len(samples):
        return Pieces(np.zeros(1, np.int64), samples)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(samples)) + 1))
    edges = np.concatenate((starts, [len(samples)])).astype(np.int64)
    return Pieces(edges, samples[starts])
