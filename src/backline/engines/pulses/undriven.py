"""The undriven Hamiltonian: local energies, couplings, and the dressed basis.

The engine counts time in samples, so every angular frequency here is in rad per sample. Where all
couplings keep the number of excitations, all sites are seen from one frame that rotates at
`reference`, which changes neither eigenvectors nor couplings. Otherwise `reference` is 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from backline.engines.pulses.arrays import Complex, Real
from backline.engines.pulses.labels import labelled
from backline.engines.pulses.model import ZZ, Coupling, Exchange, PulseModel

__all__ = ["Block", "Complex", "Pair", "Real", "Undriven", "undriven"]

_SMALL = 81
_FRAMES = 8  # that are kept: many programs end at the same time


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Everything that couples two sites.

    Attributes:
        sites: Two sites (a, b), a < b.
        operator: Array (d_a d_b, d_a d_b) over |n_a n_b>, in rad per sample.
    """

    sites: tuple[int, int]
    operator: Real | Complex


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Product states that couplings connect, and the dressed states made of them.

    Attributes:
        states: int64 array (size,): numbers of the product states, ascending.
        energies: Array (size,), eigenvalues, in dressed order.
        vectors: Array (size, size), dressed states as columns.
    """

    states: NDArray[np.int64]
    energies: Real
    vectors: Real | Complex


@dataclass(frozen=True, kw_only=True, eq=False)
class Undriven:
    """H without drives, and its eigenstates.

    Product states are numbered with site 0 as the slowest index: (n_0, n_1, …) is row
    ``numpy.ravel_multi_index((n_0, n_1, …), dims)``. Dressed states carry the same numbers.

    Attributes:
        dt: Length of a sample, in s.
        reference: Frequency of the common frame, in Hz.
        dims: Levels of each site.
        local: One array (levels,) a site: its energies in the common frame.
        pairs: The couplings.
        conserving: Whether all couplings keep the number of excitations.
        dresses: Whether dressed states are computed. Where there are too many product states,
            these take their place, and only the 0-1 transitions are dressed.
    """

    dt: float
    reference: float
    dims: tuple[int, ...]
    local: tuple[Real, ...]
    pairs: tuple[Pair, ...]
    conserving: bool
    dresses: bool = True
    _blocks: dict[int, Block] = field(default_factory=dict, repr=False)
    _frames: dict[float, Complex] = field(default_factory=dict, repr=False)

    @property
    def dimension(self) -> int:
        """D, the number of product states."""
        return math.prod(self.dims)

    @property
    def counter(self) -> float:
        """Twice the frequency of the common frame, in rad per sample."""
        return 4 * math.pi * self.reference * self.dt

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        """Excitations of each site in each product state, int64 array (sites, D)."""
        return np.indices(self.dims).reshape(len(self.dims), -1).astype(np.int64)

    @cached_property
    def bare(self) -> Real:
        """Energies of the product states without couplings, array (D,)."""
        return sum_over_sites(self.local)

    @cached_property
    def couplings(self) -> csr_array:
        """All couplings together, sparse (D, D)."""
        return _embedded(self.dims, self.numbers, self.pairs)

    @cached_property
    def exchange(self) -> Real | Complex:
        """All couplings together, array (D, D)."""
        return self.couplings.toarray()

    @cached_property
    def energies(self) -> Real:
        """Eigenvalues in the common frame, in dressed order, array (D,)."""
        energies = np.zeros(self.dimension)
        for block in self.blocks():
            energies[block.states] = block.energies
        return energies

    @cached_property
    def vectors(self) -> Real | Complex:
        """Dressed states as columns over product states, array (D, D)."""
        vectors = np.zeros((self.dimension,) * 2, dtype=self.couplings.dtype)
        for block in self.blocks():
            vectors[np.ix_(block.states, block.states)] = block.vectors
        return vectors

    @cached_property
    def transitions(self) -> Real:
        """Dressed 0-1 transition of each site in the common frame, shape (sites,)."""
        strides = [math.prod(self.dims[k + 1 :]) for k in range(len(self.dims))]
        return np.array([self._energy(stride) for stride in strides]) - self._energy(0)

    def frame(self, time: float) -> Complex:
        """Phases that turn dressed amplitudes into the qubits' own frames.

        Args:
            time: In samples since the start.

        Returns:
            Array (D,), not to be changed: multiply dressed amplitudes of the common frame by it.
        """
        found = self._frames.get(time)
        if found is None:
            found = np.exp(1j * time * self._rates)
            found.flags.writeable = False
            if self.dimension <= _SMALL:
                if len(self._frames) >= _FRAMES:
                    self._frames.clear()
                self._frames[time] = found
        return found

    @cached_property
    def _rates(self) -> Real:
        """How fast the qubits' own frames turn each dressed state, array (D,)."""
        levels = zip(self.transitions, self.dims, strict=True)
        return sum_over_sites(rate * np.arange(number) for rate, number in levels)

    def blocks(self) -> Iterable[Block]:
        """All blocks, each diagonalised when it is first needed."""
        return (self._block(label) for label in range(int(self._labels.max()) + 1))

    def dressed(self, states: Complex) -> Complex:
        """Amplitudes over dressed states, array (m, D), from those over product states."""
        return self._turned(states, inverse=True)

    def undressed(self, states: Complex) -> Complex:
        """Amplitudes over product states, array (m, D), from those over dressed states."""
        return self._turned(states, inverse=False)

    def _turned(self, states: Complex, *, inverse: bool) -> Complex:
        if not (self.dresses and self.pairs):
            return states.copy()
        if self.dimension <= _SMALL:
            vectors = self.vectors
            return states @ (vectors.conj() if inverse else vectors.T)
        found = np.empty_like(states)
        for block in self.blocks():
            turn = block.vectors.conj().T if inverse else block.vectors
            found[:, block.states] = states[:, block.states] @ turn.T
        return found

    @cached_property
    def _labels(self) -> NDArray[np.int64]:
        return connected_components(abs(self.couplings), directed=False)[1].astype(np.int64)

    def _energy(self, state: int) -> float:
        block = self._block(int(self._labels[state]))
        return float(block.energies[np.searchsorted(block.states, state)])

    def _block(self, label: int) -> Block:
        if label not in self._blocks:
            states = np.flatnonzero(self._labels == label)
            inside = self.couplings[states][:, states].toarray()
            self._blocks[label] = Block(states, *_dress(np.diag(self.bare[states]) + inside))
        return self._blocks[label]


LARGEST_DRESSED = 1200
"""The largest block of connected product states that is diagonalised."""


def largest_block(model: PulseModel) -> int:
    """At most so many product states are connected by couplings.

    Args:
        model: The sites and couplings.
    """
    if not model.exchanges and not model.couplings:
        return 1
    if any(isinstance(item, Coupling) for item in model.couplings):
        return math.prod(site.levels for site in model.sites)
    states = np.ones(1)  # how many have 0, 1, … excitations
    for site in model.sites:
        states = np.convolve(states, np.ones(site.levels))
    return int(states.max())


def dressable(model: PulseModel) -> bool:
    """Whether dressed states are computed; larger models are seen in their product states."""
    return largest_block(model) <= LARGEST_DRESSED


@lru_cache(maxsize=32)
def undriven(model: PulseModel, dt: float) -> Undriven:
    """Build the Hamiltonian without drives.

    Eigenstates are found for each block of connected product states alone, where they cannot mix
    by accident, and labelled by the assignment to product states with the largest total overlap.
    The overlap with its own label is positive in each.

    Args:
        model: The sites and couplings.
        dt: Length of a sample, in s.
    """
    dims = tuple(site.levels for site in model.sites)
    scale = 2 * np.pi * dt
    pairs = _pairs(model, dims, scale)
    conserving = all(_keeps_number(pair, dims) for pair in pairs)
    energies = [site.levels_above_ground() for site in model.sites]
    firsts = [levels[1] if len(levels) > 1 else 0.0 for levels in energies]
    reference = float(np.mean(firsts)) if conserving else 0.0
    local = tuple(scale * (levels - reference * np.arange(len(levels))) for levels in energies)
    return Undriven(
        dt=dt,
        reference=reference,
        dims=dims,
        local=local,
        pairs=pairs,
        conserving=conserving,
        dresses=dressable(model),
    )


@lru_cache(maxsize=64)
def lowering(levels: int) -> Real:
    """The operator a of one site, array (levels, levels), read-only."""
    operator = np.diag(np.sqrt(np.arange(1.0, levels)), 1)
    operator.flags.writeable = False
    return operator


@lru_cache(maxsize=64)
def lowering_at(dims: tuple[int, ...], site: int) -> Real:
    """What takes one excitation from a site, on product states; array (D, D), not to be changed."""
    left, right = math.prod(dims[:site]), math.prod(dims[site + 1 :])
    return np.kron(np.kron(np.eye(left), lowering(dims[site])), np.eye(right))


def sum_over_sites(values: Iterable[Real]) -> Real:
    """For each product state the sum of one value a site, array (D,)."""
    total = np.zeros(1)
    for value in values:
        total = (total[:, None] + value).reshape(-1)
    return total


def _pairs(model: PulseModel, dims: tuple[int, ...], scale: float) -> tuple[Pair, ...]:
    operators: dict[tuple[int, int], Real | Complex] = {}
    for item in (*model.exchanges, *model.couplings):
        a, b = item.sites
        matrix = scale * _operator(item, dims[a], dims[b])
        if a > b:
            matrix = matrix.reshape(dims[a], dims[b], dims[a], dims[b])
            matrix = matrix.transpose(1, 0, 3, 2).reshape(dims[a] * dims[b], -1)
            a, b = b, a
        operators[a, b] = operators.get((a, b), 0) + matrix
    return tuple(Pair(sites, matrix) for sites, matrix in operators.items() if matrix.any())


def _operator(item: Exchange | ZZ | Coupling, first: int, second: int) -> Real | Complex:
    if isinstance(item, Coupling):
        matrix = np.array(item.operator)
        return matrix.real.copy() if not matrix.imag.any() else matrix
    if isinstance(item, ZZ):
        return item.strength * np.diag(np.kron(np.arange(first), np.arange(second)).astype(float))
    hop = np.kron(lowering(first).T, lowering(second))
    return item.strength * (hop + hop.T)


def _keeps_number(pair: Pair, dims: tuple[int, ...]) -> bool:
    a, b = (np.arange(dims[site]) for site in pair.sites)
    total = (a[:, None] + b).reshape(-1)
    return not pair.operator[total[:, None] != total].any()


def _embedded(
    dims: tuple[int, ...], numbers: NDArray[np.int64], pairs: tuple[Pair, ...]
) -> csr_array:
    """Couplings on product states, sparse (D, D)."""
    size = numbers.shape[1]
    every = np.arange(size)
    rows, columns, values = [every[:0]], [every[:0]], [np.zeros(0)]
    for pair in pairs:
        a, b = pair.sites
        strides = [math.prod(dims[site + 1 :]) for site in pair.sites]
        inside = numbers[a] * dims[b] + numbers[b]
        for row, column in zip(*np.nonzero(pair.operator), strict=True):
            members = every[inside == column]
            moved = (row // dims[b] - column // dims[b]) * strides[0]
            moved += (row % dims[b] - column % dims[b]) * strides[1]
            rows.append(members + moved)
            columns.append(members)
            values.append(np.full(len(members), pair.operator[row, column]))
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return coo_array(entries, shape=(size, size)).tocsr()


def _dress(hamiltonian: Real | Complex) -> tuple[Real, Real | Complex]:
    values, columns = np.linalg.eigh(hamiltonian)
    order = labelled(np.abs(columns))
    columns = columns[:, order]
    own = np.diagonal(columns)
    turned = np.where(own == 0, 1.0, own.conj() / np.where(own == 0, 1.0, np.abs(own)))
    return values[order], columns * turned
