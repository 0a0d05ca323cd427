"""What `kernels` does, by numpy alone: for platforms for which numba has no wheels."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses.arrays import Complex
from backline.engines.pulses.gates import DIAGONAL, EXCHANGE, EXCHANGED, MOVING, Circuit


def apply_row(states: Complex, circuit: Circuit, moving: Complex, fixed: Complex) -> None:
    """Apply all gates of one row, in place.

    Args:
        states: Array (m, D).
        circuit: The gates.
        moving: Array (width,), a row of `Circuit.moving`.
        fixed: Array (width,), a row of `Circuit.fixed`.
    """
    between = itertools.pairwise(circuit.bounds.tolist())
    for phase, (first_gate, last_gate) in enumerate(between):
        rows, lanes = circuit.shapes[phase]
        if phase == 0:
            tiles = states.reshape(-1, rows, lanes)
        else:
            tiles = states.reshape(-1, lanes, rows).swapaxes(1, 2)
        for gate in circuit.table[first_gate:last_gate]:
            kind, size, first = int(gate[0]), int(gate[1]), int(gate[7])
            row = moving if kind == MOVING else fixed
            if kind == DIAGONAL:
                tiles *= row[first : first + size, None]
                continue
            places = _places(gate, circuit.offsets)
            begin = 0
            for count in EXCHANGED if kind == EXCHANGE else (size,):
                block = row[first : first + count**2].reshape(count, count)
                at = places[begin : begin + count]
                tiles[:, at] = np.einsum("ij,mjkl->mikl", block, tiles[:, at])
                first, begin = first + count**2, begin + count


def _places(gate: NDArray[np.int64], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of a tile, array (size, how often the block is applied)."""
    _, size, n0, s0, n1, s1, length, _, offset = gate.tolist()
    bases = s0 * np.arange(n0)[:, None, None] + s1 * np.arange(n1)[:, None] + np.arange(length)
    places: NDArray[np.int64] = offsets[offset : offset + size][:, None] + bases.reshape(-1)
    return places
