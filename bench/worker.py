"""Measures workloads for one side: reads their names, answers with seconds and facts as JSON.

Run by `pulse_programs.py`, as `python worker.py qiskit` or `python worker.py backline`.
"""

import gc
import json
import sys
import time
import warnings

from workloads import WORKLOADS, Side


def qiskit_side() -> Side:
    from qiskit import pulse
    from qiskit.compiler import schedule

    return Side(pulse, schedule)


def backline_side() -> Side:
    import backline
    from backline import pulse

    return Side(pulse, backline.schedule)


SIDES = {"qiskit": qiskit_side, "backline": backline_side}


def measure(name: str, side: Side) -> dict[str, object]:
    workload = WORKLOADS[name]
    run = workload.prepare(side)
    gc.collect()
    start = time.perf_counter()
    result = run()
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "facts": workload.facts(result)}


def main() -> None:
    warnings.simplefilter("ignore")  # 1.4 warns that pulse goes away at every call
    side = SIDES[sys.argv[1]]()
    for line in sys.stdin:
        print(json.dumps(measure(line.strip(), side)), flush=True)


if __name__ == "__main__":
    main()
