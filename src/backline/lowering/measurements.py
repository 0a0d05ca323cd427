"""Measurements of a circuit: the parts of the stored schedules that are about measured qubits."""

from __future__ import annotations

from collections.abc import Mapping

from backline.errors import CalibrationError
from backline.lowering.calibrated import Calibrations
from backline.lowering.placement import Part
from backline.pulse import (
    Acquire,
    AcquireChannel,
    Instruction,
    MeasureChannel,
    MemorySlot,
    Schedule,
)

_NAME = "measure"


class Measurements:
    """Makes common measurements of some qubits.

    The stored schedule of a measurement may stimulate and acquire all qubits of its group in the
    meas_map, because the hardware reads them together. Of each measured qubit its own stimulus and
    acquisition are kept, from its own schedule (as Qiskit 1.4); all start together, whatever
    their groups.

    Args:
        calibrations: Where the stored schedules are.
    """

    def __init__(self, calibrations: Calibrations) -> None:
        self._calibrations = calibrations
        self._own: dict[int, list[tuple[int, Instruction]]] = {}

    def part(self, slots: Mapping[int, int]) -> Part:
        """The measurement of some qubits at once.

        Args:
            slots: Qubit to memory slot. Where two go to one slot, the second comes after the
                first.

        Raises:
            CalibrationError: If a qubit's measurement is not calibrated.
        """
        whole = Schedule(name=_NAME)
        for qubit, slot in slots.items():
            whole.append(self._of(qubit, slot), inplace=True)
        bits = (*slots, *(("slot", slot) for slot in slots.values()))
        return Part(bits, whole, whole.duration)

    def _of(self, qubit: int, slot: int) -> Schedule:
        if qubit not in self._own:
            self._own[qubit] = self._stored(qubit)
        return Schedule(
            *((time, into_slot(instruction, slot)) for time, instruction in self._own[qubit])
        )

    def _stored(self, qubit: int) -> list[tuple[int, Instruction]]:
        own = (MeasureChannel(qubit), AcquireChannel(qubit))
        kept = [
            (time, instruction)
            for time, instruction in self._calibrations.measurement(qubit, _NAME).instructions
            if any(channel in own for channel in instruction.channels)
        ]
        if not any(isinstance(instruction, Acquire) for _, instruction in kept):
            raise CalibrationError(
                f"the calibration of measure on ({qubit},) does not acquire that qubit",
                instruction=_NAME,
                qubits=(qubit,),
            )
        return kept


def into_slot(instruction: Instruction, slot: int) -> Instruction:
    """An acquisition that goes to another memory slot; anything else as it is.

    Args:
        instruction: Any instruction.
        slot: The memory slot.
    """
    if not isinstance(instruction, Acquire):
        return instruction
    return Acquire(
        instruction.duration,
        instruction.channel,
        mem_slot=MemorySlot(slot),
        kernel=instruction.kernel,
        discriminator=instruction.discriminator,
        name=instruction.name,
    )
