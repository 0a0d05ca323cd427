"""Gates joined to blocks of two qubits, with the sites of noise that lie inside of them.

Where nothing happens at the sites of a block, its product is applied in one go; else what happens
is put between the gates before it and those after it, and their product is applied. Order is kept
qubit by qubit: what acts on different qubits changes places freely.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from backline.engines.gates.program import Complex, Noise, Unitary
from backline.engines.gates.splitting import Event, sites_of

Straight = Unitary | Noise


@dataclass(slots=True)
class _Block:
    """Parts in their order: gates, and the noise between them."""

    qubits: tuple[int, ...]
    parts: list[Straight] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Sections:
    """Blocks of all sections of a program, one section after the other.

    Attributes:
        num_qubits: How many qubits a state has, at least 2.
        pairs: The lower and the higher qubit of each block.
        bounds: The parts of block k are `bounds[k]` to `bounds[k + 1]`.
        matrices: Of each part, array (2, 2) or (4, 4).
        roles: How each part lies in its block: on the lower qubit, on the higher one, on both, or
            on both the other way round.
        blocks: In which block each site lies.
        places: Before which part each site comes.
        probabilities: That something happens there.
        events: What happens there.
    """

    num_qubits: int
    pairs: list[tuple[int, int]] = field(default_factory=list)
    bounds: list[int] = field(default_factory=lambda: [0])
    matrices: list[Complex] = field(default_factory=list)
    roles: list[int] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    probabilities: list[float] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def add(self, operations: Sequence[Straight]) -> None:
        """Add a section.

        Args:
            operations: Gates and noise on one and two qubits.
        """
        for block in _paired(_ordered(operations), self.num_qubits):
            low, high = block.qubits
            for item in block.parts:
                if isinstance(item, Noise):
                    for site in sites_of(item.channel, item.qubits):
                        self.blocks.append(len(self.pairs))
                        self.places.append(len(self.matrices))
                        self.probabilities.append(site.probability)
                        self.events.append(site.event)
                    continue
                self.matrices.append(item.matrix)
                if len(item.qubits) == 1:
                    self.roles.append(LOWER if item.qubits[0] == low else HIGHER)
                else:
                    self.roles.append(BOTH if item.qubits[0] == low else TURNED)
            self.pairs.append((low, high))
            self.bounds.append(len(self.matrices))

    def parts(self) -> Complex:
        """Matrices on both qubits of their blocks, the lower one the less significant bit.

        Array (parts, 4, 4).
        """
        whole = np.zeros((len(self.roles), 2, 2, 2, 2), dtype=np.complex128)
        roles = np.array(self.roles, dtype=np.int64)
        for role, shape in enumerate(((2, 2), (2, 2), (4, 4), (4, 4))):
            which = np.flatnonzero(roles == role)
            if not len(which):
                continue
            some = np.array([self.matrices[k] for k in which]).reshape(-1, *shape)
            if role in (LOWER, HIGHER):
                for other in range(2):
                    if role == LOWER:
                        whole[which, other, :, other, :] = some
                    else:
                        whole[which, :, other, :, other] = some
                continue
            both = some.reshape(-1, 2, 2, 2, 2)
            whole[which] = both if role == BOTH else both.transpose(0, 2, 1, 4, 3)
        return whole.reshape(-1, 4, 4)


LOWER, HIGHER, BOTH, TURNED = range(4)
"""How a part lies in its block."""


def _ordered(operations: Sequence[Straight]) -> list[_Block]:
    """Blocks in an order in which they may be applied.

    What acts inside of the last block of its qubits joins it. A new block takes with it what
    waits on single qubits.
    """
    last: dict[int, _Block] = {}
    made: dict[int, _Block] = {}
    for item in operations:
        block = last.get(item.qubits[0])
        if block is None or any(last.get(qubit) is not block for qubit in item.qubits):
            block = _Block(tuple(sorted(item.qubits)))
            for qubit in item.qubits:
                before = last.get(qubit)
                if before is not None and len(before.qubits) == 1:
                    del made[id(before)]
                    block.parts.extend(before.parts)
                last[qubit] = block
            made[id(block)] = block
        block.parts.append(item)
    return list(made.values())


def _paired(blocks: list[_Block], num_qubits: int) -> list[_Block]:
    """Blocks of two qubits alone: single ones, which have their qubit to themselves, join."""
    found = [block for block in blocks if len(block.qubits) == 2]
    single = [block for block in blocks if len(block.qubits) == 1]
    while single:
        block = single.pop()
        qubit = block.qubits[0]
        other = qubit - 1 if qubit == num_qubits - 1 else qubit + 1
        parts = block.parts
        if single:
            other = single[-1].qubits[0]
            parts = single.pop().parts + parts
        found.append(_Block((min(qubit, other), max(qubit, other)), parts))
    return found
