"""The paths that shots take through a program, as a tree that is walked depth first; compiled.

Shots to which the same has happened are a group, and share a state. Where something happens to some
of them, the smallest part goes first, one level higher on a stack, and the others wait: so there
are at most as many levels as the number of shots has bits. A part's state is its parent's until
something is written to it, and a block with an event in it is one matrix, so that a part costs no
copy but the first block that it goes through.
"""

from __future__ import annotations

from numba import njit

from backline.engines.gates.block_matrices import copy, products, put_after
from backline.engines.gates.blockwise import (
    INNER,
    OPTIONS,
    apply_block,
    apply_pauli,
    apply_wide,
    chunk_sums,
    fill_table,
    found,
    lane_bits_of,
    weights,
)
from backline.engines.gates.chances import binomial, drawn, exponential, hits, uniform
from backline.engines.gates.happenings import (
    GO_TO,
    NOTHING,
    ON_QUBIT,
    SCATTERED,
    THEN_GO_ON,
    THEN_HIT,
    choose,
    draw_event,
    hit,
    in_block,
    make_due,
    move_on,
    on_qubit,
    part_first,
    read,
    wait,
)
from backline.engines.gates.stack import (
    ANSWERED,
    AT,
    BLOCK,
    CONTEXT,
    COUNTS,
    DIRTY,
    DUE,
    FIRST,
    GOAL,
    HIGH,
    KINDS,
    LAST,
    LEVEL,
    LOW,
    PEAK,
    PENDING,
    SITE,
    SOURCE,
    STEP,
    UNTIL,
)
from backline.engines.gates.tape import BRANCH, END, JUMP, MEASURE, RESET, SCATTER, SECTION, WIDE

__all__ = ["ASKING", "DONE", "WORKING", "products", "walk"]

DONE, WORKING, ASKING = range(3)
"""What a walk answers: it is at its end, it has worked enough, or it asks whether shots of the
group on the top level fulfil the condition of their step."""


@njit(**INNER)
def _searched(sums, first, last, wanted):  # type: ignore[no-untyped-def]
    """The first place from which on running sums are not below a number."""
    while first < last:
        middle = (first + last) >> 1
        if sums[middle] < wanted:
            first = middle + 1
        else:
            last = middle
    return first


@njit(**INNER)
def _set_out(group, streams, level, step, hazards, sites):  # type: ignore[no-untyped-def]
    """Draw the next site at which something happens to a group, or the end of a section."""
    if group[BLOCK] < 0:
        group[BLOCK], group[SITE] = step[1], step[3]
    site, end = group[SITE], step[4]
    if site < end:
        passed = hazards[site - 1] if site > step[3] else 0.0
        until = passed + exponential(streams, level) / (group[LAST] - group[FIRST])
        site = _searched(hazards, site, end, until)
    group[GOAL] = site
    group[UNTIL] = sites[site, 0] if site < end else step[2]


@njit(**INNER)
def _cut(groups, level):  # type: ignore[no-untyped-def]
    """Take the smallest part off a group, to the next level; its outcome, or -1.

    Where there is but one part the group stays, and 64 is added to the outcome.
    """
    group = groups[level]
    size = group[LAST] - group[FIRST]
    pending, rest = group[PENDING], size
    for k in range(pending):
        rest -= group[COUNTS + k]
    best, least = -1, rest if rest > 0 else size + 1
    for k in range(pending):
        count = 1 if group[KINDS + k] == SCATTERED else group[COUNTS + k]
        if count <= least:
            best, least = k, count
    kind = group[KINDS + best] if best >= 0 else NOTHING
    if least == size:
        group[PENDING] = 0
        return 64 + kind
    part = groups[level + 1]
    for k in range(KINDS):
        part[k] = group[k]
    part[LAST] = group[FIRST] + least
    part[PENDING] = 0
    group[FIRST] += least
    if best >= 0:
        group[COUNTS + best] -= least
        if group[COUNTS + best] == 0:
            group[PENDING] = pending - 1
            group[KINDS + best] = group[KINDS + pending - 1]
            group[COUNTS + best] = group[COUNTS + pending - 1]
    return kind


@njit(**INNER)
def _scatter(group, streams, level, re, im, out_re, out_im, qubits):  # type: ignore[no-untyped-def]
    """A Pauli on many qubits, any but the identity."""
    code = 1 + int(uniform(streams, level) * ((1 << 2 * len(qubits)) - 1))
    flips = phases = 0
    for place in range(len(qubits)):
        kind = (code >> 2 * place) & 3
        flips |= (kind & 1) << qubits[place]
        phases |= (kind >> 1) << qubits[place]
    apply_pauli(out_re, out_im, re, im, flips, phases)
    group[SOURCE] = level


@njit(**INNER)
def _hold(group, bits, holds, slots, truths):  # type: ignore[no-untyped-def]
    """Whether a condition holds, shot by shot."""
    for shot in range(group[FIRST], group[LAST]):
        number = 0
        for place in range(len(slots)):
            number |= int(bits[shot, slots[place]]) << place
        holds[shot] = truths[number]


@njit(**INNER)
def _end(group, streams, level, re, im, finals, readouts, bits):  # type: ignore[no-untyped-def]
    """Measure what is measured last."""
    if len(finals) == 0:
        return
    sums = chunk_sums(re, im)
    for shot in range(group[FIRST], group[LAST]):
        state = found(re, im, sums, uniform(streams, level))
        for k in range(len(finals)):
            bit = (state >> finals[k, 0]) & 1
            bits[shot, finals[k, 1]] = read(streams, level, readouts, finals[k, 2], bit)


@njit(**OPTIONS, cache=True)
def walk(tape, stack, work):  # type: ignore[no-untyped-def]
    """Follow shots to their ends, or for a while.

    Args:
        tape: The program, a `Tape`.
        stack: Where the walk is, a `Stack`; is moved on.
        work: About how many amplitudes may be computed.
    """
    control, groups, streams, bits = stack.control, stack.groups, stack.streams, stack.bits
    size = stack.re.shape[1]
    num_qubits = 0
    while 1 << num_qubits < size:
        num_qubits += 1
    lane_bits = lane_bits_of(stack.re)
    level = control[LEVEL]
    while level >= 0:
        control[LEVEL] = level
        control[PEAK] = max(control[PEAK], level)
        if work <= 0:
            return WORKING
        group = groups[level]
        source, block = group[SOURCE], group[BLOCK]
        re, im = stack.re[source], stack.im[source]
        out_re, out_im = stack.re[level], stack.im[level]
        m, kraus = stack.matrices[level], stack.kraus[level]
        if group[DUE] or block < group[UNTIL]:
            due = group[DUE]
            if due:
                low, high, table = group[LOW], group[HIGH], stack.table
                fill_table(table, m, low, high, lane_bits)
            else:
                low, high, table = tape.pairs[block, 0], tape.pairs[block, 1], tape.tables[block]
                group[BLOCK] = block + 1
            apply_block(out_re, out_im, re, im, table, low, high, lane_bits)
            group[SOURCE], group[DUE] = level, 0
            if due == THEN_HIT:
                at = group[CONTEXT]
                site, amounts = tape.sites[at], tape.amounts[at]
                hit(group, m, kraus, streams, level, out_re, out_im, site, amounts)
            work -= size
            continue
        work -= 64
        if group[PENDING] > 0:
            kind = _cut(groups, level)
            if kind >= 64:
                kind -= 64
            else:
                streams[level + 1] = drawn(streams, level)
                level += 1
                group = groups[level]
                if group[DIRTY]:
                    copy(stack.matrices[level], m)
                m = stack.matrices[level]
                for k in range(8):
                    stack.kraus[level, k] = kraus[k]
                kraus = stack.kraus[level]
            at = group[CONTEXT]
            if kind == GO_TO:
                group[STEP] = at
            elif kind == SCATTERED:
                step = tape.steps[at]
                qubits = tape.numbers[step[1] : step[1] + step[2]]
                _scatter(group, streams, level, re, im, stack.re[level], stack.im[level], qubits)
            elif kind >= ON_QUBIT:
                step = tape.steps[at]
                on_qubit(group, m, kraus, step[1], num_qubits, kind - ON_QUBIT)
                if step[0] == MEASURE:
                    for shot in range(group[FIRST], group[LAST]):
                        bit = read(streams, level, tape.readouts, step[3], kind - ON_QUBIT)
                        bits[shot, step[2]] = bit
            elif kind != NOTHING:
                site = tape.sites[at]
                in_block(group, m, kraus, tape.before[at], site, tape.pairs[site[0]], kind)
            continue
        here = group[STEP]
        step = tape.steps[here]
        kind = step[0]
        if kind == SECTION:
            goal = group[GOAL]
            if goal < 0:
                _set_out(group, streams, level, step, tape.hazards, tape.sites)
                block = group[BLOCK]
                if group[DIRTY] and block < group[UNTIL]:
                    put_after(m, tape.after[group[AT]])
                    make_due(group, tape.pairs[block, 0], tape.pairs[block, 1], THEN_GO_ON)
                    group[DIRTY], group[BLOCK] = 0, block + 1
            elif goal == step[4]:
                group[STEP] = here + 1
                group[BLOCK] = group[UNTIL] = group[GOAL] = -1
            else:
                if group[DIRTY]:
                    move_on(group, m, tape.before[group[AT]], tape.before[goal], goal)
                group[CONTEXT], group[SITE], group[GOAL] = goal, goal + 1, -1
                many = group[LAST] - group[FIRST]
                many = hits(streams, level, many, tape.amounts[goal, 0])
                draw_event(group, streams, level, tape.sites[goal, 1], tape.sites[goal, 2], many)
            continue
        work -= size
        if kind == END:
            _end(group, streams, level, re, im, tape.finals, tape.readouts, bits)
            level -= 1
            continue
        group[CONTEXT] = here
        if kind == BRANCH:
            if step[4] >= 0:
                slots = tape.numbers[step[2] : step[2] + step[3]]
                _hold(group, bits, stack.holds, slots, tape.truths[step[4] :])
            elif not control[ANSWERED]:
                return ASKING
            control[ANSWERED] = 0
            group[STEP] = part_first(group, bits, stack.holds, step[1])
        elif kind == JUMP:
            group[STEP] = step[1]
        elif kind == WIDE:
            work -= size << step[2]
            qubits = tape.numbers[step[1] : step[1] + step[2]]
            layout = tape.layout[step[3] : step[3] + (1 << step[2]) + 1]
            apply_wide(
                out_re, out_im, re, im, qubits, layout, tape.columns, tape.values, stack.spare
            )
            group[SOURCE], group[STEP] = level, here + 1
        else:
            group[STEP] = here + 1
            many = group[LAST] - group[FIRST]
            if kind == SCATTER:
                many = binomial(streams, level, many, tape.chances[step[3]])
                wait(group, SCATTERED, many)
            else:
                zero, one = weights(re, im, step[1])
                ones = binomial(streams, level, many, one / (zero + one))
                choose(group, kraus, ON_QUBIT, zero, one, ones, kind == RESET)
    control[LEVEL] = level
    return DONE
