"""Counts as a table with bars, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from backline.visualization.ranking import IDEAL, OTHERS, rank, with_ideal

_COLORS = ("blue", "dark_orange", "cyan", "magenta", "yellow", "green")
_EIGHTHS = " ▏▎▍▌▋▊▉"
_NUMBER = 7  # characters of " 100.0%"


@dataclass(frozen=True, slots=True)
class ShareBar:
    """A bar and its number: as much of a bar as there is room, in eighths of a character.

    Attributes:
        share: The number, 0 to 1, written in percent.
        filled: How much of the bar is filled, 0 to 1.
        color: A color of rich.
        width: Characters of the bar at most.
    """

    share: float
    filled: float
    color: str
    width: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The bar, ASCII where the terminal knows no more."""
        room = max(0, min(self.width, options.max_width - _NUMBER))
        if options.ascii_only:
            bar = "#" * round(self.filled * room)
        else:
            whole, part = divmod(round(self.filled * room * 8), 8)
            bar = "█" * whole + _EIGHTHS[part].strip()
        yield Segment(bar.ljust(room), console.get_style(self.color))
        yield Segment(f"{self.share:.1%}".rjust(_NUMBER))

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """At least the number."""
        return Measurement(_NUMBER, self.width + _NUMBER)


def counts_table(
    results: Mapping[str, Mapping[str, float]],
    *,
    ideal: Mapping[str, float] | None = None,
    top: int = 16,
    order: Literal["outcome", "share"] = "outcome",
    width: int = 24,
) -> Table:
    r"""A table of counts with a bar for each, several results side by side.

    Args:
        results: Counts by label; each by outcome ("011").
        ideal: What should have come out, as a first column.
        top: How many outcomes to show; the others are summed in a last row.
        order: Rows as sorted text ("outcome"), or the most frequent first ("share").
        width: Characters of the longest bar.

    Returns:
        A table to print with rich: plain ASCII where the terminal is no UTF-8 one.

    Raises:
        OptionValueError: If there is nothing to show, a result has no counts, or `top` is below 1.

    Example:
        >>> console = Console(width=60, no_color=True, legacy_windows=False)
        >>> with console.capture() as shown:
        ...     console.print(counts_table({"noisy": {"0": 3, "1": 1}}, width=8))
        >>> print("\n".join(line.rstrip() for line in shown.get().splitlines()))
        <BLANKLINE>
         outcome   noisy
         ─────────────────────────
         0         ████████  75.0%
         1         ██▋       25.0%
        <BLANKLINE>
    """
    ranking = rank(with_ideal(results, ideal), top=top, order=order)
    largest = max(max(shares) for shares in ranking.shares.values())
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    outcomes = [*ranking.outcomes, *([f"{ranking.left_out} {OTHERS}"] * bool(ranking.left_out))]
    table.add_column("outcome", no_wrap=True, min_width=max(len("outcome"), *map(len, outcomes)))
    for label in ranking.shares:
        table.add_column(Text(label, overflow="ellipsis", no_wrap=True))
    colors = _colors(tuple(ranking.shares))
    for k, outcome in enumerate(ranking.outcomes):
        shares = ((label, ranking.shares[label][k]) for label in colors)
        bars = (ShareBar(share, share / largest, colors[label], width) for label, share in shares)
        table.add_row(Text(outcome), *bars)
    if ranking.left_out:  # a sum: a bar beside those of single outcomes would mislead
        bars = (ShareBar(ranking.others[label], 0.0, "default", width) for label in colors)
        table.add_row(Text(outcomes[-1], style="italic"), *bars)
    return table


def _colors(labels: tuple[str, ...]) -> dict[str, str]:
    sampled = [label for label in labels if label != IDEAL]
    colors = {label: _COLORS[k % len(_COLORS)] for k, label in enumerate(sampled)}
    return {label: colors.get(label, "bright_black") for label in labels}
