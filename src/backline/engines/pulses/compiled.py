"""Whether and how states of several sites are evolved by compiled code."""

from __future__ import annotations

from types import ModuleType

import numpy as np
from scipy.sparse import csr_array

from backline.engines.compiling import compiled
from backline.engines.pulses.cores import in_parts
from backline.engines.pulses.gates import Circuit
from backline.engines.pulses.plain import apply_row
from backline.engines.pulses.sharing import evolve_state
from backline.engines.pulses.tiles import padded, tile_lanes
from backline.engines.pulses.undriven import Complex

_ENOUGH = 1 << 16  # numbers times rows: some 0.5 ms, against 0.2 ms until another core works too
_TILE = 1 << 15  # numbers that stay in a cache near the processor, while many gates come
_WIDE = 3  # so many states at once nearly fill the lanes of a vector instruction
_SHORT = 64  # product states for each state at once, below which lanes may rather be made up


def is_wide(states: int, dimension: int) -> bool:
    """Whether states at once should be the lanes, and not what gates of one state share.

    Args:
        states: How many there are.
        dimension: Product states of each.
    """
    return states >= _WIDE or dimension <= _SHORT * states


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

        def evolve(part: slice) -> None:
            for state in turned[part]:
                evolve_state(loops, circuit, state, moving, fixed)

        in_parts(len(turned), evolve, turned.size * len(moving) // _ENOUGH)
    turned *= circuit.turn
    return turned


def propagators(circuit: Circuit, moving: Complex, fixed: Complex) -> Complex:
    """What the gates of all rows do, for several sets of rows.

    Args:
        circuit: The gates.
        moving: Array (sets, rows, width), rows of `Circuit.moving`.
        fixed: As of `run`.

    Returns:
        Array (sets, D, D).
    """
    size = len(circuit.turn)
    loops = kernels()
    if loops is None or len(circuit.phases) > 1:
        every = np.eye(size, dtype=np.complex128)
        return np.stack([run(circuit, every, rows, fixed).T for rows in moving])
    found = np.empty((len(moving), size, size), dtype=np.complex128)

    def evolve(part: slice) -> None:
        count = part.stop - part.start
        lanes = tile_lanes(size, count, _TILE)
        re, im = np.zeros((2, len(moving), count, size))
        states, own = np.arange(count), np.arange(size)[part]
        re[:, states, own], im[:, states, own] = circuit.turn.real[part], -circuit.turn.imag[part]
        loops.evolve_sets(
            re, im, lanes, circuit.table, circuit.offsets, moving, fixed, circuit.largest
        )
        found.real[:, :, part], found.imag[:, :, part] = re.swapaxes(1, 2), im.swapaxes(1, 2)
        found[:, :, part] *= circuit.turn[:, None]

    in_parts(size, evolve, moving.shape[0] * moving.shape[1] * size**2 // _ENOUGH)
    return found


def densities(states: Complex, flows: Complex, channel: csr_array) -> Complex | None:
    """Density matrices through flows one after another, with a channel between each two.

    Args:
        states: Array (m, D, D).
        flows: Array (intervals, D, D).
        channel: On the elements of a density matrix, (D², D²).

    Returns:
        Array (m, D, D), or None where nothing is compiled.
    """
    loops = compiled("backline.engines.pulses.density_kernels")
    if loops is None:
        return None
    found = np.array(states, order="C")
    loops.evolve_densities(
        found, np.ascontiguousarray(flows),
        channel.data, channel.indices, channel.indptr, padded(states.shape[1]),
    )  # fmt: skip
    return found


def kernels() -> ModuleType | None:
    """The compiled loops, or None where numba has no wheels."""
    return compiled("backline.engines.pulses.kernels")


def flow_kernels() -> ModuleType | None:
    """Compiled flows of single sites, or None likewise."""
    return compiled("backline.engines.pulses.flow_kernels")
