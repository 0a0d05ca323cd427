"""A circuit for Aer in which every wait is a delay."""

from __future__ import annotations

from collections.abc import Iterable

from qiskit.circuit import CircuitInstruction, Delay, IfElseOp, QuantumCircuit, Qubit

from backline.engines.gates.blocks import rebuilt
from backline.engines.gates.steps import steps_of
from backline.engines.gates.waits import Clock, Gaps, gaps
from backline.errors import CapabilityError


def with_waits(circuit: QuantumCircuit, clock: Clock) -> QuantumCircuit:
    """The circuit with every wait as a `Delay` in seconds on the qubit that waits.

    Args:
        circuit: The circuit.
        clock: How long instructions take.

    Raises:
        CapabilityError: If a delay's duration is no number, or changes from pass to pass of a
            loop.
    """
    return _filled(circuit, circuit.qubits, gaps(steps_of(circuit).shape, clock))


def _filled(circuit: QuantumCircuit, qubits: list[Qubit], found: Gaps) -> QuantumCircuit:
    """A circuit or block with its gaps as delays; `qubits` has its qubits by outer position."""
    data: list[CircuitInstruction] = list(_delays(qubits, found.waits.get(-1, ())))
    for index, instruction in enumerate(circuit.data):
        if index in found.blocks:
            data.append(_with_blocks(circuit, instruction, qubits, found.blocks[index]))
        elif instruction.operation.name not in ("delay", "barrier"):
            data.append(instruction)
        data.extend(_delays(qubits, found.waits.get(index, ())))
    return rebuilt(circuit, data, circuit.qubits)


def _delays(
    qubits: list[Qubit], waits: Iterable[tuple[int, float]]
) -> Iterable[CircuitInstruction]:
    for qubit, seconds in waits:
        yield CircuitInstruction(Delay(seconds, "s"), [qubits[qubit]])


def _with_blocks(
    circuit: QuantumCircuit,
    instruction: CircuitInstruction,
    qubits: list[Qubit],
    found: tuple[Gaps, ...],
) -> CircuitInstruction:
    operation = instruction.operation
    blocks = list(operation.blocks)
    if isinstance(operation, IfElseOp) and len(blocks) == 1:
        blocks.append(QuantumCircuit(blocks[0].qubits, blocks[0].clbits))
    if len(found) > len(blocks) and any(other != found[0] for other in found):
        raise CapabilityError(
            f"circuit {circuit.name!r} has a loop whose delays change from pass to pass, which "
            "Aer's methods do not run"
        )
    outer = {qubit: place for place, qubit in enumerate(qubits)}
    done = []
    for block, inside in zip(blocks, found, strict=False):
        inner = list(qubits)
        for own, qubit in zip(block.qubits, instruction.qubits, strict=True):
            inner[outer[qubit]] = own
        done.append(_filled(block, inner, inside))
    if isinstance(operation, IfElseOp):
        otherwise = done[1] if done[1].data else None
        operation = IfElseOp(operation.condition, done[0], otherwise, operation.label)
    else:
        operation = operation.replace_blocks(done)
    return CircuitInstruction(operation, instruction.qubits, instruction.clbits)
