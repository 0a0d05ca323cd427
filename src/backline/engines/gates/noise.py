"""The noise of a device, looked up in its `Target` for what a circuit uses and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qiskit.transpiler import Target

from backline.engines.gates.channels import (
    GateNoise,
    ReadoutNoise,
    Relaxation,
    gate_noise,
    readout_noise,
    relaxation,
)

_TIMELESS = frozenset({"barrier", "delay"})


@dataclass(frozen=True, eq=False)
class DeviceNoise:
    """Answers what happens to which qubits of a device; made anew for each run.

    What the target does not say (None, or no entry) is no noise.

    Attributes:
        target: Qiskit's `Target` or ours: error and duration of instructions, t1 and t2 of
            qubits, and p1_given_0 and p0_given_1 of qubits where it has them.
    """

    target: Target
    _tables: dict[str, Mapping[Any, Any]] = field(default_factory=dict, repr=False)

    def duration(self, name: str, qubits: tuple[int, ...]) -> float | None:
        """How long an instruction takes, in s; None where not known."""
        return getattr(self._properties(name, qubits), "duration", None)

    def times(self, name: str, qubits: tuple[int, ...]) -> tuple[float | None, float | None]:
        """Duration in s and error of an instruction; None where not known."""
        properties = self._properties(name, qubits)
        return getattr(properties, "duration", None), getattr(properties, "error", None)

    def coherence(self, qubit: int) -> tuple[float | None, float | None]:
        """T1 and T2 of a qubit of the device, in s; None where not known."""
        known = self._qubit(qubit)
        return getattr(known, "t1", None), getattr(known, "t2", None)

    def gate(self, name: str, qubits: tuple[int, ...]) -> GateNoise | None:
        """What follows an instruction on these qubits of the device."""
        properties = self._properties(name, qubits)
        duration = getattr(properties, "duration", None)
        return gate_noise(
            getattr(properties, "error", None),
            tuple(self.relaxation(qubit, duration) for qubit in qubits),
        )

    def relaxation(self, qubit: int, duration: float | None) -> Relaxation | None:
        """Relaxation of a qubit of the device for a time in s."""
        known = self._qubit(qubit)
        return relaxation(duration, getattr(known, "t1", None), getattr(known, "t2", None))

    def readout(self, qubit: int) -> ReadoutNoise | None:
        """Wrong readings of a qubit of the device."""
        known = self._qubit(qubit)
        measure = self._properties("measure", (qubit,))
        return readout_noise(
            getattr(known, "p1_given_0", None),
            getattr(known, "p0_given_1", None),
            getattr(measure, "error", None),
        )

    def _qubit(self, qubit: int) -> Any:
        every = self.target.qubit_properties
        return every[qubit] if every is not None and qubit < len(every) else None

    def _properties(self, name: str, qubits: tuple[int, ...]) -> Any:
        if name not in self._tables:
            self._tables[name] = {}
            if name not in _TIMELESS and name in self.target.operation_names:
                self._tables[name] = self.target[name]
        table = self._tables[name]
        return table.get(qubits) if qubits in table else table.get(None)
