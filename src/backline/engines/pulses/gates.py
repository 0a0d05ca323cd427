"""A stretch of a program on several sites as rows of small gates.

States are seen from the frame in which every site without a drive stands still. There a kick at
time t is exp(-i w C(t)) with C(t)_ij = C_ij exp(i (E_i - E_j) t), block by block of the product
states that C connects. Kicks of pairs that share a site do not commute: each kick is a symmetric
product of them. Half of the front's pairs come before, half after the tail's.

Gates on the last sites have no neighbours in memory that could be computed at once; they are
applied to turned tiles, whose last axis is that of the leading sites.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from backline.engines.pulses.small import kicks
from backline.engines.pulses.splitting import Stretch
from backline.engines.pulses.undriven import Complex, Pair, Undriven, sum_over_sites

Gate = tuple[int, int, int, int, int, int, int, int]


@dataclass(slots=True)
class Gates:
    """How to apply one row of coefficients, as `kernels.evolve` takes it.

    Attributes:
        front: (size, n0, s0, n1, s1, length, coefficient, offset) of each gate: for i < n0 and
            j < n1, on `length` neighbours from i s0 + j s1 on, apply a block to the rows at
            `offsets`.
        tail: The same on turned tiles of one lane; more lanes stretch all but sizes and counts.
        offsets: Of all blocks.
        width: How many coefficients there are in a row.
    """

    front: list[Gate] = field(default_factory=list)
    tail: list[Gate] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    width: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Blocks:
    """A pair's blocks: which product states each connects, and their entries one after another."""

    members: list[NDArray[np.int64]]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]


class Circuit:
    """The gates of states under the drives of one stretch.

    Args:
        undriven: The sites and couplings.
        driven: The sites that are not silent.
        tail: How many of the last sites are applied to turned tiles; all, where many states are
            evolved at once; none, where nothing is compiled.
    """

    def __init__(self, undriven: Undriven, driven: list[int], tail: int) -> None:
        dims = undriven.dims
        self._undriven = undriven
        self._cut = len(dims) - tail
        self.size = math.prod(dims[self._cut :])
        self.leading = math.prod(dims[: self._cut])
        pairs = undriven.pairs
        self._front_pairs = [pair for pair in pairs if pair.sites[0] < self._cut]
        self._tail_pairs = [pair for pair in pairs if pair.sites[0] >= self._cut]
        reach = {site for pair in self._front_pairs for site in pair.sites}
        self._front_sites = [s for s in driven if s < self._cut or s in reach]
        self._tail_sites = [s for s in driven if s not in self._front_sites]
        self._blocks = {pair.sites: _blocks(pair) for pair in pairs}
        self._made = Gates()
        self._build()
        self.front = _table(self._made.front)
        self.tail = _table(self._made.tail)
        self.offsets = np.array([*self._made.offsets, 0], dtype=np.int64)
        self.largest = max([gate[0] for gate in (*self._made.front, *self._made.tail)], default=1)

    def coefficients(self, stretch: Stretch, flows: dict[int, Complex]) -> Complex:
        """The coefficients of all rows of a stretch: in each period one a kick, one for the end.

        Args:
            stretch: Patterns of kicks.
            flows: Of each driven site, array (kicks + 1, periods, d, d) as `Flow.flows`.

        Returns:
            Array (periods, kicks + 1, width).
        """
        kicks = len(stretch.pattern.times)
        found = np.empty((stretch.count, kicks + 1, self._made.width), dtype=np.complex128)
        place = 0

        def put(values: Complex, rows: slice) -> None:
            nonlocal place
            found[:, rows, place : place + values.shape[2]] = values
            place += values.shape[2]

        def put_kick(pair: Pair, share: float, *, after: bool) -> None:
            blocks = self._blocks[pair.sites]
            here = slice(place, place + len(blocks.rows))
            found[:, -1 if after else 0, here] = blocks.rows == blocks.columns
            rows = slice(0, kicks) if after else slice(1, kicks + 1)
            put(self._kicks(pair, stretch, share), rows)

        def put_site(site: int) -> None:
            turned = flows[site].swapaxes(0, 1)
            put(turned.reshape(*turned.shape[:2], -1), slice(None))

        for pair in reversed(self._front_pairs):
            put_kick(pair, 0.5, after=False)
        for site in self._front_sites:
            put_site(site)
        for pair in self._front_pairs:
            put_kick(pair, 0.5, after=True)
        for site in self._tail_sites:
            put_site(site)
        for pair in self._tail_pairs[:-1]:
            put_kick(pair, 0.5, after=True)
        for pair in self._tail_pairs[-1:]:
            put_kick(pair, 1.0, after=True)
        return found

    def _kicks(self, pair: Pair, stretch: Stretch, share: float) -> Complex:
        """Entries of all blocks in each kick, array (periods, kicks, entries)."""
        blocks = self._blocks[pair.sites]
        energies = sum_over_sites([self._undriven.local[site] for site in pair.sites])
        turning = 1j * (energies[blocks.rows] - energies[blocks.columns])
        pattern = stretch.pattern
        firsts = stretch.start + pattern.period * np.arange(stretch.count)
        entries = kicks(pair, pattern, share)[:, blocks.rows, blocks.columns]
        entries = entries * np.exp(turning * pattern.times[:, None])
        return np.exp(turning * firsts[:, None])[:, None, :] * entries

    def _build(self) -> None:
        front, tail = self._made.front, self._made.tail
        for pair in reversed(self._front_pairs):
            front.extend(self._pair_gates(pair))
        for site in self._front_sites:
            front.append(self._site_gate(site))
        for pair in self._front_pairs:
            front.extend(self._pair_gates(pair))
        for site in self._tail_sites:
            tail.append(self._site_gate(site, turned=True))
        halves = [self._pair_gates(pair, turned=True) for pair in self._tail_pairs]
        for gates in [*halves, *halves[-2::-1]]:
            tail.extend(gates)

    def _site_gate(self, site: int, *, turned: bool = False) -> Gate:
        levels = self._undriven.dims[site]
        lead, stride = self._place(site, turned=turned)
        offset = self._offsets(stride * np.arange(levels))
        return (levels, lead, levels * stride, 1, 0, stride, self._reserve(levels), offset)

    def _pair_gates(self, pair: Pair, *, turned: bool = False) -> list[Gate]:
        a, b = pair.sites
        dims = self._undriven.dims
        lead, outer = self._place(a, turned=turned)
        _, inner = self._place(b, turned=turned)
        gates = []
        for members in self._blocks[pair.sites].members:
            at = members // dims[b] * outer + members % dims[b] * inner
            size = len(members)
            between = math.prod(dims[a + 1 : b])
            where = (lead, dims[a] * outer, between, dims[b] * inner, inner)
            gates.append((size, *where, self._reserve(size), self._offsets(at)))
        return gates

    def _place(self, site: int, *, turned: bool) -> tuple[int, int]:
        """How many there are of what lies outside a site's axis, and the axis's stride."""
        dims = self._undriven.dims
        inside = math.prod(dims[site + 1 :])
        return math.prod(dims[self._cut if turned else 0 : site]), inside

    def _reserve(self, size: int) -> int:
        self._made.width += size * size
        return self._made.width - size * size

    def _offsets(self, at: NDArray[np.int64]) -> int:
        self._made.offsets.extend(at.tolist())
        return len(self._made.offsets) - len(at)


def _blocks(pair: Pair) -> _Blocks:
    connected = pair.operator != 0
    count, labels = connected_components(connected, directed=False)
    members = [np.flatnonzero(labels == label) for label in range(count)]
    members = [block for block in members if connected[np.ix_(block, block)].any()]
    return _Blocks(
        members,
        np.concatenate([np.repeat(block, len(block)) for block in members]),
        np.concatenate([np.tile(block, len(block)) for block in members]),
    )


def _table(gates: list[Gate]) -> NDArray[np.int64]:
    return np.array(gates, dtype=np.int64).reshape(-1, 8)
