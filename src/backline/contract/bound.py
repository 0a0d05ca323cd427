"""Whether a circuit's parameters all have values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import ControlFlowOp, ForLoopOp

from backline.errors import InputError

_MOST_NAMED = 12


def check_bound(circuit: QuantumCircuit) -> None:
    """Refuse a circuit with parameters that have no value.

    Args:
        circuit: Any circuit.

    Raises:
        InputError: Naming them.
    """
    free = circuit.parameters
    if free:  # before Qiskit 2.3, the variables of `for` loops are among them
        free = set(free) - set(_loop_variables(circuit))
    if not free:
        return
    names = sorted(parameter.name for parameter in free)
    more = f", and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    raise InputError(
        f"circuit {circuit.name!r} has unbound parameters: {', '.join(names[:_MOST_NAMED])}{more}. "
        "Give them values: circuit.assign_parameters(...)."
    )


def _loop_variables(circuit: QuantumCircuit) -> Iterator[Any]:
    for instruction in circuit.data:
        operation = instruction.operation
        if not isinstance(operation, ControlFlowOp):
            continue
        if isinstance(operation, ForLoopOp) and operation.params[1] is not None:
            yield operation.params[1]
        for block in operation.blocks:
            yield from _loop_variables(block)
