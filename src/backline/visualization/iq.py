"""Clouds of readout points in the IQ plane."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from backline.visualization.readouts import Series, Source, points_of
from backline.visualization.theme import Style, Theme, axes_for, save, theme_of, whole_figure

_MOST = 4000  # points of one cloud: more would only make the file larger


def draw_iq(
    points: Source,
    *,
    slot: int = 0,
    ax: Axes | None = None,
    filename: str | Path | None = None,
    style: Style = "light",
    title: str | None = None,
) -> Figure:
    """Draw points in the IQ plane, a color for each program.

    Of a result that knows where the levels' clouds lie, their centers are named, with a circle of
    one standard deviation around each. Of more than 4000 points, every n-th is drawn.

    Args:
        points: A result of `run(..., meas_level=1, meas_return="single")`, of which each program
            is one cloud (averaged points are single ones), or arrays (shots,) by label.
        slot: The memory slot to draw, where it is a result.
        ax: Axes to draw on; a new figure where not given.
        filename: Write the picture there (.png, .svg, .pdf, …).
        style: "light" or "dark".
        title: Above the plane.

    Returns:
        The figure.

    Raises:
        OptionValueError: If there are no such points, the style does not exist, or the file's
            ending is no format.

    Example:
        >>> figure = draw_iq({"ground": [-1.1, -0.9 + 0.1j], "excited": [1, 1.2 - 0.1j]})
        >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
        ['ground', 'excited']
    """
    theme = theme_of(style)
    clouds = points_of(points, slot)
    ax = axes_for(ax, (5.4, 5.2), theme)
    _draw_clouds(ax, clouds, theme)
    _draw_centers(ax, clouds, slot, theme)
    dress(ax, theme, title)
    ax.set_aspect("equal", adjustable="datalim")
    ax.set_xlabel("I", color=theme.muted, fontsize=9)
    ax.set_ylabel("Q", color=theme.muted, fontsize=9)
    figure = whole_figure(ax.figure)
    save(figure, filename)
    return figure


def dress(ax: Axes, theme: Theme, title: str | None, *, columns: int = 4) -> None:
    """Background, grid, title and legend of a picture of readout data.

    Args:
        ax: The axes, with everything drawn.
        theme: The colors.
        title: Above the axes.
        columns: Of the legend.
    """
    ax.set_facecolor(theme.background)
    ax.set_axisbelow(True)
    ax.grid(color=theme.grid, linewidth=0.8)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(axis="both", length=0, labelcolor=theme.muted, labelsize=9)
    entries = ax.get_legend_handles_labels()[1]
    rows = -(-len(entries) // columns)
    if title:
        pad = 10 + 18 * rows  # the legend stands between the title and the axes
        ax.set_title(title, color=theme.text, fontsize=13, fontweight="bold", loc="left", pad=pad)
    legend = ax.legend(
        frameon=False,
        labelcolor=theme.text,
        fontsize=9,
        ncols=columns,
        loc="lower left",
        bbox_to_anchor=(-0.01, 1.0),
        borderaxespad=0.1,
        handlelength=1.2,
        markerscale=2.0,
    )
    for handle in legend.legend_handles:
        if handle is not None:
            handle.set_alpha(1.0)


def _draw_clouds(ax: Axes, clouds: Sequence[Series], theme: Theme) -> None:
    for k, cloud in enumerate(clouds):
        shown = cloud.values[:: -(-len(cloud.values) // _MOST)]
        ax.scatter(
            shown.real,
            shown.imag,
            s=26 if len(shown) == 1 else 7,
            alpha=float(np.clip(12 / np.sqrt(len(shown)), 0.15, 1.0)),
            color=theme.series[k % len(theme.series)],
            linewidths=0,
            label=cloud.label,
            zorder=2,
        )


def _draw_centers(ax: Axes, clouds: Sequence[Series], slot: int, theme: Theme) -> None:
    """Centers of the levels, once where they are the same in all programs."""
    drawn: set[tuple[float, ...]] = set()
    for cloud in clouds:
        centers = cloud.facts.get("iq_centers")
        if centers is None or centers[slot] is None:
            continue
        width = float(cloud.facts["iq_widths"][slot])
        for level, (i, q) in enumerate(centers[slot]):
            if (key := (level, round(i, 9), round(q, 9), round(width, 9))) in drawn:
                continue
            drawn.add(key)
            ax.add_patch(
                Circle((i, q), width, fill=False, edgecolor=theme.text, linewidth=1.0, zorder=3)
            )
            ax.text(
                i,
                q,
                f"|{level}⟩",
                ha="center",
                va="center",
                fontsize=10,
                fontweight="bold",
                color=theme.text,
                zorder=4,
            )
