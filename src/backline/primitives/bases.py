"""Paulis that one measurement of every qubit gives, and the gates that turn their bases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from qiskit import transpile
from qiskit.circuit import CircuitInstruction, QuantumCircuit
from qiskit.transpiler import Target

from backline.primitives.observables import Pauli, support


@dataclass(frozen=True, slots=True)
class Basis:
    """Paulis that agree on every qubit, or one of them is the identity there.

    Attributes:
        flips: Qubits that are measured in X or Y, as bits.
        phases: Qubits that are measured in Z or Y, as bits.
        paulis: What the measurement gives.
    """

    flips: int
    phases: int
    paulis: tuple[Pauli, ...]

    @property
    def qubits(self) -> list[int]:
        """Those that are measured, ascending."""
        return support((self.flips, self.phases))


def bases_of(paulis: Iterable[Pauli]) -> list[Basis]:
    """Few bases that measure all Paulis, found greedily; the identity needs none.

    Args:
        paulis: Each once.
    """
    found: list[Basis] = []
    for flips, phases in sorted(paulis, key=lambda p: (-(p[0] | p[1]).bit_count(), p)):
        if not flips | phases:
            continue
        for place, basis in enumerate(found):
            shared = (flips | phases) & (basis.flips | basis.phases)
            if not ((flips ^ basis.flips) | (phases ^ basis.phases)) & shared:
                joined = (*basis.paulis, (flips, phases))
                found[place] = Basis(basis.flips | flips, basis.phases | phases, joined)
                break
        else:
            found.append(Basis(flips, phases, ((flips, phases),)))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Turner:
    """Turns bases with a device's own gates.

    Attributes:
        target: The device.
    """

    target: Target
    _known: dict[tuple[int, str], Sequence[CircuitInstruction]] = field(default_factory=dict)

    def turn(self, circuit: QuantumCircuit, basis: Basis) -> None:
        """Add the gates after which a measurement in Z gives what one in the basis would have."""
        for qubit in basis.qubits:
            if basis.flips >> qubit & 1:
                letter = "Y" if basis.phases >> qubit & 1 else "X"
                for item in self._gates(qubit, letter):
                    circuit.append(item.operation, [circuit.qubits[qubit]])

    def _gates(self, qubit: int, letter: str) -> Sequence[CircuitInstruction]:
        key = (qubit, letter)
        if key not in self._known:
            turn = QuantumCircuit(1)
            if letter == "Y":
                turn.sdg(0)
            turn.h(0)
            done = transpile(turn, target=self.target, initial_layout=[qubit], optimization_level=1)
            self._known[key] = list(done.data)
        return self._known[key]
