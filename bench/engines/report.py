"""The figures as Markdown."""

from __future__ import annotations

import json
import statistics
from typing import Any

import cases
from settings import OURS, TOOLS

Rows = dict[str, dict[str, Any]]

_ABOUT = 1.5  # a setting that just misses the error stays in the race


def markdown(found: dict[str, Any]) -> str:
    """All of a run, to be pasted into the documentation."""
    machine, floor = found["machine"], found["floor"]
    parts = [
        f"{machine['cores']} cores ({machine['processor']}), Python {machine['python']}, load "
        f"{machine['load']:.1f} at the start; one core multiplies and adds at "
        f"{floor['float64'] / 1e9:.0f} GFLOP/s (double) and {floor['float32'] / 1e9:.0f} (single). "
        f"The whole run took {found['seconds']:.0f} s.",
        summary(found["cases"]),
        *(of_case(name, rows) for name, rows in found["cases"].items()),
    ]
    return "\n\n".join(parts)


def summary(found: dict[str, Rows]) -> str:
    """One line a case: ours, what was to be reached, and the best peer."""
    lines = [
        "| case (3 levels, dt 2/9 ns) | ours | to reach | best peer that is exact enough | ratio "
        "| to reach |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, rows in found.items():
        case, ours = cases.CASES[name], _best(rows[OURS.name])
        peer = best_peer(name, rows)
        ratio = peer[1] / ours if peer and ours else None
        lines.append(
            f"| {case.title} | {_ours(name, rows)} | {_seconds(case.to_reach)} | "
            f"{f'{peer[0]}, {_seconds(peer[1])}' if peer else 'none'} | "
            f"{f'{ratio:.2g}' if ratio else ''} | {case.ratio or ''} |"
        )
    return "\n".join(lines)


def of_case(name: str, rows: Rows) -> str:
    """One line a tool.

    The ratio is the median, over the rounds, of its time to ours in the same round.
    """
    case = cases.CASES[name]
    lines = [
        f"**{case.title}** (error to reach: {case.error:g})" if case.error else f"**{case.title}**",
        "",
        "| tool | fastest | median | to ours | error | first result after | of which import, "
        "building, compiling | memory | settings |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [_line(tool.name, rows) for tool in TOOLS]
    ours = rows[OURS.name]
    lines += [f"\n{part}: {_seconds(seconds)}" for part, seconds in ours["parts"].items()]
    if "cold_without_cache" in ours:
        cold = ours["cold_without_cache"]
        after = cold if isinstance(cold, str) else f"{cold:.1f} s"
        lines.append(f"\nBackline's first result with nothing compiled on disk: {after}")
    return "\n".join(lines)


def best_peer(name: str, rows: Rows) -> tuple[str, float] | None:
    """The fastest peer that is about exact enough, or whose whole run was extrapolated."""
    case = cases.CASES[name]
    allowed = _ABOUT * case.error or 0.1  # counts: sampling noise alone
    able = [
        (tool.name, seconds)
        for tool in TOOLS
        if tool is not OURS
        and (seconds := _best(rows[tool.name])) is not None
        and rows[tool.name].get("error", 0.0) <= allowed
    ]
    return min(able, key=lambda item: item[1], default=None)


def _line(tool: str, rows: Rows) -> str:
    row = rows[tool]
    settings = row["settings"] if isinstance(row["settings"], dict) else {}
    shown = ", ".join(f"{key} {value}" for key, value in settings.items())
    if not row["warm"]:
        return f"| {tool} | {row.get('why_not', 'not run')} | | | | | | | {shown} |"
    about, share = "~" if "share" in row else "", row.get("share", 1.0)
    warm = [seconds / share for seconds in row["warm"]]
    ours = rows[OURS.name]["warm"]
    ratio = (
        statistics.median(theirs / mine for theirs, mine in zip(warm, ours, strict=False))
        if ours
        else None
    )
    compiling = max(0.0, row["first"] - min(row["warm"]))
    return (
        f"| {tool} | {about}{_seconds(min(warm))} | {about}{_seconds(statistics.median(warm))} | "
        f"{f'{ratio:.2g}' if ratio else ''} | "
        f"{format(row['error'], '.0e') if 'error' in row else ''} | {row['cold']:.1f} s | "
        f"{row['imports']:.1f}, {row['build']:.1f}, {compiling:.1f} s | "
        f"{row['memory'] / 2**20:.0f} MiB | {shown} |"
    )


def _best(row: dict[str, Any]) -> float | None:
    return min(row["warm"]) / row.get("share", 1.0) if row["warm"] else None


def _ours(name: str, rows: Rows) -> str:
    row = rows[OURS.name]
    if not row["warm"]:
        return row.get("why_not", "not run")
    parts = [f"{part} {_seconds(seconds)}" for part, seconds in row["parts"].items()]
    return ", ".join([_seconds(min(row["warm"])), *parts])


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 0.1:
        return f"{seconds * 1e3:.2g} ms"
    return f"{seconds:.2g} s"


if __name__ == "__main__":
    import pathlib
    import sys

    print(markdown(json.loads(pathlib.Path(sys.argv[1]).read_text())))
