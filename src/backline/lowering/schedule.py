"""From a circuit to a pulse schedule, with the calibrations of a target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from qiskit.circuit import CircuitInstruction, ControlFlowOp, QuantumCircuit

from backline.contract.bound import check_bound
from backline.contract.target import Target
from backline.errors import CapabilityError, InputError, OptionValueError
from backline.lowering.calibrated import Calibrations
from backline.lowering.delays import delay_samples
from backline.lowering.measurements import Measurements
from backline.lowering.placement import Part, as_late, as_soon
from backline.pulse import Delay, DriveChannel, Schedule

_METHODS = {
    "alap": as_late,
    "asap": as_soon,
    "as_late_as_possible": as_late,
    "as_soon_as_possible": as_soon,
}
# They need an answer while the program runs, and a schedule is fixed before.
_NEED_ANSWERS = frozenset({"store", "break_loop", "continue_loop"})


def schedule(
    circuit: QuantumCircuit, target: Target, *, method: Literal["alap", "asap"] = "alap"
) -> Schedule:
    """Lower a compiled circuit to pulses, as `qiskit.compiler.schedule` of Qiskit 1.4.

    Every gate takes its qubits for the whole duration of its calibration. Virtual gates are
    calibrations like others. A measurement waits until one of its qubits is used again or
    the circuit ends, and then all that wait start together, whatever their groups in the meas_map;
    of the stored schedule only what stimulates and acquires the measured qubits is kept, and goes
    to the memory slot of the circuit's classical bit. Barriers align their qubits, delays are kept
    on the drive channel, and the global phase is nothing that could be played.

    Args:
        circuit: On the qubits and with the gates of the target, all parameters bound.
        target: Its calibrations, dt and timing grid are used.
        method: "alap", as late as possible, or "asap", as soon as possible. Qiskit's long names
            are understood as well.

    Returns:
        The schedule, with the circuit's name and metadata.

    Raises:
        CalibrationError: If a gate is not calibrated on its qubits.
        CapabilityError: If there is control flow, or a reset without calibration.
        InputError: If parameters are unbound, a qubit is not there, or a delay is off the grid.
        OptionValueError: If there is no such method.
    """
    if method not in _METHODS:
        raise OptionValueError(f"method is 'alap' or 'asap', got {method!r}")
    _refuse(circuit, target)
    parts = list(_Lowering(circuit, target).parts())
    starts = _METHODS[method](parts)
    # A stable sort: what comes first in the circuit is inserted first at equal times.
    ordered = sorted(zip(starts, parts, strict=True), key=lambda timed: timed[0])
    whole = Schedule(name=circuit.name, metadata=circuit.metadata)
    for start, part in ordered:
        if part.program is not None:
            whole.insert(start, part.program, inplace=True)
    return whole


class _Lowering:
    """Goes through one circuit and collects measurements on the way."""

    def __init__(self, circuit: QuantumCircuit, target: Target) -> None:
        self._circuit = circuit
        self._target = target
        self._calibrations = Calibrations(target)
        self._measurements = Measurements(self._calibrations)
        self._qubits = {bit: index for index, bit in enumerate(circuit.qubits)}
        self._clbits = {bit: index for index, bit in enumerate(circuit.clbits)}
        self._waiting: dict[int, int] = {}  # measured qubit -> memory slot

    def parts(self) -> Iterator[Part]:
        """The circuit's parts, in an order in which they may be placed."""
        for instruction in self._circuit.data:
            qubits = tuple(self._qubits[bit] for bit in instruction.qubits)
            if any(qubit in self._waiting for qubit in qubits):
                yield self._measured()
            if instruction.operation.name == "measure":
                self._waiting[qubits[0]] = self._clbits[instruction.clbits[0]]
            else:
                yield self._part(instruction, qubits)
        if self._waiting:
            yield self._measured()

    def _measured(self) -> Part:
        part = self._measurements.part(self._waiting)
        self._waiting = {}
        return part

    def _part(self, instruction: CircuitInstruction, qubits: tuple[int, ...]) -> Part:
        operation = instruction.operation
        if operation.name == "barrier":
            return Part(qubits, None, 0)
        if operation.name == "delay":
            samples = delay_samples(operation, qubits[0], self._target)
            return Part(qubits, Delay(samples, DriveChannel(qubits[0])), samples)
        self._refuse(operation, qubits)
        program = self._calibrations.get(operation.name, qubits, _numbers(operation))
        return Part(qubits, program, program.duration)

    def _refuse(self, operation: Any, qubits: tuple[int, ...]) -> None:
        name = operation.name
        if isinstance(operation, ControlFlowOp) or name in _NEED_ANSWERS:
            raise CapabilityError(
                f"{name} on {qubits} cannot be lowered to pulses: a schedule is fixed before it "
                "runs. Run the circuit gate by gate: engine='gates'",
                instruction=name,
                qubits=qubits,
            )
        if name == "reset" and not self._calibrations.has(name, qubits):
            raise CapabilityError(
                f"reset on {qubits} has no calibration, and pulses cannot wait for an answer. "
                "Run the circuit gate by gate: engine='gates'",
                instruction=name,
                qubits=qubits,
            )


def _numbers(operation: Any) -> tuple[Any, ...]:
    """Parameters as plain numbers where they are; a bound expression becomes its value."""
    return tuple(
        parameter.numeric() if hasattr(parameter, "numeric") else parameter
        for parameter in operation.params
    )


def _refuse(circuit: QuantumCircuit, target: Target) -> None:
    check_bound(circuit)
    if target.num_qubits is not None and circuit.num_qubits > target.num_qubits:
        raise InputError(
            f"circuit {circuit.name!r} has {circuit.num_qubits} qubits, and the device "
            f"{target.num_qubits}: compile it first: transpile(circuit, backend)"
        )
