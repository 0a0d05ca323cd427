"""The block that is being built, and `build`.

The active builder is a context variable: threads and async tasks build independently. Whatever
raises inside a block takes what it built with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from backline.errors import BackendNotSet, NoActiveBuilder, PulseError
from backline.pulse.alignments import AlignLeft, AlignmentKind, AlignRight, AlignSequential
from backline.pulse.block import ScheduleBlock
from backline.pulse.instructions import Instruction, TimeBlockade
from backline.pulse.references import ReferenceManager
from backline.pulse.schedule import Schedule
from backline.pulse.transforms.canonicalization import pad

_ALIGNMENTS: dict[str, type[AlignmentKind]] = {
    "left": AlignLeft,
    "right": AlignRight,
    "sequential": AlignSequential,
}


class Builder:
    """What is being built.

    Args:
        backend: The backend that is asked for channels, times and calibrations, or None.
        root: The block that everything goes into.
    """

    __slots__ = ("_backend", "_stack")

    def __init__(self, backend: Any, root: ScheduleBlock) -> None:
        self._backend = backend
        self._stack = [root]

    @property
    def backend(self) -> Any:
        """The backend.

        Raises:
            BackendNotSet: If there is none.
        """
        if self._backend is None:
            raise BackendNotSet(
                "this function asks the backend, and pulse.build was given none: "
                "use pulse.build(backend)"
            )
        return self._backend

    @property
    def context(self) -> ScheduleBlock:
        """The innermost block."""
        return self._stack[-1]

    def append(self, element: Instruction | ScheduleBlock) -> None:
        """Add an element to the innermost block; an empty block adds nothing (as Qiskit 1.4)."""
        if isinstance(element, Instruction) or len(element):
            self._stack[-1].append(element)

    @contextmanager
    def undone_if_raised(self) -> Iterator[None]:
        """Take back what is added to the innermost block inside, if something raises."""
        context = self.context
        count, references = len(context._elements), ReferenceManager(context._references)
        try:
            yield
        except BaseException:
            del context._elements[count:]
            context._references = references
            raise

    @contextmanager
    def inside(self, block: ScheduleBlock) -> Iterator[None]:
        """Build into a block, which becomes an element of the one outside if it is not empty."""
        self._stack.append(block)
        try:
            yield
        finally:
            self._stack.pop()
        self.append(block)


_ACTIVE: ContextVar[Builder] = ContextVar("active_builder")


def active_builder() -> Builder:
    """The builder of the `pulse.build` around.

    Raises:
        NoActiveBuilder: If there is none.
    """
    builder = _ACTIVE.get(None)
    if builder is None:
        raise NoActiveBuilder(
            "builder functions work inside of a block: with pulse.build() as schedule: ..."
        )
    return builder


@contextmanager
def build(
    backend: Any = None,
    schedule: ScheduleBlock | Schedule | None = None,
    name: str | None = None,
    default_alignment: str | AlignmentKind | None = "left",
) -> Iterator[ScheduleBlock]:
    """Build a pulse program from what the functions of this module add inside the block.

    Args:
        backend: Asked for channels, times and calibrations; needed by functions of qubits.
        schedule: A program to continue: a block in place, a schedule as a copy.
        name: Name of the program.
        default_alignment: "left", "right", "sequential", or an alignment.

    Yields:
        The block. If something raises, it is as it was before, and nothing half-built stays.

    Raises:
        PulseError: If the alignment is none, or the program to continue is none.

    >>> from backline import pulse
    >>> with pulse.build(name="two") as program:
    ...     pulse.play(pulse.Constant(10, 0.1), pulse.DriveChannel(0))
    ...     pulse.play(pulse.Constant(20, 0.1), pulse.DriveChannel(0))
    >>> program.duration
    30
    """
    alignment = _alignment(default_alignment)
    inner: ScheduleBlock | None = None
    if schedule is None:
        root = ScheduleBlock(name=name, alignment_context=alignment)
    else:
        root = as_block(schedule)
        inner = ScheduleBlock(alignment_context=alignment)
    before = root._copy()
    if name is not None:
        root._name = str(name)
    builder = Builder(backend, root)
    token = _ACTIVE.set(builder)
    try:
        if inner is None:
            yield root
        else:
            with builder.inside(inner):
                yield root
    except BaseException:
        root._become(before)
        root._name = before._name
        raise
    finally:
        _ACTIVE.reset(token)


def as_block(program: Schedule | ScheduleBlock) -> ScheduleBlock:
    """A program as a block that schedules to the same times; a block is given back itself.

    Raises:
        PulseError: If it is no program.
    """
    if isinstance(program, ScheduleBlock):
        return program
    if not isinstance(program, Schedule):
        raise PulseError(f"a program is a Schedule or ScheduleBlock, got {type(program).__name__}")
    block = ScheduleBlock(name=program.name, metadata=program.metadata)
    for _, instruction in pad(program, pad_with=TimeBlockade).instructions:
        block.append(instruction)
    return block


def _alignment(given: str | AlignmentKind | None) -> AlignmentKind:
    if given is None:
        return AlignLeft()
    if isinstance(given, AlignmentKind):
        return given
    if given in _ALIGNMENTS:
        return _ALIGNMENTS[given]()
    raise PulseError(
        f"default_alignment is one of {', '.join(_ALIGNMENTS)} or an alignment, got {given!r}"
    )
