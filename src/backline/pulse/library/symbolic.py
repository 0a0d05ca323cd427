"""Pulses given by a formula with a few parameters.

A family of shapes is one class in one file: the names of its parameters, its formula as a numpy
function, what its parameters must satisfy, and a bound of its height. `registry.py` lists them.
"""

from __future__ import annotations

import cmath
from typing import Any, ClassVar

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
    affected,
    bind,
    free_parameters,
    samples,
    settle,
)

Array = NDArray[np.float64] | NDArray[np.complex128]

_HUGE = 1e300  # numbers beyond are looked at closely: they may be infinite, or no floats
_LONGEST = 100_000_000  # samples; nobody has the memory for a longer pulse


class SymbolicPulse(Pulse):
    """A pulse given by a formula. The base of all shapes; instances are made by its subclasses.

    Subclasses define `alias`, `_fields`, `_formula` and, where needed, `_violation` and `_peak`.
    """

    __slots__ = ("_free", "_hash", "_key", "_values")

    alias: ClassVar[str]
    """Name of the shape."""
    _fields: ClassVar[tuple[str, ...]]
    """Names of its parameters, the duration first, in the order in which they are shown."""

    _values: tuple[Value, ...]
    _free: frozenset[Any]
    _key: tuple[Any, ...] | None
    _hash: int

    def _set_up(self, values: tuple[Value, ...], name: str | None, limit: bool | None) -> None:
        """Check the parameters' values, in the order of `_fields`, and keep them."""
        kind = type(self)
        duration = values[0]
        if type(duration) is not int or not 0 <= duration <= MOST_SAMPLES:
            duration = samples(duration, f"the duration of a {kind.alias}")
        settled = [duration]
        free = isinstance(duration, ParameterExpression)
        for field, value in zip(kind._fields[1:], values[1:], strict=True):
            plain = type(value)
            if not ((plain is float or plain is int) and -_HUGE < value < _HUGE):
                value = settle(value, f"{field} of a {kind.alias}")
                free = free or isinstance(value, ParameterExpression)
            settled.append(value)
        self._duration = duration
        self._values = tuple(settled)
        self._name = name
        self._limit = limit is not False
        self._key = None
        if free:
            self._free = free_parameters(settled)
        else:
            self._free = NO_PARAMETERS
            self._check()
            if self._limit:
                self._check_amplitude()

    @classmethod
    def _make(
        cls, values: tuple[Value, ...], name: str | None = None, limit: bool | None = None
    ) -> Any:
        """A pulse from values in the order of `_fields`."""
        self = cls.__new__(cls)
        self._set_up(values, name, limit)
        return self

    @property
    def pulse_type(self) -> str:
        """Name of the shape, such as "Gaussian"."""
        return self.alias

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
        if not name.startswith("_") and name in type(self)._fields:
            return self._values[type(self)._fields.index(name)]
        raise AttributeError(
            f"{type(self).__name__} has no attribute {name!r}; "
            f"its parameters are {', '.join(type(self)._fields)}"
        )

    def validate_parameters(self) -> None:
        """Check the parameters again, which was already done when the pulse was made.

        Raises:
            PulseError: If they do not make a pulse of this shape, or its amplitude exceeds 1.
        """
        if not self._free:
            self._check()
            if self._limit:
                self._check_amplitude()

    def get_waveform(self) -> Waveform:
        """The samples, taken in the middle of each dt: at t = 0.5, 1.5, … (as Qiskit 1.4).

        Raises:
            PulseError: If a parameter is not bound yet, or the formula overflows.
        """
        if self._free:
            names = ", ".join(sorted(str(parameter) for parameter in self._free))
            raise PulseError(f"{self} has no samples before these are assigned: {names}")
        return _raw(self._sample(), self._name, self._limit)

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

    def _formula(self, t: NDArray[np.float64]) -> Array:
        """The envelope at times t (in samples), which may be written to."""
        raise NotImplementedError

    def _violation(self) -> str | None:
        """What the bound parameters must satisfy and do not, in words."""
        return None

    def _peak(self) -> float:
        """An upper bound of the envelope's norm that costs nothing to find."""
        return float("inf")

    def _canonical(self) -> tuple[Any, ...]:
        """What equality and hash look at."""
        return self._values

    def _check(self) -> None:
        broken = self._violation()
        if broken is not None:
            raise PulseError(f"{self} is impossible: {broken}")

    def _check_amplitude(self) -> None:
        if self._peak() <= 1.0 + TOLERANCE:
            return
        highest = float(np.abs(self._sample()).max(initial=0.0))
        if not highest <= 1.0 + TOLERANCE:
            raise PulseError(
                f"{self} reaches amplitude {highest:.6g}, and at most 1 is allowed "
                "(limit_amplitude=False lifts the limit for this pulse)"
            )

    def _bound(self, values: Assignment) -> Any:
        if not affected(self._free, values):
            return self
        bound = tuple([bind(value, values) for value in self._values])
        return self._make(bound, self._name, self._limit)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SymbolicPulse):
            return NotImplemented
        if self is other:
            return True
        return self.alias == other.alias and bool(self._identity() == other._identity())

    def __hash__(self) -> int:
        self._identity()
        return self._hash

    def _identity(self) -> tuple[Any, ...]:
        """What equality and hash look at, found when it is first needed."""
        if self._key is None:
            self._key = self._canonical()
            self._hash = hash((self.alias, *self._key))
        return self._key

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._values, self._name, self._limit)

    def __copy__(self) -> SymbolicPulse:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> SymbolicPulse:
        return self

    def __repr__(self) -> str:
        shown = [f"{field}={value}" for field, value in self.parameters.items()]
        if self._name is not None:
            shown.append(f"name={self._name!r}")
        return f"{self.alias}({', '.join(shown)})"


class ScalableSymbolicPulse(SymbolicPulse):
    """A shape that is scaled by the complex amplitude amp·exp(i·angle).

    Its last two parameters are `amp` and `angle`. `_shape` gives the envelope of amplitude 1.
    """

    __slots__ = ()

    @property
    def amp(self) -> Value:
        """Magnitude of the amplitude, which may be negative."""
        return self._values[-2]

    @property
    def angle(self) -> Value:
        """Angle of the amplitude, in rad."""
        return self._values[-1]

    def _amplitude(self) -> complex:
        angle = self._values[-1]
        return complex(self._values[-2] * cmath.exp(1j * angle) if angle else self._values[-2])

    def _formula(self, t: NDArray[np.float64]) -> Array:
        shape: Any = self._shape(t)
        scaled: Array = self._amplitude() * shape
        return scaled

    def _shape(self, t: NDArray[np.float64]) -> Array:
        """The envelope of amplitude 1 at times t (in samples)."""
        raise NotImplementedError

    def _height(self) -> float:
        """An upper bound of the norm of `_shape`; 1 for most shapes."""
        return 1.0

    def _peak(self) -> float:
        amplitude = abs(self._amplitude())
        return amplitude * self._height() if amplitude else 0.0

    def _canonical(self) -> tuple[Any, ...]:
        *rest, amp, angle = self._values
        if free_parameters((amp, angle)):
            return (*rest, amp, angle)
        # Amplitudes that differ by rounding alone, as 2π and 0 in the angle do, are equal. The
        # rounded value is what the hash sees too.
        amplitude = self._amplitude()
        return (*rest, round(amplitude.real, 10) + 0.0, round(amplitude.imag, 10) + 0.0)


def real_amplitude(amp: Value, what: str) -> Value:
    """Refuse a complex `amp` (as Qiskit 1.4): its angle has a parameter of its own.

    Raises:
        PulseError: If `amp` is complex.
    """
    if isinstance(amp, complex | np.complexfloating):
        raise PulseError(
            f"amp of a {what} is a magnitude and must be real, got {amp}: "
            "give its phase as angle, in rad"
        )
    return amp


def _rebuild(
    cls: type[SymbolicPulse], values: tuple[Value, ...], name: str | None, limit: bool
) -> Any:
    return cls._make(values, name, limit)
