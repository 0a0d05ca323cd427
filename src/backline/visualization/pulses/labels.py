"""Which texts of a line find room."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

FAMILY = "DejaVu Sans"

_APART = 0.06  # inches between two texts
_OFF_CENTER = 0.35  # of its width: how far a centered text may be moved aside


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text that would like to stand somewhere. Places are in inches.

    Attributes:
        texts: What it may be, from the longest to the shortest.
        at: Where its middle should be, or the mark that it stands beside.
        low: Where the room for it starts.
        high: Where that ends.
        beside: How far from its mark it stands, to the right or else to the left of it; 0 for a
            text that is centered.
    """

    texts: tuple[str, ...]
    at: float
    low: float
    high: float
    beside: float = 0.0

    def start(self, width: float, low: float, high: float) -> float | None:
        """Where a text of this width starts, between two places; None where it does not fit."""
        low, high = max(low, self.low), min(high, self.high)
        if self.beside:
            starts = (self.at + self.beside, self.at - self.beside - width)
            return next((s for s in starts if low <= s <= high - width), None)
        start = min(max(self.at - width / 2, low), high - width)
        off_center = abs(start + width / 2 - self.at)
        return start if start >= low and off_center <= _OFF_CENTER * width else None


@dataclass(slots=True)
class _Placed:
    """A text that has found room."""

    wanted: Wanted
    text: str
    start: float
    stop: float


def fitted(wanted: Iterable[Wanted], size: float) -> Iterator[tuple[float, str]]:
    """(start, text) of those that find room.

    As many as possible in their shortest text, from left to right; then each in its longest text
    that the others leave room for.

    Args:
        wanted: Texts of one line, from left to right.
        size: Of the font, in points.
    """
    placed: list[_Placed] = []
    for one in wanted:
        taken = placed[-1].stop + _APART if placed else -math.inf
        found = _place(one, one.texts[-1], size, taken, math.inf)
        if found is not None:
            placed.append(found)
    for k, short in enumerate(placed):
        low = placed[k - 1].stop + _APART if k else -math.inf
        high = placed[k + 1].start - _APART if k + 1 < len(placed) else math.inf
        longer = (_place(short.wanted, text, size, low, high) for text in short.wanted.texts)
        placed[k] = next(filter(None, longer), short)
        yield placed[k].start, placed[k].text


def _place(wanted: Wanted, text: str, size: float, low: float, high: float) -> _Placed | None:
    width = text_width(text, size)
    start = wanted.start(width, low, high)
    return None if start is None else _Placed(wanted, text, start, start + width)


@lru_cache(maxsize=8192)
def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width of a text, in inches.

    Args:
        text: One line.
        size: Of the font, in points.
        weight: Of the font.
    """
    if not text.strip():
        return 0.0
    path = TextPath((0, 0), text, size=size, prop=FontProperties(family=FAMILY, weight=weight))
    return float(path.get_extents().x1) / 72
