"""How a trace becomes a point: kernels of a program's own.

An acquisition without one goes through the device's own kernel; see `calibrated`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses.readout.resonator import Resonator
from backline.engines.pulses.readout.response import output_samples
from backline.errors import InputError

Complex = NDArray[np.complex128]

_ROUNDING = 1e-6  # of an input sample


@dataclass(frozen=True, kw_only=True)
class Boxcar:
    """The mean of a trace between two times.

    Attributes:
        start: Where the window begins, in input samples since the acquisition's first.
        stop: Where it ends; None for the acquisition's end.
    """

    start: int = 0
    stop: int | None = None

    def weights(self, resonator: Resonator, duration: int, dt: float) -> Complex:
        """The weight of each output sample, array (output samples,), of sum 1.

        Output samples count that begin inside the window.

        Args:
            resonator: Of the acquired qubit.
            duration: Of the acquisition, in input samples.
            dt: Length of an input sample, in s.

        Raises:
            InputError: If the window is not inside the acquisition, or holds no output sample.
        """
        stop = duration if self.stop is None else self.stop
        if not 0 <= self.start < stop <= duration:
            raise InputError(
                f"the boxcar from {self.start} to {stop} must lie inside the acquisition of qubit "
                f"{resonator.qubit}, which has {duration} samples"
            )
        begins = np.arange(output_samples(resonator, duration, dt)) * (resonator.dtm or dt) / dt
        inside = (begins >= self.start - _ROUNDING) & (begins < stop - _ROUNDING)
        if not inside.any():
            raise InputError(
                f"no output sample of qubit {resonator.qubit} begins in the boxcar from "
                f"{self.start} to {stop}: they begin every {(resonator.dtm or dt) / dt:g} samples"
            )
        return inside / np.complex128(np.count_nonzero(inside))


@dataclass(frozen=True, kw_only=True, eq=False)
class Weighted:
    """A sum over a trace with given weights.

    Attributes:
        samples: Array (output samples,): the weight of each. A point is the sum of weight times
            sample, nothing conjugated.
    """

    samples: Complex

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Weighted):
            return NotImplemented
        return np.array_equal(self.samples, other.samples)

    def __hash__(self) -> int:
        return hash((len(self.samples), complex(self.samples.sum())))

    def weights(self, resonator: Resonator, duration: int, dt: float) -> Complex:
        """The weight of each output sample, array (output samples,).

        Args:
            resonator: Of the acquired qubit.
            duration: Of the acquisition, in input samples.
            dt: Length of an input sample, in s.

        Raises:
            InputError: If there are more or less weights than output samples.
        """
        samples = output_samples(resonator, duration, dt)
        if len(self.samples) != samples:
            raise InputError(
                f"the kernel has {len(self.samples)} weights, and the acquisition of qubit "
                f"{resonator.qubit} has {samples} output samples: give one for each"
            )
        return self.samples


Kernel = Boxcar | Weighted
