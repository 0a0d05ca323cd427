"""Flows of one site from tables of flows at nodes, by compiled code.

Within a sample a flow depends on the length of the interval alone, and in all periods of a pattern
there are the same few lengths.
"""

from __future__ import annotations

import itertools
from functools import lru_cache
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses.carriers import Carrier
from backline.engines.pulses.splitting import Pattern, Stretch
from backline.engines.pulses.tiles import padded
from backline.engines.pulses.undriven import Complex, Real

_CLOSE = 1e-9


class Tabled:
    """One site in a stretch of samples in each of which one carrier sounds, or none.

    Args:
        kernels: The compiled code.
        groups: The carriers, which share out the samples.
        start: The first sample.
        turning: Array (samples,): of the carrier against the common frame, in rad per sample.
        sizes: Array (samples,): of the drive.
        phases: Array (samples,): likewise; each level has it once more than the one below.
        levels: Of the site.
    """

    def __init__(
        self,
        kernels: ModuleType,
        groups: list[Carrier],
        start: int,
        turning: Real,
        sizes: Real,
        phases: Real,
        levels: int,
    ) -> None:
        self._kernels, self._carriers, self._start = kernels, groups, start
        self._sizes, self._phases, self._levels = sizes, phases, levels
        found = [group.nodes() for group in groups]
        self._counts = np.array([len(nodes) for nodes, _ in found])
        self._nodes, self._factors = np.zeros((2, len(groups), self._counts.max()))
        self._turning = np.zeros(len(groups))
        self._group = np.zeros(len(phases), dtype=np.int64)
        for k, (group, (nodes, factors)) in enumerate(zip(groups, found, strict=True)):
            self._nodes[k, : len(nodes)], self._factors[k, : len(nodes)] = nodes, factors
            members = group.place >= 0
            self._group[members] = k
            self._turning[k] = turning[np.argmax(members)]

    def write(self, stretch: Stretch, turn: Complex, found: Complex) -> None:
        """Write flows between the marks of each period, as `Flow.write`."""
        segments, edges, lengths = _segments(stretch.pattern)
        width = 2 * self._levels**2
        carriers, most = self._nodes.shape
        tables = np.zeros((carriers, len(lengths), most, padded(width)))
        for table, carrier in zip(tables, self._carriers, strict=True):
            nodes = carrier.at_nodes(lengths)
            numbers = nodes.view(np.float64).reshape(*nodes.shape[:2], width)
            table[:, : nodes.shape[1], :width] = numbers
        self._kernels.local_flows(
            found,
            segments,
            edges,
            stretch.start - self._start,
            self._start,
            stretch.pattern.period,
            self._group,
            self._sizes,
            self._phases,
            self._counts,
            self._nodes,
            self._factors,
            self._turning,
            tables,
            turn,
        )


@lru_cache(maxsize=256)
def _segments(pattern: Pattern) -> tuple[NDArray[np.int64], Real, Real]:
    """Intervals between marks, cut at the edges of samples.

    They are (interval, sample, row of its length), (from, to), and the different lengths.

    Some steps of the splitting go back in time.
    """
    segments: list[tuple[int, int, int]] = []
    edges: list[tuple[float, float]] = []
    for interval, (begin, end) in enumerate(itertools.pairwise(pattern.marks.tolist())):
        low, high = min(begin, end), max(begin, end)
        inside = np.arange(np.floor(low + _CLOSE) + 1, np.ceil(high - _CLOSE))
        cuts = np.array([low, *inside, high])
        samples = np.minimum(np.floor(cuts[:-1] + _CLOSE), pattern.period - 1).astype(int)
        parts = list(zip(samples.tolist(), cuts[:-1].tolist(), cuts[1:].tolist(), strict=True))
        for sample, start, stop in parts if begin <= end else parts[::-1]:
            segments.append((interval, sample, 0))
            edges.append((start, stop) if begin <= end else (stop, start))
    between = np.array(edges)
    lengths, rows = np.unique(np.round(between[:, 1] - between[:, 0], 14), return_inverse=True)
    table = np.array(segments, dtype=np.int64)
    table[:, 2] = rows
    return table, between, lengths
