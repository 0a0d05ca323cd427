"""The entries of a calibration table: each gives the schedule of one gate on certain qubits.

There are three kinds: a schedule, a function that makes schedules, and a stored form that is
decoded the first time somebody asks. Entries pickle (a `CallableEntry` where its function does),
compare by the schedule that they give, and keep no state that callers could see.
"""

from __future__ import annotations

import inspect
import keyword
import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, TypeAlias

from backline.errors import PulseError
from backline.pulse.block import ScheduleBlock
from backline.pulse.schedule import Schedule

Program: TypeAlias = Schedule | ScheduleBlock


class CalibrationEntry(ABC):
    """One gate's calibration.

    Attributes:
        user_provided: False where the calibration is the device maker's own. A gate with a
            user's calibration counts as custom (`InstructionScheduleMap.has_custom_gate`).
    """

    __hash__ = None  # type: ignore[assignment]  # schedules inside are mutable, as in Qiskit 1.4

    user_provided: bool

    @abstractmethod
    def get_signature(self) -> inspect.Signature:
        """The parameters that `get_schedule` takes, in order."""

    @abstractmethod
    def get_schedule(self, *args: Any, **kwargs: Any) -> Program:
        """The schedule, with its parameters assigned.

        Args:
            *args: Values of the parameters in the order of the signature.
            **kwargs: Values of the parameters by name.

        Raises:
            PulseError: If the values do not fit the signature.
        """


class ScheduleEntry(CalibrationEntry):
    """A calibration given as a schedule, whose free parameters are the arguments.

    Args:
        schedule: The schedule. It is kept as it is, and handed out as it is where it has no
            parameters (as Qiskit 1.4): change a copy of it.
        user_provided: False where the calibration is the device maker's own.
        arguments: Names of the schedule's parameters in the order of `get_schedule`'s
            arguments; by default in alphabetical order.

    Raises:
        PulseError: If `arguments` are not exactly the schedule's parameters.
    """

    def __init__(
        self,
        schedule: Program,
        user_provided: bool = True,
        *,
        arguments: Sequence[str] | None = None,
    ) -> None:
        self._schedule = schedule
        self.user_provided = user_provided
        names = {parameter.name for parameter in schedule.parameters}
        if arguments is not None and set(arguments) != names:
            raise PulseError(
                f"the arguments {list(arguments)} are not the parameters of schedule "
                f"{schedule.name!r}: these are {sorted(names)}"
            )
        self._arguments = tuple(sorted(names) if arguments is None else arguments)

    def get_signature(self) -> inspect.Signature:
        """The schedule's parameters."""
        return _signature(self._arguments, type(self._schedule))

    def get_schedule(self, *args: Any, **kwargs: Any) -> Program:
        """The schedule; parameters without a value stay free (as Qiskit 1.4).

        Args:
            *args: Values of the parameters in the order of the signature.
            **kwargs: Values of the parameters by name.

        Raises:
            PulseError: If the values do not fit the signature.
        """
        values = self._bind(args, kwargs)
        if not values:
            return self._schedule
        return self._schedule.assign_parameters(
            {
                parameter: values[parameter.name]
                for parameter in self._schedule.parameters
                if parameter.name in values
            },
            inplace=False,
        )

    def _bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Values by name; not by `Signature.bind`, for "lambda" and "p[0]" are parameters too."""
        names = self._arguments
        if not kwargs and len(args) <= len(names):
            return dict(zip(names, args, strict=False))
        unknown = sorted(set(kwargs) - set(names))
        twice = sorted(set(kwargs) & set(names[: len(args)]))
        if len(args) > len(names) or unknown or twice:
            given = ", ".join([*map(repr, args), *(f"{k}={v!r}" for k, v in kwargs.items())])
            takes = f"the parameters ({', '.join(names)})" if names else "no parameters"
            raise PulseError(f"schedule {self._schedule.name!r} takes {takes}, and got ({given})")
        return dict(zip(names, args, strict=False)) | kwargs

    def __eq__(self, other: object) -> bool:
        return _same(self, other)

    def __str__(self) -> str:
        return f"schedule {self._schedule.name}({', '.join(self._arguments)})"

    __repr__ = __str__


class CallableEntry(CalibrationEntry):
    """A calibration given as a function that returns a schedule.

    Args:
        function: Takes the gate's parameters and returns a Schedule or ScheduleBlock. It must be
            a top-level function where the entry is to be pickled.
        user_provided: False where the calibration is the device maker's own.

    Raises:
        PulseError: If `function` is not callable.
    """

    def __init__(self, function: Callable[..., Program], user_provided: bool = True) -> None:
        if not callable(function):
            raise PulseError(f"a CallableEntry needs a function, got {type(function).__name__}")
        self._function = function
        self.user_provided = user_provided

    def get_signature(self) -> inspect.Signature:
        """The function's own signature."""
        return inspect.signature(self._function)

    @property
    def needs_arguments(self) -> bool:
        """Whether the function cannot be called without arguments."""
        return any(p.default is p.empty for p in self.get_signature().parameters.values())

    def get_schedule(self, *args: Any, **kwargs: Any) -> Program:
        """What the function returns for these values.

        Args:
            *args: Positional arguments of the function.
            **kwargs: Keyword arguments of the function.

        Raises:
            PulseError: If the values do not fit the signature.
        """
        try:
            self.get_signature().bind(*args, **kwargs)
        except TypeError as error:
            raise PulseError(f"{self} cannot be called with these values: {error}") from None
        return self._function(*args, **kwargs)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CallableEntry):
            return NotImplemented
        return self._function == other._function

    def __str__(self) -> str:
        name = getattr(self._function, "__name__", type(self._function).__name__)
        return f"function {name}{self.get_signature()}"

    __repr__ = __str__


class StoredEntry(CalibrationEntry):
    """A calibration in a stored form, decoded once, when it is first asked for.

    Copies and pickles carry the stored form alone. Any number of threads may ask at once.

    Args:
        decode: Gives the schedule; a top-level function where the entry is to be pickled.
        stored: What `decode` takes; never changed afterwards.
        user_provided: True where the calibration is a user's own.
    """

    def __init__(
        self, decode: Callable[[Any], Program], stored: Any, user_provided: bool = False
    ) -> None:
        self._decode = decode
        self._stored = stored
        self.user_provided = user_provided
        self._decoded: ScheduleEntry | None = None
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._decode, self._stored, self.user_provided)

    def __copy__(self) -> StoredEntry:
        return type(self)(self._decode, self._stored, self.user_provided)

    def __deepcopy__(self, memo: dict[int, Any]) -> StoredEntry:
        return self.__copy__()  # the stored form never changes

    @property
    def decoded(self) -> bool:
        """Whether somebody has asked for the schedule yet."""
        return self._decoded is not None

    def _entry(self) -> ScheduleEntry:
        if self._decoded is None:
            with self._lock:
                if self._decoded is None:
                    self._decoded = ScheduleEntry(self._decode(self._stored), self.user_provided)
        return self._decoded

    def get_signature(self) -> inspect.Signature:
        """The schedule's parameters."""
        return self._entry().get_signature()

    def get_schedule(self, *args: Any, **kwargs: Any) -> Program:
        """The schedule; parameters without a value stay free (as Qiskit 1.4).

        Args:
            *args: Values of the parameters in the order of the signature.
            **kwargs: Values of the parameters by name.

        Raises:
            PulseError: If the values do not fit the signature.
        """
        return self._entry().get_schedule(*args, **kwargs)

    def __eq__(self, other: object) -> bool:
        return _alike(self, other, set()) or _same(self, other)

    def __str__(self) -> str:
        return str(self._decoded) if self._decoded is not None else "stored calibration"

    __repr__ = __str__


def _signature(names: Sequence[str], returns: type) -> inspect.Signature:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Signature(
        [inspect.Parameter(_as_identifier(name), kind) for name in names],
        return_annotation=returns,
    )


def _as_identifier(name: str) -> str:
    """`name`, or where Python allows it for no argument, what comes closest."""
    name = re.sub(r"\W", "_", name)
    return f"{name}_" if keyword.iskeyword(name) else name if name.isidentifier() else f"_{name}"


def same_entries(
    one: Mapping[Any, CalibrationEntry], other: Mapping[Any, CalibrationEntry]
) -> bool:
    """Whether two tables give the same schedules; what is stored alike is not decoded.

    Args:
        one: A table.
        other: Another.
    """
    seen: set[tuple[int, int]] = set()
    return one.keys() == other.keys() and all(
        _alike(entry, other[key], seen) or entry == other[key] for key, entry in one.items()
    )


def _alike(one: Any, other: Any, seen: set[tuple[int, int]]) -> bool:
    """Whether stored forms are equal; `seen` remembers large parts that many entries share."""
    pair = id(one), id(other)
    if one is other or pair in seen:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, StoredEntry):
        alike = one._decode == other._decode and _alike(one._stored, other._stored, seen)
    elif is_dataclass(one):
        alike = all(
            _alike(getattr(one, part.name), getattr(other, part.name), seen) for part in fields(one)
        )
    else:
        try:
            alike = bool(one == other)
        except ValueError:  # arrays inside: only the schedules can tell
            alike = False
    if alike:
        seen.add(pair)
    return alike


def _same(one: CalibrationEntry, other: object) -> bool:
    if not isinstance(other, ScheduleEntry | StoredEntry):
        return NotImplemented
    return (
        one.get_signature().parameters.keys() == other.get_signature().parameters.keys()
        and one.get_schedule() == other.get_schedule()
    )


def as_entry(
    calibration: CalibrationEntry | Program | Callable[..., Program],
    *,
    arguments: Sequence[str] | None = None,
) -> CalibrationEntry:
    """An entry for whatever gives a schedule; a schedule or function counts as a user's own.

    Args:
        calibration: A Schedule, a ScheduleBlock, a function that returns one, or an entry.
        arguments: Names of a schedule's parameters, in the order of `get_schedule`'s arguments.

    Raises:
        PulseError: If it is none of these.
    """
    if isinstance(calibration, CalibrationEntry):
        return calibration
    if isinstance(calibration, Schedule | ScheduleBlock):
        return ScheduleEntry(calibration, arguments=arguments)
    if callable(calibration):
        return CallableEntry(calibration)
    raise PulseError(
        "a calibration is a Schedule, a ScheduleBlock or a function that returns one, "
        f"got {type(calibration).__name__}"
    )
