"""The readout resonator of one qubit, as plain numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backline.engines.pulses.waveforms import Track
from backline.errors import EngineError

STANDARD_LENGTH = 1e-6
"""Length, in s, of a measurement of which nothing is known."""

_RISES = 10


@dataclass(frozen=True, kw_only=True, eq=False)
class Resonator:
    """How a qubit's resonator answers, and the measurement that its instruments are tuned to.

    In the frame of the stimulus, which plays s(t) at the frequency f, the field of a resonator
    whose transmon is in level k follows::

        dα/dt = -2π (κ/2 + i (χ_k + f_r - f)) α + s(t),    χ_k = (2k - 1) χ

    (Blais, Grimsmo, Girvin, Wallraff, Rev. Mod. Phys. 93, 025005, 2021, section III, with pulls
    that are linear in the level). The trace is proportional to α; see `calibrated`.

    Attributes:
        qubit: The device's qubit.
        kappa: Linewidth κ, in Hz: the field rises and falls as exp(-π κ t).
        chi: Dispersive shift χ, in Hz: half the distance between the resonances of levels 0 and 1.
        frequency: f_r, halfway between these resonances, in Hz; None for the frequency at which
            a stimulus begins.
        stimulus: What the measure channel plays in the device's own measurement.
        start: First sample of the acquisition in that measurement.
        duration: Its length, in samples.
        dtm: Length of an output sample, in s; None for that of an input sample.
    """

    qubit: int
    kappa: float
    chi: float
    frequency: float | None
    stimulus: Track
    start: int
    duration: int
    dtm: float | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.kappa) and self.kappa > 0):
            raise EngineError(f"kappa of qubit {self.qubit} must be positive, got {self.kappa}")
        if not (math.isfinite(self.chi) and self.chi != 0):
            raise EngineError(f"chi of qubit {self.qubit} must not be 0, got {self.chi}")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Resonator):
            return NotImplemented
        return self is other or (
            self._numbers() == other._numbers() and same_track(self.stimulus, other.stimulus)
        )

    def __hash__(self) -> int:
        return hash(self._numbers())

    def _numbers(self) -> tuple[object, ...]:
        fixed = (self.qubit, self.kappa, self.chi, self.frequency)
        return (*fixed, self.start, self.duration, self.dtm)


def default_kappa(seconds: float) -> float:
    """The linewidth, in Hz, of a resonator that rises in a tenth of a measurement.

    Args:
        seconds: Length of the measurement's stimulus, in s.

    >>> round(default_kappa(1e-6))
    3183099
    """
    return _RISES / (math.pi * seconds)


@lru_cache(maxsize=1024)  # the same for all programs of a sweep
def standard_resonator(qubit: int, dt: float) -> Resonator:
    """A resonator of which nothing is known.

    Its measurement is a stimulus of amplitude 1 and 1 µs, recorded from its first to its last
    sample; κ is `default_kappa` of it and χ is κ/2, which for a given stimulus tells levels 0 and
    1 apart best.

    Args:
        qubit: The device's qubit.
        dt: Length of a sample, in s.
    """
    length = max(1, round(STANDARD_LENGTH / dt))
    kappa = default_kappa(length * dt)
    return Resonator(
        qubit=qubit,
        kappa=kappa,
        chi=kappa / 2,
        frequency=None,
        stimulus=square_stimulus(qubit, length, None),
        start=0,
        duration=length,
    )


def square_stimulus(qubit: int, length: int, frequency: float | None) -> Track:
    """A stimulus of amplitude 1.

    Args:
        qubit: The device's qubit.
        length: In samples.
        frequency: In Hz; None where it is not known.
    """
    return Track(
        channel=f"m{qubit}",
        starts=np.zeros(1, dtype=np.int64),
        envelopes=(np.ones(length, dtype=np.complex128),),
        frame_starts=np.zeros(1, dtype=np.int64),
        frequencies=np.array([frequency or 0.0]),
        phases=np.zeros(1),
    )


def same_track(one: Track, other: Track) -> bool:
    """Whether two tracks play the same on the same channel."""
    names = ("starts", "frame_starts", "frequencies", "phases")
    return (
        one.channel == other.channel
        and all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)
        and same_envelopes(one.envelopes, other.envelopes)
    )


def same_envelopes(one: tuple[np.ndarray, ...], other: tuple[np.ndarray, ...]) -> bool:
    """Whether two channels play the same samples."""
    return len(one) == len(other) and all(
        a is b or np.array_equal(a, b) for a, b in zip(one, other, strict=True)
    )
