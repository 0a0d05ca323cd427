"""Gates joined to blocks of two qubits, with the sites of noise that lie inside of them.

Where nothing happens at the sites of a block, its product is applied in one go, else its parts one
by one. Order is kept qubit by qubit: what acts on different qubits changes places freely.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from backline.engines.gates.arrays import Integers, Kind, Real
from backline.engines.gates.program import Complex, Noise, Unitary
from backline.engines.gates.splitting import Event, sites_of

Straight = Unitary | Noise


@dataclass(slots=True)
class _Block:
    """Parts in their order: gates, and the noise between them."""

    qubits: tuple[int, ...]
    parts: list[Straight] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Gates:
    """Gates as the kernels take them.

    Attributes:
        qubits: int64 array (gates, 2), the lower and the higher qubit, -1 for none.
        re: Array (gates, 16), matrices row by row, real parts.
        im: Imaginary parts.
    """

    qubits: Integers
    re: Real
    im: Real


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """Operations without measurements, resets and jumps.

    Attributes:
        wholes: The blocks' products.
        parts: Gates of one and two qubits, one by one; those of block k are
            `bounds[k]` to `bounds[k + 1]`.
        bounds: int64 array (blocks + 1,).
        blocks: int64 array (sites,): in which block each site lies.
        places: int64 array (sites,): before which part it comes.
        hazards: Array (sites,): sums of -log(1 - probability) up to and with each site.
        probabilities: Array (sites,).
        events: What happens at each site.
    """

    wholes: Gates
    parts: Gates
    bounds: Integers
    blocks: Integers
    places: Integers
    hazards: Real
    probabilities: Real
    events: tuple[Event, ...]


def section(operations: Sequence[Straight], kind: Kind) -> Section:
    """Join operations to blocks.

    Args:
        operations: Gates on one and two qubits, and noise.
        kind: Of the numbers that states are made of.
    """
    blocks = _ordered(operations)
    parts, bounds, wholes = [], [0], []
    where, places, probabilities, events = [], [], [], []
    for number, block in enumerate(blocks):
        for item in block.parts:
            if isinstance(item, Unitary):
                parts.append(_placed(item))
                continue
            for site in sites_of(item.channel, item.qubits):
                where.append(number)
                places.append(len(parts))
                probabilities.append(site.probability)
                events.append(site.event)
        wholes.append(_product(block.qubits, parts[bounds[-1] :]))
        bounds.append(len(parts))
    chances = np.array(probabilities)
    return Section(
        _table(wholes, kind),
        _table(parts, kind),
        np.array(bounds),
        np.array(where, dtype=np.int64),
        np.array(places, dtype=np.int64),
        np.cumsum(-np.log1p(-chances)),
        chances,
        tuple(events),
    )


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


def _placed(gate: Unitary) -> tuple[tuple[int, int], Complex]:
    """(lower and higher qubit, matrix with the lower one as the less significant bit)."""
    if len(gate.qubits) == 1:
        return (gate.qubits[0], -1), gate.matrix
    first, second = gate.qubits
    if first < second:
        return (first, second), gate.matrix
    turned = gate.matrix.reshape(2, 2, 2, 2).transpose(1, 0, 3, 2).reshape(4, 4)
    return (second, first), turned


def _product(
    qubits: tuple[int, ...], parts: Sequence[tuple[tuple[int, int], Complex]]
) -> tuple[tuple[int, int], Complex]:
    total = np.eye(2 ** len(qubits), dtype=np.complex128)
    for (low, high), matrix in parts:
        if high < 0 and len(qubits) == 2:
            pair = (np.eye(2), matrix) if low == qubits[0] else (matrix, np.eye(2))
            total = np.kron(*pair) @ total
            continue
        total = matrix @ total
    return (qubits[0], qubits[1] if len(qubits) == 2 else -1), total


def _table(gates: Sequence[tuple[tuple[int, int], Complex]], kind: Kind) -> Gates:
    matrices = np.zeros((len(gates), 16), dtype=np.complex128)
    for row, (_, matrix) in zip(matrices, gates, strict=True):
        row[: matrix.size] = matrix.reshape(-1)
    return Gates(
        np.array([qubits for qubits, _ in gates], dtype=np.int64).reshape(-1, 2),
        matrices.real.astype(kind),
        matrices.imag.astype(kind),
    )
