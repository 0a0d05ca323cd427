"""The fourth-order Magnus integrator for batches of small systems.

Blanes, Casas, Oteo, Ros, Phys. Rep. 470 (2009): two Gauss-Legendre nodes a step.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from backline.engines.pulses.arrays import Complex, Real

_GAUSS = math.sqrt(3) / 6
_ROUNDING = 1e-17
_CLOSE = 1e-9


def magnus(
    hamiltonians: Callable[[float], Complex], count: int, times: Real, steps_per_unit: int
) -> Complex:
    """Flows from 0 to several times.

    Args:
        hamiltonians: Array (count, d, d) at a time.
        count: How many systems.
        times: Array (times,), not negative, in any order.
        steps_per_unit: Steps for a time of 1.

    Returns:
        Array (times, count, d, d).
    """
    size = hamiltonians(0.0).shape[-1]
    flow: Complex = np.broadcast_to(np.eye(size, dtype=np.complex128), (count, size, size))
    found = np.empty((len(times), count, size, size), dtype=np.complex128)
    clock = 0.0
    for place in np.argsort(times):
        length = float(times[place]) - clock
        steps = max(1, math.ceil(length * steps_per_unit - _CLOSE)) if length > 0 else 0
        step = length / max(1, steps)
        for k in range(steps):
            first = hamiltonians(clock + (k + 0.5 - _GAUSS) * step)
            second = hamiltonians(clock + (k + 0.5 + _GAUSS) * step)
            commutator = first @ second - second @ first
            exponent = (-0.5j * step) * (first + second)
            flow = exponential(exponent + step**2 * (_GAUSS / 2) * commutator) @ flow
        clock = float(times[place])
        found[place] = flow
    return found


def exponential(exponents: Complex) -> Complex:
    """Exponentials of small matrices, array (n, d, d), by Taylor's series to rounding."""
    size = float(np.abs(exponents).sum(axis=-1).max())
    halvings = max(0, math.ceil(math.log2(size))) if size > 1 else 0
    scaled = exponents / 2**halvings
    size /= 2**halvings
    error, order = 1.0, 0
    while error > _ROUNDING:
        order += 1
        error *= size / order
    identity = np.eye(exponents.shape[-1])
    total: Complex = identity + scaled / max(1, order)
    for k in range(order - 1, 0, -1):
        total = identity + (scaled @ total) / k
    for _ in range(halvings):
        total = total @ total
    return total


def dagger(matrices: Complex) -> Complex:
    """Adjoints of matrices, array (…, d, d)."""
    return matrices.conj().swapaxes(-1, -2)


def nearest_unitary(matrices: Complex) -> Complex:
    """The unitary matrices nearest to some that are almost unitary (a Newton step)."""
    squares = dagger(matrices) @ matrices
    return matrices @ (1.5 * np.eye(matrices.shape[-1]) - 0.5 * squares)
