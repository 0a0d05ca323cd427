"""The echoed Gaussian square pulse with an active tone."""

from __future__ import annotations

import cmath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backline.pulse.library.closed_form import Array, ClosedForm
from backline.pulse.library.flat_top import (
    bad_width,
    flat_width,
    lifted_square,
    symbolic_square,
    symbolic_width,
)
from backline.pulse.values import Value


class GaussianSquareEcho(ClosedForm):
    """A Gaussian square pulse, its negative, and a tone over both, as Qiskit 1.4.

    Each echo lasts half the duration, with a flat part of width - duration/2. Source: Jurcevic
    et al., Quantum Sci. Technol. 6, 025020 (2021), section V.

    Args:
        duration: Length in samples.
        amp: Magnitude of the echoed pulse; it may be complex here, as in Qiskit 1.4.
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

    @classmethod
    def _symbolic_envelope(cls, sp: Any) -> Any:
        t, duration, width, amp, angle = sp.symbols("t duration width amp angle")
        active_amp, active_angle = sp.symbols("active_amp active_angle")
        half = duration / 2
        first = symbolic_square(sp, t, half, width - half)
        second = symbolic_square(sp, t - half, half, width - half)
        echo = sp.Piecewise((first, t <= half), (-second, True))
        tone = symbolic_square(sp, t, duration, width)
        return amp * sp.exp(sp.I * angle) * echo + active_amp * sp.exp(sp.I * active_angle) * tone

    @classmethod
    def _symbolic_constraints(cls, sp: Any) -> Any:
        return symbolic_width(sp)

    @classmethod
    def _symbolic_limit(cls, sp: Any) -> Any:
        amp, active_amp = sp.symbols("amp active_amp")
        return sp.Abs(amp) + sp.Abs(active_amp) <= 1


gaussian_square_echo = GaussianSquareEcho
"""As Qiskit 1.4 calls it."""
