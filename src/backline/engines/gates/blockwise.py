"""Compiled loops over state vectors: blocks of two qubits, wider gates, weights.

A state is two planes of real numbers, single or double. Qubit k is bit k of an index.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from backline.engines.gates.lanes import four_vectors, one_vector, two_vectors

OPTIONS = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract", "nsz", "reassoc"},
}
"""Of compiled functions that Python calls."""

INNER = {**OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Of those that only others call, which take less time to compile without an entry."""

_CHUNK = 64


@njit(**INNER)
def _both_high(out_re, out_im, re, im, table, a, b, lanes):  # type: ignore[no-untyped-def]
    low, high = 1 << a, 1 << b
    for outer in range(0, len(re), 2 * high):
        for base in range(outer, outer + high, 2 * low):
            for k in range(base, base + low, lanes):
                four_vectors(out_re, out_im, re, im, table, k, k + low, k + high, k + high + low)


def _low_and_high(bit: int) -> Callable[..., Any]:
    step = two_vectors(bit)

    @njit(**INNER)
    def run(out_re, out_im, re, im, table, b, lanes):  # type: ignore[no-untyped-def]
        high = 1 << b
        for outer in range(0, len(re), 2 * high):
            for k in range(outer, outer + high, lanes):
                step(out_re, out_im, re, im, table, k, k + high)

    return run


def _both_low(low: int, high: int) -> Callable[..., Any]:
    step = one_vector(low, high)

    @njit(**INNER)
    def run(out_re, out_im, re, im, table, lanes):  # type: ignore[no-untyped-def]
        for k in range(0, len(re), lanes):
            step(out_re, out_im, re, im, table, k)

    return run


_first_and_high, _second_and_high, _third_and_high = (_low_and_high(bit) for bit in range(3))
_first_second, _first_third, _second_third = _both_low(0, 1), _both_low(0, 2), _both_low(1, 2)


@njit(**INNER)
def apply_block(out_re, out_im, re, im, table, a, b, bits):  # type: ignore[no-untyped-def]
    """Apply a block of two qubits, the lower and the higher one; `bits` qubits are in a vector."""
    lanes = 1 << bits
    if a >= bits:
        _both_high(out_re, out_im, re, im, table, a, b, lanes)
    elif b >= bits:
        if a == 0:
            _first_and_high(out_re, out_im, re, im, table, b, lanes)
        elif a == 1:
            _second_and_high(out_re, out_im, re, im, table, b, lanes)
        else:
            _third_and_high(out_re, out_im, re, im, table, b, lanes)
    elif b == 1:
        _first_second(out_re, out_im, re, im, table, lanes)
    elif a == 0:
        _first_third(out_re, out_im, re, im, table, lanes)
    else:
        _second_third(out_re, out_im, re, im, table, lanes)


@njit(**INNER)
def lane_bits_of(plane):  # type: ignore[no-untyped-def]
    """How many of the lowest qubits lie within a vector of such numbers."""
    return 3 if plane.itemsize == 4 else 2


@njit(**INNER)
def fill_table(table, m, a, b, bits):  # type: ignore[no-untyped-def]
    """Coefficients as `apply_block` wants them."""
    lanes = 1 << bits
    if a >= bits:
        for k in range(16):
            table[k] = m[k // 4, k % 4].real
            table[16 + k] = m[k // 4, k % 4].imag
    elif b >= bits:
        for half in range(2):
            for other in range(2):
                for turn in range(2):
                    at = 4 * half + 2 * other + turn
                    for k in range(lanes):
                        own = (k >> a) & 1
                        value = m[2 * half + own, 2 * other + (own ^ turn)]
                        table[at * lanes + k] = value.real
                        table[(8 + at) * lanes + k] = value.imag
    else:
        for turn in range(4):
            for k in range(lanes):
                own = ((k >> b) & 1) * 2 + ((k >> a) & 1)
                value = m[own, own ^ turn]
                table[turn * lanes + k] = value.real
                table[(4 + turn) * lanes + k] = value.imag


@njit(**INNER)
def apply_wide(  # type: ignore[no-untyped-def]
    out_re, out_im, re, im, qubits, layout, columns, values, spare
):
    """Apply a gate on several qubits, whose rows are given without their zeros."""
    count = len(qubits)
    size = 1 << count
    every = 0
    offsets = np.zeros(size, dtype=np.int64)
    for place in range(count):
        every |= 1 << qubits[place]
        for index in range(size):
            offsets[index] += ((index >> place) & 1) << qubits[place]
    base = 0
    while base < len(re):
        for index in range(size):
            spare[index] = complex(re[base + offsets[index]], im[base + offsets[index]])
        for row in range(size):
            total = 0j
            for entry in range(layout[row], layout[row + 1]):
                total += values[entry] * spare[columns[entry]]
            out_re[base + offsets[row]], out_im[base + offsets[row]] = total.real, total.imag
        base = ((base | every) + 1) & ~every  # the next number with zeros at these qubits


@njit(**INNER)
def apply_pauli(out_re, out_im, re, im, flips, phases):  # type: ignore[no-untyped-def]
    """Turn some qubits over, and the signs of amplitudes by others before."""
    for k in range(len(re)):
        other = k ^ flips
        if other < k:
            continue
        own, others = _sign(k & phases), _sign(other & phases)
        x, y, u, v = re[k], im[k], re[other], im[other]
        out_re[other], out_im[other] = own * x, own * y
        out_re[k], out_im[k] = others * u, others * v


@njit(**INNER)
def _sign(bits):  # type: ignore[no-untyped-def]
    sign = 1.0
    while bits:
        sign = -sign
        bits &= bits - 1
    return sign


@njit(**INNER)
def weights(re, im, qubit):  # type: ignore[no-untyped-def]
    """Squared norms of the parts of a state in which a qubit is 0 and 1."""
    step = 1 << qubit
    zero = one = 0.0
    for base in range(0, len(re), 2 * step):
        for k in range(base, base + step):
            zero += re[k] * re[k] + im[k] * im[k]
        for k in range(base + step, base + 2 * step):
            one += re[k] * re[k] + im[k] * im[k]
    return zero, one


@njit(**INNER)
def chunk_sums(re, im):  # type: ignore[no-untyped-def]
    """Running sums of squared amplitudes, chunk by chunk; what `found` looks in first."""
    size = min(len(re), _CHUNK)
    sums = np.empty(len(re) // size)
    total = 0.0
    for chunk in range(len(sums)):
        part = 0.0
        for k in range(chunk * size, (chunk + 1) * size):
            part += re[k] * re[k] + im[k] * im[k]
        total += part
        sums[chunk] = total
    return sums


@njit(**INNER)
def found(re, im, sums, uniform):  # type: ignore[no-untyped-def]
    """The basis state at which the sum of squared amplitudes passes a part of the whole."""
    size = len(re) // len(sums)
    wanted = uniform * sums[-1]
    chunk, last = 0, len(sums) - 1
    while chunk < last:
        middle = (chunk + last) >> 1
        if sums[middle] > wanted:
            last = middle
        else:
            chunk = middle + 1
    passed = sums[chunk - 1] if chunk > 0 else 0.0
    last = chunk * size
    for k in range(chunk * size, (chunk + 1) * size):
        weight = re[k] * re[k] + im[k] * im[k]
        if weight > 0:
            last = k
        passed += weight
        if passed > wanted:
            break
    return last
