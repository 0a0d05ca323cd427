"""Measurements made of a backend's calibrations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backline.errors import PulseError
from backline.pulse.block import ScheduleBlock
from backline.pulse.channels import (
    AcquireChannel,
    Channel,
    DriveChannel,
    MeasureChannel,
    MemorySlot,
    RegisterSlot,
)
from backline.pulse.instructions import Acquire
from backline.pulse.schedule import Schedule

Register = MemorySlot | RegisterSlot


def measure(
    qubits: Sequence[int],
    backend: Any = None,
    inst_map: Any = None,
    meas_map: Any = None,
    qubit_mem_slots: Mapping[int, int] | None = None,
    measure_name: str = "measure",
) -> Schedule:
    """A schedule that measures qubits.

    A calibration of a whole group of qubits is used in part (as Qiskit 1.4): what it does on the
    measure and acquire channels of the qubits that are asked for, and where it comes from an
    instruction schedule map, on their drive channels.

    Args:
        qubits: The qubits, each once.
        backend: Whose calibrations are used.
        inst_map: Calibrations to use instead; needed without a backend.
        meas_map: Groups of qubits that are calibrated together, instead of the backend's.
        qubit_mem_slots: Qubit to memory slot; by default the qubit's own number. Where some
            qubits are left out, these get the lowest slots that are free, in the order of their
            numbers (as Qiskit 1.4).
        measure_name: Name of the calibrated instruction.

    Raises:
        PulseError: If a qubit has no calibrated measurement, or is named twice.
    """
    slots = _slots(qubits, qubit_mem_slots or {})
    registers: list[Register] = [MemorySlot(slots[qubit]) for qubit in qubits]
    find = _Calibrations(backend, inst_map, meas_map, measure_name)
    return _measurement(find, list(qubits), registers)


def _slots(qubits: Sequence[int], given: Mapping[int, int]) -> dict[int, int]:
    if not given:
        return {qubit: qubit for qubit in qubits}
    numbers = range(max([*qubits, *given], default=-1) + 1)
    taken = set(given.values())
    free = [number for number in numbers if number not in taken]
    left_out = [number for number in numbers if number not in given]
    # What is given may name slots beyond these numbers: then some free ones are left over.
    return dict(zip(left_out, free, strict=False)) | dict(given)


def measure_all(backend: Any) -> Schedule:
    """A schedule that measures all qubits of a backend, each into the slot of its number."""
    return measure(range(backend.num_qubits), backend)


def measurement(backend: Any, qubits: list[int], registers: list[Register]) -> Schedule:
    """A schedule that measures qubits of a backend into registers.

    Args:
        backend: Whose calibrations are used.
        qubits: The qubits.
        registers: One for each qubit.

    Raises:
        PulseError: If there are not as many registers as qubits, or a qubit has no calibration.
    """
    if len(registers) != len(qubits):
        raise PulseError(
            f"{len(qubits)} qubits need as many registers to be measured into, got {len(registers)}"
        )
    for register in registers:
        if not isinstance(register, MemorySlot | RegisterSlot):
            raise PulseError(f"a register is a MemorySlot or RegisterSlot, got {register!r}")
    return _measurement(_Calibrations(backend, None, None, "measure"), qubits, registers)


class _Calibrations:
    """Where the calibrated measurement of a qubit is found."""

    def __init__(self, backend: Any, inst_map: Any, meas_map: Any, name: str) -> None:
        if backend is None and inst_map is None:
            raise PulseError("measuring needs a backend or an inst_map with calibrations")
        self.backend = backend
        self.inst_map = inst_map
        self.meas_map = meas_map
        self.name = name

    def of(self, qubit: int) -> Schedule:
        """What measures a qubit, without what is done to others."""
        lines: set[Channel] = {MeasureChannel(qubit), AcquireChannel(qubit)}
        found: Any = None
        if self.inst_map is None and self.backend.target.has_calibration(self.name, (qubit,)):
            found = self.backend.target.get_calibration(self.name, (qubit,))
        else:
            found = self._from_map(qubit)
            lines.add(DriveChannel(qubit))
        if found is None:
            raise PulseError(f"qubit {qubit} has no calibrated {self.name!r} instruction")
        schedule: Schedule = found._scheduled() if isinstance(found, ScheduleBlock) else found
        return schedule.filter(channels=lines)

    def _from_map(self, qubit: int) -> Any:
        table = self.inst_map
        if table is None:
            table = self.backend.instruction_schedule_map
        for qubits in ((qubit,), *self._groups(qubit)):
            if table.has(self.name, qubits):
                return table.get(self.name, qubits)
        return None

    def _groups(self, qubit: int) -> list[tuple[int, ...]]:
        groups = self.meas_map
        if groups is None:
            try:
                groups = self.backend.meas_map if self.backend is not None else ()
            except NotImplementedError:
                groups = ()
        if isinstance(groups, Mapping):
            groups = groups.values()
        return [tuple(group) for group in groups or () if qubit in group]


def _measurement(
    calibrations: _Calibrations, qubits: list[int], registers: list[Register]
) -> Schedule:
    schedule = Schedule(name=f"Default measurement schedule for qubits {qubits}")
    for position, (qubit, register) in enumerate(zip(qubits, registers, strict=True)):
        if qubit in qubits[:position]:
            raise PulseError(f"qubit {qubit} is to be measured twice at once: {qubits}")
        for time, instruction in calibrations.of(qubit).instructions:
            if isinstance(instruction, Acquire):
                instruction = _into(instruction, register)
            schedule.insert(time, instruction, inplace=True)
    return schedule


def _into(acquire: Acquire, register: Register) -> Acquire:
    return Acquire(
        acquire.duration,
        acquire.channel,
        mem_slot=register if isinstance(register, MemorySlot) else None,
        reg_slot=register if isinstance(register, RegisterSlot) else acquire.reg_slot,
        kernel=acquire.kernel,
        discriminator=acquire.discriminator,
        name=acquire.name,
    )
