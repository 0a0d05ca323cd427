"""The panels of a solution's picture: curves of one qubit over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from backline.backends.solution import Solution
from backline.visualization.pulses.axis import TimeAxis
from backline.visualization.pulses.labels import FAMILY
from backline.visualization.theme import Theme

_POPULATIONS, _BLOCH = 1.05, 0.9  # inches
_NAME, _NOTE, _TICK, _VALUE = 9.0, 7.0, 7.0, 7.5  # points
_LINE = 11.5  # points between two values
_LABEL, _NUMBER = 10.0, 70.0  # points from a panel's right edge: where a label begins, a value ends
_DOTS = 60  # so many times are marked
_BLOCH_COLORS = (3, 4, 5)  # of a theme's series
_EDGE = 0.04  # of a scale: room for a line on its end


@dataclass(frozen=True, slots=True)
class Panel:
    """Curves that share a scale.

    Attributes:
        name: What is written in bold beside it: the qubit, in the first of its panels.
        notes: What is written below that.
        labels: Of the curves.
        curves: Array (T, curves).
        colors: Of the curves, as numbers in a theme's series.
        scale: The numbers that are marked; the panel goes from the first to the last.
        height: In inches.
        also: More values after those of the curves, with what they are called.
    """

    name: str
    notes: tuple[str, ...]
    labels: tuple[str, ...]
    curves: NDArray[np.float64]
    colors: tuple[int, ...]
    scale: tuple[float, ...]
    height: float
    also: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Strip:
    """The axis of time that all panels share.

    Attributes:
        samples: int64 array (T,): where the curves have values.
        axis: Samples as places.
        per_sample: A sample in the unit of the texts.
        unit: That unit.
    """

    samples: NDArray[np.int64]
    axis: TimeAxis
    per_sample: float
    unit: str

    def time(self, sample: int) -> str:
        """A sample as text."""
        return f"{sample * self.per_sample:,.5g} {self.unit}"


def panels_of(solution: Solution, qubits: Sequence[int], *, bloch: bool) -> list[Panel]:
    """The panels of some qubits.

    Args:
        solution: The states.
        qubits: The qubits, in order.
        bloch: Whether there are Bloch vectors.
    """
    panels = []
    spectators = solution.metadata.get("spectators", ())
    for qubit in qubits:
        panels.append(_populations(solution, qubit, spectator=qubit in spectators))
        if bloch:
            panels.append(_bloch(solution, qubit))
    return panels


def draw_panel(ax: Axes, panel: Panel, strip: Strip, theme: Theme, *, with_time: bool) -> None:
    """Draw one panel.

    Args:
        ax: New axes.
        panel: What is drawn.
        strip: The axis of time.
        theme: The colors.
        with_time: Whether times are written below.
    """
    _dress(ax, panel, strip, theme, with_time=with_time)
    marker = "o" if len(strip.samples) <= _DOTS else None
    for k, color in reversed(list(enumerate(panel.colors))):
        ax.plot(
            strip.axis.place(strip.samples),
            panel.curves[:, k],
            color=theme.series[color % len(theme.series)],
            linewidth=1.5,
            marker=marker,
            markersize=2.6,
            clip_on=False,
            zorder=3,
            label=panel.labels[k],
        )
    _write_values(ax, panel, theme)


def _populations(solution: Solution, qubit: int, *, spectator: bool) -> Panel:
    curves = solution.populations(qubit)
    return Panel(
        name=f"qubit {qubit}",
        notes=("spectator", "populations") if spectator else ("populations",),
        labels=tuple(f"|{level}⟩" for level in range(curves.shape[1])),
        curves=curves,
        colors=tuple(range(curves.shape[1])),
        scale=(0.0, 0.5, 1.0),
        height=_POPULATIONS,
    )


def _bloch(solution: Solution, qubit: int) -> Panel:
    curves = solution.bloch(qubit)
    return Panel(
        name="",
        notes=("Bloch vector",),
        labels=("x", "y", "z"),
        curves=curves,
        colors=_BLOCH_COLORS,
        scale=(-1.0, 0.0, 1.0),
        height=_BLOCH,
        also=(("length", float(np.linalg.norm(curves[-1]))),),
    )


def _dress(ax: Axes, panel: Panel, strip: Strip, theme: Theme, *, with_time: bool) -> None:
    ax.set_facecolor(theme.background)
    low, high = panel.scale[0], panel.scale[-1]
    room = _EDGE * (high - low)
    ax.set(xlim=(0, strip.axis.width), ylim=(low - room, high + room))
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_axisbelow(True)
    ax.grid(color=theme.grid, linewidth=0.8)
    ax.set_yticks(panel.scale, [f"{mark:g}".replace("-", "−") for mark in panel.scale])
    ticks = list(strip.axis.ticks(strip.per_sample))
    ax.set_xticks([place for place, _ in ticks], [text if with_time else "" for _, text in ticks])
    ax.tick_params(length=0, labelsize=_TICK, labelcolor=theme.muted, pad=3)
    if with_time:
        _write(ax, f"time ({strip.unit})", (1, 0), (0, -17.5), theme.muted, _TICK, "right")
    if panel.name:
        _write(ax, panel.name, (0, 1), (-28, -6), theme.text, _NAME, "right", bold=True)
    for k, note in enumerate(panel.notes):
        top = -19 if panel.name else -6
        _write(ax, note, (0, 1), (-28, top - 10 * k), theme.muted, _NOTE, "right")


def _write_values(ax: Axes, panel: Panel, theme: Theme) -> None:
    """The values at the end, which are the legend too."""
    colors = [theme.series[color % len(theme.series)] for color in panel.colors]
    lines = [
        *zip(panel.labels, panel.curves[-1], colors, strict=True),
        *((label, value, theme.muted) for label, value in panel.also),
    ]
    for k, (label, value, color) in enumerate(lines):
        height = -6 - _LINE * k
        text = f"{value:.4f}".replace("-", "−")
        _write(ax, label, (1, 1), (_LABEL, height), color, _VALUE, "left", gid="label")
        _write(ax, text, (1, 1), (_NUMBER, height), color, _VALUE, "right", gid="value")


def _write(
    ax: Axes,
    text: str,
    at: tuple[float, float],
    offset: tuple[float, float],
    color: str,
    size: float,
    ha: str,
    *,
    bold: bool = False,
    gid: str = "name",
) -> None:
    ax.annotate(
        text,
        at,
        xycoords="axes fraction",
        xytext=offset,
        textcoords="offset points",
        ha=ha,
        va="center_baseline",
        family=FAMILY,
        fontsize=size,
        fontweight="bold" if bold else "normal",
        color=color,
        gid=gid,
        annotation_clip=False,
    )
