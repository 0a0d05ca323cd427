"""Drive strengths, taken from the calibrations that know them best.

The strengths in IBM's published Hamiltonians do not agree with the calibrated pulses of the same
snapshot: played on them, an x is about 16 % too long. A pulse that rotates by an angle θ on
resonance has Ω = θ / (2π |Σ envelope| dt), in Hz, so the calibrated x itself gives the strength.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import replace

import numpy as np

from backline import pulse
from backline.device.model import Device, DriveLine
from backline.errors import BacklineError, DeviceError

_ROTATIONS = (("x", math.pi), ("sx", math.pi / 2))
_LONGEST = 1_000_000  # samples; a file could ask for more memory than there is


def reconcile_drives(device: Device) -> Device:
    """Scale each drive line so that the qubit's own x pulse is a rotation by π.

    Where there is no x, sx counts. A control line is scaled as the drive line of the qubit in its
    `lo`, whose strength it was published with. Lines without such a calibration stay as they are.

    Args:
        device: The device.

    Returns:
        The device with other strengths, and a note that says so; the same device where there is
        nothing to do.
    """
    ratios: dict[int, float] = {}
    lines: list[DriveLine] = []
    for line in device.drive_lines:
        strength = _strength(device, line.qubit)
        if strength is None or line.reconciled:
            lines.append(line)
            continue
        if line.strength:
            ratios[line.qubit] = strength / line.strength
        lines.append(replace(line, strength=strength, reconciled=True))
    if lines == list(device.drive_lines):
        return device
    controls = tuple(
        replace(line, strength=line.strength * ratios[line.lo[0][0]])
        if line.strength and len(line.lo) == 1 and line.lo[0][0] in ratios
        else line
        for line in device.control_lines
    )
    return replace(
        device,
        drive_lines=tuple(lines),
        control_lines=controls,
        notes=(*device.notes, _said(device, lines, ratios)),
    )


def _strength(device: Device, qubit: int) -> float | None:
    """The Rabi frequency at amplitude 1, in Hz, that the qubit's own calibration implies."""
    dt = device.timing.dt
    if dt is None:
        return None
    for name, angle in _ROTATIONS:
        entry = device.calibrations.get((name, (qubit,)))
        if entry is None:
            continue
        try:
            with np.errstate(all="ignore"):  # what overflows is judged below
                area = abs(_area(entry.get_schedule(), qubit))
        except (BacklineError, ArithmeticError, TypeError, ValueError):
            continue  # a calibration that cannot be read or computed tells nothing
        if area and math.isfinite(strength := angle / (2 * math.pi * area * dt)):
            return strength
    return None


def _area(schedule: pulse.Schedule | pulse.ScheduleBlock, qubit: int) -> complex:
    """The sum of the samples on the qubit's drive channel, in the frame of its first."""
    channel = pulse.DriveChannel(qubit)
    flat = pulse.transforms.target_qobj_transform(schedule)
    if flat.duration > _LONGEST:
        raise DeviceError(f"an x pulse of {flat.duration} samples is none")
    phase, total = 0.0, 0j
    for _, instruction in flat.filter(channels=[channel]).instructions:
        if isinstance(instruction, pulse.ShiftPhase):
            phase += float(instruction.phase)
        elif isinstance(instruction, pulse.Play):
            total += cmath.exp(1j * phase) * instruction.pulse.get_waveform().samples.sum()
    return complex(total)  # a plain number: strengths go into files


def _said(device: Device, lines: list[DriveLine], ratios: dict[int, float]) -> str:
    count = sum(line.reconciled for line in lines)
    said = f"drive strengths of {count} of {device.num_qubits} qubits are from their own x pulses"
    if ratios:
        low, high = min(ratios.values()), max(ratios.values())
        said += f": {low:.4g} to {high:.4g} times the published ones; control lines scaled alike"
    return said
