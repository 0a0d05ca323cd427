"""Whether and how states of several sites are evolved by compiled code."""

from __future__ import annotations

from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from backline.engines.compiling import compiled
from backline.engines.pulses.gates import Circuit
from backline.engines.pulses.plain import apply_row
from backline.engines.pulses.tiles import padded
from backline.engines.pulses.undriven import Complex

WIDE = 4
"""So many states at once fill the lanes of a vector instruction, whatever the sites."""

_TILE = 1 << 15


def run(circuit: Circuit, states: Complex, moving: Complex, fixed: Complex) -> Complex:
    """Apply the gates of all rows to a batch of states.

    Args:
        circuit: The gates.
        states: Array (m, D), in the common frame.
        moving: Array (rows, width), rows of `Circuit.moving`.
        fixed: As `Circuit.fixed`; its rows are taken in turns.

    Returns:
        Array (m, D).
    """
    turned = states * circuit.turn.conj()
    loops = kernels()
    if loops is None:
        for k, row in enumerate(moving):
            apply_row(turned, circuit, row, fixed[k % len(fixed)])
        return turned * circuit.turn
    re, im = np.ascontiguousarray(turned.real), np.ascontiguousarray(turned.imag)
    table, bounds = circuit.table, circuit.bounds
    rest = (table, bounds, _tiled(circuit, len(states)), circuit.offsets, moving, fixed)
    if len(circuit.phases) == 1:
        loops.evolve(re.reshape(-1), im.reshape(-1), *rest, circuit.largest)
    else:
        for k in range(len(states)):
            loops.evolve(re[k], im[k], *rest, circuit.largest)
    turned.real, turned.imag = re, im
    turned *= circuit.turn
    return turned


def _tiled(circuit: Circuit, states: int) -> NDArray[np.int64]:
    """Shapes with the lanes of a tile, which should stay in a cache near the processor."""
    shapes = circuit.shapes
    if len(shapes) == 1:  # the lanes are states
        rows = shapes[0][0]
        shapes = ((rows, states, 1, rows),)
    tiled = []
    for rows, lanes, *strides in shapes:
        most = max(1, _TILE // rows)
        tiles = -(-padded(lanes) // most)
        tiled.append((rows, lanes, *strides, padded(-(-lanes // tiles))))
    return np.array(tiled, dtype=np.int64)


def kernels() -> ModuleType | None:
    """The compiled loops, or None where numba has no wheels."""
    return compiled("backline.engines.pulses.kernels")
