"""Compiled loops over state vectors of qubits; imported where they are needed.

A state is two planes of real numbers, single or double. Qubit k is bit k of an index. Coefficients
are read into scalars before a loop, and loops run over neighbours in memory, so that they become
vector instructions. For the four lowest qubits neighbours differ in the qubit itself: there whole
lanes are multiplied by coefficients that change from lane to lane, and a copy in which lanes have
changed places.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from backline.engines.gates.arrays import Integers, Real

_OPTIONS = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract", "nsz", "reassoc"},
}
_LOW = 4
_LANES = 128


@njit(**_OPTIONS)
def _one(re, im, a, mr, mi):  # type: ignore[no-untyped-def]
    step = 1 << a
    a0, b0, a1, b1 = mr[0], mi[0], mr[1], mi[1]
    a2, b2, a3, b3 = mr[2], mi[2], mr[3], mi[3]
    for base in range(0, len(re), 2 * step):
        r0, r1 = re[base : base + step], re[base + step : base + 2 * step]
        m0, m1 = im[base : base + step], im[base + step : base + 2 * step]
        for k in range(step):
            x0, x1, y0, y1 = r0[k], r1[k], m0[k], m1[k]
            r0[k] = a0 * x0 - b0 * y0 + a1 * x1 - b1 * y1
            m0[k] = a0 * y0 + b0 * x0 + a1 * y1 + b1 * x1
            r1[k] = a2 * x0 - b2 * y0 + a3 * x1 - b3 * y1
            m1[k] = a2 * y0 + b2 * x0 + a3 * y1 + b3 * x1


@njit(**_OPTIONS)
def _two(re, im, a, b, mr, mi):  # type: ignore[no-untyped-def]
    low, high = 1 << a, 1 << b
    a00, a01, a02, a03 = mr[0], mr[1], mr[2], mr[3]
    a10, a11, a12, a13 = mr[4], mr[5], mr[6], mr[7]
    a20, a21, a22, a23 = mr[8], mr[9], mr[10], mr[11]
    a30, a31, a32, a33 = mr[12], mr[13], mr[14], mr[15]
    b00, b01, b02, b03 = mi[0], mi[1], mi[2], mi[3]
    b10, b11, b12, b13 = mi[4], mi[5], mi[6], mi[7]
    b20, b21, b22, b23 = mi[8], mi[9], mi[10], mi[11]
    b30, b31, b32, b33 = mi[12], mi[13], mi[14], mi[15]
    for outer in range(0, len(re), 2 * high):
        for base in range(outer, outer + high, 2 * low):
            r0, m0 = re[base : base + low], im[base : base + low]
            r1, m1 = re[base + low : base + 2 * low], im[base + low : base + 2 * low]
            r2, m2 = re[base + high : base + high + low], im[base + high : base + high + low]
            last = base + high + low
            r3, m3 = re[last : last + low], im[last : last + low]
            for k in range(low):
                x0, x1, x2, x3 = r0[k], r1[k], r2[k], r3[k]
                y0, y1, y2, y3 = m0[k], m1[k], m2[k], m3[k]
                r0[k] = (a00 * x0 - b00 * y0 + a01 * x1 - b01 * y1) + (
                    a02 * x2 - b02 * y2 + a03 * x3 - b03 * y3
                )
                m0[k] = (a00 * y0 + b00 * x0 + a01 * y1 + b01 * x1) + (
                    a02 * y2 + b02 * x2 + a03 * y3 + b03 * x3
                )
                r1[k] = (a10 * x0 - b10 * y0 + a11 * x1 - b11 * y1) + (
                    a12 * x2 - b12 * y2 + a13 * x3 - b13 * y3
                )
                m1[k] = (a10 * y0 + b10 * x0 + a11 * y1 + b11 * x1) + (
                    a12 * y2 + b12 * x2 + a13 * y3 + b13 * x3
                )
                r2[k] = (a20 * x0 - b20 * y0 + a21 * x1 - b21 * y1) + (
                    a22 * x2 - b22 * y2 + a23 * x3 - b23 * y3
                )
                m2[k] = (a20 * y0 + b20 * x0 + a21 * y1 + b21 * x1) + (
                    a22 * y2 + b22 * x2 + a23 * y3 + b23 * x3
                )
                r3[k] = (a30 * x0 - b30 * y0 + a31 * x1 - b31 * y1) + (
                    a32 * x2 - b32 * y2 + a33 * x3 - b33 * y3
                )
                m3[k] = (a30 * y0 + b30 * x0 + a31 * y1 + b31 * x1) + (
                    a32 * y2 + b32 * x2 + a33 * y3 + b33 * x3
                )


@njit(**_OPTIONS)
def _swapped(out, x, a):  # type: ignore[no-untyped-def]
    """Lanes with bit a turned over."""
    if a == 0:
        for k in range(len(x) // 2):
            out[2 * k], out[2 * k + 1] = x[2 * k + 1], x[2 * k]
    elif a == 1:
        for k in range(len(x) // 4):
            out[4 * k], out[4 * k + 1] = x[4 * k + 2], x[4 * k + 3]
            out[4 * k + 2], out[4 * k + 3] = x[4 * k], x[4 * k + 1]
    elif a == 2:
        for base in range(0, len(x), 8):
            for k in range(4):
                out[base + k] = x[base + 4 + k]
            for k in range(4):
                out[base + 4 + k] = x[base + k]
    else:
        for base in range(0, len(x), 16):
            for k in range(8):
                out[base + k] = x[base + 8 + k]
            for k in range(8):
                out[base + 8 + k] = x[base + k]


@njit(**_OPTIONS)
def _row(spare, row, lanes):  # type: ignore[no-untyped-def]
    return spare[row * _LANES : row * _LANES + lanes]


@njit(**_OPTIONS)
def _lanes_of(stay, turn, m, a, size, row, column):  # type: ignore[no-untyped-def]
    """Coefficients lane by lane: of what stays, and of what comes from where bit a is turned.

    `row` and `column` are those of the rest of the matrix, for the other qubit.
    """
    for k in range(len(stay)):
        bit = (k >> a) & 1
        stay[k] = m[(row + bit) * size + column + bit]
        turn[k] = m[(row + bit) * size + column + 1 - bit]


@njit(**_OPTIONS)
def _one_low(re, im, a, mr, mi, spare):  # type: ignore[no-untyped-def]
    lanes = min(_LANES, len(re))
    c0, c1 = _row(spare, 0, lanes), _row(spare, 1, lanes)
    d0, d1 = _row(spare, 2, lanes), _row(spare, 3, lanes)
    tr, ti = _row(spare, 4, lanes), _row(spare, 5, lanes)
    _lanes_of(c0, c1, mr, a, 2, 0, 0)
    _lanes_of(d0, d1, mi, a, 2, 0, 0)
    for base in range(0, len(re), lanes):
        r, m = re[base : base + lanes], im[base : base + lanes]
        _swapped(tr, r, a)
        _swapped(ti, m, a)
        for k in range(lanes):
            x, y, u, v = r[k], m[k], tr[k], ti[k]
            r[k] = c0[k] * x - d0[k] * y + c1[k] * u - d1[k] * v
            m[k] = c0[k] * y + d0[k] * x + c1[k] * v + d1[k] * u


@njit(**_OPTIONS)
def _mixed(r, m, x, y, u, v, p, q, s, t, w, first, lanes):  # type: ignore[no-untyped-def]
    """One half of the states from both halves, lane by lane."""
    c0, c1 = _row(w, first, lanes), _row(w, first + 1, lanes)
    c2, c3 = _row(w, first + 2, lanes), _row(w, first + 3, lanes)
    d0, d1 = _row(w, first + 8, lanes), _row(w, first + 9, lanes)
    d2, d3 = _row(w, first + 10, lanes), _row(w, first + 11, lanes)
    for k in range(lanes):
        real = c0[k] * x[k] - d0[k] * y[k] + c1[k] * u[k] - d1[k] * v[k]
        imag = c0[k] * y[k] + d0[k] * x[k] + c1[k] * v[k] + d1[k] * u[k]
        r[k] = real + (c2[k] * p[k] - d2[k] * q[k] + c3[k] * s[k] - d3[k] * t[k])
        m[k] = imag + (c2[k] * q[k] + d2[k] * p[k] + c3[k] * t[k] + d3[k] * s[k])


@njit(**_OPTIONS)
def _two_low(re, im, a, b, mr, mi, spare):  # type: ignore[no-untyped-def]
    """The lower qubit is within the lanes, the higher one is not."""
    high = 1 << b
    lanes = min(_LANES, high)
    for half in range(2):
        for other in range(2):
            at = 4 * half + 2 * other
            c0, c1 = _row(spare, at, lanes), _row(spare, at + 1, lanes)
            _lanes_of(c0, c1, mr, a, 4, 2 * half, 2 * other)
            d0, d1 = _row(spare, at + 8, lanes), _row(spare, at + 9, lanes)
            _lanes_of(d0, d1, mi, a, 4, 2 * half, 2 * other)
    x, y, u, v = (
        _row(spare, 16, lanes), _row(spare, 17, lanes),
        _row(spare, 18, lanes), _row(spare, 19, lanes),
    )  # fmt: skip
    p, q, s, t = (
        _row(spare, 20, lanes), _row(spare, 21, lanes),
        _row(spare, 22, lanes), _row(spare, 23, lanes),
    )  # fmt: skip
    for outer in range(0, len(re), 2 * high):
        for base in range(outer, outer + high, lanes):
            r0, m0 = re[base : base + lanes], im[base : base + lanes]
            r1, m1 = re[base + high : base + high + lanes], im[base + high : base + high + lanes]
            for k in range(lanes):
                x[k], y[k], p[k], q[k] = r0[k], m0[k], r1[k], m1[k]
            _swapped(u, x, a)
            _swapped(v, y, a)
            _swapped(s, p, a)
            _swapped(t, q, a)
            _mixed(r0, m0, x, y, u, v, p, q, s, t, spare, 0, lanes)
            _mixed(r1, m1, x, y, u, v, p, q, s, t, spare, 4, lanes)


@njit(**_OPTIONS)
def _two_lowest(re, im, a, b, mr, mi, spare):  # type: ignore[no-untyped-def]
    """Both qubits are within the lanes."""
    lanes = min(_LANES, len(re))
    for turn in range(4):
        c, d = _row(spare, turn, lanes), _row(spare, turn + 8, lanes)
        for k in range(lanes):
            own = ((k >> b) & 1) * 2 + ((k >> a) & 1)
            c[k] = mr[own * 4 + (own ^ turn)]
            d[k] = mi[own * 4 + (own ^ turn)]
    x, y, u, v = (
        _row(spare, 16, lanes), _row(spare, 17, lanes),
        _row(spare, 18, lanes), _row(spare, 19, lanes),
    )  # fmt: skip
    p, q, s, t = (
        _row(spare, 20, lanes), _row(spare, 21, lanes),
        _row(spare, 22, lanes), _row(spare, 23, lanes),
    )  # fmt: skip
    for base in range(0, len(re), lanes):
        r, m = re[base : base + lanes], im[base : base + lanes]
        for k in range(lanes):
            x[k], y[k] = r[k], m[k]
        _swapped(u, x, a)
        _swapped(v, y, a)
        _swapped(p, x, b)
        _swapped(q, y, b)
        _swapped(s, p, a)
        _swapped(t, q, a)
        _mixed(r, m, x, y, u, v, p, q, s, t, spare, 0, lanes)


@njit(**_OPTIONS)  # type: ignore[untyped-decorator]
def apply(  # type: ignore[no-untyped-def]
    re: Real, im: Real, qubits: Integers, mr: Real, mi: Real, first: int, last: int, spare: Real
):
    """Apply gates of one and two qubits, in place.

    Args:
        re: Array (2**n,), real parts.
        im: Imaginary parts.
        qubits: int64 array (gates, 2): the lower and the higher qubit; -1 as the higher one of
            gates of one qubit.
        mr: Array (gates, 16): matrices row by row, real parts; the lower qubit is the less
            significant bit.
        mi: Imaginary parts.
        first: Index of the first gate.
        last: One after the last.
        spare: Array (24 * 128,) to work in.
    """
    for gate in range(first, last):
        a, b = qubits[gate]
        if b < 0:
            if a < _LOW:
                _one_low(re, im, a, mr[gate], mi[gate], spare)
            else:
                _one(re, im, a, mr[gate], mi[gate])
        elif a >= _LOW:
            _two(re, im, a, b, mr[gate], mi[gate])
        elif b >= _LOW:
            _two_low(re, im, a, b, mr[gate], mi[gate], spare)
        else:
            _two_lowest(re, im, a, b, mr[gate], mi[gate], spare)


@njit(**_OPTIONS)  # type: ignore[untyped-decorator]
def weights(re: Real, im: Real, qubit: int):  # type: ignore[no-untyped-def]
    """Squared norms of the parts of a state in which a qubit is 0 and 1."""
    step = 1 << qubit
    zero = one = 0.0
    for base in range(0, len(re), 2 * step):
        for k in range(base, base + step):
            zero += re[k] * re[k] + im[k] * im[k]
        for k in range(base + step, base + 2 * step):
            one += re[k] * re[k] + im[k] * im[k]
    return zero, one


@njit(**_OPTIONS)  # type: ignore[untyped-decorator]
def scale(re: Real, im: Real, qubit: int, zero: float, one: float):  # type: ignore[no-untyped-def]
    """Multiply the parts of a state in which a qubit is 0 and 1, in place."""
    step = 1 << qubit
    a, b = re.dtype.type(zero), re.dtype.type(one)
    for base in range(0, len(re), 2 * step):
        for k in range(base, base + step):
            re[k] *= a
            im[k] *= a
        for k in range(base + step, base + 2 * step):
            re[k] *= b
            im[k] *= b


@njit(**_OPTIONS)  # type: ignore[untyped-decorator]
def lower(re: Real, im: Real, qubit: int, factor: float):  # type: ignore[no-untyped-def]
    """Put what has a qubit in 1 in the place of what has it in 0, times a factor, in place."""
    step = 1 << qubit
    a = re.dtype.type(factor)
    for base in range(0, len(re), 2 * step):
        for k in range(base, base + step):
            re[k], im[k] = a * re[k + step], a * im[k + step]
            re[k + step] = im[k + step] = 0


@njit(**_OPTIONS)  # type: ignore[untyped-decorator]
def drawn(re: Real, im: Real, uniforms: Real):  # type: ignore[no-untyped-def]
    """Basis states by their weights, one for each number in [0, 1); int64 array."""
    size = min(len(re), 256)
    sums = np.empty(len(re) // size)
    total = 0.0
    for chunk in range(len(sums)):
        part = 0.0
        for k in range(chunk * size, (chunk + 1) * size):
            part += re[k] * re[k] + im[k] * im[k]
        total += part
        sums[chunk] = total
    found = np.empty(len(uniforms), dtype=np.int64)
    for shot in range(len(uniforms)):
        wanted = uniforms[shot] * total
        chunk = min(np.searchsorted(sums, wanted, side="right"), len(sums) - 1)
        passed = sums[chunk - 1] if chunk > 0 else 0.0
        last = chunk * size
        for k in range(chunk * size, (chunk + 1) * size):
            weight = re[k] * re[k] + im[k] * im[k]
            if weight > 0:
                last = k
            passed += weight
            if passed > wanted:
                break
        found[shot] = last
    return found
