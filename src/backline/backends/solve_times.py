"""At which samples a solution is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from backline.errors import CapabilityError, OptionValueError

if TYPE_CHECKING:
    from backline.engines.pulses import Waveforms

_ROUNDING = 1e-6
_FORMS = (
    "times are None (start and end), a number of equidistant times from 2 on, 'samples' for every "
    "sample, or an ascending array of seconds"
)


def saved_samples(times: Any, waveforms: Waveforms, *, most: int) -> NDArray[np.int64]:
    """The samples at which states are saved.

    What is not given in seconds goes from 0 to `end_of_play`.

    Args:
        times: None, an int, "samples", or seconds.
        waveforms: The program.
        most: So many times can be saved.

    Returns:
        Array (T,), ascending: each time at the nearest edge of a sample.

    Raises:
        OptionValueError: If it is none of these, or a time lies outside of the program.
        CapabilityError: If there are more than `most`; before they take any memory.
    """
    end = end_of_play(waveforms)
    if times is None:
        return np.array([0, end], dtype=np.int64)
    if isinstance(times, str):
        if times != "samples":
            raise OptionValueError(f"{_FORMS}; got {times!r:.80}")
        _check_count(end + 1, most)
        return np.arange(end + 1, dtype=np.int64)
    if isinstance(times, int | np.integer) and not isinstance(times, bool):
        if times < 2:
            raise OptionValueError(f"{_FORMS}; got {times}")
        _check_count(int(times), most)
        return np.rint(np.linspace(0, end, int(times))).astype(np.int64)
    samples = _of_seconds(times, waveforms)
    _check_count(len(samples), most)
    return samples


def end_of_play(waveforms: Waveforms) -> int:
    """When all has been played and the last acquisition begins, in samples.

    That is the end of a program that acquires nothing. What comes later is the time that a
    readout takes.
    """
    if not waveforms.acquisitions:
        return waveforms.duration
    ends = [item.start for item in waveforms.acquisitions]
    ends += [
        int(start) + len(envelope)
        for track in waveforms.tracks
        for start, envelope in zip(track.starts, track.envelopes, strict=True)
    ]
    return max(ends)


def _check_count(count: int, most: int) -> None:
    if count > most:
        raise CapabilityError(
            f"states or propagators at {count:,} times take too much memory: at most {most:,} of "
            f"this size are saved; ask for fewer times"
        )


def _of_seconds(times: Any, waveforms: Waveforms) -> NDArray[np.int64]:
    try:
        seconds = np.asarray(times)
    except ValueError:  # rows of several lengths
        seconds = np.empty(0)
    if seconds.ndim != 1 or not len(seconds) or seconds.dtype.kind not in "iuf":
        raise OptionValueError(f"{_FORMS}; got {times!r:.80}")
    samples = seconds / waveforms.dt
    outside = ~((samples >= 0) & (samples <= waveforms.duration + _ROUNDING))  # NaN is outside
    if outside.any():
        raise OptionValueError(
            f"times are in seconds, from 0 to {waveforms.duration * waveforms.dt:.9g} (the "
            f"{waveforms.duration} samples of the program); got {seconds[outside][0]:g}"
        )
    if (np.diff(seconds) < 0).any():
        raise OptionValueError("times must be ascending")
    return np.rint(samples).astype(np.int64)
