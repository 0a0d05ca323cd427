"""How large a program may be, so that a hostile or silly file is a message and no crash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qiskit.circuit import CircuitInstruction, ControlFlowOp, ForLoopOp, QuantumCircuit
from qiskit.circuit.library import get_standard_gate_name_mapping

from backline.errors import InputError

_STANDARD = frozenset(get_standard_gate_name_mapping())
_DEEPEST = 200


@dataclass(frozen=True, slots=True)
class ProgramLimits:
    """What a loaded program may have.

    Attributes:
        qubits: Qubits, whatever the device.
        clbits: Classical bits.
        instructions: Instructions, with loops run through and gate definitions written out.
        programs: Circuits in one file.
    """

    qubits: int = 10_000
    clbits: int = 100_000
    instructions: int = 1_000_000
    programs: int = 1_000


def check_size(circuit: QuantumCircuit, limits: ProgramLimits) -> int:
    """Refuse a circuit that is too large.

    Args:
        circuit: A loaded circuit.
        limits: What it may have.

    Returns:
        Its number of instructions, with loops run through and definitions written out.

    Raises:
        InputError: Naming what there is too much of.
    """
    for number, most, what in (
        (circuit.num_qubits, limits.qubits, "qubits"),
        (circuit.num_clbits, limits.clbits, "classical bits"),
    ):
        if number > most:
            raise InputError(f"the program has {number} {what}; at most {most} are read")
    return _Counter(limits.instructions).count(circuit, 0)


class _Counter:
    """Counts until the limit, so that even the count of a gate bomb ends soon."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.steps = 0

    def count(self, circuit: QuantumCircuit, depth: int) -> int:
        if depth > _DEEPEST:
            raise InputError(f"gates or blocks are nested more than {_DEEPEST} deep")
        total = 0
        for instruction in circuit.data:
            total += self._instruction(instruction, depth)
            self._check(total)
        return total

    def _instruction(self, instruction: CircuitInstruction, depth: int) -> int:
        self.steps += 1
        self._check(self.steps)
        operation: Any = instruction.operation
        if isinstance(operation, ControlFlowOp):
            inside = sum(self.count(block, depth + 1) for block in operation.blocks)
            return max(1, inside * _rounds(operation))
        if operation.name in _STANDARD:
            return 1
        definition = getattr(operation, "definition", None)
        if definition is None:
            return 1
        return max(1, self.count(definition, depth + 1))

    def _check(self, number: int) -> None:
        if number > self.most:
            raise InputError(
                f"the program has more than {self.most} instructions, with its loops run through "
                "and its gate definitions written out; no more are read"
            )


def _rounds(operation: ControlFlowOp) -> int:
    """How often the blocks run at most; a `while` loop counts once, as nobody can tell."""
    if not isinstance(operation, ForLoopOp):
        return 1
    indices = operation.params[0]
    if isinstance(indices, range):  # len() gives up beyond the machine's largest index
        return max(0, -((indices.start - indices.stop) // indices.step))
    return len(tuple(indices))
