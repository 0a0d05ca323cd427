"""Curves and bars. Each kind of them is one collection, so that thousands are quick."""

from __future__ import annotations

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgb, to_rgba
from numpy.typing import NDArray

from backline.visualization.pulses.layout import Place
from backline.visualization.pulses.sheet import Sheet
from backline.visualization.pulses.timeline import Span, Tone
from backline.visualization.theme import Theme

Points = NDArray[np.float64]

REAL, IMAG, FREQUENCY, PHASE = 0, 1, 2, 3
"""Which color of a theme's series is which."""

FILL = 0.3
"""How opaque the area of an envelope is."""

_VISIBLE = 1e-9  # an imaginary part below this is none
_WAIT = 0.05  # inches: thickness of a wait


def draw_lines(sheet: Sheet) -> None:
    """The line of amplitude 0 of every row."""
    lines = [[(0.0, place.base), (sheet.axis.width, place.base)] for _, place in sheet.rows()]
    sheet.ax.add_collection(
        LineCollection(lines, colors=sheet.theme.grid, linewidths=0.8, zorder=1)
    )


def draw_envelopes(sheet: Sheet) -> set[str]:
    """Real and imaginary parts as filled curves, and boxes for pulses whose samples are unknown.

    Returns:
        Which of "real", "imaginary" and "unknown" there are.
    """
    parts: dict[str, list[Points]] = {"imaginary": [], "real": [], "unknown": []}
    for row, place in sheet.rows():
        for tone in row.tones:
            curve = sheet.envelopes.curve(tone)
            if curve is None:
                parts["unknown"].append(_box(sheet, tone, place))
                continue
            x = sheet.axis.place(tone.start + curve.times)
            parts["real"].append(np.column_stack((x, place.y(0) + place.unit * curve.real)))
            if np.abs(curve.imag).max() > _VISIBLE:
                imag = np.column_stack((x, place.y(0) + place.unit * curve.imag))
                parts["imaginary"].append(imag)
    for name, number, zorder in (("imaginary", IMAG, 3), ("real", REAL, 3.5)):
        color = sheet.theme.series[number]
        sheet.ax.add_collection(
            PolyCollection(
                parts[name],
                closed=False,
                facecolors=[to_rgba(color, FILL)],
                edgecolors=[color],
                linewidths=0.8,
                zorder=zorder,
                gid=name,
            )
        )
    sheet.ax.add_collection(
        PolyCollection(
            parts["unknown"],
            facecolors=[_tint(sheet.theme, sheet.theme.unknown, 0.35)],
            edgecolors=[sheet.theme.muted],
            linestyles="dashed",
            linewidths=0.8,
            zorder=3,
            gid="unknown",
        )
    )
    return {name for name, found in parts.items() if found}


def draw_spans(sheet: Sheet) -> None:
    """Acquisitions as bars, waits as faint lines."""
    theme = sheet.theme
    bars: list[Points] = []
    waits: list[Points] = []
    for row, place in sheet.rows():
        bars += [_bar(sheet, span, place.top, place.bottom, 0.045) for span in row.acquisitions]
        waits += [
            _bar(sheet, span, place.base + _WAIT / 2, place.base - _WAIT / 2) for span in row.waits
        ]
    sheet.ax.add_collection(
        PolyCollection(
            bars,
            facecolors=[_tint(theme, theme.series[FREQUENCY], 0.22)],
            edgecolors=[theme.series[FREQUENCY]],
            linewidths=0.7,
            zorder=3,
            gid="acquisitions",
        )
    )
    sheet.ax.add_collection(
        PolyCollection(waits, facecolors=[theme.ideal], linewidths=0, zorder=2, gid="waits")
    )


def _tint(theme: Theme, color: str, share: float) -> Points:
    """A color on the background, opaque: nothing shines through."""
    return share * np.array(to_rgb(color)) + (1 - share) * np.array(to_rgb(theme.background))


def _box(sheet: Sheet, tone: Tone, place: Place) -> Points:
    return _bar(sheet, Span(tone.start, tone.stop), place.y(place.high), place.y(place.low))


def _bar(sheet: Sheet, span: Span, top: float, bottom: float, inset: float = 0.0) -> Points:
    left, right = sheet.axis.place([span.start, span.stop])
    top, bottom = top - inset, bottom + inset
    return np.array(((left, top), (right, top), (right, bottom), (left, bottom)))
