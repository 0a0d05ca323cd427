"""Schedules: instructions at fixed times."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any, ClassVar, TypeAlias

from backline.errors import PulseError
from backline.pulse import timeslots
from backline.pulse.assignment import assignment
from backline.pulse.channels import Channel
from backline.pulse.filters import Interval, conditions
from backline.pulse.instructions import Instruction
from backline.pulse.named import NamedProgram
from backline.pulse.timeslots import Slot, Slots, Spans
from backline.pulse.values import NO_PARAMETERS, Assignment, is_free, settle

Timed: TypeAlias = "tuple[int, Instruction | Schedule]"

_SHOWN = 50  # instructions in a repr
_numbers = itertools.count()  # for names that are made up


class Schedule(NamedProgram):
    """Instructions at fixed times, in samples; no two at once on one channel.

    Methods that change something return a changed copy, or change the schedule itself with
    `inplace=True`. A schedule that becomes part of another is copied: changing it afterwards
    changes nothing there.

    Args:
        *schedules: Instructions or schedules that start at 0, or (time, instruction or schedule).
        name: A name; one is made up by default.
        metadata: Anything that should travel with the program.

    Raises:
        PulseError: If they overlap or start before 0.
        UnassignedDurationError: If a duration is still a parameter.
        UnassignedReferenceError: If one of them is a reference.
    """

    prefix: ClassVar[str] = "sched"
    """How names that are made up begin."""

    __slots__ = ("_children", "_duration", "_flat", "_free", "_shared", "_slots", "_spans")
    __hash__ = None  # type: ignore[assignment]  # schedules can change

    _children: list[Timed]
    _spans: Spans
    _duration: int
    # These follow from the children; they are found when they are first needed.
    _slots: Slots | None
    _flat: tuple[tuple[int, Instruction], ...] | None
    _free: frozenset[Any] | None
    _shared: bool

    def __init__(
        self,
        *schedules: Instruction | Schedule | tuple[int, Instruction | Schedule],
        name: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        self._name = f"{self.prefix}{next(_numbers)}" if name is None else str(name)
        self.metadata = metadata
        self._children = []
        self._spans = {}
        self._duration = 0
        self._slots = self._flat = self._free = None
        self._shared = False
        copies: dict[int, Schedule] = {}
        for item in schedules:
            time, component = item if isinstance(item, tuple) and len(item) == 2 else (0, item)
            if isinstance(component, Schedule):  # one copy, however often it is there
                known = copies.get(id(component))
                if known is None:
                    known = copies[id(component)] = component._copy()
                component = known
            self._add(time, component)

    @classmethod
    def initialize_from(cls, other_program: Any, name: str | None = None) -> Schedule:
        """An empty schedule with name and metadata of another program.

        Args:
            other_program: A Schedule or ScheduleBlock.
            name: Another name.

        Raises:
            PulseError: If the other is no program.
        """
        if not hasattr(other_program, "metadata") or not hasattr(other_program, "channels"):
            raise PulseError(
                f"a Schedule takes name and metadata of a Schedule or ScheduleBlock, "
                f"got {type(other_program).__name__}"
            )
        return cls(
            name=other_program.name if name is None else name, metadata=other_program.metadata
        )

    # What it is

    @property
    def children(self) -> tuple[Timed, ...]:
        """What was inserted, as (time, instruction or schedule), in the order of insertion."""
        return tuple(self._children)

    @property
    def instructions(self) -> tuple[tuple[int, Instruction], ...]:
        """(time, instruction) of all instructions, also of schedules inside.

        Ordered by time, then by duration (so that what takes no time comes first), then by the
        names of channels, then by insertion, as Qiskit 1.4.
        """
        if self._flat is None:
            self._flat = tuple(_ordered(_walk(self._children)))
        return self._flat

    @property
    def timeslots(self) -> dict[Channel, list[Slot]]:
        """The (start, stop) that are taken on each channel, in samples."""
        taken = self._taken()
        return {channel: list(taken[channel]) for channel in self._spans}

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels that it takes up."""
        return tuple(self._spans)

    @property
    def duration(self) -> int:
        """When the last instruction ends, in samples."""
        return self._duration

    @property
    def start_time(self) -> int:
        """When the first instruction starts, in samples; 0 without any."""
        return self.ch_start_time(*self._spans)

    @property
    def stop_time(self) -> int:
        """As `duration`."""
        return self._duration

    def ch_duration(self, *channels: Channel) -> int:
        """When the last instruction on these channels ends, in samples (as Qiskit 1.4)."""
        return self.ch_stop_time(*channels)

    def ch_start_time(self, *channels: Channel) -> int:
        """When the first instruction on these channels starts, in samples; 0 without any."""
        return min([self._spans[c][0] for c in channels if c in self._spans], default=0)

    def ch_stop_time(self, *channels: Channel) -> int:
        """When the last instruction on these channels ends, in samples; 0 without any."""
        return max([self._spans[c][1] for c in channels if c in self._spans], default=0)

    # Composing

    def shift(self, time: int, name: str | None = None, inplace: bool = False) -> Schedule:
        """Move everything.

        Args:
            time: By how much, in samples; may be negative.
            name: Another name.
            inplace: Change this schedule instead of a copy.

        Raises:
            PulseError: If something would start before 0, or the time is a fraction.
        """
        moved = _moved(time)
        if not inplace:
            return Schedule((moved, self), name=self._name if name is None else name)
        if timeslots.continued({}, self._spans.items(), moved) is None:
            timeslots.refuse_overlap({}, self._taken(), moved, lambda: f"schedule {self._name!r}")
        self._children = [(t + moved, child) for t, child in self._children]
        self._spans = {c: (first + moved, last + moved) for c, (first, last) in self._spans.items()}
        self._duration = self.ch_stop_time(*self._spans)
        self._slots = self._flat = None
        self._shared = False
        return self

    def insert(
        self,
        start_time: int,
        schedule: Instruction | Schedule,
        name: str | None = None,
        inplace: bool = False,
    ) -> Schedule:
        """Add a program at a time.

        Args:
            start_time: When it starts, in samples.
            schedule: An instruction or schedule.
            name: Another name for the copy.
            inplace: Change this schedule instead of a copy.

        Raises:
            PulseError: If it overlaps or starts before 0. The schedule is then as it was.
        """
        target = self if inplace else self._copy(name)
        target._insert(start_time, schedule)
        return target

    def append(
        self, schedule: Instruction | Schedule, name: str | None = None, inplace: bool = False
    ) -> Schedule:
        """Add a program as soon as all channels that both use are free.

        Args:
            schedule: An instruction or schedule.
            name: Another name for the copy.
            inplace: Change this schedule instead of a copy.
        """
        time = self.ch_stop_time(*schedule.channels)
        return self.insert(time, schedule, name=name, inplace=inplace)

    def replace(
        self,
        old: Instruction | Schedule,
        new: Instruction | Schedule,
        inplace: bool = False,
    ) -> Schedule:
        """Put something else in the place of a child, wherever it is found.

        Args:
            old: One of the children (not of their children).
            new: What comes in its place, at the same time.
            inplace: Change this schedule instead of a copy.

        Raises:
            PulseError: If the new one overlaps others. The schedule is then as it was.
        """
        replaced = [(t, new if child == old else child) for t, child in self._children]
        try:
            return self._rebuilt(replaced, inplace)
        except PulseError as error:
            raise PulseError(f"{old} cannot be replaced by {new}: {error.message}") from None

    def filter(
        self,
        *filter_funcs: Callable[[Any], bool],
        channels: Iterable[Channel] | Channel | None = None,
        instruction_types: Iterable[type] | type | None = None,
        time_ranges: Iterable[Interval] | None = None,
        intervals: Iterable[Interval] | None = None,
        check_subroutine: bool = True,
    ) -> Schedule:
        """The instructions that satisfy all conditions, at their times.

        Args:
            *filter_funcs: Functions of (time, instruction).
            channels: Instructions that use one of these.
            instruction_types: Instructions of one of these types.
            time_ranges: Instructions that lie whole in one of these (start, stop), in samples.
            intervals: As `time_ranges`.
            check_subroutine: Has no effect here; schedules inside are always looked into.
        """
        checks = conditions(channels, instruction_types, time_ranges, intervals)
        return self._chosen(
            lambda t, i: all(c(t, i) for c in checks) and all(f((t, i)) for f in filter_funcs)
        )

    def exclude(
        self,
        *filter_funcs: Callable[[Any], bool],
        channels: Iterable[Channel] | Channel | None = None,
        instruction_types: Iterable[type] | type | None = None,
        time_ranges: Iterable[Interval] | None = None,
        intervals: Iterable[Interval] | None = None,
        check_subroutine: bool = True,
    ) -> Schedule:
        """All but what `filter` with the same arguments gives."""
        checks = conditions(channels, instruction_types, time_ranges, intervals)
        return self._chosen(
            lambda t, i: not (all(c(t, i) for c in checks) and all(f((t, i)) for f in filter_funcs))
        )

    # Parameters

    @property
    def parameters(self) -> set[Any]:
        """The parameters that are not assigned yet."""
        return set(self._unbound())

    def is_parameterized(self) -> bool:
        """Whether some parameters are not assigned yet."""
        return bool(self._unbound())

    def get_parameters(self, parameter_name: str) -> list[Any]:
        """The parameters of this name; there may be several, or none."""
        return [p for p in self.parameters if p.name == parameter_name]

    def assign_parameters(self, value_dict: Mapping[Any, Any], inplace: bool = True) -> Schedule:
        """Give parameters values.

        Args:
            value_dict: Parameter, ParameterVector or name to a number or expression (to a
                sequence of them for a vector). Parameters that are not in the schedule are
                ignored; names are not.
            inplace: Change this schedule; with False, a copy.

        Raises:
            PulseError: If a value is not allowed, or a name unknown. The schedule is then as it
                was.
        """
        values = assignment(value_dict, lambda: self.parameters)
        return self._assigned(values, inplace)

    # Inside

    def _insert(self, time: Any, component: Any) -> None:
        self._add(time, component._copy() if isinstance(component, Schedule) else component)

    def _add(self, time: Any, component: Any) -> None:
        """Insert something that nobody changes afterwards."""
        start = time if type(time) is int else _moved(time)
        if isinstance(component, Schedule):
            spans: Iterable[tuple[Channel, Slot]] = component._spans.items()
        elif isinstance(component, Instruction):
            spans = timeslots.spans_of(component)
        else:
            raise PulseError(
                f"a Schedule is made of instructions and schedules, got {component!r}"
                + _HINT.get(type(component).__name__, "")
            )
        if self._shared:
            self._children = list(self._children)
            self._spans = dict(self._spans)
            if self._slots is not None:
                self._slots = {channel: list(taken) for channel, taken in self._slots.items()}
            self._shared = False
        wider = timeslots.continued(self._spans, spans, start)
        if wider is None or self._slots is not None:
            self._fit_in(start, component)
            wider = timeslots.widened(self._spans, spans, start)
        self._spans.update(wider)
        for _, stop in wider.values():
            if stop > self._duration:
                self._duration = stop
        self._children.append((start, component))
        self._flat = self._free = None

    def _fit_in(self, start: int, component: Instruction | Schedule) -> None:
        """Take up the slots of something that may come between others."""
        taken, new = self._taken(), timeslots.slots_of(component.instructions)
        timeslots.refuse_overlap(taken, new, start, lambda: self._place(component, start))
        timeslots.add(taken, new, start)

    def _taken(self) -> Slots:
        if self._slots is None:
            self._slots = timeslots.slots_of(self.instructions)
        return self._slots

    def _unbound(self) -> frozenset[Any]:
        if self._free is None:
            found = NO_PARAMETERS
            for _, instruction in self._flat or _walk(self._children):
                free = instruction.parameters
                if free:
                    found |= free
            self._free = found
        return self._free

    def _place(self, component: Any, start: int) -> str:
        what = component if isinstance(component, Instruction) else f"schedule {component.name!r}"
        return f"{what} at {start} in schedule {self._name!r}"

    def _copy(self, name: str | None = None) -> Schedule:
        """A copy; the lists are shared until one of the two changes."""
        copied = Schedule.__new__(type(self))
        copied._name = self._name if name is None else str(name)
        copied._metadata = dict(self._metadata)
        copied._children = self._children
        copied._spans = self._spans
        copied._duration = self._duration
        copied._slots = self._slots
        copied._flat = self._flat
        copied._free = self._free
        copied._shared = self._shared = True
        return copied

    def _part(self, instructions: Iterable[tuple[int, Instruction]]) -> Schedule:
        """A flat schedule of some of this one's instructions, in the order of `instructions`.

        They fit, and are not looked at again.
        """
        part = Schedule(name=self._name, metadata=self._metadata)
        part._flat = tuple(instructions)
        part._children = list(part._flat)
        if len(part._flat) == len(self.instructions):
            part._spans, part._duration = dict(self._spans), self._duration
            return part
        for time, instruction in part._flat:
            spans = timeslots.spans_of(instruction)
            part._spans.update(timeslots.widened(part._spans, spans, time))
        part._duration = part.ch_stop_time(*part._spans)
        return part

    def _rebuilt(self, children: Iterable[Timed], inplace: bool) -> Schedule:
        rebuilt = Schedule(*children, name=self._name)
        if not inplace:
            rebuilt._metadata = dict(self._metadata)
            return rebuilt
        return self._become(rebuilt)

    def _become(self, other: Schedule) -> Schedule:
        """Take over what another schedule holds, which nobody has seen yet."""
        self._children, self._spans = other._children, other._spans
        self._duration, self._shared = other._duration, other._shared
        self._slots = self._flat = self._free = None
        return self

    def _chosen(self, wanted: Callable[[int, Instruction], bool]) -> Schedule:
        return self._part([(t, i) for t, i in self.instructions if wanted(t, i)])

    def _assigned(self, values: Assignment, inplace: bool) -> Schedule:
        changed = False
        children: list[Timed] = []
        for time, child in self._children:
            new = (
                child._assigned(values, inplace=False)
                if isinstance(child, Schedule)
                else child._bound(values)
            )
            changed = changed or new is not child
            children.append((time, new))
        if changed and any(map(Channel.is_parameterized, self._spans)):
            return self._rebuilt(children, inplace)
        assigned = self if inplace else self._copy()
        if changed:
            # Durations are numbers in a schedule: nothing changes that could make an overlap.
            assigned._children = children
            assigned._flat = assigned._free = None
        return assigned

    # As a Python object

    def __or__(self, other: Any) -> Schedule:
        return self.insert(0, other)

    def __add__(self, other: Any) -> Schedule:
        return self.append(other)

    def __lshift__(self, time: int) -> Schedule:
        return self.shift(time)

    def __len__(self) -> int:
        return len(self.instructions)

    def __bool__(self) -> bool:
        return True  # an empty schedule is one, too

    def __copy__(self) -> Schedule:
        return self._copy()

    def __eq__(self, other: object) -> bool:
        """Whether both do the same on every channel; names and metadata are not compared."""
        if not isinstance(other, Schedule | Instruction):
            return NotImplemented
        if isinstance(other, Schedule) and self._duration != other._duration:
            return False
        return _by_channel(self.instructions) == _by_channel(other.instructions)

    def __repr__(self) -> str:
        shown = [f"({time}, {inst})" for time, inst in self.instructions[:_SHOWN]]
        if len(self.instructions) > _SHOWN:
            shown.append("...")
        return f"{type(self).__name__}({', '.join([*shown, f'name={self._name!r}'])})"


def __getattr__(name: str) -> Any:
    """ScheduleBlock, where Qiskit 1.4 has it; its own module imports this one."""
    if name == "ScheduleBlock":
        from backline.pulse.block import ScheduleBlock

        return ScheduleBlock
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


_HINT = {"ScheduleBlock": ". Turn a block into a schedule with transforms.block_to_schedule"}


def _moved(time: Any) -> int:
    """A time in samples, which may be negative here."""
    if type(time) is int:
        return time
    number = settle(time, "a time")
    if is_free(number) or isinstance(number, complex) or number != int(number):
        raise PulseError(f"a time in a Schedule must be a whole number of samples, got {time}")
    return int(number)


def _walk(children: Iterable[Timed]) -> list[tuple[int, Instruction]]:
    """All instructions, also of schedules inside, in the order of insertion."""
    found: list[tuple[int, Instruction]] = []
    outside: list[tuple[int, Iterator[Timed]]] = []
    shift, rest = 0, iter(children)
    while True:
        for time, child in rest:
            if isinstance(child, Schedule):
                outside.append((shift, rest))
                shift, rest = shift + time, iter(child._children)
                break
            found.append((shift + time, child))
        else:
            if not outside:
                return found
            shift, rest = outside.pop()


def _ordered(instructions: list[tuple[int, Instruction]]) -> list[tuple[int, Instruction]]:
    """By time, then duration, then the names of channels; what is equal in all keeps its order."""
    instructions.sort(key=_names)
    instructions.sort(key=_duration)
    instructions.sort(key=itemgetter(0))
    return instructions


def _names(timed: tuple[int, Instruction]) -> str:
    channels = timed[1].channels
    if len(channels) == 1:
        return channels[0]._name
    return "\0".join(sorted([c._name for c in channels]))  # in the order of lists of names


def _duration(timed: tuple[int, Instruction]) -> int:
    return timed[1].duration


def _by_channel(
    instructions: Iterable[tuple[int, Instruction]],
) -> dict[Channel | None, list[tuple[int, Instruction]]]:
    found: dict[Channel | None, list[tuple[int, Instruction]]] = {}
    for item in instructions:
        for channel in item[1].channels or (None,):
            found.setdefault(channel, []).append(item)
    return found


Instruction._schedule_class = Schedule
