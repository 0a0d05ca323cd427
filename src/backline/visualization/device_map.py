"""A device's map: qubits where they stand, colored by how good they are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, PathPatch, Polygon
from matplotlib.textpath import TextPath
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

from backline.device.model import Device
from backline.errors import OptionValueError
from backline.visualization.facts import EdgeError, edges_of, readout_error
from backline.visualization.layout import positions
from backline.visualization.theme import (
    Style,
    Theme,
    axes_for,
    readable_on,
    save,
    theme_of,
    whole_figure,
)

_LABELS = {"readout": "readout error (%)", "t1": "T1 (µs)"}
_EDGE_LABEL = "two-qubit error (%)"

# Sizes in the map's units, in which neighbors are 1 apart: all scales with the picture.
_RADIUS = 0.33
_RIM = 0.045
_EDGE_WIDTH = 0.13
_TEXT_HEIGHT = 0.24
_MARGIN = 0.5
_SMALLEST = np.array((2.6, 1.3))
_DASHES = 7  # dashes and gaps of a broken edge, a gap at both ends
_SCALE_WIDTH = 0.15  # inches
_FONT = FontProperties(family="DejaVu Sans", weight="bold")
_DIGIT_HEIGHT = 0.729  # of DejaVu Sans Bold at size 1


@dataclass(frozen=True, slots=True)
class _Scale:
    colors: ScalarMappable
    clipped: bool  # whether some values lie above its end


def draw_map(
    device: Any,
    *,
    color: Literal["readout", "t1"] = "readout",
    ax: Axes | None = None,
    filename: str | Path | None = None,
    style: Style = "light",
    title: str | None = None,
) -> Figure:
    """Draw a device's map: its qubits, its edges, and how good they are.

    Qubits are colored by readout error or T1, edges by the error of their best two-qubit gate.
    What is out of order is red, what is not known is gray.

    Args:
        device: A `Device`, or a backend that has one as `device`.
        color: What the color of a qubit says: "readout" (error, in %) or "t1" (in µs).
        ax: Axes to draw on; a new figure where not given.
        filename: Write the picture there (.png, .svg, .pdf, …).
        style: "light" or "dark".
        title: Above the map; the device's name and width where not given.

    Returns:
        The figure.

    Raises:
        OptionValueError: If `color` or `style` does not exist, or the file's ending is no format.
    """
    device = getattr(device, "device", device)
    if not isinstance(device, Device):
        raise OptionValueError(f"a map is drawn of a Device or its backend, not of {device!r}")
    if color not in _LABELS:
        raise OptionValueError(f"{color!r} colors no map: allowed are {', '.join(_LABELS)}")
    theme = theme_of(style)
    edges = edges_of(device)
    places = positions(device, edges)
    width, height = map_size(places)
    ax = axes_for(ax, (width + 2.2, height + 0.9), theme)
    ax.set_facecolor(theme.background)
    ax.set_axis_off()
    ax.set_aspect("equal")
    low, high = _frame(places)
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    ax.set_title(
        title or _title(device), loc="left", color=theme.text, fontsize=13, fontweight="bold"
    )
    _draw_scale(ax, _EDGE_LABEL, _draw_edges(ax, places, edges, theme), theme)
    _draw_scale(ax, _LABELS[color], _draw_qubits(ax, places, device, color, theme), theme)
    _explain(ax, device, any(edge.broken for edge in edges.values()), theme)
    figure = whole_figure(ax.figure)
    save(figure, filename)
    return figure


def _frame(places: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Corners of the map, in its own units: a single qubit keeps some space around it."""
    low, high = places.min(axis=0), places.max(axis=0)
    margin = np.maximum(_MARGIN, (_SMALLEST - (high - low)) / 2)
    return low - margin, high + margin


def map_size(places: NDArray[np.float64]) -> tuple[float, float]:
    """Inches of the map alone: its qubits stay legible, one to a thousand of them."""
    low, high = _frame(places)
    unit = float(np.clip(11.0 / (high - low).max(), 0.5, 1.1))
    width, height = (high - low) * unit
    return float(width), float(height)


def _title(device: Device) -> str:
    qubits = "1 qubit" if device.num_qubits == 1 else f"{device.num_qubits} qubits"
    return f"{device.name} · {qubits}"


def _draw_edges(
    ax: Axes,
    places: NDArray[np.float64],
    edges: Mapping[tuple[int, int], EdgeError],
    theme: Theme,
) -> _Scale | None:
    errors = [math.nan if edge.error is None else 100 * edge.error for edge in edges.values()]
    scale = _scale(errors, theme.edge_colors())
    # Where most qubits are neighbors of most, thinner edges keep each other visible.
    width = _EDGE_WIDTH * min(1.0, 2.5 * len(places) / max(1, len(edges)))
    for (pair, edge), error in zip(edges.items(), errors, strict=True):
        start, end = places[list(pair)]
        if edge.broken:
            _draw_dashes(ax, start, end, theme.alarm)
        else:
            ax.add_patch(Polygon(_bar(start, end, width), color=_color(scale, error, theme), lw=0))
    return scale


def _draw_dashes(
    ax: Axes, start: NDArray[np.float64], end: NDArray[np.float64], color: str
) -> None:
    along = (end - start) / np.linalg.norm(end - start)
    start, end = start + along * (_RADIUS + _RIM), end - along * (_RADIUS + _RIM)
    for i in range(1, _DASHES, 2):
        first, last = (start + (end - start) * k / _DASHES for k in (i, i + 1))
        ax.add_patch(Polygon(_bar(first, last), color=color, lw=0))


def _bar(
    start: NDArray[np.float64], end: NDArray[np.float64], width: float = _EDGE_WIDTH
) -> NDArray[np.float64]:
    along = end - start
    across = np.array((-along[1], along[0])) / np.linalg.norm(along) * width / 2
    return np.array((start + across, end + across, end - across, start - across))


def _draw_qubits(
    ax: Axes, places: NDArray[np.float64], device: Device, color: str, theme: Theme
) -> _Scale | None:
    values = [_value(device, qubit, color) for qubit in range(device.num_qubits)]
    colors = theme.node_colors()
    scale = _scale(values, colors.reversed() if color == "t1" else colors)
    for qubit, (place, value) in enumerate(zip(places, values, strict=True)):
        if device.qubits[qubit].operational:
            fill = _color(scale, value, theme)
            rim, text = theme.background, readable_on(fill)
        else:
            fill, rim, text = theme.background, theme.alarm, theme.alarm
        ax.add_patch(Circle(place, _RADIUS + _RIM, color=rim, lw=0, zorder=2))
        ax.add_patch(Circle(place, _RADIUS, color=fill, lw=0, zorder=3))
        _write(ax, str(qubit), place, text)
    return scale


def _explain(ax: Axes, device: Device, broken_edges: bool, theme: Theme) -> None:
    if broken_edges or not all(qubit.operational for qubit in device.qubits):
        ax.set_title("red: out of order", loc="right", color=theme.alarm, fontsize=9)


def _write(ax: Axes, text: str, place: NDArray[np.float64], color: str) -> None:
    """A qubit's number, as a shape in the map's own units: it fits its circle at any size."""
    path = TextPath((0, 0), text, size=1, prop=_FONT)
    box = path.get_extents()
    size = min(_TEXT_HEIGHT / _DIGIT_HEIGHT, 1.45 * _RADIUS / box.width)
    middle = np.array((box.x0 + box.x1, _DIGIT_HEIGHT)) / 2
    move = Affine2D().translate(*-middle).scale(size).translate(*place)
    ax.add_patch(PathPatch(move.transform_path(path), color=color, lw=0, zorder=4))


def _value(device: Device, qubit: int, color: str) -> float:
    if color == "t1":
        t1 = device.qubits[qubit].t1
        return math.nan if t1 is None else t1 * 1e6
    error = readout_error(device, qubit)
    return math.nan if error is None else 100 * error


def _scale(values: list[float], colors: Colormap) -> _Scale | None:
    """The scale of some values, None where none is known.

    A few very bad ones must not make all the others look alike: the scale ends at three times
    the middle value, and says so with a pointed end.
    """
    known = np.array([value for value in values if not math.isnan(value)])
    if not len(known):
        return None
    low, high = float(known.min()), min(float(known.max()), 3 * float(np.median(known)))
    clipped = bool(known.max() > high)
    if high - low < 1e-9 * max(1.0, high):
        low, high = 0.0, 2 * high or 1.0
    return _Scale(ScalarMappable(Normalize(low, high), colors), clipped)


def _color(scale: _Scale | None, value: float, theme: Theme) -> Any:
    if scale is None or math.isnan(value):
        return theme.unknown
    return scale.colors.to_rgba(np.array([value]))[0]


def _draw_scale(ax: Axes, label: str, scale: _Scale | None, theme: Theme) -> None:
    if scale is None:
        return
    height = ax.get_window_extent().height / whole_figure(ax.figure).dpi  # inches
    bar = ax.figure.colorbar(
        scale.colors,
        ax=ax,
        shrink=0.86,
        fraction=0.05,
        aspect=float(np.clip(height / _SCALE_WIDTH, 10, 60)),
        pad=0.02,
        extend="max" if scale.clipped else "neither",
        ticks=MaxNLocator(5),
    )
    bar.outline.set_visible(False)
    bar.ax.tick_params(colors=theme.muted, labelsize=8, length=0)
    bar.set_label(label, color=theme.muted, fontsize=9)
