"""Whether and how states of several sites are evolved by compiled code."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from backline.engines.compiling import compiled
from backline.engines.pulses.gates import Circuit
from backline.engines.pulses.plain import apply_row
from backline.engines.pulses.sharing import evolve_state
from backline.engines.pulses.tiles import tile_lanes
from backline.engines.pulses.undriven import Complex

WIDE = 4
"""So many states at once fill the lanes of a vector instruction, whatever the sites."""

_TILE = 1 << 15  # numbers that stay in a cache near the processor, while many gates come


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
    elif len(circuit.phases) == 1:
        re, im = np.ascontiguousarray(turned.real), np.ascontiguousarray(turned.imag)
        lanes = tile_lanes(turned.shape[1], len(turned), _TILE)
        loops.evolve_states(
            re, im, lanes, circuit.table, circuit.offsets, moving, fixed, circuit.largest
        )
        turned.real, turned.imag = re, im
    else:
        for state in turned:
            evolve_state(loops, circuit, state, moving, fixed)
    turned *= circuit.turn
    return turned


def kernels() -> ModuleType | None:
    """The compiled loops, or None where numba has no wheels."""
    return compiled("backline.engines.pulses.kernels")
