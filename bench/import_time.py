"""What importing `backline` costs, as ratios to importing `qiskit`, interleaved in one run."""

import statistics
import subprocess
import sys
import time

ROUNDS = 15
THEIRS = "import qiskit"
OURS = (
    "import backline",
    "from backline import pulse",
    "from backline import BackendV2, Target, DeviceBackend",
    "import backline; backline.load('manila')",
)


def seconds(statement: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def main() -> None:
    statements = (THEIRS, *OURS)
    for statement in statements:
        seconds(statement)  # fills the caches
    times: dict[str, list[float]] = {statement: [] for statement in statements}
    for _ in range(ROUNDS):
        for statement in statements:
            times[statement].append(seconds(statement))
    print(f"median of {ROUNDS} processes, taken in turns; the ratio is to {THEIRS!r}")
    for statement, taken in times.items():
        ratios = [ours / theirs for theirs, ours in zip(times[THEIRS], taken, strict=True)]
        ratio = statistics.median(ratios)
        print(f"{statistics.median(taken):7.3f} s  {ratio:5.2f}  {statement}")
    print("to reach: 1.15 for 'import backline'")


if __name__ == "__main__":
    main()
