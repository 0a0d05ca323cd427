"""The base of all instructions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from backline.errors import PulseError
from backline.pulse.channels import Channel, PulseChannel
from backline.pulse.values import Assignment, Value, free_parameters, hashed, shown

if TYPE_CHECKING:
    from backline.pulse.schedule import Schedule


class Instruction(ABC):
    """One thing that a program does on some channels, for some samples.

    Instructions are frozen and hashable; equality looks at what is done, not at the name. An
    instruction alone can be used where a Schedule can: it is one that starts at 0.
    """

    __slots__ = ()

    _operand_names: ClassVar[tuple[str, ...]] = ()
    """The attributes that its constructor takes, the name aside, in order."""
    _schedule_class: ClassVar[type[Schedule]]
    """Schedule, told by its own module: schedules are made of instructions, and methods here make
    schedules."""

    @property
    @abstractmethod
    def duration(self) -> Value:
        """Length in samples; an int, or an expression of parameters."""

    @property
    @abstractmethod
    def name(self) -> str | None:
        """The name it was given."""

    @property
    @abstractmethod
    def channels(self) -> tuple[Channel, ...]:
        """The channels that it takes up."""

    @property
    def operands(self) -> tuple[Any, ...]:
        """What it was made of, its name aside."""
        return tuple([getattr(self, name) for name in self._operand_names])

    @property
    def id(self) -> int:
        """A number that no other living instruction has."""
        return id(self)

    @property
    def parameters(self) -> frozenset[Any]:
        """The parameters that are not bound yet."""
        return free_parameters((self.duration, *(channel.index for channel in self.channels)))

    def is_parameterized(self) -> bool:
        """Whether some parameters are not bound yet."""
        return bool(self.parameters)

    @abstractmethod
    def _bound(self, values: Assignment) -> Instruction:
        """This instruction with parameters replaced."""

    @property
    def start_time(self) -> int:
        """0."""
        return 0

    @property
    def stop_time(self) -> Value:
        """Its duration."""
        return self.duration

    @property
    def instructions(self) -> tuple[tuple[int, Instruction], ...]:
        """Itself at time 0."""
        return ((0, self),)

    def ch_duration(self, *channels: Channel) -> Value:
        """Its duration, if it takes up one of the channels, else 0."""
        return self.duration if any(c in self.channels for c in channels) else 0

    def ch_start_time(self, *channels: Channel) -> int:
        """0."""
        return 0

    def ch_stop_time(self, *channels: Channel) -> Value:
        """As `ch_duration`."""
        return self.ch_duration(*channels)

    def shift(self, time: int, name: str | None = None) -> Schedule:
        """A schedule with this instruction at a later time (in samples)."""
        return self._schedule_class((time, self), name=self.name if name is None else name)

    def insert(self, start_time: int, schedule: Any, name: str | None = None) -> Schedule:
        """A schedule with this instruction, and another program at a time (in samples)."""
        return self._schedule_class(
            self, (start_time, schedule), name=self.name if name is None else name
        )

    def append(self, schedule: Any, name: str | None = None) -> Schedule:
        """A schedule with this instruction, and another program after it.

        The other starts as soon as all channels that both use are free.
        """
        common = set(self.channels).intersection(schedule.channels)
        return self.insert(self.ch_stop_time(*common), schedule, name=name)

    def __or__(self, other: Any) -> Schedule:
        return self.insert(0, other)

    def __add__(self, other: Any) -> Schedule:
        return self.append(other)

    def __lshift__(self, time: int) -> Schedule:
        return self.shift(time)

    def __copy__(self) -> Instruction:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Instruction:
        return self

    def __hash__(self) -> int:
        return hash((type(self), *map(hashed, self.operands)))

    def __repr__(self) -> str:
        operands = ", ".join(map(shown, self.operands))
        name = "" if self.name is None else f", name={self.name!r}"
        return f"{type(self).__name__}({operands}{name})"


def pulse_channel(channel: object, kind: type[Instruction]) -> None:
    """Refuse what is no line for pulses, for instructions of a kind.

    Raises:
        PulseError: If it is none.
    """
    if not isinstance(channel, PulseChannel):
        raise PulseError(
            f"{kind.__name__} needs a DriveChannel, MeasureChannel or ControlChannel, "
            f"got {channel!r}"
        )
