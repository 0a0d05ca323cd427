"""A run in one picture: what came out, and the device that it ran on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from backline.device.model import Device
from backline.visualization.counts import draw_counts
from backline.visualization.device_map import draw_map, map_size
from backline.visualization.facts import edges_of
from backline.visualization.layout import positions
from backline.visualization.theme import Style, new_figure, save, theme_of

_WIDTH = 8.4  # inches
_COUNTS_HEIGHT = 3.9


def draw_overview(
    results: Mapping[str, Mapping[str, float]],
    device: Any,
    *,
    ideal: Mapping[str, float] | None = None,
    filename: str | Path | None = None,
    style: Style = "light",
    title: str | None = None,
) -> Figure:
    """Draw counts and the device's map above one another.

    Args:
        results: Counts by label; each by outcome ("011").
        device: A `Device`, or a backend that has one as `device`.
        ideal: What should have come out, counts or probabilities.
        filename: Write the picture there (.png, .svg, .pdf, …).
        style: "light" or "dark".
        title: Above the counts.

    Returns:
        The figure.

    Raises:
        OptionValueError: As `draw_counts` and `draw_map` do.
    """
    theme = theme_of(style)
    device = getattr(device, "device", device)
    map_height = _map_height(device)
    figure = new_figure((_WIDTH, _COUNTS_HEIGHT + map_height), theme)
    grid = figure.add_gridspec(2, 1, height_ratios=(_COUNTS_HEIGHT, map_height))
    above = figure.add_subfigure(grid[0], facecolor=theme.background)
    below = figure.add_subfigure(grid[1], facecolor=theme.background)
    draw_counts(results, ideal=ideal, ax=above.add_subplot(), style=style, title=title)
    draw_map(device, ax=below.add_subplot(), style=style)
    save(figure, filename)
    return figure


def _map_height(device: Device) -> float:
    width, height = map_size(positions(device, edges_of(device)))
    return float(np.clip(0.75 * _WIDTH * height / width, 1.2, 7.0)) + 0.6
