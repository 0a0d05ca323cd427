"""Pulses of the hyperbolic secant."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backline.pulse.library.closed_form import Array
from backline.pulse.library.gaussian import SigmaPulse
from backline.pulse.values import Value


def sech(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """1/cosh(x), without overflow."""
    decay = np.exp(-np.abs(x))
    return 2.0 * decay / (1.0 + decay * decay)


def _lack(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 - sech(x), right for small x too."""
    less = np.expm1(-np.abs(x))
    return less * less / (1.0 + (1.0 + less) ** 2)


class Sech(SigmaPulse):
    """A·sech((t - μ)/σ), μ = duration/2, lifted to be 0 at t = -1 by default (as Qiskit 1.4).

    Args:
        duration: Length in samples.
        amp: Magnitude.
        sigma: Width, in samples.
        angle: Angle of the amplitude, in rad.
        name: A name for displays.
        zero_ends: Whether the envelope is lifted to be 0 at t = -1.
        limit_amplitude: Whether amplitudes over 1 are refused; True by default.

    Raises:
        PulseError: If the parameters make no pulse.
    """

    __slots__ = ()
    alias = "Sech"

    def __new__(
        cls,
        duration: Value = None,
        amp: Value = None,
        sigma: Value = None,
        angle: Value = 0.0,
        name: str | None = None,
        zero_ends: bool = True,
        limit_amplitude: bool | None = None,
    ) -> Sech:
        """An unlifted one is of the class that knows how to sample it."""
        return super().__new__(cls if zero_ends else UnliftedSech)

    def __init__(
        self,
        duration: Value,
        amp: Value,
        sigma: Value,
        angle: Value = 0.0,
        name: str | None = None,
        zero_ends: bool = True,
        limit_amplitude: bool | None = None,
    ) -> None:
        super().__init__(duration, amp, sigma, angle, name, limit_amplitude)

    def _shape(self, t: NDArray[np.float64]) -> Array:
        duration, sigma = self._values[:2]
        end = np.array([-1.0 - duration / 2])
        return 1.0 - _lack((t - duration / 2) / sigma) / _lack(end / sigma)

    @classmethod
    def _symbolic_shape(cls, sp: Any) -> Any:
        t, duration, sigma = sp.symbols("t duration sigma")
        least = sp.sech((duration / 2 + 1) / sigma)
        return (sp.sech((t - duration / 2) / sigma) - least) / (1 - least)


class UnliftedSech(Sech):
    """A `Sech` made with `zero_ends=False`."""

    __slots__ = ()

    def _canonical(self) -> tuple[object, ...]:
        return (*super()._canonical(), "unlifted")

    def __repr__(self) -> str:
        return f"{super().__repr__()[:-1]}, zero_ends=False)"

    def _shape(self, t: NDArray[np.float64]) -> Array:
        duration, sigma = self._values[:2]
        return sech((t - duration / 2) / sigma)

    @classmethod
    def _symbolic_shape(cls, sp: Any) -> Any:
        t, duration, sigma = sp.symbols("t duration sigma")
        return sp.sech((t - duration / 2) / sigma)


class SechDeriv(SigmaPulse):
    """The derivative of an unlifted sech: -A/σ · sech(x) tanh(x), x = (t - duration/2)/σ.

    Args:
        duration: Length in samples.
        amp: Magnitude of the sech whose derivative this is.
        sigma: Width, in samples.
        angle: Angle of the amplitude, in rad.
        name: A name for displays.
        limit_amplitude: Whether amplitudes over 1 are refused; True by default.

    Raises:
        PulseError: If the parameters make no pulse.
    """

    __slots__ = ()
    alias = "SechDeriv"

    def _height(self) -> float:
        return 0.5 / float(self._values[1])  # sech·tanh is at most 1/2

    def _shape(self, t: NDArray[np.float64]) -> Array:
        duration, sigma = self._values[:2]
        x = (t - duration / 2) / sigma
        return sech(x) * np.tanh(x) / -sigma

    @classmethod
    def _symbolic_shape(cls, sp: Any) -> Any:
        t, duration, sigma = sp.symbols("t duration sigma")
        x = (t - duration / 2) / sigma
        return -sp.sech(x) * sp.tanh(x) / sigma

    @classmethod
    def _symbolic_limit(cls, sp: Any) -> Any:
        amp, sigma = sp.symbols("amp sigma")
        return sp.Abs(amp) / sigma <= 2
