"""Options that are checked before anything is changed.

`Option` describes one option; `Options` is Qiskit's class of that name with them in place of its
validators. `merged` and `update` do the same for any `qiskit.providers.Options`, so that a backend
whose author returns Qiskit's own class still refuses unknown fields, and changes all or nothing.
"""

from __future__ import annotations

import contextlib
import copy
import difflib
import math
import operator
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
from qiskit.providers import Options as QiskitOptions

from backline.errors import OptionValueError, UnknownOptionError

_KINDS: dict[Any, str] = {
    int: "a whole number",
    float: "a finite number",
    bool: "True or False",
    str: "a text",
}
_NO_NAMES = frozenset(dir(QiskitOptions)) | {"merged", "self"}


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its default and what it may be.

    Attributes:
        default: Its value until somebody sets it.
        type: int, float, bool, str, or any other class or tuple of classes. Booleans, fractions
            and NaN are no int, booleans no float; numpy's numbers count as Python's.
        minimum: The least value, itself included.
        maximum: The greatest value, itself included.
        choices: The values to choose from, where not all of the type will do.
        allow_none: Whether None is a value too.
        help: A sentence for users.

    Example:
        >>> Option(1024, type=int, minimum=1).check("shots", 1.5)
        Traceback (most recent call last):
        ...
        backline.errors.OptionValueError: shots must be a whole number of at least 1, got 1.5
    """

    default: Any
    _: KW_ONLY
    type: Any
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Any, ...] | None = None
    allow_none: bool = False
    help: str = ""

    def __post_init__(self) -> None:
        if self.choices is not None:
            object.__setattr__(self, "choices", tuple(self.choices))

    def check(self, name: str, value: Any) -> Any:
        """The value as it is kept: numpy's numbers become Python's.

        Args:
            name: The option's name, for the message.
            value: What somebody wants it to be.

        Raises:
            OptionValueError: If the value is not allowed.
        """
        if value is None and self.allow_none:
            return None
        try:
            kept = _convert(self.type, value)
        except TypeError:
            raise self._refusal(name, value) from None
        if (
            (self.minimum is not None and kept < self.minimum)
            or (self.maximum is not None and kept > self.maximum)
            or (self.choices is not None and kept not in self.choices)
        ):
            raise self._refusal(name, value)
        return kept

    def _refusal(self, name: str, value: Any) -> OptionValueError:
        return OptionValueError(
            f"{name} must be {self.allowed}, got {value!r}", option=name, allowed=self.allowed
        )

    @property
    def allowed(self) -> str:
        """What the option may be, in words."""
        if self.choices is not None:
            words = f"one of {', '.join(map(repr, self.choices))}"
        else:
            classes = self.type if isinstance(self.type, tuple) else (self.type,)
            words = " or ".join(_KINDS.get(kind, f"a {kind.__name__}") for kind in classes)
        if self.minimum is not None and self.maximum is not None:
            words += f" from {self.minimum} to {self.maximum}"
        elif self.minimum is not None:
            words += f" of at least {self.minimum}"
        elif self.maximum is not None:
            words += f" of at most {self.maximum}"
        return f"{words}, or None" if self.allow_none else words


class Options(QiskitOptions):
    """Qiskit's `Options`, checked on construction and at every change.

    A change that names several options is made as a whole or not at all. Values are read as
    attributes or items.

    Args:
        **options: Each option's description.

    Raises:
        OptionValueError: If a default is not allowed, or an option has the name of a method.

    Example:
        >>> options = Options(shots=Option(1024, type=int, minimum=1))
        >>> options.update_options(shots=10)
        >>> options.shots
        10
    """

    __slots__ = ("_declared",)

    _declared: dict[str, Option]

    def __init__(self, /, **options: Option) -> None:
        object.__setattr__(self, "_declared", options)
        for name in options:
            if name in _NO_NAMES or name.startswith("_"):
                raise OptionValueError(
                    f"an option cannot be called {name!r}, for that is the name of a method of "
                    "Options or a private name: choose another",
                    option=name,
                )
        super().__init__(
            **{name: option.check(name, option.default) for name, option in options.items()}
        )

    @property
    def declared(self) -> Mapping[str, Option]:
        """The description of each option."""
        return dict(self._declared)

    def merged(self, /, **fields: Any) -> Options:
        """New options with some values replaced; these stay as they are.

        Args:
            **fields: The values to replace.

        Raises:
            UnknownOptionError: If an option does not exist.
            OptionValueError: If a value is not allowed.
        """
        return merged(self, fields)

    def update_options(self, /, **fields: Any) -> None:
        """Replace some values, all or none.

        Args:
            **fields: The values to replace.

        Raises:
            UnknownOptionError: If an option does not exist.
            OptionValueError: If a value is not allowed.
        """
        checked = self._checked(fields)
        if self.validator:
            _validate(self, checked)
        self._fields.update(checked)

    def _checked(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        refuse_unknown(fields, self._declared)
        return {name: self._declared[name].check(name, value) for name, value in fields.items()}

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("_fields", "validator", "_declared"):
            object.__setattr__(self, name, value)
        else:
            self.update_options(**{name: value})

    def __setitem__(self, name: str, value: Any) -> None:
        self.update_options(**{name: value})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)  # copying and pickling ask before anything is set
        refuse_unknown([name], self._declared)
        return self._fields[name]

    def __copy__(self) -> Options:
        copied = object.__new__(type(self))
        copied.__setstate__((dict(self._fields), dict(self.validator), self._declared))
        return copied

    def __getstate__(self) -> tuple[Any, ...]:
        return self._fields, self.validator, self._declared

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        for name, value in zip(("_fields", "validator", "_declared"), state, strict=True):
            object.__setattr__(self, name, value)

    __hash__ = None  # type: ignore[assignment]  # mutable

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Options):
            return NotImplemented
        return self.__getstate__() == other.__getstate__()

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self._fields.items())
        return f"{type(self).__name__}({values})"

    __str__ = __repr__


def merged(options: QiskitOptions, fields: Mapping[str, Any]) -> Any:
    """New options with some values replaced; the given ones stay as they are.

    Args:
        options: Ours or Qiskit's.
        fields: The values to replace.

    Raises:
        UnknownOptionError: If an option does not exist.
        OptionValueError: If a value is not allowed.
    """
    changed = copy.copy(options)
    update(changed, fields)
    return changed


def update(options: QiskitOptions, fields: Mapping[str, Any]) -> None:
    """Replace some values of options, all or none.

    Args:
        options: Ours or Qiskit's, whose validators are honoured.
        fields: The values to replace.

    Raises:
        UnknownOptionError: If an option does not exist.
        OptionValueError: If a value is not allowed.
    """
    if not isinstance(options, Options):
        refuse_unknown(fields, dict(options))
        _validate(options, fields)
    options.update_options(**fields)


def refuse_unknown(fields: Any, valid: Mapping[str, Any]) -> None:
    """Refuse options that do not exist, naming the nearest that does.

    Args:
        fields: Names of options.
        valid: The options that there are.

    Raises:
        UnknownOptionError: If one of them does not exist (an AttributeError).
    """
    unknown = [name for name in fields if name not in valid]
    if not unknown:
        return
    hints = []
    for name in unknown:
        nearest = difflib.get_close_matches(name.lower(), valid, n=1, cutoff=0.5)
        hints.append(f"{name!r}" + (f" (did you mean {nearest[0]!r}?)" if nearest else ""))
    raise UnknownOptionError(
        f"there is no option {', '.join(hints)}: the options are "
        f"{', '.join(sorted(valid)) or 'none at all'}",
        options=unknown,
        allowed=sorted(valid),
    )


def _validate(options: QiskitOptions, fields: Mapping[str, Any]) -> None:
    """Try Qiskit's validators on a copy, which changes field after field until one is bad."""
    trial = QiskitOptions(**dict(options))
    for name, validator in options.validator.items():
        trial.set_validator(name, validator)
    try:
        trial.update_options(**fields)
    except (TypeError, ValueError) as error:
        raise OptionValueError(str(error).strip("'\""), options=sorted(fields)) from None


def _convert(kind: Any, value: Any) -> Any:
    if isinstance(kind, tuple):
        for one in kind:
            with contextlib.suppress(TypeError):
                return _convert(one, value)
        raise TypeError(f"{value!r} is none of {kind}")
    boolean = isinstance(value, bool | np.bool_)
    if kind is bool and boolean:
        return bool(value)
    if kind is int and isinstance(value, Integral) and not boolean:
        return operator.index(value)
    if kind is float and isinstance(value, Real) and not boolean and math.isfinite(value):
        return float(value)
    if kind not in (bool, int, float) and isinstance(value, kind):
        return value
    raise TypeError(f"{value!r} is no {kind}")
