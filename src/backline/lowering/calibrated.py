"""The calibrated schedules of gates, each looked up once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from backline.errors import BacklineError, CalibrationError, MissingCalibrationError
from backline.pulse import InstructionScheduleMap, Schedule, ScheduleBlock
from backline.pulse.calibration_entries import CalibrationEntry
from backline.pulse.transforms import target_qobj_transform


class Calibrations:
    """Schedules of gates on qubits, with their parameters bound.

    Args:
        table: The calibrations; it is not changed.
        groups: Qubits that are measured together. A measurement that is not calibrated on a
            qubit alone is looked for on its groups.
    """

    def __init__(self, table: InstructionScheduleMap, groups: Iterable[Sequence[int]] = ()) -> None:
        self._table = table
        self._groups = [tuple(group) for group in groups]
        self._found: dict[tuple[str, tuple[int, ...], tuple[Any, ...]], Schedule] = {}
        self._entries: dict[tuple[str, tuple[int, ...]], CalibrationEntry] = {}

    def has(self, name: str, qubits: tuple[int, ...]) -> bool:
        """Whether a gate is calibrated on these qubits."""
        return self._table.has(name, qubits)

    def get(self, name: str, qubits: tuple[int, ...], params: tuple[Any, ...] = ()) -> Schedule:
        """The schedule of a gate.

        Args:
            name: The gate.
            qubits: On which qubits.
            params: Its parameters, numbers.

        Raises:
            CalibrationError: If there is none, or its parameters do not fit the gate's.
        """
        key = (name, qubits, params)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._bound(name, qubits, params)
        return found

    def measurement(self, qubit: int, name: str = "measure") -> Schedule:
        """The schedule that measures a qubit, among others of its group perhaps.

        Args:
            qubit: The qubit.
            name: Of the measurement.

        Raises:
            CalibrationError: If it is calibrated on none of the qubit and its groups.
        """
        for qubits in ((qubit,), *(group for group in self._groups if qubit in group)):
            if self.has(name, qubits):
                return self.get(name, qubits)
        return self.get(name, (qubit,))  # which says what is missing

    def _bound(self, name: str, qubits: tuple[int, ...], params: tuple[Any, ...]) -> Schedule:
        try:
            program = self._entry(name, qubits).get_schedule(*params)
        except MissingCalibrationError:
            raise
        except BacklineError as error:
            raise CalibrationError(
                f"the calibration of {name} on {qubits} does not take the parameters {params}: "
                f"{error.message}",
                instruction=name,
                qubits=qubits,
            ) from error
        if program.is_parameterized():
            free = ", ".join(sorted(parameter.name for parameter in program.parameters))
            raise CalibrationError(
                f"the calibration of {name} on {qubits} has free parameters ({free}), and the "
                f"gate gives it {len(params)}",
                instruction=name,
                qubits=qubits,
            )
        if isinstance(program, ScheduleBlock):
            return target_qobj_transform(program)
        return program

    def _entry(self, name: str, qubits: tuple[int, ...]) -> CalibrationEntry:
        entry = self._entries.get((name, qubits))
        if entry is None:
            if not self.has(name, qubits):
                raise self._missing(name, qubits)
            entry = self._entries[name, qubits] = self._table.entry(name, qubits)
        return entry

    def _missing(self, name: str, qubits: tuple[int, ...]) -> CalibrationError:
        here = ", ".join(self._table.qubit_instructions(qubits)) or "nothing"
        places = ", ".join(map(str, self._table.qubits_with_instruction(name)))
        message = f"{name} on {qubits} has no calibration: calibrated on {qubits}: {here}"
        message += f"; {name} is calibrated on: {places}" if places else ""
        return MissingCalibrationError(
            f"{message}. Compile first: transpile(circuit, backend)",
            instruction=name,
            qubits=qubits,
        )
