"""Compiled loops over states of several sites; imported where they are needed.

A state is two planes of real numbers, and its lanes are whole vectors: neighbours in memory that
gates do the same to.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from backline.engines.pulses.gates import DIAGONAL, EXCHANGE, EXCHANGED, MOVING, REAL
from backline.engines.pulses.tiles import VECTOR
from backline.engines.pulses.undriven import Complex, Real
from backline.engines.pulses.vectors import OPTIONS, address_of, gate, get, put, turn_square

_ENTRY = 16  # bytes of a coefficient, which is complex

_one, _two, _three, _four = (gate(size) for size in (1, 2, 3, 4))
_two_real, _three_real = (gate(size, real=True) for size in (2, 3))
_exchange = gate(*EXCHANGED, real=True)


@njit(**OPTIONS)
def _apply(state, first, plane, lanes, gates, begin, end, offsets, moving, fixed, spare):  # type: ignore[no-untyped-def]
    """Apply gates of a row to one tile.

    Args:
        state: Address of numbers.
        first: Where the tile begins among them.
        plane: Numbers of one of its planes.
        lanes: Of the tile.
        gates: As of `evolve_states`.
        begin: The first of those that are to be applied.
        end: One after the last.
        offsets: As of `evolve_states`.
        moving: Address of the row's coefficients.
        fixed: Likewise.
        spare: Room for a block's rows, array (2, largest, VECTOR).
    """
    for g in range(begin, end):
        kind, size, coefficient, at = gates[g, 0], gates[g, 1], gates[g, 7], gates[g, 8]
        entries = (moving if kind == MOVING else fixed) + coefficient * _ENTRY
        if kind == DIAGONAL:
            loops = 1, 0, 1, 0, lanes
            for k in range(size):
                _one(state, first + k * lanes, plane, (0,), entries + k * _ENTRY, loops)
            continue
        outer, inner, length = gates[g, 3] * lanes, gates[g, 5] * lanes, gates[g, 6] * lanes
        loops = gates[g, 2], outer, gates[g, 4], inner, length
        rows = (
            offsets[at] * lanes, offsets[at + 1] * lanes,
            offsets[at + 2] * lanes, offsets[at + 3] * lanes,
        )  # fmt: skip
        if kind == EXCHANGE:
            more = offsets[at + 4] * lanes, offsets[at + 5] * lanes, offsets[at + 6] * lanes
            _exchange(state, first, plane, rows + more, entries, loops)
        elif size == 3:
            if kind == REAL:
                _three_real(state, first, plane, rows, entries, loops)
            else:
                _three(state, first, plane, rows, entries, loops)
        elif size == 2:
            if kind == REAL:
                _two_real(state, first, plane, rows, entries, loops)
            else:
                _two(state, first, plane, rows, entries, loops)
        elif size == 4:
            _four(state, first, plane, rows, entries, loops)
        elif size == 1:
            _one(state, first, plane, rows, entries, loops)
        else:
            spread = offsets[at : at + size] * lanes
            _many(state, first, plane, spread, entries, loops, spare)


@njit(**OPTIONS)
def _many(state, first, plane, rows, entries, loops, spare):  # type: ignore[no-untyped-def]
    """Apply a gate with a block of any size; arguments as of `gate`, but an array of rows."""
    n0, s0, n1, s1, length = loops
    size = len(rows)
    for outer in range(n0):
        for inner in range(n1):
            start = first + outer * s0 + inner * s1
            for place in range(start, start + length, VECTOR):
                for i in range(size):
                    spare[:, i] = 0.0
                    for j in range(size):
                        entry = 2 * (i * size + j)
                        a, b = get(entries, entry), get(entries, entry + 1)
                        for k in range(VECTOR):
                            x = place + rows[j] + k
                            u, v = get(state, x), get(state, x + plane)
                            spare[0, i, k] += a * u - b * v
                            spare[1, i, k] += a * v + b * u
                for i in range(size):
                    for k in range(VECTOR):
                        x = place + rows[i] + k
                        put(state, x, spare[0, i, k])
                        put(state, x + plane, spare[1, i, k])


@njit(**OPTIONS, forceinline=True)
def _fetch(  # type: ignore[no-untyped-def]
    source, shape, target, first, plane, each, begin, lanes, steps, puts, middle
):
    """Fill a tile from those of the other phase, whose rows are its lanes, and lanes its rows.

    In squares, so that neighbours in memory are read and written together. What the last of them
    have too much goes to rows that are written after it, or that nobody reads.

    Args:
        source: Address of all tiles of the other phase.
        shape: Of them: tiles, planes, rows, lanes of a tile.
        target: Address of all tiles of this phase.
        first: Where the tile begins in it.
        plane: Numbers of one of its planes.
        each: Its lanes.
        begin: Which of all lanes is its first.
        lanes: How many lanes there are in all, of the source and of the target.
        steps: Rows of the source from one lane of the target to the next, and from one product
            state of the sites that are rows of both to the next.
        puts: Rows of the target, likewise from one lane of the source to the next.
        middle: Product states of the sites that are rows of both.
    """
    tiles, _, rows, most = shape
    across, down = steps[0] * most, puts[0] * each
    for i in range(0, min(each, lanes[1] - begin), VECTOR):
        for tile in range(tiles - 1, -1, -1):
            start = 2 * tile * rows * most + (begin + i) * across
            to = first + tile * most * down + i
            for y in range(middle):
                for j in range(0, min(most, lanes[0] - tile * most), VECTOR):
                    turn_square(
                        source, start + y * steps[1] * most + j, across, rows * most,
                        target, to + j * down + y * puts[1] * each, down, plane,
                    )  # fmt: skip


@njit(**OPTIONS)  # type: ignore[untyped-decorator]
def evolve_states(  # type: ignore[no-untyped-def]
    re: Real,
    im: Real,
    lanes: int,
    gates: np.typing.NDArray[np.int64],
    offsets: np.typing.NDArray[np.int64],
    moving: Complex,
    fixed: Complex,
    largest: int,
):
    """Apply all gates of every row to many states, in place.

    Args:
        re: Array (states, D), real parts.
        im: Imaginary parts.
        lanes: States of a tile, which go through all rows together.
        gates: int64 array (gates, 9).
        offsets: Where the rows of each gate's block lie in a tile of one lane.
        moving: Array (rows, width): blocks row by row.
        fixed: Array (rows of a period, width): likewise, taken in turns.
        largest: Size of the largest block.
    """
    count, size = re.shape
    plane = size * lanes
    tile = np.zeros(2 * plane)
    spare = np.empty((2, largest, VECTOR))
    for first in range(0, count, lanes):
        number = min(lanes, count - first)
        for lane in range(number):
            for k in range(size):
                tile[k * lanes + lane] = re[first + lane, k]
                tile[plane + k * lanes + lane] = im[first + lane, k]
        for row in range(len(moving)):
            own, rest = _row(moving, row), _row(fixed, row % len(fixed))
            _apply(
                address_of(tile), 0, plane, lanes, gates, 0, len(gates), offsets, own, rest, spare
            )
        for lane in range(number):
            for k in range(size):
                re[first + lane, k] = tile[k * lanes + lane]
                im[first + lane, k] = tile[plane + k * lanes + lane]


@njit(**OPTIONS)
def evolve_sets(re, im, lanes, gates, offsets, moving, fixed, largest):  # type: ignore[no-untyped-def]
    """Apply the gates of several sets of rows, each to states of its own, in place.

    Args:
        re: Array (sets, states, D), real parts.
        im: Imaginary parts.
        lanes: As of `evolve_states`.
        gates: Likewise.
        offsets: Likewise.
        moving: Array (sets, rows, width).
        fixed: As of `evolve_states`.
        largest: Likewise.
    """
    for k in range(len(moving)):
        evolve_states(re[k], im[k], lanes, gates, offsets, moving[k], fixed, largest)


@intrinsic
def _add(_context, address, number):  # type: ignore[no-untyped-def]
    """Add to an integer in memory, whatever other threads do, and give what it was."""

    def made(_context, builder, _signature, given):  # type: ignore[no-untyped-def]
        place = builder.inttoptr(given[0], ir.IntType(64).as_pointer())
        return builder.atomic_rmw("add", place, given[1], "seq_cst")

    return types.int64(types.int64, types.int64), made


@njit(**OPTIONS, forceinline=True)
def _task(  # type: ignore[no-untyped-def]
    row,
    place,
    here,
    there,
    shapes,
    middle,
    lanes,
    gates,
    split,
    offsets,
    moving,
    fixed,
    spare,
):
    """One tile's gates in one row; tiles of the first phase come before those of the second.

    Args:
        row: Which row.
        place: Which tile, of both phases.
        here: Address of all tiles of the first phase.
        there: Likewise of the second.
        shapes: Of both: tiles, planes, rows, lanes of a tile.
        middle: As of `evolve_state`.
        lanes: Likewise.
        gates: Likewise.
        split: Likewise.
        offsets: Likewise.
        moving: Address of the row's coefficients.
        fixed: Likewise.
        spare: Room for a block's rows, array (2, largest, VECTOR).
    """
    of_here, of_there = shapes
    if place < of_here[0]:
        target, own, source, other, number = here, of_here, there, of_there, place
        counts, steps, puts = (lanes[1], lanes[0]), (1, lanes[0]), (middle, 1)
        begin, end = 0, split
    else:
        target, own, source, other, number = there, of_there, here, of_here, place - of_here[0]
        counts, steps, puts = lanes, (middle, 1), (1, lanes[0])
        begin, end = split, len(gates)
    each = own[3]
    plane = own[2] * each
    first = 2 * number * plane
    if row or place >= of_here[0]:
        _fetch(
            source, other, target, first, plane, each, number * each, counts, steps, puts, middle
        )
    _apply(target, first, plane, each, gates, begin, end, offsets, moving, fixed, spare)


@njit(**OPTIONS, forceinline=True)
def _row(coefficients, row):  # type: ignore[no-untyped-def]
    """Address of a row of coefficients."""
    return address_of(coefficients) + row * coefficients.shape[1] * _ENTRY


@njit(**OPTIONS)  # type: ignore[untyped-decorator]
def evolve_state(  # type: ignore[no-untyped-def]
    here: Real,
    there: Real,
    middle: int,
    lanes: tuple[int, int],
    gates: np.typing.NDArray[np.int64],
    split: int,
    offsets: np.typing.NDArray[np.int64],
    moving: Complex,
    fixed: Complex,
    largest: int,
):
    """Work on one state in two phases.

    Args:
        here: Array (tiles, 2, rows, lanes of a tile): both planes in the first phase.
        there: Likewise in the second.
        middle: Product states of the sites that are rows of both.
        lanes: How many lanes there are in all, in the first phase and in the second.
        gates: int64 array (gates, 9) of both phases.
        split: How many are of the first.
        offsets: As of `evolve_states`.
        moving: Likewise.
        fixed: Likewise.
        largest: Likewise.
    """
    spare = np.empty((2, largest, VECTOR))
    shapes = here.shape, there.shape
    all_here, all_there = address_of(here), address_of(there)
    for row in range(len(moving)):
        own, rest = _row(moving, row), _row(fixed, row % len(fixed))
        for place in range(len(here) + len(there)):
            _task(
                row, place, all_here, all_there, shapes, middle, lanes, gates, split, offsets,
                own, rest, spare,
            )  # fmt: skip


@njit(**OPTIONS)  # type: ignore[untyped-decorator]
def take_part(  # type: ignore[no-untyped-def]
    tickets: int,
    over: int,
    held: int,
    patience: int,
    here: Real,
    there: Real,
    middle: int,
    lanes: tuple[int, int],
    gates: np.typing.NDArray[np.int64],
    split: int,
    offsets: np.typing.NDArray[np.int64],
    moving: Complex,
    fixed: Complex,
    largest: int,
):
    """Work on one state as `evolve_state` does, beside any number of other threads.

    Each row has a task for each tile of the first phase, then for each of the second. Whoever is
    free draws the next ticket, waits until the phase before is over, fetches its tile's lanes from
    what the other phase left, and applies its gates.

    Args:
        tickets: Address of the int64 number of tasks that are given out.
        over: Address of the int64 number of tasks that are over.
        held: A ticket that has waited before, or -1.
        patience: How often to look before the wait is given up.
        here: As of `evolve_state`, like all that follow.
        there: Likewise.
        middle: Likewise.
        lanes: Likewise.
        gates: Likewise.
        split: Likewise.
        offsets: Likewise.
        moving: Likewise.
        fixed: Likewise.
        largest: Likewise.

    Returns:
        The ticket that has to wait; where all are given out, one more than the last or a later.
    """
    spare = np.empty((2, largest, VECTOR))
    shapes = here.shape, there.shape
    all_here, all_there = address_of(here), address_of(there)
    first = len(here)
    each = first + len(there)
    while True:
        if held < 0:
            held = _add(tickets, 1)
        row, place = held // each, held % each
        if row >= len(moving):
            return held
        ready = row * each + (first if place >= first else 0)
        waited = 0
        while _add(over, 0) < ready:
            waited += 1
            if waited > patience:
                return held
        _task(
            row, place, all_here, all_there, shapes, middle, lanes, gates, split, offsets,
            _row(moving, row), _row(fixed, row % len(fixed)), spare,
        )  # fmt: skip
        _add(over, 1)
        held = -1
