"""T1, T2 and density matrices.

A transmon's level k decays to k - 1 at the rate k/T1, and a coherence between levels j and k is
lost at the rates of both levels and at (j - k)²/Tφ by pure dephasing, 1/Tφ = 1/T2 - 1/(2 T1).
Each transition has its own jump operator: photons of different transitions can be told apart,
because the anharmonicity is far larger than 1/T1. This channel commutes with a site's own energies.

Between the flows W of the Hamiltonian the channels act at the two Gauss-Legendre nodes of each
interval: an error of order h⁴/T1 (McLachlan, BIT 35, 1995, for near-integrable splittings), and
every factor is a channel, so that states stay states.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.linalg import expm

from backline.engines.pulses.model import PulseModel, Site
from backline.engines.pulses.pieces import Piece, Plan
from backline.engines.pulses.products import product
from backline.engines.pulses.undriven import Complex, Real, Undriven
from backline.engines.pulses.watching import look

_LARGEST_TURN = 1.6
_LARGEST_DECAY = 0.01
_LONGEST_IDLE = 50e-9
_IDLE_ERROR = 2e-6
_GAUSS = 0.5 - math.sqrt(3) / 6


def relaxes(model: PulseModel) -> bool:
    """Whether any site has a T1 or T2."""
    return any(site.t1 is not None or site.t2 is not None for site in model.sites)


class Relaxation:
    """The channels of all sites.

    Args:
        model: The sites.
        undriven: The Hamiltonian without drives.
    """

    def __init__(self, model: PulseModel, undriven: Undriven) -> None:
        self._dims = undriven.dims
        self._generators = [_rates(site, undriven.dt) for site in model.sites]
        fastest = max(float(losses.max()) for _, losses in self._generators)
        self._driven_interval = _driven_interval(undriven, fastest)
        self._idle_interval = _idle_interval(undriven, fastest)
        self._channels: dict[float, list[tuple[Real, Real]]] = {}

    def apply(self, density: Complex, length: float) -> Complex:
        """All sites' channels over some samples.

        Args:
            density: Array (m, D, D) over product states.
            length: In samples.

        Returns:
            Array (m, D, D).
        """
        shape = density.shape
        density = density.copy()
        for site, (transfer, coherence) in enumerate(self._channel(length)):
            left, levels = math.prod(self._dims[:site]), self._dims[site]
            right = shape[-1] // left // levels
            tensor = density.reshape(-1, left, levels, right, left, levels, right)
            populations = np.einsum("maibcid->imabcd", tensor)  # a view, written to below
            moved = np.tensordot(transfer, populations, 1)
            tensor *= coherence[:, None, None, :, None]
            populations[...] = moved
        return density

    def evolve(self, plan: Plan, density: Complex, start: int, stop: int) -> Complex:
        """Take density matrices from one time to another.

        Args:
            plan: The program.
            density: Array (m, D, D) over product states, in the common frame.
            start: In samples.
            stop: Likewise.

        Returns:
            Array (m, D, D).
        """
        identity = np.eye(density.shape[-1], dtype=np.complex128)
        for piece in plan.pieces:
            first, last = max(start, piece.start), min(stop, piece.stop)
            if first >= last:
                continue
            clock = float(first)
            idle_flows: dict[float, Complex] = {}
            for node, length in [*self._nodes(piece, first, last), (float(last), 0.0)]:
                look(clock)
                key = round(node - clock, 6)
                flow = idle_flows.get(key)
                if flow is None:
                    flow = piece.advance(identity, clock, node)
                if piece.idle:  # nothing but the length matters: the same few come over and over
                    idle_flows[key] = flow
                density = product(product(flow, density), flow.conj().T)
                if length:
                    density = self.apply(density, length)
                clock = node
        return density

    def _nodes(self, piece: Piece, start: int, stop: int) -> Iterator[tuple[float, float]]:
        longest = self._idle_interval if piece.idle else self._driven_interval
        count = max(1, math.ceil((stop - start) / longest))
        size = (stop - start) / count
        for k in range(count):
            yield start + (k + _GAUSS) * size, size / 2
            yield start + (k + 1 - _GAUSS) * size, size / 2

    def _channel(self, length: float) -> list[tuple[Real, Real]]:
        key = round(length, 9)
        if key not in self._channels:
            self._channels[key] = [
                (expm(rates * length), np.exp(-losses * length))
                for rates, losses in self._generators
            ]
        return self._channels[key]


def _rates(site: Site, dt: float) -> tuple[Real, Real]:
    """(generator of the populations, loss rates of the coherences), per sample."""
    levels = np.arange(float(site.levels))
    decay = 0.0 if site.t1 is None else dt / site.t1
    total = 0.0 if site.t2 is None else dt / site.t2
    dephasing = max(0.0, total - decay / 2)
    generator: Real = decay * (np.diag(levels[1:], 1) - np.diag(levels))
    losses: Real = decay * (levels[:, None] + levels) / 2
    losses = losses + dephasing * (levels[:, None] - levels) ** 2
    return generator, losses


def _driven_interval(undriven: Undriven, fastest: float) -> float:
    """How many driven samples may pass between two pairs of nodes.

    Little decays in it, and no level turns far against its neighbours.
    """
    turning = max(float(np.abs(np.diff(energies)).max()) for energies in undriven.local)
    return min(_LARGEST_TURN / turning if turning else math.inf, _LARGEST_DECAY / fastest)


def _idle_interval(undriven: Undriven, fastest: float) -> float:
    """How many idle samples may pass between two pairs of nodes.

    Without exchange, any number. With it, the parts that dressing mixes into a channel turn at
    differences ω of dressed energies and average out. Nodes average them out as well, unless they
    hit a multiple of the period: the longest interval is taken whose error is small.
    """
    rows, columns = np.nonzero(np.triu(undriven.exchange))
    if not len(rows):
        return math.inf
    turning = np.maximum(np.abs(undriven.energies[rows] - undriven.energies[columns]), 1e-12)
    mixing = np.abs(undriven.exchange[rows, columns]) / turning
    lengths = np.geomspace(1.0, max(2.0, _LONGEST_IDLE / undriven.dt), 500)[:, None]
    phase = turning * lengths
    summed = lengths * np.cos(phase / math.sqrt(12)) / (2 * np.sin(phase / 2))
    errors = fastest * (mixing * np.abs(summed - 1 / turning)).max(axis=1)
    good = np.flatnonzero(errors < _IDLE_ERROR)
    return float(lengths[good[-1] if len(good) else 0, 0])
