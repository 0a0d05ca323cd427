"""Short programs of one site and one carrier, by compiled code and with hardly anything around it.

In loops over thousands of them, what Python does around the arithmetic is most of the time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from backline.engines.pulses import compiled
from backline.engines.pulses.arrays import Complex
from backline.engines.pulses.intervals import Intervals, Matrices
from backline.engines.pulses.model import PulseModel
from backline.engines.pulses.systems import site_systems
from backline.engines.pulses.tabled import Tabled
from backline.engines.pulses.tones import envelopes_between, factors_between
from backline.engines.pulses.undriven import Undriven
from backline.engines.pulses.waveforms import Waveforms

_LONGEST = 1 << 12  # samples: idle time costs as much as driven time here


class LonePiece:
    """A whole program on one site.

    Args:
        flows: Of the site.
        stop: One after the last sample.
    """

    tones = None

    def __init__(self, flows: Tabled, stop: int) -> None:
        self.start, self.stop = 0, stop
        self._flows = flows

    def advance(self, states: Complex, start: float, stop: float) -> Complex:
        """Take states from one sample to another, as `DrivenPiece.advance`."""
        (flow,) = self._flows.through(int(start), 1, int(stop) - int(start))
        return np.dot(states, flow.T)  # faster than @ where matrices are tiny

    def intervals(self, start: int, count: int, length: float, states: int) -> Iterator[Intervals]:
        """Consecutive intervals of whole samples, as `DrivenPiece.intervals`."""
        yield Matrices(self._flows.through(start, count, int(length)))


def lone_flows(
    model: PulseModel, undriven: Undriven, programs: Sequence[Waveforms], stop: int
) -> Tabled | None:
    """Programs one after the other, or None where one is not of this kind.

    Args:
        model: Says how channels act.
        undriven: The Hamiltonian without drives.
        programs: One or several.
        stop: How far each will be evolved, in samples.
    """
    kernels = compiled.flow_kernels()
    if kernels is None or len(undriven.dims) > 1 or not 0 < stop <= _LONGEST:
        return None
    drives = {drive.channel: drive for drive in model.drives}
    if len(drives) < len(model.drives):
        return None
    scale = 2 * math.pi * undriven.dt
    played = np.empty((len(programs), stop), dtype=np.complex128)
    carriers = []
    for row, program in zip(played, programs, strict=True):
        if len(program.tracks) != 1:
            return None
        (track,) = program.tracks
        frequency = float(track.frequencies[0])
        if len(track.frequencies) > 1 and (track.frequencies != frequency).any():
            return None
        carriers.append(scale * (frequency - undriven.reference))
        factors = factors_between(track, drives[track.channel], undriven, 0, stop)
        np.multiply(envelopes_between(track, 0, stop), factors, row)
    (system,) = site_systems(undriven)
    same = len(carriers) == 1 or len(set(carriers)) == 1
    carrier = carriers[0] if same else np.repeat(carriers, stop)
    return Tabled(kernels, system, 0, carrier, played.reshape(-1))
