"""The echoed Gaussian square pulse with an active tone."""

from __future__ import annotations

import cmath

import numpy as np
from numpy.typing import NDArray

from backline.pulse.library.gaussian_square import bad_width, flat_width, lifted_square
from backline.pulse.library.symbolic import Array, SymbolicPulse, real_amplitude
from backline.pulse.values import Value


class GaussianSquareEcho(SymbolicPulse):
    """A Gaussian square pulse, its negative, and a tone over both, as Qiskit 1.4.

    Each echo lasts half the duration, with a flat part of width - duration/2. Source: Jurcevic
    et al., Quantum Sci. Technol. 6, 025020 (2021), section V.

    Args:
        duration: Length in samples.
        amp: Magnitude of the echoed pulse.
        sigma: Width of the Gaussian of the edges, in samples.
        width: Length of the tone's flat part, in samples.
        angle: Angle of the echoed pulse, in rad.
        active_amp: Magnitude of the tone.
        active_angle: Angle of the tone, in rad.
        risefall_sigma_ratio: Length of an edge, in sigmas.
        name: A name for displays.
        limit_amplitude: Whether amplitudes over 1 are refused; True by default.

    Raises:
        PulseError: If the parameters make no pulse.
    """

    __slots__ = ()
    alias = "gaussian_square_echo"
    _fields = ("duration", "amp", "angle", "sigma", "width", "active_amp", "active_angle")

    def __init__(
        self,
        duration: Value,
        amp: Value,
        sigma: Value,
        width: Value | None = None,
        angle: Value = 0.0,
        active_amp: Value = 0.0,
        active_angle: Value = 0.0,
        risefall_sigma_ratio: Value | None = None,
        name: str | None = None,
        limit_amplitude: bool | None = None,
    ) -> None:
        flat = flat_width(duration, sigma, width, risefall_sigma_ratio, self.alias)
        real_amplitude(amp, self.alias)
        real_amplitude(active_amp, self.alias)
        values = (duration, amp, angle, sigma, flat, active_amp, active_angle)
        self._set_up(values, name, limit_amplitude)

    def _violation(self) -> str | None:
        duration, _, _, sigma, width = self._values[:5]
        return bad_width(duration, sigma, width)

    def _peak(self) -> float:
        return float(abs(self._values[1]) + abs(self._values[5]))

    def _formula(self, t: NDArray[np.float64]) -> Array:
        duration, amp, angle, sigma, width, active_amp, active_angle = self._values
        half = duration / 2
        second = t > half
        local = np.where(second, t - half, t)
        echo = lifted_square(local, half, sigma, width - half)
        echo[second] *= -1.0
        tone = lifted_square(t, duration, sigma, width)
        total: NDArray[np.complex128] = (
            amp * cmath.exp(1j * angle) * echo + active_amp * cmath.exp(1j * active_angle) * tone
        )
        return total


gaussian_square_echo = GaussianSquareEcho
"""As Qiskit 1.4 calls it."""
