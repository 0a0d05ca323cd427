"""Schedule blocks: instructions whose times follow from their order and an alignment."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

from backline.errors import PulseError, UnassignedDurationError, UnassignedReferenceError
from backline.pulse.alignments import AlignLeft, AlignmentKind, Element
from backline.pulse.assignment import assignment
from backline.pulse.channels import Channel
from backline.pulse.filters import conditions
from backline.pulse.instructions import Instruction, Reference
from backline.pulse.named import NamedProgram
from backline.pulse.references import Keys, ReferenceManager
from backline.pulse.schedule import Schedule
from backline.pulse.values import NO_PARAMETERS, Assignment, is_free

Component: TypeAlias = "Instruction | ScheduleBlock"

_SHOWN = 50  # elements in a repr
_numbers = itertools.count()  # for names that are made up


class ScheduleBlock(NamedProgram):
    """Instructions and further blocks in order; their times follow from the alignment.

    Durations may be parameters until the block is scheduled. A block that becomes part of
    another is copied: changing it afterwards changes nothing there.

    Args:
        name: A name; one is made up by default.
        metadata: Anything that should travel with the program.
        alignment_context: How elements get their times; `AlignLeft()` by default.

    Raises:
        PulseError: If the alignment is none, or the metadata no dict.
    """

    prefix: ClassVar[str] = "block"
    """How names that are made up begin."""

    __slots__ = ("_alignment", "_elements", "_references")
    __hash__ = None  # type: ignore[assignment]  # blocks can change

    _elements: list[Component]
    _references: ReferenceManager

    def __init__(
        self,
        name: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        alignment_context: AlignmentKind | None = None,
    ) -> None:
        alignment = AlignLeft() if alignment_context is None else alignment_context
        if not isinstance(alignment, AlignmentKind):
            raise PulseError(
                f"a ScheduleBlock needs an alignment such as AlignLeft(), got {alignment!r}"
            )
        self._name = f"{self.prefix}{next(_numbers)}" if name is None else str(name)
        self.metadata = metadata
        self._alignment = alignment
        self._elements = []
        self._references = ReferenceManager()

    @classmethod
    def initialize_from(cls, other_program: Any, name: str | None = None) -> ScheduleBlock:
        """An empty block with name, metadata and alignment of another program.

        Args:
            other_program: A Schedule or ScheduleBlock.
            name: Another name.

        Raises:
            PulseError: If the other is no program.
        """
        if not isinstance(other_program, Schedule | ScheduleBlock):
            raise PulseError(
                f"a ScheduleBlock takes name and metadata of a Schedule or ScheduleBlock, "
                f"got {type(other_program).__name__}"
            )
        return cls(
            name=other_program.name if name is None else name,
            metadata=other_program.metadata,
            alignment_context=getattr(other_program, "alignment_context", None),
        )

    # What it is

    @property
    def alignment_context(self) -> AlignmentKind:
        """How elements get their times."""
        return self._alignment

    @property
    def blocks(self) -> tuple[Component, ...]:
        """Its elements in order; references that are assigned as their subroutines."""
        if not self._references:
            return tuple(self._elements)
        return tuple([self._resolved(element) for element in self._elements])

    @property
    def references(self) -> ReferenceManager:
        """The subroutines by their keys."""
        return self._references

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels that it takes up.

        Raises:
            UnassignedReferenceError: If a subroutine is not assigned.
        """
        found: dict[Channel, None] = {}
        for element in self.blocks:
            found.update(dict.fromkeys(element.channels))
        return tuple(found)

    @property
    def instructions(self) -> tuple[tuple[int, Instruction], ...]:
        """(time, instruction) of all instructions after scheduling.

        Raises:
            UnassignedDurationError: If a duration is still a parameter.
            UnassignedReferenceError: If a subroutine is not assigned.
        """
        return self._scheduled().instructions

    @property
    def duration(self) -> int:
        """Length after scheduling, in samples; raises as `instructions`."""
        schedule, fixed = self._schedule()
        return schedule.duration if fixed is None else max(schedule.duration, fixed)

    def ch_duration(self, *channels: Channel) -> int:
        """When the last instruction on these channels ends; raises as `instructions`."""
        return self._scheduled().ch_duration(*channels)

    def is_schedulable(self) -> bool:
        """Whether all durations and subroutines are assigned."""
        if is_free(self._alignment.fixed_duration):
            return False
        for element in self.blocks:
            if isinstance(element, ScheduleBlock):
                if not element.is_schedulable():
                    return False
            elif isinstance(element, Reference) or is_free(element.duration):
                return False
        return True

    def is_referenced(self) -> bool:
        """Whether it has references, assigned or not."""
        return bool(self._references)

    # Composing

    def append(
        self, block: Component, name: str | None = None, inplace: bool = True
    ) -> ScheduleBlock:
        """Add an element at the end.

        Args:
            block: An instruction or block.
            name: Another name for the copy.
            inplace: Change this block; with False, a copy.

        Raises:
            PulseError: If it is neither, or its references conflict with those here.
        """
        target = self if inplace else self._copy(name)
        if isinstance(block, ScheduleBlock):
            target._references._merge(block._references)
            target._elements.append(block._copy(references=target._references))
        elif isinstance(block, Instruction):
            if isinstance(block, Reference):
                target._references._merge({block.ref_keys: None})
            target._elements.append(block)
        else:
            hint = ": append it in `pulse.build` with call" if isinstance(block, Schedule) else ""
            raise PulseError(
                f"a ScheduleBlock is made of instructions and blocks, got {block!r:.200}{hint}"
            )
        return target

    def replace(self, old: Component, new: Component, inplace: bool = True) -> ScheduleBlock:
        """Put something else in the place of an element, wherever it is found.

        Args:
            old: One of the elements (not of those of blocks inside); a subroutine is meant by
                itself and by its reference.
            new: What comes in its place.
            inplace: Change this block; with False, a copy.
        """
        replaced = self._like(None)
        for element in self._elements:
            resolved = self._resolved(element)
            if old in (element, resolved):
                replaced.append(new)
            else:
                if isinstance(element, Reference):
                    replaced._references._merge(
                        {element.ref_keys: self._references[element.ref_keys]}
                    )
                replaced.append(element)
        return self._become(replaced) if inplace else replaced

    def assign_references(
        self,
        subroutine_dict: Mapping[str | Keys, ScheduleBlock],
        inplace: bool = True,
    ) -> ScheduleBlock:
        """Assign subroutines to the references of this block and the contexts inside it.

        Args:
            subroutine_dict: Keys of a reference (a string stands for one key) to a block.
            inplace: Change this block; with False, a copy.

        Raises:
            PulseError: If there is no such reference, a different subroutine is already
                assigned, or it is no ScheduleBlock. Nothing is assigned then.
        """
        new: dict[Keys, ScheduleBlock | None] = {}
        for given, subroutine in subroutine_dict.items():
            keys = (given,) if isinstance(given, str) else tuple(given)
            if keys not in self._references:
                has = ", ".join(map(str, self._references)) or "none"
                raise PulseError(f"block {self._name!r} has no reference {keys}: it has {has}")
            if not isinstance(subroutine, ScheduleBlock):
                raise PulseError(
                    f"a subroutine is a ScheduleBlock, got {type(subroutine).__name__} for {keys}"
                )
            new[keys] = subroutine._copy()
        target = self if inplace else self._copy()
        target._references._merge(new)
        return target

    def filter(
        self,
        *filter_funcs: Callable[[Any], bool],
        channels: Iterable[Channel] | Channel | None = None,
        instruction_types: Iterable[type] | type | None = None,
        check_subroutine: bool = True,
    ) -> ScheduleBlock:
        """The instructions that satisfy all conditions, in blocks as they were.

        Args:
            *filter_funcs: Functions of the instruction.
            channels: Instructions that use one of these.
            instruction_types: Instructions of one of these types.
            check_subroutine: Whether subroutines of references are looked into; they are kept
                whole otherwise.
        """
        checks = conditions(channels, instruction_types)
        return self._chosen(
            lambda i: all(c(0, i) for c in checks) and all(f(i) for f in filter_funcs),
            check_subroutine,
        )

    def exclude(
        self,
        *filter_funcs: Callable[[Any], bool],
        channels: Iterable[Channel] | Channel | None = None,
        instruction_types: Iterable[type] | type | None = None,
        check_subroutine: bool = True,
    ) -> ScheduleBlock:
        """All but what `filter` with the same arguments gives."""
        checks = conditions(channels, instruction_types)
        return self._chosen(
            lambda i: not (all(c(0, i) for c in checks) and all(f(i) for f in filter_funcs)),
            check_subroutine,
        )

    # Parameters

    @property
    def parameters(self) -> set[Any]:
        """The parameters that are not assigned yet, those of subroutines included."""
        own = NO_PARAMETERS.union(*(element.parameters for element in self.blocks))
        return set(own | self._alignment.parameters)

    def is_parameterized(self) -> bool:
        """Whether some parameters are not assigned yet."""
        return bool(self._alignment.parameters) or any(e.is_parameterized() for e in self.blocks)

    def get_parameters(self, parameter_name: str) -> list[Any]:
        """The parameters of this name; there may be several, or none."""
        return [p for p in self.parameters if p.name == parameter_name]

    def assign_parameters(
        self, value_dict: Mapping[Any, Any], inplace: bool = True
    ) -> ScheduleBlock:
        """Give parameters values, also in subroutines.

        Args:
            value_dict: Parameter, ParameterVector or name to a number or expression (to a
                sequence of them for a vector). Parameters that are not in the block are ignored;
                names are not.
            inplace: Change this block; with False, a copy.

        Raises:
            PulseError: If a value is not allowed, or a name unknown. The block is then as it was.
        """
        values = assignment(value_dict, lambda: self.parameters)
        assigned = self._assigned(values)
        return self._become(assigned) if inplace else assigned

    # Inside

    def _scheduled(self) -> Schedule:
        """The block as a Schedule."""
        return self._schedule()[0]

    def _element(self) -> Element:
        """The block as something that another one places."""
        schedule, fixed = self._schedule()
        if fixed is None:
            return Element(schedule, schedule.duration)
        if schedule.duration > fixed:
            raise PulseError(
                f"block {self._name!r} is {schedule.duration} samples long, "
                f"and {self._alignment} gives it {fixed}"
            )
        return Element(schedule, fixed, rigid=True)

    def _schedule(self) -> tuple[Schedule, int | None]:
        fixed = self._alignment.fixed_duration
        if is_free(fixed):
            raise _unassigned(fixed, f"block {self._name!r}")
        elements = [
            e._element() if isinstance(e, ScheduleBlock) else Element(e, self._length(e))
            for e in self.blocks
        ]
        times = self._alignment.place(elements)
        scheduled = Schedule(name=self._name, metadata=self._metadata)
        # In the order of the program, so that what has no length keeps it on its channel.
        for time, placed in zip(times, elements, strict=True):
            scheduled._insert(time, placed.program)
        return scheduled, fixed

    def _length(self, instruction: Instruction) -> int:
        if isinstance(instruction, Reference):
            raise UnassignedReferenceError(
                f"nobody has assigned a subroutine to {instruction.ref_keys} in block "
                f"{self._name!r}: do so with assign_references"
            )
        duration = instruction.duration
        if type(duration) is not int:
            raise _unassigned(duration, f"{instruction} in block {self._name!r}")
        return duration

    def _resolved(self, element: Component) -> Component:
        if isinstance(element, Reference):
            return self._references.get(element.ref_keys) or element
        return element

    def _like(self, references: ReferenceManager | None, name: str | None = None) -> ScheduleBlock:
        """An empty block like this one."""
        block = ScheduleBlock.__new__(type(self))
        block._name = self._name if name is None else str(name)
        block._metadata = dict(self._metadata)
        block._alignment = self._alignment
        block._elements = []
        block._references = ReferenceManager() if references is None else references
        return block

    def _copy(
        self, name: str | None = None, references: ReferenceManager | None = None
    ) -> ScheduleBlock:
        if references is None:
            references = ReferenceManager(self._references)
        copied = self._like(references, name)
        copied._elements = [
            e._copy(references=references) if isinstance(e, ScheduleBlock) else e
            for e in self._elements
        ]
        return copied

    def _become(self, other: ScheduleBlock) -> ScheduleBlock:
        self._elements = other._elements
        self._references = other._references
        self._alignment = other._alignment
        return self

    def _assigned(
        self, values: Assignment, references: ReferenceManager | None = None
    ) -> ScheduleBlock:
        if references is None:  # the whole program or a subroutine: it has references of its own
            references = ReferenceManager(
                {k: None if b is None else b._assigned(values) for k, b in self._references.items()}
            )
        assigned = self._like(references)
        assigned._alignment = self._alignment._bound(values)
        assigned._elements = [
            e._assigned(values, references) if isinstance(e, ScheduleBlock) else e._bound(values)
            for e in self._elements
        ]
        return assigned

    def _chosen(self, wanted: Callable[[Instruction], bool], subroutines: bool) -> ScheduleBlock:
        chosen = self._like(None)
        for element in self._elements:
            resolved = self._resolved(element)
            if isinstance(resolved, ScheduleBlock):
                if resolved is not element and not subroutines:
                    chosen.append(resolved)
                    continue
                inner = resolved._chosen(wanted, subroutines)
                if inner._elements:
                    chosen.append(inner)
            elif wanted(resolved):
                chosen.append(resolved)
        return chosen

    # As a Python object

    def __len__(self) -> int:
        return len(self._elements)

    def __bool__(self) -> bool:
        return True  # an empty block is one, too

    def __copy__(self) -> ScheduleBlock:
        return self._copy()

    def __eq__(self, other: object) -> bool:
        """Whether both mean the same; names and metadata are not compared.

        Where the alignment leaves order between channels open, so does this: elements must come
        in the same order on each channel.
        """
        if not isinstance(other, ScheduleBlock):
            return NotImplemented
        if self._alignment != other._alignment or len(self) != len(other):
            return False
        ours, theirs = self.blocks, other.blocks
        if self._alignment.is_sequential:
            return ours == theirs
        return _same(_by_channel(ours), _by_channel(theirs))

    def __add__(self, other: Any) -> ScheduleBlock:
        return self.append(other, inplace=False)

    def __repr__(self) -> str:
        kind, alignment = type(self).__name__, self._alignment
        shown = [f"{kind}(name={self._name!r}, alignment_context=transforms.{alignment!r})"]
        for element in self.blocks[:_SHOWN]:
            inside = isinstance(element, ScheduleBlock)
            shown.append(f"({element!r})" if inside else repr(element))
        if len(self) > _SHOWN:
            shown.append("...")
        return " + ".join(shown)


def _by_channel(elements: Sequence[Component]) -> dict[Channel | None, list[Component]]:
    """The elements of each channel in order; what has a reference may use any channel.

    Two orders of the same elements leave it equal exactly if they differ in the order of
    elements alone that share no channel (Cartier and Foata 1969: words up to commutation are
    told by their projections).
    """
    used = [_channels(element) for element in elements]
    every = tuple({channel: None for channels in used for channel in channels or ()})
    found: dict[Channel | None, list[Component]] = {}
    for element, channels in zip(elements, used, strict=True):
        for channel in (every if channels is None else channels) or (None,):
            found.setdefault(channel, []).append(element)
    return found


def _same(
    ours: dict[Channel | None, list[Component]], theirs: dict[Channel | None, list[Component]]
) -> bool:
    """Whether the elements of each channel are equal.

    Every pair is compared once, on however many channels it is: blocks inside blocks would
    otherwise take twice as long with every level.
    """
    if ours.keys() != theirs.keys():
        return False
    equal: set[tuple[int, int]] = set()
    for channel, elements in ours.items():
        others = theirs[channel]
        if len(elements) != len(others):
            return False
        for one, other in zip(elements, others, strict=True):
            pair = id(one), id(other)
            if pair not in equal:
                if one != other:
                    return False
                equal.add(pair)
    return True


def _channels(element: Component) -> tuple[Channel, ...] | None:
    """The channels of an element; None where a subroutine of it is not assigned."""
    try:
        return element.channels
    except UnassignedReferenceError:
        return None


def _unassigned(duration: Any, where: str) -> UnassignedDurationError:
    return UnassignedDurationError(
        f"the duration {duration} of {where} is not assigned: "
        "assign all parameters of durations before scheduling"
    )
