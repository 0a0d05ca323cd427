"""`defaults()`: frequencies and calibrations of a device, as code for BackendV1 reads them."""

from __future__ import annotations

import cmath
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backline import pulse
from backline.contract.v1_configuration import scaled
from backline.pulse import transforms
from backline.pulse.calibration_entries import CallableEntry
from backline.pulse.instruction_schedule_map import InstructionScheduleMap

_SHAPES = {
    "Constant": "constant",
    "Gaussian": "gaussian",
    "GaussianSquare": "gaussian_square",
    "gaussian_square_drag": "gaussian_square_drag",
    "Drag": "drag",
}


@dataclass(frozen=True, slots=True)
class Command:
    """The calibration of one gate on its qubits.

    Attributes:
        name: The gate.
        qubits: Its qubits.
        sequence: Its instructions, as Qiskit 1.4's dictionaries wrote them.
    """

    name: str
    qubits: list[int]
    sequence: list[dict[str, Any]]

    def to_dict(self) -> dict[str, Any]:
        """The calibration as Qiskit 1.4 wrote it."""
        return {"name": self.name, "qubits": self.qubits, "sequence": self.sequence}


class PulseDefaults:
    """Frequencies and calibrations, in the shape of Qiskit 1.4's `PulseDefaults`.

    Attributes:
        qubit_freq_est: Of each qubit, in Hz; None where not known.
        meas_freq_est: Of each qubit's readout, in Hz; None where not known.
        buffer: Samples between two pulses, 0.
        instruction_schedule_map: The calibrations; they stay in their stored form until asked for.
        meas_kernel: None.
        discriminator: None.
    """

    def __init__(
        self,
        qubit_freq_est: Sequence[float | None],
        meas_freq_est: Sequence[float | None],
        instruction_schedule_map: InstructionScheduleMap,
    ) -> None:
        self.qubit_freq_est = list(qubit_freq_est)
        self.meas_freq_est = list(meas_freq_est)
        self.instruction_schedule_map = instruction_schedule_map
        self.buffer = 0
        self.meas_kernel = None
        self.discriminator = None

    @property
    def cmd_def(self) -> list[Command]:
        """Every calibration, written out; functions that need arguments are left out."""
        return self._written()[0]

    @property
    def pulse_library(self) -> list[dict[str, Any]]:
        """The sampled pulses that `cmd_def` names."""
        return self._written()[1]

    def to_dict(self) -> dict[str, Any]:
        """Everything in the shape and units (GHz) of Qiskit 1.4's dictionaries."""
        commands, library = self._written()
        return {
            "qubit_freq_est": scaled(self.qubit_freq_est, 1e-9),
            "meas_freq_est": scaled(self.meas_freq_est, 1e-9),
            "buffer": self.buffer,
            "pulse_library": library,
            "cmd_def": [command.to_dict() for command in commands],
        }

    def _written(self) -> tuple[list[Command], list[dict[str, Any]]]:
        samples: dict[str, list[complex]] = {}
        commands = []
        for name in self.instruction_schedule_map.instructions:
            for place in self.instruction_schedule_map.qubits_with_instruction(name):
                entry = self.instruction_schedule_map.entry(name, place)
                if isinstance(entry, CallableEntry) and entry.needs_arguments:
                    continue
                schedule = entry.get_schedule()
                if isinstance(schedule, pulse.ScheduleBlock):
                    schedule = transforms.block_to_schedule(schedule)
                sequence = [_written(t0, one, samples) for t0, one in schedule.instructions]
                qubits = list(place) if isinstance(place, tuple) else [place]
                commands.append(Command(name, qubits, sequence))
        return commands, [{"name": name, "samples": found} for name, found in samples.items()]

    def __repr__(self) -> str:
        return f"PulseDefaults({len(self.qubit_freq_est)} qubits)"


def _written(t0: int, instruction: Any, samples: dict[str, list[complex]]) -> dict[str, Any]:
    """One instruction as Qiskit 1.4 wrote it; sampled pulses go to `samples`."""
    if isinstance(instruction, pulse.Acquire):
        slot = instruction.mem_slot
        return {
            "name": "acquire",
            "t0": t0,
            "duration": instruction.duration,
            "qubits": [instruction.channel.index],
            "memory_slot": [instruction.channel.index if slot is None else slot.index],
        }
    where = {"t0": t0, "ch": instruction.channels[0].name}
    match instruction:
        case pulse.Play():
            return _played(instruction, where, samples)
        case pulse.ShiftPhase():
            return {"name": "fc", **where, "phase": _number(instruction.phase)}
        case pulse.SetPhase():
            return {"name": "setp", **where, "phase": _number(instruction.phase)}
        case pulse.ShiftFrequency():
            return {"name": "shiftf", **where, "frequency": _number(instruction.frequency, 1e-9)}
        case pulse.SetFrequency():
            return {"name": "setf", **where, "frequency": _number(instruction.frequency, 1e-9)}
        case _:
            name = type(instruction).__name__.lower()
            return {"name": name, **where, "duration": instruction.duration}


def _played(play: Any, where: dict[str, Any], samples: dict[str, list[complex]]) -> dict[str, Any]:
    envelope = play.pulse
    shape = _SHAPES.get(getattr(type(envelope), "alias", ""))  # not by what a user calls a shape
    if shape is None:
        values = [complex(value) for value in envelope.get_waveform().samples]
        name = envelope.name or "pulse"
        while samples.setdefault(name, values) != values:
            name += "'"  # another pulse has this name
        return {"name": name, **where}
    parameters = {key: _number(value) for key, value in envelope.parameters.items()}
    amp, angle = parameters["amp"], parameters["angle"]
    if not isinstance(amp, str) and not isinstance(angle, str):
        parameters["amp"] = cmath.rect(amp, parameters.pop("angle"))
    label = {} if envelope.name is None else {"label": envelope.name}
    return {
        "name": "parametric_pulse",
        **where,
        **label,
        "pulse_shape": shape,
        "parameters": parameters,
    }


def _number(value: Any, factor: float = 1.0) -> Any:
    """A number as it is, a parameter as text."""
    if hasattr(value, "parameters"):
        return str(value if factor == 1.0 else value * factor)
    return value if factor == 1.0 else value * factor
