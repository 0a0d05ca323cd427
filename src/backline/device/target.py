"""The `Target` that follows from a device's description."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from qiskit.circuit import (
    BreakLoopOp,
    ContinueLoopOp,
    Delay,
    ForLoopOp,
    Gate,
    IfElseOp,
    Measure,
    Parameter,
    Reset,
    SwitchCaseOp,
    WhileLoopOp,
)
from qiskit.circuit.library import get_standard_gate_name_mapping

from backline import pulse
from backline.contract.properties import QubitProperties
from backline.contract.target import InstructionProperties, Target
from backline.device.channels import frame_channels
from backline.device.model import Device, Qubit
from backline.errors import DeviceError
from backline.pulse.calibration_entries import CalibrationEntry, StoredEntry

_standard_gates = functools.cache(get_standard_gate_name_mapping)
_DELAY = Parameter("t")  # one for all targets, so that those of one device are equal

_Places = dict[tuple[int, ...], InstructionProperties]

_CONTROL_FLOW = {
    "if_else": IfElseOp,
    "for_loop": ForLoopOp,
    "while_loop": WhileLoopOp,
    "switch_case": SwitchCaseOp,
    "break_loop": BreakLoopOp,
    "continue_loop": ContinueLoopOp,
}
_VIRTUAL = ("rz", "p", "u1")  # the same phase shift, up to a global phase
_NOT_GATES = ("measure", "reset", "delay", *_CONTROL_FLOW)


def build_target(device: Device, *, include_broken: bool = False) -> Target:
    """The Target of a device: what circuits may use, where, how long it takes and how well it goes.

    - Gates are those of `Device.gates` and `Device.basis_gates`. One that has no place in
      `gates` is allowed everywhere. Names that Qiskit does not know become opaque gates with the
      parameters that the device gives them.
    - Where an rz (p, u1) has no data it is virtual, without error and time. On a device with
      drive lines it gets a calibration that shifts the phase of every channel in its qubit's
      frame.
    - Every qubit has measure, reset and delay; control flow is allowed.
    - What is broken stays out: gates with an error of 1, and all gates on qubits that are not
      operational.

    Args:
        device: The device.
        include_broken: Keep what is broken.

    Raises:
        DeviceError: If a gate stands on more or fewer qubits than it takes.

    >>> from backline.device.model import Gate, Qubit
    >>> device = Device(
    ...     name="pair",
    ...     qubits=(Qubit(t1=1e-4, t2=8e-5), Qubit(t1=1e-4)),
    ...     basis_gates=("rz", "sx", "cz"),
    ...     gates=(Gate(name="cz", qubits=(0, 1), duration=6e-8, error=0.004),),
    ... )
    >>> target = build_target(device)
    >>> target["cz"][0, 1].error, target["rz"][0,].duration, sorted(target.qargs)
    (0.004, 0.0, [(0,), (0, 1), (1,)])
    """
    usable = [
        index for index, qubit in enumerate(device.qubits) if qubit.operational or include_broken
    ]
    target = Target(
        description=device.description or device.name,
        num_qubits=device.num_qubits,
        dt=device.timing.dt,
        granularity=device.timing.granularity,
        min_length=device.timing.min_length,
        pulse_alignment=device.timing.pulse_alignment,
        acquire_alignment=device.timing.acquire_alignment,
        qubit_properties=_qubit_properties(device),
        concurrent_measurements=None
        if device.meas_map is None
        else [list(group) for group in device.meas_map],
    )
    for name, places in _gates(device, usable, include_broken).items():
        operation = _operation(device, name, places)
        _check_width(operation, places)
        target.add_instruction(operation, places or None, name=name)
    target.add_instruction(Measure(), {(q,): _measurement(device, q) for q in usable})
    target.add_instruction(Reset(), _resets(device, usable))
    target.add_instruction(Delay(_DELAY), {(q,): None for q in usable})
    for name, operation in _CONTROL_FLOW.items():
        target.add_instruction(operation, name=name)
    return target


def _gates(device: Device, usable: list[int], include_broken: bool) -> dict[str, _Places]:
    """Each gate's places; none for a gate of several qubits that is allowed on all."""
    standard = _standard_gates()
    known = {gate.name for gate in device.gates}
    found: dict[str, _Places] = {}
    for name in device.basis_gates:
        if name in _NOT_GATES or name in known:
            continue
        if name not in standard or standard[name].num_qubits != 1:
            found[name] = {}
        else:
            found[name] = {(q,): _properties(device, name, (q,), None, None) for q in usable}
    allowed = set(usable)
    for gate in device.gates:
        broken = gate.error is not None and gate.error >= 1
        if gate.name in _NOT_GATES or not allowed.issuperset(gate.qubits):
            continue
        if broken and not include_broken:
            continue
        found.setdefault(gate.name, {})[gate.qubits] = _properties(
            device, gate.name, gate.qubits, gate.duration, gate.error
        )
    return {name: places for name, places in found.items() if places or name in standard}


def _properties(
    device: Device, name: str, qubits: tuple[int, ...], duration: float | None, error: float | None
) -> InstructionProperties:
    if name in _VIRTUAL:
        duration = 0.0 if duration is None else duration
        error = 0.0 if error is None else error
    return InstructionProperties(duration, error, _calibration(device, name, qubits))


def _calibration(device: Device, name: str, qubits: tuple[int, ...]) -> CalibrationEntry | None:
    entry = device.calibrations.get((name, qubits))
    if entry is None and name in _VIRTUAL and device.drive_lines:
        return StoredEntry(_virtual_rotation, (name, frame_channels(device, qubits[0])))
    return entry


def _virtual_rotation(stored: tuple[str, tuple[tuple[str, float], ...]]) -> pulse.Schedule:
    """The schedule of a virtual rz: minus its angle on every channel of the qubit's frame."""
    name, frames = stored
    angle = Parameter("P0")  # as the parameters of stored schedules are called
    schedule = pulse.Schedule(name=name)
    for channel, scale in frames:
        kind = pulse.DriveChannel if channel[0] == "d" else pulse.ControlChannel
        phase = -angle if scale == 1 else -scale * angle
        schedule.insert(0, pulse.ShiftPhase(phase, kind(int(channel[1:]))), inplace=True)
    return schedule


def _operation(device: Device, name: str, places: _Places) -> Any:
    standard = _standard_gates()
    if name in standard:
        return standard[name]
    parameters: Iterator[str] = (
        parameter
        for gate in device.gates
        if gate.name == name and gate.parameters is not None
        for parameter in gate.parameters
    )
    width = len(next(iter(places)))
    return Gate(name, width, [Parameter(parameter) for parameter in dict.fromkeys(parameters)])


def _check_width(operation: Any, places: _Places) -> None:
    for qubits in places:
        if len(qubits) != operation.num_qubits:
            raise DeviceError(
                f"{operation.name} takes {operation.num_qubits} qubits, "
                f"and the device has it on {qubits}"
            )


def _measurement(device: Device, qubit: int) -> InstructionProperties:
    readout = device.qubits[qubit].readout
    error = readout.error
    if error is None and readout.p1_given_0 is not None and readout.p0_given_1 is not None:
        error = (readout.p1_given_0 + readout.p0_given_1) / 2
    calibration = device.calibrations.get(("measure", (qubit,)))
    return InstructionProperties(readout.duration, error, calibration)


def _resets(device: Device, usable: list[int]) -> dict[tuple[int, ...], Any]:
    known = {
        gate.qubits: InstructionProperties(
            gate.duration, gate.error, device.calibrations.get(("reset", gate.qubits))
        )
        for gate in device.gates
        if gate.name == "reset"
    }
    return {(q,): known.get((q,)) for q in usable}


def _qubit_properties(device: Device) -> list[QubitProperties | None] | None:
    """One for each qubit, None for one of which nothing is known; None where that is all."""
    found = [_properties_of(qubit) for qubit in device.qubits]
    return found if any(properties is not None for properties in found) else None


def _properties_of(qubit: Qubit) -> QubitProperties | None:
    fields = {
        "t1": qubit.t1,
        "t2": qubit.t2,
        "frequency": qubit.frequency,
        "anharmonicity": qubit.anharmonicity,
        "readout_frequency": qubit.readout.frequency,
        "p1_given_0": qubit.readout.p1_given_0,
        "p0_given_1": qubit.readout.p0_given_1,
    }
    if all(value is None for value in fields.values()):
        return None
    return QubitProperties(**fields)
