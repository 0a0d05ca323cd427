"""What a qubit's instruments are tuned to: its own measurement.

It fixes the unit and phase of traces, the device's own kernel, and the noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses.readout.resonator import Resonator
from backline.engines.pulses.readout.response import response
from backline.errors import EngineError

Complex = NDArray[np.complex128]


@dataclass(frozen=True, kw_only=True, eq=False)
class Calibrated:
    """Follows from a resonator and its own measurement.

    Attributes:
        scale: Trace over field. In the own measurement, the traces of levels 0 and 1 are 2 apart
            at their largest distance, which is real there.
        weights: Array (output samples,): the matched kernel, conj(y_1 - y_0) but for a factor, of
            the traces y of levels 0 and 1. In white noise, no other linear kernel tells the two
            apart better (the matched filter). It puts them 2 apart along the real axis.
        offset: What is added to a point of that kernel, so that level 0 lies at -1 and 1 at 1.
        centers: Array (levels,): points of the levels in the own measurement.
        noise: Standard deviation of a trace's sample, in either quadrature, over that of a point
            of the matched kernel.
    """

    scale: complex
    weights: Complex
    offset: complex
    centers: Complex
    noise: float


# Programs of one sweep share their resonators; a few cached kernels take less than 100 MB.
@lru_cache(maxsize=128)
def calibrated(resonator: Resonator, levels: int, dt: float) -> Calibrated:
    """Tune a qubit's instruments.

    Args:
        resonator: The resonator and its own measurement.
        levels: How many levels there are, at least 2.
        dt: Length of an input sample, in s.

    Raises:
        EngineError: If the own measurement does not tell levels 0 and 1 apart.
    """
    own = resonator.stimulus
    fields = response(resonator, own, resonator.start, resonator.duration, levels=levels, dt=dt)
    apart = fields[1] - fields[0]
    largest = apart[np.argmax(np.abs(apart))] if apart.size else 0.0
    if largest == 0.0:
        raise EngineError(
            f"the device's own measurement of qubit {resonator.qubit} does not tell 0 and 1 apart: "
            f"no stimulus reaches its resonator before its acquisition ends"
        )
    scale = complex(2 / largest)
    power = float(np.sum(np.abs(scale * apart) ** 2))
    weights = 2 * np.conj(scale * apart) / power
    weights.flags.writeable = False
    points = scale * fields @ weights
    offset = complex(-(points[0] + points[1]) / 2)
    centers = points + offset
    centers[:2] = -1.0, 1.0  # which is what they are, but for rounding
    centers.flags.writeable = False
    return Calibrated(
        scale=scale,
        weights=weights,
        offset=offset,
        centers=centers,
        noise=float(np.sqrt(power) / 2),
    )
