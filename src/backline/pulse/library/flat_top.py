"""What pulses with a flat part and Gaussian edges have in common."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backline.errors import PulseError
from backline.pulse.library.gaussian import (
    bad_sigma,
    lifted_gaussian,
    symbolic_gaussian,
    symbolic_sigma,
)
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
    # An echo's flat part may be of negative length: then both edges reach t = rise, and the first
    # one counts there.
    return np.where(t <= rise, t - rise, np.maximum(t - (rise + width), 0.0))


def lifted_square(
    t: NDArray[np.float64], duration: float, sigma: float, width: float
) -> NDArray[np.float64]:
    """1 in the flat part, a Gaussian that is 0 at t = -1 in the edges."""
    return lifted_gaussian(edges(t, duration, width), (duration - width) / 2 + 1.0, sigma)


def symbolic_edges(sp: Any, t: Any, duration: Any, width: Any) -> Any:
    """`edges` for sympy."""
    x = t - (duration - width) / 2
    # Compared to 0: sympy does not come to an end of simplifying `t - duration/2 <= …`.
    return sp.Piecewise((x, x <= 0), (sp.Max(x - width, 0), True))


def symbolic_square(sp: Any, t: Any, duration: Any, width: Any) -> Any:
    """`lifted_square` for sympy."""
    x = symbolic_edges(sp, t, duration, width)
    return symbolic_gaussian(sp, x, (duration - width) / 2 + 1)


def symbolic_width(sp: Any) -> Any:
    """What duration, sigma and width must satisfy, for sympy."""
    duration, width = sp.symbols("duration width")
    return sp.And(symbolic_sigma(sp), width >= 0, width <= duration)
