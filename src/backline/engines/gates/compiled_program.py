"""A program made ready for trajectories: sections of gates, and what lies between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from backline.engines.gates.arrays import Kind
from backline.engines.gates.branching import layout_of
from backline.engines.gates.fusion import Section, section
from backline.engines.gates.program import (
    Jump,
    JumpUnless,
    Measure,
    Noise,
    Program,
    Reset,
    Unitary,
)

Step = Section | Measure | Reset | Jump | JumpUnless


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A program in steps.

    Attributes:
        steps: In their order. Jumps lead to steps.
        final: Measurements at the end, all of which are done at once.
        num_qubits: How many qubits.
        num_slots: How many classical bits.
    """

    steps: tuple[Step, ...]
    final: tuple[Measure, ...]
    num_qubits: int
    num_slots: int


@lru_cache(maxsize=256)
def made_ready(program: Program, kind: Kind) -> Compiled:
    """Make a program ready; the same one again is kept, for programs are compared by identity.

    Args:
        program: With gates on one and two qubits.
        kind: Of the numbers that states are made of.
    """
    terminal = layout_of(program).terminal
    operations = [item for index, item in enumerate(program.operations) if index not in terminal]
    starts = sorted({item.to for item in operations if isinstance(item, Jump | JumpUnless)})
    steps: list[Step] = []
    index: dict[int, int] = {}
    straight: list[Unitary | Noise] = []

    def close() -> None:
        if straight:
            steps.append(section(straight, kind))
            straight.clear()

    for number, item in enumerate(operations):
        if number in starts:
            close()
            index[number] = len(steps)
        if isinstance(item, Unitary | Noise):
            straight.append(item)
            continue
        close()
        steps.append(item)
    close()
    index[len(operations)] = len(steps)
    return Compiled(
        tuple(_led(step, index, len(steps)) for step in steps),
        tuple(terminal.values()),
        program.num_qubits,
        program.num_slots,
    )


def _led(step: Step, index: dict[int, int], end: int) -> Step:
    if isinstance(step, Jump):
        return Jump(index.get(step.to, end))
    if isinstance(step, JumpUnless):
        return JumpUnless(step.condition, index.get(step.to, end))
    return step
