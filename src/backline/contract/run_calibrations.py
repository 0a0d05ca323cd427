"""Calibrations that hold for one run: what `run(circuit, calibrations=...)` is given."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from backline.contract.pulse_gate_targets import check_place
from backline.contract.schedule_checks import check_schedule
from backline.contract.target import Target
from backline.errors import BacklineError, InputError, PulseError
from backline.pulse import InstructionScheduleMap, Schedule, ScheduleBlock
from backline.pulse.calibration_entries import CalibrationEntry, as_entry

_FORMS = (
    "an InstructionScheduleMap, {(name, qubits): schedule}, or, as circuit.calibrations of "
    "Qiskit 1.4, {name: {(qubits, parameters): schedule}}"
)


class RunCalibrations:
    """Calibrations of a run, and the target that has them.

    Attributes:
        target: A copy of the device's target, with these calibrations in place of its own.
    """

    __slots__ = ("_named", "target")

    def __init__(self, named: tuple[str, ...], target: Target) -> None:
        self._named = named
        self.target = target

    @classmethod
    def of(
        cls,
        given: Any,
        target: Target,
        *,
        device_name: str,
        channels: Collection[str] | None = None,
    ) -> RunCalibrations:
        """Calibrations in any of the forms that users give them in.

        Args:
            given: An `InstructionScheduleMap`, whose users' own definitions count; a mapping of
                (name, qubits) to a Schedule, a ScheduleBlock, a function that returns one or a
                `CalibrationEntry`; or a mapping of name to {(qubits, parameters): schedule}, each
                for these values of the parameters alone (as Qiskit 1.4's
                `QuantumCircuit.calibrations`).
            target: Of the device; it is left alone. What it has stands where nothing is given.
            device_name: For messages.
            channels: Names of the control channels that exist; None where that is not known.

        Raises:
            InputError: If it is none of these, or a schedule does not fit the device.
        """
        table = _table(given, target)
        places = [
            (name, qubits)
            for name in table.instructions
            for qubits in map(_tuple, table.qubits_with_instruction(name))
            if table.entry(name, qubits).user_provided
        ]
        for name, qubits in places:
            where = f"the calibration of {name} on {qubits}"
            device = f"device {device_name!r}"
            check_place(f"a calibration of {name}", name, qubits, target, device)
            program = _bound(table.entry(name, qubits))
            if program is not None:
                try:
                    check_schedule(program, target, device_name=device_name, channels=channels)
                except InputError as error:
                    raise InputError(f"{where}: {error.message}", **error.details) from None
        own = copy.copy(target)
        try:
            own.update_from_instruction_schedule_map(table)
        except PulseError as error:
            raise InputError(f"calibrations do not fit together: {error.message}") from None
        return cls(tuple(f"{name} on {qubits}" for name, qubits in places), own)

    def __repr__(self) -> str:
        return f"calibrations of {', '.join(self._named) or 'nothing'}"


class _ByParameters(CalibrationEntry):
    """Schedules for certain values of a gate's parameters; any other stands for the rest."""

    def __init__(
        self,
        where: str,
        programs: Mapping[tuple[float, ...], Schedule | ScheduleBlock],
        others: CalibrationEntry | None,
    ) -> None:
        self.user_provided = True
        self._where = where
        self._programs = dict(programs)
        self._others = others

    def get_signature(self) -> inspect.Signature:
        """Parameters as many as there are values."""
        if self._others is not None:
            return self._others.get_signature()
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        width = len(next(iter(self._programs)))
        return inspect.Signature([inspect.Parameter(f"p{i}", kind) for i in range(width)])

    def get_schedule(self, *args: Any, **kwargs: Any) -> Schedule | ScheduleBlock:
        """The schedule for these values.

        Args:
            *args: Values of the parameters.
            **kwargs: Values of the parameters by name.

        Raises:
            PulseError: If there is none.
        """
        values = self.get_signature().bind_partial(*args, **kwargs).args
        found = self._programs.get(_numbers(values))
        if found is not None:
            return found
        if self._others is not None:
            return self._others.get_schedule(*args, **kwargs)
        there = ", ".join(map(str, self._programs))
        raise PulseError(f"{self._where} is calibrated for the parameters {there}, got {values}")


def _table(given: Any, target: Target) -> InstructionScheduleMap:
    if isinstance(given, InstructionScheduleMap):
        return given
    if not isinstance(given, Mapping):
        raise InputError(f"calibrations are {_FORMS}; got {type(given).__name__}")
    table = InstructionScheduleMap()
    for key, value in given.items():
        try:
            if isinstance(key, str):
                _add_by_parameters(table, key, value, target)
            else:
                name, qubits = key
                table.add(name, qubits, value)
        except (TypeError, ValueError, AttributeError, PulseError) as error:
            why = error.message if isinstance(error, BacklineError) else str(error)
            raise InputError(f"calibrations are {_FORMS}; {key!r} is wrong: {why}") from None
    return table


def _add_by_parameters(
    table: InstructionScheduleMap, name: str, programs: Any, target: Target
) -> None:
    found: dict[tuple[int, ...], dict[tuple[float, ...], Any]] = {}
    for (qubits, params), program in programs.items():
        as_entry(program)  # refuses what is no program
        found.setdefault(_tuple(qubits), {})[_numbers(params)] = program
    for qubits, by_params in found.items():
        if set(by_params) == {()}:
            table.add(name, qubits, by_params[()])
            continue
        has = target.has_calibration(name, qubits)
        others = target.calibration_entry(name, qubits) if has else None
        table.add(name, qubits, _ByParameters(f"{name} on {qubits}", by_params, others))


def _bound(entry: CalibrationEntry) -> Schedule | ScheduleBlock | None:
    """The program of an entry that takes no parameters."""
    if isinstance(entry, _ByParameters) or entry.get_signature().parameters:
        return None
    return entry.get_schedule()


def _tuple(qubits: Any) -> tuple[int, ...]:
    return tuple(qubits) if isinstance(qubits, Iterable) else (qubits,)


def _numbers(values: Iterable[Any]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
