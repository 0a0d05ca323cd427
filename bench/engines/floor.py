"""What one core can do at most: multiplications and additions a second in a matrix product.

Run by `run.py` in a process of its own, with one thread.
"""

from __future__ import annotations

import json
import time

import numpy as np

SIZE = 384
ROUNDS = 12


def peak(kind: str) -> float:
    """Floating-point operations a second; a multiplication and an addition count as two."""
    left = np.random.default_rng(0).normal(size=(SIZE, SIZE)).astype(kind)
    right, out = left.T.copy(), np.empty_like(left)
    np.matmul(left, right, out=out)
    best = np.inf
    for _ in range(ROUNDS):
        start = time.perf_counter()
        np.matmul(left, right, out=out)
        best = min(best, time.perf_counter() - start)
    return 2 * SIZE**3 / best


if __name__ == "__main__":
    print(json.dumps({kind: peak(kind) for kind in ("float64", "float32")}))
