"""Compiled loops of the exact simulators; imported where they are needed.

A state is a vector with one digit a qubit, qubit 0 the lowest: a bit of an amplitude's index, or
two bits of a Pauli string's (see `paulis`). Maps of one qubit are collected and applied when
another map needs the qubit, so that a row of gates and their noise costs one pass.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_OPTIONS = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract", "nsz"},
}
_LANES = 64

_GATE, _NOISE, _MANY = 0, 1, 2  # kinds in a table, see `exact_tables.Table`


@njit(**_OPTIONS)
def _many(  # type: ignore[no-untyped-def]
    vector, qubits, width, layout, values, scale, spare, offsets
):
    """Apply a sparse matrix to the digits of some qubits, its rows after the first times `scale`.

    Up to `_LANES` neighbours go together: they differ in digits below all of the qubits alone.
    """
    size = 1 << (width * len(qubits))
    mask = (1 << width) - 1
    lowest = width * qubits[0]
    for qubit in qubits:
        lowest = min(lowest, width * qubit)
    for index in range(size):
        offsets[index] = 0
        for place in range(len(qubits)):
            digit = (index >> (width * place)) & mask
            offsets[index] += digit << (width * qubits[place])
    every = offsets[size - 1]  # all bits of the digits
    lanes = min(1 << lowest, _LANES)
    base = 0
    while base < len(vector):
        for index in range(size):
            first = base + offsets[index]
            for lane in range(lanes):
                spare[index * _LANES + lane] = vector[first + lane]
        for row in range(size):
            first = base + offsets[row]
            factor = scale if row else 1.0
            for lane in range(lanes):
                vector[first + lane] = 0.0
            for entry in range(layout[row], layout[row + 1]):
                source = layout[size + 1 + entry] * _LANES
                value = values[entry] * factor
                for lane in range(lanes):
                    vector[first + lane] += value * spare[source + lane]
        # The next number whose bits at these digits are all 0.
        base = ((base | every) + lanes) & ~every


@njit(**_OPTIONS)
def _one_pauli(vector, shift, m):  # type: ignore[no-untyped-def]
    stride = 1 << shift
    x0, xx, xz, xy = m[0, 0], m[0, 1], m[0, 2], m[0, 3]
    z0, zx, zz, zy = m[1, 0], m[1, 1], m[1, 2], m[1, 3]
    y0, yx, yz, yy = m[2, 0], m[2, 1], m[2, 2], m[2, 3]
    for base in range(0, len(vector), 4 * stride):
        i = vector[base : base + stride]
        x = vector[base + stride : base + 2 * stride]
        z = vector[base + 2 * stride : base + 3 * stride]
        y = vector[base + 3 * stride : base + 4 * stride]
        for k in range(stride):
            a, b, c, d = i[k], x[k], z[k], y[k]
            x[k] = x0 * a + xx * b + xz * c + xy * d
            z[k] = z0 * a + zx * b + zz * c + zy * d
            y[k] = y0 * a + yx * b + yz * c + yy * d


@njit(**_OPTIONS)
def _rotate(map_, u):  # type: ignore[no-untyped-def]
    """Put a gate after a map."""
    p, q, r, s = u[0, 0], u[0, 1], u[1, 0], u[1, 1]
    both, cross = p * s.conjugate(), q * r.conjugate()
    side = p * q.conjugate()
    tip = p * r.conjugate() - q * s.conjugate()
    plus, minus = both + cross, both - cross
    top = p.real**2 + p.imag**2 - q.real**2 - q.imag**2
    for k in range(4):
        x, z, y = map_[0, k], map_[1, k], map_[2, k]
        map_[0, k] = plus.real * x + minus.imag * y + tip.real * z
        map_[1, k] = 2.0 * side.real * x + 2.0 * side.imag * y + top * z
        map_[2, k] = -plus.imag * x + minus.real * y - tip.imag * z


@njit(**_OPTIONS)
def _relax(map_, flat, upright, pull):  # type: ignore[no-untyped-def]
    for k in range(4):
        map_[0, k] *= flat
        map_[1, k] *= upright
        map_[2, k] *= flat
    map_[1, 0] += pull


@njit(**_OPTIONS)
def _unit(map_):  # type: ignore[no-untyped-def]
    for row in range(3):
        for column in range(4):
            map_[row, column] = 1.0 if column == row + 1 else 0.0


@njit(**_OPTIONS)  # type: ignore[untyped-decorator]
def evolve_paulis(  # type: ignore[no-untyped-def]
    vector: NDArray[np.float64],
    num_qubits: int,
    rows: NDArray[np.int64],
    gates: NDArray[np.complex128],
    places: NDArray[np.int64],
    layout: NDArray[np.int64],
    numbers: NDArray[np.float64],
    widest: int,
):
    """Gates and noise on Pauli vectors, in place.

    Args:
        vector: Array (states * 4**num_qubits,).
        num_qubits: Of one state.
        rows: What happens, see `exact_tables.Table`.
        gates: Of one qubit.
        places: Qubits of maps of several.
        layout: Of sparse matrices.
        numbers: Of noise 3 (factors of X and Y, of Z, and what the identity adds to Z), of a
            matrix the factor of all rows but the first, and its entries.
        widest: Most qubits of a map.
    """
    maps = np.zeros((num_qubits, 3, 4))
    waiting = np.zeros(num_qubits, np.bool_)
    for qubit in range(num_qubits):
        _unit(maps[qubit])
    spare = np.empty(_LANES << (2 * widest))
    offsets = np.empty(1 << (2 * widest), np.int64)
    for t in range(len(rows)):
        kind, count, place, begin, number = rows[t]
        if kind == _GATE:
            _rotate(maps[place], gates[number])
            waiting[place] = True
        elif kind == _NOISE:
            _relax(maps[place], numbers[number], numbers[number + 1], numbers[number + 2])
            waiting[place] = True
        else:
            qubits = places[place : place + count]
            for qubit in qubits:
                if waiting[qubit]:
                    _one_pauli(vector, 2 * qubit, maps[qubit])
                    _unit(maps[qubit])
                    waiting[qubit] = False
            scale = numbers[number]
            values = numbers[number + 1 :]
            _many(vector, qubits, 2, layout[begin:], values, scale, spare, offsets)
    for qubit in range(num_qubits):
        if waiting[qubit]:
            _one_pauli(vector, 2 * qubit, maps[qubit])


@njit(**_OPTIONS)
def _one_amplitude(vector, shift, m):  # type: ignore[no-untyped-def]
    stride = 1 << shift
    a, b, c, d = m[0, 0], m[0, 1], m[1, 0], m[1, 1]
    for base in range(0, len(vector), 2 * stride):
        low = vector[base : base + stride]
        high = vector[base + stride : base + 2 * stride]
        for k in range(stride):
            x, y = low[k], high[k]
            low[k] = a * x + b * y
            high[k] = c * x + d * y


@njit(**_OPTIONS)
def _follow(map_, u):  # type: ignore[no-untyped-def]
    """Put a gate after a map."""
    for k in range(2):
        x, y = map_[0, k], map_[1, k]
        map_[0, k] = u[0, 0] * x + u[0, 1] * y
        map_[1, k] = u[1, 0] * x + u[1, 1] * y


@njit(**_OPTIONS)  # type: ignore[untyped-decorator]
def evolve_amplitudes(  # type: ignore[no-untyped-def]
    vector: NDArray[np.complex128],
    num_qubits: int,
    rows: NDArray[np.int64],
    gates: NDArray[np.complex128],
    places: NDArray[np.int64],
    layout: NDArray[np.int64],
    numbers: NDArray[np.complex128],
    widest: int,
):
    """Gates on state vectors, in place.

    Args:
        vector: Array (states * 2**num_qubits,).
        num_qubits: Of one state.
        rows: What happens, all of it gates; see `exact_tables.Table`.
        gates: Of one qubit.
        places: Qubits of gates of several.
        layout: Of sparse matrices.
        numbers: Entries of sparse matrices.
        widest: Most qubits of a gate.
    """
    maps = np.zeros((num_qubits, 2, 2), np.complex128)
    waiting = np.zeros(num_qubits, np.bool_)
    spare = np.empty(_LANES << widest, np.complex128)
    offsets = np.empty(1 << widest, np.int64)
    for t in range(len(rows)):
        kind, count, place, begin, number = rows[t]
        if kind == _GATE:
            if not waiting[place]:
                maps[place, 0, 0] = maps[place, 1, 1] = 1.0
                maps[place, 0, 1] = maps[place, 1, 0] = 0.0
            _follow(maps[place], gates[number])
            waiting[place] = True
        else:
            qubits = places[place : place + count]
            for qubit in qubits:
                if waiting[qubit]:
                    _one_amplitude(vector, qubit, maps[qubit])
                    waiting[qubit] = False
            _many(vector, qubits, 1, layout[begin:], numbers[number:], 1.0, spare, offsets)
    for qubit in range(num_qubits):
        if waiting[qubit]:
            _one_amplitude(vector, qubit, maps[qubit])
