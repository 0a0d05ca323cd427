"""What importing `backline` costs, as a ratio to importing `qiskit`, interleaved in one run."""

import statistics
import subprocess
import sys
import time

ROUNDS = 15


def seconds(statement: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def main() -> None:
    statements = ("import qiskit", "import backline")
    for statement in statements:
        seconds(statement)  # fills the caches
    times = {statement: [] for statement in statements}
    for _ in range(ROUNDS):
        for statement in statements:
            times[statement].append(seconds(statement))
    for statement, taken in times.items():
        print(f"{statement:16} {statistics.median(taken):.3f} s (median of {ROUNDS})")
    ratio = statistics.median(ours / theirs for theirs, ours in zip(*times.values(), strict=True))
    print(f"ratio            {ratio:.3f} (to reach: at most 1.15)")


if __name__ == "__main__":
    main()
