"""Compiled loops over states of several sites; imported where they are needed.

A state is two planes of real numbers, and its lanes are whole vectors: neighbours in memory that
gates do the same to. What is done to a vector is written as the machine's vector instructions,
because a compiler that finds them by itself first makes sure, for each loop, that rows do not
overlap, which took most of the time of states of few sites.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from backline.engines.pulses.gates import DIAGONAL, MOVING, REAL
from backline.engines.pulses.tiles import VECTOR
from backline.engines.pulses.undriven import Complex, Real

_OPTIONS = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract", "nsz"},
}
_FLAGS = ("contract", "nsz")  # a product and a sum may be one instruction

_INDEX = ir.IntType(64)
_LANES = ir.VectorType(ir.DoubleType(), VECTOR)
_NONE = ir.Constant(_LANES, ir.Undefined)


def _lanes(numbers: list[int]) -> Any:
    return ir.Constant(ir.VectorType(ir.IntType(32), len(numbers)), numbers)


def _vectors(builder: Any, data: Any) -> tuple[Any, Any]:
    """How vectors are loaded from an array and stored to it, by the index of their first number."""

    def pointer(place: Any) -> Any:
        return builder.bitcast(builder.gep(data, [place]), _LANES.as_pointer())

    def load(place: Any) -> Any:
        return builder.load(pointer(place), align=8)

    def store(vector: Any, place: Any) -> None:
        builder.store(vector, pointer(place), align=8)

    return load, store


def _block(size: int, *, real: bool = False) -> Any:
    """What applies one block of a gate to the lanes of one vector, in place.

    Args:
        size: Rows of the block.
        real: Whether its entries are.

    Returns:
        Of (state, place, plane, rows, row, first): the array that both planes are in, the index of
        the vector's first lane in the first row that there could be, how much further the
        imaginary part is, what to add for each of the block's rows, and the complex128 array that
        holds the block's entries from an index on.
    """

    @intrinsic
    def apply(_context, state, place, plane, rows, row, first):  # type: ignore[no-untyped-def]
        def made(context, builder, signature, given):  # type: ignore[no-untyped-def]
            _, place, plane, rows, _, first = given
            data, entries = (
                context.make_array(signature.args[k])(context, builder, given[k]).data
                for k in (0, 4)
            )
            entries = builder.bitcast(builder.gep(entries, [first]), ir.DoubleType().as_pointer())

            def every(k: int) -> Any:
                number = builder.load(builder.gep(entries, [ir.Constant(_INDEX, k)]))
                vector = builder.insert_element(_NONE, number, ir.Constant(ir.IntType(32), 0))
                return builder.shuffle_vector(vector, _NONE, _lanes([0] * VECTOR))

            def add(total: Any, factor: Any, vector: Any) -> Any:
                product = builder.fmul(factor, vector, flags=_FLAGS)
                return builder.fadd(total, product, flags=_FLAGS) if total else product

            def subtract(total: Any, factor: Any, vector: Any) -> Any:
                product = builder.fmul(factor, vector, flags=_FLAGS)
                return builder.fsub(total, product, flags=_FLAGS)

            load, store = _vectors(builder, data)
            places = [builder.add(place, builder.extract_value(rows, k)) for k in range(size)]
            others = [builder.add(plane, place) for place in places]
            x, y = [load(place) for place in places], [load(place) for place in others]
            for i in range(size):
                u = v = None
                for j in range(size):
                    a = every(2 * (i * size + j))
                    u, v = add(u, a, x[j]), add(v, a, y[j])
                    if not real:
                        b = every(2 * (i * size + j) + 1)
                        u, v = subtract(u, b, y[j]), add(v, b, x[j])
                store(u, places[i])
                store(v, others[i])
            return context.get_dummy_value()

        return types.void(state, place, plane, rows, row, first), made

    return apply


_one, _two, _three, _four = (_block(size) for size in (1, 2, 3, 4))
_two_real, _three_real = (_block(size, real=True) for size in (2, 3))


@intrinsic
def _turn_square(_context, source, start, step, target, to, put):  # type: ignore[no-untyped-def]
    """Write as columns what are rows of a square whose side is a vector.

    Args:
        source: Array (numbers,).
        start: Where the first row begins in it.
        step: From there to the next.
        target: Array (numbers,).
        to: Where the first row of what comes out begins.
        put: From there to the next.
    """

    def made(context, builder, signature, given):  # type: ignore[no-untyped-def]
        _, start, step, _, to, put = given
        source, target = (
            context.make_array(signature.args[k])(context, builder, given[k]).data for k in (0, 3)
        )

        def mix(a: Any, b: Any, numbers: list[int]) -> Any:
            return builder.shuffle_vector(a, b, _lanes(numbers))

        load, _ = _vectors(builder, source)
        _, store = _vectors(builder, target)
        rows = []
        for _ in range(VECTOR):
            rows.append(load(start))
            start = builder.add(start, step)
        even, odd, low, high = [0, 4, 2, 6], [1, 5, 3, 7], [0, 1, 4, 5], [2, 3, 6, 7]
        (a, b), (c, d) = (
            [mix(*pair, numbers) for numbers in (even, odd)] for pair in (rows[:2], rows[2:])
        )
        for column in (mix(a, c, low), mix(b, d, low), mix(a, c, high), mix(b, d, high)):
            store(column, to)
            to = builder.add(to, put)
        return context.get_dummy_value()

    return types.void(source, start, step, target, to, put), made


@njit(**_OPTIONS)
def _apply(state, first, plane, lanes, gates, offsets, moving, fixed, spare):  # type: ignore[no-untyped-def]
    """Apply the gates of a row to one tile.

    Args:
        state: Array (numbers,).
        first: Where the tile begins in it.
        plane: Numbers of one of its planes.
        lanes: Of the tile.
        gates: int64 array (gates, 9).
        offsets: As of `evolve_states`.
        moving: Array (width,).
        fixed: Likewise.
        spare: Room for a block's rows, array (2, most, VECTOR).
    """
    for g in range(len(gates)):
        kind, size, coefficient, offset = gates[g, 0], gates[g, 1], gates[g, 7], gates[g, 8]
        row = moving if kind == MOVING else fixed
        if kind == DIAGONAL:
            for k in range(size):
                start = first + k * lanes
                for place in range(start, start + lanes, VECTOR):
                    _one(state, place, plane, (0,), row, coefficient + k)
            continue
        outer, inner, length = gates[g, 3] * lanes, gates[g, 5] * lanes, gates[g, 6] * lanes
        rows = (
            offsets[offset] * lanes, offsets[offset + 1] * lanes,
            offsets[offset + 2] * lanes, offsets[offset + 3] * lanes,
        )  # fmt: skip
        for i in range(gates[g, 2]):
            for j in range(gates[g, 4]):
                start = first + i * outer + j * inner
                for place in range(start, start + length, VECTOR):
                    if size == 3:
                        if kind == REAL:
                            _three_real(state, place, plane, rows, row, coefficient)
                        else:
                            _three(state, place, plane, rows, row, coefficient)
                    elif size == 2:
                        if kind == REAL:
                            _two_real(state, place, plane, rows, row, coefficient)
                        else:
                            _two(state, place, plane, rows, row, coefficient)
                    elif size == 4:
                        _four(state, place, plane, rows, row, coefficient)
                    elif size == 1:
                        _one(state, place, plane, rows, row, coefficient)
                    else:
                        at = offsets[offset : offset + size]
                        block = row[coefficient : coefficient + size**2]
                        _many(state, place, plane, lanes, at, block, spare)


@njit(**_OPTIONS)
def _many(state, place, plane, lanes, at, block, spare):  # type: ignore[no-untyped-def]
    size = len(at)
    for i in range(size):
        spare[:, i] = 0.0
        for j in range(size):
            a, b = block[i * size + j].real, block[i * size + j].imag
            x = place + at[j] * lanes
            for k in range(VECTOR):
                u, v = state[x + k], state[x + plane + k]
                spare[0, i, k] += a * u - b * v
                spare[1, i, k] += a * v + b * u
    for i in range(size):
        x = place + at[i] * lanes
        for k in range(VECTOR):
            state[x + k], state[x + plane + k] = spare[0, i, k], spare[1, i, k]


@njit(**_OPTIONS)
def _fetch(source, shape, target, first, plane, each, begin, lanes, steps, puts, middle):  # type: ignore[no-untyped-def]
    """Fill a tile from those of the other phase, whose rows are its lanes, and lanes its rows.

    In squares, so that neighbours in memory are read and written together. What the last of them
    have too much goes to rows that are written after it, or that nobody reads.

    Args:
        source: Array (numbers,): all tiles of the other phase.
        shape: Of it: tiles, planes, rows, lanes of a tile.
        target: Array (numbers,): all tiles of this phase.
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
    count = min(each, lanes[1] - begin)
    for y in range(middle):
        for tile in range(tiles):
            number = min(most, lanes[0] - tile * most)
            for part in range(2):
                taken = ((2 * tile + part) * rows + begin * steps[0] + y * steps[1]) * most
                put = first + part * plane + (tile * most * puts[0] + y * puts[1]) * each
                for i in range(0, count, VECTOR):
                    for j in range(0, number, VECTOR):
                        _turn_square(
                            source, taken + i * steps[0] * most + j, steps[0] * most,
                            target, put + j * puts[0] * each + i, puts[0] * each,
                        )  # fmt: skip


@njit(**_OPTIONS)  # type: ignore[untyped-decorator]
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
            rest = fixed[row % len(fixed)]
            _apply(tile, 0, plane, lanes, gates, offsets, moving[row], rest, spare)
        for lane in range(number):
            for k in range(size):
                re[first + lane, k] = tile[k * lanes + lane]
                im[first + lane, k] = tile[plane + k * lanes + lane]


@njit(**_OPTIONS)
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


@njit(**_OPTIONS)
def evolve_densities(states, flows, entries, columns, bounds):  # type: ignore[no-untyped-def]
    """Take density matrices through flows, with a channel between each two, in place.

    Args:
        states: complex128 array (m, D, D).
        flows: complex128 array (intervals, D, D).
        entries: Of the channel on the elements of a density matrix, as a sparse matrix (CSR).
        columns: Likewise: where they stand.
        bounds: Likewise: where each row begins.
    """
    size = states.shape[1]
    here, there = np.empty((size, size), states.dtype), np.empty((size, size), states.dtype)
    back = np.empty((size, size), states.dtype)
    relaxed = here.reshape(-1)
    for k in range(len(flows)):
        for i in range(size):
            for j in range(size):
                back[j, i] = flows[k, i, j].conjugate()
        for m in range(len(states)):
            if k:
                elements = states[m].reshape(-1)
                for row in range(len(relaxed)):
                    total = 0j
                    for place in range(bounds[row], bounds[row + 1]):
                        total += entries[place] * elements[columns[place]]
                    relaxed[row] = total
            else:
                here[:] = states[m]
            np.dot(flows[k], here, there)
            np.dot(there, back, states[m])


@intrinsic
def _add(_context, address, number):  # type: ignore[no-untyped-def]
    """Add to an integer in memory, whatever other threads do, and give what it was."""

    def made(_context, builder, _signature, given):  # type: ignore[no-untyped-def]
        place = builder.inttoptr(given[0], ir.IntType(64).as_pointer())
        return builder.atomic_rmw("add", place, given[1], "seq_cst")

    return types.int64(types.int64, types.int64), made


@njit(**_OPTIONS)  # type: ignore[untyped-decorator]
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
    """Work on one state in two phases, beside any number of other threads.

    Each row has a task for each tile of the first phase, then for each of the second. Whoever is
    free draws the next ticket, waits until the phase before is over, fetches its tile's lanes from
    what the other phase left, and applies its gates.

    Args:
        tickets: Address of the int64 number of tasks that are given out.
        over: Address of the int64 number of tasks that are over.
        held: A ticket that has waited before, or -1.
        patience: How often to look before the wait is given up.
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

    Returns:
        The ticket that has to wait; where all are given out, one more than the last or a later.
    """
    spare = np.empty((2, largest, VECTOR))
    of_here, of_there = here.shape, there.shape
    every_here, every_there = here.reshape(-1), there.reshape(-1)
    plane_here, plane_there = of_here[2] * of_here[3], of_there[2] * of_there[3]
    leading, last = gates[:split], gates[split:]
    first = of_here[0]
    each = first + of_there[0]
    back = lanes[1], lanes[0]
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
        own, rest = moving[row], fixed[row % len(fixed)]
        if place < first:
            at, own_lanes = 2 * place * plane_here, of_here[3]
            if row:
                _fetch(
                    every_there, of_there, every_here, at, plane_here, own_lanes,
                    place * own_lanes, back, (1, lanes[0]), (middle, 1), middle,
                )  # fmt: skip
            _apply(every_here, at, plane_here, own_lanes, leading, offsets, own, rest, spare)
        else:
            place -= first
            at, own_lanes = 2 * place * plane_there, of_there[3]
            _fetch(
                every_here, of_here, every_there, at, plane_there, own_lanes,
                place * own_lanes, lanes, (middle, 1), (1, lanes[0]), middle,
            )  # fmt: skip
            _apply(every_there, at, plane_there, own_lanes, last, offsets, own, rest, spare)
        _add(over, 1)
        held = -1
