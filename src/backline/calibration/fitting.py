"""The gain of one control line: where its own two-qubit schedule makes its gate best."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from backline.calibration.judging import judge
from backline.calibration.pair import Complex, Real
from backline.calibration.programs import PairProgram

_SIZES = (0.5, 0.8, 1.15, 1.6, 2.2)
_PHASES = np.exp(2j * np.pi * np.arange(12) / 12)
_HILLS, _LOWER = 3, 0.1
_SAME = 3e-4
_STEP, _NEAR, _CLOSE = 0.1, 2e-3, 1e-7

DIGITS = 4
"""Decimals of gains and angles that are kept: they cost 1e-8 of fidelity, and where the top of a
hill is flat within rounding, all machines agree on them."""


def fitted_gain(program: PairProgram) -> complex:
    """The gain with the largest average gate fidelity, local Z angles left free.

    On a grid of sizes and phases the fidelity has several hills, some of nearly the same height.
    The highest are climbed, and the best one to its top; the line as it is published is a start
    too where it is not far below, so that a fit is never worse. Of hills that differ by less than
    3e-4 the one counts whose size is nearest to what is published.

    Args:
        program: The schedule to fit.
    """
    # One size at a time: the propagators of all would be too much for long schedules.
    heights = np.array([_fidelities(program, size * _PHASES) for size in _SIZES])
    starts = _hills(heights)
    if _fidelities(program, np.ones(1, dtype=complex))[0] > heights.max() - _LOWER:
        starts.append(1.0 + 0j)
    climbed = [_climb(program, start, _STEP, _NEAR) for start in starts]
    found = _fidelities(program, np.array(climbed))
    alike = [
        gain for gain, height in zip(climbed, found, strict=True) if height > found.max() - _SAME
    ]
    top = _climb(program, min(alike, key=lambda gain: abs(np.log(abs(gain)))), _NEAR, _CLOSE)
    return complex(*np.round([top.real, top.imag], DIGITS))


def _hills(heights: Real) -> list[complex]:
    """Where the grid is higher than all around it, and not far below its top, highest first."""
    padded = np.pad(heights, ((1, 1), (0, 0)), constant_values=-1.0)
    around = [np.roll(heights, 1, axis=1), np.roll(heights, -1, axis=1), padded[:-2], padded[2:]]
    highest = np.max(around, axis=0)
    tops = np.argwhere((heights >= highest) & (heights > heights.max() - _LOWER))
    order = np.argsort([-heights[size, phase] for size, phase in tops], kind="stable")
    return [complex(_SIZES[size] * _PHASES[phase]) for size, phase in tops[order[:_HILLS]]]


def _climb(program: PairProgram, start: complex, step: float, close: float) -> complex:
    """A simplex search on the two numbers of a gain, until its corners are `close`."""
    corner = np.array([start.real, start.imag])

    def missing(point: NDArray[np.float64]) -> float:
        return 1.0 - float(_fidelities(program, np.array([complex(*point)]))[0])

    search = minimize(
        missing,
        corner,
        method="Nelder-Mead",
        options={
            "xatol": close,
            "fatol": np.inf,  # what counts is that the gain is found, not how flat it is there
            "initial_simplex": corner + step * np.array([[0, 0], [1, 0], [0, 1]]),
        },
    )
    return complex(*search.x)


def _fidelities(program: PairProgram, gains: Complex) -> Real:
    return judge(program.blocks(gains), program.wanted).fidelities
