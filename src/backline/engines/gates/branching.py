"""A program followed along all its branches at once, whatever states are made of.

A measurement that something comes after splits every branch in two, with the probability of each
in its state. Branches that meet at the same place with the same classical bits are one again where
states add up. Measurements at the very end split nothing: they are read off the final states.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from backline.engines.gates.distribution import Distribution
from backline.engines.gates.program import (
    Jump,
    JumpUnless,
    Measure,
    Noise,
    Operation,
    Program,
    Reset,
    Stretch,
    Unitary,
)
from backline.engines.gates.spaces import Space, States
from backline.engines.watching import look
from backline.errors import CapabilityError

NEGLIGIBLE = 1e-15
"""Branches of less probability are not followed."""

MOST_BRANCHES = 4096
_MOST_STEPS = 200_000
_REPEATS = 20

# Tuples, which `isinstance` goes through several times quicker than through unions.
_MOVING = (Unitary, Noise)
_JUMPS = (Jump, JumpUnless)


@dataclass(frozen=True, slots=True, eq=False)
class Branches:
    """Where a program has come to.

    Attributes:
        bits: uint8 array (branches, slots), what is written.
        states: Array (branches, size), see `Space`.
    """

    bits: NDArray[np.uint8]
    states: States


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A program, taken apart.

    Attributes:
        terminal: Measurements that nothing comes after.
        stops: For each operation the index, its own or a later one, of the next that is no plain
            gate or noise or that a jump leads to.
        loops: Whether some jump leads back.
        splits: How many measurements and resets stand in the middle.
        written: How many slots these measurements write.
        widest: Most qubits of a gate, or of noise.
    """

    terminal: dict[int, Measure]
    stops: tuple[int, ...]
    loops: bool
    splits: int
    written: int
    widest: int

    @property
    def repeats(self) -> int:
        """How often the program is gone through by a rough guess, which estimates of time need."""
        return _REPEATS if self.loops else 1


def final_branches(program: Program, space: Space) -> Branches:
    """Follow a program to its end.

    Args:
        program: What happens.
        space: What states are made of.

    Raises:
        CapabilityError: If there are too many branches, or a loop does not end.
    """
    layout = layout_of(program)
    start = Branches(np.zeros((1, program.num_slots), dtype=np.uint8), space.ground())
    waiting = {0: start}
    operations = (program.like or program).operations
    end = len(operations)
    steps = 0
    while (place := min(waiting)) < end:
        look()
        steps += 1
        if steps > _MOST_STEPS:
            raise CapabilityError(
                f"a loop still runs after {_MOST_STEPS} steps with probability "
                f"{sum(space.weights(b.states).sum() for b in waiting.values()):.3g}"
            )
        branches = waiting.pop(place)
        item = operations[place]
        for to, moved in _advanced(item, program, layout, space, place, branches):
            there = waiting.get(to)
            if there is not None:
                moved = _together(there, moved)
            waiting[to] = _merged(moved) if there is not None and space.merges else moved
    return waiting[end]


def distribution_of(program: Program, branches: Branches, space: Space) -> Distribution:
    """What final branches and the measurements at the very end make of the slots."""
    terminal = list(layout_of(program).terminal.values())
    return Distribution(
        branches.bits,
        space.marginals(branches.states, [item.qubit for item in terminal]),
        tuple(item.slot for item in terminal),
        tuple(item.readout for item in terminal),
    )


def layout_of(program: Program) -> Layout:
    """Take a program apart; those that differ in matrices alone share what is found."""
    return _layout_of(program.like or program)


@lru_cache(maxsize=512)
def _layout_of(program: Program) -> Layout:
    operations = program.operations
    jumps = [(index, item.to) for index, item in enumerate(operations) if isinstance(item, _JUMPS)]
    tail = max([max(index + 1, to) for index, to in jumps], default=0)
    terminal = _terminal(operations, tail)
    targets = {to for _, to in jumps}
    stops = [len(operations)] * len(operations)
    following = len(operations)
    measures, resets = [], 0
    for index in range(len(operations) - 1, -1, -1):
        item = operations[index]
        if not isinstance(item, _MOVING) or index in targets:
            following = index
            if isinstance(item, Measure) and index not in terminal:
                measures.append(item)
            resets += isinstance(item, Reset)
        stops[index] = following
    return Layout(
        terminal,
        tuple(stops),
        any(to <= index for index, to in jumps),
        len(measures) + resets,
        len({item.slot for item in measures}),
        max([len(item.qubits) for item in operations if isinstance(item, _MOVING)], default=0),
    )


def widest_of(program: Program) -> int:
    """Most qubits of a gate of a program, or of noise."""
    return layout_of(program).widest


def _terminal(operations: tuple[Operation, ...], first: int) -> dict[int, Measure]:
    """Measurements from `first` on, by index, after which nothing touches their qubit or slot."""
    found: dict[int, Measure] = {}
    qubits: set[int] = set()
    slots: set[int] = set()
    for index in range(len(operations) - 1, first - 1, -1):
        item = operations[index]
        if isinstance(item, _MOVING):
            qubits.update(item.qubits)
        elif isinstance(item, Measure):
            if item.qubit not in qubits and item.slot not in slots:
                found[index] = item
            qubits.add(item.qubit)
            slots.add(item.slot)
        elif isinstance(item, Reset):
            qubits.add(item.qubit)
    return dict(sorted(found.items()))


def _advanced(
    item: Operation,
    program: Program,
    layout: Layout,
    space: Space,
    place: int,
    branches: Branches,
) -> list[tuple[int, Branches]]:
    """Branches after an operation, or after all gates and noise from it on."""
    if isinstance(item, _MOVING):
        stop = layout.stops[place + 1] if place + 1 < len(layout.stops) else place + 1
        states = space.evolve(branches.states, Stretch(program, place, stop))
        return [(stop, Branches(branches.bits, states))]
    if isinstance(item, Jump):
        return [(item.to, branches)]
    if isinstance(item, JumpUnless):
        holds = np.array([item.condition(bits) for bits in branches.bits.tolist()], dtype=bool)
        both = (place + 1, _some(branches, holds)), (item.to, _some(branches, ~holds))
        return [(to, some) for to, some in both if len(some.bits)]
    if isinstance(item, Reset):
        sets = [(branches.bits, states) for states in space.reset(branches.states, item.qubit)]
        return [(place + 1, _collected(sets, space))]
    if place in layout.terminal:
        return [(place + 1, branches)]
    return [(place + 1, _measured(item, branches, space))]


def _measured(item: Measure, branches: Branches, space: Space) -> Branches:
    sets = []
    for written, states in space.measured(branches.states, item.qubit, item.readout):
        bits = branches.bits.copy()
        bits[:, item.slot] = written
        sets.append((bits, states))
    after = _collected(sets, space)
    overwritten = branches.bits[:, item.slot].any()
    return _merged(after) if overwritten and space.merges else after


def _collected(sets: list[tuple[NDArray[np.uint8], States]], space: Space) -> Branches:
    """All branches of some sets that have a probability."""
    kept = []
    for bits, states in sets:
        alive = space.weights(states) > NEGLIGIBLE
        kept.append(_some(Branches(bits, states), alive))
    first, *rest = kept
    for more in rest:
        first = _together(first, more)
    if len(first.bits) > MOST_BRANCHES:
        raise CapabilityError(
            f"measurements in its middle split the program into {len(first.bits)} branches: exact "
            f"methods follow {MOST_BRANCHES} at most. Use method='trajectories'"
        )
    return first


def _some(branches: Branches, which: NDArray[np.bool_]) -> Branches:
    if which.all():
        return branches
    return Branches(branches.bits[which], branches.states[which])


def _together(some: Branches, more: Branches) -> Branches:
    return Branches(
        np.concatenate([some.bits, more.bits]), np.concatenate([some.states, more.states])
    )


def _merged(branches: Branches) -> Branches:
    """Branches with the same bits are one."""
    rows: dict[bytes, int] = {}
    places = [rows.setdefault(bits.tobytes(), len(rows)) for bits in branches.bits]
    if len(rows) == len(places):
        return branches
    states = np.zeros((len(rows), branches.states.shape[1]), dtype=branches.states.dtype)
    np.add.at(states, places, branches.states)
    _, first = np.unique(places, return_index=True)
    return Branches(branches.bits[first], states)
