"""The propagator of a program on a pair, as a function of one line's complex gain.

Only where the line plays does the gain matter; everything else is computed once. Where all tones
that sound have one carrier, H is constant in each sample in the carrier's frame, and equal samples
are diagonalised once (`SteadyStretch`). Where carriers beat, fourth-order Magnus steps are halved
until they agree (`BeatingStretch`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from backline.calibration.pair import Complex, Pair, Real, Tones
from backline.engines.pulses import PulseModel, Waveforms
from backline.errors import EngineError

_CLOSE = 1e-7
_MOST_SUBSTEPS = 64
_BEATING, _SILENT = -2, -1


class Stretch(Protocol):
    """Some consecutive samples of a program on a pair."""

    def propagators(self, gains: Complex) -> Complex:
        """What they do for each gain.

        Args:
            gains: Array (n,).

        Returns:
            Array (n, D, D), over product states in the common frame.
        """
        ...


class PairMotion:
    """What a program does to a pair.

    Args:
        model: Two sites.
        waveforms: The program; its channels all drive the pair.
        line: The channel whose gain is open; None if none is.
    """

    def __init__(self, model: PulseModel, waveforms: Waveforms, line: str | None = None) -> None:
        self.pair = Pair(model, waveforms.dt)
        self.duration = waveforms.duration
        self._parts = list(_merged(self.pair, self.pair.tones(waveforms, line)))

    def propagators(self, gains: Complex) -> Complex:
        """The propagators of the whole program.

        Args:
            gains: Array (n,), complex gains of the line.

        Returns:
            Array (n, D, D), in the dressed basis and the qubits' own frames.
        """
        total: Complex = np.eye(len(self.pair.static), dtype=complex)[None]
        for part in self._parts:
            total = (part if isinstance(part, np.ndarray) else part.propagators(gains)) @ total
        _, vectors = self.pair.dressed
        own: Complex = self.pair.frame(self.duration)[:, None] * (
            vectors.conj().T @ total @ vectors
        )
        return np.broadcast_to(own, (len(gains), *own.shape[1:]))


def _merged(pair: Pair, tones: Tones) -> Iterator[Complex | Stretch]:
    """The stretches in order; those that do not depend on the gain as their product."""
    fixed: Complex | None = None
    one = np.ones(1, dtype=complex)
    for part in _stretches(tones):
        beats = _kinds(part)[0] == _BEATING
        stretch: Stretch = BeatingStretch(pair, part) if beats else SteadyStretch(pair, part)
        if part.fitted.any() and np.any(part.amplitudes[part.fitted]):
            if fixed is not None:
                yield fixed
                fixed = None
            yield stretch
        else:
            done = stretch.propagators(one)[0]
            fixed = done if fixed is None else done @ fixed
    if fixed is not None:
        yield fixed


def _stretches(tones: Tones) -> Iterator[Tones]:
    """Cut where the carrier changes, where carriers begin to beat, and where the line is silent."""
    sounding = np.any(tones.amplitudes[tones.fitted] != 0, axis=0)
    keys = np.stack([_kinds(tones), sounding])
    edges = np.flatnonzero(np.any(np.diff(keys, axis=1), axis=0)) + 1
    bounds = [0, *edges.tolist(), keys.shape[1]]
    for start, stop in pairwise(bounds):
        if start < stop:
            yield tones.cut(start, stop)


def _kinds(tones: Tones) -> NDArray[np.int64]:
    """For each sample the number of its only carrier, `_SILENT`, or `_BEATING`."""
    sounds = tones.amplitudes != 0
    lowest = np.where(sounds, tones.detunings, np.inf).min(axis=0, initial=np.inf)
    highest = np.where(sounds, tones.detunings, -np.inf).max(axis=0, initial=-np.inf)
    kinds = np.unique(lowest, return_inverse=True)[1].reshape(-1)
    kinds = np.where(lowest < highest, _BEATING, kinds)
    return np.where(sounds.any(axis=0), kinds, _SILENT)


class SteadyStretch:
    """Samples whose tones share one carrier, or of silence.

    Args:
        pair: The sites.
        tones: Of these samples.
    """

    def __init__(self, pair: Pair, tones: Tones) -> None:
        sounds = tones.amplitudes != 0
        detuning = float(tones.detunings[sounds][0]) if sounds.any() else 0.0
        total = pair.numbers.sum(axis=0)
        self._enter = np.exp(1j * detuning * total * tones.start)
        self._leave = np.exp(-1j * detuning * total * tones.stop)
        _, first, order = np.unique(
            np.round(tones.amplitudes, 14), axis=1, return_index=True, return_inverse=True
        )
        edges = np.flatnonzero(np.diff(order.reshape(-1))) + 1
        self._lengths = np.diff([0, *edges, tones.stop - tones.start])
        self._runs = order.reshape(-1)[np.concatenate([[0], edges])]
        self._static = pair.static - detuning * np.diag(total)
        self._static = self._static + _hermitian(_summed(tones, first, ~tones.fitted))
        self._fitted = _summed(tones, first, tones.fitted)

    def propagators(self, gains: Complex) -> Complex:
        """As `Stretch`."""
        values, vectors = np.linalg.eigh(
            self._static + _hermitian(gains[:, None, None, None] * self._fitted)
        )
        phases = np.exp(-1j * values[:, self._runs] * self._lengths[:, None])
        vectors = vectors[:, self._runs]
        steps = (vectors * phases[..., None, :]) @ vectors.conj().swapaxes(-1, -2)
        return self._leave[:, None] * _product(steps) * self._enter


@dataclass(frozen=True, eq=False)
class BeatingStretch:
    """Samples in which tones of several carriers sound at once.

    Args:
        pair: The sites.
        tones: Of these samples.
    """

    pair: Pair
    tones: Tones

    def propagators(self, gains: Complex) -> Complex:
        """As `Stretch`.

        Raises:
            EngineError: If the steps do not come to agree.
        """
        return np.array([self._converged(gain) for gain in gains])

    def _converged(self, gain: complex) -> Complex:
        substeps, coarse = 1, self._product(gain, 1)
        while substeps < _MOST_SUBSTEPS:
            substeps *= 2
            fine = self._product(gain, substeps)
            if np.abs(fine - coarse).max() < _CLOSE:
                return fine
            coarse = fine
        raise EngineError(f"samples {self.tones.start} to {self.tones.stop} beat too fast")

    def _product(self, gain: complex, substeps: int) -> Complex:
        """CF4:2, two exponentials a step (Blanes, Moan, Appl. Numer. Math. 56, 1519, 2006)."""
        samples = np.arange(self.tones.stop - self.tones.start)
        starts = (samples[:, None] + np.arange(substeps) / substeps).reshape(-1)
        one, other = (
            self._hamiltonian(gain, starts + node / substeps) / substeps
            for node in (0.5 - np.sqrt(3) / 6, 0.5 + np.sqrt(3) / 6)
        )
        large, small = 0.25 + np.sqrt(3) / 6, 0.25 - np.sqrt(3) / 6
        halves = np.stack([large * one + small * other, small * one + large * other], axis=1)
        values, vectors = np.linalg.eigh(halves.reshape(-1, *one.shape[1:]))
        steps = (vectors * np.exp(-1j * values)[:, None, :]) @ vectors.conj().swapaxes(-1, -2)
        product: Complex = _product(steps[None])[0]
        return product

    def _hamiltonian(self, gain: complex, times: Real) -> Complex:
        """H at some times, in samples since the start of the stretch: array (times, D, D)."""
        tones = self.tones
        column = times.astype(int)
        factors = np.where(tones.fitted, gain, 1.0)[:, None]
        turning = np.exp(1j * tones.detunings[:, column] * (times + tones.start))
        amplitudes = factors * tones.amplitudes[:, column] * turning
        return self.pair.static + _hermitian(np.einsum("kt,kij->tij", amplitudes, tones.lowering))


def _summed(tones: Tones, samples: NDArray[np.int64], which: NDArray[np.bool_]) -> Complex:
    """The lowering part of some tones at some samples, array (samples, D, D)."""
    amplitudes = tones.amplitudes[np.ix_(which, samples)]
    summed: Complex = np.einsum("kt,kij->tij", amplitudes, tones.lowering[which])
    return summed


def _hermitian(lowering: Complex) -> Complex:
    return lowering + lowering.conj().swapaxes(-1, -2)


def _product(steps: Complex) -> Complex:
    """The product of steps (n, steps, D, D), the first acting first, as a tree."""
    while steps.shape[1] > 1:
        rest = steps[:, -1:] if steps.shape[1] % 2 else steps[:, :0]
        even = steps[:, : steps.shape[1] - rest.shape[1]]
        steps = np.concatenate([even[:, 1::2] @ even[:, ::2], rest], axis=1)
    return steps[:, 0]
