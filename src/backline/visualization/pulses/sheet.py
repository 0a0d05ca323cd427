"""What is drawn on: axes, and all that says where something stands on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from matplotlib.axes import Axes

from backline.visualization.pulses.axis import TimeAxis
from backline.visualization.pulses.envelopes import Envelopes
from backline.visualization.pulses.labels import FAMILY, Wanted, fitted
from backline.visualization.pulses.layout import Layout, Place
from backline.visualization.pulses.timeline import Row, Timeline
from backline.visualization.theme import Theme

SMALL = 6.5
"""Size of labels, in points."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Axes and what stands where on them.

    Attributes:
        ax: The axes: samples to the right (those that are cut out left away), inches downward.
        width: Of the axes, in inches.
        height: Of the axes, in inches: that of the layout, unless the axes were given.
        axis: The axis of time.
        layout: Where rows stand.
        timeline: What is seen.
        envelopes: The curves.
        theme: The colors.
    """

    ax: Axes
    width: float
    height: float
    axis: TimeAxis
    layout: Layout
    timeline: Timeline
    envelopes: Envelopes
    theme: Theme

    def rows(self) -> Iterator[tuple[Row, Place]]:
        """The rows with their places."""
        return zip(self.timeline.rows, self.layout.places, strict=True)

    def inches(self, place: float) -> float:
        """A place on the axis of time, in inches."""
        return place * self.width / self.axis.width

    def at(self, time: float) -> float:
        """A time on the axis, in inches."""
        return self.inches(float(self.axis.place(time)))

    def write(
        self,
        wanted: Iterable[Wanted],
        y: float,
        color: str,
        *,
        gid: str,
        size: float = SMALL,
        backed: bool = True,
    ) -> None:
        """Write the texts of one line that find room.

        Args:
            wanted: Texts, from left to right.
            y: Middle of the line.
            color: Of the texts.
            gid: What kind of texts they are.
            size: Of the font, in points.
            backed: Whether what runs through them, such as a barrier, is faint behind them.
        """
        color_behind = (self.theme.background, 0.85)
        backing = {"facecolor": color_behind, "edgecolor": "none", "pad": 0.4} if backed else None
        for start, text in fitted(wanted, size):
            self.ax.text(
                start * self.axis.width / self.width,
                y,
                text,
                family=FAMILY,
                fontsize=size,
                color=color,
                va="center_baseline",
                gid=gid,
                zorder=8,
                clip_on=True,
                bbox=backing,
            )
