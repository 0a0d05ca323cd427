"""The calibrated schedules of an IBM snapshot: kept as stored, decoded when asked for.

As Qiskit 1.4 reads them: a complex amplitude [re, im] becomes amp and angle, the parameters of a
schedule are called P0, P1, … in the order of the gate's arguments, frequencies are in GHz.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from qiskit.circuit import Parameter

from backline import pulse
from backline.errors import BacklineError, FormatError
from backline.formats.expressions import evaluate
from backline.formats.ibm_schema import Command, Defs
from backline.formats.notes import Notes
from backline.pulse.calibration_entries import CalibrationEntry, StoredEntry
from backline.units import to_hertz

_CHANNEL = re.compile(r"(d|u|m|acquire|a)(\d+)")
_CHANNELS: dict[str, Callable[[int], Any]] = {
    "d": pulse.DriveChannel,
    "u": pulse.ControlChannel,
    "m": pulse.MeasureChannel,
    "a": pulse.AcquireChannel,
    "acquire": pulse.AcquireChannel,
}
_SHAPES: dict[str, Callable[..., Any]] = {
    "constant": pulse.Constant,
    "gaussian": pulse.Gaussian,
    "gaussian_square": pulse.GaussianSquare,
    "gaussian_square_drag": pulse.GaussianSquareDrag,
    "drag": pulse.Drag,
}
_PLAIN = ("fc", "setp", "setf", "shiftf", "delay", "acquire", "parametric_pulse")


@dataclass(frozen=True, slots=True)
class StoredSchedule:
    """One schedule as the file has it.

    Attributes:
        name: The gate.
        qubits: Its qubits.
        sequence: Its instructions, as JSON objects.
        library: Sampled pulses by name, shared by all schedules of a device.
        frequency_unit: Unit of the frequencies in the file.
        only: Where it is a common measurement, the one qubit that this schedule is about.
    """

    name: str
    qubits: tuple[int, ...]
    sequence: tuple[Mapping[str, Any], ...]
    library: Mapping[str, Any]
    frequency_unit: str = "GHz"
    only: int | None = None


def read_calibrations(
    defs: Defs, notes: Notes, frequency_unit: str = "GHz"
) -> dict[tuple[str, tuple[int, ...]], CalibrationEntry]:
    """The calibrations of a snapshot, none of them decoded.

    Schedules that play pulses whose samples the file does not have are left out. Where the file
    measures all qubits at once only, each one's part of that schedule is its own measurement.

    Args:
        defs: The snapshot's defs.
        notes: Takes what was left out.
        frequency_unit: Unit of the frequencies in the file.
    """
    library = {pulse.name: pulse.samples for pulse in defs.pulse_library or ()}
    stored: dict[tuple[str, tuple[int, ...]], StoredSchedule] = {}
    without: dict[str, int] = defaultdict(int)
    for command in defs.cmd_def or ():
        if _unknown_pulses(command, library):
            without[command.name] += 1
            continue
        qubits = tuple(command.qubits)
        stored[command.name, qubits] = StoredSchedule(
            command.name, qubits, tuple(command.sequence or ()), library, frequency_unit
        )
    for name, count in without.items():
        notes.add(
            f"{count} schedules of {name} are left out: the samples of their pulses are not there"
        )
    stored |= dict(_measurements(stored))
    return {key: StoredEntry(decode, schedule) for key, schedule in stored.items()}


def decode(stored: StoredSchedule) -> pulse.Schedule:
    """Build the schedule that a file stores.

    Raises:
        FormatError: If one of its instructions makes no sense; says which.
    """
    schedule = pulse.Schedule(name=stored.name)
    decoder = _Decoder(stored)
    for index, item in enumerate(stored.sequence):
        where = f"defs.cmd_def: {stored.name} on {stored.qubits}, instruction {index}"
        try:
            start = _whole(item, "t0")
            for instruction in decoder.instructions(item):
                schedule.insert(start, instruction, inplace=True)
        except KeyError as missing:
            raise FormatError(f"{where}: field {missing} is missing") from None
        except (BacklineError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise FormatError(f"{where}: {error}") from None
    return schedule


def _unknown_pulses(command: Command, library: Mapping[str, Any]) -> bool:
    return any(
        str(item.get("name")) not in _PLAIN and str(item.get("name")) not in library
        for item in command.sequence or ()
    )


def _measurements(
    stored: Mapping[tuple[str, tuple[int, ...]], StoredSchedule],
) -> Iterator[tuple[tuple[str, tuple[int, ...]], StoredSchedule]]:
    for (name, qubits), schedule in stored.items():
        if name == "measure" and len(qubits) > 1:
            for qubit in qubits:
                if ("measure", (qubit,)) not in stored:
                    yield ("measure", (qubit,)), replace(schedule, qubits=(qubit,), only=qubit)


class _Decoder:
    """Turns the instructions of one stored schedule into ours; one name is one parameter."""

    def __init__(self, stored: StoredSchedule) -> None:
        self.stored = stored
        self.parameters: dict[str, Parameter] = {}

    def instructions(self, item: Mapping[str, Any]) -> Iterator[Any]:
        name = item["name"]
        if name == "acquire":
            yield from self.acquisitions(item)
            return
        channel = _channel(item["ch"])
        if self.stored.only is not None and channel != pulse.MeasureChannel(self.stored.only):
            return
        match name:
            case "fc":
                yield pulse.ShiftPhase(self.number(item["phase"]), channel)
            case "setp":
                yield pulse.SetPhase(self.number(item["phase"]), channel)
            case "setf":
                yield pulse.SetFrequency(self.frequency(item["frequency"]), channel)
            case "shiftf":
                yield pulse.ShiftFrequency(self.frequency(item["frequency"]), channel)
            case "delay":
                yield pulse.Delay(_whole(item, "duration"), channel)
            case "parametric_pulse":
                envelope = self.envelope(item)
                yield pulse.Play(envelope, channel, name=envelope.name)
            case _:
                name = str(name)
                values = _complex_samples(self.stored.library[name], name)
                yield pulse.Play(pulse.Waveform(values, name=name), channel, name=name)

    def acquisitions(self, item: Mapping[str, Any]) -> Iterator[Any]:
        qubits = item["qubits"]
        slots = item.get("memory_slot") or [None] * len(qubits)
        registers = item.get("register_slot") or [None] * len(qubits)
        if not len(qubits) == len(slots) == len(registers):
            raise FormatError(
                f"{len(qubits)} qubits need as many slots, got {len(slots)} and {len(registers)}"
            )
        duration = _whole(item, "duration")
        for qubit, slot, register in zip(qubits, slots, registers, strict=True):
            if self.stored.only in (None, qubit):
                yield pulse.Acquire(
                    duration,
                    pulse.AcquireChannel(qubit),
                    mem_slot=None if slot is None else pulse.MemorySlot(slot),
                    reg_slot=None if register is None else pulse.RegisterSlot(register),
                )

    def envelope(self, item: Mapping[str, Any]) -> Any:
        shape = item["pulse_shape"]
        if shape not in _SHAPES:
            raise FormatError(f"pulse shape {shape!r} is not known; known are {', '.join(_SHAPES)}")
        given = dict(item["parameters"])
        amp = given.pop("amp")
        if isinstance(amp, list | complex):
            value = complex(*amp) if isinstance(amp, list) else amp
            given |= {"amp": abs(value), "angle": float(np.angle(value))}
        else:
            given["amp"] = amp
        values = {key: self.number(value) for key, value in given.items()}
        return _SHAPES[shape](**values, name=item.get("label"))

    def number(self, value: Any) -> Any:
        if isinstance(value, str):
            return evaluate(value, self.parameters)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise FormatError(f"a number or an expression is needed, got {value!r}")
        return value

    def frequency(self, value: Any) -> Any:
        return self.number(value) * to_hertz(1.0, self.stored.frequency_unit)


def _complex_samples(samples: Any, name: str) -> Any:
    values = np.asarray(samples)
    if values.ndim == 2 and values.shape[1] == 2:
        values = values[:, 0] + 1j * values[:, 1]
    if values.ndim != 1 or values.dtype.kind not in "iufc":
        raise FormatError(f"the samples of {name!r} are no list of [re, im]")
    return values.astype(complex)


def _channel(name: Any) -> Any:
    match = _CHANNEL.fullmatch(name) if isinstance(name, str) else None
    if match is None:
        raise FormatError(f"channel {name!r} is none of d0, u0, m0, acquire0, …")
    return _CHANNELS[match[1]](int(match[2]))


def _whole(item: Mapping[str, Any], field: str) -> int:
    value = item[field]
    if isinstance(value, bool) or not isinstance(value, int):
        if isinstance(value, float) and value.is_integer():
            return int(value)
        raise FormatError(f"{field} must be a whole number of samples, got {value!r}")
    return value
