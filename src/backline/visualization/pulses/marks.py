"""Barriers, snapshots, changes of frames, and cuts of the axis."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgba

from backline.visualization.pulses.artists import FREQUENCY, PHASE
from backline.visualization.pulses.sheet import Sheet

BARRIER = (0, (3, 2))
"""Dashes of a barrier."""

_SNAPSHOT = (0, (1, 1.5))
_TOOTH = 0.16  # inches: of the edge of a cut


def draw_barriers(sheet: Sheet) -> bool:
    """Barriers as dashed lines through the rows that they hold.

    Returns:
        Whether there are any.
    """
    lines = []
    for time, names in sheet.timeline.barriers:
        x = float(sheet.axis.place(time))
        lines += [
            [(x, place.top), (x, place.bottom)] for row, place in sheet.rows() if row.name in names
        ]
    sheet.ax.add_collection(
        LineCollection(
            lines,
            colors=sheet.theme.muted,
            linewidths=0.9,
            linestyles=BARRIER,
            zorder=2.5,
            gid="barriers",
        )
    )
    return bool(lines)


def draw_snapshots(sheet: Sheet) -> None:
    """Snapshots as dotted lines through everything."""
    color = sheet.theme.alarm
    places = [float(sheet.axis.place(time)) for time, _ in sheet.timeline.snapshots]
    top = sheet.layout.snapshots
    lines = [[(x, top), (x, -sheet.layout.height)] for x in places]
    sheet.ax.add_collection(
        LineCollection(
            lines,
            colors=color,
            linewidths=0.9,
            linestyles=_SNAPSHOT,
            zorder=6,
            gid="snapshots",
        )
    )
    sheet.ax.plot(places, [top] * len(places), "v", color=color, ms=4, zorder=7, clip_on=False)


def draw_frames(sheet: Sheet) -> set[str]:
    """Changes of phase and frequency as marks on a line below their row.

    Returns:
        Which of "shift", "set" and "frequency" there are.
    """
    points: dict[str, list[tuple[float, float]]] = {"frequency": [], "set": [], "shift": []}
    stems = []
    for row, place in sheet.rows():
        for change in row.frames:
            at = (float(sheet.axis.place(change.time)), place.frames)
            stems.append([(at[0], place.y(place.high)), at])
            if change.frequency:
                points["frequency"].append(at)
            if change.phase:
                points["set" if change.sets_phase else "shift"].append(at)
    theme = sheet.theme
    sheet.ax.add_collection(
        LineCollection(
            stems, colors=[to_rgba(theme.series[PHASE], 0.45)], linewidths=0.6, zorder=2.6
        )
    )
    for name, found in points.items():
        if found:
            sheet.ax.plot(*zip(*found, strict=True), **frame_mark(sheet, name), gid=name)
    return {name for name, found in points.items() if found}


def frame_mark(sheet: Sheet, name: str) -> dict[str, Any]:
    """How a change of a frame is marked.

    Args:
        sheet: What is drawn on.
        name: "shift", "set" or "frequency".
    """
    marker, size, number = {
        "shift": ("o", 3.6, PHASE),
        "set": ("s", 3.6, PHASE),
        "frequency": ("D", 5.4, FREQUENCY),
    }[name]
    return {
        "linestyle": "none",
        "marker": marker,
        "ms": size,
        "color": sheet.theme.series[number],
        "mec": sheet.theme.background,
        "mew": 0.4,
        "zorder": 7,
        "clip_on": False,
    }


def draw_cuts(sheet: Sheet) -> None:
    """A band with jagged edges over all rows where time is left out."""
    height = sheet.layout.height
    heights = np.linspace(0.0, -height, 2 * max(2, round(height / _TOOTH)) + 1)
    teeth = np.where(np.arange(len(heights)) % 2, 0.18, -0.18) * sheet.axis.gap
    edges, bands = [], []
    for cut in sheet.axis.cuts:
        left, right = (np.column_stack((x + teeth, heights)) for x in sheet.axis.place(cut))
        edges += [left, right]
        bands.append(np.concatenate((left, right[::-1])))
    color = sheet.theme.background
    sheet.ax.add_collection(
        PolyCollection(bands, facecolors=[color], linewidths=0, zorder=5, gid="cuts")
    )
    sheet.ax.add_collection(
        LineCollection(edges, colors=sheet.theme.unknown, linewidths=0.7, zorder=5.1)
    )
