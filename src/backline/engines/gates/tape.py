"""A program as arrays, which compiled code walks through: what it consists of and where it leads.

Sections of gates and noise are blocks of two qubits (`fusion`); measurements, resets, jumps and
wider gates are steps between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from backline.engines.gates.arrays import Integers, Kind, Real
from backline.engines.gates.branching import layout_of
from backline.engines.gates.channels import GateNoise, ReadoutNoise
from backline.engines.gates.fusion import Sections
from backline.engines.gates.program import (
    Complex,
    Condition,
    Jump,
    JumpUnless,
    Measure,
    Noise,
    Operation,
    Program,
    Reset,
    Unitary,
)
from backline.engines.gates.splitting import Decay, Event, Paulis, PhaseFlip, Rest, sites_of

Products: TypeAlias = Callable[..., tuple[Complex, Complex, Real]]

SECTION, MEASURE, RESET, JUMP, BRANCH, WIDE, SCATTER, END = range(8)
"""Kinds of steps."""

PAULIS, FLIP, DECAY, REST = range(4)
"""Kinds of events."""

LEAST_QUBITS = 3
"""States have at least so many, that vectors of numbers are full."""

_MOST_IN_A_TABLE = 12  # slots of a condition
_WIDTH = 5


class Tape(NamedTuple):
    """A program in arrays.

    Attributes:
        steps: int64 array (steps, 5), kind and up to four numbers. Section: first block, one
            after the last, first site, one after the last. Measurement: qubit, slot, row of
            `readouts` or -1. Reset: qubit. Jump: to. Branch: to, first of its slots in `numbers`
            and how many, its first entry in `truths` (-1 where Python is asked). Wide gate: first
            of its qubits in `numbers` and how many, row of its first entry in `layout`. Scatter,
            depolarizing of many qubits: the same two, and its place in `chances`.
        numbers: int64 array of slots and qubits.
        truths: uint8 array: whether conditions hold, by the number that their slots make.
        readouts: Array (readouts, 2): probabilities of reading 1 for 0, and 0 for 1.
        finals: int64 array (measurements at the end, 3), as of a measurement.
        chances: Probabilities of scatters.
        layout: int64 array (rows,): first entry of each row of wide gates.
        columns: int64 array (entries,).
        values: complex128 array (entries,).
        pairs: int64 array (blocks, 2): the lower and the higher qubit.
        tables: Array (blocks, coefficients), see `blockwise.fill_table`.
        sites: int64 array (sites, 3): block, kind of event, qubits (1 the lower, 2 the higher).
        hazards: Array (sites,): sums over a section of -log(1 - probability).
        amounts: Array (sites, 3): probability, and of a rest what remains of 1, and its jump.
        before: complex128 array (sites, 4, 4): what a block does before each of its sites.
        after: The same, after them.
    """

    steps: Integers
    numbers: Integers
    truths: NDArray[np.uint8]
    readouts: NDArray[np.float64]
    finals: Integers
    chances: NDArray[np.float64]
    layout: Integers
    columns: Integers
    values: Complex
    pairs: Integers
    tables: Real
    sites: Integers
    hazards: NDArray[np.float64]
    amounts: NDArray[np.float64]
    before: Complex
    after: Complex


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """A program on tape.

    Attributes:
        tape: It.
        conditions: By step, those that Python is asked for.
        num_qubits: Of states; `LEAST_QUBITS` at least.
        hazard: Sum of -log(1 - probability) of all sites.
        widest: Most qubits of a gate.
    """

    tape: Tape
    conditions: dict[int, Condition]
    num_qubits: int
    hazard: float
    widest: int


@lru_cache(maxsize=256)
def recorded(program: Program, kind: Kind, products: Products) -> Recorded:
    """Put a program on tape; the same one again is kept, for programs are compared by identity.

    Args:
        program: Any.
        kind: Of the numbers that states are made of.
        products: As of `block_matrices`.
    """
    recorder = _Recorder(max(program.num_qubits, LEAST_QUBITS))
    terminal = layout_of(program).terminal
    index = recorder.record(
        [item for place, item in enumerate(program.operations) if place not in terminal]
    )
    for row in recorder.steps:
        if row[0] in (JUMP, BRANCH):
            row[1] = index.get(row[1], len(recorder.steps) - 1)
    finals = [recorder.measure(item) for item in terminal.values()]
    return recorder.finish(finals, kind, products)


class _Recorder:
    """Writes steps."""

    def __init__(self, num_qubits: int) -> None:
        self.steps: list[list[int]] = []
        self.conditions: dict[int, Condition] = {}
        self._sections = Sections(num_qubits)
        self._numbers: list[int] = []
        self._truths: list[NDArray[np.uint8]] = []
        self._readouts: list[tuple[float, float]] = []
        self._chances: list[float] = []
        self._layout, self._columns, self._values = [0], [], []  # type: ignore[var-annotated]
        self._hazards: list[NDArray[np.float64]] = []
        self._widest = 2

    def record(self, operations: Sequence[Operation]) -> dict[int, int]:
        """Write steps, and where in them operations are that jumps lead to."""
        targets = {item.to for item in operations if isinstance(item, Jump | JumpUnless)}
        index: dict[int, int] = {}
        straight: list[Unitary | Noise] = []

        def close() -> None:
            if straight:
                self._section(straight)
                straight.clear()

        for number, item in enumerate(operations):
            if number in targets:
                close()
                index[number] = len(self.steps)
            for part in _narrowed(item):
                if isinstance(part, Unitary | Noise) and len(part.qubits) <= 2:
                    straight.append(part)
                    continue
                close()
                self._step(part)
        close()
        index[len(operations)] = len(self.steps)
        self._write(END)
        return index

    def measure(self, item: Measure) -> list[int]:
        """The numbers of a measurement."""
        row = -1
        if item.readout is not None:
            row = len(self._readouts)
            self._readouts.append(_wrong(item.readout))
        return [item.qubit, item.slot, row]

    def finish(self, finals: list[list[int]], kind: Kind, products: Products) -> Recorded:
        """All that was written, as arrays."""
        sections = self._sections
        pairs = np.array(sections.pairs, dtype=np.int64).reshape(-1, 2)
        before, after, tables = products(
            sections.parts(),
            np.array(sections.bounds, dtype=np.int64),
            pairs,
            np.array(sections.blocks, dtype=np.int64),
            np.array(sections.places, dtype=np.int64),
            np.empty(0, dtype=kind),
        )
        lower = [pairs[block, 0] for block in sections.blocks]
        sites = [
            (block, *_event(event, int(low)))
            for block, event, low in zip(sections.blocks, sections.events, lower, strict=True)
        ]
        amounts = [
            (probability, *_amounts(event))
            for probability, event in zip(sections.probabilities, sections.events, strict=True)
        ]
        tape = Tape(
            np.array(self.steps, dtype=np.int64),
            np.array(self._numbers, dtype=np.int64),
            np.concatenate([np.zeros(0, dtype=np.uint8), *self._truths]),
            np.array(self._readouts, dtype=np.float64).reshape(-1, 2),
            np.array(finals, dtype=np.int64).reshape(-1, 3),
            np.array(self._chances, dtype=np.float64),
            np.array(self._layout, dtype=np.int64),
            np.array(self._columns, dtype=np.int64),
            np.array(self._values, dtype=np.complex128),
            pairs,
            tables,
            np.array(sites, dtype=np.int64).reshape(-1, 3),
            np.concatenate([np.zeros(0), *self._hazards]),
            np.array(amounts, dtype=np.float64).reshape(-1, 3),
            before,
            after,
        )
        hazard = float(sum(sums[-1] for sums in self._hazards if len(sums)))
        return Recorded(tape, self.conditions, sections.num_qubits, hazard, self._widest)

    def _section(self, operations: Sequence[Unitary | Noise]) -> None:
        sections = self._sections
        block, site = len(sections.pairs), len(sections.probabilities)
        sections.add(operations)
        self._write(SECTION, block, len(sections.pairs), site, len(sections.probabilities))
        self._hazards.append(np.cumsum(-np.log1p(-np.array(sections.probabilities[site:]))))

    def _step(self, item: Operation) -> None:
        if isinstance(item, Measure):
            self._write(MEASURE, *self.measure(item))
        elif isinstance(item, Reset):
            self._write(RESET, item.qubit)
        elif isinstance(item, Jump):
            self._write(JUMP, item.to)
        elif isinstance(item, JumpUnless):
            self._branch(item)
        elif isinstance(item, Unitary):
            self._write(WIDE, len(self._numbers), len(item.qubits), self._matrix(item.matrix))
            self._numbers.extend(item.qubits)
            self._widest = max(self._widest, len(item.qubits))
        else:
            self._write(SCATTER, len(self._numbers), len(item.qubits), len(self._chances))
            self._numbers.extend(item.qubits)
            self._chances.append(sites_of(item.channel, item.qubits)[0].probability)

    def _branch(self, item: JumpUnless) -> None:
        slots = item.condition.slots
        table = -1
        if len(slots) <= _MOST_IN_A_TABLE:
            table = sum(map(len, self._truths))
            self._truths.append(_truths(item.condition))
        else:
            self.conditions[len(self.steps)] = item.condition
        self._write(BRANCH, item.to, len(self._numbers), len(slots), table)
        self._numbers.extend(slots)

    def _matrix(self, matrix: Complex) -> int:
        first = len(self._layout) - 1
        for row in matrix:
            (columns,) = np.nonzero(row)
            self._columns.extend(columns.tolist())
            self._values.extend(row[columns].tolist())
            self._layout.append(len(self._columns))
        return first

    def _write(self, kind: int, *numbers: int) -> None:
        self.steps.append([kind, *numbers, *[0] * (_WIDTH - 1 - len(numbers))])


def _narrowed(item: Operation) -> Iterator[Operation]:
    """Noise of many qubits in two parts: all of them together, and each by itself."""
    if not isinstance(item, Noise) or len(item.qubits) <= 2:
        yield item
        return
    channel = item.channel
    together = GateNoise(channel.depolarizing, (None,) * len(item.qubits))
    if sites_of(together, item.qubits):
        yield Noise(item.qubits, together)
    for qubit, relaxation in zip(item.qubits, channel.relaxations, strict=True):
        if relaxation is not None:
            yield Noise((qubit,), GateNoise(0.0, (relaxation,)))


def _truths(condition: Condition) -> NDArray[np.uint8]:
    slots = condition.slots
    bits = [0] * (max(slots, default=0) + 1)
    found = np.zeros(1 << len(slots), dtype=np.uint8)
    for number in range(len(found)):
        for place, slot in enumerate(slots):
            bits[slot] = number >> place & 1
        found[number] = condition(bits)
    return found


def _event(event: Event, lower: int) -> tuple[int, int]:
    """Its kind, and on which qubits of the block it is."""
    if isinstance(event, Paulis):
        both = len(event.qubits) == 2
        return PAULIS, 3 if both else _side(event.qubits[0], lower)
    if isinstance(event, PhaseFlip):
        return FLIP, _side(event.qubit, lower)
    return (DECAY if isinstance(event, Decay) else REST), _side(event.qubit, lower)


def _side(qubit: int, lower: int) -> int:
    return 1 if qubit == lower else 2


def _amounts(event: Event) -> tuple[float, float]:
    return (event.stay[1], event.jump) if isinstance(event, Rest) else (0.0, 0.0)


def _wrong(readout: ReadoutNoise) -> tuple[float, float]:
    return readout.p1_given_0, readout.p0_given_1
