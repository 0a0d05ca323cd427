"""Schedule to Waveforms: every channel's envelopes and frames as arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses import Acquisition, Track, Waveforms
from backline.errors import InputError
from backline.lowering.flat import flat_instructions
from backline.lowering.processing import read_discriminator, read_kernel
from backline.pulse import (
    Acquire,
    ControlChannel,
    DriveChannel,
    MeasureChannel,
    Play,
    Schedule,
    ScheduleBlock,
    SetFrequency,
    SetPhase,
    ShiftFrequency,
    ShiftPhase,
)
from backline.pulse.library import Pulse

_FrameChange = SetPhase | ShiftPhase | SetFrequency | ShiftFrequency
_PLAYED = (Play, SetPhase, ShiftPhase, SetFrequency, ShiftFrequency)
_LINES = (DriveChannel, ControlChannel)


def compile(
    schedule: Schedule | ScheduleBlock,
    *,
    dt: float,
    frequencies: Mapping[str, float],
    num_slots: int | None = None,
) -> Waveforms:
    """Turn a pulse program into arrays.

    A channel plays Re[s exp(i (2π f t + φ))], as in Qiskit 1.4. Phase and frequency instructions
    at a pulse's first sample already hold for it. `SetPhase` sets, and `ShiftPhase` shifts, the
    phase on top of the running carrier; a change of frequency keeps the carrier's phase
    continuous. Acquisitions without a memory slot are left out, as are the stimuli of qubits that
    are not acquired. A measure channel whose frequency is not known starts at 0, and only shifts
    of its frequency count.

    Args:
        schedule: The program; bound and with its references assigned.
        dt: Length of a sample, in s.
        frequencies: LO frequency of each channel, in Hz, by name ("d0").
        num_slots: Memory slots of the result; as many as are used by default.

    Raises:
        PulseError: If parameters are unbound or references are not assigned.
        InputError: If a channel that plays has no frequency, a frequency is no number, two
            acquisitions share a memory slot, one needs a slot that there is not, or a kernel or
            discriminator that does not exist.
    """
    if not (math.isfinite(dt) and dt > 0):
        raise InputError(f"dt must be a positive number of seconds, got {dt}")
    lanes: dict[str, _Lane] = {}
    measured: dict[int, list[tuple[int, Play | _FrameChange]]] = {}
    acquisitions: list[Acquisition] = []
    duration = 0
    for start, instruction in flat_instructions(schedule):
        duration = max(duration, start + instruction.duration)
        if isinstance(instruction, Acquire):
            slot = instruction.mem_slot
            if slot is not None:
                acquisitions.append(
                    Acquisition(
                        qubit=int(instruction.channel.index),
                        slot=int(slot.index),
                        start=start,
                        duration=int(instruction.duration),
                        kernel=read_kernel(instruction.kernel, int(instruction.channel.index)),
                        discriminator=read_discriminator(
                            instruction.discriminator, int(instruction.channel.index)
                        ),
                    )
                )
        elif isinstance(instruction, _PLAYED):
            channel = instruction.channel
            if isinstance(channel, _LINES):
                lane = lanes.get(channel.name)
                if lane is None:
                    lane = lanes[channel.name] = _Lane(channel.name, dt)
                lane.add(start, instruction, frequencies)
            elif isinstance(channel, MeasureChannel):
                measured.setdefault(int(channel.index), []).append((start, instruction))
    acquisitions.sort(key=lambda item: item.start)
    return Waveforms(
        dt=dt,
        duration=duration,
        tracks=tuple(lane.track() for _, lane in sorted(lanes.items()) if lane.starts),
        acquisitions=tuple(acquisitions),
        num_slots=_slots(acquisitions, num_slots),
        stimuli=tuple(
            _stimulus(qubit, measured[qubit], dt, frequencies)
            for qubit in sorted({item.qubit for item in acquisitions} & measured.keys())
            if any(isinstance(item, Play) for _, item in measured[qubit])
        ),
    )


def _stimulus(
    qubit: int,
    instructions: list[tuple[int, Play | _FrameChange]],
    dt: float,
    frequencies: Mapping[str, float],
) -> Track:
    """What a measure channel plays."""
    name = f"m{qubit}"
    lane = _Lane(name, dt, sampled=_sampled_once)
    start_frequency = {name: frequencies.get(name, 0.0)}
    for start, instruction in instructions:
        if isinstance(instruction, SetFrequency):
            _known(name, frequencies)  # without it, an absolute frequency means nothing
        lane.add(start, instruction, start_frequency)
    return lane.track()


def _known(name: str, frequencies: Mapping[str, float]) -> float:
    """The frequency, in Hz, at which a channel starts."""
    frequency = frequencies.get(name)
    if frequency is None:
        known = ", ".join(sorted(frequencies)) or "none"
        raise InputError(
            f"channel {name} is used, and its frequency is not known: known are {known}",
            channel=name,
        )
    return float(frequency)


def _sampled(pulse: Pulse) -> NDArray[np.complex128]:
    return pulse.get_waveform().samples  # read-only


# Stimuli are long, and the same in all programs of a sweep.
_sampled_once = lru_cache(maxsize=128)(_sampled)


@dataclass
class _Lane:
    """What one channel has got so far.

    The frame's phase has two parts: `phase`, which the program sets, and `carried`, which keeps
    the carrier continuous through changes of frequency.
    """

    name: str
    dt: float
    sampled: Callable[[Pulse], NDArray[np.complex128]] = _sampled
    frequency: float | None = None
    phase: float = 0.0
    carried: float = 0.0
    starts: list[int] = field(default_factory=list)
    envelopes: list[NDArray[np.complex128]] = field(default_factory=list)
    frames: dict[int, tuple[float, float]] = field(default_factory=dict)

    def add(
        self, start: int, instruction: Play | _FrameChange, frequencies: Mapping[str, float]
    ) -> None:
        if self.frequency is None:
            self.frequency = _known(self.name, frequencies)
            self.frames[0] = (self.frequency, 0.0)
        if isinstance(instruction, Play):
            self.starts.append(start)
            self.envelopes.append(self.sampled(instruction.pulse))
            return
        if isinstance(instruction, SetPhase):
            self.phase = float(instruction.phase)
        elif isinstance(instruction, ShiftPhase):
            self.phase += float(instruction.phase)
        elif isinstance(instruction, SetFrequency):
            self._tune(start, self.frequency, float(instruction.frequency))
        else:
            self._tune(start, self.frequency, self.frequency + float(instruction.frequency))
        self.frames[start] = (self.frequency, self.phase + self.carried)

    def track(self) -> Track:
        times = sorted(self.frames)
        return Track(
            channel=self.name,
            starts=np.array(self.starts, dtype=np.int64),
            envelopes=tuple(self.envelopes),
            frame_starts=np.array(times, dtype=np.int64),
            frequencies=np.array([self.frames[time][0] for time in times]),
            phases=np.array([self.frames[time][1] for time in times]),
        )

    def _tune(self, start: int, before: float, frequency: float) -> None:
        if not math.isfinite(frequency):
            raise InputError(f"the frequency of {self.name} must be a number of Hz: {frequency}")
        turns = (before - frequency) * start * self.dt
        self.carried += 2 * math.pi * turns
        self.frequency = frequency


def _slots(acquisitions: list[Acquisition], num_slots: int | None) -> int:
    owners: dict[int, Acquisition] = {}
    for item in acquisitions:
        if item.slot in owners:
            raise InputError(
                f"two acquisitions write to memory slot {item.slot}: of qubit "
                f"{owners[item.slot].qubit} at sample {owners[item.slot].start} and of qubit "
                f"{item.qubit} at sample {item.start}; give each a slot of its own",
                slot=item.slot,
            )
        owners[item.slot] = item
    needed = max(owners, default=-1) + 1
    if num_slots is None:
        return needed
    if needed > num_slots:
        raise InputError(
            f"memory slot {needed - 1} is used, and there are only {num_slots}: 0 to "
            f"{num_slots - 1}"
        )
    return num_slots
