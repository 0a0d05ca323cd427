"""Samples of the pulses, taken at the middle of each sample."""

from __future__ import annotations

import numpy as np
from problem import Complex, Real


def _lifted(x: Real, sigma: float, edge: float) -> Real:
    """A Gaussian of height 1 that is 0 at a distance of `edge` from its middle."""
    floor = np.exp(-0.5 * (edge / sigma) ** 2)
    return (np.exp(-0.5 * (x / sigma) ** 2) - floor) / (1 - floor)


def drag(duration: int, amplitude: complex, sigma: float, beta: float) -> Complex:
    """A Gaussian with its derivative on the other quadrature."""
    x = np.arange(duration) + 0.5 - duration / 2
    shape = _lifted(x, sigma, duration / 2 + 1)
    return amplitude * (shape - 1j * beta * x / sigma**2 * shape)


def gaussian_square(duration: int, amplitude: complex, sigma: float, width: int) -> Complex:
    """A flat top between two halves of a Gaussian."""
    x = np.abs(np.arange(duration) + 0.5 - duration / 2) - width / 2
    rise = (duration - width) / 2 + 1
    return amplitude * np.where(x < 0, 1.0, _lifted(x, sigma, rise)).astype(np.complex128)
