"""T1 and T2 as channels of single sites.

A transmon's level k decays to k - 1 at the rate k/T1, and a coherence between levels j and k is
lost at the rates of both levels and at (j - k)²/Tφ by pure dephasing, 1/Tφ = 1/T2 - 1/(2 T1).
Each transition has its own jump operator: photons of different transitions can be told apart,
because the anharmonicity is far larger than 1/T1. This channel commutes with a site's own energies.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import sparse

from backline.engines.pulses.model import PulseModel, Site
from backline.engines.pulses.undriven import Complex, Real


def relaxes(model: PulseModel) -> bool:
    """Whether any site has a T1 or T2."""
    return any(site.t1 is not None or site.t2 is not None for site in model.sites)


@dataclass(frozen=True, slots=True, eq=False)
class SiteChannel:
    """What some time does to one site by itself.

    Attributes:
        transfer: Array (d, d): populations after it are `transfer @ populations`.
        coherence: Array (d, d): what is left of each coherence; its diagonal means nothing.
    """

    transfer: Real
    coherence: Real

    def on_elements(self) -> Real:
        """The channel as a matrix over the elements of a density matrix, array (d², d²)."""
        size = len(self.transfer)
        matrix = np.diag(self.coherence.reshape(-1))
        diagonal = np.arange(size) * (size + 1)
        matrix[np.ix_(diagonal, diagonal)] = self.transfer
        return matrix

    def kept(self) -> Real:
        """What is left of each element that no jump takes away, array (d, d), positive."""
        kept: Real = self.coherence.copy()
        np.fill_diagonal(kept, np.diagonal(self.transfer))
        return kept


class Channels:
    """The channels of all sites over any time; what was made is kept.

    Args:
        model: The sites.
        dt: Length of a sample, in s.
    """

    def __init__(self, model: PulseModel, dt: float) -> None:
        self._dims = tuple(site.levels for site in model.sites)
        self._rates = [_rates(site, dt) for site in model.sites]
        self.fastest = max(float(losses.max()) for _, losses in self._rates)
        """The largest rate at which anything is lost, per sample."""
        self._made: dict[float, list[SiteChannel]] = {}
        self._together: dict[tuple[float, int | None], sparse.csr_array] = {}

    def of(self, length: float) -> list[SiteChannel]:
        """The channel of each site over some samples."""
        key = round(length, 9)
        if key not in self._made:
            self._made[key] = [
                SiteChannel(_transfer(decay * length, len(losses)), np.exp(-losses * length))
                for decay, losses in self._rates
            ]
        return self._made[key]

    def on_densities(self, length: float, site: int | None = None) -> sparse.csr_array:
        """Channels over some samples on the elements of a density matrix, (D², D²).

        Args:
            length: In samples.
            site: The only one whose density matrix it is; None for all sites together.
        """
        key = round(length, 9), site
        if key not in self._together:
            of_site = slice(None) if site is None else slice(site, site + 1)
            self._together[key] = _on_densities(self._dims[of_site], self.of(length)[of_site])
        return self._together[key]

    def apply(self, densities: Complex, length: float) -> Complex:
        """All sites' channels over some samples.

        Args:
            densities: Array (m, D, D) over product states.
            length: In samples.

        Returns:
            Array (m, D, D).
        """
        flat = densities.reshape(len(densities), -1).T
        if flat.shape[1] == 1:  # twice as fast as a matrix of one column
            flat = flat[:, 0]
        after: Complex = (self.on_densities(length) @ flat).T
        return after.reshape(densities.shape)


@lru_cache(maxsize=32)
def channels(model: PulseModel, dt: float) -> Channels:
    """The channels of a model, for samples of some length in s."""
    return Channels(model, dt)


def _rates(site: Site, dt: float) -> tuple[float, Real]:
    """(decay rate of level 1, loss rates of the coherences), per sample."""
    levels = np.arange(float(site.levels))
    decay = 0.0 if site.t1 is None else dt / site.t1
    total = 0.0 if site.t2 is None else dt / site.t2
    dephasing = max(0.0, total - decay / 2)
    losses: Real = decay * (levels[:, None] + levels) / 2
    losses = losses + dephasing * (levels[:, None] - levels) ** 2
    return decay, losses


def _transfer(decayed: float, levels: int) -> Real:
    """Photons are lost one by one, each with the same chance: a binomial distribution."""
    stays = math.exp(-decayed)
    transfer = np.zeros((levels, levels))
    for start in range(levels):
        for to in range(start + 1):
            chance = stays**to * (1 - stays) ** (start - to)
            transfer[to, start] = math.comb(start, to) * chance
    return transfer


def _on_densities(dims: tuple[int, ...], channels: list[SiteChannel]) -> sparse.csr_array:
    """The product of all sites' channels as one matrix over the elements of a density matrix."""
    together = sparse.csr_array(np.ones((1, 1)))
    for channel in channels:
        together = sparse.kron(together, sparse.csr_array(channel.on_elements()), format="csr")
    # Elements are numbered (n_0, n_0', n_1, n_1', …) so far, and (n_0, n_1, …, n_0', n_1', …)
    # in a density matrix.
    count = len(dims)
    pairs = np.arange(math.prod(dims) ** 2).reshape([size for size in dims for _ in range(2)])
    order = pairs.transpose([*range(0, 2 * count, 2), *range(1, 2 * count, 2)]).reshape(-1)
    return together[order][:, order].tocsr()
