"""Matrix products that stay on one thread.

BLAS libraries split a product over threads from a certain size on. For the sizes of this engine
that gains little on an idle machine, and on a busy one every product waits for its slowest
thread: four transmons took 49 s instead of 1.8 s. Parallel work belongs to experiments.
"""

from __future__ import annotations

import numpy as np

from backline.engines.pulses.undriven import Complex, Real

# OpenBLAS takes one thread for products of complex matrices up to 2**15 multiplications.
_LARGEST = 1 << 15


def product(a: Complex | Real, b: Complex) -> Complex:
    """``a @ b``, in slices of columns that are small enough for one thread.

    Args:
        a: Array (…, i, j).
        b: Array (…, j, k).

    Returns:
        Array (…, i, k).
    """
    width = max(1, _LARGEST // (a.shape[-2] * a.shape[-1]))
    if width >= b.shape[-1]:
        return a @ b
    slices = [a @ b[..., k : k + width] for k in range(0, b.shape[-1], width)]
    return np.concatenate(slices, axis=-1)
