"""Compiled products of blocks of two qubits, 4 by 4 matrices."""

from __future__ import annotations

import numpy as np
from numba import njit

from backline.engines.gates.blockwise import INNER, OPTIONS, fill_table, lane_bits_of

# Loops instead of numpy's assignments: these take seconds to compile, for their messages.


@njit(**INNER)
def copy(out, m):  # type: ignore[no-untyped-def]
    """Make a block the same as another."""
    for row in range(4):
        for column in range(4):
            out[row, column] = m[row, column]


@njit(**INNER)
def set_one(m):  # type: ignore[no-untyped-def]
    """Make a block do nothing."""
    for row in range(4):
        for column in range(4):
            m[row, column] = 1.0 if row == column else 0.0


@njit(**INNER)
def put_after(m, after):  # type: ignore[no-untyped-def]
    """Put a block after a block, in place."""
    for column in range(4):
        a, b, c, d = m[0, column], m[1, column], m[2, column], m[3, column]
        for row in range(4):
            m[row, column] = (
                after[row, 0] * a + after[row, 1] * b + after[row, 2] * c + after[row, 3] * d
            )


@njit(**INNER)
def undo_after(m, block):  # type: ignore[no-untyped-def]
    """Put the inverse of a unitary block after a block, in place."""
    for column in range(4):
        a, b, c, d = m[0, column], m[1, column], m[2, column], m[3, column]
        for row in range(4):
            m[row, column] = (
                block[0, row].conjugate() * a
                + block[1, row].conjugate() * b
                + block[2, row].conjugate() * c
                + block[3, row].conjugate() * d
            )


@njit(**INNER)
def put_before(m, before):  # type: ignore[no-untyped-def]
    """Put a block before a block, in place."""
    for row in range(4):
        a, b, c, d = m[row, 0], m[row, 1], m[row, 2], m[row, 3]
        for column in range(4):
            m[row, column] = (
                a * before[0, column]
                + b * before[1, column]
                + c * before[2, column]
                + d * before[3, column]
            )


@njit(**INNER)
def follow(m, side, a, b, c, d):  # type: ignore[no-untyped-def]
    """Put a matrix [[a, b], [c, d]] after a block, on its lower (1) or higher (2) qubit."""
    for row in range(4):
        if row & side == 0:
            for column in range(4):
                x, y = m[row, column], m[row + side, column]
                m[row, column] = a * x + b * y
                m[row + side, column] = c * x + d * y


@njit(**INNER)
def follow_pauli(m, side, kind):  # type: ignore[no-untyped-def]
    """Put nothing (0), X, Y or Z after a block."""
    if kind == 1:
        follow(m, side, 0j, 1 + 0j, 1 + 0j, 0j)
    elif kind == 2:
        follow(m, side, 0j, -1j, 1j, 0j)
    elif kind == 3:
        follow(m, side, 1 + 0j, 0j, 0j, -1 + 0j)


@njit(**OPTIONS, cache=True)
def products(parts, bounds, pairs, blocks, places, like):  # type: ignore[no-untyped-def]
    """What blocks do before and after each of their sites, and as a whole.

    Args:
        parts: complex128 array (parts, 4, 4).
        bounds: The parts of block k are `bounds[k]` to `bounds[k + 1]`.
        pairs: int64 array (blocks, 2): the lower and the higher qubit.
        blocks: int64 array (sites,): in which block each lies.
        places: int64 array (sites,): before which part.
        like: An array of the numbers that states are made of.

    Returns:
        Two complex128 arrays (sites, 4, 4), and the blocks' tables of coefficients.
    """
    bits = lane_bits_of(like)
    sites = len(places)
    before = np.empty((sites, 4, 4), dtype=np.complex128)
    after = np.empty((sites, 4, 4), dtype=np.complex128)
    tables = np.zeros((len(pairs), 16 << bits), dtype=like.dtype)
    whole = np.empty((4, 4), dtype=np.complex128)
    site = 0
    for block in range(len(pairs)):
        first, last, begin = bounds[block], bounds[block + 1], site
        set_one(whole)
        for part in range(first, last + 1):
            while site < sites and blocks[site] == block and places[site] == part:
                copy(before[site], whole)
                site += 1
            if part < last:
                put_after(whole, parts[part])
        fill_table(tables[block], whole, pairs[block, 0], pairs[block, 1], bits)
        set_one(whole)
        at = site - 1
        for part in range(last, first - 1, -1):
            if part < last:
                put_before(whole, parts[part])
            while at >= begin and places[at] == part:
                copy(after[at], whole)
                at -= 1
    return before, after, tables
