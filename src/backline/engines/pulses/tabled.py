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

from backline.engines.pulses.carriers import SizeNodes, nodes_up_to, rounded_up, unit_nodes
from backline.engines.pulses.cores import in_parts
from backline.engines.pulses.splitting import Pattern, Stretch
from backline.engines.pulses.systems import System
from backline.engines.pulses.tiles import padded
from backline.engines.pulses.undriven import Complex, Real

_CLOSE = 1e-9
_ENOUGH = 1 << 14  # samples that keep a core busy for much longer than it takes to begin


class Tabled:
    """One site in a stretch of samples in each of which one carrier sounds, or none.

    Args:
        kernels: The compiled code.
        system: What is driven.
        start: The first sample.
        carrier: Array (samples,), or one number for all: of the carrier against the common frame,
            in rad per sample; of no meaning where nothing sounds.
        drive: Array (samples,).
    """

    def __init__(
        self,
        kernels: ModuleType,
        system: System,
        start: int,
        carrier: Real | float,
        drive: Complex,
    ) -> None:
        self._kernels, self._start = kernels, start
        self._levels = len(system.numbers)
        sizes = np.abs(drive)
        loudest = sizes.argmax()
        group = np.zeros(len(drive), dtype=np.int64)
        if not isinstance(carrier, float):
            first = carrier[loudest]
            if ((carrier == first) | (sizes == 0)).all():
                carrier = float(first)
        self._tables: tuple[SizeNodes, ...]
        if isinstance(carrier, float):
            turning = np.array([carrier])
            self._tables = (_site_nodes(system, carrier, rounded_up(float(sizes[loudest]))),)
        else:
            sounds = np.flatnonzero(sizes)
            turning, group[sounds] = np.unique(carrier[sounds], return_inverse=True)
            largest = np.zeros(len(turning))
            np.maximum.at(largest, group, sizes)
            self._tables = tuple(
                _site_nodes(system, speed, rounded_up(size))
                for speed, size in zip(turning.tolist(), largest.tolist(), strict=True)
            )
        self._sounds = (group, drive, turning, *_over_sizes(self._tables))

    def write(self, stretch: Stretch, turn: Complex, found: Complex) -> None:
        """Write flows between the marks of each period, as `Flow.write`."""
        segments, edges, lengths = _segments(stretch.pattern)
        width = 2 * self._levels**2
        most = max(len(nodes.sizes) for nodes in self._tables)
        tables = np.zeros((len(self._tables), len(lengths), most, padded(width)))
        for table, nodes in zip(tables, self._tables, strict=True):
            flows = nodes.flows(lengths)
            numbers = flows.view(np.float64).reshape(*flows.shape[:2], width)
            table[:, : flows.shape[1], :width] = numbers
        self._kernels.local_flows(
            found, segments, edges, stretch.start - self._start, self._start,
            stretch.pattern.period, self._sounds, tables, turn,
        )  # fmt: skip

    def through(self, start: int, count: int, period: int, *, together: bool = False) -> Complex:
        """Flows through periods, one after the other.

        Args:
            start: The first sample.
            count: How many periods.
            period: Samples of each.
            together: Whether all periods begin at the same time.

        Returns:
            Array (count, d, d).
        """
        found = np.empty((count, self._levels, self._levels), dtype=np.complex128)
        first, apart = start - self._start, 0 if together else period
        tables = _planes(self._tables)

        def write(part: slice) -> None:
            begin = first + part.start * period, start + part.start * apart
            self._kernels.whole_flows(found[part], *begin, apart, period, self._sounds, tables)

        in_parts(count, write, count * period // _ENOUGH)
        return found


@lru_cache(maxsize=128)
def _site_nodes(system: System, turning: float, largest: float) -> SizeNodes:
    return nodes_up_to(system.turning(turning), system.down, largest)


@lru_cache(maxsize=64)
def _over_sizes(tables: tuple[SizeNodes, ...]) -> tuple[NDArray[np.int64], Real, Real, Real]:
    """For each carrier how many nodes there are, 1 by the largest size, and over the nodes.

    These are sizes of nodes in largest ones, and the factors of Lagrange's formula.
    """
    counts = np.array([len(nodes.sizes) for nodes in tables])
    scales = np.zeros(len(tables))
    places, factors = np.zeros((len(tables), counts.max())), np.zeros((len(tables), counts.max()))
    for k, nodes in enumerate(tables):
        units = unit_nodes(counts[k])
        if nodes.sizes[0] > 0:
            scales[k] = units[0] / nodes.sizes[0]
        apart = units[:, None] - units
        np.fill_diagonal(apart, 1.0)
        places[k, : counts[k]], factors[k, : counts[k]] = units, 1 / apart.prod(axis=1)
    return counts, scales, places, factors


@lru_cache(maxsize=8)
def _planes(tables: tuple[SizeNodes, ...]) -> Real:
    """Flows through a sample at the nodes of each carrier, (carriers, nodes, 2, width, width)."""
    flows = [nodes.flows(np.ones(1))[0] for nodes in tables]
    levels = flows[0].shape[-1]
    most, width = max(len(item) for item in flows), padded(levels)
    found = np.zeros((len(tables), most, 2, width, width))
    for table, item in zip(found, flows, strict=True):
        table[: len(item), 0, :levels, :levels] = item.real
        table[: len(item), 1, :levels, :levels] = item.imag
    return found


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
