"""Draw pulse programs, and pulses alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from backline.errors import PulseError, UnassignedDurationError
from backline.pulse import Schedule, ScheduleBlock
from backline.pulse.channels import Channel
from backline.pulse.library import Pulse
from backline.pulse.named import NamedProgram
from backline.pulse.transforms import block_to_schedule
from backline.pulse.values import is_free
from backline.visualization.pulses import wording
from backline.visualization.pulses.collect import timeline_of
from backline.visualization.pulses.compose import compose
from backline.visualization.pulses.hardware import Hardware, hardware_of
from backline.visualization.pulses.layout import TALL
from backline.visualization.pulses.margins import duration_words
from backline.visualization.pulses.pieces import Sampler
from backline.visualization.pulses.timeline import Row, Timeline, Tone
from backline.visualization.pulses.view import (
    View,
    channel_names,
    check_plotter,
    clock_of,
    hidden_names,
    style_of,
    window_of,
)
from backline.visualization.theme import save

_MADE_UP = re.compile(r"(sched|block)\d+")


def draw_program(
    program: NamedProgram,
    style: str | Mapping[str, Any] | None = None,
    backend: Any = None,
    time_range: tuple[float, float] | None = None,
    time_unit: str = "dt",
    disable_channels: Iterable[Channel | str] | None = None,
    show_snapshot: bool = True,
    show_framechange: bool = True,
    show_waveform_info: bool = True,
    plot_barrier: bool = True,
    plotter: str = "mpl2d",
    axis: Axes | None = None,
    show_barrier: bool = True,
    *,
    channels: Iterable[Channel | str] | None = None,
    dt: float | None = None,
    filename: str | Path | None = None,
    title: str | None = None,
) -> Figure:
    """Draw a pulse program: one row a channel, time from left to right.

    Envelopes are drawn as they are played, before their channel's phase turns them. What changes
    in a channel's frame is marked below its row: phases of one time as their sum, frequencies
    absolute where they are known. Where nothing changes for so long that pulses would become
    lines, the axis is cut, and says so; with a `time_range` it is whole.

    Args:
        program: A Schedule, or a ScheduleBlock whose durations and references are assigned. A
            pulse whose other parameters are free is drawn as a box.
        style: "light" or "dark"; stylesheets of Qiskit 1.4 (dicts) change nothing, with a warning.
        backend: A backend or Device: its dt, its frequencies, and the qubits of control channels.
        time_range: (start, stop) to look at, in `time_unit`; the whole program by default.
        time_unit: "dt" (samples), "ns" or "s"; all but the first need a dt.
        disable_channels: Channels that are left out, or their names ("u0").
        show_snapshot: Whether snapshots are marked.
        show_framechange: Whether changes of phase and frequency are marked.
        show_waveform_info: Whether names and parameters are written at pulses, where there is room.
        plot_barrier: Whether barriers are drawn.
        plotter: "mpl2d", the only one.
        axis: Matplotlib axes to draw on; a new figure by default.
        show_barrier: As `plot_barrier`: barriers are drawn where both are True.
        channels: Only these channels, in this order, also where they do nothing. By default all
            that do something, at most 40.
        dt: Length of a sample in s, where no backend says it.
        filename: Write the picture there (.png, .svg, .pdf, …).
        title: Above the rows; the program's name by default.

    Returns:
        The figure.

    Raises:
        OptionValueError: If an option is not allowed, or nothing of the chosen channels is used.
        PulseError: If it is no program.
        UnassignedDurationError: If a duration is still a parameter.
        UnassignedReferenceError: If a subroutine is not assigned.

    Example:
        >>> from backline import pulse
        >>> with pulse.build() as program:
        ...     pulse.play(pulse.Drag(160, 0.2, 40, -0.6), pulse.DriveChannel(0))
        >>> figure = draw_program(program)
        >>> round(figure.get_figwidth())
        9
    """
    check_plotter(plotter)
    theme = style_of(style)
    hardware = hardware_of(backend, dt)
    clock = clock_of(time_unit, hardware.dt)
    hidden, no_snapshots = hidden_names(disable_channels)
    view = View(
        channels=channel_names(channels),
        hidden=hidden,
        window=window_of(time_range, clock),
        snapshots=show_snapshot and not no_snapshots,
        frames=show_framechange,
        labels=show_waveform_info,
        barriers=plot_barrier and show_barrier,
    )
    timeline = timeline_of(_scheduled(program), view, hardware)
    name = "" if _MADE_UP.fullmatch(program.name) else program.name
    titles = (name if title is None else title, duration_words(timeline, hardware))
    figure = compose(timeline, theme, clock, titles, axis, labels=view.labels)
    save(figure, filename)
    return figure


def draw_pulse(
    pulse: Pulse,
    style: str | Mapping[str, Any] | None = None,
    backend: Any = None,
    time_range: tuple[float, float] | None = None,
    time_unit: str = "dt",
    show_waveform_info: bool = True,
    plotter: str = "mpl2d",
    axis: Axes | None = None,
    *,
    dt: float | None = None,
    filename: str | Path | None = None,
    title: str | None = None,
) -> Figure:
    """Draw one pulse: the real and the imaginary part of its samples.

    Args:
        pulse: A Waveform or a shape. Where parameters other than the duration are free, a box
            stands for it.
        style: "light" or "dark"; stylesheets of Qiskit 1.4 (dicts) change nothing, with a warning.
        backend: A backend or Device, for its dt.
        time_range: (start, stop) to look at, in `time_unit`; the whole pulse by default.
        time_unit: "dt" (samples), "ns" or "s"; all but the first need a dt.
        show_waveform_info: Whether the pulse's parameters are written.
        plotter: "mpl2d", the only one.
        axis: Matplotlib axes to draw on; a new figure by default.
        dt: Length of a sample in s, where no backend says it.
        filename: Write the picture there (.png, .svg, .pdf, …).
        title: Above the pulse; its name or shape by default.

    Returns:
        The figure.

    Raises:
        OptionValueError: If an option is not allowed.
        UnassignedDurationError: If the duration is still a parameter.
    """
    check_plotter(plotter)
    theme = style_of(style)
    hardware = hardware_of(backend, dt)
    clock = clock_of(time_unit, hardware.dt)
    window = window_of(time_range, clock)
    if is_free(pulse.duration):
        raise UnassignedDurationError(f"{pulse} can be drawn once its duration is assigned")
    start, stop = window or (0, max(int(pulse.duration), 1))
    timeline = Timeline(
        rows=(Row(name="", tones=(Tone(0, pulse, pulse.name, Sampler().pieces(pulse)),)),),
        start=start,
        stop=stop,
        duration=int(pulse.duration),
        windowed=True,
    )
    facts = [duration_words(timeline, Hardware(dt=hardware.dt))]
    if show_waveform_info:
        facts += filter(None, [wording.parameters(pulse, amplitude=True)])
    name = pulse.name or wording.shape(pulse)
    titles = (name if title is None else title, " · ".join(facts))
    figure = compose(timeline, theme, clock, titles, axis, labels=False, height=TALL)
    save(figure, filename)
    return figure


def _scheduled(program: Any) -> Schedule:
    if isinstance(program, ScheduleBlock):
        return block_to_schedule(program)
    if not isinstance(program, Schedule):
        raise PulseError(f"a Schedule or ScheduleBlock can be drawn, got {program!r:.100}")
    return program
