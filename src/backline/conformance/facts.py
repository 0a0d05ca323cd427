"""What a target says, read once: some targets are made anew at every look."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from qiskit.circuit import Gate, Instruction
from qiskit.circuit.library import get_standard_gate_name_mapping

_CONTROL_FLOW = ("if_else", "for_loop", "while_loop", "switch_case")


@dataclass(frozen=True)
class Facts:
    """A target's content as plain values.

    Attributes:
        target: It itself.
        operations: Each instruction of the target by name; classes where it takes any size.
        places: Of each instruction its qubits with their properties; None where it can be anywhere.
    """

    target: Any
    operations: dict[str, Any]
    places: dict[str, dict[tuple[int, ...], Any] | None]

    @classmethod
    def of(cls, target: Any) -> Facts:
        """Read a target.

        Args:
            target: Qiskit's `Target`, or ours.
        """
        operations, places = {}, {}
        for name in target.operation_names:
            operations[name] = target.operation_from_name(name)
            content = target[name]
            everywhere = content is None or None in content
            places[name] = None if everywhere else dict(content.items())
        return cls(target, operations, places)

    @cached_property
    def width(self) -> int:
        """Number of qubits; 3 where the target takes any number."""
        return 3 if self.target.num_qubits is None else int(self.target.num_qubits)

    @cached_property
    def everywhere(self) -> bool:
        """Whether no gate is bound to qubits."""
        return all(
            found is None
            for name, found in self.places.items()
            if isinstance(self.operations[name], Gate)
        )

    @cached_property
    def standard(self) -> list[str]:
        """Names of the operations that the compiler knows by name alone."""
        known = {*get_standard_gate_name_mapping(), *_CONTROL_FLOW}
        return [name for name in self.operations if name in known]

    def gates(self, width: int) -> list[str]:
        """Names of the gates on so many qubits, as the target has them.

        Args:
            width: How many qubits.
        """
        return [
            name
            for name, operation in self.operations.items()
            if isinstance(operation, Gate) and operation.num_qubits == width
        ]

    def error(self, name: str, qubits: tuple[int, ...]) -> float:
        """The stated error of an instruction; 0 where nothing is stated.

        Args:
            name: Of the instruction.
            qubits: Where.
        """
        found = self.places.get(name)
        stated = getattr(found.get(qubits), "error", None) if found else None
        return 0.0 if stated is None or not math.isfinite(stated) else float(stated)

    def where(self, name: str) -> list[tuple[int, ...]]:
        """Where an instruction can be, best places first.

        Args:
            name: Of the instruction.
        """
        found = self.places[name]
        if found is None:
            count = getattr(self.operations[name], "num_qubits", 1)
            return [tuple(range(count))] if count <= self.width else []
        return sorted(found, key=lambda qubits: (self.badness(name, qubits), qubits))

    def badness(self, name: str, qubits: tuple[int, ...]) -> float:
        """The stated error of an instruction and of reading its qubits after it.

        Args:
            name: Of the instruction.
            qubits: Where.
        """
        return self.error(name, qubits) + sum(self.error("measure", (q,)) for q in qubits)

    @cached_property
    def states_errors(self) -> bool:
        """Whether the target states any error above 0."""
        return any(
            (getattr(entry, "error", None) or 0) > 0
            for found in self.places.values()
            for entry in (found or {}).values()
        )

    def line(self, length: int) -> tuple[int, ...] | None:
        """Good qubits, each coupled to the next; None where there are not so many.

        Args:
            length: How many, 1 to 3.
        """
        if self.width < length:
            return None
        if self.everywhere:
            return tuple(range(length))
        if length == 1:
            singles = sorted(range(self.width), key=lambda q: self.error("measure", (q,)))
            return tuple(singles[:1])
        edges: dict[frozenset[int], float] = {}
        for name in self.gates(2):
            for qubits in self.where(name):
                pair = frozenset(qubits)
                edges[pair] = min(edges.get(pair, math.inf), self.badness(name, qubits))
        paths = {tuple(sorted(pair)): cost for pair, cost in edges.items() if len(pair) == 2}
        for _ in range(length - 2):
            longer: dict[tuple[int, ...], float] = {}
            for path, cost in paths.items():
                for pair, more in edges.items():
                    for end in pair - set(path) if path[-1] in pair else ():
                        longer[(*path, end)] = cost + more
            paths = longer
        return min(paths, key=lambda path: (paths[path], path), default=None)


def instruction_of(operation: Any) -> Instruction | None:
    """An operation with numbers for its parameters; None where it has no fixed size.

    Args:
        operation: Of a target.
    """
    if not isinstance(operation, Instruction):
        return None
    made = operation.to_mutable()
    free = [k for k, value in enumerate(made.params) if getattr(value, "parameters", None)]
    if free:
        made.params = [
            0.7 + 0.35 * k if k in free else value for k, value in enumerate(made.params)
        ]
    return made
