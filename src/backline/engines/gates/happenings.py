"""Compiled: what happens to shots of a group, drawn and done. See `walk` and `stack`."""

from __future__ import annotations

from numba import njit

from backline.engines.gates.block_matrices import (
    copy,
    follow,
    follow_pauli,
    put_after,
    set_one,
    undo_after,
)
from backline.engines.gates.blockwise import INNER, weights
from backline.engines.gates.chances import binomial, uniform
from backline.engines.gates.stack import (
    AT,
    CONTEXT,
    COUNTS,
    DIRTY,
    DUE,
    FIRST,
    HIGH,
    KINDS,
    LAST,
    LOW,
    PENDING,
)
from backline.engines.gates.tape import DECAY, FLIP, PAULIS

NOTHING, HIT, KRAUS, ON_QUBIT, GO_TO, SCATTERED = 0, 16, 17, 19, 21, 22
"""Outcomes; 1 to 15 are Paulis, and two each belong to `KRAUS` and `ON_QUBIT`."""

THEN_GO_ON, THEN_HIT = 1, 2
"""What comes after a matrix that is due."""


@njit(**INNER)
def wait(group, kind, count):  # type: ignore[no-untyped-def]
    """Let an outcome of some shots of a group wait."""
    if count > 0:
        place = group[PENDING]
        group[KINDS + place] = kind
        group[COUNTS + place] = count
        group[PENDING] = place + 1


@njit(**INNER)
def make_due(group, low, high, then):  # type: ignore[no-untyped-def]
    """Have the matrix of a group applied."""
    group[LOW], group[HIGH], group[DUE] = low, high, then


@njit(**INNER)
def choose(group, kraus, kind, zero, one, ones, lowers):  # type: ignore[no-untyped-def]
    """Two outcomes by what a qubit is found in: in 1 it stays, or is lowered to 0."""
    for k in range(8):
        kraus[k] = 0.0
    if zero > 0:
        kraus[0] = zero**-0.5
    if one > 0:
        kraus[4 + (1 if lowers else 3)] = one**-0.5
    wait(group, kind, group[LAST] - group[FIRST] - ones)
    wait(group, kind + 1, ones)


@njit(**INNER)
def draw_event(group, streams, level, event, side, count):  # type: ignore[no-untyped-def]
    """What happens at a site to some shots, as far as that does not depend on the state."""
    if event == PAULIS:
        most = 15 if side == 3 else 3
        unit = 4 if side == 2 else 1
        for _ in range(count):
            kind = unit * (1 + int(uniform(streams, level) * most))
            place = 0
            while place < group[PENDING] and group[KINDS + place] != kind:
                place += 1
            if place < group[PENDING]:
                group[COUNTS + place] += 1
            else:
                wait(group, kind, 1)
    elif event == FLIP:
        wait(group, 3 if side == 1 else 12, count)
    else:
        wait(group, HIT, count)


@njit(**INNER)
def hit(group, m, kraus, streams, level, re, im, site, amounts):  # type: ignore[no-untyped-def]
    """An event that depends on the state, at all shots of a group; its matrix is applied."""
    set_one(m)
    zero, one = weights(re, im, group[LOW] if site[2] == 1 else group[HIGH])
    size = group[LAST] - group[FIRST]
    jump = 1.0 if site[1] == DECAY else amounts[2]
    lowered = binomial(streams, level, size, min(1.0, jump * jump * one / (zero + one)))
    choose(group, kraus, KRAUS, zero, one, lowered, True)
    if site[1] != DECAY:
        stay = amounts[1]
        kraus[0] = (zero + one * stay * stay) ** -0.5
        kraus[3] = kraus[0] * stay


@njit(**INNER)
def in_block(group, m, kraus, before, site, pair, kind):  # type: ignore[no-untyped-def]
    """An outcome at a site, at all shots of a group."""
    if not group[DIRTY]:
        copy(m, before)
    group[DIRTY], group[AT] = 1, group[CONTEXT]
    if kind == HIT:
        make_due(group, pair[0], pair[1], THEN_HIT)
    elif kind >= KRAUS:
        k = 4 * (kind - KRAUS)
        follow(m, site[2], kraus[k] + 0j, kraus[k + 1] + 0j, kraus[k + 2] + 0j, kraus[k + 3] + 0j)
    else:
        follow_pauli(m, 1, kind & 3)
        follow_pauli(m, 2, kind >> 2)


@njit(**INNER)
def move_on(group, m, here, there, site):  # type: ignore[no-untyped-def]
    """Go on to a later site in the same block, with what has happened before."""
    undo_after(m, here)
    put_after(m, there)
    group[AT] = site


@njit(**INNER)
def on_qubit(group, m, kraus, qubit, num_qubits, outcome):  # type: ignore[no-untyped-def]
    """An outcome of a measurement or reset, at all shots of a group."""
    set_one(m)
    k = 4 * outcome
    side = 2 if qubit == num_qubits - 1 else 1
    follow(m, side, kraus[k] + 0j, kraus[k + 1] + 0j, kraus[k + 2] + 0j, kraus[k + 3] + 0j)
    low = qubit - 1 if side == 2 else qubit
    make_due(group, low, low + 1, THEN_GO_ON)


@njit(**INNER)
def read(streams, level, readouts, row, bit):  # type: ignore[no-untyped-def]
    """What is read of a bit."""
    if row < 0:
        return bit
    wrong = readouts[row, bit]
    if wrong > 0 and uniform(streams, level) < wrong:
        return 1 - bit
    return bit


@njit(**INNER)
def part_first(group, bits, holds, to):  # type: ignore[no-untyped-def]
    """Shots for which a condition holds and others: the fewer of them go first, to their step.

    Returns:
        The step of the others.
    """
    first, last = group[FIRST], group[LAST]
    on = group[CONTEXT] + 1
    held = 0
    for shot in range(first, last):
        held += holds[shot]
    few = min(held, last - first - held)
    wanted = 1 if held == few else 0
    small, large = (on, to) if wanted else (to, on)
    group[CONTEXT] = small
    if few == 0:
        return large
    left, right = first, last - 1
    while True:
        while left <= right and holds[left] == wanted:
            left += 1
        while left <= right and holds[right] != wanted:
            right -= 1
        if left > right:
            break
        holds[left], holds[right] = holds[right], holds[left]
        for slot in range(bits.shape[1]):
            bits[left, slot], bits[right, slot] = bits[right, slot], bits[left, slot]
    wait(group, GO_TO, few)
    return large
