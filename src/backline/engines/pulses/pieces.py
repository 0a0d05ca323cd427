"""A program cut into pieces, each of which knows its own evolution."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np

from backline.engines.pulses.driven import DrivenPiece
from backline.engines.pulses.intervals import Intervals
from backline.engines.pulses.model import PulseModel
from backline.engines.pulses.steps import choose_steps
from backline.engines.pulses.still import IdlePiece, StillPiece
from backline.engines.pulses.tones import Tones, active_stretches, tones_between
from backline.engines.pulses.undriven import Complex, Undriven
from backline.engines.pulses.waveforms import Waveforms
from backline.engines.pulses.whole import WholePiece, one_drive_runs

_SHORTEST_RUN = 16
_SHORT = 512
_LARGEST_STILL = 27


class Piece(Protocol):
    """A stretch of the program that knows its own evolution."""

    @property
    def start(self) -> int:
        """The first sample."""
        ...

    @property
    def stop(self) -> int:
        """One after the last sample."""
        ...

    @property
    def tones(self) -> Tones | None:
        """What plays, or None where nothing does."""
        ...

    def advance(self, states: Complex, start: float, stop: float) -> Complex:
        """Take states, array (m, D), from one time to another within the stretch."""
        ...

    def intervals(self, start: int, count: int, length: float, states: int) -> Iterator[Intervals]:
        """Consecutive intervals of `length` samples each, for about so many states."""
        ...


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """A program ready to be evolved.

    Attributes:
        pieces: In order of time, without gaps.
        step: Shortest splitting step, in samples; None where no stretch needs the splitting.
        error: Estimated error of a state's amplitudes that the splitting makes, over the whole
            program (2-norm).
    """

    pieces: tuple[Piece, ...]
    step: float | None
    error: float


def plan(
    model: PulseModel,
    undriven: Undriven,
    waveforms: Waveforms,
    duration: int,
    accuracy: float,
    *,
    rwa: bool = True,
    jit: bool = False,
) -> Plan:
    """Cut a program into pieces and choose the steps.

    Args:
        model: Says how channels act.
        undriven: The Hamiltonian without drives.
        waveforms: The program.
        duration: How far it will be evolved, in samples.
        accuracy: Allowed error of a state's amplitudes (2-norm) by the splitting.
        rwa: Whether counter-rotating terms are left out.
        jit: Whether flows of few sites are compiled, too.

    Raises:
        EngineError: If no step reaches the accuracy.
    """
    pieces: list[Piece] = []
    made = partial(DrivenPiece, undriven, rwa=rwa, jit=jit)
    still = rwa and undriven.conserving and undriven.dimension <= _LARGEST_STILL
    clock = 0
    for start, stop in active_stretches(waveforms):
        if start >= duration:
            break
        if start > clock:
            pieces.append(_waiting(undriven, clock, start))
        clock = min(stop, duration)
        tones = tones_between(model, undriven, waveforms, start, clock)
        pieces.extend(_cut(undriven, tones, made, still=still))
    if clock < duration:
        pieces.append(_waiting(undriven, clock, duration))
    driven = [piece for piece in pieces if isinstance(piece, DrivenPiece)]
    chosen = choose_steps(undriven, driven, accuracy)
    for piece in driven:
        piece.step = chosen.of(piece)
    return Plan(pieces=tuple(pieces), step=chosen.shortest, error=chosen.error)


def _waiting(undriven: Undriven, start: int, stop: int) -> Piece:
    """A stretch in which nothing plays: exact where the dressed states are known."""
    if undriven.dresses or not undriven.pairs:
        return IdlePiece(undriven, start, stop)
    silence = Tones(
        start=start,
        sites=(),
        detunings=np.zeros((0, stop - start)),
        amplitudes=np.zeros((0, stop - start), dtype=np.complex128),
    )
    return DrivenPiece(undriven, silence, steady=True)


def _cut(
    undriven: Undriven, tones: Tones, made: Callable[..., DrivenPiece], *, still: bool
) -> list[Piece]:
    """Set apart the stretches in which all samples are equal.

    Where nothing plays, or one carrier on few sites, one diagonalisation does.

    Args:
        undriven: The Hamiltonian without drives.
        tones: What plays.
        made: Makes what is neither.
        still: Whether whole systems may be diagonalised.
    """
    if len(undriven.dims) == 1 and tones.stop - tones.start <= _SHORT:
        return [made(tones)]  # exact, and equal samples cost little
    cut: list[Piece] = []
    begin = tones.start
    for start, stop, carriers in _runs(tones):
        cut.extend(_changing(undriven, tones.cut(begin, start), made, still=still))
        part = tones.cut(start, stop)
        if carriers == 0:
            cut.append(_waiting(undriven, start, stop))
        elif carriers == 1 and still:
            cut.append(StillPiece(undriven, part, stop))
        else:
            cut.append(made(part, steady=True))
        begin = stop
    cut.extend(_changing(undriven, tones.cut(begin, tones.stop), made, still=still))
    return cut


def _changing(
    undriven: Undriven, tones: Tones, made: Callable[..., DrivenPiece], *, still: bool
) -> Iterator[Piece]:
    """Samples that change from one to the next: those under one drive, and the others."""
    if tones.start == tones.stop:
        return
    begin = tones.start
    for first, last in one_drive_runs(tones) if still and undriven.pairs else []:
        if last - first >= _SHORTEST_RUN:
            if begin < first:
                yield made(tones.cut(begin, first))
            yield WholePiece(undriven, tones.cut(first, last))
            begin = last
    if begin < tones.stop:
        yield made(tones.cut(begin, tones.stop))


def _runs(tones: Tones) -> list[tuple[int, int, int]]:
    """Long stretches of equal samples, as (start, stop, how many carriers sound)."""
    amplitudes, detunings = tones.amplitudes, tones.detunings
    change = (np.diff(amplitudes, axis=1) != 0) | (np.diff(detunings, axis=1) != 0)
    edges = np.flatnonzero(change.any(axis=0)) + 1
    bounds = np.concatenate([[0], edges, amplitudes.shape[1:]])
    runs = []
    for place in np.flatnonzero(np.diff(bounds) >= _SHORTEST_RUN):
        start, stop = int(bounds[place]), int(bounds[place + 1])
        carriers = np.unique(detunings[amplitudes[:, start] != 0, start])
        runs.append((tones.start + start, tones.start + stop, len(carriers)))
    return runs
