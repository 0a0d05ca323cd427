"""The path of a Bloch vector on its sphere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from numpy.typing import NDArray

from backline.backends.solution import Solution
from backline.errors import OptionValueError
from backline.visualization.pulses.labels import FAMILY
from backline.visualization.pulses.view import Clock
from backline.visualization.theme import Style, Theme, new_figure, save, theme_of

Points = NDArray[np.float64]

_MOST = 4000  # pieces of a path
_FAINT = 0.45  # how opaque what lies behind the middle is
_READABLE = (0.15, 1.0)  # of a theme's scale
_CIRCLE = np.linspace(0, 2 * np.pi, 181)
_LABELS = (
    ("|0⟩", (0.0, 0.0, 1.0)),
    ("|1⟩", (0.0, 0.0, -1.0)),
    ("x", (1.0, 0.0, 0.0)),
    ("y", (0.0, 1.0, 0.0)),
)


def draw_bloch(
    solution: Solution,
    qubit: int | None = None,
    *,
    view: tuple[float, float] = (30.0, 18.0),
    filename: str | Path | None = None,
    style: Style = "light",
    title: str | None = None,
) -> Figure:
    """Draw the path of a qubit's Bloch vector, colored by time.

    The sphere is seen from far away. What lies on its far side is faint.

    Args:
        solution: What `DeviceBackend.solve` gave; with few times, the path has corners.
        qubit: Which qubit; may be left out where only one was simulated.
        view: From where: degrees from x toward y, and degrees above the equator.
        filename: Write the picture there (.png, .svg, .pdf, …).
        style: "light" or "dark".
        title: Above the sphere; the program's name and the qubit by default.

    Returns:
        The figure.

    Raises:
        OptionValueError: If there are several qubits and none is chosen, the view is no pair of
            numbers, the style does not exist, or the file's ending is no format.
        QubitError: If the qubit was not simulated.
    """
    theme = theme_of(style)
    qubit = _the_qubit(solution, qubit)
    camera = _Camera(*_angles(view))
    path = camera.see(solution.bloch(qubit))
    figure = new_figure((5.6, 5.0), theme)
    ax = figure.add_subplot()
    _draw_sphere(ax, camera, theme)
    per_sample, unit = Clock("s", solution.dt).shown(int(solution.samples[-1]))
    times = np.asarray(solution.samples * per_sample, dtype=np.float64)
    colors = _of_time(theme)
    scale = Normalize(float(times[0]), max(float(times[-1]), float(times[0]) + 1e-9))
    _draw_path(ax, path, times, colors, scale, theme)
    _draw_ends(ax, path, colors, theme)
    _draw_scale(figure, ax, ScalarMappable(scale, colors), unit, theme)
    name = f"{solution.schedule.name} · qubit {qubit}" if title is None else title
    ax.set_title(name, color=theme.text, fontsize=12, fontweight="bold", loc="left", pad=8)
    save(figure, filename)
    return figure


class _Camera:
    """Parallel projection: to the right, upward, and toward the viewer."""

    def __init__(self, azimuth: float, elevation: float) -> None:
        a, e = np.radians([azimuth, elevation])
        self._rows = np.array(
            [
                [-np.sin(a), np.cos(a), 0.0],
                [-np.sin(e) * np.cos(a), -np.sin(e) * np.sin(a), np.cos(e)],
                [np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)],
            ]
        )

    def see(self, points: Points) -> Points:
        """Array (n, 3) of x, y, z as (n, 3) of right, up, near."""
        seen: Points = np.asarray(points) @ self._rows.T
        return seen


def _the_qubit(solution: Solution, qubit: int | None) -> int:
    if qubit is not None:
        return qubit
    if len(solution.qubits) > 1:
        raise OptionValueError(
            f"a Bloch sphere is of one qubit: choose among {', '.join(map(str, solution.qubits))}"
        )
    return solution.qubits[0]


def _angles(view: tuple[float, float]) -> tuple[float, float]:
    try:
        azimuth, elevation = (float(angle) for angle in view)
    except (TypeError, ValueError):
        raise OptionValueError(f"view is (azimuth, elevation) in degrees, got {view!r}") from None
    if not np.isfinite([azimuth, elevation]).all():
        raise OptionValueError(f"view is (azimuth, elevation) in degrees, got {view!r}")
    return azimuth, elevation


def _draw_sphere(ax: Axes, camera: _Camera, theme: Theme) -> None:
    ax.set_facecolor(theme.background)
    ax.set(xlim=(-1.28, 1.28), ylim=(-1.22, 1.22))
    ax.set_aspect("equal")
    ax.set_axis_off()
    ax.add_patch(Circle((0, 0), 1, facecolor=theme.grid, alpha=0.35, edgecolor="none", zorder=0))
    ax.add_patch(Circle((0, 0), 1, fill=False, edgecolor=theme.unknown, linewidth=1.2, zorder=1))
    cos, sin, zero = np.cos(_CIRCLE), np.sin(_CIRCLE), np.zeros_like(_CIRCLE)
    for circle in ((cos, sin, zero), (cos, zero, sin), (zero, cos, sin)):
        _draw_depth(ax, camera.see(np.column_stack(circle)), theme.unknown, 0.8)
    for axis in np.eye(3):
        _draw_depth(ax, camera.see(np.outer(np.linspace(-1, 1, 41), axis)), theme.unknown, 0.8)
    for text, point in _LABELS:
        right, up, _ = camera.see(np.array([point]))[0] * 1.13
        ax.text(
            right,
            up,
            text,
            ha="center",
            va="center",
            family=FAMILY,
            fontsize=11,
            color=theme.text,
            gid="label",
            zorder=6,
        )


def _draw_depth(ax: Axes, seen: Points, color: str, width: float) -> None:
    """A line whose far part is faint."""
    pieces = np.stack([seen[:-1, :2], seen[1:, :2]], axis=1)
    ax.add_collection(
        LineCollection(
            list(pieces), colors=color, linewidths=width, alpha=_opacity(seen), zorder=1.5
        )
    )


def _opacity(seen: Points) -> Points:
    near = (seen[:-1, 2] + seen[1:, 2]) / 2
    return np.where(near >= -1e-9, 1.0, _FAINT)


def _of_time(theme: Theme) -> Colormap:
    """A scale all of which stands out from the background."""
    stops = theme.edge_colors()(np.linspace(*_READABLE, 32))
    return LinearSegmentedColormap.from_list("time", list(stops))


def _draw_path(
    ax: Axes,
    path: Points,
    times: NDArray[np.float64],
    colors: Colormap,
    scale: Normalize,
    theme: Theme,
) -> None:
    step = -(-len(path) // _MOST)
    kept = np.unique([*range(0, len(path), step), len(path) - 1])
    seen = path[kept]
    pieces = np.stack([seen[:-1, :2], seen[1:, :2]], axis=1)
    shades = colors(scale((times[kept][:-1] + times[kept][1:]) / 2))
    opacity = _opacity(seen)[:, None]
    # Opaque, so that the ends of pieces do not show where they overlap.
    shades = opacity * shades + (1 - opacity) * np.array(to_rgba(theme.background))
    far = opacity[:, 0] < 1.0
    for order, part in ((2.0, far), (4.0, ~far)):
        ax.add_collection(
            LineCollection(
                list(pieces[part]),
                colors=shades[part],
                linewidths=2.2,
                capstyle="round",
                zorder=order,
                gid="path",
            )
        )


def _draw_ends(ax: Axes, path: Points, colors: Colormap, theme: Theme) -> None:
    for point, color, face in (
        (path[0], colors(0.0), theme.background),
        (path[-1], colors(1.0), colors(1.0)),
    ):
        ax.plot(
            point[0],
            point[1],
            marker="o",
            markersize=7,
            markerfacecolor=face,
            markeredgecolor=color,
            markeredgewidth=1.8,
            zorder=5,
        )
    ax.annotate(
        "",
        xy=(path[-1][0], path[-1][1]),
        xytext=(0, 0),
        arrowprops={"arrowstyle": "-", "color": theme.text, "linewidth": 1.2},
        zorder=4.5,
    )


def _draw_scale(
    figure: Figure, ax: Axes, mappable: ScalarMappable, unit: str, theme: Theme
) -> None:
    bar = figure.colorbar(mappable, ax=ax, shrink=0.6, aspect=26, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0, labelsize=8, labelcolor=theme.muted)
    bar.set_label(f"time ({unit})", color=theme.muted, fontsize=8.5)
