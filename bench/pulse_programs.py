"""The pulse layer beside Qiskit 1.4's: the same programs, in turns, in one run.

Either side runs in a process of its own environment. A figure is the median over the rounds, its
ratio the median of the rounds' ratios. Ends with 1 where a ratio is not reached, or where the two
sides do not do the same.

    python bench/pulse_programs.py .venv-qiskit1/bin/python [rounds]
"""

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from workloads import WORKLOADS

ROUNDS = 5
WORKER = Path(__file__).with_name("worker.py")


class Worker:
    """One side, which waits for names of workloads."""

    def __init__(self, python: str, side: str) -> None:
        self._process = subprocess.Popen(
            [python, str(WORKER), side], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def measure(self, name: str) -> dict[str, Any]:
        self._process.stdin.write(f"{name}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise SystemExit(f"the worker ended while it measured {name!r}")
        return json.loads(answer)

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()


def measured(theirs: Worker, ours: Worker, name: str, rounds: int) -> tuple[float, float, float]:
    """Seconds of either side, and how many times faster ours is."""
    pairs = []
    for _ in range(rounds):
        one, other = theirs.measure(name), ours.measure(name)
        if one["facts"] != other["facts"]:
            raise SystemExit(f"{name}: the two sides do not do the same")
        pairs.append((one["seconds"], other["seconds"]))
    ratio = statistics.median(one / other for one, other in pairs)
    return *(statistics.median(side) for side in zip(*pairs, strict=True)), ratio


def main() -> int:
    python, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    theirs, ours = Worker(python, "qiskit"), Worker(sys.executable, "backline")
    missed = []
    print("| what | Qiskit 1.4 | Backline | times faster | to reach |")
    print("| --- | --- | --- | --- | --- |")
    for name, workload in WORKLOADS.items():
        slow, fast, ratio = measured(theirs, ours, name, rounds)
        aim = workload.to_reach
        print(
            f"| {workload.title} | {slow * 1e3:,.1f} ms | {fast * 1e3:,.1f} ms | {ratio:.1f} | "
            f"{aim or ''} |",
            flush=True,
        )
        if aim and ratio < aim:
            missed.append(name)
    theirs.close()
    ours.close()
    if missed:
        print(f"not reached: {', '.join(missed)}")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
