"""All samples of one system under one carrier, in whose frame they are equal but for two numbers.

The flow over a part of a sample is an entire function of the drive's size r. It is computed at a
few Chebyshev nodes and interpolated to rounding, so that a thousand samples cost one small matrix
product. With counter-rotating terms it also depends on their angle where the sample begins, and is
interpolated over that too, by a short Fourier series.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses.magnus import dagger, magnus, nearest_unitary
from backline.engines.pulses.undriven import Complex, Real

_ROUNDING = 1e-17
_CLOSE = 1e-9
_TINY = 1e-300  # from a node to itself; nothing beside any other distance

_FEW = 8  # so many sizes are diagonalised themselves
_KEPT = 1 << 22  # bytes of flows that are kept for one set of nodes
_TURN = 0.06  # of counter-rotating terms in a Magnus step, in rad


class Carrier:
    """exp(-i (A + r (L + L†)) t) at any r and t.

    Args:
        hamiltonian: A, array (d, d), in the frame of the carrier, in rad per sample.
        down: L, array (d, d).
        sizes: Array (members,): r of each sample.
        place: Array (samples,): the member that each sample is, or -1.
    """

    def __init__(
        self,
        hamiltonian: Real | Complex,
        down: Real | Complex,
        sizes: Real,
        place: NDArray[np.int64],
    ) -> None:
        self.place = place
        self._sizes = sizes
        self._nodes: _AtNodes
        self._basis: Real | None = None
        self._few = len(sizes) <= _FEW
        if self._few:
            self._nodes = SizeNodes(hamiltonian, down, sizes)
        else:
            self._nodes = nodes_up_to(hamiltonian, down, rounded_up(float(sizes.max())))

    def flows(self, members: NDArray[np.int64], fractions: Real) -> Complex:
        """Array (fractions, members, d, d), for drives of phase 0."""
        if self._basis is None and not self._few:
            self._basis = _over_sizes(self._sizes, self._nodes.sizes)
        return _interpolated(self._nodes.flows(fractions), self._basis, members)


class CounterCarrier(Carrier):
    """The same with what turns the other way round.

    H(t) = A + r (L + L†) + r (exp(-i (ν t + χ)) L + h.c.), t from the beginning of the sample.

    Args:
        hamiltonian: As of `Carrier`.
        down: Likewise.
        sizes: Likewise.
        place: Likewise.
        turning: ν, twice the carrier, in rad per sample.
        angles: Array (members,): χ of each sample.
    """

    def __init__(
        self,
        hamiltonian: Real | Complex,
        down: Real | Complex,
        sizes: Real,
        place: NDArray[np.int64],
        turning: float,
        angles: Real,
    ) -> None:
        self.place = place
        largest = rounded_up(float(sizes.max()), 4)
        nodes = _counter_nodes(*_as_key(hamiltonian), *_as_key(down), largest, turning)
        over_sizes = _over_sizes(sizes, nodes.sizes)
        over_angles = _over_angles(angles, len(nodes.angles))
        self._nodes = nodes
        self._few = False
        self._basis = (over_sizes[:, :, None] * over_angles[:, None, :]).reshape(len(sizes), -1)


class _AtNodes(ABC):
    """Flows at nodes, over any length.

    What is found for the lengths of a pattern is kept: programs and their parts have few patterns.
    """

    sizes: Real

    def __init__(self) -> None:
        self._made: dict[bytes, Complex] = {}

    def flows(self, lengths: Real) -> Complex:
        """Array (lengths, nodes, d, d); not to be changed."""
        key = lengths.tobytes()
        found = self._made.get(key)
        if found is None:
            found = self._flows(lengths)
            found.flags.writeable = False
            if sum(flows.nbytes for flows in [*self._made.values(), found]) > _KEPT:
                self._made.clear()
            self._made[key] = found
        return found

    @abstractmethod
    def _flows(self, lengths: Real) -> Complex:
        """Array (lengths, nodes, d, d)."""


class SizeNodes(_AtNodes):
    """Flows at drives of some sizes.

    Args:
        hamiltonian: A.
        down: L.
        sizes: Array (nodes,).
    """

    def __init__(self, hamiltonian: Real | Complex, down: Real | Complex, sizes: Real) -> None:
        super().__init__()
        self.sizes = sizes
        ladder = down + down.conj().T
        self._values, self._vectors = np.linalg.eigh(hamiltonian + sizes[:, None, None] * ladder)

    def _flows(self, lengths: Real) -> Complex:
        turned = np.exp(-1j * lengths[:, None, None, None] * self._values[:, None])
        flows: Complex = (self._vectors * turned) @ dagger(self._vectors)
        return flows


def nodes_up_to(hamiltonian: Real | Complex, down: Real | Complex, largest: float) -> SizeNodes:
    """Nodes for drives of sizes up to some size.

    Args:
        hamiltonian: As of `Carrier`.
        down: Likewise.
        largest: The size; rounded up, so that programs share their nodes.
    """
    return _nodes(*_as_key(hamiltonian), *_as_key(down), largest)


@lru_cache(maxsize=32)
def _nodes(
    hamiltonian: bytes, kind: str, down: bytes, kind_of_down: str, largest: float
) -> SizeNodes:
    system, lowered = _matrix(hamiltonian, kind), _matrix(down, kind_of_down)
    return SizeNodes(system, lowered, _nodes_of_sizes(largest, lowered + lowered.conj().T))


def _as_key(matrix: Real | Complex) -> tuple[bytes, str]:
    return matrix.tobytes(), matrix.dtype.str


def _matrix(entries: bytes, kind: str) -> Real | Complex:
    flat = np.frombuffer(entries, kind)
    return flat.reshape(math.isqrt(len(flat)), -1)


class _CounterNodes(_AtNodes):
    """Flows with counter-rotating terms at every node of size and angle, within a sample.

    They are kept on a grid of times that is fine against these terms. One more step leads from
    there to any time.
    """

    def __init__(
        self,
        hamiltonian: Real | Complex,
        down: Real | Complex,
        largest: float,
        turning: float,
    ) -> None:
        super().__init__()
        ladder = down + down.conj().T
        self._down, self._turning = down, turning
        self.sizes = _nodes_of_sizes(largest, ladder)
        self.angles = _nodes_of_angles(largest, ladder)
        self._drives = np.repeat(self.sizes, len(self.angles))
        self._begins = np.tile(self.angles, len(self.sizes))
        self._steady = hamiltonian + self._drives[:, None, None] * ladder
        energies = np.diagonal(hamiltonian).real
        fastest = max(abs(turning), float(np.ptp(energies)))
        self._steps = max(2, 2 * math.ceil(fastest / _TURN / 2))
        grid = np.arange(self._steps + 1) / self._steps
        self._grid = magnus(self._hamiltonians, len(self._drives), grid, self._steps)
        # Half as many steps say what an order more gives (Richardson).
        even = grid[::2]
        coarse = magnus(self._hamiltonians, len(self._drives), even, self._steps // 2)
        better = nearest_unitary(self._grid[::2] + (self._grid[::2] - coarse) / 15)
        self._grid[1::2] = self._grid[1::2] @ dagger(self._grid[:-1:2]) @ better[:-1]
        self._grid[::2] = better

    def _flows(self, lengths: Real) -> Complex:
        places = np.floor(lengths * self._steps + _CLOSE).astype(int)
        found = self._grid[places]
        for k, fraction in enumerate(lengths.tolist()):
            begin = float(places[k]) / self._steps
            if fraction - begin > _CLOSE:
                found[k] = self._step(begin, fraction - begin) @ found[k]
        return found

    def _step(self, begin: float, length: float) -> Complex:
        flow: Complex = magnus(
            lambda time: self._hamiltonians(begin + time),
            len(self._drives),
            np.array([length]),
            self._steps,
        )[0]
        return flow

    def _hamiltonians(self, time: float) -> Complex:
        counter = self._drives * np.exp(-1j * (self._turning * time + self._begins))
        moving = counter[:, None, None] * self._down
        return self._steady + moving + moving.conj().swapaxes(-1, -2)


@lru_cache(maxsize=32)
def _counter_nodes(
    hamiltonian: bytes,
    kind: str,
    down: bytes,
    kind_of_down: str,
    largest: float,
    turning: float,
) -> _CounterNodes:
    return _CounterNodes(_matrix(hamiltonian, kind), _matrix(down, kind_of_down), largest, turning)


def _interpolated(nodes: Complex, basis: Real | None, which: NDArray[np.int64]) -> Complex:
    """Matrices at points from those at nodes, (fractions, points, d, d)."""
    if basis is None:
        return nodes[:, which]
    flat = nodes.reshape(*nodes.shape[:2], -1).view(np.float64)
    chosen = basis if len(which) == len(basis) else basis[which]
    found = (chosen @ flat).view(np.complex128)
    return found.reshape(len(nodes), -1, *nodes.shape[2:])


def _nodes_of_sizes(largest: float, ladder: Real | Complex) -> Real:
    """Chebyshev nodes on [0, largest]."""
    norm = math.sqrt(np.vdot(ladder, ladder).real)
    nodes: Real = largest * unit_nodes(_needed(largest / 4 * norm))
    return nodes


@lru_cache(maxsize=256)
def unit_nodes(count: int) -> Real:
    """Chebyshev nodes on [0, 1]."""
    nodes: Real = (1 + np.cos(_angles(count))) / 2
    return nodes


def _over_sizes(sizes: Real, nodes: Real) -> Real:
    """Weights of each node at each size: the polynomial through the nodes.

    By the barycentric formula, which is as accurate as the nodes are
    (Berrut, Trefethen, SIAM Rev. 46, 2004).
    """
    apart = sizes[:, None] - nodes
    apart += _TINY
    weights: Real = _factors_over(nodes) / apart
    weights /= weights.sum(axis=1)[:, None]
    return weights


def _factors_over(nodes: Real) -> Real:
    """Those of the barycentric formula; where nothing sounds, nodes are equal and count alike."""
    return np.ones(len(nodes)) if nodes[0] == nodes[-1] else _factors(len(nodes))


@lru_cache(maxsize=256)
def _factors(count: int) -> Real:
    """Those of the barycentric formula at Chebyshev nodes."""
    factors: Real = np.sin(_angles(count))
    factors[1::2] *= -1
    return factors


@lru_cache(maxsize=256)
def _angles(count: int) -> Real:
    angles: Real = (np.arange(count, dtype=np.float64) + 0.5) * (np.pi / count)
    return angles


def _nodes_of_angles(largest: float, ladder: Real | Complex) -> Real:
    """Equidistant nodes on the circle."""
    count = 2 * _needed(largest * float(np.linalg.norm(ladder))) + 1
    return np.linspace(0.0, 2 * np.pi, count, endpoint=False)


def _over_angles(angles: Real, count: int) -> Real:
    """Weights of each node at each angle: the trigonometric polynomial through the nodes."""
    # Angles grow with time; what they lose in rounding, their multiples would lose many times.
    apart = np.remainder(angles, 2 * np.pi)[:, None] - 2 * np.pi / count * np.arange(count)
    waves = 2 * np.cos(apart[:, :, None] * np.arange(1, count // 2 + 1))
    weights: Real = (1 + waves.sum(axis=2)) / count
    return weights


def rounded_up(size: float, parts: int = 16) -> float:
    """The next of some numbers in each octave, so that programs share their nodes."""
    if size == 0:
        return 0.0
    octave = 2.0 ** math.floor(math.log2(size))
    return octave * math.ceil(size / octave * parts) / parts


def _needed(size: float) -> int:
    """The n at which size^n / n! is lost in rounding.

    The k-th derivative of a flow by the drive's size is at most norm^k: n Chebyshev nodes on [0, r]
    leave 2 (r norm / 4)^n / n!; its k-th harmonic over the angle is at most (r norm)^k / k!.
    """
    error, count = 1.0, 1
    while error > _ROUNDING:
        error *= size / count
        count += 1
    return count
