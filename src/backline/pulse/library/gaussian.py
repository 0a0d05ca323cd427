"""Gaussian pulses and what is made of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backline.pulse.library.closed_form import Array, ScaledShape, real_amplitude
from backline.pulse.values import Value

_NARROWEST, _WIDEST = 1e-100, 1e100  # squares of them, and of their inverses, are floats


def bad_sigma(sigma: Value) -> str | None:
    """What is wrong with a width sigma, if anything."""
    if type(sigma) is not complex and _NARROWEST <= sigma <= _WIDEST:
        return None
    if type(sigma) is complex or sigma <= 0:
        return f"sigma must be over 0, got {sigma}"
    return f"sigma must be {_NARROWEST:g} to {_WIDEST:g} samples, got {sigma:g}"


class SigmaPulse(ScaledShape):
    """A shape that has no parameters but a width sigma and its amplitude."""

    __slots__ = ()
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
        values = (duration, sigma, real_amplitude(amp, self.alias), angle)
        self._set_up(values, name, limit_amplitude)

    def _violation(self) -> str | None:
        return bad_sigma(self._values[1])

    @classmethod
    def _symbolic_constraints(cls, sp: Any) -> Any:
        return symbolic_sigma(sp)


def lifted_gaussian(x: NDArray[np.float64], end: float, sigma: float) -> NDArray[np.float64]:
    """exp(-x² / 2σ²), moved and scaled to be 0 at x = ±end and 1 at x = 0.

    It is computed from what lacks to 1, so that it is right where σ is much longer than `end`.
    """
    y = x * x
    y *= -0.5 / sigma**2
    np.expm1(y, out=y)
    y /= -math.expm1(-0.5 * (end / sigma) ** 2)
    y += 1.0
    return y


def centered_gaussian(x: NDArray[np.float64], end: float, sigma: float) -> NDArray[np.float64]:
    """`lifted_gaussian` for x that ascend from -a to a: the second half mirrors the first."""
    half = (len(x) + 1) // 2
    y = np.empty(len(x))
    y[:half] = lifted_gaussian(x[:half], end, sigma)
    y[half:] = y[: len(x) - half][::-1]
    return y


def drag_height(sigma: float, beta: Value) -> float:
    """A bound of a DRAG shape's norm: 1 where it is highest at the center, else infinity."""
    # |1 - i β x/σ²| exp(-x²/2σ²) is highest at x = 0 as long as β is real and |β| ≤ σ.
    return 1.0 if type(beta) is not complex and abs(beta) <= sigma else math.inf


def symbolic_sigma(sp: Any) -> Any:
    """What a width sigma must satisfy, for sympy."""
    return sp.Symbol("sigma") > 0


def symbolic_drag_limit(sp: Any) -> Any:
    """A condition under which no sample of a DRAG shape exceeds 1, for sympy."""
    amp, sigma, beta = sp.symbols("amp sigma beta")
    return sp.And(sp.Abs(beta) <= sigma, sp.Abs(amp) <= 1)


def symbolic_gaussian(sp: Any, x: Any, end: Any) -> Any:
    """`lifted_gaussian` for sympy."""
    width = 2 * sp.Symbol("sigma") ** 2
    least = sp.exp(-(end**2) / width)
    return (sp.exp(-(x**2) / width) - least) / (1 - least)


class Gaussian(SigmaPulse):
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

    def _shape(self, t: NDArray[np.float64]) -> Array:
        duration, sigma = self._values[:2]
        center = duration / 2
        t -= center
        return centered_gaussian(t, center + 1.0, sigma)

    @classmethod
    def _symbolic_shape(cls, sp: Any) -> Any:
        t, duration = sp.symbols("t duration")
        return symbolic_gaussian(sp, t - duration / 2, duration / 2 + 1)


class GaussianDeriv(SigmaPulse):
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

    def _height(self) -> float:
        return math.exp(-0.5) / float(self._values[1])  # at t - μ = ±σ

    def _shape(self, t: NDArray[np.float64]) -> Array:
        duration, sigma = self._values[:2]
        x = (t - duration / 2) / sigma
        return np.exp(-0.5 * x * x) * x / -sigma

    @classmethod
    def _symbolic_shape(cls, sp: Any) -> Any:
        t, duration, sigma = sp.symbols("t duration sigma")
        x = (t - duration / 2) / sigma
        return -x * sp.exp(-(x**2) / 2) / sigma

    @classmethod
    def _symbolic_limit(cls, sp: Any) -> Any:
        amp, sigma = sp.symbols("amp sigma")
        return sp.Abs(amp) / sigma <= sp.exp(sp.Rational(1, 2))
