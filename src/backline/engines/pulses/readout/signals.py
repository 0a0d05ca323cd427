"""What one acquisition gives: the trace of each level, and the cloud of points of each level."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfcinv

from backline.engines.pulses.model import Site
from backline.engines.pulses.readout.calibrated import Calibrated, calibrated
from backline.engines.pulses.readout.resonator import Resonator, same_envelopes
from backline.engines.pulses.readout.response import memory, output_samples, response
from backline.engines.pulses.waveforms import Acquisition, Track

Complex = NDArray[np.complex128]

_LARGEST_ERROR = 0.499


@dataclass(frozen=True, kw_only=True, eq=False)
class Cloud:
    """Points of one acquisition in the IQ plane, scattered normally around a center each.

    Attributes:
        centers: Array (levels,).
        width: Standard deviation in either quadrature, the same for all levels.
    """

    centers: Complex
    width: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Signal:
    """One acquisition, with what reaches it.

    Attributes:
        acquisition: The acquisition.
        site: What is acquired.
        resonator: Of its qubit.
        track: What the qubit's measure channel plays; None where it plays nothing in the whole
            program: the stimulus of the device's own measurement is then taken to be there.
        dt: Length of an input sample, in s.
        noisy: Whether readout is imperfect.
    """

    acquisition: Acquisition
    site: Site
    resonator: Resonator
    track: Track | None
    dt: float
    noisy: bool

    @property
    def levels(self) -> int:
        """Levels of the qubit."""
        return self.site.levels

    @property
    def width(self) -> float:
        """Of the points in the device's own measurement with its kernel."""
        return iq_width(self.site) if self.noisy else 0.0

    @property
    def samples(self) -> int:
        """Number of output samples."""
        return output_samples(self.resonator, self.acquisition.duration, self.dt)

    @property
    def calibrated(self) -> Calibrated:
        """What the instruments are tuned to."""
        return calibrated(self.resonator, self.levels, self.dt)

    @property
    def noise(self) -> float:
        """Standard deviation of an output sample in either quadrature."""
        return self.width * self.calibrated.noise

    def traces(self) -> Complex:
        """Traces without noise, array (levels, output samples)."""
        resonator, duration = self.resonator, self.acquisition.duration
        track, start = (
            (resonator.stimulus, resonator.start)
            if self.track is None
            else (self.track, self.acquisition.start)
        )
        fields = response(resonator, track, start, duration, levels=self.levels, dt=self.dt)
        return self.calibrated.scale * fields

    @cached_property
    def cloud(self) -> Cloud:
        """The points that the acquisition's kernel makes of its traces."""
        if self.acquisition.kernel is not None:
            weights = self.acquisition.kernel.weights(
                self.resonator, self.acquisition.duration, self.dt
            )
            return self._of_kernel(weights)
        tuned = self.calibrated
        if self._is_own():
            return Cloud(centers=tuned.centers, width=self.width)
        weights = np.zeros(self.samples, dtype=np.complex128)
        covered = min(len(weights), len(tuned.weights))
        weights[:covered] = tuned.weights[:covered]
        cloud = self._of_kernel(weights)
        return replace(cloud, centers=cloud.centers + tuned.offset)

    def _of_kernel(self, weights: Complex) -> Cloud:
        # The sum of normal noise is normal: no trace needs to be drawn.
        width = self.noise * float(np.linalg.norm(weights))
        return Cloud(centers=self.traces() @ weights, width=width)

    def _is_own(self) -> bool:
        """Whether this is the device's own measurement, at whatever time."""
        if self.track is None:
            return True
        own, shift = self.resonator.stimulus, self.acquisition.start - self.resonator.start
        if self.acquisition.duration < self.resonator.duration:
            return False
        stop = self.acquisition.start + self.resonator.duration
        before = self.acquisition.start - memory(self.resonator, self.dt)
        heard = [
            k
            for k, (start, envelope) in enumerate(
                zip(self.track.starts.tolist(), self.track.envelopes, strict=True)
            )
            if start < stop and start + len(envelope) > before
        ]
        return (
            len(own.frequencies) == len(self.track.frequencies) == 1
            and own.frequencies[0] == self.track.frequencies[0]
            and own.phases[0] == self.track.phases[0]
            and np.array_equal(self.track.starts[heard], own.starts + shift)
            and same_envelopes(tuple(self.track.envelopes[k] for k in heard), own.envelopes)
        )


def iq_width(site: Site) -> float:
    """Standard deviation of a site's points in either quadrature, in its own measurement.

    Points of 0 and 1 are then 2 apart, and the sign of the real part is wrong as often as the
    site's mean assignment error says (an error of one half or more counts as 0.499).

    Args:
        site: The acquired site.
    """
    error = min((site.p1_given_0 + site.p0_given_1) / 2, _LARGEST_ERROR)
    return 0.0 if error == 0.0 else 1 / (math.sqrt(2) * float(erfcinv(2 * error)))
