"""Pulse programs: Backline against Qiskit 1.4 in an environment of its own, in one run.

Both sides run the same code (`workloads.py`), each in a process of its own, in turns; the ratio is
the median over the rounds. Both must give the same facts. Exit code 1 says that a ratio which is
promised was not reached.
"""

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from workloads import WORKLOADS, Workload

HERE = Path(__file__).parent
QISKIT_1 = HERE.parent / ".venv-qiskit1" / "bin" / "python"
ROUNDS = 7


class Worker:
    """A process that measures one side."""

    def __init__(self, python: str, side: str) -> None:
        self._process = subprocess.Popen(
            [python, str(HERE / "worker.py"), side],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def measure(self, name: str) -> tuple[float, object]:
        """Seconds that a workload takes, and the facts of its result."""
        self._process.stdin.write(f"{name}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self._process.args} ended while it measured {name!r}")
        answer = json.loads(line)
        return answer["seconds"], answer["facts"]

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()


def compare(name: str, theirs: Worker, ours: Worker, rounds: int) -> tuple[float, float, float]:
    """Median seconds of both, and the median of the ratios."""
    _, expected = theirs.measure(name)  # also fills the caches of both
    _, found = ours.measure(name)
    if found != expected:
        raise SystemExit(f"{name}: both sides must do the same\n1.4:  {expected}\nours: {found}")
    pairs = [(theirs.measure(name)[0], ours.measure(name)[0]) for _ in range(rounds)]
    slow, fast = (statistics.median(column) for column in zip(*pairs, strict=True))
    return slow, fast, statistics.median(a / b for a, b in pairs)


def report(workload: Workload, slow: float, fast: float, ratio: float) -> bool:
    """Print a row; whether what must be reached is reached."""
    reached = workload.to_reach is None or ratio >= workload.to_reach
    goal = "" if workload.to_reach is None else f"{workload.to_reach:5.0f}"
    missed = "" if reached else "  MISSED"
    print(
        f"{slow * 1e3:9.1f} ms {fast * 1e3:9.2f} ms {ratio:7.1f} {goal:>5}  "
        f"{workload.title}{missed}",
        flush=True,
    )
    return reached


def run(names: Iterable[str], qiskit1: str, rounds: int) -> bool:
    """Measure workloads; whether all that must be reached is reached."""
    theirs, ours = Worker(qiskit1, "qiskit"), Worker(sys.executable, "backline")
    print(f"median of {rounds} rounds, taken in turns")
    print("  Qiskit 1.4     Backline   ratio  goal")
    try:
        reached = [report(WORKLOADS[n], *compare(n, theirs, ours, rounds)) for n in names]
    finally:
        theirs.close()
        ours.close()
    return all(reached)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"some of {', '.join(WORKLOADS)}; all by default")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--qiskit1", default=str(QISKIT_1), help="a Python that has Qiskit 1.4")
    given = parser.parse_args()
    unknown = set(given.names) - WORKLOADS.keys()
    if unknown:
        parser.error(f"no workload {', '.join(sorted(unknown))}: there are {', '.join(WORKLOADS)}")
    if not run(given.names or list(WORKLOADS), given.qiskit1, given.rounds):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
