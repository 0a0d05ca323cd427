"""The DRAG pulse."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backline.pulse.library.closed_form import Array, ScaledShape, real_amplitude
from backline.pulse.library.gaussian import (
    bad_sigma,
    centered_gaussian,
    drag_height,
    symbolic_drag_limit,
    symbolic_gaussian,
    symbolic_sigma,
)
from backline.pulse.values import Value


class Drag(ScaledShape):
    """A lifted Gaussian with its derivative in the other quadrature, as Qiskit 1.4.

    With the lifted Gaussian G(t) of `Gaussian` the envelope is
    G(t) (1 - i β (t - duration/2) / σ²).
    Sources: Motzoi et al., Phys. Rev. Lett. 103, 110501 (2009); Gambetta et al.,
    Phys. Rev. A 83, 012308 (2011).

    Args:
        duration: Length in samples.
        amp: Magnitude.
        sigma: Width of the Gaussian, in samples.
        beta: Size of the correction, in samples.
        angle: Angle of the amplitude, in rad.
        name: A name for displays.
        limit_amplitude: Whether amplitudes over 1 are refused; True by default.

    Raises:
        PulseError: If the parameters make no pulse.
    """

    __slots__ = ()
    alias = "Drag"
    _fields = ("duration", "sigma", "beta", "amp", "angle")

    def __init__(
        self,
        duration: Value,
        amp: Value,
        sigma: Value,
        beta: Value,
        angle: Value = 0.0,
        name: str | None = None,
        limit_amplitude: bool | None = None,
    ) -> None:
        values = (duration, sigma, beta, real_amplitude(amp, "Drag"), angle)
        self._set_up(values, name, limit_amplitude)

    def _violation(self) -> str | None:
        return bad_sigma(self._values[1])

    def _height(self) -> float:
        return drag_height(*self._values[1:3])

    def _shape(self, t: NDArray[np.float64]) -> Array:
        duration, sigma, beta = self._values[:3]
        center = duration / 2
        t -= center
        envelope = centered_gaussian(t, center + 1.0, sigma)
        t *= -1 / sigma**2
        if isinstance(beta, complex):
            return envelope * (1 + 1j * beta * t)
        t *= beta
        shape = np.empty(len(t), dtype=np.complex128)
        shape.real = envelope
        np.multiply(envelope, t, out=shape.imag)
        return shape

    @classmethod
    def _symbolic_shape(cls, sp: Any) -> Any:
        t, duration, sigma, beta = sp.symbols("t duration sigma beta")
        x = t - duration / 2
        return (1 - sp.I * beta * x / sigma**2) * symbolic_gaussian(sp, x, duration / 2 + 1)

    @classmethod
    def _symbolic_constraints(cls, sp: Any) -> Any:
        return symbolic_sigma(sp)

    @classmethod
    def _symbolic_limit(cls, sp: Any) -> Any:
        return symbolic_drag_limit(sp)
