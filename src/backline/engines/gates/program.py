"""A circuit as plain data: what every simulator of ours runs, and the planner reads.

Qubits are numbered 0 to `num_qubits` - 1, whatever numbers they have on the device. Noise stands
beside gates as operations of its own, so that each simulator treats it in its own way. Control
flow is jumps: `for` loops are unrolled, branches and `while` loops test classical bits and jump.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from backline.engines.gates.channels import GateNoise, ReadoutNoise

Complex = NDArray[np.complex128]


class Condition(Protocol):
    """Something that classical bits fulfil or not; a frozen, picklable value."""

    @property
    def slots(self) -> tuple[int, ...]:
        """The slots that are read, ascending."""
        ...

    def __call__(self, bits: Sequence[int]) -> bool:
        """Whether these bits fulfil it.

        Args:
            bits: 0 or 1 of every slot of the program.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Unitary:
    """A gate.

    Attributes:
        qubits: On which it acts.
        matrix: Array (2**k, 2**k), read-only. As in Qiskit, `qubits[0]` is the least significant
            bit of its rows and columns.
        name: As the circuit calls it.
    """

    qubits: tuple[int, ...]
    matrix: Complex
    name: str


@dataclass(frozen=True, slots=True)
class Noise:
    """What happens to qubits after a gate, or while they wait.

    Attributes:
        qubits: In the order of the channel's qubits.
        channel: Depolarizing of all together, then relaxation of each.
    """

    qubits: tuple[int, ...]
    channel: GateNoise


@dataclass(frozen=True, slots=True)
class Measure:
    """A measurement in the Z basis; the qubit goes on in the state that was truly found.

    Attributes:
        qubit: Which is measured.
        slot: Gets the outcome, after `readout`.
        readout: How the outcome is misread; None for never. Conditions read what was written.
    """

    qubit: int
    slot: int
    readout: ReadoutNoise | None


@dataclass(frozen=True, slots=True)
class Reset:
    """A qubit goes to its ground state.

    Attributes:
        qubit: Which.
    """

    qubit: int


@dataclass(frozen=True, slots=True)
class Jump:
    """Go on elsewhere.

    Attributes:
        to: Index of the next operation; the number of operations for the end.
    """

    to: int


@dataclass(frozen=True, slots=True)
class JumpUnless:
    """Go on elsewhere unless a condition holds.

    Attributes:
        condition: Of classical bits.
        to: As of `Jump`.
    """

    condition: Condition
    to: int


Operation: TypeAlias = Unitary | Noise | Measure | Reset | Jump | JumpUnless


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Program:
    """Operations in their order; all qubits begin in the ground state, all slots as 0.

    Attributes:
        operations: What happens.
        num_qubits: How many qubits.
        num_slots: How many classical bits.
        phase: Global phase, in rad.
        like: A program that differs in matrices of gates at most, under which is kept what does
            not depend on these; None for itself.
    """

    operations: tuple[Operation, ...]
    num_qubits: int
    num_slots: int
    phase: float = 0.0
    like: Program | None = None

    @property
    def branches(self) -> bool:
        """Whether it has control flow."""
        return any(isinstance(item, Jump | JumpUnless) for item in self.operations)


class Varied(Program):
    """A program like another with other matrices of some gates.

    Its operations are made where somebody asks for them.
    """

    __slots__ = ("_made", "matrices", "places")

    like: Program
    places: Sequence[tuple[int, int]]
    matrices: Sequence[Complex]
    _made: tuple[Operation, ...] | None

    def __init__(
        self,
        like: Program,
        places: Sequence[tuple[int, int]],
        matrices: Sequence[Complex],
    ) -> None:
        """Begin.

        Args:
            like: The other one.
            places: (index of a gate, place of its matrix): the same for all that are like it.
            matrices: Of the gates, by these places; others may be among them.
        """
        own = {"places": places, "matrices": matrices, "like": like, "_made": None}
        shared = {name: getattr(like, name) for name in ("num_qubits", "num_slots", "phase")}
        for name, value in (own | shared).items():
            object.__setattr__(self, name, value)

    @property
    def operations(self) -> tuple[Operation, ...]:
        """What happens."""
        if self._made is None:
            made = list(self.like.operations)
            for index, place in self.places:
                gate = made[index]
                if isinstance(gate, Unitary):
                    made[index] = Unitary(gate.qubits, self.matrices[place], gate.name)
            object.__setattr__(self, "_made", tuple(made))
        return self._made or ()


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Gates and noise of a program with nothing else between them.

    Attributes:
        program: Where they are.
        start: Index of the first.
        stop: Index after the last.
    """

    program: Program
    start: int
    stop: int

    @property
    def operations(self) -> tuple[Unitary | Noise, ...]:
        """They themselves."""
        found = self.program.operations[self.start : self.stop]
        return cast(tuple[Unitary | Noise, ...], found)
