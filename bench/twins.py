"""How long it takes to make a twin of a 7-qubit device: all pairs, on one core."""

import time

from backline.calibration import reconcile
from backline.formats import read_device

DEVICE = "nairobi"
TO_REACH = 30.0  # seconds


def main() -> None:
    published = read_device(DEVICE, reconcile=False)
    start = time.perf_counter()
    found = reconcile(published)
    taken = time.perf_counter() - start
    print(found)
    print(f"{taken:.1f} s for all pairs of {DEVICE}; to reach: {TO_REACH:.0f} s")


if __name__ == "__main__":
    main()
