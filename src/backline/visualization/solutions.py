"""States over time: populations, Bloch vectors, and the pulses that move them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from backline.backends.solution import Solution
from backline.errors import OptionValueError, QubitError
from backline.pulse import ControlChannel, DriveChannel, Play, Schedule
from backline.pulse.transforms import target_qobj_transform
from backline.visualization.pulses.axis import TimeAxis
from backline.visualization.pulses.collect import timeline_of
from backline.visualization.pulses.compose import compose
from backline.visualization.pulses.envelopes import Envelopes
from backline.visualization.pulses.hardware import Hardware
from backline.visualization.pulses.layout import WIDTH, layout_of
from backline.visualization.pulses.margins import left_margin
from backline.visualization.pulses.timeline import Timeline
from backline.visualization.pulses.view import Clock, View
from backline.visualization.solution_panels import Panel, Strip, draw_panel, panels_of
from backline.visualization.theme import Style, Theme, save, theme_of

_LEFT, _RIGHT = 1.2, 1.15  # inches
_TOP, _BOTTOM = 0.78, 0.62
_APART, _BETWEEN = 0.13, 0.3  # inches between panels, and between qubits
_PULSE = 0.42  # inches of an envelope
_DETAILS = 3000
_TITLE, _SUBTITLE = 12.0, 8.0
_MOST = 6  # qubits


def draw_solution(
    solution: Solution,
    *,
    qubits: Sequence[int] | None = None,
    bloch: bool = True,
    pulses: bool = True,
    filename: str | Path | None = None,
    style: Style = "light",
    title: str | None = None,
) -> Figure:
    """Draw what a program does: for each qubit the populations of its levels and its Bloch vector.

    The values at the end are written beside the curves. The pulses of the drive and control
    channels stand below, on the same axis of time. Few saved times are marked by dots, with
    straight lines between them.

    Args:
        solution: What `DeviceBackend.solve` gave.
        qubits: Which qubits; all that were simulated by default, at most 6.
        bloch: Whether Bloch vectors are drawn.
        pulses: Whether pulses are drawn.
        filename: Write the picture there (.png, .svg, .pdf, …).
        style: "light" or "dark".
        title: Above the panels; the program's name by default.

    Returns:
        The figure.

    Raises:
        OptionValueError: If no qubits are chosen, the style does not exist, the file's ending is
            no format, or all saved times are one.
        QubitError: If a qubit was not simulated.
    """
    theme = theme_of(style)
    panels = panels_of(solution, _chosen(solution, qubits), bloch=bloch)
    start, stop = int(solution.samples[0]), int(solution.samples[-1])
    if start == stop:
        raise OptionValueError("states at one time make no picture: solve(..., times=200)")
    timeline = _pulses(solution, start, stop) if pulses else None
    clock = Clock("s", solution.dt)
    strip = Strip(solution.samples, TimeAxis(start, stop), *clock.shown(stop - start))
    figure, places, below = _paper(panels, timeline, theme)
    for k, (panel, place) in enumerate(zip(panels, places, strict=True)):
        last = timeline is None and k == len(panels) - 1
        draw_panel(figure.add_axes(place), panel, strip, theme, with_time=last)
    if timeline is not None:
        compose(
            timeline, theme, clock, ("", ""), figure.add_axes(below), labels=False, height=_PULSE
        )
    _write_titles(figure, solution, title, strip, theme)
    save(figure, filename)
    return figure


def _chosen(solution: Solution, qubits: Sequence[int] | None) -> tuple[int, ...]:
    if qubits is None:
        return solution.qubits[:_MOST]
    if not isinstance(qubits, Iterable) or not (chosen := tuple(qubits)):
        raise OptionValueError(f"qubits must be a list of at least one qubit, got {qubits!r}")
    for qubit in chosen:
        if qubit not in solution.qubits:
            raise QubitError(
                f"qubit {qubit!r} was not simulated: there are "
                f"{', '.join(map(str, solution.qubits))}",
                qubit=qubit,
            )
    return chosen


def _pulses(solution: Solution, start: int, stop: int) -> Timeline | None:
    """What the drive and control channels play meanwhile; None if that is nothing."""
    schedule: Schedule = target_qobj_transform(solution.schedule)
    playing = {
        instruction.channel.name
        for time, instruction in schedule.instructions
        if isinstance(instruction, Play)
        and isinstance(instruction.channel, DriveChannel | ControlChannel)
        and time < stop
        and time + instruction.duration > start
    }
    if not playing:
        return None
    names = tuple(sorted(playing, key=lambda name: (name[0], int(name[1:]))))
    view = View(channels=names, window=(start, stop), labels=False, frames=False, snapshots=False)
    return timeline_of(schedule, view, Hardware(dt=solution.dt))


def _paper(
    panels: Sequence[Panel], timeline: Timeline | None, theme: Theme
) -> tuple[Figure, list[tuple[float, float, float, float]], tuple[float, float, float, float]]:
    """A figure, the places of the panels on it, and that of the pulses."""
    left = _LEFT if timeline is None else max(_LEFT, left_margin(timeline))
    tops, depth = [], _TOP
    for k, panel in enumerate(panels):
        depth += 0.0 if k == 0 else _BETWEEN if panel.name else _APART
        tops.append(depth)
        depth += panel.height
    rows = 0.0
    if timeline is not None:
        envelopes = Envelopes(
            timeline.start, timeline.stop, (timeline.stop - timeline.start) / _DETAILS
        )
        rows = layout_of(timeline, envelopes, labels=False, height=_PULSE).height
        depth += _BETWEEN
    width, height = left + WIDTH + _RIGHT, depth + rows + _BOTTOM

    def place(top: float, inches: float) -> tuple[float, float, float, float]:
        return left / width, 1 - (top + inches) / height, WIDTH / width, inches / height

    figure = Figure(figsize=(width, height), facecolor=theme.background)
    places = [place(top, panel.height) for top, panel in zip(tops, panels, strict=True)]
    return figure, places, place(depth, max(rows, 0.1))


def _write_titles(
    figure: Figure, solution: Solution, title: str | None, strip: Strip, theme: Theme
) -> None:
    ax = figure.axes[0]
    pure = solution.states.ndim == 2
    last = strip.time(int(solution.samples[-1]))
    subtitle = " · ".join(
        [
            f"{solution.samples[-1]:,} dt = {last}",
            "pure states" if pure else "density matrices",
            f"{len(solution.samples):,} times",
        ]
    )
    name = solution.schedule.name if title is None else title
    for text, at, offset, size, weight, color in (
        (f"at {last}", 1, (10.0, 9.0), _SUBTITLE, "normal", theme.muted),
        (subtitle, 0, (0.0, 9.0), _SUBTITLE, "normal", theme.muted),
        (name, 0, (0.0, 24.0), _TITLE, "bold", theme.text),
    ):
        ax.annotate(
            text,
            (at, 1),
            xycoords="axes fraction",
            xytext=offset,
            textcoords="offset points",
            fontsize=size,
            fontweight=weight,
            color=color,
            gid="title" if weight == "bold" else "subtitle",
            annotation_clip=False,
        )
