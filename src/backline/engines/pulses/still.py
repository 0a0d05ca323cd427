"""Stretches whose Hamiltonian is constant in some rotating frame: one diagonalisation each.

These are the idle times, however long, and the flat tops of pulses with one carrier.
"""

from __future__ import annotations

import numpy as np

from backline.engines.pulses.products import product
from backline.engines.pulses.tones import Tones
from backline.engines.pulses.undriven import Complex, Real, Undriven, embed, lowering


class StillPiece:
    """A stretch with a constant Hamiltonian in a frame that rotates at `detuning`.

    Args:
        start: The first sample.
        stop: One after the last sample.
        detuning: Of that frame from the common one, in rad per sample.
        total: Array (D,), excitations of each product state.
        energies: Array (D,), eigenvalues in that frame.
        vectors: Array (D, D), eigenvectors as columns over product states.
        idle: Whether nothing plays.
    """

    def __init__(
        self,
        start: int,
        stop: int,
        *,
        detuning: float,
        total: Real,
        energies: Real,
        vectors: Complex | Real,
        idle: bool,
    ) -> None:
        self.idle = idle
        self.start, self.stop = start, stop
        self._frame = detuning * total
        self._energies = energies
        self._vectors = vectors

    def advance(self, columns: Complex, start: float, stop: float) -> Complex:
        """Take states from one time to another, as `DrivenPiece.advance`."""
        inside = np.exp(1j * self._frame * start)[:, None] * columns
        inside = product(self._vectors.conj().T, inside)
        inside *= np.exp(-1j * self._energies * (stop - start))[:, None]
        inside = product(self._vectors, inside)
        return np.exp(-1j * self._frame * stop)[:, None] * inside


def idle(undriven: Undriven, start: int, stop: int) -> StillPiece:
    """A stretch in which nothing plays."""
    return StillPiece(
        start,
        stop,
        detuning=0.0,
        total=undriven.numbers.sum(axis=0),
        energies=undriven.energies,
        vectors=undriven.vectors,
        idle=True,
    )


def constant(undriven: Undriven, tones: Tones, stop: int) -> StillPiece:
    """A stretch that goes on as its first sample, in which every tone has the same carrier.

    Args:
        undriven: The Hamiltonian without drives.
        tones: What plays; only its first sample is read.
        stop: One after the last sample.
    """
    amplitudes = tones.amplitudes[:, 0]
    sounding = np.flatnonzero(amplitudes)
    detuning = float(tones.detunings[sounding[0], 0])
    total = undriven.numbers.sum(axis=0)
    bare = sum(e[n] for e, n in zip(undriven.local, undriven.numbers, strict=True))
    hamiltonian = np.diag(bare - detuning * total) + undriven.exchange.astype(np.complex128)
    for tone in sounding:
        site = tones.sites[tone]
        down = amplitudes[tone] * embed(undriven.dims, site, lowering(undriven.dims[site]))
        hamiltonian += down + down.conj().T
    energies, vectors = np.linalg.eigh(hamiltonian)
    return StillPiece(
        tones.start,
        stop,
        detuning=detuning,
        total=total,
        energies=energies,
        vectors=vectors,
        idle=False,
    )
