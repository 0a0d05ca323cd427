"""From circuits to pulse schedules, with the calibrations of a device."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any

from qiskit.circuit import QuantumCircuit

from backline.errors import InputError, OptionValueError
from backline.lowering.parts import Parts
from backline.lowering.placement import Part, as_late, as_soon
from backline.lowering.source import Source, source_of
from backline.pulse import InstructionScheduleMap, Schedule
from backline.pulse.transforms import pad

_METHODS: dict[str, Callable[[Sequence[Part]], list[int]]] = {
    "alap": as_late,
    "asap": as_soon,
    "as_late_as_possible": as_late,
    "as_soon_as_possible": as_soon,
}


def schedule(
    circuits: QuantumCircuit | Sequence[QuantumCircuit],
    backend: Any = None,
    inst_map: InstructionScheduleMap | None = None,
    meas_map: Iterable[Sequence[int]] | None = None,
    dt: float | None = None,
    method: str | Sequence[str] | None = None,
) -> Any:
    """Lower compiled circuits to pulses, as `qiskit.compiler.schedule` of Qiskit 1.4.

    Every gate takes its qubits for the whole duration of its calibration. Virtual gates are
    calibrations like others. A measurement waits until one of its qubits is used again or
    the circuit ends, and then all that wait start together, whatever their groups in the meas_map;
    of the stored schedule only what stimulates and acquires the measured qubits is kept, and goes
    to the memory slot of the circuit's classical bit. Pulse gates play their own programs.
    Barriers align their qubits, delays are kept on the drive channel, and the global phase is
    nothing that could be played.

    Args:
        circuits: One or several, on the qubits and with the gates of the device, all parameters
            bound.
        backend: A backend with calibrations, or a `Target`; what follows is asked of it where it
            is not given.
        inst_map: The calibrations.
        meas_map: Groups of qubits that are measured together: a measurement may be calibrated on
            a whole group.
        dt: Length of a sample, in s.
        method: "alap" (the default), as late as possible, or "asap", as soon as possible;
            Qiskit's long names are understood as well. For several circuits it may be one each.

    Returns:
        The schedule, with the circuit's name and metadata; a list of them for several circuits.

    Raises:
        CalibrationError: If a gate is not calibrated on its qubits, or nothing is.
        CapabilityError: If there is control flow, or a reset without calibration.
        InputError: If parameters are unbound, a qubit is not there, or a delay is off the grid.
        OptionValueError: If there is no such method.
    """
    source = source_of(backend, inst_map, meas_map, dt)
    if isinstance(circuits, QuantumCircuit):
        return _scheduled(circuits, source, method)
    several = _circuits(circuits)
    methods = [method] * len(several) if method is None or isinstance(method, str) else method
    if len(methods) != len(several):
        raise OptionValueError(
            f"method is one for all circuits or one each: {len(several)} circuits, "
            f"{len(methods)} methods"
        )
    return [_scheduled(circuit, source, one) for circuit, one in zip(several, methods, strict=True)]


def sequence(
    scheduled_circuits: QuantumCircuit | Sequence[QuantumCircuit],
    backend: Any = None,
    inst_map: InstructionScheduleMap | None = None,
    meas_map: Iterable[Sequence[int]] | None = None,
    dt: float | None = None,
) -> Any:
    """Lower circuits whose instructions have times, as `qiskit.compiler.sequence` of Qiskit 1.4.

    Every gate plays when the circuit says (`op_start_times`), and what is left of the time of
    each channel that is used is filled with delays.

    Args:
        scheduled_circuits: One or several, from
            `transpile(..., scheduling_method="alap")` or "asap".
        backend: As in `schedule`.
        inst_map: As in `schedule`.
        meas_map: As in `schedule`.
        dt: As in `schedule`.

    Returns:
        The schedule, or a list of them for several circuits.

    Raises:
        InputError: If a circuit has no times.
        PulseError: If a calibration is longer than the time that the circuit gives its gate.
    """
    source = source_of(backend, inst_map, meas_map, dt)
    if isinstance(scheduled_circuits, QuantumCircuit):
        return _sequenced(scheduled_circuits, source)
    return [_sequenced(circuit, source) for circuit in _circuits(scheduled_circuits)]


def _scheduled(circuit: QuantumCircuit, source: Source, method: Any) -> Schedule:
    place = _METHODS.get("alap" if method is None else method)
    if place is None:
        raise OptionValueError(f"method is 'alap' or 'asap', got {method!r}")
    parts = list(Parts(circuit, source).in_order())
    return _placed(circuit, zip(place(parts), parts, strict=True))


def _sequenced(circuit: QuantumCircuit, source: Source) -> Schedule:
    try:
        starts = circuit.op_start_times
    except AttributeError:  # what Qiskit raises where nothing scheduled the circuit
        raise InputError(
            f"the instructions of circuit {circuit.name!r} have no times: compile it with "
            'transpile(circuit, backend, scheduling_method="alap"), or use backline.schedule'
        ) from None
    return pad(_placed(circuit, Parts(circuit, source).at_times(starts)), inplace=True)


def _placed(circuit: QuantumCircuit, timed: Iterable[tuple[int, Part]]) -> Schedule:
    programs = [(start, part.program) for start, part in timed if part.program is not None]
    programs.sort(key=itemgetter(0))  # what comes first in the circuit stays first at equal times
    return Schedule(*programs, name=circuit.name, metadata=circuit.metadata)


def _circuits(given: Any) -> list[QuantumCircuit]:
    several = list(given) if isinstance(given, Iterable) else [given]
    for circuit in several:
        if not isinstance(circuit, QuantumCircuit):
            raise InputError(
                f"a QuantumCircuit is scheduled, or a list of them, got {type(circuit).__name__}"
            )
    return several
