"""What is written on the rows: each text where it finds room, and left away where it does not."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence

from backline.visualization.pulses import wording
from backline.visualization.pulses.labels import Wanted
from backline.visualization.pulses.layout import TALL
from backline.visualization.pulses.sheet import SMALL, Sheet
from backline.visualization.pulses.timeline import Row, Tone

TALL_SIZE = 9.0
"""Size of the label in a tall box, in points."""

_INSET = 0.04  # inches between a text and the edge of its box
_BESIDE = 0.06  # inches from a mark to its text
_BEYOND = 0.45  # inches that a label may reach beyond its pulse on either side


def label_tones(sheet: Sheet) -> None:
    """Names and parameters of pulses, above their envelopes."""
    for row, place in sheet.rows():
        barriers = [sheet.at(time) for time, names in sheet.timeline.barriers if row.name in names]
        wanted = _above(sheet, row.tones, barriers)
        sheet.write(wanted, place.labels, sheet.theme.text, gid="pulse")


def label_boxes(sheet: Sheet) -> None:
    """Names and parameters of pulses without an envelope, in their boxes."""
    for row, place in sheet.rows():
        wanted = [
            _inside(sheet, tone.start, tone.stop, wording.pulse_labels(tone.pulse, tone.name))
            for tone in row.tones
            if tone.pieces is None
        ]
        middle = place.y((place.low + place.high) / 2)
        size = SMALL if place.top - place.bottom < TALL / 2 else TALL_SIZE
        sheet.write(wanted, middle, sheet.theme.text, gid="pulse", size=size, backed=False)


def label_acquisitions(sheet: Sheet) -> None:
    """Where acquisitions write to, in their bars."""
    for row, place in sheet.rows():
        wanted = [_inside(sheet, span.start, span.stop, span.labels) for span in row.acquisitions]
        sheet.write(
            wanted, (place.top + place.bottom) / 2, sheet.theme.text, gid="slot", backed=False
        )


def label_frames(sheet: Sheet) -> None:
    """By how much phases and frequencies change, beside their marks."""
    for row, place in sheet.rows():
        sheet.write(_beside_marks(sheet, row), place.frames, sheet.theme.text, gid="frame")


def label_snapshots(sheet: Sheet) -> None:
    """Names of snapshots, beside their marks on top."""
    marks = [(sheet.at(time), (wording.cut(label),)) for time, label in sheet.timeline.snapshots]
    sheet.write(_beside(sheet, marks), sheet.layout.snapshots, sheet.theme.alarm, gid="snapshot")


def _above(sheet: Sheet, tones: Sequence[Tone], barriers: Sequence[float]) -> Iterator[Wanted]:
    """Labels may reach over some of the free time on both sides of their pulse."""
    before = 0.0
    for k, tone in enumerate(tones):
        left, right = map(sheet.inches, sheet.axis.widest(tone.start, tone.stop))
        after = sheet.at(tones[k + 1].start) if k + 1 < len(tones) else sheet.width
        if tone.pieces is not None:
            at = (left + right) / 2
            low, high = _uncut(sheet, at, max(before, left - _BEYOND), min(after, right + _BEYOND))
            low, high = _between(barriers, at, low, high)
            yield Wanted(wording.pulse_labels(tone.pulse, tone.name), at, low, high)
        before = right


def _inside(sheet: Sheet, start: float, stop: float, texts: tuple[str, ...]) -> Wanted:
    left, right = map(sheet.inches, sheet.axis.widest(start, stop))
    return Wanted(texts, (left + right) / 2, left + _INSET, right - _INSET)


def _beside_marks(sheet: Sheet, row: Row) -> Iterator[Wanted]:
    marks = [
        (sheet.at(change.time), (change.label, change.phase or change.frequency))
        for change in row.frames
    ]
    return _beside(sheet, marks)


def _beside(sheet: Sheet, marks: Sequence[tuple[float, tuple[str, ...]]]) -> Iterator[Wanted]:
    """Labels of marks may reach to the next mark on either side."""
    for k, (at, texts) in enumerate(marks):
        before = marks[k - 1][0] + _BESIDE if k else 0.0
        after = marks[k + 1][0] - _BESIDE if k + 1 < len(marks) else sheet.width
        low, high = _uncut(sheet, at, before, after)
        yield Wanted(texts, at, low, high, beside=_BESIDE)


def _uncut(sheet: Sheet, at: float, low: float, high: float) -> tuple[float, float]:
    """The room for a text, up to the marks of cuts."""
    for first, last in sheet.axis.cuts:
        left, right = sheet.at(first), sheet.at(last)
        if right <= at:
            low = max(low, right + _INSET)
        else:
            high = min(high, left - _INSET)
    return low, high


def _between(barriers: Sequence[float], at: float, low: float, high: float) -> tuple[float, float]:
    """The room for a text, up to the nearest barriers."""
    following = bisect(barriers, at)
    if following > 0:
        low = max(low, barriers[following - 1] + _INSET)
    if following < len(barriers):
        high = min(high, barriers[following] - _INSET)
    return low, high
