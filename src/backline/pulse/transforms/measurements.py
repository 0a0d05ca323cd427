"""Acquisitions: those that a device adds, and those of several schedules at one time."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from backline.errors import ProgramWarning, PulseError
from backline.pulse.block import ScheduleBlock
from backline.pulse.channels import AcquireChannel, MeasureChannel, MemorySlot
from backline.pulse.instructions import Acquire, Instruction
from backline.pulse.schedule import Schedule
from backline.pulse.transforms.canonicalization import target_qobj_transform
from backline.pulse.values import samples

_CALIBRATION_ANGLES = (math.pi, 0, math.pi)  # u3(π, 0, π) is an x gate


def add_implicit_acquires(schedule: Schedule, meas_map: Iterable[Iterable[int]]) -> Schedule:
    """A schedule in which all qubits of a group are acquired when one of them is.

    Every acquisition goes to the memory slot of its qubit's number. As in Qiskit 1.4, another
    slot is replaced, with a warning. Acquisitions of qubits in no group are kept (1.4 drops them).

    Args:
        schedule: The schedule.
        meas_map: Groups of qubits that are measured together.

    Raises:
        PulseError: If it is no Schedule, or an added acquisition overlaps another.
    """
    if not isinstance(schedule, Schedule):
        raise PulseError(f"add_implicit_acquires takes a Schedule, got {type(schedule).__name__}")
    groups = [tuple(group) for group in meas_map]
    new = Schedule(name=schedule.name, metadata=schedule.metadata)
    done: set[tuple[int, int]] = set()
    for time, instruction in schedule.instructions:
        if not isinstance(instruction, Acquire):
            new._insert(time, instruction)
            continue
        _warn_of_slot(instruction, time)
        for qubit in _together(instruction.channel.index, groups):
            if (time, qubit) not in done:
                done.add((time, qubit))
                new._insert(time, _of_qubit(instruction, qubit))
    return new


def _together(qubit: int, groups: list[tuple[int, ...]]) -> list[int]:
    found = {other: None for group in groups if qubit in group for other in group}
    return list(found) or [qubit]


def _of_qubit(acquire: Acquire, qubit: int) -> Acquire:
    return Acquire(
        acquire.duration,
        AcquireChannel(qubit),
        mem_slot=MemorySlot(qubit),
        kernel=acquire.kernel,
        discriminator=acquire.discriminator,
    )


def _warn_of_slot(acquire: Acquire, time: int) -> None:
    slot = acquire.mem_slot
    if slot is not None and slot.index != acquire.channel.index:
        warnings.warn(
            f"{acquire} at {time} goes to MemorySlot({acquire.channel.index}) instead: "
            "add_implicit_acquires gives every qubit the slot of its own number",
            ProgramWarning,
            stacklevel=3,
        )


def align_measures(
    schedules: Iterable[Schedule | ScheduleBlock | Instruction],
    inst_map: Any = None,
    cal_gate: str = "u3",
    max_calibration_duration: int | None = None,
    align_time: int | None = None,
    align_all: bool | None = True,
) -> list[Schedule]:
    """Move the first acquisition of every qubit, in all of these schedules, to one time.

    That time is `align_time`; by default the latest of these acquisitions, and no earlier than
    the duration of a calibration. What happens on a MeasureChannel or AcquireChannel moves with the
    first acquisition of the qubit of its number; an instruction on several of them, with the
    latest of these. Other instructions move with the one of that kind before them; what comes
    before all of these, as `align_all` says.

    All of this as in Qiskit 1.4, except that schedules that acquire nothing come back as they
    were, and measure channels of qubits that are not acquired count as other channels do (1.4 fails
    on both).

    Args:
        schedules: The programs.
        inst_map: An instruction schedule map, to look the duration of a calibration up: it is
            that of the longest `cal_gate` of any qubit.
        cal_gate: Name of that gate; it is given as many of the angles (π, 0, π) as it takes.
        max_calibration_duration: The duration of a calibration, in samples, instead of a look-up.
        align_time: When the acquisitions start, in samples, whatever else is given.
        align_all: Whether what comes before all readouts moves too, with the latest of the first
            acquisitions; it keeps its time otherwise.

    Returns:
        A flat schedule for each program, with its name and metadata.

    Raises:
        PulseError: If a time is negative or a fraction, something would start before 0 or
            overlap, or one of `schedules` is no program.
    """
    if isinstance(schedules, Schedule | ScheduleBlock | Instruction):
        raise PulseError(
            f"align_measures takes a list of programs, got one {type(schedules).__name__}"
        )
    flat = [target_qobj_transform(program, remove_directives=False) for program in schedules]
    readouts = [_Readouts.of(schedule) for schedule in flat]
    if align_time is None:
        if max_calibration_duration is None:
            earliest = _longest_calibration(inst_map, cal_gate)
        else:
            earliest = samples(max_calibration_duration, "max_calibration_duration", free=False)
        time = max([earliest, *(readout.latest for readout in readouts if readout.first)])
    else:
        time = samples(align_time, "align_time", free=False)
    return [
        readout.moved(schedule, time, everything=bool(align_all))
        for schedule, readout in zip(flat, readouts, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Readouts:
    """When the qubits of a schedule are read first.

    Attributes:
        first: Qubit to the start of its first acquisition, in samples.
    """

    first: dict[int, int]

    @classmethod
    def of(cls, schedule: Schedule) -> _Readouts:
        first: dict[int, int] = {}
        for time, instruction in schedule.instructions:
            if isinstance(instruction, Acquire):
                first.setdefault(instruction.channel.index, time)
        return cls(first)

    @property
    def latest(self) -> int:
        return max(self.first.values())

    def moved(self, schedule: Schedule, to: int, *, everything: bool) -> Schedule:
        """The schedule with its first acquisitions at one time."""
        if not self.first:
            return schedule
        new = Schedule.initialize_from(schedule)
        leading = self.latest if everything else to  # until something of a readout happens
        for time, instruction in schedule.instructions:
            leading = self._own(instruction, leading)
            new._insert(time + to - leading, instruction)
        return new

    def _own(self, instruction: Instruction, otherwise: int) -> int:
        """The latest first acquisition of the qubits that an instruction reads."""
        times = [
            self.first[channel.index]
            for channel in instruction.channels
            if isinstance(channel, MeasureChannel | AcquireChannel) and channel.index in self.first
        ]
        return max(times, default=otherwise)


def _longest_calibration(inst_map: Any, gate: str) -> int:
    if inst_map is None:
        return 0
    durations = []
    for qubits in inst_map.qubits_with_instruction(gate):
        takes = len(inst_map.get_parameters(gate, qubits))
        schedule = inst_map.get(gate, qubits, *_CALIBRATION_ANGLES[:takes])
        durations.append(schedule.duration)
    return max(durations, default=0)
