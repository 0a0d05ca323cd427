"""What is asked of a picture, checked."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from warnings import warn

from backline.errors import OptionValueError, OptionWarning
from backline.pulse.channels import (
    AcquireChannel,
    Channel,
    ClassicalIOChannel,
    ControlChannel,
    DriveChannel,
    MeasureChannel,
    SnapshotChannel,
)
from backline.visualization.theme import Theme, theme_of

_NAME = re.compile(r"[duma]\d+")
_ROWS = (DriveChannel, ControlChannel, MeasureChannel, AcquireChannel)
_PREFIXES = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (0.0, "ns"))
_UNITS = {"dt": 1.0, "ns": 1e9, "s": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is shown of a program.

    Attributes:
        channels: Names of the channels, in order; None for all that do something.
        hidden: Names of channels that are left out.
        window: (start, stop) in samples; None for the whole program.
        snapshots: Whether snapshots are marked.
        frames: Whether changes of phase and frequency are marked.
        labels: Whether pulses and acquisitions are labeled.
        barriers: Whether barriers are drawn.
    """

    channels: tuple[str, ...] | None = None
    hidden: frozenset[str] = frozenset()
    window: tuple[float, float] | None = None
    snapshots: bool = True
    frames: bool = True
    labels: bool = True
    barriers: bool = True


@dataclass(frozen=True, slots=True)
class Clock:
    """Samples as times.

    Attributes:
        unit: Of the times that a user gives: "dt", "ns" or "s".
        dt: Length of a sample, in s; None where not known.
    """

    unit: str
    dt: float | None

    @property
    def per_sample(self) -> float:
        """A sample in the unit."""
        return 1.0 if self.unit == "dt" or self.dt is None else self.dt * _UNITS[self.unit]

    def shown(self, samples: float) -> tuple[float, str]:
        """A sample in the unit of an axis that is so many samples long, and that unit."""
        if self.unit != "s":
            return self.per_sample, self.unit
        seconds = samples * self.per_sample
        scale, unit = next(row for row in _PREFIXES if seconds >= row[0])
        return self.per_sample / (scale or 1e-9), unit


def clock_of(unit: Any, dt: float | None) -> Clock:
    """The clock of a unit.

    Raises:
        OptionValueError: If there is no such unit, or it needs a dt and there is none.
    """
    if unit not in _UNITS:
        raise OptionValueError(f"time_unit is {', '.join(map(repr, _UNITS))}, got {unit!r}")
    if unit != "dt" and dt is None:
        raise OptionValueError(
            f"time_unit {unit!r} needs the length of a sample: give a backend that has a dt, or "
            "dt= in seconds"
        )
    return Clock(unit, dt)


def window_of(time_range: Any, clock: Clock) -> tuple[float, float] | None:
    """A window in samples.

    Args:
        time_range: (start, stop) in the clock's unit, or None.
        clock: The clock.

    Raises:
        OptionValueError: If it is no pair of finite numbers, the smaller first.
    """
    if time_range is None:
        return None
    try:
        start, stop = (float(time) for time in time_range)
    except (TypeError, ValueError):
        raise OptionValueError(f"time_range is (start, stop), got {time_range!r}") from None
    if not (math.isfinite(start) and math.isfinite(stop) and start < stop):
        raise OptionValueError(
            f"time_range is (start, stop), start before stop, got ({start:g}, {stop:g})"
        )
    return start / clock.per_sample, stop / clock.per_sample


def channel_names(channels: Iterable[Any] | None) -> tuple[str, ...] | None:
    """Names of the channels that rows are asked for, each once.

    Args:
        channels: Channels or their names, or None.

    Raises:
        OptionValueError: If one of them is none that has a row.
    """
    if channels is None:
        return None
    if isinstance(channels, str | Channel):
        channels = [channels]
    names = tuple(dict.fromkeys(_name(channel) for channel in channels))
    if not names:
        raise OptionValueError("channels must name at least one channel, got none")
    return names


def hidden_names(channels: Iterable[Any] | None) -> tuple[frozenset[str], bool]:
    """Names of channels that are left out, and whether snapshots are among them.

    Args:
        channels: Channels or their names, or None. Memory and register slots have no row, and
            naming them changes nothing.

    Raises:
        OptionValueError: If one of them is no channel.
    """
    given = [channels] if isinstance(channels, str | Channel) else list(channels or ())
    named = [channel for channel in given if not isinstance(channel, ClassicalIOChannel)]
    snapshots = any(isinstance(channel, SnapshotChannel) for channel in given)
    return frozenset(_name(channel) for channel in named), snapshots


def style_of(style: Any) -> Theme:
    """The colors of a style.

    Args:
        style: "light", "dark", or None for light. Stylesheets of Qiskit 1.4, which are dicts, have
            other elements than these pictures: they are left out, with a warning.

    Raises:
        OptionValueError: If it is none of these.
    """
    if isinstance(style, Mapping):
        if style:
            warn(
                "stylesheets of Qiskit 1.4 change nothing here: style is 'light' or 'dark'",
                OptionWarning,
                stacklevel=4,
            )
        style = None
    if style is not None and not isinstance(style, str):
        raise OptionValueError(f"style is 'light' or 'dark', got {style!r}")
    return theme_of(style or "light")


def check_plotter(plotter: Any) -> None:
    """Refuse other plotters than Qiskit 1.4's.

    Raises:
        OptionValueError: If it is another.
    """
    if plotter != "mpl2d":
        raise OptionValueError(f"plotter is 'mpl2d' (matplotlib), got {plotter!r}")


def _name(channel: Any) -> str:
    if isinstance(channel, _ROWS):
        return channel.name
    if isinstance(channel, str) and _NAME.fullmatch(channel):
        return channel
    raise OptionValueError(
        f"{channel!r} is no channel that has a row: a DriveChannel, ControlChannel, "
        "MeasureChannel or AcquireChannel, or a name such as 'd0', 'u0', 'm0', 'a0'"
    )
