"""The calibrated schedules of a pair, ready to be judged for any gain of their control line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backline.calibration.judging import GATES, ideal
from backline.calibration.motion import PairMotion
from backline.calibration.pair import Complex
from backline.device.channels import channel_frequencies
from backline.device.model import ControlLine, Device
from backline.engines.pulses import PulseModel, Waveforms
from backline.errors import CalibrationError
from backline.lowering import compile, pulse_model
from backline.pulse import (
    DriveChannel,
    Schedule,
    SetFrequency,
    SetPhase,
    ShiftFrequency,
    ShiftPhase,
)
from backline.pulse.transforms import target_qobj_transform

_LONGEST = 20_000  # samples; a file could ask for more memory than there is


@dataclass(frozen=True, kw_only=True, eq=False)
class PairProgram:
    """One calibrated schedule on a pair.

    Attributes:
        gate: Its name.
        qubits: Its qubits, in the order of the gate.
        line: The index of the control line that plays in it.
        duration: In samples.
        wanted: Array (4, 4), the gate as pulses make it.
    """

    gate: str
    qubits: tuple[int, int]
    line: int | None
    duration: int
    wanted: Complex
    _motion: PairMotion
    _levels: NDArray[np.int64]
    _shifts: Complex

    def blocks(self, gains: complex | Complex) -> Complex:
        """What becomes of the qubit levels, in the qubits' own frames, virtual Z included.

        Args:
            gains: Of the control line: one, or an array (n,).

        Returns:
            Array (n, 4, 4), the gate's first qubit being the slow index.
        """
        whole = self._motion.propagators(np.atleast_1d(np.asarray(gains, dtype=complex)))
        blocks: Complex = whole[:, self._levels[:, None], self._levels] * self._shifts[:, None]
        return blocks


def schedules_of(device: Device, pair: tuple[int, int]) -> tuple[tuple[str, tuple[int, int]], ...]:
    """The two-qubit gates of a pair that have a schedule: (name, qubits), both directions."""
    directions = (pair, (pair[1], pair[0]))
    return tuple(
        (name, qubits)
        for name in GATES
        for qubits in directions
        if (name, qubits) in device.calibrations
    )


def pair_program(device: Device, gate: str, qubits: tuple[int, int]) -> PairProgram:
    """Prepare one two-qubit schedule.

    Args:
        device: The device.
        gate: "cx" or "ecr".
        qubits: In the order of the gate.

    Raises:
        BacklineError: If the schedule cannot be judged on the Hamiltonian of the two qubits alone;
            says why.
    """
    schedule, waveforms, model = _played(device, gate, qubits, qubits)
    if not model.exchanges:
        raise CalibrationError("the Hamiltonian has no coupling between them")
    controls = [track.channel for track in waveforms.tracks if track.channel[0] == "u"]
    if len(controls) != 1:
        said = f"{', '.join(controls)} play" if controls else "no control line plays"
        raise CalibrationError(f"{said} in it, and a gain is fitted where one does")
    return _program(schedule, waveforms, model, gate, qubits, qubits, controls[0])


def rotation_program(device: Device, gate: str, qubit: int, pair: tuple[int, int]) -> PairProgram:
    """Prepare a schedule of one of the qubits, played beside the other one.

    Args:
        device: The device.
        gate: "x" or "sx".
        qubit: The qubit.
        pair: The qubits of the Hamiltonian, `qubit` among them.

    Raises:
        BacklineError: If it cannot be judged; says why.
    """
    schedule, waveforms, model = _played(device, gate, (qubit,), pair)
    return _program(schedule, waveforms, model, gate, (qubit,), pair, None)


def _program(
    schedule: Schedule,
    waveforms: Waveforms,
    model: PulseModel,
    gate: str,
    on: tuple[int, ...],
    qubits: tuple[int, int],
    line: str | None,
) -> PairProgram:
    wanted = ideal(gate)
    if len(on) == 1:
        still = np.eye(2, dtype=complex)
        factors = (wanted, still) if on[0] == qubits[0] else (still, wanted)
        wanted = np.kron(*factors).astype(complex)
    first, second = (_shift(schedule, qubit) for qubit in qubits)
    sites = [site.qubit for site in model.sites]
    strides = dict(zip(sites, (model.sites[1].levels, 1), strict=True))
    one, other = (strides[qubit] for qubit in qubits)
    return PairProgram(
        gate=gate,
        qubits=qubits,
        line=None if line is None else int(line[1:]),
        duration=waveforms.duration,
        wanted=wanted,
        _motion=PairMotion(model, waveforms, line),
        _levels=np.array([0, other, one, one + other]),
        _shifts=np.exp(1j * np.array([0.0, second, first, first + second])),
    )


def _played(
    device: Device, gate: str, on: tuple[int, ...], pair: tuple[int, int]
) -> tuple[Schedule, Waveforms, PulseModel]:
    schedule = target_qobj_transform(device.calibrations[gate, on].get_schedule())
    if schedule.duration > _LONGEST:
        raise CalibrationError(f"it has {schedule.duration} samples; at most {_LONGEST} are played")
    if device.timing.dt is None:
        raise CalibrationError(f"device {device.name!r} does not say how long a sample is (dt)")
    model = pulse_model(device, pair)
    waveforms = compile(schedule, dt=device.timing.dt, frequencies=channel_frequencies(device))
    _check_channels(device, waveforms, model)
    return schedule, waveforms, model


def _check_channels(device: Device, waveforms: Waveforms, model: PulseModel) -> None:
    """Refuse what the two qubits' Hamiltonian cannot play."""
    strengths = {drive.channel: drive.strength for drive in model.drives}
    lines = {f"u{line.index}": line for line in device.control_lines}
    for track in waveforms.tracks:
        channel = track.channel
        if strengths.get(channel):
            continue
        if channel[0] == "d" and channel not in strengths:
            raise CalibrationError(f"it plays on {channel}, a qubit outside of the pair")
        why = _unknown(lines.get(channel), {site.qubit for site in model.sites})
        raise CalibrationError(f"it plays on {channel}, of which {why}")


def _unknown(line: ControlLine | None, qubits: set[int]) -> str:
    if line is not None and line.drives is not None and line.drives not in qubits:
        return f"the Hamiltonian says that it drives qubit {line.drives}, outside of the pair"
    return "the Hamiltonian gives no strength"


def _shift(schedule: Schedule, qubit: int) -> float:
    """The phase, in rad, by which a schedule leaves a qubit's frame turned."""
    channel = DriveChannel(qubit)
    total = 0.0
    for _, instruction in schedule.instructions:
        if isinstance(instruction, ShiftPhase) and instruction.channel == channel:
            total += float(instruction.phase)
        elif (
            isinstance(instruction, SetPhase | SetFrequency | ShiftFrequency)
            and instruction.channel == channel
        ):
            raise CalibrationError(
                f"it has {type(instruction).__name__} on {channel.name}: what frame it leaves "
                "behind depends on when it is played"
            )
    return total
