"""One tool on one case, in a process of its own, in the tool's own environment.

Run by `run.py` as `python worker.py TOOL CASE SETTINGS ANSWER`. It says in JSON lines what the
first run took, and then, for each line that it reads, what one more took. The answer of the
first run goes to the file ANSWER.
"""

from __future__ import annotations

import gc
import importlib
import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np


def main() -> None:
    tool, case, settings, answer = sys.argv[1:]
    start = time.perf_counter()
    module = importlib.import_module(tool)
    imported = time.perf_counter()
    prepared = module.prepare(case, json.loads(settings))
    built = time.perf_counter()
    result = prepared.run()
    ran = time.perf_counter()
    say(
        imports=imported - start,
        build=built - imported,
        first=ran - built,
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )
    np.save(answer, prepared.answer(result))
    say(saved=True)
    calls = 1
    for line in sys.stdin:
        name = line.strip()
        if name in prepared.parts:
            say(seconds=prepared.parts[name]())
            continue
        seconds, calls = timed(prepared.run, calls)
        say(seconds=seconds)


def timed(run: Callable[[], Any], calls: int) -> tuple[float, int]:
    """Seconds of one call, from as many as take some hundredths of a second; and how many next."""
    gc.collect()
    start = time.perf_counter()
    for _ in range(calls):
        run()
    seconds = (time.perf_counter() - start) / calls
    return seconds, min(1000, max(1, int(0.05 / max(seconds, 1e-6))))


def say(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main()
