"""Circuits on the qubits that they use: three of a device's 127 are simulated as three."""

from __future__ import annotations

from qiskit.circuit import CircuitInstruction, ControlFlowOp, QuantumCircuit

from backline.engines.gates.blocks import rebuilt

_WAITING = frozenset({"barrier", "delay"})
_JUMPS = frozenset({"break_loop", "continue_loop"})


def compact(circuit: QuantumCircuit) -> tuple[QuantumCircuit, tuple[int, ...]]:
    """Leave out the qubits on which nothing happens; clbits and registers stay as they are.

    A qubit that only waits (delay, barrier) stays in the ground state and is left out, too. In
    control flow, a qubit counts where some block uses it.

    Args:
        circuit: A circuit of any width.

    Returns:
        The narrow circuit, and for each of its qubits the index in `circuit`, ascending.
    """
    keep = tuple(sorted(_used(circuit)))
    return _narrow(circuit, keep), keep


def _used(circuit: QuantumCircuit) -> set[int]:
    used: set[int] = set()
    for instruction in circuit.data:
        used |= _indices(circuit, instruction)
    return used


def _indices(circuit: QuantumCircuit, instruction: CircuitInstruction) -> set[int]:
    """Positions in the circuit of the qubits on which the instruction does something."""
    if instruction.operation.name in _WAITING | _JUMPS:
        return set()
    qubits = [circuit.find_bit(qubit).index for qubit in instruction.qubits]
    if isinstance(instruction.operation, ControlFlowOp):
        inside = set().union(*(_used(block) for block in instruction.operation.blocks))
        return {qubits[position] for position in inside}
    return set(qubits)


def _narrow(circuit: QuantumCircuit, keep: tuple[int, ...]) -> QuantumCircuit:
    kept = {circuit.qubits[index] for index in keep}
    data = (_narrowed(instruction, kept) for instruction in circuit.data)
    return rebuilt(circuit, (i for i in data if i is not None), [circuit.qubits[q] for q in keep])


def _narrowed(instruction: CircuitInstruction, kept: set[object]) -> CircuitInstruction | None:
    """The instruction on the kept qubits alone; None where nothing is left of it."""
    positions = tuple(i for i, qubit in enumerate(instruction.qubits) if qubit in kept)
    operation = instruction.operation
    if isinstance(operation, ControlFlowOp):
        operation = operation.replace_blocks(
            _narrow(block, positions) for block in operation.blocks
        )
    elif len(positions) == len(instruction.qubits):
        return instruction
    elif operation.name in _JUMPS:
        operation = type(operation)(len(positions), len(instruction.clbits))
    elif not positions:
        return None
    elif operation.name == "barrier":
        operation = type(operation)(len(positions))
    qubits = [instruction.qubits[position] for position in positions]
    return CircuitInstruction(operation, qubits, instruction.clbits)
