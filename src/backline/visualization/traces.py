"""Averaged traces of readout over time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from backline.errors import OptionValueError
from backline.visualization.iq import dress
from backline.visualization.readouts import Series, Source, traces_of
from backline.visualization.theme import Style, Theme, axes_for, save, theme_of, whole_figure

_NANOSECONDS = 1e9
_DASHES = (0, (4, 2))


def draw_traces(
    traces: Source,
    *,
    slot: int = 0,
    points: int = 100,
    dtm: float | None = None,
    ax: Axes | None = None,
    filename: str | Path | None = None,
    style: Style = "light",
    title: str | None = None,
) -> Figure:
    """Draw averaged traces over time, a color for each program: I as a line, Q dashed.

    Single samples are noisy: each point of a line is the mean of several neighbours.

    Args:
        traces: A result of `run(..., meas_level=0)`, single shots being averaged, or arrays
            (samples,) or (shots, samples) by label.
        slot: The memory slot to draw, where it is a result.
        points: Points of a line at most, at least 1.
        dtm: Length of a sample, in s; a result knows its own. Without one, time is in samples.
        ax: Axes to draw on; a new figure where not given.
        filename: Write the picture there (.png, .svg, .pdf, …).
        style: "light" or "dark".
        title: Above the lines.

    Returns:
        The figure.

    Raises:
        OptionValueError: If there are no such traces, `points` is below 1, the style does not
            exist, or the file's ending is no format.

    Example:
        >>> figure = draw_traces({"rise": [0, 0.5, 0.75, 0.875]}, dtm=1e-9)
        >>> figure.axes[0].get_xlabel()
        'time (ns)'
    """
    if points < 1:
        raise OptionValueError(f"points must be at least 1, got {points}")
    theme = theme_of(style)
    series = traces_of(traces, slot)
    lengths = [one.facts.get("dtm", dtm) for one in series]
    ax = axes_for(ax, (7.2, 3.9), theme)
    for k, (one, length) in enumerate(zip(series, lengths, strict=True)):
        times, values = _binned(one, points)
        scale = 1.0 if length is None else length * _NANOSECONDS
        color = theme.series[k % len(theme.series)]
        ax.plot(times * scale, values.real, color=color, linewidth=1.6, label=one.label)
        ax.plot(times * scale, values.imag, color=color, linewidth=1.2, linestyle=_DASHES)
    _name_quadratures(ax, theme)
    dress(ax, theme, title, columns=6)
    unit = "output samples" if lengths[0] is None else "ns"
    ax.set_xlabel(f"time ({unit})", color=theme.muted, fontsize=9)
    ax.set_ylabel("signal", color=theme.muted, fontsize=9)
    figure = whole_figure(ax.figure)
    save(figure, filename)
    return figure


def _binned(series: Series, points: int) -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
    """Middles of bins, in samples, and the mean of what is in each."""
    mean = series.values.mean(axis=0)
    bins = np.array_split(np.arange(len(mean)), min(points, len(mean)))
    times = np.array([places.mean() + 0.5 for places in bins])
    return times, np.array([mean[places].mean() for places in bins])


def _name_quadratures(ax: Axes, theme: Theme) -> None:
    ax.add_line(Line2D([], [], color=theme.muted, linewidth=1.4, label="I"))
    ax.add_line(Line2D([], [], color=theme.muted, linewidth=1.4, linestyle=_DASHES, label="Q"))
