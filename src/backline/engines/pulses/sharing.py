"""Work on one state in two phases by as many cores as are free.

A state of ten transmons is large enough for two cores, if they wait for each other without
Python. Tasks are given out one by one, so that whoever is kept from its work holds up one task and
not half of them; and what comes out is the same by any number of threads.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np

from backline.engines.pulses.cores import cores_for
from backline.engines.pulses.gates import Circuit
from backline.engines.pulses.tiles import VECTOR, tile_lanes
from backline.engines.pulses.undriven import Complex, Real

_TILE = 1 << 16  # numbers
_ENOUGH = 1 << 14  # product states that keep a core busy for much longer than it waits for others
_PATIENCE = 1 << 12  # looks at a counter, each of some ns


def evolve_state(
    loops: ModuleType, circuit: Circuit, state: Complex, moving: Complex, fixed: Complex
) -> None:
    """Apply the gates of all rows to one state, in place.

    Args:
        loops: The compiled ones.
        circuit: The gates, in two phases.
        state: Array (D,).
        moving: As of `compiled.run`.
        fixed: Likewise.
    """
    (rows, lanes), (other_rows, other_lanes) = circuit.shapes
    with cores_for(len(state) // _ENOUGH) as cores:
        middle = rows // other_lanes
        here, there = (_tiles(number, middle, count, cores) for number, count in circuit.shapes)
        matrix = state.reshape(rows, lanes)
        for tile, part in _parts(here, lanes):
            tile[0, :rows, : part.stop - part.start] = matrix.real[:, part]
            tile[1, :rows, : part.stop - part.start] = matrix.imag[:, part]
        given = (
            here, there, middle, (lanes, other_lanes),
            circuit.table, int(circuit.bounds[1]), circuit.offsets, moving, fixed, circuit.largest,
        )  # fmt: skip
        if cores == 1:
            loops.evolve_state(*given)
        else:
            _Tasks(loops, given).done(cores)
        matrix = state.reshape(other_lanes, other_rows)
        for tile, part in _parts(there, other_lanes):
            matrix.real[part] = tile[0, :other_rows, : part.stop - part.start].T
            matrix.imag[part] = tile[1, :other_rows, : part.stop - part.start].T


class _Tasks:
    """All tasks of some rows.

    Args:
        loops: The compiled ones.
        given: What `evolve_state` of them takes.
    """

    def __init__(self, loops: ModuleType, given: tuple[Any, ...]) -> None:
        here, there, *_, moving, _, _ = given
        self._take_part, self._given = loops.take_part, given
        self._count = len(moving) * (len(here) + len(there))
        self._counters = np.zeros((2, 8), dtype=np.int64)  # each in a cache line of its own
        self._failed: list[BaseException] = []

    def done(self, threads: int) -> None:
        """Work until all are over."""
        helpers = [threading.Thread(target=self._work, daemon=True) for _ in range(threads - 1)]
        for helper in helpers:
            helper.start()
        self._work()
        for helper in helpers:
            helper.join()
        if self._failed:
            raise self._failed[0]

    def _work(self) -> None:
        tickets, over = (int(counter.ctypes.data) for counter in self._counters)
        held = -1
        try:
            while held < self._count and not self._failed:
                held = self._take_part(tickets, over, held, _PATIENCE, *self._given)
                if held < self._count:
                    time.sleep(0)  # whoever is waited for may want this core
        except BaseException as error:  # the others must not wait for what nobody does any more
            self._failed.append(error)


def _tiles(rows: int, middle: int, lanes: int, cores: int) -> Real:
    """Room for both planes of a state, array (tiles, 2, rows and some, lanes of a tile).

    Args:
        rows: Of a tile.
        middle: Product states of the sites that are rows in both phases: rows between one lane
            of the other phase and the next, of which whole vectors are written.
        lanes: In all.
        cores: At least so many tiles, if there are lanes enough.
    """
    each = tile_lanes(rows, lanes, _TILE, cores)
    return np.zeros((-(-lanes // each), 2, rows + (VECTOR - 1) * middle, each))


def _parts(tiles: Real, lanes: int) -> Iterator[tuple[Real, slice]]:
    """Each tile, array (2, rows and some, lanes), and which of all lanes are its own."""
    each = tiles.shape[3]
    for place, tile in enumerate(tiles):
        yield tile, slice(place * each, min(lanes, (place + 1) * each))
