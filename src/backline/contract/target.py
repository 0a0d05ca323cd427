"""Qiskit's `Target`, with the calibrations that Qiskit 2 dropped."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from qiskit.circuit import Instruction
from qiskit.providers import QubitProperties as QiskitQubitProperties
from qiskit.transpiler import InstructionProperties as QiskitInstructionProperties
from qiskit.transpiler import Target as QiskitTarget

from backline.contract.instruction_properties import (
    CalibrationTable,
    InstructionProperties,
    Key,
)
from backline.contract.target_updates import calibrated, plan_update
from backline.errors import DeviceError, MissingCalibrationError
from backline.pulse import Schedule, ScheduleBlock
from backline.pulse.calibration_entries import CalibrationEntry, as_entry, same_entries
from backline.pulse.instruction_schedule_map import InstructionScheduleMap

__all__ = ["InstructionProperties", "Target"]

_TIMING = ("dt", "granularity", "min_length", "pulse_alignment", "acquire_alignment")


class Target(QiskitTarget):
    """What a device can do: Qiskit's `Target` with calibrations and richer qubit properties.

    The compiler sees a plain Qiskit target. Calibrations stand in a table beside it, keyed by
    instruction and qubits, and stay in their stored form until somebody asks for a schedule.
    Copies, deep copies and pickles carry everything; two targets are equal when they describe
    the same device.

    Args:
        description: A sentence.
        num_qubits: Number of qubits; None where any number will do.
        dt: Length of an input sample, in s.
        granularity: Pulse lengths are multiples of this, in samples.
        min_length: Shortest pulse, in samples.
        pulse_alignment: Pulses start at multiples of this, in samples.
        acquire_alignment: Acquisitions start at multiples of this, in samples.
        qubit_properties: One a qubit: Qiskit's, ours or a subclass of them, or None.
        concurrent_measurements: Groups of qubits that are measured together (the meas_map).

    Example:
        >>> from qiskit.circuit.library import XGate
        >>> target = Target(num_qubits=2, dt=1e-9)
        >>> target.add_instruction(XGate(), {(0,): InstructionProperties(error=1e-3)})
        >>> target.has_calibration("x", (0,))
        False
    """

    _calibrations: CalibrationTable
    _qubit_properties: list[QiskitQubitProperties | None] | None

    def __new__(
        cls,
        description: str | None = None,
        num_qubits: int | None = 0,
        dt: float | None = None,
        granularity: int = 1,
        min_length: int = 1,
        pulse_alignment: int = 1,
        acquire_alignment: int = 1,
        qubit_properties: Sequence[QiskitQubitProperties | None] | None = None,
        concurrent_measurements: list[list[int]] | None = None,
        **subclass_arguments: Any,
    ) -> Target:
        """Make the Rust part of the object, which strips or refuses richer qubit properties."""
        self = super().__new__(
            cls,
            description=description,
            num_qubits=num_qubits,
            dt=dt,
            granularity=granularity,
            min_length=min_length,
            pulse_alignment=pulse_alignment,
            acquire_alignment=acquire_alignment,
            qubit_properties=_for_rust(qubit_properties),
            concurrent_measurements=concurrent_measurements,
            **subclass_arguments,
        )
        self._calibrations = CalibrationTable()
        self._qubit_properties = None if qubit_properties is None else list(qubit_properties)
        return self

    @property
    def qubit_properties(self) -> list[QiskitQubitProperties | None] | None:
        """One a qubit, None where nothing is known of it; or None for the whole device."""
        return self._qubit_properties

    @qubit_properties.setter
    def qubit_properties(self, value: Sequence[QiskitQubitProperties | None] | None) -> None:
        if value is not None and self.num_qubits and len(value) != self.num_qubits:
            raise DeviceError(
                f"qubit_properties has {len(value)} entries, and the device {self.num_qubits} "
                "qubits: there must be one a qubit"
            )
        QiskitTarget.qubit_properties.__set__(self, _for_rust(value))
        self._qubit_properties = None if value is None else list(value)

    def add_instruction(
        self,
        instruction: Any,
        properties: Mapping[Any, Any] | None = None,
        name: str | None = None,
        **options: Any,
    ) -> None:
        """Add an instruction, as Qiskit's method of that name, calibrations included.

        Args:
            instruction: An Instruction, or a class of them together with `name`.
            properties: Qubits to Qiskit's or our `InstructionProperties`, or None.
            name: Its name in this target, by default its own.
            **options: What else Qiskit's method takes (`angle_bounds`).

        Raises:
            AttributeError: If an instruction of that name is in the target already.
            TranspilerError: If a class comes without a name or with properties.
        """
        views: Mapping[Any, Any] | None = properties
        entries: dict[Key | None, CalibrationEntry] = {}
        if properties is not None:
            label = instruction.name if name is None else name
            seen = {q: self._view((label, q), found) for q, found in properties.items()}
            views = {q: view for q, (view, _) in seen.items()}
            entries = {(label, q): entry for q, (_, entry) in seen.items() if entry is not None}
        super().add_instruction(instruction, views, name, **options)
        self._calibrations.update(entries)
        self._calibrations.schedule_map = None

    def update_instruction_properties(
        self, instruction: str, qargs: tuple[int, ...] | None, properties: Any
    ) -> None:
        """Replace what is known of an instruction on some qubits, its calibration included.

        Args:
            instruction: Its name.
            qargs: The qubits.
            properties: Qiskit's or our `InstructionProperties`, or None.

        Raises:
            KeyError: If the instruction or these qubits are not in the target.
        """
        view, entry = self._view((instruction, qargs), properties)
        super().update_instruction_properties(instruction, qargs, view)
        self._calibrations.pop((instruction, qargs), None)
        if entry is not None:
            self._calibrations[instruction, qargs] = entry
        self._calibrations.schedule_map = None

    def has_calibration(
        self,
        operation_name: str,
        qargs: int | Iterable[int] | None,
        operation_params: Any = None,
    ) -> bool:
        """Whether an instruction is calibrated on these qubits.

        Args:
            operation_name: Its name.
            qargs: The qubits, in the order of its arguments.
            operation_params: Makes no difference; Qiskit 1.4 takes it too.
        """
        return (operation_name, _qargs(qargs)) in self._calibrations

    def get_calibration(
        self,
        operation_name: str,
        qargs: int | Iterable[int] | None,
        *args: Any,
        operation_params: Iterable[Any] | float | None = None,
        **kwargs: Any,
    ) -> Schedule | ScheduleBlock:
        """The calibrated pulse program of an instruction.

        Args:
            operation_name: Its name.
            qargs: The qubits, in the order of its arguments.
            *args: Values of the program's parameters, in order.
            operation_params: Such values too, used where `args` is empty.
            **kwargs: Values of the program's parameters by name.

        Raises:
            MissingCalibrationError: If there is none (a KeyError, as in Qiskit 1.4).
            PulseError: If the values do not fit its parameters.
        """
        if not args and operation_params is not None:
            params = operation_params
            args = tuple(params) if isinstance(params, Iterable) else (params,)
        return self.calibration_entry(operation_name, qargs).get_schedule(*args, **kwargs)

    def calibration_entry(
        self, operation_name: str, qargs: int | Iterable[int] | None
    ) -> CalibrationEntry:
        """What gives the calibrated pulse program; asking decodes nothing.

        Args:
            operation_name: The instruction's name.
            qargs: The qubits, in the order of its arguments.

        Raises:
            MissingCalibrationError: If there is none (a KeyError, as in Qiskit 1.4).
        """
        qubits = _qargs(qargs)
        try:
            return self._calibrations[operation_name, qubits]
        except KeyError:
            raise self._missing(operation_name, qubits) from None

    def instruction_schedule_map(self) -> InstructionScheduleMap:
        """The calibrations as an `InstructionScheduleMap`.

        As in Qiskit 1.4 the same map is returned until an instruction is added or its properties
        are updated; what is added to the map does not come into the target.
        """
        if self._calibrations.schedule_map is None:
            schedule_map = InstructionScheduleMap()
            for key, entry in self._calibrations.items():
                if key is not None and key[1] is not None:
                    schedule_map.add(key[0], key[1], entry)
            self._calibrations.schedule_map = schedule_map
        return self._calibrations.schedule_map

    def update_from_instruction_schedule_map(
        self,
        inst_map: InstructionScheduleMap,
        inst_name_map: Mapping[str, Instruction] | None = None,
        error_dict: Mapping[str, Mapping[tuple[int, ...], float]] | None = None,
    ) -> None:
        """Take over the users' own definitions of a schedule map, as Qiskit 1.4.

        Instructions that are not in the target are added. For one that is, the qubits that the
        target has for it are updated and others are left out. Durations are those of the
        schedules, errors those of `error_dict`: what an updated instruction had is replaced.
        Definitions of the device's maker (`user_provided` is False) are left out.

        Args:
            inst_map: The definitions.
            inst_name_map: Names to the instructions that they stand for; by default Qiskit's
                standard gates, or else a gate of that name.
            error_dict: Name to qubits to mean error.

        Raises:
            PulseError: If a new instruction's definitions differ in width or parameters, or do
                not have the width of the gate of that name. The target is unchanged then.
        """
        names, errors = inst_name_map or {}, error_dict or {}
        updates, additions = plan_update(self, inst_map, names, errors)
        for update in updates:
            self.update_instruction_properties(*update)
        for instruction, properties, name in additions:
            self.add_instruction(instruction, properties, name)

    @classmethod
    def from_configuration(
        cls,
        basis_gates: Sequence[str],
        num_qubits: int | None = None,
        coupling_map: Any = None,
        inst_map: InstructionScheduleMap | None = None,
        **options: Any,
    ) -> Target:
        """Make a target from separate facts, as Qiskit's method of that name.

        Args:
            basis_gates: Names of its gates.
            num_qubits: Number of qubits.
            coupling_map: Its `CouplingMap`, or None where all-to-all.
            inst_map: Calibrations of these gates; those on other gates or qubits are left out.
            **options: What else Qiskit's method takes (`instruction_durations`, `dt`,
                `concurrent_measurements`, `timing_constraints`, `custom_name_mapping`).

        Raises:
            KeyError: If a gate's name is unknown.
            TranspilerError: If a coupling map comes with gates on more than two qubits.
        """
        target: Target = super().from_configuration(
            list(basis_gates), num_qubits=num_qubits, coupling_map=coupling_map, **options
        )
        for update in () if inst_map is None else calibrated(target, inst_map):
            target.update_instruction_properties(*update)
        return target

    def _view(self, key: Key, found: Any) -> tuple[Any, CalibrationEntry | None]:
        """The object for Qiskit's gate map, and the entry for our table."""
        if isinstance(found, InstructionProperties):
            return found.bound(self._calibrations, key), found.entry
        if type(found) is QiskitInstructionProperties:
            ours = InstructionProperties(found.duration, found.error)
            return ours.bound(self._calibrations, key), None
        calibration = getattr(found, "calibration", None)  # of a provider's own class
        return found, None if calibration is None else as_entry(calibration)

    def _missing(self, name: str, qubits: tuple[int, ...] | None) -> MissingCalibrationError:
        calibrated = [key[1] for key in self._calibrations if key is not None and key[0] == name]
        if calibrated:
            allowed = f"{name} is calibrated on {', '.join(map(str, calibrated))}"
        else:
            names = {key[0]: None for key in self._calibrations if key is not None}
            allowed = f"calibrated are {', '.join(names) or 'no instructions at all'}"
        return MissingCalibrationError(
            f"{name} on {qubits} has no calibration: {allowed}", instruction=name, qubits=qubits
        )

    def _rebind(self, table: Mapping[Any, CalibrationEntry]) -> None:
        """After a copy: make this target's properties views of its own table."""
        self._calibrations = CalibrationTable(table)
        for name, by_qubits in self.items():
            for qubits, found in by_qubits.items():
                if isinstance(found, InstructionProperties):
                    found.bind(self._calibrations, (name, qubits))

    def __reduce__(self) -> tuple[Any, ...]:
        own = {k: v for k, v in self.__dict__.items() if k != "_calibrations"}
        return _rebuild, (type(self), super().__getstate__(), dict(self._calibrations), own)

    def __copy__(self) -> Target:
        entries = self._calibrations.values()
        return copy.deepcopy(self, {id(entry): entry for entry in entries})

    def __hash__(self) -> int:
        return hash(Target)  # Qiskit's can be hashed; a target is mutable, so nothing else counts

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Target):
            return NotImplemented
        return self is other or (
            self._facts() == other._facts()
            and _properties(self) == _properties(other)
            and all(
                _described(self.operation_from_name(name))
                == _described(other.operation_from_name(name))
                for name in self.operation_names
            )
            and same_entries(self._calibrations, other._calibrations)
        )

    def _facts(self) -> tuple[Any, ...]:
        return (
            self.num_qubits,
            self.description,
            *(getattr(self, name) for name in _TIMING),
            self.concurrent_measurements,
            [_comparable(found) for found in self._qubit_properties or ()],
        )


def _rebuild(
    cls: type[Target], state: Any, table: dict[Key, CalibrationEntry], own: dict[str, Any]
) -> Target:
    target = cls.__new__(cls)
    QiskitTarget.__setstate__(target, state)
    target.__dict__.update(own)
    target._rebind(table)
    return target


def _for_rust(
    properties: Sequence[QiskitQubitProperties | None] | None,
) -> list[QiskitQubitProperties] | None:
    if properties is None:
        return None
    return [
        QiskitQubitProperties()
        if found is None
        else QiskitQubitProperties(found.t1, found.t2, found.frequency)
        for found in properties
    ]


def _properties(target: Target) -> dict[Any, Any]:
    """Of every instruction on its qubits; their calibrations stand in the table."""
    return {
        (name, qubits): found.facts() if isinstance(found, InstructionProperties) else found
        for name, places in target.items()
        for qubits, found in places.items()
    }


def _comparable(found: QiskitQubitProperties | None) -> Any:
    """Qiskit's own qubit properties compare by identity."""
    plain = type(found) is QiskitQubitProperties
    return (found.t1, found.t2, found.frequency) if found is not None and plain else found


def _described(operation: Any) -> Any:
    """What an operation is; Qiskit's free parameters differ even where they have one name."""
    if isinstance(operation, type):
        return operation
    params = [getattr(parameter, "name", parameter) for parameter in operation.params]
    kind = getattr(operation, "base_class", type(operation))
    return kind, operation.name, operation.num_qubits, operation.num_clbits, params


def _qargs(qargs: int | Iterable[int] | None) -> tuple[int, ...] | None:
    if qargs is None or isinstance(qargs, tuple):
        return qargs
    return tuple(qargs) if isinstance(qargs, Iterable) else (qargs,)
