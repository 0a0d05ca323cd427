"""Circuits rebuilt with the same bits, and a look at what an instruction reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qiskit.circuit import CircuitInstruction, ClassicalRegister, Clbit, QuantumCircuit, Qubit
from qiskit.circuit.classical import expr


def rebuilt(
    circuit: QuantumCircuit, data: Iterable[CircuitInstruction], qubits: Sequence[Qubit]
) -> QuantumCircuit:
    """A circuit of the same clbits, registers, name and phase, with other instructions and qubits.

    Args:
        circuit: Where the rest comes from.
        data: Its instructions.
        qubits: Its qubits.
    """
    new = QuantumCircuit(
        list(qubits), circuit.clbits, name=circuit.name, global_phase=circuit.global_phase
    )
    for register in circuit.cregs:
        new.add_register(register)
    for instruction in data:
        new.append(instruction)
    return new


def clbits_of(instruction: CircuitInstruction) -> set[Clbit]:
    """The classical bits that an instruction writes or reads, those of its condition included."""
    clbits = set(instruction.clbits)
    for name in ("condition", "target"):
        clbits |= _bits(getattr(instruction.operation, name, None))
    return clbits


def _bits(condition: object) -> set[Clbit]:
    if isinstance(condition, tuple):
        condition = condition[0]
    if isinstance(condition, Clbit):
        return {condition}
    if isinstance(condition, ClassicalRegister):
        return set(condition)
    if isinstance(condition, expr.Expr):
        return set().union(*(_bits(variable.var) for variable in expr.iter_vars(condition)))
    return set()
