"""Flat pulses with Gaussian edges: what cross resonance and readout are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backline.pulse.library.closed_form import Array, ScaledShape, real_amplitude
from backline.pulse.library.flat_top import (
    bad_width,
    edges,
    flat_width,
    lifted_square,
    symbolic_edges,
    symbolic_square,
    symbolic_width,
)
from backline.pulse.library.gaussian import drag_height, symbolic_drag_limit
from backline.pulse.values import Value


class GaussianSquare(ScaledShape):
    """A flat pulse with lifted Gaussian edges, as Qiskit 1.4.

    Give either `width`, or `risefall_sigma_ratio`: width = duration - 2·ratio·sigma. The edges
    are (duration - width)/2 long, and 0 at t = -1.

    Args:
        duration: Length in samples.
        amp: Magnitude.
        sigma: Width of the Gaussian of the edges, in samples.
        width: Length of the flat part, in samples.
        angle: Angle of the amplitude, in rad.
        risefall_sigma_ratio: Length of an edge, in sigmas.
        name: A name for displays.
        limit_amplitude: Whether amplitudes over 1 are refused; True by default.

    Raises:
        PulseError: If the parameters make no pulse.
    """

    __slots__ = ()
    alias = "GaussianSquare"
    _fields = ("duration", "sigma", "width", "amp", "angle")

    def __init__(
        self,
        duration: Value,
        amp: Value,
        sigma: Value,
        width: Value | None = None,
        angle: Value = 0.0,
        risefall_sigma_ratio: Value | None = None,
        name: str | None = None,
        limit_amplitude: bool | None = None,
    ) -> None:
        flat = flat_width(duration, sigma, width, risefall_sigma_ratio, self.alias)
        values = (duration, sigma, flat, real_amplitude(amp, self.alias), angle)
        self._set_up(values, name, limit_amplitude)

    @property
    def risefall_sigma_ratio(self) -> Value:
        """Length of an edge, in sigmas."""
        duration, sigma, width = self._values[:3]
        return (duration - width) / (2.0 * sigma)

    def _violation(self) -> str | None:
        duration, sigma, width = self._values[:3]
        return bad_width(duration, sigma, width)

    def _shape(self, t: NDArray[np.float64]) -> Array:
        duration, sigma, width = self._values[:3]
        return lifted_square(t, duration, sigma, width)

    @classmethod
    def _symbolic_shape(cls, sp: Any) -> Any:
        return symbolic_square(sp, *sp.symbols("t duration width"))

    @classmethod
    def _symbolic_constraints(cls, sp: Any) -> Any:
        return symbolic_width(sp)


class GaussianSquareDrag(ScaledShape):
    """A flat pulse with DRAG edges, as Qiskit 1.4.

    As `GaussianSquare`, with the edges multiplied by 1 - i β x/σ², x the (signed) distance from
    the flat part.

    Args:
        duration: Length in samples.
        amp: Magnitude.
        sigma: Width of the Gaussian of the edges, in samples.
        beta: Size of the correction, in samples.
        width: Length of the flat part, in samples.
        angle: Angle of the amplitude, in rad.
        risefall_sigma_ratio: Length of an edge, in sigmas.
        name: A name for displays.
        limit_amplitude: Whether amplitudes over 1 are refused; True by default.

    Raises:
        PulseError: If the parameters make no pulse.
    """

    __slots__ = ()
    alias = "GaussianSquareDrag"
    _fields = ("duration", "sigma", "width", "beta", "amp", "angle")

    def __init__(
        self,
        duration: Value,
        amp: Value,
        sigma: Value,
        beta: Value,
        width: Value | None = None,
        angle: Value = 0.0,
        risefall_sigma_ratio: Value | None = None,
        name: str | None = None,
        limit_amplitude: bool | None = None,
    ) -> None:
        flat = flat_width(duration, sigma, width, risefall_sigma_ratio, self.alias)
        values = (duration, sigma, flat, beta, real_amplitude(amp, self.alias), angle)
        self._set_up(values, name, limit_amplitude)

    def _violation(self) -> str | None:
        duration, sigma, width = self._values[:3]
        return bad_width(duration, sigma, width)

    def _height(self) -> float:
        _, sigma, _, beta = self._values[:4]
        return drag_height(sigma, beta)

    def _shape(self, t: NDArray[np.float64]) -> Array:
        duration, sigma, width, beta = self._values[:4]
        correction = 1 - 1j * beta * edges(t, duration, width) / sigma**2
        return correction * lifted_square(t, duration, sigma, width)

    @classmethod
    def _symbolic_shape(cls, sp: Any) -> Any:
        times = sp.symbols("t duration width")
        sigma, beta = sp.symbols("sigma beta")
        correction = 1 - sp.I * beta * symbolic_edges(sp, *times) / sigma**2
        return correction * symbolic_square(sp, *times)

    @classmethod
    def _symbolic_constraints(cls, sp: Any) -> Any:
        return symbolic_width(sp)

    @classmethod
    def _symbolic_limit(cls, sp: Any) -> Any:
        return symbolic_drag_limit(sp)
