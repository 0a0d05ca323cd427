"""A circuit as parts that are placed in time: its gates as programs, its measurements together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qiskit.circuit import ControlFlowOp, QuantumCircuit

from backline.contract.bound import check_bound
from backline.contract.pulse_gates import is_pulse_gate, read_pulse_gate
from backline.errors import CapabilityError, InputError
from backline.lowering.delays import delay_samples
from backline.lowering.measurements import Measurements, into_slot
from backline.lowering.placement import Part
from backline.lowering.source import Source
from backline.pulse import Acquire, Delay, DriveChannel, Instruction, Schedule, ScheduleBlock
from backline.pulse.transforms import target_qobj_transform

# They need an answer while the program runs, and a schedule is fixed before.
_NEED_ANSWERS = frozenset({"store", "break_loop", "continue_loop"})


class Parts:
    """The parts of one circuit, and where its measurements are.

    Args:
        circuit: On the qubits and with the gates of the device, all parameters bound.
        source: What is known of the device.

    Raises:
        InputError: If parameters are unbound, or the circuit is wider than the device.
    """

    def __init__(self, circuit: QuantumCircuit, source: Source) -> None:
        _refuse(circuit, source)
        self._circuit = circuit
        self._source = source
        self._measurements = Measurements(source.calibrations)
        self._qubits = {bit: index for index, bit in enumerate(circuit.qubits)}
        self._places: dict[tuple[Any, ...], tuple[int, ...]] = {}
        # Parts of standard gates without parameters: a circuit has the same ones many times.
        self._plain: dict[tuple[str, tuple[Any, ...]], Part] = {}
        self._clbits = {bit: index for index, bit in enumerate(circuit.clbits)}

    def in_order(self) -> Iterator[Part]:
        """All parts, in an order in which they may be placed.

        A measurement waits until one of its qubits is used again or the circuit ends, and then
        all that wait start together.
        """
        waiting: dict[int, int] = {}  # measured qubit -> memory slot
        for instruction in self._circuit.data:
            bits = instruction.qubits
            if not waiting and instruction.is_standard_gate():
                part = self._plain.get((instruction.name, bits))
                if part is not None:
                    yield part
                    continue
            qubits = self._at(bits)
            if waiting and not waiting.keys().isdisjoint(qubits):
                yield self._measurements.part(waiting)
                waiting = {}
            if instruction.name == "measure":
                waiting[qubits[0]] = self._clbits[instruction.clbits[0]]
            else:
                yield self._part(instruction, qubits)
        if waiting:
            yield self._measurements.part(waiting)

    def at_times(self, starts: list[int]) -> Iterator[tuple[int, Part]]:
        """All parts at given times; measurements that start together are one.

        Args:
            starts: Start of each instruction of the circuit, in samples.
        """
        measured: dict[int, dict[int, int]] = {}
        for start, instruction in zip(starts, self._circuit.data, strict=True):
            qubits = self._at(instruction.qubits)
            if instruction.name == "measure":
                slots = measured.setdefault(start, {})
                slots[qubits[0]] = self._clbits[instruction.clbits[0]]
            else:
                yield start, self._part(instruction, qubits)
        for start, slots in measured.items():
            yield start, self._measurements.part(slots)

    def _at(self, bits: tuple[Any, ...]) -> tuple[int, ...]:
        qubits = self._places.get(bits)
        if qubits is None:
            qubits = self._places[bits] = tuple([self._qubits[bit] for bit in bits])
        return qubits

    def _part(self, instruction: Any, qubits: tuple[int, ...]) -> Part:
        name = instruction.name
        if name == "barrier":
            return Part(qubits, None, 0)
        if name == "delay":
            source = self._source
            samples = delay_samples(instruction.operation, qubits[0], source.dt, source.step)
            return Part(qubits, Delay(samples, DriveChannel(qubits[0])), samples)
        params = instruction.params
        if not instruction.is_standard_gate():
            if is_pulse_gate(params):
                return self._pulse_gate(instruction, qubits)
            self._refuse(instruction, qubits)
        program = self._source.calibrations.get(name, qubits, _numbers(params))
        part = Part(qubits, program, program.duration)
        if not params and instruction.is_standard_gate():
            self._plain[name, instruction.qubits] = part
        return part

    def _pulse_gate(self, instruction: Any, qubits: tuple[int, ...]) -> Part:
        gate = read_pulse_gate(instruction, qubits)
        program: Any = gate.program
        if isinstance(program, ScheduleBlock):
            program = target_qobj_transform(program)
        slots = {
            own: self._clbits[bit] for own, bit in zip(gate.slots, instruction.clbits, strict=True)
        }
        if slots:
            program = _into_slots(program, slots)
        bits = (*qubits, *(("slot", slot) for slot in slots.values()))
        return Part(bits, program, program.duration)

    def _refuse(self, instruction: Any, qubits: tuple[int, ...]) -> None:
        name = instruction.name
        if name in _NEED_ANSWERS or isinstance(instruction.operation, ControlFlowOp):
            raise CapabilityError(
                f"{name} on {qubits} cannot be lowered to pulses: a schedule is fixed before it "
                "runs. Run the circuit gate by gate: engine='gates'",
                instruction=name,
                qubits=qubits,
            )
        if name == "reset" and not self._source.calibrations.has(name, qubits):
            raise CapabilityError(
                f"reset on {qubits} has no calibration, and pulses cannot wait for an answer. "
                "Run the circuit gate by gate: engine='gates'",
                instruction=name,
                qubits=qubits,
            )


def _into_slots(program: Schedule, slots: dict[int, int]) -> Schedule:
    def moved(instruction: Instruction) -> Instruction:
        if not isinstance(instruction, Acquire) or instruction.mem_slot is None:
            return instruction
        return into_slot(instruction, slots[instruction.mem_slot.index])

    return Schedule(*((time, moved(item)) for time, item in program.instructions))


def _numbers(params: Any) -> tuple[Any, ...]:
    """Parameters as plain numbers where they are; a bound expression becomes its value."""
    if not params:
        return ()
    return tuple(
        [
            parameter.numeric() if hasattr(parameter, "numeric") else parameter
            for parameter in params
        ]
    )


def _refuse(circuit: QuantumCircuit, source: Source) -> None:
    check_bound(circuit)
    if source.num_qubits is not None and circuit.num_qubits > source.num_qubits:
        raise InputError(
            f"circuit {circuit.name!r} has {circuit.num_qubits} qubits, and the device "
            f"{source.num_qubits}: compile it first: transpile(circuit, backend)"
        )
