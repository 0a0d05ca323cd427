"""Flows of single sites under their own energies and tones, exact over any interval.

In the frame of the carrier a site's Hamiltonian is constant within a sample, so its flow is one
small exponential. Where two carriers play on one site in one sample, that sample is crossed by a
few steps of the fourth-order Magnus integrator (Blanes, Casas, Oteo, Ros, Phys. Rep. 470, 2009).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses.undriven import Complex, Real, lowering, unitary

_GAUSS = math.sqrt(3) / 6


class LocalFlow:
    """The flow U(t) of one site from the start of a stretch of samples, in the common frame.

    Args:
        energies: Array (levels,), in rad per sample.
        detunings: Array (tones, samples), as in `Tones`, of this site's tones alone.
        amplitudes: Array (tones, samples), likewise.
        start: The first sample.
        substeps: Magnus steps a sample, where two carriers play at once.
    """

    def __init__(
        self, energies: Real, detunings: Real, amplitudes: Complex, start: int, substeps: int
    ) -> None:
        self._energies = energies
        self._ladder = lowering(len(energies))
        self._start = start
        self._substeps = substeps
        self._samples = amplitudes.shape[1]
        self._detunings = detunings
        self._amplitudes = amplitudes
        self._carrier, self._several = _carriers(detunings, amplitudes)
        # Equal samples, such as a pulse's flat top, are diagonalised once.
        total = np.where(self._several, 0.0, amplitudes.sum(axis=0))
        keys = np.stack([self._carrier, total.real, total.imag], axis=1)
        _, first, self._same = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        self._same = self._same.reshape(-1)
        hamiltonians = self._constant(self._carrier[first], total[first])
        self._values, self._vectors = np.linalg.eigh(hamiltonians)
        every = np.arange(self._samples)
        self._until = unitary(_products(self._within(every, np.ones(self._samples))))

    def at(self, times: Real) -> Complex:
        """U at some times.

        Args:
            times: Array (n,), in samples since the program's start, within the stretch.

        Returns:
            Array (n, levels, levels).
        """
        since = times - self._start
        samples = np.clip(np.floor(since).astype(np.int64), 0, self._samples - 1)
        return self._within(samples, since - samples) @ self._until[samples]

    def _constant(self, carriers: Real, amplitudes: Complex) -> Complex:
        """Hamiltonians in the carrier's frame, array (n, levels, levels)."""
        levels = len(self._energies)
        diagonal = self._energies - carriers[:, None] * np.arange(levels)
        down = amplitudes[:, None, None] * self._ladder
        return diagonal[:, :, None] * np.eye(levels) + down + _dagger(down)

    def _within(self, samples: NDArray[np.int64], length: Real) -> Complex:
        """Flows from the start of some samples over a part of each."""
        which = self._same[samples]
        flows = _exponential(self._values[which] * length[:, None], self._vectors[which])
        several = np.flatnonzero(self._several[samples])
        if len(several):
            flows[several] = self._magnus(samples[several], length[several])
        begin = (self._start + samples).astype(float)
        rotation = self._carrier[samples][:, None] * np.arange(len(self._energies))
        leave = np.exp(-1j * rotation * (begin + length)[:, None])
        enter = np.exp(1j * rotation * begin[:, None])
        return leave[:, :, None] * flows * enter[:, None, :]

    def _magnus(self, samples: NDArray[np.int64], length: Real) -> Complex:
        step = length / self._substeps
        identity = np.eye(len(self._energies), dtype=np.complex128)
        flows: Complex = np.broadcast_to(identity, (len(samples), *self._ladder.shape))
        for k in range(self._substeps):
            first = self._moving(samples, (k + 0.5 - _GAUSS) * step)
            second = self._moving(samples, (k + 0.5 + _GAUSS) * step)
            commutator = first @ second - second @ first
            h = step[:, None, None]
            exponent = h / 2 * (first + second) + 1j * h**2 * (_GAUSS / 2) * commutator
            flows = _exponential(*np.linalg.eigh(exponent)) @ flows
        return flows

    def _moving(self, samples: NDArray[np.int64], since: Real) -> Complex:
        """Hamiltonians in the first carrier's frame some time into a sample with several."""
        carriers = self._carrier[samples]
        times = self._start + samples + since
        turns = np.exp(1j * (self._detunings[:, samples] - carriers) * times)
        return self._constant(carriers, (self._amplitudes[:, samples] * turns).sum(axis=0))


def _carriers(detunings: Real, amplitudes: Complex) -> tuple[Real, NDArray[np.bool_]]:
    """The first sounding tone's detuning in each sample, and whether there are others."""
    samples = amplitudes.shape[1]
    carrier = np.zeros(samples)
    taken = np.zeros(samples, dtype=bool)
    several = np.zeros(samples, dtype=bool)
    for detuning, amplitude in zip(detunings, amplitudes, strict=True):
        sounds = amplitude != 0
        several |= sounds & taken & (detuning != carrier)
        carrier = np.where(sounds & ~taken, detuning, carrier)
        taken |= sounds
    return carrier, several


def _exponential(values: Real, vectors: Complex) -> Complex:
    return (vectors * np.exp(-1j * values)[:, None, :]) @ _dagger(vectors)


def _dagger(matrices: Complex) -> Complex:
    return matrices.conj().swapaxes(-1, -2)


def _products(flows: Complex) -> Complex:
    """Products of all flows before each one: entry k takes the start to sample k."""
    products = np.concatenate(
        [np.broadcast_to(np.eye(flows.shape[1]), (1, *flows.shape[1:])), flows]
    )
    shift = 1
    while shift < len(products):  # a prefix scan: log2(n) vectorised products
        products[shift:] = products[shift:] @ products[:-shift]
        shift *= 2
    return products
