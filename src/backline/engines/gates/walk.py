"""The paths that shots take through a program, as a tree that is walked depth first; compiled.

Shots to which the same has happened are a group, and share a state. Where something happens to some
of them, the smallest part goes first, one level higher on a stack, and the others wait: so there
are at most as many levels as the number of shots has bits. A part's state is its parent's until
something is written to it, and a block with an event in it is one matrix, so that a part costs no
copy but the first block that it goes through.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from backline.engines.gates.arrays import Integers, Real
from backline.engines.gates.blockwise import (
    INNER,
    OPTIONS,
    apply_block,
    apply_pauli,
    apply_wide,
    chunk_sums,
    fill_table,
    found,
    weights,
)
from backline.engines.gates.chances import binomial, drawn, exponential, hits, uniform
from backline.engines.gates.program import Complex
from backline.engines.gates.tape import (
    BRANCH,
    DECAY,
    END,
    FLIP,
    JUMP,
    MEASURE,
    PAULIS,
    RESET,
    SCATTER,
    SECTION,
    WIDE,
)

DONE, WORKING, ASKING = range(3)
"""What a walk answers: it is at its end, it has worked enough, or it asks whether shots of the
group on the top level fulfil the condition of their step."""

_NUMBERS = 15
FIRST, LAST, STEP, BLOCK, UNTIL, SITE, GOAL, SOURCE, DIRTY, AT, PENDING, CONTEXT, DUE, LOW, HIGH = (
    range(_NUMBERS)
)
"""What is known of a group: its shots; its step; its block and the one to which it goes; the next
site, and the one to which it goes or -1; the level of its state; whether it has a matrix of its own
in place of its block, and up to which site; how many outcomes wait, and of which site or step;
whether the matrix is due, and on which qubits."""

LEVEL, PEAK, ANSWERED = range(3)
"""What is known of a walk: the top level, the highest one so far, whether Python has answered."""

_NOTHING, _HIT, _KRAUS, _ON_QUBIT, _GOTO, _SCATTERED = 0, 16, 17, 19, 21, 22  # 1 to 15: Paulis
_MOST_KINDS = 16
_THEN_GO_ON, _THEN_HIT = 1, 2  # when a matrix that is due is applied


class Stack(NamedTuple):
    """All that a walk changes.

    Attributes:
        control: int64 array (3,).
        groups: int64 array (levels, 15).
        kinds: int64 array (levels, 16): outcomes that wait, each with so many shots.
        counts: The same shape: how many.
        streams: uint64 array (levels,): sources of chance.
        matrices: complex128 array (levels, 4, 4): of blocks that are not applied yet.
        kraus: Array (levels, 2, 4): the operators of two outcomes that the state chooses from.
        re: Array (levels, 2**n): states, real parts.
        im: Imaginary parts.
        table: Coefficients of a block.
        spare: complex128 array (2**widest,).
        holds: uint8 array (shots,): whether conditions hold.
        bits: uint8 array (shots, slots): outcomes.
    """

    control: Integers
    groups: Integers
    kinds: Integers
    counts: Integers
    streams: NDArray[np.uint64]
    matrices: Complex
    kraus: NDArray[np.float64]
    re: Real
    im: Real
    table: Real
    spare: Complex
    holds: NDArray[np.uint8]
    bits: NDArray[np.uint8]


def new_stack(  # a walk that begins
    bits: NDArray[np.uint8], num_qubits: int, widest: int, stream: int, like: Real
) -> Stack:
    """A walk at its beginning.

    Args:
        bits: Gets the outcomes.
        num_qubits: Of states.
        widest: Most qubits of a gate.
        stream: Source of chance, any 64 bits.
        like: An array of the numbers that states are made of.
    """
    shots = len(bits)
    levels = levels_for(shots)
    groups = np.zeros((levels, _NUMBERS), dtype=np.int64)
    groups[0, LAST] = shots
    groups[0, [BLOCK, UNTIL, GOAL]] = -1
    re, im = (np.empty((levels, 1 << num_qubits), dtype=like.dtype) for _ in range(2))
    re[0] = im[0] = 0
    re[0, 0] = 1
    return Stack(
        np.zeros(3, dtype=np.int64),
        groups,
        np.zeros((levels, _MOST_KINDS), dtype=np.int64),
        np.zeros((levels, _MOST_KINDS), dtype=np.int64),
        np.full(levels, stream, dtype=np.uint64),
        np.zeros((levels, 4, 4), dtype=np.complex128),
        np.zeros((levels, 2, 4)),
        re,
        im,
        np.zeros(_table_size(like), dtype=like.dtype),
        np.zeros(1 << widest, dtype=np.complex128),
        np.zeros(shots, dtype=np.uint8),
        bits,
    )


def levels_for(shots: int) -> int:
    """How many states so many shots need at the same time."""
    return shots.bit_length()


def _table_size(like: Real) -> int:
    return 16 * 32 // like.itemsize


@njit(**INNER)
def _bits_of_lanes(plane):  # type: ignore[no-untyped-def]
    return 3 if plane.itemsize == 4 else 2


@njit(**INNER)
def _times(a, b):  # type: ignore[no-untyped-def]
    """The product of two blocks."""
    out = np.empty((4, 4), dtype=np.complex128)
    for row in range(4):
        for column in range(4):
            total = 0j
            for k in range(4):
                total += a[row, k] * b[k, column]
            out[row, column] = total
    return out


@njit(**INNER)
def _set_one(m):  # type: ignore[no-untyped-def]
    m[:] = 0
    for k in range(4):
        m[k, k] = 1


@njit(**INNER)
def _follow(m, side, a, b, c, d):  # type: ignore[no-untyped-def]
    """Put a matrix [[a, b], [c, d]] on one qubit after a block."""
    for row in range(4):
        if row & side == 0:
            for column in range(4):
                x, y = m[row, column], m[row + side, column]
                m[row, column] = a * x + b * y
                m[row + side, column] = c * x + d * y


@njit(**INNER)
def _pauli(m, side, kind):  # type: ignore[no-untyped-def]
    if kind == 1:
        _follow(m, side, 0j, 1 + 0j, 1 + 0j, 0j)
    elif kind == 2:
        _follow(m, side, 0j, -1j, 1j, 0j)
    elif kind == 3:
        _follow(m, side, 1 + 0j, 0j, 0j, -1 + 0j)


@njit(**OPTIONS, cache=True)
def products(parts, bounds, pairs, blocks, places, like):  # type: ignore[no-untyped-def]
    """What blocks do before and after each of their sites, and as a whole."""
    bits = _bits_of_lanes(like)
    sites = len(places)
    before = np.empty((sites, 4, 4), dtype=np.complex128)
    after = np.empty((sites, 4, 4), dtype=np.complex128)
    tables = np.zeros((len(pairs), 16 << bits), dtype=like.dtype)
    site = 0
    whole = np.empty((4, 4), dtype=np.complex128)
    for block in range(len(pairs)):
        first, last = bounds[block], bounds[block + 1]
        begin = site
        _set_one(whole)
        for part in range(first, last + 1):
            while site < sites and blocks[site] == block and places[site] == part:
                before[site] = whole
                site += 1
            if part < last:
                whole = _times(parts[part], whole)
        fill_table(tables[block], whole, pairs[block, 0], pairs[block, 1], bits)
        _set_one(whole)
        at = site - 1
        for part in range(last, first - 1, -1):
            if part < last:
                whole = _times(whole, parts[part])
            while at >= begin and places[at] == part:
                after[at] = whole
                at -= 1
    return before, after, tables


@njit(**INNER)
def _make_due(stack, level, low, high, then):  # type: ignore[no-untyped-def]
    """Have the matrix of a group applied."""
    groups = stack.groups[level]
    groups[LOW], groups[HIGH], groups[DUE] = low, high, then


@njit(**INNER)
def _on_qubit(stack, level, qubit):  # type: ignore[no-untyped-def]
    """Where a qubit's matrix goes: (lower qubit, higher qubit, side)."""
    if (2 << qubit) == stack.re.shape[1]:
        return qubit - 1, qubit, 2
    return qubit, qubit + 1, 1


@njit(**INNER)
def _wait(stack, level, kind, count):  # type: ignore[no-untyped-def]
    """An outcome of some shots of a group."""
    if count > 0:
        place = stack.groups[level, PENDING]
        stack.kinds[level, place] = kind
        stack.counts[level, place] = count
        stack.groups[level, PENDING] = place + 1


@njit(**INNER)
def _choose(stack, level, kind, zero, one, ones, lowers):  # type: ignore[no-untyped-def]
    """Two outcomes by what a qubit is found in: in 1 it stays, or is lowered to 0."""
    kraus = stack.kraus[level]
    kraus[:] = 0
    size = stack.groups[level, LAST] - stack.groups[level, FIRST]
    if zero > 0:
        kraus[0, 0] = zero**-0.5
    if one > 0:
        kraus[1, 1 if lowers else 3] = one**-0.5
    _wait(stack, level, kind, size - ones)
    _wait(stack, level, kind + 1, ones)


@njit(**INNER)
def _hit(tape, stack, level):  # type: ignore[no-untyped-def]
    """An event that depends on the state, at all shots of a group; its matrix is applied."""
    groups, site = stack.groups[level], stack.groups[level, CONTEXT]
    event, side = tape.sites[site, 1], tape.sites[site, 2]
    _set_one(stack.matrices[level])
    qubit = groups[LOW] if side == 1 else groups[HIGH]
    zero, one = weights(stack.re[level], stack.im[level], qubit)
    size = groups[LAST] - groups[FIRST]
    if event == DECAY:
        ones = binomial(stack.streams, level, size, one / (zero + one))
        _choose(stack, level, _KRAUS, zero, one, ones, True)
        return
    stay, jump = tape.amounts[site, 1], tape.amounts[site, 2]
    jumps = binomial(stack.streams, level, size, min(1.0, jump * jump * one / (zero + one)))
    _choose(stack, level, _KRAUS, zero, one, jumps, True)
    factor = (zero + one * stay * stay) ** -0.5
    stack.kraus[level, 0, 0] = factor
    stack.kraus[level, 0, 3] = factor * stay


@njit(**INNER)
def _happen(tape, stack, level, kind):  # type: ignore[no-untyped-def]
    """An outcome, at all shots of a group."""
    groups, m = stack.groups[level], stack.matrices[level]
    context = groups[CONTEXT]
    if kind == _NOTHING:
        return
    if kind == _GOTO:
        groups[STEP] = context
        return
    if kind == _SCATTERED:
        _scatter(tape, stack, level, tape.steps[context])
        return
    if kind >= _ON_QUBIT:
        step = tape.steps[context]
        _set_one(m)
        a, b, side = _on_qubit(stack, level, step[1])
        k = stack.kraus[level, kind - _ON_QUBIT]
        _follow(m, side, k[0] + 0j, k[1] + 0j, k[2] + 0j, k[3] + 0j)
        _make_due(stack, level, a, b, _THEN_GO_ON)
        if step[0] == MEASURE:
            for shot in range(groups[FIRST], groups[LAST]):
                bit = kind - _ON_QUBIT
                stack.bits[shot, step[2]] = _read(tape, stack, level, step[3], bit)
        return
    if not groups[DIRTY]:
        m[:] = tape.before[context]
    groups[DIRTY], groups[AT] = 1, context
    if kind == _HIT:
        a, b = tape.pairs[tape.sites[context, 0]]
        _make_due(stack, level, a, b, _THEN_HIT)
    elif kind >= _KRAUS:
        k = stack.kraus[level, kind - _KRAUS]
        _follow(m, tape.sites[context, 2], k[0] + 0j, k[1] + 0j, k[2] + 0j, k[3] + 0j)
    else:
        _pauli(m, 1, kind & 3)
        _pauli(m, 2, kind >> 2)


@njit(**INNER)
def _scatter(tape, stack, level, step):  # type: ignore[no-untyped-def]
    """A Pauli on many qubits, any but the identity."""
    groups, count = stack.groups[level], step[2]
    code = 1 + int(uniform(stack.streams, level) * ((1 << 2 * count) - 1))
    flips = phases = 0
    for place in range(count):
        kind = (code >> 2 * place) & 3
        qubit = tape.numbers[step[1] + place]
        flips |= (kind & 1) << qubit
        phases |= (kind >> 1) << qubit
    source = groups[SOURCE]
    apply_pauli(
        stack.re[level], stack.im[level], stack.re[source], stack.im[source], flips, phases
    )
    groups[SOURCE] = level


@njit(**INNER)
def _read(tape, stack, level, row, bit):  # type: ignore[no-untyped-def]
    """What is read of a bit."""
    if row < 0:
        return bit
    wrong = tape.readouts[row, bit]
    if wrong > 0 and uniform(stack.streams, level) < wrong:
        return 1 - bit
    return bit


@njit(**INNER)
def _part(tape, stack, level):  # type: ignore[no-untyped-def]
    """Let the smallest part of a group go first; the level that goes on."""
    groups, kinds, counts = stack.groups, stack.kinds[level], stack.counts[level]
    pending = groups[level, PENDING]
    size = groups[level, LAST] - groups[level, FIRST]
    rest = size
    for k in range(pending):
        rest -= counts[k]
    best, least = -1, rest if rest > 0 else size + 1
    for k in range(pending):
        count = 1 if kinds[k] == _SCATTERED else counts[k]
        if count <= least:
            best, least = k, count
    kind = kinds[best] if best >= 0 else _NOTHING
    if least == size:
        groups[level, PENDING] = 0
        _happen(tape, stack, level, kind)
        return level
    top = level + 1
    groups[top] = groups[level]
    groups[top, LAST] = groups[level, FIRST] + least
    groups[top, PENDING] = 0
    groups[level, FIRST] += least
    stack.streams[top] = drawn(stack.streams, level)
    if groups[level, DIRTY]:
        stack.matrices[top] = stack.matrices[level]
    stack.kraus[top] = stack.kraus[level]
    if best >= 0:
        counts[best] -= least
        if counts[best] == 0:
            pending -= 1
            kinds[best], counts[best] = kinds[pending], counts[pending]
            groups[level, PENDING] = pending
    _happen(tape, stack, top, kind)
    return top


@njit(**INNER)
def _through(tape, stack, level, step):  # type: ignore[no-untyped-def]
    """Set out for the next site at which something happens or the end of a section, or arrive."""
    groups = stack.groups[level]
    size = groups[LAST] - groups[FIRST]
    end = step[4]
    if groups[BLOCK] < 0:
        groups[BLOCK], groups[UNTIL], groups[SITE] = step[1], step[1], step[3]
    if groups[GOAL] < 0:
        site = groups[SITE]
        if site < end:
            passed = tape.hazards[site - 1] if site > step[3] else 0.0
            until = passed + exponential(stack.streams, level) / size
            site += np.searchsorted(tape.hazards[site:end], until)
        groups[GOAL] = site
        groups[UNTIL] = tape.sites[site, 0] if site < end else step[2]
        block = groups[BLOCK]
        if groups[DIRTY] and block < groups[UNTIL]:
            stack.matrices[level] = _times(tape.after[groups[AT]], stack.matrices[level])
            _make_due(stack, level, tape.pairs[block, 0], tape.pairs[block, 1], _THEN_GO_ON)
            groups[DIRTY] = 0
            groups[BLOCK] = block + 1
        return
    goal = groups[GOAL]
    groups[GOAL] = -1
    if goal == end:
        groups[STEP] += 1
        groups[BLOCK] = groups[UNTIL] = -1
        return
    if groups[DIRTY]:
        back = tape.before[groups[AT]].conj().T
        stack.matrices[level] = _times(tape.before[goal], _times(back, stack.matrices[level]))
        groups[AT] = goal
    groups[SITE] = goal + 1
    groups[CONTEXT] = goal
    _draw_event(tape, stack, level, goal, hits(stack.streams, level, size, tape.amounts[goal, 0]))


@njit(**INNER)
def _draw_event(tape, stack, level, site, count):  # type: ignore[no-untyped-def]
    """What happens at a site to some shots, as far as that does not depend on the state."""
    event, side = tape.sites[site, 1], tape.sites[site, 2]
    if event == PAULIS:
        most = 15 if side == 3 else 3
        unit = 4 if side == 2 else 1
        for _ in range(count):
            kind = unit * (1 + int(uniform(stack.streams, level) * most))
            place = 0
            pending = stack.groups[level, PENDING]
            while place < pending and stack.kinds[level, place] != kind:
                place += 1
            if place < pending:
                stack.counts[level, place] += 1
            else:
                _wait(stack, level, kind, 1)
    elif event == FLIP:
        _wait(stack, level, 3 if side == 1 else 12, count)
    else:
        _wait(stack, level, _HIT, count)


@njit(**INNER)
def _look(stack, level, step):  # type: ignore[no-untyped-def]
    """A measurement or a reset."""
    groups = stack.groups[level]
    source = groups[SOURCE]
    zero, one = weights(stack.re[source], stack.im[source], step[1])
    size = groups[LAST] - groups[FIRST]
    ones = binomial(stack.streams, level, size, one / (zero + one))
    _choose(stack, level, _ON_QUBIT, zero, one, ones, step[0] == RESET)


@njit(**INNER)
def _hold(tape, stack, level, step):  # type: ignore[no-untyped-def]
    """Whether a condition holds, shot by shot."""
    for shot in range(stack.groups[level, FIRST], stack.groups[level, LAST]):
        number = 0
        for place in range(step[3]):
            number |= np.int64(stack.bits[shot, tape.numbers[step[2] + place]]) << place
        stack.holds[shot] = tape.truths[step[4] + number]


@njit(**INNER)
def _branch(stack, level, step):  # type: ignore[no-untyped-def]
    """Shots that jump and shots that go on, the fewer of them first."""
    groups, holds, bits = stack.groups[level], stack.holds, stack.bits
    first, last = groups[FIRST], groups[LAST]
    on, to = groups[STEP] + 1, step[1]
    held = 0
    for shot in range(first, last):
        held += holds[shot]
    few = min(held, last - first - held)
    wanted = 1 if held == few else 0
    small, large = (on, to) if wanted else (to, on)
    groups[STEP], groups[CONTEXT] = large, small
    if few == 0:
        return
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
    _wait(stack, level, _GOTO, few)


@njit(**INNER)
def _end(tape, stack, level):  # type: ignore[no-untyped-def]
    """Measure what is measured last."""
    groups = stack.groups[level]
    if len(tape.finals) == 0:
        return
    re, im = stack.re[groups[SOURCE]], stack.im[groups[SOURCE]]
    sums = chunk_sums(re, im)
    for shot in range(groups[FIRST], groups[LAST]):
        state = found(re, im, sums, uniform(stack.streams, level))
        for k in range(len(tape.finals)):
            bit = (state >> tape.finals[k, 0]) & 1
            stack.bits[shot, tape.finals[k, 1]] = _read(tape, stack, level, tape.finals[k, 2], bit)


@njit(**INNER)
def _wide(tape, stack, level, step):  # type: ignore[no-untyped-def]
    """A gate on many qubits."""
    groups = stack.groups[level]
    source = groups[SOURCE]
    qubits = tape.numbers[step[1] : step[1] + step[2]]
    layout = tape.layout[step[3] : step[3] + (1 << step[2]) + 1]
    re, im, out_re, out_im = stack.re[source], stack.im[source], stack.re[level], stack.im[level]
    apply_wide(out_re, out_im, re, im, qubits, layout, tape.columns, tape.values, stack.spare)
    groups[SOURCE] = level
    groups[STEP] += 1


@njit(**INNER)
def _between(tape, stack, level, step):  # type: ignore[no-untyped-def]
    """A step that is neither a section nor a wide gate."""
    groups = stack.groups[level]
    if step[0] == JUMP:
        groups[STEP] = step[1]
        return
    groups[CONTEXT] = groups[STEP]
    groups[STEP] += 1
    if step[0] == SCATTER:
        size = groups[LAST] - groups[FIRST]
        _wait(
            stack,
            level,
            _SCATTERED,
            binomial(stack.streams, level, size, tape.chances[step[3]]),
        )
    else:
        _look(stack, level, step)


@njit(**OPTIONS, cache=True)
def walk(tape, stack, work):  # type: ignore[no-untyped-def]
    """Follow shots to their ends, or for a while.

    Args:
        tape: The program.
        stack: Where the walk is; is moved on.
        work: About how many amplitudes may be computed.
    """
    control, size = stack.control, stack.re.shape[1]
    bits = _bits_of_lanes(stack.re)
    level = control[LEVEL]
    while level >= 0:
        control[LEVEL] = level
        control[PEAK] = max(control[PEAK], level)
        if work <= 0:
            return WORKING
        groups = stack.groups[level]
        due, block, source = groups[DUE], groups[BLOCK], groups[SOURCE]
        if due or block < groups[UNTIL]:
            if due:
                a, b, table = groups[LOW], groups[HIGH], stack.table
                fill_table(table, stack.matrices[level], a, b, bits)
            else:
                a, b, table = tape.pairs[block, 0], tape.pairs[block, 1], tape.tables[block]
                groups[BLOCK] = block + 1
            re, im = stack.re[level], stack.im[level]
            apply_block(re, im, stack.re[source], stack.im[source], table, a, b, bits)
            groups[SOURCE], groups[DUE] = level, 0
            if due == _THEN_HIT:
                _hit(tape, stack, level)
            work -= size
            continue
        work -= 64
        if groups[PENDING] > 0:
            level = _part(tape, stack, level)
            continue
        step = tape.steps[groups[STEP]]
        kind = step[0]
        if kind == SECTION:
            _through(tape, stack, level, step)
            continue
        work -= size
        if kind == END:
            _end(tape, stack, level)
            level -= 1
        elif kind == BRANCH:
            if step[4] >= 0:
                _hold(tape, stack, level, step)
            elif not control[ANSWERED]:
                return ASKING
            control[ANSWERED] = 0
            _branch(stack, level, step)
        elif kind == WIDE:
            work -= size << step[2]
            _wide(tape, stack, level, step)
        else:
            _between(tape, stack, level, step)
    control[LEVEL] = level
    return DONE
