"""Circuits rebuilt with the same bits, and a look at what instructions hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from qiskit.circuit import (
    CONTROL_FLOW_OP_NAMES,
    CircuitInstruction,
    ForLoopOp,
    QuantumCircuit,
    Qubit,
)


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
    # Counting is quick; to ask an instruction for its operation would make the gate's object.
    if not circuit.count_ops().keys() & CONTROL_FLOW_OP_NAMES:
        return
    for instruction in circuit.data:
        if instruction.is_control_flow():
            for block in instruction.operation.blocks:
                yield from blocks_of(block)


def unrolled_size(circuit: QuantumCircuit) -> int:
    """How many instructions come of the `for` loops of a circuit, every pass counted."""
    if not circuit.count_ops().keys() & CONTROL_FLOW_OP_NAMES:
        return 0
    size = 0
    for instruction in circuit.data:
        if not instruction.is_control_flow():
            continue
        blocks = instruction.operation.blocks
        if isinstance(instruction.operation, ForLoopOp):
            size += _passes(instruction) * sum(map(_whole_size, blocks))
        else:
            size += sum(map(unrolled_size, blocks))
    return size


def _whole_size(block: QuantumCircuit) -> int:
    """How many instructions a block has, those in its own blocks included, every pass counted."""
    size = len(block.data)
    if block.count_ops().keys() & CONTROL_FLOW_OP_NAMES:
        for instruction in block.data:
            if instruction.is_control_flow():
                inside = sum(map(_whole_size, instruction.operation.blocks))
                size += _passes(instruction) * inside
    return size


def _passes(instruction: CircuitInstruction) -> int:
    # A range is not gone through: it may have more numbers than there is memory for.
    looped = isinstance(instruction.operation, ForLoopOp)
    return len(instruction.params[0]) if looped else 1


def measures(circuit: QuantumCircuit) -> bool:
    """Whether a circuit has a measurement, in blocks of control flow or outside."""
    return any("measure" in block.count_ops() for block in blocks_of(circuit))
