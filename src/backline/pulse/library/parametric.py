"""The base of pulses that have parameters: their values, binding, sampling and comparing."""

from __future__ import annotations

from abc import abstractmethod
from operator import is_
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import ParameterExpression

from backline.errors import PulseError
from backline.pulse.library.pulse import TOLERANCE, Pulse
from backline.pulse.library.waveform import Waveform, _raw
from backline.pulse.values import (
    MOST_SAMPLES,
    NO_PARAMETERS,
    Assignment,
    Value,
    bind,
    free_parameters,
    is_free,
    samples,
    settle,
)

Array = NDArray[np.float64] | NDArray[np.complex128]

_HUGE = 1e300  # numbers beyond are looked at closely: they may be infinite, or no floats
_LONGEST = 100_000_000  # samples; nobody has the memory for a longer pulse


class ParametricPulse(Pulse):
    """A pulse with named parameters, which are numbers or expressions until they are bound.

    Subclasses say which parameters there are (`_fields`), what they must satisfy
    (`_violation`), how to sample (`_formula`) and, where it is cheap to know, how high the
    samples can be (`_peak`).
    """

    __slots__ = ("_free", "_hash", "_key", "_values")

    _values: tuple[Value, ...]
    _free: frozenset[Any]
    _key: tuple[Any, ...] | None
    _hash: int

    @property
    @abstractmethod
    def pulse_type(self) -> str:
        """Name of the shape, such as "Gaussian"."""

    @property
    @abstractmethod
    def _fields(self) -> tuple[str, ...]:
        """Names of the parameters, the duration first, in the order in which they are shown."""

    @abstractmethod
    def _formula(self, t: NDArray[np.float64]) -> Array:
        """The envelope at times t (in samples), which may be written to."""

    @abstractmethod
    def _with(self, values: tuple[Value, ...]) -> Any:
        """The same shape with other values."""

    def _violation(self) -> str | None:
        """What the bound parameters must satisfy and do not, in words."""
        return None

    def _peak(self) -> float:
        """An upper bound of the envelope's norm that costs nothing to find."""
        return float("inf")

    def _canonical(self) -> tuple[Any, ...]:
        """What equality and hash look at beside the name of the shape."""
        return self._values

    def _set_up(self, values: tuple[Value, ...], name: str | None, limit: bool | None) -> None:
        """Check the parameters' values, in the order of `_fields`, and keep them."""
        fields = self._fields
        duration = values[0]
        if type(duration) is not int or not 0 <= duration <= MOST_SAMPLES:
            duration = samples(duration, f"the duration of a {self.pulse_type}")
        settled = [duration]
        free = isinstance(duration, ParameterExpression)
        for field, value in zip(fields[1:], values[1:], strict=True):
            plain = type(value)
            if not ((plain is float or plain is int) and -_HUGE < value < _HUGE):
                value = settle(value, f"{field} of a {self.pulse_type}")
                free = free or isinstance(value, ParameterExpression)
            settled.append(value)
        self._duration = duration
        self._values = tuple(settled)
        self._name = name
        self._limit = limit is not False
        self._key = None
        self._free = free_parameters(settled) if free else NO_PARAMETERS
        self.validate_parameters()

    @property
    def parameters(self) -> dict[str, Value]:
        """Its parameters by name; numbers, or expressions where not bound yet."""
        return dict(zip(self._fields, self._values, strict=True))

    @property
    def free(self) -> frozenset[Any]:
        """The parameters that are not bound yet."""
        return self._free

    def __getattr__(self, name: str) -> Value:
        # The parameters of a shape are attributes: `pulse.sigma`.
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        if name in self._fields:
            return self._values[self._fields.index(name)]
        raise AttributeError(
            f"{type(self).__name__} has no attribute {name!r}; "
            f"its parameters are {', '.join(self._fields)}"
        )

    def validate_parameters(self) -> None:
        """Check the parameters, if they are bound; done already when the pulse is made.

        Raises:
            PulseError: If they do not make a pulse of this shape, or its amplitude exceeds 1.
        """
        if self._free:
            return
        broken = self._violation()
        if broken is not None:
            raise PulseError(f"{self} is impossible: {broken}")
        if self._limit and not self._peak() <= 1.0 + TOLERANCE:
            self._refuse_over_1(self._sample())

    def _refuse_over_1(self, sampled: NDArray[np.complex128]) -> None:
        highest = float(np.abs(sampled).max(initial=0.0))
        if not highest <= 1.0 + TOLERANCE:
            raise PulseError(
                f"{self} reaches amplitude {highest:.9g}, and at most 1 is allowed "
                "(limit_amplitude=False lifts the limit for this pulse)"
            )

    def get_waveform(self) -> Waveform:
        """The samples, taken in the middle of each dt: at t = 0.5, 1.5, … (as Qiskit 1.4).

        Raises:
            PulseError: If a parameter is not bound yet, the formula gives no finite numbers, or
                the amplitude exceeds 1.
        """
        if self._free:
            names = ", ".join(sorted(str(parameter) for parameter in self._free))
            raise PulseError(f"{self} has no samples before these are assigned: {names}")
        sampled = self._sample()
        if not self._limit or self._peak() <= 1.0:
            return _raw(sampled, self._name, self._limit)
        self._refuse_over_1(sampled)
        return Waveform(sampled, self._name, TOLERANCE)

    def _sample(self) -> NDArray[np.complex128]:
        if self._duration > _LONGEST:
            raise PulseError(f"{self} is too long to sample: {_LONGEST} samples are allowed")
        try:
            with np.errstate(over="raise", divide="raise", invalid="raise"):
                return np.asarray(
                    self._formula(np.arange(0.5, self._duration)), dtype=np.complex128
                )
        except ArithmeticError as error:
            raise PulseError(f"{self} has no finite samples: {error}") from None

    def _bound(self, values: Assignment) -> Any:
        if not self._free:
            return self
        bound = tuple([bind(value, values) for value in self._values])
        return self if all(map(is_, bound, self._values)) else self._with(bound)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ParametricPulse):
            return NotImplemented
        return self is other or bool(self._identity() == other._identity())

    def __hash__(self) -> int:
        self._identity()
        return self._hash

    def _identity(self) -> tuple[Any, ...]:
        """What equality and hash look at, found when it is first needed."""
        if self._key is None:
            self._key = (self.pulse_type, *self._canonical())
            # Of an expression, alone or beside its name, nothing is hashed (see `hashed`).
            parts = [p for p in self._key if not is_free(p) and not isinstance(p, tuple)]
            self._hash = hash(tuple(parts) if self._free else self._key)
        return self._key

    def __copy__(self) -> ParametricPulse:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> ParametricPulse:
        return self

    def __repr__(self) -> str:
        shown = [f"{field}={value}" for field, value in self.parameters.items()]
        if self._name is not None:
            shown.append(f"name={self._name!r}")
        if not self._limit:
            shown.append("limit_amplitude=False")
        return f"{self.pulse_type}({', '.join(shown)})"
