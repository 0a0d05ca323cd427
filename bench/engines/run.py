"""The pulse engine beside Qiskit Dynamics, QuTiP and dynamiqs, in one run.

Every tool solves every case in a process of its own; first runs are taken one after the other, then
all processes run in turns, so that a busy moment of the machine hits all alike. Run it with
``make bench-engines``, or ``python bench/engines/run.py [CASE ...]``.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import cases
import numpy as np
import report
from dressed import from_dressed
from problem import numbers
from reference import cached
from session import HERE, LostError, Session
from settings import OURS, TOOLS, Tool, settings_of

ROOT = HERE.parents[1]
OUT = ROOT / "out" / "engines"
ROUNDS = 7
LEAST_ROUNDS = 3
FIRST_LIMIT = 60.0
WARM_BUDGET = 5.0
SLOW_REFERENCES = ("ten",)  # minutes: made where asked for, and kept


def main() -> None:
    arguments = _arguments()
    OUT.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    found: dict[str, Any] = {"machine": machine(), "floor": floor(), "cases": {}}
    for name in arguments.cases:
        exact = reference(name, slow=arguments.references)
        found["cases"][name] = measure(name, exact)
        found["seconds"] = time.perf_counter() - started
        (OUT / "bench.json").write_text(json.dumps(found, indent=1))
        print(report.of_case(name, found["cases"][name]), flush=True)
    print(report.markdown(found))


def reference(name: str, *, slow: bool) -> Any:
    """The exact answer, or None where it takes minutes and nobody asked for it."""
    folder = OUT / "references"
    if name == "ghz":
        import ghz

        problem = ghz.export(OUT / "ghz.pickle")
        return ghz.exact(problem, cached(folder, problem, "state"))
    if name in SLOW_REFERENCES and not slow:
        return None
    gives = cases.CASES[name].gives
    return cached(folder, cases.problem(name), "sweep" if gives == "run" else gives)


def duration(name: str) -> int:
    """Samples of a case, or programs."""
    if name == "rabi":
        return cases.SWEEP
    if name == "ghz":
        return pickle.loads((OUT / "ghz.pickle").read_bytes()).duration
    return cases.problem(name).duration


def measure(name: str, exact: Any) -> dict[str, Any]:
    """Facts of each tool on one case, by the tool's name."""
    rows: dict[str, Any] = {}
    sessions: dict[str, Session] = {}
    try:
        for tool in TOOLS:
            settings = settings_of(name, tool)
            rows[tool.name] = row = {"settings": settings, "warm": [], "parts": {}}
            if isinstance(settings, str):
                row["why_not"] = settings
                continue
            if "part" in settings:
                row["share"] = settings["part"] / duration(name)
            session = _begin(tool, name, settings, row, exact)
            if session is not None:
                sessions[tool.name] = session
        _rounds(sessions, rows)
        if OURS.name in sessions:
            _our_parts(name, sessions[OURS.name], rows[OURS.name])
    finally:
        for session in sessions.values():
            session.close()
    return rows


def _begin(
    tool: Tool, name: str, settings: dict[str, Any], row: dict[str, Any], exact: Any
) -> Session | None:
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.npy"
        python = Path(sys.executable) if tool is OURS else ROOT / tool.environment / "bin/python"
        if not python.exists():
            row["why_not"] = f"no {tool.environment}: run make bench-engines"
            return None
        session = Session(python, tool.module, name, settings, answer)
        try:
            row.update(session.first(FIRST_LIMIT))
        except LostError as reason:
            session.close()
            row["why_not"] = str(reason)
            return None
        if exact is not None and "part" not in settings:
            row["error"] = error(name, np.load(answer), exact, ours=tool is OURS)
    return session


def error(name: str, answer: Any, exact: Any, *, ours: bool) -> float:
    """How far an answer is off.

    States: 2-norm. Propagators: the worst column that starts in qubit levels, 2-norm. Density
    matrices and populations: the worst element. Counts: total variation distance; of a sweep the
    mean difference of shares of 0.
    """
    gives = cases.CASES[name].gives
    if gives == "counts":
        return float(np.abs(answer - exact).sum() / 2)
    if gives == "run":
        return float(np.abs(answer - exact[:, 0]).mean())
    if gives == "sweep":
        return float(np.abs(answer - exact).max())
    if ours:
        answer = from_dressed(cases.problem(name), answer)
    if gives == "density":
        return float(np.abs(answer - exact).max())
    if gives == "state":
        return float(np.linalg.norm(answer - exact))
    low = (numbers(cases.problem(name)) <= 1).all(axis=0)
    return float(np.linalg.norm(answer - exact, axis=0)[low].max())


def _rounds(sessions: dict[str, Session], rows: dict[str, Any]) -> None:
    spent = dict.fromkeys(sessions, 0.0)
    for _ in range(ROUNDS):
        for name, session in list(sessions.items()):
            if spent[name] > WARM_BUDGET and len(rows[name]["warm"]) >= LEAST_ROUNDS:
                continue
            start = time.perf_counter()
            try:
                rows[name]["warm"].append(session.again(FIRST_LIMIT))
            except LostError as reason:
                rows[name]["why_not"] = str(reason)
                sessions.pop(name).close()
            spent[name] += time.perf_counter() - start


def _our_parts(name: str, session: Session, row: dict[str, Any]) -> None:
    """What takes part in our whole, and a first run that finds nothing compiled on disk."""
    for part in ("solving",) if name == "rabi" else ():
        taken = [session.again(FIRST_LIMIT, part) for _ in range(3)]
        row["parts"][part] = min(taken)
    with tempfile.TemporaryDirectory() as folder:
        bare = Session(
            Path(sys.executable),
            OURS.module,
            name,
            row["settings"],
            Path(folder) / "answer.npy",
            NUMBA_CACHE_DIR=folder,
        )
        try:
            row["cold_without_cache"] = bare.first(FIRST_LIMIT)["cold"]
        except LostError as reason:
            row["cold_without_cache"] = str(reason)
        finally:
            bare.close()


def floor() -> dict[str, float]:
    one_thread = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(
        [sys.executable, str(HERE / "floor.py")],
        env={**os.environ, **one_thread},
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)


def machine() -> dict[str, Any]:
    import platform

    return {
        "cores": os.cpu_count(),
        "processor": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", default=list(cases.CASES), metavar="CASE")
    parser.add_argument(
        "--references", action="store_true", help="also those references that take minutes"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
