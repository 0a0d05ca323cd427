"""Leave out what no measurement can see; exact, because noise keeps the trace.

Seen from the end (in the Heisenberg picture), an operation on qubits that nobody looks at any more
is the identity. Of noise on two qubits of which one is looked at, that one's part is left: the
depolarizing channel of both acts on one as depolarizing of the same strength.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from backline.engines.gates.channels import GateNoise
from backline.engines.gates.program import (
    Jump,
    JumpUnless,
    Measure,
    Noise,
    Operation,
    Reset,
    Unitary,
)


def regions(operations: Sequence[Operation]) -> list[tuple[int, int]]:
    """Stretches that jumps lead through, as (start, end), merged where they overlap."""
    spans = sorted(
        (min(index, item.to), max(index + 1, item.to))
        for index, item in enumerate(operations)
        if isinstance(item, Jump | JumpUnless)
    )
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def pruned(operations: Sequence[Operation]) -> tuple[list[Operation], list[int]]:
    """The operations that matter to some measurement.

    Stretches with control flow stay whole or go whole.

    Args:
        operations: Of a program whose slots are all looked at.

    Returns:
        What is left, its jumps with new targets, and for each the index that it had.
    """
    kept: list[Operation | None] = list(operations)
    flow = regions(operations)
    _drop_after_everything(kept, flow)
    _drop_before_anything(kept, flow[0][0] if flow else len(kept))
    return _closed_up(kept)


def _drop_before_anything(kept: list[Operation | None], end: int) -> None:
    """Resets and relaxation, before `end`, of qubits that are in their ground state still."""
    touched: set[int] = set()
    for index, item in enumerate(kept[:end]):
        if isinstance(item, Reset):
            if item.qubit not in touched:
                kept[index] = None
        elif isinstance(item, Noise):
            if item.channel.depolarizing == 0.0 and touched.isdisjoint(item.qubits):
                kept[index] = None
            else:
                touched.update(item.qubits)
        elif isinstance(item, Unitary):
            touched.update(item.qubits)


def _drop_after_everything(kept: list[Operation | None], flow: list[tuple[int, int]]) -> None:
    starts = {end - 1: start for start, end in flow}
    live: set[int] = set()
    index = len(kept) - 1
    while index >= 0:
        if index in starts:
            _judge_region(kept, starts[index], index + 1, live)
            index = starts[index] - 1
            continue
        kept[index] = _judged(kept[index], live)
        index -= 1


def _judged(item: Operation | None, live: set[int]) -> Operation | None:
    """What is left of an operation; `live` becomes what is looked at before it."""
    if isinstance(item, Unitary):
        if live.isdisjoint(item.qubits):
            return None
        live.update(item.qubits)
    elif isinstance(item, Noise):
        return _seen(item, live)
    elif isinstance(item, Measure):
        live.add(item.qubit)
    elif isinstance(item, Reset):
        if item.qubit not in live:
            return None
        live.remove(item.qubit)
    return item


def _seen(item: Noise, live: set[int]) -> Noise | None:
    """The part of noise on qubits that are looked at."""
    which = [place for place, qubit in enumerate(item.qubits) if qubit in live]
    if len(which) == len(item.qubits):
        return item
    relaxations = tuple(item.channel.relaxations[place] for place in which)
    strength = item.channel.depolarizing
    if strength == 0.0 and all(relaxation is None for relaxation in relaxations):
        return None
    return Noise(tuple(item.qubits[p] for p in which), GateNoise(strength, relaxations))


def _judge_region(kept: list[Operation | None], start: int, end: int, live: set[int]) -> None:
    qubits = {qubit for item in kept[start:end] if item is not None for qubit in qubits_of(item)}
    measures = any(isinstance(item, Measure) for item in kept[start:end])
    if measures or not live.isdisjoint(qubits):
        live.update(qubits)
    else:
        kept[start:end] = [None] * (end - start)


def _closed_up(kept: Sequence[Operation | None]) -> tuple[list[Operation], list[int]]:
    before = list(accumulate((item is not None for item in kept), initial=0))
    left = [item for item in kept if item is not None]
    moved = [aimed(item, before) for item in left]
    return moved, [index for index, item in enumerate(kept) if item is not None]


def aimed(item: Operation, before: Sequence[int]) -> Operation:
    """A jump with its new target, where `before` counts what is left before each index."""
    if isinstance(item, Jump):
        return Jump(before[item.to])
    if isinstance(item, JumpUnless):
        return JumpUnless(item.condition, before[item.to])
    return item


def qubits_of(item: Operation) -> tuple[int, ...]:
    """The qubits on which an operation acts."""
    if isinstance(item, Unitary | Noise):
        return item.qubits
    return (item.qubit,) if isinstance(item, Measure | Reset) else ()
