"""How acquired data is processed, and which oscillator frequencies a run uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from backline.errors import PulseError
from backline.pulse.channels import DriveChannel, MeasureChannel, PulseChannel

__all__ = ["Discriminator", "Kernel", "LoConfig", "LoRange"]


class _Processing:
    """A named step of processing with its settings."""

    __slots__ = ("_name", "_params")

    def __init__(self, name: str | None = None, **params: Any) -> None:
        self._name = name
        self._params = params

    @property
    def name(self) -> str | None:
        """Its name."""
        return self._name

    @property
    def params(self) -> dict[str, Any]:
        """A copy of the settings."""
        return dict(self._params)

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, _Processing):
            return NotImplemented
        return self.name == other.name and _same(self._params, other._params)

    def __hash__(self) -> int:
        # Settings may be lists and arrays; their names are enough for a hash.
        return hash((type(self), self.name, frozenset(self._params)))

    def __repr__(self) -> str:
        with np.printoptions(threshold=50, floatmode="unique"):
            settings = [f"{key}={value!r}" for key, value in self._params.items()]
        return f"{type(self).__name__}({', '.join([repr(self.name), *settings])})"


class Kernel(_Processing):
    """How a trace of readout samples becomes one point in the IQ plane.

    Args:
        name: Name of the kernel, such as "boxcar".
        **params: Its settings.
    """

    __slots__ = ()


class Discriminator(_Processing):
    """How a point in the IQ plane becomes 0 or 1.

    Args:
        name: Name of the discriminator, such as "linear_discriminator".
        **params: Its settings.
    """

    __slots__ = ()


class LoRange:
    """The frequencies that an oscillator can be set to.

    Args:
        lower_bound: Lowest, in Hz.
        upper_bound: Highest, in Hz.
    """

    __slots__ = ("_lower", "_upper")

    def __init__(self, lower_bound: float, upper_bound: float) -> None:
        self._lower = lower_bound
        self._upper = upper_bound

    @property
    def lower_bound(self) -> float:
        """Lowest frequency, in Hz."""
        return self._lower

    @property
    def upper_bound(self) -> float:
        """Highest frequency, in Hz."""
        return self._upper

    def includes(self, lo_freq: float) -> bool:
        """Whether a frequency (Hz) is in the range, bounds included."""
        return self._lower <= abs(lo_freq) <= self._upper

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LoRange):
            return NotImplemented
        return (self._lower, self._upper) == (other._lower, other._upper)

    def __hash__(self) -> int:
        return hash((self._lower, self._upper))

    def __repr__(self) -> str:
        return f"LoRange({self._lower!r}, {self._upper!r})"


class LoConfig:
    """Oscillator frequencies of drive and measure channels for a run.

    Args:
        channel_los: Frequency of each channel, in Hz.
        lo_ranges: Range of each channel, as a LoRange or a (lower, upper) pair in Hz.

    Raises:
        PulseError: If a channel has no oscillator, or a frequency is out of its range.
    """

    def __init__(
        self,
        channel_los: Mapping[PulseChannel, float] | None = None,
        lo_ranges: Mapping[PulseChannel, LoRange | tuple[float, float]] | None = None,
    ) -> None:
        self._los: dict[PulseChannel, float] = {}
        self._ranges: dict[PulseChannel, LoRange] = {}
        for channel, lo_range in (lo_ranges or {}).items():
            self.add_lo_range(channel, lo_range)
        for channel, frequency in (channel_los or {}).items():
            self.add_lo(channel, frequency)

    def add_lo(self, channel: PulseChannel, freq: float) -> None:
        """Set the frequency (Hz) of a channel.

        Raises:
            PulseError: If the channel has no oscillator, or the frequency is out of its range.
        """
        _check_channel(channel)
        self.check_lo(channel, freq)
        self._los[channel] = freq

    def add_lo_range(self, channel: PulseChannel, lo_range: LoRange | tuple[float, float]) -> None:
        """Set the range (Hz) of a channel.

        Raises:
            PulseError: If the channel has no oscillator.
        """
        _check_channel(channel)
        self._ranges[channel] = lo_range if isinstance(lo_range, LoRange) else LoRange(*lo_range)

    def check_lo(self, channel: PulseChannel, freq: float) -> bool:
        """True, where a frequency (Hz) is in the channel's range or the channel has none.

        Raises:
            PulseError: If it is out of range.
        """
        allowed = self._ranges.get(channel)
        if allowed is not None and not allowed.includes(freq):
            raise PulseError(f"LO frequency {freq} Hz of {channel} is out of its {allowed}")
        return True

    def channel_lo(self, channel: PulseChannel) -> float:
        """The frequency (Hz) that was set for a channel.

        Raises:
            PulseError: If none was set.
        """
        try:
            return self._los[channel]
        except KeyError:
            known = ", ".join(map(str, self._los)) or "none"
            raise PulseError(f"no LO frequency is set for {channel}: set are {known}") from None

    @property
    def qubit_los(self) -> dict[DriveChannel, float]:
        """Frequencies (Hz) of drive channels."""
        return {c: f for c, f in self._los.items() if isinstance(c, DriveChannel)}

    @property
    def meas_los(self) -> dict[MeasureChannel, float]:
        """Frequencies (Hz) of measure channels."""
        return {c: f for c, f in self._los.items() if isinstance(c, MeasureChannel)}


def _check_channel(channel: object) -> None:
    if not isinstance(channel, DriveChannel | MeasureChannel):
        raise PulseError(f"an LO belongs to a DriveChannel or MeasureChannel, got {channel}")


def _same(one: Any, other: Any) -> bool:
    """Equality that also takes arrays inside dicts and lists."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return bool(np.array_equal(one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)
