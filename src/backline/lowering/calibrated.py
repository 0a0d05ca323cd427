"""The calibrated schedules of a target, each looked up once."""

from __future__ import annotations

from typing import Any

from backline.contract.target import Target
from backline.errors import BacklineError, CalibrationError, MissingCalibrationError
from backline.pulse import Schedule, ScheduleBlock
from backline.pulse.transforms import target_qobj_transform


class Calibrations:
    """Schedules of gates on qubits, with their parameters bound.

    Args:
        target: A target with calibrations.

    Raises:
        CalibrationError: If it is no target that can have them.
    """

    def __init__(self, target: Target) -> None:
        if not isinstance(target, Target):
            raise CalibrationError(
                f"a {type(target).__module__}.{type(target).__name__} has no calibrations: give "
                "a backline.Target"
            )
        self.target = target
        self._found: dict[tuple[str, tuple[int, ...], tuple[Any, ...]], Schedule] = {}

    def has(self, name: str, qubits: tuple[int, ...]) -> bool:
        """Whether a gate is calibrated on these qubits."""
        return self.target.has_calibration(name, qubits)

    def get(self, name: str, qubits: tuple[int, ...], params: tuple[Any, ...] = ()) -> Schedule:
        """The schedule of a gate.

        Args:
            name: The gate.
            qubits: On which qubits.
            params: Its parameters, numbers.

        Raises:
            CalibrationError: If there is none, or its parameters do not fit the gate's.
        """
        if not self.has(name, qubits):
            raise self._missing(name, qubits)
        key = (name, qubits, params)
        if key not in self._found:
            self._found[key] = self._bound(name, qubits, params)
        return self._found[key]

    def _bound(self, name: str, qubits: tuple[int, ...], params: tuple[Any, ...]) -> Schedule:
        where = f"the calibration of {name} on {qubits}"
        try:
            program = self.target.get_calibration(name, qubits, *params)
        except BacklineError as error:
            raise CalibrationError(
                f"{where} does not take the parameters {params}: {error.message}",
                instruction=name,
                qubits=qubits,
            ) from error
        if program.is_parameterized():
            free = ", ".join(sorted(parameter.name for parameter in program.parameters))
            raise CalibrationError(
                f"{where} has free parameters ({free}), and the gate gives it {len(params)}",
                instruction=name,
                qubits=qubits,
            )
        if isinstance(program, ScheduleBlock):
            return target_qobj_transform(program)
        return program

    def _missing(self, name: str, qubits: tuple[int, ...]) -> CalibrationError:
        table = self.target.instruction_schedule_map()
        here = ", ".join(table.qubit_instructions(qubits)) or "nothing"
        places = ", ".join(map(str, table.qubits_with_instruction(name)))
        message = f"{name} on {qubits} has no calibration: calibrated on {qubits}: {here}"
        message += f"; {name} is calibrated on: {places}" if places else ""
        return MissingCalibrationError(
            f"{message}. Compile first: transpile(circuit, backend)",
            instruction=name,
            qubits=qubits,
        )
