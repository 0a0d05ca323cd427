"""Alignments: how the elements of a block get their times.

An alignment places elements one after another in the order in which they were written. An element
is an instruction or an already scheduled block; it may slide into gaps at the ends of others, as
long as no two overlap on a channel. A block with a fixed duration (`AlignEquispaced`,
`AlignFunc`) takes all of it on all of its channels.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, NamedTuple

from backline.errors import PulseError
from backline.pulse.channels import Channel
from backline.pulse.instructions import Instruction
from backline.pulse.schedule import Schedule
from backline.pulse.values import (
    NO_PARAMETERS,
    Assignment,
    Value,
    bind,
    free_parameters,
    hashed,
    real,
    samples,
)


class Element(NamedTuple):
    """Something to place.

    Attributes:
        program: The instruction or schedule.
        duration: All of its time, in samples; more than the last stop for fixed durations.
        rigid: Whether it takes all of its time on each of its channels.
    """

    program: Instruction | Schedule
    duration: int
    rigid: bool = False

    def spans(self) -> Iterable[tuple[Channel, tuple[int, int]]]:
        """(first start, last stop) on each channel, in samples."""
        if isinstance(self.program, Schedule) and not self.rigid:
            return self.program._spans.items()
        return [(channel, (0, self.duration)) for channel in self.program.channels]


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
    """Every element as early as the elements before it allow.

    A block inside starts late enough that what it does on channels that were not used before
    starts no earlier than it would in a block of its own (as Qiskit 1.4).
    """

    __slots__ = ()

    def place(self, elements: Sequence[Element]) -> list[int]:
        """The start of each element, in samples."""
        free: dict[Channel, int] = {}
        times = []
        for element in elements:
            spans = element.spans()
            time = min([start for channel, (start, _) in spans if channel not in free], default=0)
            for channel, (start, _) in spans:
                wait = free.get(channel, 0) - start
                if wait > time:
                    time = wait
            for channel, (_, stop) in spans:
                free[channel] = time + stop
            times.append(time)
        return times


class AlignRight(AlignmentKind):
    """Every element as late as the elements after it allow.

    An element ends where the next one on its channels starts, also if that makes it end after
    all of them on other channels; one that shares no channel ends with the latest one after it
    (as Qiskit 1.4).
    """

    __slots__ = ()

    def place(self, elements: Sequence[Element]) -> list[int]:
        """The start of each element, in samples."""
        # Time and order are reversed: `free` is when a channel is free, counted from the end.
        free: dict[Channel, int] = {}
        starts: list[int] = []
        earliest = 0
        for element in reversed(elements):
            whole = element.duration
            spans = element.spans()
            shared = [free[c] - (whole - stop) for c, (_, stop) in spans if c in free]
            start = max(shared, default=earliest)
            for channel, (first, _) in spans:
                free[channel] = start + whole - first
            earliest = min(earliest, start)
            starts.append(start + whole)
        total = max(starts, default=0)
        return [total - start for start in reversed(starts)]


class AlignSequential(AlignmentKind):
    """One element after the other, whatever their channels."""

    __slots__ = ()
    is_sequential = True

    def place(self, elements: Sequence[Element]) -> list[int]:
        """The start of each element, in samples."""
        return _in_a_row(elements, 0)


_TOO_LONG = AlignLeft()
"""How elements are placed that are longer than the duration of their block (as Qiskit 1.4)."""


class _FixedDuration(AlignmentKind):
    """An alignment that takes a given duration."""

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
        return hash((type(self), hashed(self._duration)))

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
            return _TOO_LONG.place(elements)
        wait, rest = divmod(idle, len(elements) - 1) if len(elements) > 1 else (0, idle)
        return _in_a_row(elements, wait, (rest + 1) // 2)

    def _bound(self, values: Assignment) -> AlignEquispaced:
        return AlignEquispaced(bind(self._duration, values))


class AlignFunc(_FixedDuration):
    """Elements centered where a function says, in a block of given duration.

    Args:
        duration: Of the block, in samples.
        func: Gives the center of element 1, 2, … as a fraction of the duration.

    Raises:
        PulseError: If the duration is no number of samples, or `func` no function.
    """

    __slots__ = ("_func",)

    def __init__(self, duration: Value, func: Callable[[int], float]) -> None:
        super().__init__(duration)
        if not callable(func):
            raise PulseError(f"AlignFunc needs a function of the element's number, got {func!r}")
        self._func = func

    @property
    def func(self) -> Callable[[int], float]:
        """The function of the centers."""
        return self._func

    def place(self, elements: Sequence[Element]) -> list[int]:
        """The start of each element, in samples.

        Raises:
            PulseError: If one would start before 0 or after the block's end, or the function
                gives no number.
        """
        if self._duration < sum(element.duration for element in elements):
            return _TOO_LONG.place(elements)
        times = []
        for number, element in enumerate(elements, start=1):
            center = real(self._func(number), f"what AlignFunc's function gives for {number}")
            time = int(self._duration * center - element.duration / 2)
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
