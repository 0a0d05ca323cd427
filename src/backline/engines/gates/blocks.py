"""Circuits rebuilt with the same bits, and a look at what instructions hold and read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from qiskit.circuit import (
    CircuitInstruction,
    ClassicalRegister,
    Clbit,
    ControlFlowOp,
    QuantumCircuit,
    Qubit,
)
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


def blocks_of(circuit: QuantumCircuit) -> Iterator[QuantumCircuit]:
    """The circuit itself, and all blocks of control flow in it, at any depth."""
    yield circuit
    for instruction in circuit.data:
        if isinstance(instruction.operation, ControlFlowOp):
            for block in instruction.operation.blocks:
                yield from blocks_of(block)


def measures(instruction: CircuitInstruction) -> bool:
    """Whether an instruction is a measurement, or holds one in a block of control flow."""
    operation = instruction.operation
    if isinstance(operation, ControlFlowOp):
        return any(measures(inner) for block in operation.blocks for inner in block.data)
    return bool(operation.name == "measure")


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
