"""Gaussian pulses and what is made of them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from backline.pulse.library.symbolic import Array, ScalableSymbolicPulse, real_amplitude
from backline.pulse.values import Value


def positive_sigma(sigma: Value) -> str | None:
    """What is wrong with a width sigma, if anything."""
    if isinstance(sigma, complex) or not sigma > 0:
        return f"sigma must be over 0, got {sigma}"
    return None


def gaussian(t: NDArray[np.float64], center: float, sigma: float) -> NDArray[np.float64]:
    """exp(-(t - center)² / 2σ²)."""
    x = (t - center) / sigma
    np.multiply(x, x, out=x)
    x *= -0.5
    return np.exp(x, out=x)


def lifted(values: NDArray[np.float64], center: float, sigma: float) -> NDArray[np.float64]:
    """Values of a Gaussian, moved and scaled in place to be 0 at t = -1 and 1 at the center."""
    below = math.exp(-0.5 * ((center + 1.0) / sigma) ** 2)
    values -= below
    values /= -math.expm1(-0.5 * ((center + 1.0) / sigma) ** 2)
    return values


class Gaussian(ScalableSymbolicPulse):
    """A lifted and truncated Gaussian, as Qiskit 1.4.

    With g(t) = exp(-(t - duration/2)² / 2σ²) the envelope is A (g(t) - g(-1)) / (1 - g(-1)),
    A = amp·exp(i·angle).

    Args:
        duration: Length in samples.
        amp: Magnitude.
        sigma: Width of the Gaussian, in samples.
        angle: Angle of the amplitude, in rad.
        name: A name for displays.
        limit_amplitude: Whether amplitudes over 1 are refused; True by default.

    Raises:
        PulseError: If the parameters make no pulse.

    >>> Gaussian(4, 0.5, 1).get_waveform().samples.real.round(3)
    array([0.159, 0.441, 0.441, 0.159])
    """

    __slots__ = ()
    alias = "Gaussian"
    _fields = ("duration", "sigma", "amp", "angle")

    def __init__(
        self,
        duration: Value,
        amp: Value,
        sigma: Value,
        angle: Value = 0.0,
        name: str | None = None,
        limit_amplitude: bool | None = None,
    ) -> None:
        values = (duration, sigma, real_amplitude(amp, "Gaussian"), angle)
        self._set_up(values, name, limit_amplitude)

    def _violation(self) -> str | None:
        return positive_sigma(self._values[1])

    def _shape(self, t: NDArray[np.float64]) -> Array:
        duration, sigma = self._values[:2]
        center = duration / 2
        return lifted(gaussian(t, center, sigma), center, sigma)


class GaussianDeriv(ScalableSymbolicPulse):
    """The derivative of an unlifted Gaussian: -A (t - μ)/σ² · exp(-(t - μ)² / 2σ²), μ = duration/2.

    Args:
        duration: Length in samples.
        amp: Magnitude of the Gaussian whose derivative this is.
        sigma: Width of the Gaussian, in samples.
        angle: Angle of the amplitude, in rad.
        name: A name for displays.
        limit_amplitude: Whether amplitudes over 1 are refused; True by default.

    Raises:
        PulseError: If the parameters make no pulse.
    """

    __slots__ = ()
    alias = "GaussianDeriv"
    _fields = ("duration", "sigma", "amp", "angle")

    def __init__(
        self,
        duration: Value,
        amp: Value,
        sigma: Value,
        angle: Value = 0.0,
        name: str | None = None,
        limit_amplitude: bool | None = None,
    ) -> None:
        values = (duration, sigma, real_amplitude(amp, "GaussianDeriv"), angle)
        self._set_up(values, name, limit_amplitude)

    def _violation(self) -> str | None:
        return positive_sigma(self._values[1])

    def _height(self) -> float:
        return math.exp(-0.5) / float(self._values[1])  # at t - μ = ±σ

    def _shape(self, t: NDArray[np.float64]) -> Array:
        duration, sigma = self._values[:2]
        center = duration / 2
        return gaussian(t, center, sigma) * (center - t) / sigma**2
