"""What `kernels` does, by numpy alone: for platforms for which numba has no wheels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses.undriven import Complex


def evolve(
    states: Complex,
    gates: NDArray[np.int64],
    offsets: NDArray[np.int64],
    coefficients: Complex,
) -> None:
    """Apply all gates of every row of coefficients, in place.

    Args:
        states: Array (m, D).
        gates: int64 array (gates, 8), as the front of `Circuit`.
        offsets: As in `Circuit`.
        coefficients: Array (rows, …).
    """
    places = [_places(gate, offsets) for gate in gates]
    for row in coefficients:
        for gate, at in zip(gates, places, strict=True):
            size, first = int(gate[0]), int(gate[6])
            block = row[first : first + size * size].reshape(size, size)
            states[:, at] = block @ states[:, at]


def _places(gate: NDArray[np.int64], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    size, n0, s0, n1, s1, length, _, offset = gate.tolist()
    bases = s0 * np.arange(n0)[:, None, None] + s1 * np.arange(n1)[:, None] + np.arange(length)
    return offsets[offset : offset + size][:, None] + bases.reshape(-1)
