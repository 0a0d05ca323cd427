"""The readout of a device's qubits as resonators for the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias
from weakref import WeakKeyDictionary

from backline.device.channels import channel_frequencies
from backline.device.model import Device
from backline.engines.pulses import Track
from backline.engines.pulses.readout.resonator import (
    STANDARD_LENGTH,
    Resonator,
    default_kappa,
    square_stimulus,
)
from backline.errors import DeviceError
from backline.lowering.compile import compile

_Measurement: TypeAlias = tuple[Track, int, int]
"""A stimulus, and first sample and length of the acquisition."""

_MEASURE = "measure"

# What follows from a frozen description, once for all programs that run on it.
_known: WeakKeyDictionary[Device, dict[int, Resonator]] = WeakKeyDictionary()


def resonators(device: Device, qubits: Sequence[int]) -> tuple[Resonator, ...]:
    """The readout resonators of some qubits.

    The measurement that a qubit's instruments are tuned to is its own part of the device's
    calibrated measure schedule. Where there is none, it is a stimulus of amplitude 1 for as long
    as the device's description says (1 µs where it says nothing), acquired all along.

    A linewidth κ that the description does not give is such that the resonator rises in a tenth
    of that stimulus (`default_kappa`); a dispersive shift χ that it does not give is κ/2.

    Args:
        device: The device.
        qubits: Which qubits.

    Raises:
        QubitError: If the device does not have one of the qubits.
        DeviceError: If its dt is not known.
    """
    device.check_qubits(tuple(qubits), "a readout")
    known = _known.setdefault(device, {})
    for qubit in qubits:
        if qubit not in known:
            known.update(_resonators(device, qubit))
    return tuple(known[qubit] for qubit in qubits)


def _resonators(device: Device, qubit: int) -> dict[int, Resonator]:
    """Those of a qubit and of all that its calibrated measurement measures too."""
    dt = device.timing.dt
    if dt is None:
        raise DeviceError(
            f"the dt of device {device.name!r} is not known, so that readout of qubit {qubit} "
            f"cannot be simulated"
        )
    measurements = _calibrated(device, qubit, dt) or {qubit: _plain(device, qubit, dt)}
    return {
        measured: _resonator(device, measured, measurement, dt)
        for measured, measurement in measurements.items()
    }


def _resonator(device: Device, qubit: int, measurement: _Measurement, dt: float) -> Resonator:
    readout = device.qubits[qubit].readout
    stimulus, start, duration = measurement
    last = max(
        begin + len(envelope)
        for begin, envelope in zip(stimulus.starts.tolist(), stimulus.envelopes, strict=True)
    )
    kappa = readout.kappa or default_kappa((last - int(stimulus.starts[0])) * dt)
    return Resonator(
        qubit=qubit,
        kappa=kappa,
        chi=readout.chi or kappa / 2,
        frequency=readout.frequency or 0.0,  # where it is not known, channels count from it
        stimulus=stimulus,
        start=start,
        duration=duration,
        dtm=device.timing.dtm,
    )


def _calibrated(device: Device, qubit: int, dt: float) -> dict[int, _Measurement]:
    """The measurements in the smallest calibrated schedule that measures a qubit."""
    groups = [group for name, group in device.calibrations if name == _MEASURE and qubit in group]
    for group in sorted(groups, key=len):
        schedule = device.calibrations[_MEASURE, group].get_schedule()
        if schedule.is_parameterized():
            continue
        waveforms = compile(schedule, dt=dt, frequencies=channel_frequencies(device))
        stimuli = {track.channel: track for track in waveforms.stimuli}
        found = {
            item.qubit: (stimuli[f"m{item.qubit}"], item.start, item.duration)
            for item in reversed(waveforms.acquisitions)  # of several, the first
            if f"m{item.qubit}" in stimuli and 0 <= item.qubit < device.num_qubits
        }
        if qubit in found:
            return found
    return {}


def _plain(device: Device, qubit: int, dt: float) -> _Measurement:
    readout = device.qubits[qubit].readout
    length = max(1, round((readout.duration or STANDARD_LENGTH) / dt))
    return square_stimulus(qubit, length, readout.frequency), 0, length
