"""A timeline as a figure."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from backline.visualization.pulses import artists, margins, marks, texts
from backline.visualization.pulses.axis import TimeAxis, axis_of
from backline.visualization.pulses.envelopes import Envelopes
from backline.visualization.pulses.layout import ENVELOPE, WIDTH, layout_of
from backline.visualization.pulses.legend import write_legend
from backline.visualization.pulses.sheet import Sheet
from backline.visualization.pulses.timeline import Timeline
from backline.visualization.pulses.view import Clock
from backline.visualization.theme import Theme, whole_figure

_DETAILS = 3000  # side by side in a picture
_RIGHT = 0.32  # inches
_NOTHING = "nothing to draw"


def compose(
    timeline: Timeline,
    theme: Theme,
    clock: Clock,
    titles: tuple[str, str],
    ax: Axes | None,
    *,
    labels: bool,
    height: float = ENVELOPE,
) -> Figure:
    """Draw a timeline.

    Args:
        timeline: What is seen.
        theme: The colors.
        clock: The unit of time.
        titles: Title and subtitle.
        ax: Axes to draw on; a new figure where not given.
        labels: Whether pulses and acquisitions are labeled.
        height: Of an envelope with both signs, in inches.
    """
    axis = axis_of(timeline)
    envelopes = Envelopes(timeline.start, timeline.stop, axis.shown / _DETAILS)
    layout = layout_of(timeline, envelopes, labels=labels, height=height)
    if ax is None:
        ax = _new_axes(timeline, layout.height, titles, theme)
    box, dpi = ax.get_window_extent(), whole_figure(ax.figure).dpi
    size = (box.width / dpi, box.height / dpi)
    sheet = Sheet(ax, *size, axis, layout, timeline, envelopes, theme)
    _dress(ax, axis, layout.height, theme)
    shown = _draw(sheet)
    if labels:
        texts.label_tones(sheet)
        texts.label_acquisitions(sheet)
    texts.label_boxes(sheet)
    texts.label_frames(sheet)
    texts.label_snapshots(sheet)
    margins.write_names(sheet)
    margins.write_time(sheet, clock)
    write_legend(sheet, shown)
    margins.write_title(sheet, *titles)
    margins.write_notes(sheet)
    return whole_figure(ax.figure)


def _draw(sheet: Sheet) -> set[str]:
    """All but texts; which kinds of things there are."""
    artists.draw_lines(sheet)
    shown = artists.draw_envelopes(sheet) | marks.draw_frames(sheet)
    artists.draw_spans(sheet)
    if marks.draw_barriers(sheet):
        shown.add("barrier")
    if sheet.timeline.snapshots:
        marks.draw_snapshots(sheet)
    marks.draw_cuts(sheet)
    if not sheet.timeline.rows:
        middle = (sheet.axis.width / 2, -sheet.layout.height / 2)
        sheet.ax.text(*middle, _NOTHING, ha="center", color=sheet.theme.muted, gid="nothing")
    return shown


def _new_axes(timeline: Timeline, height: float, titles: tuple[str, str], theme: Theme) -> Axes:
    left = margins.left_margin(timeline)
    top, bottom = margins.top_margin(*titles), margins.bottom_margin(timeline, WIDTH)
    full = (left + WIDTH + _RIGHT, top + height + bottom)
    figure = Figure(figsize=full, facecolor=theme.background)
    return figure.add_axes((left / full[0], bottom / full[1], WIDTH / full[0], height / full[1]))


def _dress(ax: Axes, axis: TimeAxis, height: float, theme: Theme) -> None:
    ax.set_facecolor(theme.background)
    ax.set(xlim=(0, axis.width), ylim=(-height, 0))
    for side, spine in ax.spines.items():
        spine.set_visible(side == "bottom")
    ax.spines["bottom"].set(color=theme.muted, linewidth=0.7)
