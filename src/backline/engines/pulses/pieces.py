"""A program cut into pieces, and the splitting step that keeps the promised accuracy."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses.model import PulseModel
from backline.engines.pulses.splitting import DrivenPiece, Kicks
from backline.engines.pulses.still import constant, idle
from backline.engines.pulses.tones import Tones, active_stretches, tones
from backline.engines.pulses.undriven import Complex, Undriven
from backline.engines.pulses.waveforms import Waveforms
from backline.errors import EngineError

STEPS = (4.0, 2.0, 1.0, 0.5, 0.25, 0.125, 0.0625)
"""Splitting steps to choose from, in samples, longest first."""

_WINDOW = 64
_WINDOWS = 3
_RICHARDSON = 16 / 15  # what halving takes away is all but 1/16 of the error, at order 4


class Piece(Protocol):
    """A stretch of the program that knows its own evolution."""

    start: int
    stop: int
    idle: bool

    def advance(self, columns: Complex, start: float, stop: float) -> Complex:
        """Take states, array (D, m), from one time to another within the stretch."""
        ...


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """A program ready to be evolved.

    Attributes:
        pieces: In order of time, without gaps.
        step: Splitting step, in samples; None where no stretch needs the splitting.
        error: Estimated error of a state's amplitudes that the splitting makes, over the whole
            program (2-norm).
    """

    pieces: tuple[Piece, ...]
    step: float | None
    error: float


def plan(
    model: PulseModel, undriven: Undriven, waveforms: Waveforms, duration: int, accuracy: float
) -> Plan:
    """Cut a program into pieces and choose the step.

    Args:
        model: Says how channels act.
        undriven: The Hamiltonian without drives.
        waveforms: The program.
        duration: How far it will be evolved, in samples.
        accuracy: Allowed error of a state's amplitudes (2-norm) by the splitting.

    Raises:
        EngineError: If no step reaches the accuracy.
    """
    pieces: list[Piece | Tones] = []
    clock = 0
    for start, stop in active_stretches(waveforms):
        if start >= duration:
            break
        if start > clock:
            pieces.append(idle(undriven, clock, start))
        clock = min(stop, duration)
        pieces.extend(_cut(undriven, tones(model, undriven, waveforms, start, clock)))
    if clock < duration:
        pieces.append(idle(undriven, clock, duration))
    driven = [piece for piece in pieces if isinstance(piece, Tones)]
    kicks = Kicks(undriven)
    step, error = _choose_step(undriven, kicks, driven, accuracy) if driven else (None, 0.0)
    return Plan(
        pieces=tuple(
            DrivenPiece(undriven, kicks, piece, step or 1.0) if isinstance(piece, Tones) else piece
            for piece in pieces
        ),
        step=step,
        error=error,
    )


def _cut(undriven: Undriven, sound: Tones) -> list[Piece | Tones]:
    """Set apart the long stretches in which all samples are equal and one carrier plays."""
    shortest = max(16, undriven.dimension // 2)
    cut: list[Piece | Tones] = []
    begin = sound.start
    for start, stop in _runs(sound):
        if stop - start < shortest:
            continue
        silent = not sound.amplitudes[:, start - sound.start].any()
        if begin < start:
            cut.append(sound.cut(begin, start))
        cut.append(
            idle(undriven, start, stop)
            if silent
            else constant(undriven, sound.cut(start, stop), stop)
        )
        begin = stop
    if begin < sound.stop:
        cut.append(sound.cut(begin, sound.stop))
    return cut


def _runs(sound: Tones) -> list[tuple[int, int]]:
    """Stretches of equal samples whose sounding tones share a carrier, as (start, stop)."""
    amplitudes, detunings = sound.amplitudes, sound.detunings
    change = (np.diff(amplitudes, axis=1) != 0) | (np.diff(detunings, axis=1) != 0)
    edges = np.flatnonzero(change.any(axis=0)) + 1
    bounds = [0, *edges.tolist(), amplitudes.shape[1]]
    runs = []
    for start, stop in itertools.pairwise(bounds):
        carriers = detunings[amplitudes[:, start] != 0, start]
        if len(set(carriers.tolist())) <= 1:
            runs.append((sound.start + start, sound.start + stop))
    return runs


def _choose_step(
    undriven: Undriven, kicks: Kicks, driven: list[Tones], accuracy: float
) -> tuple[float, float]:
    """The longest step that keeps the accuracy, by halving it on a part of the program.

    The part are the windows in which most is played. What halving changes there, scaled up to the
    length of all driven stretches as if errors added up, is the estimate.
    """
    windows = _windows(driven)
    length = sum(piece.stop - piece.start for piece in driven)
    low = np.flatnonzero((undriven.numbers <= 1).all(axis=0))
    columns = undriven.vectors[:, low].astype(np.complex128)
    coarse = _advance(undriven, kicks, windows, columns, STEPS[0])
    error = np.inf
    for step, half in itertools.pairwise(STEPS):
        fine = _advance(undriven, kicks, windows, columns, half)
        error = max(
            _RICHARDSON
            * float(np.linalg.norm(a - b, axis=0).max())
            * (length / (window.stop - window.start))
            for a, b, window in zip(coarse, fine, windows, strict=True)
        )
        if error <= accuracy:
            return step, error
        coarse = fine
    raise EngineError(
        f"an accuracy of {accuracy:g} is out of reach: the error is about {error:.1e} at the "
        f"shortest step; allow more, or play weaker pulses"
    )


def _advance(
    undriven: Undriven, kicks: Kicks, windows: list[Tones], columns: Complex, step: float
) -> list[NDArray[np.complex128]]:
    return [
        DrivenPiece(undriven, kicks, window, step).advance(columns, window.start, window.stop)
        for window in windows
    ]


def _windows(driven: list[Tones]) -> list[Tones]:
    windows = [
        piece.cut(start, min(start + _WINDOW, piece.stop))
        for piece in driven
        for start in range(piece.start, piece.stop, _WINDOW)
    ]
    windows.sort(key=lambda window: -float((np.abs(window.amplitudes) ** 2).sum()))
    return windows[:_WINDOWS]
