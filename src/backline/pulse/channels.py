"""Channels: the lines of a device that pulse programs play on, listen on, and write to.

Channels are values: two of the same kind and index are equal, and usually the same object. An
index may be a parameter, bound later.
"""

from __future__ import annotations

from typing import Any, ClassVar

from backline.pulse.values import (
    NO_PARAMETERS,
    Assignment,
    Value,
    bind,
    free_parameters,
    hashed,
    index,
    whole,
)

__all__ = [
    "AcquireChannel",
    "Channel",
    "ClassicalIOChannel",
    "ControlChannel",
    "DriveChannel",
    "MeasureChannel",
    "MemorySlot",
    "PulseChannel",
    "RegisterSlot",
    "SnapshotChannel",
]

_KEPT = 8192  # channels of smaller index are made once and kept


class Channel:
    """A line of a device, or a place where results go. The base of all kinds.

    Args:
        index: Which one, 0 or more; may be a parameter.

    Raises:
        PulseError: If the index is no int of 0 or more and no parameter.
        NotImplementedError: If the kind is only a base of others (as Qiskit 1.4).
    """

    __slots__ = ("_hash", "_index", "_name")

    prefix: ClassVar[str | None] = None
    """The letter that names channels of this kind: "d" in "d0"."""

    _made: ClassVar[dict[int, Channel]] = {}
    _index: Value
    _name: str
    _hash: int

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._made = {}

    def __new__(cls, index: Value) -> Any:  # noqa: D102
        kept = cls._made.get(index) if type(index) is int else None
        return cls._make(index) if kept is None else kept

    @classmethod
    def _make(cls, given: Value) -> Any:
        if cls.prefix is None:
            raise NotImplementedError(
                f"{cls.__name__} is a base of channels: use DriveChannel or another kind of it"
            )
        number = index(given, f"the index of a {cls.__name__}")
        kept = cls._made.get(number) if type(number) is int else None
        if kept is not None:
            return kept
        self = super().__new__(cls)
        self._index = number
        self._name = f"{cls.prefix}{number}"
        self._hash = hash((cls, hashed(number)))
        if type(number) is int and number < _KEPT:
            cls._made[number] = self
        return self

    @property
    def index(self) -> Value:
        """Which one of its kind; an int, or an expression of parameters."""
        return self._index

    @property
    def name(self) -> str:
        """Short name, "d0" for DriveChannel(0)."""
        return self._name

    @property
    def parameters(self) -> frozenset[Any]:
        """The parameters of its index."""
        return NO_PARAMETERS if type(self._index) is int else free_parameters((self._index,))

    def is_parameterized(self) -> bool:
        """Whether its index is still a parameter."""
        return type(self._index) is not int

    def _bound(self, values: Assignment) -> Channel:
        """This channel with its index bound."""
        if type(self._index) is int:
            return self
        number = bind(self._index, values)
        return self if number is self._index else type(self)(whole(number))

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Channel):
            return NotImplemented
        return type(self) is type(other) and bool(self._index == other._index)

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._index,)

    def __copy__(self) -> Channel:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Channel:
        return self

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._index})"


class PulseChannel(Channel):
    """A line that pulses are played on."""

    __slots__ = ()


class ClassicalIOChannel(Channel):
    """A place for classical data."""

    __slots__ = ()


class DriveChannel(PulseChannel):
    """The line that drives a qubit at its own frequency."""

    __slots__ = ()
    prefix = "d"


class MeasureChannel(PulseChannel):
    """The line that stimulates a qubit's readout."""

    __slots__ = ()
    prefix = "m"


class ControlChannel(PulseChannel):
    """A further line of control, mostly for two-qubit gates.

    Which qubits an index belongs to is the device's choice: ask `backend.control_channel`.
    """

    __slots__ = ()
    prefix = "u"


class AcquireChannel(Channel):
    """The line that a qubit's readout is recorded from."""

    __slots__ = ()
    prefix = "a"


class MemorySlot(ClassicalIOChannel):
    """A slot of the result's memory; part of every shot's outcome."""

    __slots__ = ()
    prefix = "m"


class RegisterSlot(ClassicalIOChannel):
    """A slot that programs can use while they run."""

    __slots__ = ()
    prefix = "c"


class SnapshotChannel(ClassicalIOChannel):
    """The place for a simulator's snapshots. There is one."""

    __slots__ = ()
    prefix = "s"

    def __new__(cls) -> Any:  # noqa: D102
        return super().__new__(cls, 0)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), ()

    def __repr__(self) -> str:
        return "SnapshotChannel()"
