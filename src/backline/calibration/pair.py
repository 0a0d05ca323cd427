"""Two coupled transmons: the Hamiltonian as matrices, the dressed basis, and the drives.

Angular frequencies are in rad per sample, seen from a frame that rotates at the mean frequency of
both. Product states are numbered with the first site as the slow index.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from backline.engines.pulses import Drive, PulseModel, Track, Waveforms
from backline.errors import EngineError

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True, kw_only=True, eq=False)
class Tones:
    """What acts on a pair, sample by sample: ``c exp(i δ t) a + h.c.`` for each tone.

    Attributes:
        lowering: Array (tones, D, D), the operator a of each.
        amplitudes: Array (tones, samples): c, in rad per sample, for lines of gain 1.
        detunings: Array (tones, samples): δ, in rad per sample.
        fitted: bool array (tones,), whether it comes from the line whose gain is sought.
        start: The first sample.
    """

    lowering: Complex
    amplitudes: Complex
    detunings: Real
    fitted: NDArray[np.bool_]
    start: int = 0

    def cut(self, start: int, stop: int) -> Tones:
        """The samples from `start` to `stop` alone."""
        part = slice(start - self.start, stop - self.start)
        return Tones(
            lowering=self.lowering,
            amplitudes=self.amplitudes[:, part],
            detunings=self.detunings[:, part],
            fitted=self.fitted,
            start=start,
        )

    @property
    def stop(self) -> int:
        """One after the last sample."""
        return self.start + self.amplitudes.shape[1]


@dataclass(frozen=True, eq=False)
class Pair:
    """Two sites and their exchange.

    Args:
        model: Of exactly two sites.
        dt: Length of a sample, in s.

    Raises:
        EngineError: If there are not two sites.
    """

    model: PulseModel
    dt: float

    def __post_init__(self) -> None:
        if len(self.model.sites) != 2:
            raise EngineError(f"a pair has two sites, got {len(self.model.sites)}")

    @cached_property
    def dims(self) -> tuple[int, int]:
        """Levels of both sites."""
        first, second = self.model.sites
        return first.levels, second.levels

    @cached_property
    def lowering(self) -> tuple[Complex, Complex]:
        """The operators a of both sites, each an array (D, D)."""
        first, second = (np.diag(np.sqrt(np.arange(1.0, n)), 1).astype(complex) for n in self.dims)
        return np.kron(first, np.eye(self.dims[1])), np.kron(np.eye(self.dims[0]), second)

    @cached_property
    def numbers(self) -> Real:
        """Excitations of each site in each product state, array (2, D)."""
        return np.indices(self.dims).reshape(2, -1).astype(float)

    @cached_property
    def reference(self) -> float:
        """Frequency of the frame, in Hz."""
        return float(np.mean([site.frequency for site in self.model.sites]))

    @cached_property
    def static(self) -> Complex:
        """H without drives, array (D, D)."""
        energies = np.zeros(self.numbers.shape[1])
        for site, n in zip(self.model.sites, self.numbers, strict=True):
            energies += (site.frequency - self.reference) * n
            energies += site.anharmonicity / 2 * n * (n - 1)
        one, other = self.lowering
        strength = sum(exchange.strength for exchange in self.model.exchanges)
        exchange = strength * (one.conj().T @ other + other.conj().T @ one)
        hamiltonian: Complex = 2 * np.pi * self.dt * (np.diag(energies) + exchange)
        return hamiltonian

    @cached_property
    def dressed(self) -> tuple[Real, Complex]:
        """Eigenvalues (D,) and eigenvectors (D, D), column k belonging to product state k.

        Labels are those with the largest total overlap, within each number of excitations; the
        overlap of a state with its label is positive.
        """
        total = self.numbers.sum(axis=0)
        energies = np.zeros(len(total))
        vectors = np.zeros_like(self.static)
        for number in np.unique(total):
            block = np.flatnonzero(total == number)
            values, columns = np.linalg.eigh(self.static[np.ix_(block, block)])
            order = linear_sum_assignment(np.abs(columns), maximize=True)[1]
            columns = columns[:, order]
            phases = np.exp(-1j * np.angle(np.diagonal(columns)))
            energies[block] = values[order]
            vectors[np.ix_(block, block)] = columns * phases
        return energies, vectors

    def frame(self, time: int) -> Complex:
        """Phases (D,) that turn dressed amplitudes at a time, in samples, into the own frames."""
        energies, _ = self.dressed
        transitions = energies[[self.dims[1], 1]] - energies[0]
        phases: Complex = np.exp(1j * time * (transitions @ self.numbers))
        return phases

    def tones(self, waveforms: Waveforms, fitted: str | None) -> Tones:
        """What a program plays on the pair.

        Args:
            waveforms: The program; its channels all drive the pair.
            fitted: The channel whose gain is sought, taken as 1 here; every other line has its own.
        """
        played = [
            (track, drive)
            for track in waveforms.tracks
            for drive in self.model.drives
            if drive.channel == track.channel
        ]
        size = len(self.numbers[0])
        shape = (len(played), waveforms.duration)
        rows = [self._tone(t, d, waveforms.duration, t.channel == fitted) for t, d in played]
        return Tones(
            lowering=np.array([self.lowering[d.site] for _, d in played]).reshape(-1, size, size),
            amplitudes=np.array([a for a, _ in rows]).reshape(shape),
            detunings=np.array([d for _, d in rows]).reshape(shape),
            fitted=np.array([t.channel == fitted for t, _ in played], dtype=bool),
        )

    def _tone(self, track: Track, drive: Drive, duration: int, bare: bool) -> tuple[Complex, Real]:
        amplitudes = np.zeros(duration, dtype=complex)
        for start, envelope in zip(track.starts, track.envelopes, strict=True):
            amplitudes[start : start + len(envelope)] = envelope
        frames = np.searchsorted(track.frame_starts, np.arange(duration), side="right") - 1
        amplitudes *= np.pi * drive.strength * self.dt * np.exp(1j * track.phases[frames])
        amplitudes *= 1.0 if bare else drive.gain
        return amplitudes, 2 * np.pi * self.dt * (track.frequencies[frames] - self.reference)
