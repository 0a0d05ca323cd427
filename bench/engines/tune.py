"""Tries a peer's candidates on a case and names the fastest that reaches the case's error.

Run it as ``python bench/engines/tune.py CASE TOOL [SECONDS]``; the references must be there (a run
of `run.py` makes them). What it names goes into `settings.py` by hand.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import cases
import numpy as np
from candidates import CANDIDATES
from run import ROOT, error, reference
from session import LostError, Session
from settings import TOOLS, Tool

ROUNDS = 3


def main() -> None:
    name, wanted, *limit = sys.argv[1:]
    tool = next(tool for tool in TOOLS if tool.name == wanted)
    exact = reference(name, slow=True)
    best: tuple[float, dict[str, Any]] | None = None
    for settings in CANDIDATES[wanted](name):
        try:
            seconds, off = tried(name, tool, settings, exact, float(*limit or [30.0]))
        except LostError as reason:
            print(f"{reason!s:>28}  {json.dumps(settings)}", flush=True)
            continue
        print(f"{seconds:12.5f} s, error {off:7.1e}  {json.dumps(settings)}", flush=True)
        if off <= cases.CASES[name].error and (best is None or seconds < best[0]):
            best = seconds, settings
    print("the fastest that is exact enough:", best)


def tried(
    name: str, tool: Tool, settings: dict[str, Any], exact: Any, limit: float
) -> tuple[float, float]:
    """(seconds of the fastest warm run, error)."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.npy"
        python = ROOT / tool.environment / "bin/python"
        session = Session(python, tool.module, name, settings, answer)
        try:
            session.first(limit)
            off = error(name, np.load(answer), exact, ours=False)
            return min(session.again(limit) for _ in range(ROUNDS)), off
        finally:
            session.close()


if __name__ == "__main__":
    main()
