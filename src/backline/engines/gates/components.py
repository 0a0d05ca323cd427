"""Programs split into parts that have nothing to do with each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from backline.engines.gates.conditions import Among
from backline.engines.gates.program import (
    Jump,
    JumpUnless,
    Measure,
    Noise,
    Operation,
    Program,
    Reset,
    Unitary,
)
from backline.engines.gates.pruning import aimed, qubits_of, regions


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """A part of a circuit, simulated by itself.

    Attributes:
        program: On qubits and slots of its own.
        qubits: For each of its qubits the one of the circuit.
        slots: For each of its slots the one of the circuit.
        sources: For each of its operations the index that it had in the whole.
    """

    program: Program
    qubits: tuple[int, ...]
    slots: tuple[int, ...]
    sources: tuple[int, ...]


def split(operations: Sequence[Operation]) -> list[Component]:
    """Split operations where neither gates nor classical bits connect them.

    Parts that write no slot are left out. Stretches with control flow stay together.

    Args:
        operations: On any qubit numbers and slots.

    Returns:
        The parts, in the order of their first operations.
    """
    groups = _Groups()
    spans = regions(operations)
    inside = {index for start, end in spans for index in range(start, end)}
    for start, end in spans:
        groups.join(bit for item in operations[start:end] for bit in _bits(item))
    for index, item in enumerate(operations):
        if index not in inside:
            groups.join(_bits(item))
    root_of_span = {
        index: groups.root_of_any(bit for item in operations[start:end] for bit in _bits(item))
        for start, end in spans
        for index in range(start, end)
    }
    members: dict[object, list[int]] = {}
    for index, item in enumerate(operations):
        root = root_of_span[index] if index in inside else groups.root_of_any(_bits(item))
        if root is not None:
            members.setdefault(root, []).append(index)
    found = (_component(operations, indices) for indices in members.values())
    return [component for component in found if component.slots]


class _Groups:
    """Qubits and slots that belong together; slot k is ~k, so that it is no qubit."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def root(self, bit: int) -> int:
        above = self._above
        above.setdefault(bit, bit)
        while above[bit] != bit:
            above[bit] = above[above[bit]]
            bit = above[bit]
        return bit

    def root_of_any(self, bits: Iterable[int]) -> int | None:
        return next((self.root(bit) for bit in bits), None)

    def join(self, bits: Iterable[int]) -> None:
        root = None
        for bit in bits:
            if root is None:
                root = self.root(bit)
            else:
                self._above[self.root(bit)] = root


def _bits(item: Operation) -> Iterable[int]:
    yield from qubits_of(item)
    if isinstance(item, Measure):
        yield ~item.slot
    elif isinstance(item, JumpUnless):
        yield from (~slot for slot in item.condition.slots)


def _component(operations: Sequence[Operation], indices: list[int]) -> Component:
    own = [operations[index] for index in indices]
    bits = {bit for item in own for bit in _bits(item)}
    qubits = sorted(bit for bit in bits if bit >= 0)
    slots = sorted(~bit for bit in bits if bit < 0)
    new_qubit = {qubit: place for place, qubit in enumerate(qubits)}
    new_slot = {slot: place for place, slot in enumerate(slots)}
    if any(isinstance(item, Jump | JumpUnless) for item in own):
        chosen = set(indices)
        before = list(accumulate((i in chosen for i in range(len(operations))), initial=0))
        own = [aimed(item, before) for item in own]
    renamed = tuple([_renamed(item, new_qubit, new_slot) for item in own])
    program = Program(renamed, len(qubits), len(slots))
    return Component(program, tuple(qubits), tuple(slots), tuple(indices))


def _renamed(item: Operation, qubits: dict[int, int], slots: dict[int, int]) -> Operation:
    if isinstance(item, Unitary):
        return Unitary(tuple([qubits[q] for q in item.qubits]), item.matrix, item.name)
    if isinstance(item, Noise):
        return Noise(tuple([qubits[q] for q in item.qubits]), item.channel)
    if isinstance(item, Measure):
        return Measure(qubits[item.qubit], slots[item.slot], item.readout)
    if isinstance(item, Reset):
        return Reset(qubits[item.qubit])
    if isinstance(item, JumpUnless) and isinstance(item.condition, Among):
        return JumpUnless(item.condition.moved(slots), item.to)
    return item
