"""Alignments: how the elements of a block get their times.

An alignment places elements one after another in the order in which they were written. An element
is an instruction or an already scheduled block; it may slide into gaps at the ends of others, as
long as no two overlap on a channel. A block with a fixed duration (`AlignEquispaced`,
`AlignFunc`) takes all of it on all of its channels.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from backline.errors import PulseError
from backline.pulse.channels import Channel
from backline.pulse.instructions import Instruction
from backline.pulse.schedule import Schedule
from backline.pulse.values import NO_PARAMETERS, Assignment, Value, bind, free_parameters, samples


@dataclass(frozen=True, slots=True)
class Element:
    """Something to place.

    Attributes:
        program: The instruction or schedule.
        duration: All of its time, in samples; more than the last stop for fixed durations.
        rigid: Whether it takes all of its time on each of its channels.
    """

    program: Instruction | Schedule
    duration: int
    rigid: bool = False

    def spans(self) -> Iterator[tuple[Channel, int, int]]:
        """(channel, first start, last stop) on each channel."""
        program, whole = self.program, self.rigid or isinstance(self.program, Instruction)
        for channel in program.channels:
            if whole:
                yield channel, 0, self.duration
            else:
                yield channel, program.ch_start_time(channel), program.ch_stop_time(channel)


class AlignmentKind(ABC):
    """How the elements of a block get their times."""

    __slots__ = ()

    is_sequential: ClassVar[bool] = False
    """Whether the order of elements matters also between channels."""

    @abstractmethod
    def place(self, elements: Sequence[Element]) -> list[int]:
        """The start of each element, in samples."""

    def align(self, schedule: Schedule) -> Schedule:
        """A schedule with its children placed anew, in the order of insertion."""
        elements = [Element(child, child.duration) for _, child in schedule.children]
        aligned = Schedule.initialize_from(schedule)
        for time, element in zip(self.place(elements), elements, strict=True):
            aligned.insert(time, element.program, inplace=True)
        return aligned

    @property
    def fixed_duration(self) -> Value | None:
        """The duration that was asked for, in samples; None where the elements decide."""
        return None

    @property
    def parameters(self) -> frozenset[Any]:
        """The parameters that are not assigned yet."""
        return NO_PARAMETERS

    def _bound(self, values: Assignment) -> AlignmentKind:
        return self

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class AlignLeft(AlignmentKind):
    """Every element as early as its channels allow."""

    __slots__ = ()

    def place(self, elements: Sequence[Element]) -> list[int]:
        """The start of each element, in samples."""
        free: dict[Channel, int] = {}
        times = []
        for element in elements:
            spans = list(element.spans())
            time = max((free.get(c, 0) - start for c, start, _ in spans), default=0)
            time = max(time, 0)
            free.update({channel: time + stop for channel, _, stop in spans})
            times.append(time)
        return times


class AlignRight(AlignmentKind):
    """Every element as late as its channels allow."""

    __slots__ = ()

    def place(self, elements: Sequence[Element]) -> list[int]:
        """The start of each element, in samples."""
        # The same as AlignLeft, with time and order reversed.
        free: dict[Channel, int] = {}
        from_end = []
        for element in reversed(elements):
            whole = element.duration
            spans = list(element.spans())
            time = max((free.get(c, 0) - (whole - stop) for c, _, stop in spans), default=0)
            time = max(time, 0)
            free.update({channel: time + whole - start for channel, start, _ in spans})
            from_end.append(time + whole)
        total = max(from_end, default=0)
        return [total - time for time in reversed(from_end)]


class AlignSequential(AlignmentKind):
    """One element after the other, whatever their channels."""

    __slots__ = ()
    is_sequential = True

    def place(self, elements: Sequence[Element]) -> list[int]:
        """The start of each element, in samples."""
        return _in_a_row(elements, 0)


class _FixedDuration(AlignmentKind):
    """An alignment that takes a given duration, or as much as its elements need if that is more."""

    __slots__ = ("_duration",)
    is_sequential = True

    _duration: Value

    def __init__(self, duration: Value) -> None:
        self._duration = samples(duration, f"the duration of {type(self).__name__}")

    @property
    def duration(self) -> Value:
        """The duration that was asked for, in samples."""
        return self._duration

    @property
    def fixed_duration(self) -> Value:
        """The duration that was asked for, in samples."""
        return self._duration

    @property
    def parameters(self) -> frozenset[Any]:
        """The parameters of the duration."""
        return free_parameters((self._duration,))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and bool(self._duration == other._duration)

    def __hash__(self) -> int:
        return hash((type(self), self._duration))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._duration})"


class AlignEquispaced(_FixedDuration):
    """Equal waits between the elements of a block of given duration.

    What cannot be shared equally is halved before the first and after the last.

    Args:
        duration: Of the block, in samples.
    """

    __slots__ = ()

    def place(self, elements: Sequence[Element]) -> list[int]:
        """The start of each element, in samples."""
        idle = self._duration - sum(element.duration for element in elements)
        if idle < 0 or not elements:
            return _in_a_row(elements, 0)
        wait, rest = divmod(idle, len(elements) - 1) if len(elements) > 1 else (0, idle)
        return _in_a_row(elements, wait, (rest + 1) // 2)

    def _bound(self, values: Assignment) -> AlignEquispaced:
        return AlignEquispaced(bind(self._duration, values))


class AlignFunc(_FixedDuration):
    """Elements centered where a function says, in a block of given duration.

    Args:
        duration: Of the block, in samples.
        func: Gives the center of element 1, 2, … as a fraction of the duration.
    """

    __slots__ = ("_func",)

    def __init__(self, duration: Value, func: Callable[[int], float]) -> None:
        super().__init__(duration)
        self._func = func

    @property
    def func(self) -> Callable[[int], float]:
        """The function of the centers."""
        return self._func

    def place(self, elements: Sequence[Element]) -> list[int]:
        """The start of each element, in samples.

        Raises:
            PulseError: If one would start before 0 or after the block's end.
        """
        if self._duration < sum(element.duration for element in elements):
            return _in_a_row(elements, 0)
        times = []
        for number, element in enumerate(elements, start=1):
            time = int(self._duration * self._func(number) - element.duration / 2)
            if not 0 <= time <= self._duration:
                raise PulseError(
                    f"AlignFunc puts element {number} at sample {time}, and the block has "
                    f"{self._duration} samples"
                )
            times.append(time)
        return times

    def _bound(self, values: Assignment) -> AlignFunc:
        return AlignFunc(bind(self._duration, values), self._func)

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) and self._func == other._func  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return super().__hash__()


def _in_a_row(elements: Sequence[Element], wait: int, time: int = 0) -> list[int]:
    times = []
    for element in elements:
        times.append(time)
        time += element.duration + wait
    return times
