"""What is known of one instruction on certain qubits, and the table of its calibrations."""

from __future__ import annotations

from typing import Any, TypeAlias

from qiskit.transpiler import InstructionProperties as QiskitInstructionProperties

from backline.pulse import Schedule, ScheduleBlock
from backline.pulse.calibration_entries import CalibrationEntry, as_entry
from backline.pulse.instruction_schedule_map import InstructionScheduleMap

Key: TypeAlias = tuple[str, tuple[int, ...] | None]


class CalibrationTable(dict[Key | None, CalibrationEntry]):
    """(instruction name, qubits) to the entry that gives its schedule.

    Attributes:
        schedule_map: What `Target.instruction_schedule_map` made of it, until an instruction's
            properties change.
    """

    schedule_map: InstructionScheduleMap | None = None


class InstructionProperties(QiskitInstructionProperties):
    """Qiskit's `InstructionProperties`, with a calibration.

    Once they are part of a `Target`, `calibration` is a view of the target's own table: Qiskit's
    core keeps duration and error alone.

    Args:
        duration: Of the instruction on these qubits, in s.
        error: Its mean error, 1 - average gate fidelity.
        calibration: Its pulse program: a Schedule, a ScheduleBlock, a function that returns one,
            or a `CalibrationEntry`.
    """

    __hash__ = None  # type: ignore[assignment]  # mutable

    _table: CalibrationTable
    _key: Key | None

    def __new__(cls, *args: Any, **kwargs: Any) -> InstructionProperties:
        """Make the object; subclasses with arguments of their own need no `__new__`."""
        self = super().__new__(cls)
        self._table, self._key = CalibrationTable(), None
        return self

    def __init__(
        self, duration: float | None = None, error: float | None = None, calibration: Any = None
    ) -> None:
        super().__init__(duration, error)
        self.duration, self.error = duration, error
        self.calibration = calibration

    @property
    def calibration(self) -> Schedule | ScheduleBlock | None:
        """The pulse program, or None. Assigning a schedule makes it a user's own."""
        entry = self.entry
        return None if entry is None else entry.get_schedule()

    @calibration.setter
    def calibration(self, calibration: Any) -> None:
        if calibration is None:
            self._table.pop(self._key, None)
        else:
            self._table[self._key] = as_entry(calibration)

    @property
    def entry(self) -> CalibrationEntry | None:
        """What gives the pulse program, or None; asking decodes nothing."""
        return self._table.get(self._key)

    def bound(self, table: CalibrationTable, key: Key) -> InstructionProperties:
        """A copy that is a view of a target's table; the table itself is left alone."""
        view = type(self).__new__(type(self))
        view.__setstate__(self.__getstate__())
        view.bind(table, key)
        return view

    def bind(self, table: CalibrationTable, key: Key) -> None:
        """Make these properties a view of a target's table."""
        self._table, self._key = table, key

    def facts(self) -> tuple[Any, ...]:
        """Everything but the calibration: duration, error, and what a subclass added."""
        extra = {k: v for k, v in self.__dict__.items() if k not in ("_table", "_key")}
        return self.duration, self.error, extra

    def __getstate__(self) -> tuple[Any, ...]:
        duration, error, extra = self.facts()
        return duration, error, self.entry, extra

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.duration, self.error, entry, extra = state
        self._table, self._key = CalibrationTable(), None
        self.calibration = entry
        self.__dict__.update(extra)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.__getstate__() == other.__getstate__()

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(duration={self.duration}, error={self.error}, "
            f"calibration={self.entry})"
        )
