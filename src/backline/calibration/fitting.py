"""The gain of one control line: where its own two-qubit schedule makes its gate best."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from backline.calibration.judging import judge
from backline.calibration.programs import PairProgram

_SIZES = (0.5, 0.8, 1.15, 1.6, 2.2)
_PHASES = np.exp(2j * np.pi * np.arange(8) / 8)
_STEP = 0.1
_CLOSE = 1e-6

DIGITS = 6
"""Decimals of the numbers that are kept: finer than any fidelity can tell."""


def fitted_gain(program: PairProgram) -> complex:
    """The gain with the largest average gate fidelity, local Z angles left free.

    A grid of sizes and phases, and the line as it is published, give the start of a simplex
    search.

    Args:
        program: The schedule to fit.
    """
    grid = [size * _PHASES for size in _SIZES]
    gains = np.concatenate([[1.0], *grid])
    # One size at a time: the propagators of all would be too much for long schedules.
    found = np.concatenate([_fidelities(program, part) for part in ([1.0], *grid)])
    start = gains[found.argmax()]
    corner = np.array([start.real, start.imag])
    search = minimize(
        lambda point: 1.0 - float(_fidelities(program, complex(*point))[0]),
        corner,
        method="Nelder-Mead",
        options={
            "xatol": _CLOSE,
            "fatol": np.inf,  # what counts is that the gain is found, not how flat it is there
            "initial_simplex": corner + _STEP * np.array([[0, 0], [1, 0], [0, 1]]),
        },
    )
    return complex(*np.round(search.x, DIGITS))


def _fidelities(program: PairProgram, gains: object) -> np.ndarray:
    return judge(program.blocks(np.asarray(gains)), program.wanted).fidelities
