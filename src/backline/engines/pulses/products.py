"""Matrix products that stay on one thread.

BLAS libraries split a product over threads from a certain size on. For the sizes of this engine
that gains little on an idle machine, and on a busy one every product waits for its slowest
thread: four transmons took 49 s instead of 1.8 s. Parallel work belongs to experiments.
"""

from __future__ import annotations

import itertools

import numpy as np

from backline.engines.pulses.undriven import Complex, Real

# OpenBLAS takes one thread for products of complex matrices up to 2**16 multiplications.
_LARGEST = 1 << 15


def product(a: Complex | Real, b: Complex) -> Complex:
    """``a @ b``, in slices of columns that are small enough for one thread.

    Args:
        a: Array (…, i, j).
        b: Array (…, j, k).

    Returns:
        Array (…, i, k).
    """
    columns = b.shape[-1]
    count = -(-a.shape[-2] * a.shape[-1] * columns // _LARGEST)
    # Even slices of two columns or more: products with a single vector are threaded earlier.
    count = min(count, columns // 2)
    if count <= 1:
        return a @ b
    edges = [columns * k // count for k in range(count + 1)]
    slices = [a @ b[..., low:high] for low, high in itertools.pairwise(edges)]
    return np.concatenate(slices, axis=-1)
