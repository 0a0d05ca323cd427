"""A stretch of a program on several sites as rows of small gates.

States are seen from the frame in which every site without a drive stands still. There a kick at
time t is exp(-i w C(t)) with C(t)_ij = C_ij exp(i (E_i - E_j) t), block by block of the product
states that C connects. Kicks of pairs that share a site do not commute: each kick is a symmetric
product of them.

Gates are applied in one or two phases, each on a tile of the state: a matrix whose rows are the
product states of neighbouring sites, and whose columns, the lanes, are all that these gates do the
same to. The first phase has the leading sites, the second one the last; they share a site, so that
every pair is in one of them. Half of the first phase's pairs come before, half after the second's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from backline.engines.pulses.small import kicks
from backline.engines.pulses.splitting import Stretch
from backline.engines.pulses.undriven import Complex, Pair, Undriven, sum_over_sites

_VECTOR = 16  # neighbours that compiled loops take at once, and how much faster that is
_GAIN = 3.5
_OVERHEAD = 4  # of a loop, in lanes

Gate = tuple[int, int, int, int, int, int, int, int]


@dataclass(slots=True)
class Phase:
    """Gates on neighbouring sites.

    Attributes:
        first: The first of its sites.
        last: One after the last.
        sites: Those of them that have gates of their own here.
        pairs: Pairs among them.
        gates: (size, n0, s0, n1, s1, length, coefficient, offset) of each: for i < n0 and j < n1,
            on `length` neighbours from i s0 + j s1 on, apply a block to the rows at `offsets`;
            on a tile of one lane. More lanes stretch strides, lengths and offsets.
    """

    first: int
    last: int
    sites: list[int]
    pairs: list[Pair]
    gates: list[Gate] = field(default_factory=list)


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
        wide: Whether many states are evolved at once. They are the lanes then, of a single phase.
    """

    def __init__(self, undriven: Undriven, driven: Sequence[int], *, wide: bool) -> None:
        dims, pairs = undriven.dims, undriven.pairs
        self._undriven = undriven
        self._blocks = {pair.sites: _blocks(pair) for pair in pairs}
        self._at: list[int] = []
        self.width = 0
        split = None if wide else _split(dims, pairs)
        if split is None:
            phases = [Phase(0, len(dims), list(driven), list(pairs))]
        else:
            last, first = split
            leading = [pair for pair in pairs if pair.sites[1] < last]
            rest = [pair for pair in pairs if pair.sites[1] >= last]
            phases = [
                Phase(0, last, [site for site in driven if site < last], leading),
                Phase(first, len(dims), [site for site in driven if site >= last], rest),
            ]
        self.phases = tuple(phases)
        self._build()
        every = [gate for phase in self.phases for gate in phase.gates]
        self.table = np.array(every, dtype=np.int64).reshape(-1, 8)
        self.bounds = np.cumsum([0, *(len(phase.gates) for phase in self.phases)])
        self.shapes = tuple(self._shape(phase) for phase in self.phases)
        self.offsets = np.array([*self._at, 0], dtype=np.int64)
        self.largest = max((gate[0] for phase in self.phases for gate in phase.gates), default=1)

    def coefficients(self, stretch: Stretch, flows: dict[int, Complex]) -> Complex:
        """The coefficients of all rows of a stretch: in each period one a kick, one for the end.

        Args:
            stretch: Patterns of kicks.
            flows: Of each driven site, array (kicks + 1, periods, d, d) as `Flow.flows`.

        Returns:
            Array (periods, kicks + 1, width).
        """
        kicks = len(stretch.pattern.times)
        found = np.empty((stretch.count, kicks + 1, self.width), dtype=np.complex128)
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

        before, final = self.phases[:-1], self.phases[-1]
        for phase in before:
            for pair in reversed(phase.pairs):
                put_kick(pair, 0.5, after=False)
        for phase in self.phases:
            for site in phase.sites:
                turned = flows[site].swapaxes(0, 1)
                put(turned.reshape(*turned.shape[:2], -1), slice(None))
            for pair in phase.pairs:
                whole = phase is final and pair is phase.pairs[-1]
                put_kick(pair, 1.0 if whole else 0.5, after=True)
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
        before, final = self.phases[:-1], self.phases[-1]
        for phase in before:
            for pair in reversed(phase.pairs):
                phase.gates.extend(self._pair_gates(phase, pair))
        for phase in self.phases:
            phase.gates.extend(self._site_gate(phase, site) for site in phase.sites)
            halves = [self._pair_gates(phase, pair) for pair in phase.pairs]
            back = halves[-2::-1] if phase is final else []
            phase.gates.extend(gate for half in (*halves, *back) for gate in half)

    def _site_gate(self, phase: Phase, site: int) -> Gate:
        levels = self._undriven.dims[site]
        lead, stride = self._place(phase, site)
        offset = self._offsets(stride * np.arange(levels))
        return (levels, lead, levels * stride, 1, 0, stride, self._reserve(levels), offset)

    def _pair_gates(self, phase: Phase, pair: Pair) -> list[Gate]:
        a, b = pair.sites
        dims = self._undriven.dims
        lead, outer = self._place(phase, a)
        _, inner = self._place(phase, b)
        gates = []
        for members in self._blocks[pair.sites].members:
            at = members // dims[b] * outer + members % dims[b] * inner
            size = len(members)
            between = math.prod(dims[a + 1 : b])
            where = (lead, dims[a] * outer, between, dims[b] * inner, inner)
            gates.append((size, *where, self._reserve(size), self._offsets(at)))
        return gates

    def _place(self, phase: Phase, site: int) -> tuple[int, int]:
        """How many there are of what lies outside a site's axis, and the axis's stride."""
        dims = self._undriven.dims
        return math.prod(dims[phase.first : site]), math.prod(dims[site + 1 : phase.last])

    def _shape(self, phase: Phase) -> tuple[int, int, int, int]:
        """(rows, lanes, stride of a row, stride of a lane) of a phase's tiles in one state."""
        dims = self._undriven.dims
        rows = math.prod(dims[phase.first : phase.last])
        if phase.first == 0:
            lanes = math.prod(dims[phase.last :])
            return rows, lanes, lanes, 1
        return rows, math.prod(dims[: phase.first]), 1, rows

    def _reserve(self, size: int) -> int:
        self.width += size * size
        return self.width - size * size

    def _offsets(self, at: NDArray[np.int64]) -> int:
        self._at.extend(at.tolist())
        return len(self._at) - len(at)


def _split(dims: tuple[int, ...], pairs: Sequence[Pair]) -> tuple[int, int] | None:
    """(one after the last site of the first phase, first site of the second), or None for one.

    All pairs must be within one of them, and few lanes should be made up.
    """
    best: tuple[float, tuple[int, int]] | None = None
    for last in range(1, len(dims)):
        first = min([last, *(pair.sites[0] for pair in pairs if pair.sites[1] >= last)])
        lanes = (math.prod(dims[last:]), math.prod(dims[:first]))
        of_first = last + sum(pair.sites[1] < last for pair in pairs)
        of_second = len(dims) - last + sum(pair.sites[1] >= last for pair in pairs)
        cost = sum(
            gates * (_price(padded(count)) + _OVERHEAD) / count
            for gates, count in zip((of_first, of_second), lanes, strict=True)
        )
        if best is None or cost < best[0]:
            best = cost, (last, first)
    return best[1] if best else None


def padded(lanes: int) -> int:
    """How many lanes a tile should have for so many: compiled loops like some numbers better."""
    few = _VECTOR // 4
    return few if lanes <= few else -(-lanes // _VECTOR) * _VECTOR


def _price(lanes: int) -> float:
    return lanes if lanes % _VECTOR else lanes / _GAIN


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
