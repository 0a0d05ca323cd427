"""A device and what was fitted to it: gains of its control lines, and corrections of frames."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from backline import pulse
from backline.device.channels import frame_channels
from backline.device.model import Device
from backline.device.values import check_probability, qubit_tuple
from backline.errors import DeviceError
from backline.pulse.calibration_entries import CalibrationEntry, StoredEntry

_NAME = "frame correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedLine:
    """What was fitted to one control line.

    Attributes:
        index: Of the line.
        gain: Its complex gain.
        fidelity_before: Average gate fidelity of the fitted schedule with a gain of 1.
        fidelity_after: With the fitted gain.
    """

    index: int
    gain: complex
    fidelity_before: float
    fidelity_after: float

    def __post_init__(self) -> None:
        for name in ("fidelity_before", "fidelity_after"):
            check_probability(f"{name} of control line u{self.index}", getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameCorrection:
    """By how much the frames of both qubits are turned at the end of a two-qubit schedule.

    Attributes:
        gate: The gate.
        qubits: Its qubits, in its order.
        angles: For each, in rad: a `ShiftPhase` on all channels of its frame.
    """

    gate: str
    qubits: tuple[int, int]
    angles: tuple[float, float]

    def __post_init__(self) -> None:
        object.__setattr__(self, "qubits", qubit_tuple(f"{self.gate}", self.qubits))
        if len(self.angles) != 2 or not all(math.isfinite(angle) for angle in self.angles):
            raise DeviceError(
                f"a frame correction of {self.gate} has an angle in rad for each of its two "
                f"qubits, got {self.angles!r}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """Everything that was fitted to a device.

    Attributes:
        lines: Control lines.
        corrections: Frame corrections.
    """

    lines: tuple[FittedLine, ...] = ()
    corrections: tuple[FrameCorrection, ...] = ()


def with_twin(device: Device, twin: Twin) -> Device:
    """The device with what was fitted to it.

    Args:
        device: The device. A correction comes on top of those that its schedules have already.
        twin: What was fitted.

    Returns:
        The device with other control lines and calibrations, and a note that says so; the same
        device where nothing was fitted.

    Raises:
        DeviceError: If the device has no such control line or no such schedule.
    """
    fitted = {line.index: line for line in twin.lines}
    if missing := set(fitted) - {line.index for line in device.control_lines}:
        raise DeviceError(f"device {device.name!r} has no control line u{min(missing)}")
    if not fitted:
        return device
    calibrations = dict(device.calibrations)
    for correction in twin.corrections:
        key = (correction.gate, correction.qubits)
        if key not in calibrations:
            raise DeviceError(
                f"device {device.name!r} has no schedule of {correction.gate} on "
                f"{correction.qubits}"
            )
        entry = calibrations[key]
        stored = (entry, _shifts(device, correction))
        calibrations[key] = StoredEntry(_corrected, stored, entry.user_provided)
    return replace(
        device,
        calibrations=calibrations,
        control_lines=tuple(
            replace(
                line,
                gain=fitted[line.index].gain,
                reconciled=True,
                fidelity_before=fitted[line.index].fidelity_before,
                fidelity_after=fitted[line.index].fidelity_after,
            )
            if line.index in fitted
            else line
            for line in device.control_lines
        ),
        notes=(*device.notes, _said(twin)),
    )


def _corrected(stored: tuple[CalibrationEntry, tuple[tuple[str, float], ...]]) -> Any:
    """The schedule of an entry with phase shifts, (channel's name, rad), at its end."""
    entry, shifts = stored
    program = entry.get_schedule()
    added = [pulse.ShiftPhase(phase, _channel(name), name=_NAME) for name, phase in shifts]
    if isinstance(program, pulse.ScheduleBlock):
        for shift in added:
            program = program.append(shift, inplace=False)
        return program
    corrected = pulse.Schedule(program, name=program.name, metadata=program.metadata)
    for shift in added:
        corrected.insert(program.duration, shift, inplace=True)
    return corrected


def _shifts(device: Device, correction: FrameCorrection) -> tuple[tuple[str, float], ...]:
    return tuple(
        (channel, scale * angle)
        for qubit, angle in zip(correction.qubits, correction.angles, strict=True)
        if angle
        for channel, scale in frame_channels(device, qubit)
    )


def _channel(name: str) -> Any:
    kind = pulse.DriveChannel if name[0] == "d" else pulse.ControlChannel
    return kind(int(name[1:]))


def _said(twin: Twin) -> str:
    low = min(line.fidelity_after for line in twin.lines)
    return (
        f"gains of control lines fitted to their two-qubit schedules: {len(twin.lines)}, which "
        f"make their gates at {low:.4f} or better; schedules with corrected frames: "
        f"{len(twin.corrections)}"
    )
