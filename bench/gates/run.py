"""The gate engine beside Aer, in one run.

``make bench-gates``, or ``python bench/gates/run.py CASE ...`` for some of it.

Exit code 1 says that something that is promised was not reached.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import report
import sides
from agree import agreement
from cases import CASES, FIRST, FIRST_RATIO, Case, Few
from qiskit import qpy

import circuits

HERE = Path(__file__).resolve().parent
OUT = HERE.parents[1] / "out" / "gates"


def main() -> None:
    given = _arguments()
    warnings.simplefilter("ignore")  # of Aer, about backends without names of some gates
    OUT.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    found: dict[str, Any] = {"machine": machine(), "cases": {}}
    for name in given.cases:
        row = first() if name == "first" else measure(CASES[name])
        found["cases"][name] = row
        found["seconds"] = time.perf_counter() - started
        (OUT / "bench.json").write_text(json.dumps(found, indent=1))
        print(report.line(row), flush=True)
    print("\n" + report.markdown(found))
    raise SystemExit(0 if all(row["reached"] for row in found["cases"].values()) else 1)


def measure(case: Case) -> dict[str, Any]:
    """Seconds of every side, in turns."""
    fake = sides.fake_of(case.device)
    made = case.circuits(fake)
    runs = _sides(case, made)
    counts = {name: run(_warm(case, few)) for name, (run, few) in runs.items() if few != (1,)}
    times: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(case.rounds):
        if case.others is not None:
            runs = _sides(case, case.others(fake, turn + 1))
        for name, (run, few) in runs.items():
            times[name].append(seconds(run, case.shots, few))
    row = {
        "title": case.title,
        "goal": case.ratio,
        "goal_seconds": case.seconds,
        "times": times,
        "about": [name for name, (_, few) in runs.items() if few],
        "agreement": agreement(counts),
    }
    return row | {"reached": reached(row)}


def _sides(case: Case, made: list[Any]) -> dict[str, tuple[sides.Side, Few]]:
    """Every side, and its shots where not all are run."""
    runs: dict[str, tuple[sides.Side, Few]] = {"ours": (sides.ours(case, made), ())}
    if case.plain is not None:
        runs["plain"] = (sides.plain(case, made), case.plain)
    for method, few in case.lean.items():
        runs[method] = (sides.by_hand(case, made, method), few)
    return runs


def reached(row: dict[str, Any]) -> bool:
    """Whether what is promised was reached."""
    times = row["times"]
    if row["goal_seconds"] is not None:
        return bool(min(times["ours"]) <= row["goal_seconds"])
    return row["goal"] is None or report.ratio(times, "plain") >= row["goal"]


def seconds(run: sides.Side, shots: int, few: Few) -> float:
    """Of all shots; from a few of them, on the straight line through what they take."""
    if not few:
        return _timed(lambda: run(shots))
    taken = [_timed(partial(run, number)) for number in few]
    if len(few) == 1:
        return taken[0] * shots / few[0]
    slope = (taken[1] - taken[0]) / (few[1] - few[0])
    return taken[0] + max(slope, 0.0) * (shots - few[0])


def first() -> dict[str, Any]:
    """Fresh processes in turns; what reading the circuit takes is taken off both."""
    names = {"ours": "ours", "plain": sides.fake_of(FIRST).__class__.__name__, "nothing": "nothing"}
    times: dict[str, list[float]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bell.qpy"
        with file.open("wb") as opened:
            qpy.dump(circuits.bell(sides.fake_of(FIRST)), opened)
        for number in range(6):
            for name, argument in names.items():
                command = [sys.executable, str(HERE / "first.py"), argument, FIRST, str(file)]
                taken = _timed(partial(subprocess.run, command, check=True))
                if number:  # the first fills the caches of files
                    times[name].append(taken)
    row = {
        "title": "first run on a 127-qubit device, a fresh process, loading and noise included",
        "goal": FIRST_RATIO,
        "goal_seconds": None,
        "times": {name: times[name] for name in ("ours", "plain")},
        "python_and_qiskit": statistics.median(times["nothing"]),
        "about": [],
        "agreement": None,
    }
    return row | {"reached": reached(row)}


def machine() -> dict[str, Any]:
    packages = ("qiskit", "qiskit-aer", "qiskit-ibm-runtime", "numpy")
    return {
        "cores": os.cpu_count(),
        "processor": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
        "versions": {package: version(package) for package in packages},
    }


def _warm(case: Case, few: Few) -> int:
    return few[-1] if few else case.shots


def _timed(do: Callable[[], Any]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def _arguments() -> argparse.Namespace:
    every = ["first", *CASES]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", help=f"some of {', '.join(every)}; all by default")
    given = parser.parse_args()
    if unknown := set(given.cases) - set(every):
        parser.error(f"no case {', '.join(sorted(unknown))}: there are {', '.join(every)}")
    given.cases = given.cases or every
    return given


if __name__ == "__main__":
    main()
