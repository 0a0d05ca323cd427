"""Counts of one or several results as grouped bars."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from backline.visualization.ranking import IDEAL, OTHERS, Ranking, rank, with_ideal
from backline.visualization.theme import (
    Style,
    Theme,
    axes_for,
    readable_on,
    save,
    theme_of,
    whole_figure,
)

_GROUP = 0.8  # of the distance between two outcomes
_LONG = 6  # characters of an outcome from which on it is written upright


def draw_counts(
    results: Mapping[str, Mapping[str, float]],
    *,
    ideal: Mapping[str, float] | None = None,
    top: int = 16,
    ax: Axes | None = None,
    filename: str | Path | None = None,
    style: Style = "light",
    title: str | None = None,
) -> Figure:
    """Draw counts as bars, side by side, as shares of each result's shots.

    A thin line on a bar is one standard error either way, sqrt(p (1 - p) / shots); probabilities
    (which sum to 1) have none.

    Args:
        results: Counts by label; each by outcome ("011").
        ideal: What should have come out, counts or probabilities: drawn behind the bars.
        top: How many outcomes to show; the others are summed in a last group.
        ax: Axes to draw on; a new figure where not given.
        filename: Write the picture there (.png, .svg, .pdf, …).
        style: "light" or "dark".
        title: Above the bars.

    Returns:
        The figure.

    Raises:
        OptionValueError: If there is nothing to show, a result has no counts or is called
            "ideal" too, `top` is below 1, the style does not exist, or the file's ending is no
            format.

    Example:
        >>> figure = draw_counts({"noisy": {"00": 480, "11": 520}}, ideal={"00": 0.5, "11": 0.5})
        >>> [text.get_text() for text in figure.axes[0].get_xticklabels()]
        ['00', '11']
    """
    theme = theme_of(style)
    ranking = rank(with_ideal(results, ideal), top=top)
    outcomes = [*ranking.outcomes, *([f"{ranking.left_out} {OTHERS}"] * bool(ranking.left_out))]
    bars = len(outcomes) * max(1, len(results))
    ax = axes_for(ax, (float(np.clip(2.5 + 0.26 * bars, 5.6, 14.0)), 3.9), theme)
    _draw_bars(ax, ranking, theme)
    _dress(ax, outcomes, theme, title)
    _limit(ax, ranking, theme)
    figure = whole_figure(ax.figure)
    save(figure, filename)
    return figure


def _draw_bars(ax: Axes, ranking: Ranking, theme: Theme) -> None:
    heights = {
        label: np.array([*shares, *([ranking.others[label]] * bool(ranking.left_out))])
        for label, shares in ranking.shares.items()
    }
    behind = heights.pop(IDEAL, None)
    groups = np.arange(len(ranking.outcomes) + bool(ranking.left_out))
    if behind is not None:
        width = _GROUP + 0.12
        ax.bar(groups, behind, width, color=theme.ideal, label=IDEAL, zorder=2)
    width = _GROUP / max(1, len(heights))
    for k, (label, share) in enumerate(heights.items()):
        where = groups + (k - (len(heights) - 1) / 2) * width
        color = theme.series[k % len(theme.series)]
        ax.bar(where, share, width * 0.9, color=color, label=label, zorder=3)
        shots = ranking.totals[label]
        if shots > 1.5:  # counts: probabilities sum to 1 and were not sampled
            error = np.sqrt(share * (1 - share) / shots)
            ax.errorbar(
                where, share, error, fmt="none", ecolor=theme.text, elinewidth=0.9, zorder=4
            )


def _dress(ax: Axes, outcomes: list[str], theme: Theme, title: str | None) -> None:
    ax.set_facecolor(theme.background)
    ax.set_axisbelow(True)
    ax.grid(axis="y", color=theme.grid, linewidth=0.8)
    for spine in ax.spines.values():
        spine.set_visible(False)
    long = max(map(len, outcomes)) >= _LONG or len(outcomes) > 20
    ax.set_xticks(
        range(len(outcomes)),
        outcomes,
        rotation=90 if long else 0,
        family="DejaVu Sans Mono",
        fontsize=9,
        color=theme.text,
    )
    ax.set_xlim(-0.6, len(outcomes) - 0.4)
    ax.tick_params(axis="both", length=0)
    ax.tick_params(axis="y", labelcolor=theme.muted, labelsize=9)
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.set_ylabel("share of shots", color=theme.muted, fontsize=9)
    if title:
        ax.set_title(title, color=theme.text, fontsize=13, fontweight="bold", loc="left", pad=28)
    ax.legend(
        frameon=False,
        labelcolor=theme.text,
        fontsize=9,
        ncols=4,
        loc="lower left",
        bbox_to_anchor=(-0.01, 1.0),
        borderaxespad=0.1,
        handlelength=1.0,
        handleheight=1.0,
    )


def _limit(ax: Axes, ranking: Ranking, theme: Theme) -> None:
    """Let the outcomes shown fill the height: a sum of others above it gets its size written."""
    highest = max(max(shares, default=0.0) for shares in ranking.shares.values())
    others = max(ranking.others.values())
    cut = others > 1.5 * highest
    if not cut:
        ax.set_ylim(0, ax.get_ylim()[1])  # as matplotlib found it, error lines included
        return
    ax.set_ylim(0, 1.25 * highest)
    for container in ax.containers:
        bar = list(container)[-1] if hasattr(container, "patches") else None
        if bar is not None and bar.get_height() > highest:
            ax.annotate(
                f"{bar.get_height():.0%} ↑",
                (bar.get_x() + bar.get_width() / 2, 1.22 * highest),
                rotation=90,
                ha="center",
                va="top",
                fontsize=8,
                color=readable_on(bar.get_facecolor()),
                zorder=5,
            )
