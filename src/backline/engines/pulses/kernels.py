"""Compiled loops over states of several sites; imported where they are needed.

A state is two planes of real numbers. Coefficients are read into scalars before a loop, and loops
run over neighbours in memory, so that they become vector instructions.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from backline.engines.pulses.gates import DIAGONAL, MOVING, REAL
from backline.engines.pulses.undriven import Complex, Real

_OPTIONS = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract", "nsz"},
}


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
def _on_tile(  # type: ignore[no-untyped-def]
    re, im, tile_re, tile_im, first, count, shape, gates, offsets, moving, fixed, turn, spare
):
    """Apply the gates of some rows, the first of which is `turn` in its period, to some lanes."""
    size, row_stride, lane_stride, lanes = shape[0], shape[2], shape[3], shape[4]
    for k in range(size):
        base = k * row_stride + first * lane_stride
        for lane in range(count):
            tile_re[k * lanes + lane] = re[base + lane * lane_stride]
            tile_im[k * lanes + lane] = im[base + lane * lane_stride]
    for row in range(len(moving)):
        rest = fixed[(turn + row) % len(fixed)]
        _apply(tile_re, tile_im, gates, offsets, moving[row], rest, lanes, spare)
    for k in range(size):
        base = k * row_stride + first * lane_stride
        for lane in range(count):
            re[base + lane * lane_stride] = tile_re[k * lanes + lane]
            im[base + lane * lane_stride] = tile_im[k * lanes + lane]


@njit(**_OPTIONS)  # type: ignore[untyped-decorator]
def evolve(  # type: ignore[no-untyped-def]
    re: Real,
    im: Real,
    gates: np.typing.NDArray[np.int64],
    bounds: np.typing.NDArray[np.int64],
    shapes: np.typing.NDArray[np.int64],
    offsets: np.typing.NDArray[np.int64],
    moving: Complex,
    fixed: Complex,
    largest: int,
):
    """Apply all gates of every row, in place.

    Args:
        re: Array (numbers,), real parts.
        im: Imaginary parts.
        gates: int64 array (gates, 9), of one or two phases.
        bounds: int64 array (phases + 1,): where each phase begins in it.
        shapes: int64 array (phases, 5): the rows of a tile, lanes in all, strides of rows and
            lanes in `re`, lanes of a tile.
        offsets: Where the rows of each gate's block lie in a tile of one lane.
        moving: Array (rows, width): blocks row by row.
        fixed: Array (rows of a period, width): likewise, taken in turns.
        largest: Size of the largest block.
    """
    numbers = np.max(shapes[:, 0] * shapes[:, 4])
    tile_re, tile_im = np.zeros(numbers), np.zeros(numbers)
    spare = np.empty((2, largest))
    # One phase: every tile goes its own way. Two: row by row, each through both.
    each = len(moving) if len(shapes) == 1 else 1
    for row in range(0, len(moving), each):
        for phase in range(len(shapes)):
            shape = shapes[phase]
            for first in range(0, shape[1], shape[4]):
                _on_tile(
                    re, im, tile_re, tile_im, first, min(shape[4], shape[1] - first), shape,
                    gates[bounds[phase] : bounds[phase + 1]], offsets,
                    moving[row : row + each], fixed, row, spare,
                )  # fmt: skip


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
    tables: Complex,
    turning: Real,
    phases: Real,
    numbers: Real,
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
        tables: Array (carriers, rows, nodes, d, d): flows at the nodes.
        turning: Array (samples, d): of the common frame against the carrier's, in rad per sample.
        phases: Array (samples,): of the drive.
        numbers: Array (d,): how often each level has it.
    """
    size = found.shape[-1]
    part = np.empty((size, size), dtype=np.complex128)
    enter, leave = np.empty(size, dtype=np.complex128), np.empty(size, dtype=np.complex128)
    column = np.empty(size, dtype=np.complex128)
    for k in range(len(found)):
        begin = first + k * period
        last = -1
        for s in range(len(segments)):
            interval, place, row = segments[s]
            sample = begin + place
            table = tables[groups[sample], row]
            part[:] = 0
            for node in range(weights.shape[1]):
                weight = weights[sample, node]
                for i in range(size):
                    for j in range(size):
                        part[i, j] += weight * table[node, i, j]
            for i in range(size):
                twist = phases[sample] * numbers[i]
                a = twist - turning[sample, i] * (origin + begin + edges[s, 0])
                b = turning[sample, i] * (origin + begin + edges[s, 1]) - twist
                enter[i] = complex(math.cos(a), math.sin(a))
                leave[i] = complex(math.cos(b), math.sin(b))
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
