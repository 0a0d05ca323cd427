"""Which splitting steps keep the promised accuracy.

Steps are tried on parts of the program, and what a better step changes there, scaled up to the
length of all stretches of the same kind as if errors added up, is the estimate. There are two
kinds: where samples change, steps over several samples meet jumps and lose their order; where they
are all equal, long steps are as good as the splitting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backline.engines.pulses.driven import DrivenPiece
from backline.engines.pulses.splitting import LONGEST, Step
from backline.engines.pulses.tones import Tones
from backline.engines.pulses.undriven import Complex, Undriven
from backline.errors import EngineError

_THIRDS = 4 / 3
_SIZES = (LONGEST.size, 2.0, _THIRDS, 1.0, 0.5, 0.25, 0.125)
_FINE_SIZES = (0.5, 0.25, 0.125, 0.0625)

_RICHARDSON = 16 / 15  # what halving takes away is all but 1/16 of the error, at order 4
_OF_KICKS = 4 / 3  # and all but 1/4 at order 2: that of coarse kicks, at short steps
_WORST = (
    1.6  # the basis state with the largest error against mixtures of them all: see the decision
)
# What equal samples may take of the allowed error, where samples change elsewhere: by whether all
# levels were tried. Estimates from mixtures have a margin of their own.
_STEADY_SHARE = {True: 0.5, False: 0.8}
_QUICK, _QUICK_STEP = 1e-5, 2.0
_HOPE = 8.0  # where samples change, steps of 4/3 are wrong by about so many times less than of 2
_JUMPS = 1.6  # steps over several samples meet jumps: windows that are not tried may be worse
_WINDOW = 32
_WINDOWS = {False: 2, True: 1}
_ALL_COLUMNS = 27
_PROBES = 1 << 10


@dataclass(frozen=True, slots=True)
class Steps:
    """The longest steps that will do.

    Attributes:
        changing: Where samples change; None where no step matters.
        steady: Where they are equal.
        error: Estimated error of a state's amplitudes over the whole program (2-norm).
    """

    changing: Step | None
    steady: Step | None
    error: float

    @property
    def shortest(self) -> float | None:
        """The shorter of the two, in samples."""
        return min((step.size for step in (self.changing, self.steady) if step), default=None)

    def of(self, piece: DrivenPiece) -> Step:
        """The step of one stretch."""
        return (self.steady if piece.steady else self.changing) or LONGEST


def choose_steps(undriven: Undriven, pieces: Sequence[DrivenPiece], accuracy: float) -> Steps:
    """Choose the steps of a program.

    Args:
        undriven: The Hamiltonian without drives.
        pieces: Everything that is to be stepped through.
        accuracy: Allowed error of a state's amplitudes (2-norm).

    Raises:
        EngineError: If no step reaches the accuracy.
    """
    matter = [piece for piece in pieces if undriven.pairs or piece.tones.several_carriers()]
    kinds = {steady: [item for item in matter if item.steady is steady] for steady in (True, False)}
    found: dict[bool, Step | None] = {True: None, False: None}
    total = 0.0
    for steady, kind in kinds.items():
        if kind:
            of_steady = _STEADY_SHARE[undriven.dimension <= _ALL_COLUMNS] * accuracy
            share = of_steady if steady and kinds[False] else accuracy - total
            found[steady], error = _longest(undriven, kind, share)
            total += error
    return Steps(found[False], found[True], total)


def _longest(undriven: Undriven, pieces: list[DrivenPiece], accuracy: float) -> tuple[Step, float]:
    """The first step that keeps an accuracy, and the error it makes."""
    steady = pieces[0].steady
    trials = [_Trial(undriven, *window) for window in _windows(pieces)]
    length = sum(piece.stop - piece.start for piece in pieces)
    error = 0.0
    for step in _steps(undriven):
        if step.size > _QUICK_STEP and accuracy < _QUICK:
            continue  # in vain, almost always
        thirds = step.size == _THIRDS
        if thirds and (steady or error > _HOPE * accuracy or trials[0].length < _WINDOW):
            continue  # likewise, or what is tried is too short to tell
        # Steps over several samples are wrong by the jumps between them, and so are their halves.
        better = step.half if steady or step.size <= 1 else Step(1.0)
        high = step.size >= 1 or step.fine
        factor = (_RICHARDSON if high else _OF_KICKS) if better == step.half else 1.0
        factor *= 1.0 if steady or step.size <= 1 else _JUMPS
        errors: list[float] = []
        for trial in trials:
            errors.append(factor * length * trial.change(step, better))
            if errors[-1] > accuracy:
                trials = [trial]  # shorter steps are held against this one alone
                break
        error = max(errors)
        if error <= accuracy:
            return step, error
    raise EngineError(
        f"an accuracy of {accuracy:g} is out of reach: the error is about {error:.1e} at the "
        f"shortest step; allow more, or play weaker pulses"
    )


def _steps(undriven: Undriven) -> tuple[Step, ...]:
    """Steps to choose from, the cheapest first."""
    plain = tuple(Step(size) for size in _SIZES)
    if len(undriven.pairs) == 1:
        return (*plain, *(step.half for step in plain[-1:]))
    return (*plain, *(Step(size, fine=True) for size in _FINE_SIZES))


class _Trial:
    """A part of the program on which steps are tried."""

    def __init__(self, undriven: Undriven, piece: DrivenPiece, start: int, stop: int) -> None:
        self.length = stop - start
        self._piece, self._start, self._stop = piece, start, stop
        self._probes = _probes(undriven)
        self._worst = 1.0 if undriven.dimension <= _ALL_COLUMNS else _WORST
        self._made: dict[Step, Complex] = {}

    def change(self, step: Step, better: Step) -> float:
        """What a better step changes, 2-norm of a state's amplitudes, for each sample."""
        change = np.linalg.norm(self._after(step) - self._after(better), axis=1).max()
        return self._worst * float(change) / self.length

    def _after(self, step: Step) -> Complex:
        if step not in self._made:
            made = self._piece.by_steps(self._probes, self._start, self._stop, step)
            self._made[step] = made
        return self._made[step]


def _windows(pieces: list[DrivenPiece]) -> list[tuple[DrivenPiece, int, int]]:
    """Where the most happens: a piece, and from which sample to which."""
    steady = pieces[0].steady
    windows = [
        (activity, piece, piece.start + first)
        for piece in pieces
        for first, activity in _activities(piece.tones, steady=steady)
    ]
    windows.sort(key=lambda window: -window[0])
    chosen = []
    for _, piece, start in windows[: _WINDOWS[steady]]:
        stop = min(start + _WINDOW, piece.stop)
        chosen.append((piece, max(piece.start, stop - _WINDOW), stop))
    return chosen


def _activities(tones: Tones, *, steady: bool) -> list[tuple[int, float]]:
    """How much happens in each window: its first sample, and the sum of the squares."""
    samples = tones.amplitudes.shape[1]
    firsts = np.arange(0, samples, _WINDOW)
    changes = tones.amplitudes
    if not steady:
        changes = np.diff(changes, axis=1, prepend=0)
        changes[:, firsts] = tones.amplitudes[:, firsts]
    squares = (changes.real**2 + changes.imag**2).sum(axis=0)
    return list(zip(firsts.tolist(), np.add.reduceat(squares, firsts).tolist(), strict=True))


@lru_cache(maxsize=8)
def _probes(undriven: Undriven) -> Complex:
    """States to try steps on: all dressed qubit levels of few sites, or mixtures of many."""
    few = undriven.dimension <= _ALL_COLUMNS
    probes = _qubit_levels(undriven) if few else _mixtures(undriven)
    probes.flags.writeable = False
    return probes


def _qubit_levels(undriven: Undriven) -> Complex:
    low = (undriven.numbers <= 1).all(axis=0)
    return undriven.undressed(np.eye(undriven.dimension, dtype=np.complex128)[low])


def _mixtures(undriven: Undriven) -> Complex:
    count = 2 if undriven.dimension <= _PROBES else 1
    random = np.random.Generator(np.random.PCG64(0))
    probes = np.ones((count, 1), dtype=np.complex128)
    for levels in undriven.dims:
        site = np.zeros((count, levels), dtype=np.complex128)
        parts = random.normal(size=(2, count, min(2, levels)))
        site[:, :2] = parts[0] + 1j * parts[1]
        site /= np.linalg.norm(site, axis=1)[:, None]
        probes = (probes[:, :, None] * site[:, None, :]).reshape(count, -1)
    return probes
