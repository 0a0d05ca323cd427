"""The groups of shots that a walk through a program has on its hands, as arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from backline.engines.gates.arrays import Integers, Real
from backline.engines.gates.program import Complex

LEVEL, PEAK, ANSWERED = range(3)
"""What is known of a walk: the top level, the highest one so far, whether Python has answered."""

_NUMBERS = 15
FIRST, LAST, STEP, BLOCK, UNTIL, SITE, GOAL, SOURCE, DIRTY, AT, PENDING, CONTEXT, DUE, LOW, HIGH = (
    range(_NUMBERS)
)
"""What is known of a group: its shots; its step; its block and the one to which it goes; the next
site, and the one to which it goes or -1; the level of its state; whether it has a matrix of its own
in place of its block, and up to which site; how many outcomes wait, and of which site or step;
whether the matrix is due, and on which qubits."""

MOST_KINDS = 16
KINDS, COUNTS, WIDTH = _NUMBERS, _NUMBERS + MOST_KINDS, _NUMBERS + 2 * MOST_KINDS
"""Where the outcomes that wait stand, and how many shots each of them has."""


class Stack(NamedTuple):
    """All that a walk changes.

    Attributes:
        control: int64 array (3,).
        groups: int64 array (levels, `WIDTH`).
        streams: uint64 array (levels,): sources of chance.
        matrices: complex128 array (levels, 4, 4): of blocks that are not applied yet.
        kraus: Array (levels, 8): the operators of two outcomes that the state chooses from.
        re: Array (levels, 2**n): states, real parts.
        im: Imaginary parts.
        table: Coefficients of a block.
        spare: complex128 array (2**widest,).
        holds: uint8 array (shots,): whether conditions hold.
        bits: uint8 array (shots, slots): outcomes.
    """

    control: Integers
    groups: Integers
    streams: NDArray[np.uint64]
    matrices: Complex
    kraus: NDArray[np.float64]
    re: Real
    im: Real
    table: Real
    spare: Complex
    holds: NDArray[np.uint8]
    bits: NDArray[np.uint8]


def new_stack(
    bits: NDArray[np.uint8], num_qubits: int, widest: int, stream: int, like: Real
) -> Stack:
    """A walk at its beginning.

    Args:
        bits: Array (shots, slots), gets the outcomes.
        num_qubits: Of states.
        widest: Most qubits of a gate.
        stream: Source of chance, up to 64 bits.
        like: An array of the numbers that states are made of.
    """
    shots = len(bits)
    levels = levels_for(shots)
    groups = np.zeros((levels, WIDTH), dtype=np.int64)
    groups[0, LAST] = shots
    groups[0, [BLOCK, UNTIL, GOAL]] = -1
    re, im = (np.empty((levels, 1 << num_qubits), dtype=like.dtype) for _ in range(2))
    re[0] = im[0] = 0
    re[0, 0] = 1
    return Stack(
        np.zeros(3, dtype=np.int64),
        groups,
        np.full(levels, stream, dtype=np.uint64),
        np.zeros((levels, 4, 4), dtype=np.complex128),
        np.zeros((levels, 8)),
        re,
        im,
        np.zeros(16 * 32 // like.itemsize, dtype=like.dtype),
        np.zeros(1 << widest, dtype=np.complex128),
        np.zeros(shots, dtype=np.uint8),
        bits,
    )


def levels_for(shots: int) -> int:
    """How many states so many shots have at the same time, at most.

    A part that goes first is at most half of its group.
    """
    return shots.bit_length()
