"""Colors of the pictures, light and dark."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure, SubFigure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.typing import ColorType

from backline.errors import OptionValueError

Style = Literal["light", "dark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Colors of one style.

    Attributes:
        background: Behind everything.
        text: Titles and labels.
        muted: What stands back: ticks, captions.
        unknown: What no number is known of.
        grid: Lines behind the data.
        series: Colors of bars, told apart also by people who see fewer colors.
        ideal: What should have come out.
        alarm: What is broken.
        nodes: Colors of qubits, from good to bad, as stops of a scale.
        edges: Colors of edges, from good to bad.
    """

    background: str
    text: str
    muted: str
    unknown: str
    grid: str
    series: tuple[str, ...]
    ideal: str
    alarm: str
    nodes: tuple[str, ...]
    edges: tuple[str, ...]

    def node_colors(self) -> Colormap:
        """The scale of qubits."""
        return LinearSegmentedColormap.from_list("qubits", self.nodes)

    def edge_colors(self) -> Colormap:
        """The scale of edges."""
        return LinearSegmentedColormap.from_list("edges", self.edges)


THEMES: dict[str, Theme] = {
    "light": Theme(
        background="#ffffff",
        text="#1c2433",
        muted="#697386",
        unknown="#c9ced8",
        grid="#e6e9ef",
        series=("#2f6bd8", "#f0883e", "#1f9e89", "#b04ac2", "#8a6d3b", "#d64550"),
        ideal="#dfe3ea",
        alarm="#d3263f",
        nodes=("#bfe3f5", "#5fa8dc", "#2f6bd8", "#27348b", "#1a1245"),
        edges=("#f7c98b", "#f0883e", "#d1495b", "#8c2c6a", "#48194f"),
    ),
    "dark": Theme(
        background="#12161f",
        text="#e8ecf4",
        muted="#8c97ab",
        unknown="#4a5366",
        grid="#262d3b",
        series=("#5b9bff", "#ffa45c", "#3fd0b4", "#d98be8", "#cdb27a", "#ff7b86"),
        ideal="#343d4f",
        alarm="#ff5c72",
        nodes=("#23407a", "#2f7fd0", "#4fc1e9", "#a4ecd9", "#fdfbd0"),
        edges=("#5a2a58", "#a43a6b", "#e4606a", "#ffa45c", "#ffe3a3"),
    ),
}


def theme_of(style: str) -> Theme:
    """The colors of a style.

    Raises:
        OptionValueError: If there is no such style.
    """
    try:
        return THEMES[style]
    except KeyError:
        allowed = ", ".join(THEMES)
        raise OptionValueError(f"{style!r} is no style: allowed are {allowed}") from None


def axes_for(ax: Axes | None, size: tuple[float, float], theme: Theme) -> Axes:
    """The axes to draw on: those given, or those of a new figure of this size (inches)."""
    if ax is not None:
        return ax
    return new_figure(size, theme).add_subplot()


def new_figure(size: tuple[float, float], theme: Theme) -> Figure:
    """An empty figure of this size (inches)."""
    layout = ConstrainedLayoutEngine(h_pad=0.12, w_pad=0.12)
    return Figure(figsize=size, layout=layout, facecolor=theme.background)


def save(figure: Figure, filename: str | Path | None) -> None:
    """Write a picture where a file is named; its ending says the format.

    Raises:
        OptionValueError: If the ending is no format that can be written.
    """
    if filename is None:
        return
    path = Path(filename)
    formats = figure.canvas.get_supported_filetypes()
    if path.suffix.lower().lstrip(".") not in formats:
        allowed = ", ".join(f".{ending}" for ending in sorted(formats))
        raise OptionValueError(
            f"a picture cannot be written as {path.name!r}: allowed are {allowed}"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=160, facecolor=figure.get_facecolor())


def readable_on(color: ColorType) -> str:
    """Black or white, whichever reads better on a color (relative luminance of WCAG 2)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in to_rgb(color)
    )
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#10141c" if luminance > 0.179 else "#ffffff"


def whole_figure(figure: Figure | SubFigure) -> Figure:
    """The figure that some axes stand on, through any part of it."""
    while not isinstance(figure, Figure):
        figure = figure.figure
    return figure
