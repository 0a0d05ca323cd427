"""The figures as Markdown."""

from __future__ import annotations

import json
import statistics
from typing import Any

HEAD = (
    "| case | ours | plain Aer | times faster | to reach | Aer, noise by hand | times faster |\n"
    "| --- | --- | --- | --- | --- | --- | --- |"
)


def markdown(found: dict[str, Any]) -> str:
    """All of a run, to be pasted into the documentation."""
    machine = found["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    lines = [
        f"{machine['cores']} cores ({machine['processor']}), Python {machine['python']};",
        f"{versions};",
        f"load {machine['load']:.1f} at the start. The whole run took {found['seconds']:.0f} s.",
        "",
        HEAD,
        *(line(row) for row in found["cases"].values()),
    ]
    if low := _disagreeing(found):
        lines += ["", f"**Distributions that differ (p below 1e-4): {', '.join(low)}**"]
    return "\n".join(lines)


def line(row: dict[str, Any]) -> str:
    """One case."""
    times = row["times"]
    hand = [name for name in times if name not in ("ours", "plain")]
    missed = "" if row["reached"] else " **missed**"
    goal = f"{row['goal']:g}" if row["goal"] else ""
    if row["goal_seconds"]:
        goal = _seconds(row["goal_seconds"])
    cells = [
        row["title"],
        _both(row, "ours"),
        _both(row, "plain") if "plain" in times else "",
        f"{ratio(times, 'plain'):.3g}" if "plain" in times else "",
        goal + missed,
        "; ".join(f"{name} {_both(row, name)}" for name in hand),
        "; ".join(f"{ratio(times, name):.3g}" for name in hand),
    ]
    return "| " + " | ".join(cells) + " |"


def ratio(times: dict[str, list[float]], other: str) -> float:
    """The median, over the rounds, of another side's time to ours in the same round."""
    pairs = zip(times[other], times["ours"], strict=True)
    return statistics.median(theirs / ours for theirs, ours in pairs)


def _both(row: dict[str, Any], name: str) -> str:
    """The fastest and the median; "~" is extrapolated."""
    taken = row["times"][name]
    about = "~" if name in row["about"] else ""
    low, middle = _seconds(min(taken)), _seconds(statistics.median(taken))
    return about + (low if low == middle else f"{low} ({middle})")


def _disagreeing(found: dict[str, Any]) -> list[str]:
    return [
        f"{case} with {name} ({p:.0e})"
        for case, row in found["cases"].items()
        for name, p in (row["agreement"] or {}).items()
        if p < 1e-4
    ]


def _seconds(seconds: float) -> str:
    if seconds < 0.1:
        return f"{seconds * 1e3:.2g} ms"
    return f"{seconds:,.2g} s" if seconds < 100 else f"{seconds:,.0f} s"


if __name__ == "__main__":
    import pathlib
    import sys

    print(markdown(json.loads(pathlib.Path(sys.argv[1]).read_text())))
