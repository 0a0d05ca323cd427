"""Compiled loops over states of several sites; imported where they are needed.

A state is two planes of real numbers. Coefficients are read into scalars before a loop, and loops
run over neighbours in memory, so that they become vector instructions.
"""

from __future__ import annotations

import math

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from backline.engines.pulses.gates import DIAGONAL, MOVING, REAL
from backline.engines.pulses.undriven import Complex, Real

_OPTIONS = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract", "nsz"},
}


_SQUARE = 4  # numbers to a side of the squares in which tiles are turned round


@njit(**_OPTIONS)
def _two(re, im, base, length, at, lanes, c):  # type: ignore[no-untyped-def]
    r0 = re[base + at[0] * lanes : base + at[0] * lanes + length]
    m0 = im[base + at[0] * lanes : base + at[0] * lanes + length]
    r1 = re[base + at[1] * lanes : base + at[1] * lanes + length]
    m1 = im[base + at[1] * lanes : base + at[1] * lanes + length]
    a00, b00, a01, b01 = c[0].real, c[0].imag, c[1].real, c[1].imag
    a10, b10, a11, b11 = c[2].real, c[2].imag, c[3].real, c[3].imag
    for k in range(length):
        x0, x1, y0, y1 = r0[k], r1[k], m0[k], m1[k]
        r0[k] = a00 * x0 - b00 * y0 + a01 * x1 - b01 * y1
        m0[k] = a00 * y0 + b00 * x0 + a01 * y1 + b01 * x1
        r1[k] = a10 * x0 - b10 * y0 + a11 * x1 - b11 * y1
        m1[k] = a10 * y0 + b10 * x0 + a11 * y1 + b11 * x1


@njit(**_OPTIONS)
def _three(re, im, base, length, at, lanes, c):  # type: ignore[no-untyped-def]
    r0 = re[base + at[0] * lanes : base + at[0] * lanes + length]
    m0 = im[base + at[0] * lanes : base + at[0] * lanes + length]
    r1 = re[base + at[1] * lanes : base + at[1] * lanes + length]
    m1 = im[base + at[1] * lanes : base + at[1] * lanes + length]
    r2 = re[base + at[2] * lanes : base + at[2] * lanes + length]
    m2 = im[base + at[2] * lanes : base + at[2] * lanes + length]
    a00, b00, a01, b01, a02, b02 = c[0].real, c[0].imag, c[1].real, c[1].imag, c[2].real, c[2].imag
    a10, b10, a11, b11, a12, b12 = c[3].real, c[3].imag, c[4].real, c[4].imag, c[5].real, c[5].imag
    a20, b20, a21, b21, a22, b22 = c[6].real, c[6].imag, c[7].real, c[7].imag, c[8].real, c[8].imag
    for k in range(length):
        x0, x1, x2, y0, y1, y2 = r0[k], r1[k], r2[k], m0[k], m1[k], m2[k]
        r0[k] = a00 * x0 - b00 * y0 + a01 * x1 - b01 * y1 + a02 * x2 - b02 * y2
        m0[k] = a00 * y0 + b00 * x0 + a01 * y1 + b01 * x1 + a02 * y2 + b02 * x2
        r1[k] = a10 * x0 - b10 * y0 + a11 * x1 - b11 * y1 + a12 * x2 - b12 * y2
        m1[k] = a10 * y0 + b10 * x0 + a11 * y1 + b11 * x1 + a12 * y2 + b12 * x2
        r2[k] = a20 * x0 - b20 * y0 + a21 * x1 - b21 * y1 + a22 * x2 - b22 * y2
        m2[k] = a20 * y0 + b20 * x0 + a21 * y1 + b21 * x1 + a22 * y2 + b22 * x2


@njit(**_OPTIONS)
def _two_real(re, im, base, length, at, lanes, c):  # type: ignore[no-untyped-def]
    a00, a01, a10, a11 = c[0].real, c[1].real, c[2].real, c[3].real
    for plane in (re, im):
        x0 = plane[base + at[0] * lanes : base + at[0] * lanes + length]
        x1 = plane[base + at[1] * lanes : base + at[1] * lanes + length]
        for k in range(length):
            y0, y1 = x0[k], x1[k]
            x0[k] = a00 * y0 + a01 * y1
            x1[k] = a10 * y0 + a11 * y1


@njit(**_OPTIONS)
def _three_real(re, im, base, length, at, lanes, c):  # type: ignore[no-untyped-def]
    a00, a01, a02 = c[0].real, c[1].real, c[2].real
    a10, a11, a12 = c[3].real, c[4].real, c[5].real
    a20, a21, a22 = c[6].real, c[7].real, c[8].real
    for plane in (re, im):
        x0 = plane[base + at[0] * lanes : base + at[0] * lanes + length]
        x1 = plane[base + at[1] * lanes : base + at[1] * lanes + length]
        x2 = plane[base + at[2] * lanes : base + at[2] * lanes + length]
        for k in range(length):
            y0, y1, y2 = x0[k], x1[k], x2[k]
            x0[k] = a00 * y0 + a01 * y1 + a02 * y2
            x1[k] = a10 * y0 + a11 * y1 + a12 * y2
            x2[k] = a20 * y0 + a21 * y1 + a22 * y2


@njit(**_OPTIONS)
def _phases(re, im, lanes, c):  # type: ignore[no-untyped-def]
    for row in range(len(c)):
        a, b = c[row].real, c[row].imag
        x, y = re[row * lanes : (row + 1) * lanes], im[row * lanes : (row + 1) * lanes]
        for k in range(lanes):
            u, v = x[k], y[k]
            x[k] = a * u - b * v
            y[k] = a * v + b * u


@njit(**_OPTIONS)
def _many(re, im, base, length, at, lanes, size, c, spare):  # type: ignore[no-untyped-def]
    for k in range(length):
        for i in range(size):
            x = y = 0.0
            for j in range(size):
                a, b = c[i * size + j].real, c[i * size + j].imag
                r, m = re[base + at[j] * lanes + k], im[base + at[j] * lanes + k]
                x += a * r - b * m
                y += a * m + b * r
            spare[0, i] = x
            spare[1, i] = y
        for i in range(size):
            re[base + at[i] * lanes + k] = spare[0, i]
            im[base + at[i] * lanes + k] = spare[1, i]


@njit(**_OPTIONS)
def _apply(re, im, gates, offsets, moving, fixed, lanes, spare):  # type: ignore[no-untyped-def]
    for g in range(len(gates)):
        kind, size, n0, s0, n1, s1, length, coefficient, offset = gates[g]
        if kind == DIAGONAL:
            _phases(re, im, lanes, fixed[coefficient : coefficient + size])
            continue
        at = offsets[offset : offset + size]
        row = moving if kind == MOVING else fixed
        c = row[coefficient : coefficient + size * size]
        length *= lanes
        for i in range(n0):
            for j in range(n1):
                base = (i * s0 + j * s1) * lanes
                if size > 3 or size == 1:
                    _many(re, im, base, length, at, lanes, size, c, spare)
                elif kind == REAL:
                    if size == 3:
                        _three_real(re, im, base, length, at, lanes, c)
                    else:
                        _two_real(re, im, base, length, at, lanes, c)
                elif size == 3:
                    _three(re, im, base, length, at, lanes, c)
                else:
                    _two(re, im, base, length, at, lanes, c)


@njit(**_OPTIONS)
def _fetch(source, target, begin, lanes, steps, puts, middle):  # type: ignore[no-untyped-def]
    """Fill a tile from those of the other phase, whose rows are its lanes, and lanes its rows.

    In squares, so that neighbours in memory are read and written together.

    Args:
        source: Array (tiles, 2, rows, lanes of a tile).
        target: Array (2, rows, lanes).
        begin: Which of all lanes is the target's first.
        lanes: How many lanes there are in all, of the source and of the target.
        steps: Rows of the source from one lane of the target to the next, and from one product
            state of the sites that are rows of both to the next.
        puts: Rows of the target, likewise from one lane of the source to the next.
        middle: Product states of the sites that are rows of both.
    """
    most = source.shape[3]
    count = min(target.shape[2], lanes[1] - begin)
    whole = count // _SQUARE * _SQUARE
    for tile in range(len(source)):
        number = min(most, lanes[0] - tile * most)
        square = number // _SQUARE * _SQUARE
        for plane in range(2):
            taken, put = source[tile, plane], target[plane]
            for y in range(middle):
                start = begin * steps[0] + y * steps[1]
                to = tile * most * puts[0] + y * puts[1]
                for j in range(0, square, _SQUARE):
                    for i in range(0, whole, _SQUARE):
                        for k in range(_SQUARE):
                            row = to + (j + k) * puts[0]
                            for m in range(_SQUARE):
                                put[row, i + m] = taken[start + (i + m) * steps[0], j + k]
                for j in range(number):
                    for i in range(whole if j < square else 0, count):
                        put[to + j * puts[0], i] = taken[start + i * steps[0], j]


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
    tiles = np.zeros((2, size, lanes))
    spare = np.empty((2, largest))
    for first in range(0, count, lanes):
        number = min(lanes, count - first)
        for plane, tile in ((re, tiles[0]), (im, tiles[1])):
            for k in range(size):
                for lane in range(number):
                    tile[k, lane] = plane[first + lane, k]
        for row in range(len(moving)):
            _apply(
                tiles[0].reshape(-1), tiles[1].reshape(-1), gates, offsets,
                moving[row], fixed[row % len(fixed)], lanes, spare,
            )  # fmt: skip
        for plane, tile in ((re, tiles[0]), (im, tiles[1])):
            for lane in range(number):
                for k in range(size):
                    plane[first + lane, k] = tile[k, lane]


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
    spare = np.empty((2, largest))
    flat_here = here.reshape((len(here), 2, here.shape[2] * here.shape[3]))
    flat_there = there.reshape((len(there), 2, there.shape[2] * there.shape[3]))
    first = len(here)
    each = first + len(there)
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
        rest = fixed[row % len(fixed)]
        if place < first:
            tile, flat, own = here[place], flat_here[place], gates[:split]
            if row:
                begin = place * tile.shape[2]
                _fetch(there, tile, begin, back, (1, lanes[0]), (middle, 1), middle)
        else:
            place -= first
            tile, flat, own = there[place], flat_there[place], gates[split:]
            begin = place * tile.shape[2]
            _fetch(here, tile, begin, lanes, (middle, 1), (1, lanes[0]), middle)
        _apply(flat[0], flat[1], own, offsets, moving[row], rest, tile.shape[2], spare)
        _add(over, 1)
        held = -1


@njit(**_OPTIONS)  # type: ignore[untyped-decorator]
def local_flows(  # type: ignore[no-untyped-def]
    found: Complex,
    segments: np.typing.NDArray[np.int64],
    edges: Real,
    first: int,
    origin: int,
    period: int,
    groups: np.typing.NDArray[np.int64],
    weights: Real,
    tables: Real,
    carriers: Real,
    phases: Real,
    turn: Complex,
):
    """Flows of one site between the marks of each period.

    Args:
        found: Array (periods, intervals, d, d), written to.
        segments: int64 array (segments, 3): interval, sample of the period, row of `tables`; in
            order of time.
        edges: Array (segments, 2): where each begins and ends, in samples since the period's
            start.
        first: The first period's first sample, as an index.
        origin: The sample of index 0.
        period: In samples.
        groups: int64 array (samples,): which carrier sounds.
        weights: Array (samples, nodes): of the flows at each node.
        tables: Array (carriers, rows, nodes, 2 d²): flows at the nodes, real and imaginary parts
            in turns.
        carriers: Array (samples,): of the carrier against the common frame, in rad per sample.
        phases: Array (samples,): of the drive.
        turn: Array (d,): states times the conjugate of it are what the flows act on.
    """
    size = found.shape[-1]
    numbers = np.empty(2 * size * size)
    part = numbers.view(np.complex128).reshape((size, size))
    enter, leave = np.empty(size, dtype=np.complex128), np.empty(size, dtype=np.complex128)
    column = np.empty(size, dtype=np.complex128)
    for k in range(len(found)):
        begin = first + k * period
        last = -1
        for s in range(len(segments)):
            interval, place, row = segments[s]
            sample = begin + place
            table = tables[groups[sample], row]
            numbers[:] = 0
            for node in range(weights.shape[1]):
                weight = weights[sample, node]
                for i in range(len(numbers)):
                    numbers[i] += weight * table[node, i]
            a = phases[sample] + carriers[sample] * (origin + begin + edges[s, 0])
            b = -phases[sample] - carriers[sample] * (origin + begin + edges[s, 1])
            into, out = complex(math.cos(a), math.sin(a)), complex(math.cos(b), math.sin(b))
            once = back = complex(1.0, 0.0)
            for i in range(size):  # each level turns once more than the one below
                enter[i], leave[i] = once * turn[i], back * turn[i].conjugate()
                once, back = once * into, back * out
            flow = found[k, interval]
            if interval != last:
                for i in range(size):
                    for j in range(size):
                        flow[i, j] = leave[i] * part[i, j] * enter[j]
            else:  # the interval goes on in the next sample
                for j in range(size):
                    for i in range(size):
                        column[i] = 0
                        for m in range(size):
                            column[i] += part[i, m] * (enter[m] * flow[m, j])
                    for i in range(size):
                        flow[i, j] = leave[i] * column[i]
            last = interval
