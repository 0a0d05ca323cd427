"""`properties()`: what was measured on a device, as code for BackendV1 reads it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backline.errors import BackendPropertyError
from backline.units import HERTZ, SECONDS


@dataclass(frozen=True, slots=True)
class Nduv:
    """One measured value: name, date, unit, value.

    Attributes:
        date: When it was measured; None where not known.
        name: What it is.
        unit: Its unit; empty for none.
        value: In that unit.
    """

    date: datetime | None
    name: str
    unit: str
    value: float

    def to_dict(self) -> dict[str, Any]:
        """The value as Qiskit 1.4 wrote it."""
        return {"date": self.date, "name": self.name, "unit": self.unit, "value": self.value}

    def si(self) -> tuple[float, datetime | None]:
        """The value in s, Hz or without unit, and when it was measured."""
        return self.value * {**SECONDS, **HERTZ}.get(self.unit, 1.0), self.date


@dataclass(frozen=True, slots=True)
class GateProperties:
    """What was measured of a gate on its qubits.

    Attributes:
        qubits: The qubits.
        gate: Its name.
        parameters: The values.
        name: Of this place, such as "cx0_1".
    """

    qubits: list[int]
    gate: str
    parameters: list[Nduv]
    name: str

    def to_dict(self) -> dict[str, Any]:
        """The gate as Qiskit 1.4 wrote it."""
        return {
            "qubits": self.qubits,
            "gate": self.gate,
            "parameters": [parameter.to_dict() for parameter in self.parameters],
            "name": self.name,
        }


class BackendProperties:
    """What was measured on a device, in the shape of Qiskit 1.4's `BackendProperties`.

    Methods give seconds and Hz. What is not known raises `BackendPropertyError`.

    Args:
        backend_name: Of the backend.
        backend_version: Of the device.
        last_update_date: When it was measured; None where not known.
        qubits: The values of each qubit.
        gates: The values of each gate on each of its places.
    """

    def __init__(
        self,
        backend_name: str,
        backend_version: str | None,
        last_update_date: datetime | None,
        qubits: Sequence[Sequence[Nduv]],
        gates: Sequence[GateProperties],
    ) -> None:
        self.backend_name = backend_name
        self.backend_version = backend_version
        self.last_update_date = last_update_date
        self.qubits = [list(values) for values in qubits]
        self.gates = list(gates)
        self.general: list[Nduv] = []
        self._qubits = [{value.name: value.si() for value in values} for values in qubits]
        self._gates: dict[str, dict[tuple[int, ...], dict[str, Any]]] = {}
        for gate in gates:
            values = {value.name: value.si() for value in gate.parameters}
            self._gates.setdefault(gate.gate, {})[tuple(gate.qubits)] = values

    def qubit_property(self, qubit: int, name: str | None = None) -> Any:
        """What is known of a qubit.

        Args:
            qubit: A qubit.
            name: "T1", "T2", "frequency", "anharmonicity", "readout_error", "readout_length",
                "prob_meas0_prep1" or "prob_meas1_prep0"; None for all that is known.

        Returns:
            (value, date), or with `name` None a dictionary of these.

        Raises:
            BackendPropertyError: If it is not known.
        """
        if not 0 <= qubit < len(self._qubits):
            raise BackendPropertyError(
                f"there is no qubit {qubit}: qubits are 0 to {len(self._qubits) - 1}", qubit=qubit
            )
        known = self._qubits[qubit]
        if name is None:
            return dict(known)
        if name not in known:
            raise BackendPropertyError(
                f"{name!r} of qubit {qubit} is not known: known are "
                f"{', '.join(known) or 'no values'}",
                qubit=qubit,
            )
        return known[name]

    def gate_property(
        self, gate: str, qubits: int | Iterable[int] | None = None, name: str | None = None
    ) -> Any:
        """What is known of a gate.

        Args:
            gate: Its name.
            qubits: Its qubits; None for all its places.
            name: "gate_error" or "gate_length"; None for all that is known.

        Returns:
            (value, date); with `name` None a dictionary of these; with `qubits` None a dictionary
            of such dictionaries, keyed by qubits.

        Raises:
            BackendPropertyError: If it is not known.
        """
        places = self._gates.get(gate)
        if places is None:
            raise BackendPropertyError(
                f"nothing is known of gate {gate!r}: known are {', '.join(self._gates) or 'none'}",
                instruction=gate,
            )
        if qubits is None:
            return {place: dict(values) for place, values in places.items()}
        place = tuple(qubits) if isinstance(qubits, Iterable) else (qubits,)
        if place not in places:
            raise BackendPropertyError(
                f"nothing is known of {gate} on {place}", instruction=gate, qubits=place
            )
        if name is None:
            return dict(places[place])
        if name not in places[place]:
            raise BackendPropertyError(
                f"{name!r} of {gate} on {place} is not known", instruction=gate, qubits=place
            )
        return places[place][name]

    def t1(self, qubit: int) -> float:
        """Relaxation time of a qubit, in s.

        Args:
            qubit: A qubit.
        """
        return self._of_qubit(qubit, "T1")

    def t2(self, qubit: int) -> float:
        """Coherence time of a qubit, in s.

        Args:
            qubit: A qubit.
        """
        return self._of_qubit(qubit, "T2")

    def frequency(self, qubit: int) -> float:
        """Transition 0-1 of a qubit, in Hz.

        Args:
            qubit: A qubit.
        """
        return self._of_qubit(qubit, "frequency")

    def readout_error(self, qubit: int) -> float:
        """Mean error of reading a qubit.

        Args:
            qubit: A qubit.
        """
        return self._of_qubit(qubit, "readout_error")

    def readout_length(self, qubit: int) -> float:
        """Length of a measurement of a qubit, in s.

        Args:
            qubit: A qubit.
        """
        return self._of_qubit(qubit, "readout_length")

    def gate_error(self, gate: str, qubits: int | Iterable[int]) -> float:
        """Mean error of a gate.

        Args:
            gate: Its name.
            qubits: Its qubits.
        """
        return float(self.gate_property(gate, qubits, "gate_error")[0])

    def gate_length(self, gate: str, qubits: int | Iterable[int]) -> float:
        """Length of a gate, in s.

        Args:
            gate: Its name.
            qubits: Its qubits.
        """
        return float(self.gate_property(gate, qubits, "gate_length")[0])

    def is_qubit_operational(self, qubit: int) -> bool:
        """Whether a qubit works.

        Args:
            qubit: A qubit.
        """
        return bool(self.qubit_property(qubit).get("operational", (True, None))[0])

    def is_gate_operational(self, gate: str, qubits: int | Iterable[int]) -> bool:
        """Whether a gate works.

        Args:
            gate: Its name.
            qubits: Its qubits.
        """
        return bool(self.gate_property(gate, qubits).get("operational", (True, None))[0])

    def faulty_qubits(self) -> list[int]:
        """Qubits that do not work."""
        return [q for q in range(len(self._qubits)) if not self.is_qubit_operational(q)]

    def faulty_gates(self) -> list[GateProperties]:
        """Gates that do not work."""
        return [g for g in self.gates if not self.is_gate_operational(g.gate, g.qubits)]

    def to_dict(self) -> dict[str, Any]:
        """The values in the shape and units (us, ns, GHz) of Qiskit 1.4's dictionaries."""
        return {
            "backend_name": self.backend_name,
            "backend_version": self.backend_version,
            "last_update_date": self.last_update_date,
            "qubits": [[value.to_dict() for value in values] for values in self.qubits],
            "gates": [gate.to_dict() for gate in self.gates],
            "general": [],
        }

    def _of_qubit(self, qubit: int, name: str) -> float:
        return float(self.qubit_property(qubit, name)[0])
