"""The state that a circuit leads to: what measurements of its qubits at its end would find.

Measurements at the very end of the circuit are left out, and all of its qubits end at one moment.
What was measured before is averaged over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import CircuitInstruction, ClassicalRegister, Clbit, QuantumCircuit, Qubit
from qiskit.transpiler import Target

from backline.engines.gates import density, pure
from backline.engines.gates.blocks import rebuilt
from backline.engines.gates.cuts import cuts
from backline.engines.gates.facts import Rules
from backline.engines.gates.program import Complex, Program
from backline.engines.gates.reading import Part, Reading, Sweep, read, sweep
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

    def state_vector(self) -> Complex:
        """Its state, array (2**n,), if it `is_pure`."""
        return pure.final_state(self.program)

    def density_matrix(self) -> Complex:
        """Its state, array (2**n, 2**n)."""
        return density.final(self.program)

    def expectations(self, paulis: Sequence[tuple[int, int]]) -> list[float]:
        """Expectation values, if it `is_feasible`.

        Args:
            paulis: For each its qubits with X or Y, and those with Z or Y, as bits.
        """
        flips, phases = np.array(paulis, dtype=np.int64).reshape(-1, 2).T
        module = min((pure, density), key=lambda module: module.estimate(self.program, 1))
        values: list[float] = module.paulis(self.program, flips, phases).tolist()
        return values


@dataclass(frozen=True, slots=True, eq=False)
class Ending:
    """A circuit, read up to its end.

    Attributes:
        parts: Its components, each ending with a measurement of all its qubits.
        first: Slots of the circuit from this one on are those of these measurements.
        circuit: As it was given; values of its parameters may be others.
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
            wanted = frozenset(k for k, qubit in enumerate(part.qubits) if qubit in qubits)
            ends = frozenset(k for k, slot in enumerate(part.slots) if slot >= self.first)
            for cut in cuts(part.like, ends, wanted) if wanted else ():
                found.append(Piece(cut.of(part), tuple(part.qubits[k] for k in cut.qubits)))
        return found


def ending(circuit: QuantumCircuit, target: Target, rules: Rules) -> Ending:
    """Read a circuit up to its end.

    Args:
        circuit: On the device's qubits.
        target: The device.
        rules: Which noise is wanted.

    Raises:
        CapabilityError: If the circuit has what only Aer can run.
    """
    return _ending(circuit, read(_ended(circuit), target, rules))


def endings(
    circuit: QuantumCircuit, values: NDArray[np.float64], target: Target, rules: Rules
) -> Iterator[Ending]:
    """Read a circuit up to its end, with one set of values for its parameters after another.

    Args:
        circuit: On the device's qubits.
        values: Array (sets, parameters), in the order of `circuit.parameters`.
        target: The device.
        rules: Which noise is wanted.

    Raises:
        CapabilityError: If the circuit has what only Aer can run.
    """
    ended = _ended(circuit)
    once: Sweep | None = None
    for index, row in enumerate(values):
        bound = ended.assign_parameters(row)
        if index == 0:
            once = sweep(ended, bound, target, rules)
        reading = read(bound, target, rules) if once is None else once.reading(bound)
        yield _ending(circuit, reading)


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


def product_state(states: Sequence[Complex]) -> Complex:
    """State vectors, or density matrices, of several pieces as one; the first is the lowest."""
    whole = states[0]
    for state in states[1:]:
        whole = np.asarray(np.kron(state, whole), dtype=np.complex128)
    return whole


def _ending(circuit: QuantumCircuit, reading: Reading) -> Ending:
    if reading.trouble is not None:
        raise CapabilityError(
            f"circuit {circuit.name!r} has {reading.trouble}, which only Aer knows: there is no "
            "exact state of it here"
        )
    return Ending(reading.parts, circuit.num_clbits, circuit)


def _ended(circuit: QuantumCircuit) -> QuantumCircuit:
    """A circuit that measures, at one moment, all qubits on which something happens."""
    busy = {
        circuit.find_bit(qubit).index
        for item in circuit.data
        if item.name not in ("barrier", "delay")
        for qubit in item.qubits
    }
    ended = unmeasured(circuit)
    if busy:
        with_end(ended, sorted(busy))
    return ended


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
