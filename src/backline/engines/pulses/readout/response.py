"""How a resonator answers what a measure channel plays: exact, sample by sample.

A stimulus s is constant over an input sample, so that the field goes from one to the next as
α → e^{-λ} α + s (1 - e^{-λ})/λ, the rate λ in 1/sample. Means over output samples are exact too.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses.readout.resonator import Resonator
from backline.engines.pulses.waveforms import Track

Complex = NDArray[np.complex128]
Real = NDArray[np.float64]

_FORGOTTEN = 30.0  # e-folds after which a resonator has lost what it held: 1e-13 is left
_LONGEST = 2.0**62
_ROUNDING = 1e-6  # of an output sample


def output_samples(resonator: Resonator, duration: int, dt: float) -> int:
    """Whole output samples in an acquisition.

    Args:
        resonator: Gives the length of an output sample.
        duration: Of the acquisition, in input samples.
        dt: Length of an input sample, in s.
    """
    return math.floor(duration * dt / (resonator.dtm or dt) + _ROUNDING)


def memory(resonator: Resonator, dt: float) -> int:
    """Input samples after which a resonator has forgotten what was played.

    Args:
        resonator: The resonator.
        dt: Length of an input sample, in s.
    """
    return math.ceil(min(_FORGOTTEN / (math.pi * resonator.kappa * dt), _LONGEST))


def response(
    resonator: Resonator, track: Track, start: int, duration: int, *, levels: int, dt: float
) -> Complex:
    """The field during an acquisition, with the transmon in each of its levels.

    Args:
        resonator: The resonator, empty before the first pulse.
        track: What its measure channel plays.
        start: First input sample of the acquisition.
        duration: Of the acquisition, in input samples.
        levels: How many levels.
        dt: Length of an input sample, in s.

    Returns:
        Array (levels, output samples): mean of the field over each output sample, in the frame
        of the channel's oscillator, and in a unit in which a stimulus of 1 fills an empty
        resonator by 1 an input sample.
    """
    stop = start + duration
    ratio = (resonator.dtm or dt) / dt
    edges = start + ratio * np.arange(output_samples(resonator, duration, dt) + 1)
    first = min((int(begin) for begin in track.starts), default=stop)
    origin = max(first, start - memory(resonator, dt))
    if origin >= stop:
        return np.zeros((levels, len(edges) - 1), dtype=np.complex128)
    places = np.maximum(edges - origin, 0.0)  # nothing is there before the first pulse
    drive = _drive(track, origin, stop, dt)
    filled = [
        _filled(drive, rates, places)
        for rates in _rates(resonator, track, origin, stop, levels=levels, dt=dt)
    ]
    return np.diff(np.stack(filled), axis=1) / ratio


def _drive(track: Track, origin: int, stop: int, dt: float) -> Complex:
    """What the channel plays, in the frame of its running oscillator, array (samples,)."""
    drive = np.zeros(stop - origin, dtype=np.complex128)
    for begin, envelope in zip(track.starts.tolist(), track.envelopes, strict=True):
        first, last = max(origin, begin), min(stop, begin + len(envelope))
        if first < last:
            drive[first - origin : last - origin] = envelope[first - begin : last - begin]
    # What a frame's phase holds to keep the carrier continuous is no phase of the stimulus.
    jumps = -2 * np.pi * dt * np.diff(track.frequencies) * track.frame_starts[1:]
    own = track.phases - np.concatenate([[0.0], np.cumsum(jumps)])
    return drive * np.exp(1j * own)[_frames(track, origin, stop)]


def _rates(
    resonator: Resonator, track: Track, origin: int, stop: int, *, levels: int, dt: float
) -> list[Complex]:
    """λ of each level in each input sample, arrays (samples,)."""
    center = track.frequencies[0] if resonator.frequency is None else resonator.frequency
    detuning = (center - track.frequencies)[_frames(track, origin, stop)]
    pulls = (2 * np.arange(levels)[:, None] - 1) * resonator.chi + detuning
    rates: Complex = 2 * np.pi * dt * (resonator.kappa / 2 + 1j * pulls)
    return list(rates)


def _frames(track: Track, origin: int, stop: int) -> NDArray[np.int64]:
    """The frame that holds at each input sample."""
    return np.searchsorted(track.frame_starts, np.arange(origin, stop), side="right") - 1


def _filled(drive: Complex, rates: Complex, places: Real) -> Complex:
    """Integral of the field, which begins empty, up to some places in samples."""
    field = _field(drive, rates)
    whole = np.concatenate([[0.0], np.cumsum(_gained(field[:-1], drive, rates, 1.0))])
    number = np.minimum(np.floor(places + _ROUNDING).astype(np.int64), len(drive))
    rest = np.maximum(places - number, 0.0)
    inside = np.minimum(number, len(drive) - 1)
    return whole[number] + _gained(field[number], drive[inside], rates[inside], rest)


def _field(drive: Complex, rates: Complex) -> Complex:
    """The field at the edges of all samples, array (samples + 1,)."""
    # A second to import, on a first run: only traces and points pay.
    from scipy.signal import lfilter

    field = np.zeros(len(drive) + 1, dtype=np.complex128)
    bounds = [0, *(np.flatnonzero(np.diff(rates)) + 1).tolist(), len(drive)]
    for first, last in itertools.pairwise(bounds):
        rate = rates[first]
        decay, fill = np.exp(-rate), -np.expm1(-rate) / rate
        start = np.array([decay * field[first]])
        field[first + 1 : last + 1], _ = lfilter([fill], [1, -decay], drive[first:last], zi=start)
    return field


def _gained(field: Complex, drive: Complex, rates: Complex, length: Real | float) -> Complex:
    """Integral of the field over a part of a sample, from the sample's beginning."""
    fill = -np.expm1(-rates * length) / rates
    return field * fill + drive * (length - fill) / rates
