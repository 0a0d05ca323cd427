"""The DRAG pulse."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backline.pulse.library.gaussian import bad_sigma, lifted_gaussian
from backline.pulse.library.symbolic import Array, ScalableSymbolicPulse, real_amplitude
from backline.pulse.values import Value


class Drag(ScalableSymbolicPulse):
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
        _, sigma, beta = self._values[:3]
        # |1 + i β x/σ²| exp(-x²/2σ²) is highest at x = 0 as long as |β| ≤ σ.
        return 1.0 if abs(beta) <= sigma else float("inf")

    def _shape(self, t: NDArray[np.float64]) -> Array:
        duration, sigma, beta = self._values[:3]
        center = duration / 2
        t -= center
        envelope = lifted_gaussian(t, center + 1.0, sigma)
        shape = np.empty(len(t), dtype=np.complex128)
        shape.real = envelope
        t *= -1 / sigma**2
        if isinstance(beta, complex):
            shape *= 1 + 1j * beta * t
        else:
            t *= beta
            np.multiply(envelope, t, out=shape.imag)
        return shape
