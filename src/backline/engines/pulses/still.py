"""Stretches whose Hamiltonian is constant in some rotating frame: one diagonalisation each.

These are the idle times, however long, and the flat tops of pulses with one carrier.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from backline.engines.pulses.intervals import Intervals, Matrices
from backline.engines.pulses.tones import Tones
from backline.engines.pulses.undriven import Complex, Real, Undriven, lowering_at


class IdlePiece:
    """A stretch in which nothing plays.

    Args:
        undriven: The Hamiltonian without drives.
        start: The first sample.
        stop: One after the last sample.
    """

    tones = None

    def __init__(self, undriven: Undriven, start: int, stop: int) -> None:
        self.start, self.stop = start, stop
        self._undriven = undriven

    def advance(self, states: Complex, start: float, stop: float) -> Complex:
        """Take states from one time to another, as `DrivenPiece.advance`."""
        return _waited(self._undriven, states, stop - start)

    def intervals(self, start: int, count: int, length: float, states: int) -> Iterator[Intervals]:
        """Consecutive intervals of equal length, as `DrivenPiece.intervals`."""
        yield _Waits(self._undriven, count, length)


class _Waits:
    """Idle intervals, which are all the same."""

    def __init__(self, undriven: Undriven, count: int, length: float) -> None:
        self._undriven, self._count, self._length = undriven, count, length
        self._made: Complex | None = None

    def __len__(self) -> int:
        return self._count

    def matrices(self, first: int, last: int) -> Complex:
        if self._made is None:
            vectors = self._undriven.vectors
            turned = np.exp(-1j * self._undriven.energies * self._length)
            self._made = (vectors * turned) @ vectors.conj().T
        return np.broadcast_to(self._made, (last - first, *self._made.shape))

    def apply(self, k: int, states: Complex) -> Complex:
        return _waited(self._undriven, states, self._length)


def _waited(undriven: Undriven, states: Complex, time: float) -> Complex:
    dressed = undriven.dressed(states)
    dressed *= np.exp(-1j * undriven.energies * time)
    return undriven.undressed(dressed)


class StillPiece:
    """A stretch that goes on as its first sample, in which every tone has the same carrier.

    Args:
        undriven: The Hamiltonian without drives; its couplings keep the number of excitations.
        tones: What plays; only its first sample is read.
        stop: One after the last sample.
    """

    def __init__(self, undriven: Undriven, tones: Tones, stop: int) -> None:
        self.start, self.stop, self.tones = tones.start, stop, tones
        amplitudes = tones.amplitudes[:, 0]
        sounding = np.flatnonzero(amplitudes)
        self._frame: Real = tones.detunings[sounding[0], 0] * undriven.numbers.sum(axis=0)
        hamiltonian = undriven.exchange.astype(np.complex128)
        hamiltonian += np.diag(undriven.bare - self._frame)
        for tone in sounding:
            site = tones.sites[tone]
            down = amplitudes[tone] * lowering_at(undriven.dims, site)
            hamiltonian += down + down.conj().T
        self._energies, self._vectors = np.linalg.eigh(hamiltonian)

    def advance(self, states: Complex, start: float, stop: float) -> Complex:
        """Take states from one time to another, as `DrivenPiece.advance`."""
        inside = (np.exp(1j * self._frame * start) * states) @ self._vectors.conj()
        inside *= np.exp(-1j * self._energies * (stop - start))
        return np.exp(-1j * self._frame * stop) * (inside @ self._vectors.T)

    def intervals(self, start: int, count: int, length: float, states: int) -> Iterator[Intervals]:
        """Consecutive intervals of equal length, as `DrivenPiece.intervals`."""
        edges = start + length * np.arange(count + 1.0)
        frames = np.exp(1j * edges[:, None] * self._frame)
        turned = np.exp(-1j * self._energies * length)
        flow = (self._vectors * turned) @ self._vectors.conj().T
        found = frames[1:, :, None].conj() * flow
        found *= frames[:-1, None, :]
        yield Matrices(found)
