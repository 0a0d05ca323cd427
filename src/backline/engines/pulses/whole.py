"""Small systems under tones that share a carrier and keep their proportions.

There is then one drive, c (u_0 a_0 + u_1 a_1 + …) + h.c., and the flow of the whole system is
exact: no splitting, no step. A cross-resonance pulse with its cancellation tone is of this kind.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses import small
from backline.engines.pulses.flows import Flow
from backline.engines.pulses.intervals import Intervals, Matrices, by_stretches
from backline.engines.pulses.splitting import stretches
from backline.engines.pulses.systems import System
from backline.engines.pulses.tones import Tones
from backline.engines.pulses.undriven import Complex, Undriven, lowering_at

_CLOSE = 1e-12


class WholePiece:
    """A stretch in which all tones share a carrier and keep their proportions.

    Args:
        undriven: The Hamiltonian without drives; its couplings keep the number of excitations.
        tones: What plays.
    """

    def __init__(self, undriven: Undriven, tones: Tones) -> None:
        self.start, self.stop, self.tones = tones.start, tones.stop, tones
        sizes, detunings, directions = _one_drive(tones)
        loudest = directions[:, int(np.argmax(np.abs(sizes)))]
        down = np.zeros((undriven.dimension,) * 2, dtype=np.complex128)
        for site, part in zip(tones.sites, loudest, strict=True):
            down += part * lowering_at(undriven.dims, site)
        self._flow = Flow(
            System.whole(undriven, down),
            detunings[None],
            sizes[None],
            tones.start,
        )

    def advance(self, states: Complex, start: float, stop: float) -> Complex:
        """Take states from one time to another, as `DrivenPiece.advance`."""
        for stretch in stretches(start, stop, None):
            states = states @ small.propagator([self._flow], (), stretch, 1).T
        return states

    def intervals(self, start: int, count: int, length: float, states: int) -> Iterator[Intervals]:
        """Consecutive intervals of equal length, as `DrivenPiece.intervals`."""
        yield from by_stretches(
            start,
            count,
            length,
            None,
            lambda stretch: (Matrices(small.periods([self._flow], (), stretch, 1)),),
        )


def one_drive_runs(tones: Tones) -> list[tuple[int, int]]:
    """Where all tones share a carrier and keep their proportions: (start, stop), ascending."""
    sizes, _, directions = _one_drive(tones)
    sounds = sizes != 0
    breaks = ~_one_carrier(tones)
    changed = np.abs(np.diff(directions, axis=1)).max(axis=0) > _CLOSE
    turns = np.concatenate([[False], changed & sounds[1:] & sounds[:-1]])
    edges = np.flatnonzero(turns | breaks | np.concatenate([[False], breaks[:-1]]))
    bounds = np.unique(np.concatenate([[0], edges, [len(sizes)]]))
    return [
        (tones.start + int(start), tones.start + int(stop))
        for start, stop in itertools.pairwise(bounds)
        if not breaks[start]
    ]


def _one_drive(
    tones: Tones,
) -> tuple[Complex, NDArray[np.float64], Complex]:
    """Drive and detuning of each sample, and the direction: array (tones, samples) of norm 1."""
    amplitudes = tones.amplitudes
    norms = np.linalg.norm(amplitudes, axis=0)
    sounds = amplitudes != 0
    first = np.argmax(sounds, axis=0)[None]
    leading = np.take_along_axis(amplitudes, first, axis=0)[0]
    phases = np.where(norms > 0, leading / np.where(norms > 0, np.abs(leading), 1.0), 1.0)
    sizes = norms * phases
    directions = amplitudes / np.where(norms > 0, sizes, 1.0)
    return sizes, np.take_along_axis(tones.detunings, first, axis=0)[0], directions


def _one_carrier(tones: Tones) -> NDArray[np.bool_]:
    """Whether the tones that sound in each sample share a carrier."""
    sounds = tones.amplitudes != 0
    highest = np.where(sounds, tones.detunings, -np.inf).max(axis=0)
    return ~(sounds & (tones.detunings != highest)).any(axis=0)
