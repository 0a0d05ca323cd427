"""What is written around the rows: names, scales, time, title and notes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from matplotlib.ticker import MaxNLocator

from backline.visualization.pulses import wording
from backline.visualization.pulses.hardware import Hardware
from backline.visualization.pulses.labels import FAMILY, text_width
from backline.visualization.pulses.layout import TALL, Place
from backline.visualization.pulses.sheet import Sheet
from backline.visualization.pulses.timeline import Timeline
from backline.visualization.pulses.view import Clock

NAME, NOTE, TICK, TITLE, SUBTITLE = 9.0, 6.5, 7.5, 12.0, 8.0
"""Sizes of fonts, in points."""

_SCALE = 0.34  # inches: column of the amplitudes
_PAD = 0.08  # inches
_LEGIBLE = 0.08  # inches: an amplitude that is nearer to 0 is not written
_LINE = 0.145  # inches: a line of notes


def left_margin(timeline: Timeline) -> float:
    """Inches that names and amplitudes take on the left."""
    names = [text_width(row.name, NAME, "bold") for row in timeline.rows]
    notes = [text_width(row.note, NOTE) for row in timeline.rows]
    return max([*names, *notes, 0.0]) + _SCALE + 3 * _PAD


def top_margin(title: str, subtitle: str) -> float:
    """Inches that title and subtitle take on top."""
    return 0.12 + (0.27 if title else 0.0) + (0.2 if subtitle else 0.0)


def bottom_margin(timeline: Timeline, width: float) -> float:
    """Inches that time, legend and notes take below."""
    return 0.62 + _LINE * len(_note_lines(timeline, width))


def write_names(sheet: Sheet) -> None:
    """Names of channels, their frequencies, and the amplitudes at which rows end."""
    for row, place in sheet.rows():
        middle = place.y((place.low + place.high) / 2)
        has_note = bool(row.note) and place.top - place.bottom > 0.3
        _beside(sheet, row.name, middle, 4.5 if has_note else 0.0, NAME, "bold", "channel")
        if has_note:
            _beside(sheet, row.note, middle, -5.5, NOTE, "normal", "lo")
    _write_scales(sheet)


def _beside(
    sheet: Sheet, text: str, y: float, up: float, size: float, weight: str, gid: str
) -> None:
    sheet.ax.annotate(
        text,
        (0, y),
        xycoords=sheet.ax.get_yaxis_transform(),
        xytext=(-72 * (_SCALE + _PAD), up),
        textcoords="offset points",
        ha="right",
        va="center_baseline",
        family=FAMILY,
        fontsize=size,
        fontweight=weight,
        color=sheet.theme.text if weight == "bold" else sheet.theme.muted,
        gid=gid,
        annotation_clip=False,
    )


def _write_scales(sheet: Sheet) -> None:
    ticks: dict[float, str] = {}
    for row, place in sheet.rows():
        if not row.is_sampled:
            continue
        for amplitude in _amplitudes(place):
            ticks[place.y(amplitude)] = wording.number(amplitude)
    sheet.ax.set_yticks(list(ticks), list(ticks.values()))
    sheet.ax.tick_params(
        axis="y", labelsize=6, labelcolor=sheet.theme.muted, length=2, width=0.6, pad=2
    )
    sheet.ax.tick_params(axis="y", color=sheet.theme.unknown)


def _amplitudes(place: Place) -> Iterable[float]:
    """The ends of a scale and 0, as far as they are legible; round numbers on a tall one."""
    low, high = place.low, place.high
    if (high - low) * place.unit > TALL / 3:
        marks = MaxNLocator(7, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        return [float(mark) for mark in marks if low <= mark <= high]
    ends = [end for end in (low, high) if abs(end) * place.unit > _LEGIBLE]
    return ends if low < 0 < high else [0.0, *ends]


def write_time(sheet: Sheet, clock: Clock) -> None:
    """Ticks of the axis of time, and its unit."""
    per_sample, unit = clock.shown(sheet.timeline.stop - sheet.timeline.start)
    ticks = list(sheet.axis.ticks(per_sample))
    ax = sheet.ax
    ax.set_xticks([place for place, _ in ticks], [text for _, text in ticks], family=FAMILY)
    ax.tick_params(axis="x", labelsize=TICK, labelcolor=sheet.theme.muted, length=3, width=0.7)
    ax.tick_params(axis="x", color=sheet.theme.muted)
    _below(sheet, f"time ({unit})", 1.0, 17.5, TICK, "right", "time")


def write_title(sheet: Sheet, title: str, subtitle: str) -> None:
    """What program it is, and how long."""
    ax, theme = sheet.ax, sheet.theme
    for text, up, size, weight, color in (
        (subtitle, 7.0, SUBTITLE, "normal", theme.muted),
        (title, 21.0 if subtitle else 7.0, TITLE, "bold", theme.text),
    ):
        if text:
            ax.annotate(
                text,
                (0, 1),
                xycoords="axes fraction",
                xytext=(0, up),
                textcoords="offset points",
                family=FAMILY,
                fontsize=size,
                fontweight=weight,
                color=color,
                gid="title" if weight == "bold" else "subtitle",
                annotation_clip=False,
            )


def write_notes(sheet: Sheet) -> None:
    """What is not shown."""
    for k, line in enumerate(_note_lines(sheet.timeline, sheet.width)):
        _below(sheet, line, 0.0, 38.0 + 72 * _LINE * k, NOTE, "left", "note")


def _below(sheet: Sheet, text: str, x: float, down: float, size: float, ha: str, gid: str) -> None:
    sheet.ax.annotate(
        text,
        (x, 0),
        xycoords="axes fraction",
        xytext=(0, -down),
        textcoords="offset points",
        ha=ha,
        va="top",
        family=FAMILY,
        fontsize=size,
        color=sheet.theme.muted,
        gid=gid,
        annotation_clip=False,
    )


def _note_lines(timeline: Timeline, width: float) -> list[str]:
    if not timeline.notes:
        return []
    return textwrap.wrap(f"Not drawn: {'; '.join(timeline.notes)}.", round(width * 20))


def duration_words(timeline: Timeline, hardware: Hardware) -> str:
    """Length of the program in samples and, where dt is known, in time; and its device."""
    words = f"{timeline.duration:,} dt"
    if hardware.dt is not None:
        per_sample, unit = Clock("s", hardware.dt).shown(timeline.duration)
        words += f" = {timeline.duration * per_sample:,.5g} {unit}"
    return f"{words} · {hardware.name}" if hardware.name else words
