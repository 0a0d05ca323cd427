"""A stretch of a program on several sites as rows of small gates.

States are seen from the common frame, where a kick is exp(-i w C), block by block of the product
states that C connects, and the same in every period. Kicks of pairs that share a site do not
commute: each kick is a symmetric product of them.

Gates are applied in one or two phases, each on a tile of the state: a matrix whose rows are the
product states of neighbouring sites, and whose columns, the lanes, are all that these gates do the
same to. The first phase has the leading sites, the second one the last; they share a site, so that
every pair is in one of them. Half of the first phase's pairs come before, half after the second's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from backline.engines.pulses.small import kicks
from backline.engines.pulses.splitting import Pattern, Stretch
from backline.engines.pulses.tiles import split
from backline.engines.pulses.undriven import Complex, Pair, Real, Undriven, sum_over_sites

Gate = tuple[int, int, int, int, int, int, int, int, int]

MOVING, REAL, COMPLEX, DIAGONAL, EXCHANGE = range(5)
"""Kinds of gates: of drives, which are new in every period; of couplings, real or not; phases; and
exchanges of two sites of three levels, which are real and of three blocks at once."""

EXCHANGED = (2, 3, 2)
"""Rows of an exchange's blocks."""


@dataclass(slots=True)
class Phase:
    """Gates on neighbouring sites.

    Attributes:
        first: The first of its sites.
        last: One after the last.
        sites: Those of them that evolve here; others do in another phase.
        pairs: Pairs among them.
        gates: (kind, size, n0, s0, n1, s1, length, coefficient, offset) of each: for i < n0 and
            j < n1, on `length` neighbours from i s0 + j s1 on, apply a block to the rows at
            `offsets`; on a tile of one lane. More lanes stretch strides, lengths and offsets.
            `DIAGONAL` ones have one coefficient for each row of the tile.
    """

    first: int
    last: int
    sites: list[int]
    pairs: list[Pair]
    gates: list[Gate] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class _Kick:
    """Where the coefficients of a pair's kick stand.

    Attributes:
        place: The first of them.
        pair: Whose kick.
        share: How much of it.
        after: Whether it is a row's own kick, or what is left of the one before.
    """

    place: int
    pair: Pair
    share: float
    after: bool


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

    Attributes:
        turn: Array (D,): states times the conjugate of it are what the gates act on.
        table: int64 array (gates, 9) of all phases, one after another.
        bounds: Where each phase begins in it, and where the last one ends.
        shapes: Of each phase, rows of a tile and lanes of one state.
        offsets: Where the rows of blocks lie in a tile of one lane.
        largest: Size of the largest block that is a gate.
    """

    def __init__(self, undriven: Undriven, driven: Sequence[int], *, wide: bool) -> None:
        dims, pairs = undriven.dims, undriven.pairs
        self._undriven, self._driven = undriven, frozenset(driven)
        self._blocks = {pair.sites: _blocks(pair) for pair in pairs}
        self._turns = _turns(dims, pairs)
        self.turn = reduce(np.multiply.outer, self._turns).reshape(-1)
        self._at: list[int] = []
        self._width = self._fixed_width = 0
        self._flows: dict[int, int] = {}
        self._kicks: list[_Kick] = []
        self._rests: list[tuple[int, Real]] = []
        self._fixed: dict[Pattern, Complex] = {}
        both = None if wide else split(dims, pairs)
        self.phases: tuple[Phase, ...]
        if both is None:
            self.phases = (Phase(0, len(dims), list(range(len(dims))), list(pairs)),)
        else:
            last, first = both
            leading = [pair for pair in pairs if pair.sites[1] < last]
            rest = [pair for pair in pairs if pair.sites[1] >= last]
            self.phases = (
                Phase(0, last, list(range(last)), leading),
                Phase(first, len(dims), list(range(last, len(dims))), rest),
            )
        self._build()
        every = [gate for phase in self.phases for gate in phase.gates]
        self.table = np.array(every, dtype=np.int64).reshape(-1, 9)
        self.bounds = np.cumsum([0, *(len(phase.gates) for phase in self.phases)])
        self.shapes = tuple(self._shape(phase) for phase in self.phases)
        self.offsets = np.array([*self._at, 0, 0, 0, 0], dtype=np.int64)
        sizes = [gate[1] for gate in every if gate[0] not in (DIAGONAL, EXCHANGE)]
        self.largest = max(sizes, default=1)

    def moving(self, stretch: Stretch) -> tuple[Complex, dict[int, Complex]]:
        """Room for the coefficients of drives in all rows.

        Args:
            stretch: Patterns of kicks; each period has a row a kick, and one for its end.

        Returns:
            Array (periods, kicks + 1, width), and of each driven site the part of it that its flows
            are to be written to, array (periods, kicks + 1, d, d).
        """
        rows = np.empty(
            (stretch.count, len(stretch.pattern.times) + 1, self._width), dtype=np.complex128
        )
        places = {
            site: rows[:, :, place : place + self._undriven.dims[site] ** 2].reshape(
                *rows.shape[:2], self._undriven.dims[site], -1
            )
            for site, place in self._flows.items()
        }
        return rows, places

    def turn_of(self, site: int) -> Complex:
        """What one site has of `turn`, array (d,)."""
        return self._turns[site]

    def fixed(self, pattern: Pattern) -> Complex:
        """The other coefficients, which are the same in every period; array (kicks + 1, width)."""
        if pattern not in self._fixed:
            self._fixed[pattern] = self._made_fixed(pattern)
        return self._fixed[pattern]

    def _made_fixed(self, pattern: Pattern) -> Complex:
        rows = len(pattern.times) + 1
        found = np.empty((rows, self._fixed_width), dtype=np.complex128)
        for kick in self._kicks:
            blocks = self._blocks[kick.pair.sites]
            turn = np.multiply.outer(*(self._turns[site] for site in kick.pair.sites)).reshape(-1)
            here = slice(kick.place, kick.place + len(blocks.rows))
            found[:, here] = blocks.rows == blocks.columns
            entries = kicks(kick.pair, pattern, kick.share)[:, blocks.rows, blocks.columns]
            entries = entries * (turn.conj()[blocks.rows] * turn[blocks.columns])
            found[: rows - 1 if kick.after else rows, here][0 if kick.after else 1 :] = entries
        lengths = np.diff(pattern.marks)[:, None]
        for place, energies in self._rests:
            found[:, place : place + len(energies)] = np.exp(-1j * lengths * energies)
        return found

    def _build(self) -> None:
        before, final = self.phases[:-1], self.phases[-1]
        for phase in before:
            self._add_kicks(phase, phase.pairs[::-1], 0.5, after=False)
        for phase in self.phases:
            self._add_flows(phase)
            if phase is not final:
                self._add_kicks(phase, phase.pairs, 0.5, after=True)
        self._add_kicks(final, final.pairs[:-1], 0.5, after=True)
        self._add_kicks(final, final.pairs[-1:], 1.0, after=True)
        self._add_kicks(final, final.pairs[-2::-1], 0.5, after=True)

    def _add_flows(self, phase: Phase) -> None:
        """Driven sites one by one, the phases of all others in one go."""
        dims = self._undriven.dims
        for site in phase.sites:
            if site in self._driven:
                levels = dims[site]
                lead, stride = self._place(phase, site)
                offset = self._offsets(stride * np.arange(levels))
                self._flows[site] = self._width
                where = (lead, levels * stride, 1, 0, stride)
                phase.gates.append((MOVING, levels, *where, self._width, offset))
                self._width += levels**2
        resting = [site for site in phase.sites if site not in self._driven]
        if resting:
            energies = sum_over_sites(
                self._undriven.local[site] if site in resting else np.zeros(dims[site])
                for site in range(phase.first, phase.last)
            )
            place = self._reserve(len(energies))
            self._rests.append((place, energies))
            phase.gates.append((DIAGONAL, len(energies), 1, 0, 1, 0, 1, place, 0))

    def _add_kicks(self, phase: Phase, pairs: Sequence[Pair], share: float, *, after: bool) -> None:
        for pair in pairs:
            self._kicks.append(_Kick(self._fixed_width, pair, share, after))
            phase.gates.extend(self._pair_gates(phase, pair))

    def _pair_gates(self, phase: Phase, pair: Pair) -> list[Gate]:
        a, b = pair.sites
        dims = self._undriven.dims
        lead, outer = self._place(phase, a)
        _, inner = self._place(phase, b)
        turn = np.multiply.outer(self._turns[a], self._turns[b]).reshape(-1)
        turned = turn.conj()[:, None] * pair.operator * turn
        kind = COMPLEX if turned.real.any() else REAL
        where = (lead, dims[a] * outer, math.prod(dims[a + 1 : b]), dims[b] * inner, inner)
        gates = []
        blocks = self._blocks[pair.sites].members
        if kind == REAL and tuple(len(members) for members in blocks) == EXCHANGED:
            kind, blocks = EXCHANGE, [np.concatenate(blocks)]
        for members in blocks:
            at = members // dims[b] * outer + members % dims[b] * inner
            size = len(members)
            entries = sum(k**2 for k in EXCHANGED) if kind == EXCHANGE else size**2
            gates.append((kind, size, *where, self._reserve(entries), self._offsets(at)))
        return gates

    def _place(self, phase: Phase, site: int) -> tuple[int, int]:
        """How many there are of what lies outside a site's axis, and the axis's stride."""
        dims = self._undriven.dims
        return math.prod(dims[phase.first : site]), math.prod(dims[site + 1 : phase.last])

    def _shape(self, phase: Phase) -> tuple[int, int]:
        """Rows of a phase's tiles, and how many lanes one state has."""
        dims = self._undriven.dims
        rows = math.prod(dims[phase.first : phase.last])
        return rows, math.prod(dims) // rows

    def _reserve(self, count: int) -> int:
        self._fixed_width += count
        return self._fixed_width - count

    def _offsets(self, at: NDArray[np.int64]) -> int:
        self._at.extend(at.tolist())
        return len(self._at) - len(at)


def _turns(dims: tuple[int, ...], pairs: Sequence[Pair]) -> list[Complex]:
    """i**n for the levels n of every other site, where neighbours are coupled; 1 for the rest.

    Kicks of an exchange are real then, which is half the work.
    """
    odd: dict[int, int] = {}
    for start in range(len(dims)):
        waiting = [start] if start not in odd else []
        odd.setdefault(start, 0)
        while waiting:
            site = waiting.pop()
            near = [other for pair in pairs if site in pair.sites for other in pair.sites]
            for other in near:
                if other not in odd:
                    odd[other] = 1 - odd[site]
                    waiting.append(other)
    powers = np.array([1, 1j, -1, -1j])
    return [powers[np.arange(levels) * odd[site] % 4] for site, levels in enumerate(dims)]


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
