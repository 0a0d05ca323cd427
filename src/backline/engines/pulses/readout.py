"""What the instruments say about the levels: bits with confusion, or points in the IQ plane."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfcinv

from backline.engines.pulses.model import Site

_LARGEST_ERROR = 0.499


def read_bits(
    levels: NDArray[np.int64], sites: list[Site], random: np.random.Generator, *, noise: bool
) -> NDArray[np.uint8]:
    """Classified outcomes.

    Levels of 1 and more read as 1. With noise, 0 reads as 1 with a site's `p1_given_0`, and the
    rest as 0 with its `p0_given_1`.

    Args:
        levels: Array (shots, acquisitions).
        sites: The site of each acquisition.
        random: Source of chance.
        noise: Whether outcomes are confused.

    Returns:
        uint8 array (shots, acquisitions).
    """
    excited = levels >= 1
    if noise:
        up = np.array([site.p1_given_0 for site in sites])
        down = np.array([site.p0_given_1 for site in sites])
        excited ^= random.random(levels.shape) < np.where(excited, down, up)
    return excited.astype(np.uint8)


def read_iq(
    levels: NDArray[np.int64], sites: list[Site], random: np.random.Generator, *, noise: bool
) -> NDArray[np.complex128]:
    """Kerneled outcomes in the IQ plane.

    Level 0 lies at -1 and level k >= 1 at 1 + 2i (k - 1), so that neighbours are 2 apart and the
    sign of the real part classifies. Points scatter normally around the centres, in both
    quadratures, as wide as makes that classification wrong as often as the site's mean assignment
    error says (an error of one half or more counts as 0.499). Without noise they lie on them.

    Args:
        levels: Array (shots, acquisitions).
        sites: The site of each acquisition.
        random: Source of chance.
        noise: Whether points scatter.

    Returns:
        complex128 array (shots, acquisitions).
    """
    points = np.where(levels == 0, -1.0, 1.0 + 2.0j * (levels - 1))
    if noise:
        widths = np.array([iq_width(site) for site in sites])
        scatter = random.standard_normal((2, *levels.shape))
        points += widths * (scatter[0] + 1j * scatter[1])
    return points


def iq_width(site: Site) -> float:
    """Standard deviation of a site's points in either quadrature; centres are 2 apart."""
    error = min((site.p1_given_0 + site.p0_given_1) / 2, _LARGEST_ERROR)
    return 0.0 if error == 0.0 else 1 / (math.sqrt(2) * float(erfcinv(2 * error)))
