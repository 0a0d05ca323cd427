"""Flat pulses with Gaussian edges: what cross resonance and readout are made of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backline.errors import PulseError
from backline.pulse.library.gaussian import bad_sigma, lifted_gaussian
from backline.pulse.library.symbolic import Array, ScalableSymbolicPulse, real_amplitude
from backline.pulse.values import Value, samples, settle


def flat_width(
    duration: Value, sigma: Value, width: Value | None, ratio: Value | None, what: str
) -> Value:
    """The length of the flat part, given itself or by the length of the edges in sigmas.

    Raises:
        PulseError: If not exactly one of the two is given, or one is no number.
    """
    if (width is None) == (ratio is None):
        given = "neither" if width is None else "both"
        raise PulseError(
            f"a {what} needs either width or risefall_sigma_ratio, and {given} is given"
        )
    if ratio is None:
        return width
    ratio = settle(ratio, f"risefall_sigma_ratio of a {what}")
    sigma = settle(sigma, f"sigma of a {what}")
    return samples(duration, f"the duration of a {what}") - 2.0 * ratio * sigma


def bad_width(duration: Value, sigma: Value, width: Value) -> str | None:
    """What is wrong with these lengths, if anything."""
    if isinstance(width, complex) or not 0 <= width <= duration:
        return f"width must be 0 to the duration {duration}, got {width}"
    return bad_sigma(sigma)


def edges(t: NDArray[np.float64], duration: float, width: float) -> NDArray[np.float64]:
    """Distance of t from the flat part: negative before it, 0 inside it, positive after it."""
    rise = (duration - width) / 2
    return np.where(t < rise, t - rise, np.maximum(t - (rise + width), 0.0))


def lifted_square(
    t: NDArray[np.float64], duration: float, sigma: float, width: float
) -> NDArray[np.float64]:
    """1 in the flat part, a Gaussian that is 0 at t = -1 in the edges."""
    return lifted_gaussian(edges(t, duration, width), (duration - width) / 2 + 1.0, sigma)


class GaussianSquare(ScalableSymbolicPulse):
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


class GaussianSquareDrag(ScalableSymbolicPulse):
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
        return 1.0 if abs(beta) <= sigma else float("inf")  # as in Drag

    def _shape(self, t: NDArray[np.float64]) -> Array:
        duration, sigma, width, beta = self._values[:4]
        correction = 1 - 1j * beta * edges(t, duration, width) / sigma**2
        return correction * lifted_square(t, duration, sigma, width)
