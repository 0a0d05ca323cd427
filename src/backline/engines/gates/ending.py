"""The state that a circuit leads to: what measurements of its qubits at its end would find.

Measurements at the very end of the circuit are left out, and all of its qubits end at one moment.
What was measured before is averaged over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from qiskit.circuit import CircuitInstruction, ClassicalRegister, Clbit, QuantumCircuit, Qubit
from qiskit.transpiler import Target

from backline.engines.gates import density, pure
from backline.engines.gates.blocks import rebuilt
from backline.engines.gates.components import split
from backline.engines.gates.facts import Rules
from backline.engines.gates.paulis import PauliSum
from backline.engines.gates.program import Complex, JumpUnless, Measure, Operation, Program
from backline.engines.gates.pruning import pruned
from backline.engines.gates.reading import Part, read
from backline.errors import CapabilityError


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Qubits that nothing connects with others.

    Attributes:
        program: What leads to their end; without measurements there.
        qubits: For each of its qubits the one of the circuit.
    """

    program: Program
    qubits: tuple[int, ...]

    @property
    def is_pure(self) -> bool:
        """Whether it ends in one state vector, and not in a mixture of them."""
        return pure.is_deterministic(self.program)

    @property
    def is_feasible(self) -> bool:
        """Whether its state is small enough to be computed."""
        return any(isfinite(module.estimate(self.program, 1)) for module in (pure, density))


@dataclass(frozen=True, slots=True, eq=False)
class Ending:
    """A circuit, read up to its end.

    Attributes:
        parts: Its components, each ending with a measurement of all its qubits.
        first: Slots of the circuit from this one on are those of these measurements.
        circuit: As it was given.
    """

    parts: tuple[Part, ...]
    first: int
    circuit: QuantumCircuit

    def pieces(self, qubits: Collection[int]) -> list[Piece]:
        """What leads to some qubits of the circuit, and nothing else.

        Args:
            qubits: Any. Those on which nothing happens are in the ground state.
        """
        known = {qubit for part in self.parts for qubit in part.qubits}
        found = [Piece(Program((), 1, 0), (qubit,)) for qubit in qubits if qubit not in known]
        for part in self.parts:
            wanted = {place for place, qubit in enumerate(part.qubits) if qubit in qubits}
            if wanted:
                found += self._leading_to(part, wanted)
        return found

    def _leading_to(self, part: Part, wanted: Collection[int]) -> list[Piece]:
        ends = {place for place, slot in enumerate(part.slots) if slot >= self.first}
        operations: Sequence[Operation] = part.program.operations
        if len(wanted) < len(part.qubits):
            unwanted = set(range(len(part.qubits))) - set(wanted)
            # All jumps lead to places before the end, so that their targets stay as they are.
            operations = [item for item in operations if not _ends(item, ends, unwanted)]
            operations, _ = pruned(operations)
        return [
            Piece(
                _without(
                    component.program, {k for k, s in enumerate(component.slots) if s in ends}
                ),
                tuple(part.qubits[place] for place in component.qubits),
            )
            for component in split(operations)
        ]


def ending(circuit: QuantumCircuit, target: Target, rules: Rules) -> Ending:
    """Read a circuit up to its end.

    Args:
        circuit: On the device's qubits.
        target: The device.
        rules: Which noise is wanted.

    Raises:
        CapabilityError: If the circuit has what only Aer can run.
    """
    busy = {
        circuit.find_bit(qubit).index
        for item in circuit.data
        if item.name not in ("barrier", "delay")
        for qubit in item.qubits
    }
    ended = unmeasured(circuit)
    first = ended.num_clbits
    if busy:
        with_end(ended, sorted(busy))
    reading = read(ended, target, rules)
    if reading.trouble is not None:
        raise CapabilityError(
            f"circuit {circuit.name!r} has {reading.trouble}, which only Aer knows: there is no "
            "exact state of it here"
        )
    return Ending(reading.parts, first, circuit)


def unmeasured(circuit: QuantumCircuit) -> QuantumCircuit:
    """A circuit without its final measurements, those that nothing comes after."""
    return rebuilt(circuit, _without_final_measurements(circuit), circuit.qubits)


def with_end(circuit: QuantumCircuit, qubits: Sequence[int]) -> None:
    """Add measurements of some qubits at one moment, into a register of their own.

    Args:
        circuit: Gets them.
        qubits: Of the circuit.
    """
    register = ClassicalRegister(len(qubits), "the_end")
    circuit.add_register(register)
    circuit.barrier(qubits)
    circuit.measure(qubits, register)


def state_vector(piece: Piece) -> Complex:
    """The state of a piece that `is_pure`, array (2**n,)."""
    return pure.final_state(piece.program)


def density_matrix(piece: Piece) -> Complex:
    """The state of a piece, array (2**n, 2**n)."""
    return density.final(piece.program)


def expectations(piece: Piece, paulis: Sequence[tuple[int, int]]) -> list[float]:
    """Expectation values at the end of a piece that `is_feasible`.

    Args:
        piece: It.
        paulis: For each the qubits of the piece with X or Y, and those with Z or Y, as bits.
    """
    one = np.ones(1)
    sums = [PauliSum(np.array([flips]), np.array([phases]), one) for flips, phases in paulis]
    module = min((pure, density), key=lambda module: module.estimate(piece.program, 1))
    values: list[float] = module.expectations(piece.program, sums).tolist()
    return values


def product_state(states: Sequence[Complex]) -> Complex:
    """State vectors, or density matrices, of several pieces as one; the first is the lowest."""
    whole = states[0]
    for state in states[1:]:
        whole = np.asarray(np.kron(state, whole), dtype=np.complex128)
    return whole


def _ends(item: Operation, ends: Collection[int], qubits: Collection[int]) -> bool:
    return isinstance(item, Measure) and item.slot in ends and item.qubit in qubits


def _without(program: Program, ends: Collection[int]) -> Program:
    """A program without its measurements at the end, and without records that nobody reads."""
    read_slots = {
        slot
        for item in program.operations
        if isinstance(item, JumpUnless)
        for slot in item.condition.slots
    }
    # Where no condition reads a slot, outcomes share one that is written again and again, so
    # that branches meet.
    spare = program.num_slots
    every = range(program.num_qubits)
    operations = tuple(
        Measure(item.qubit, spare, None)
        if isinstance(item, Measure) and item.slot not in read_slots
        else item
        for item in program.operations
        if not _ends(item, ends, every)
    )
    return Program(operations, program.num_qubits, program.num_slots + 1)


def _without_final_measurements(circuit: QuantumCircuit) -> list[CircuitInstruction]:
    """Instructions but for measurements whose qubit and clbit nothing looks at afterwards."""
    looked_at: set[Qubit | Clbit] = set()
    kept = []
    for item in reversed(circuit.data):
        if item.name == "measure" and looked_at.isdisjoint((*item.qubits, *item.clbits)):
            continue
        if item.name != "barrier":
            looked_at.update(item.qubits)
        if item.name != "measure":
            looked_at.update(item.clbits)
        kept.append(item)
    return kept[::-1]
