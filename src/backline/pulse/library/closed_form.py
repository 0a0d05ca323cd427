"""Shapes with a name, which are sampled by a numpy formula of their own.

A family of shapes is one class in one file: the names of its parameters, its formula for numpy
and for sympy, what its parameters must satisfy, and a bound of its height. `registry.py` lists
them.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backline.pulse.library.definition import Definition
from backline.pulse.library.parametric import Array
from backline.pulse.library.scalable import ScalableSymbolicPulse, real_amplitude
from backline.pulse.library.symbolic import SymbolicPulse
from backline.pulse.values import Value

__all__ = ["Array", "ClosedForm", "ScaledShape", "real_amplitude"]


class ClosedForm(SymbolicPulse):
    """A shape with a name.

    Subclasses define `alias`, `_fields`, `_formula` and, where needed, `_violation` and `_peak`.
    The methods `_symbolic_…` give the same as sympy expressions of t and the parameters' names;
    they are what `envelope`, `constraints` and `valid_amp_conditions` show, and sample nothing.
    """

    __slots__ = ()

    alias: str = ""
    """Name of the shape."""
    _fields: tuple[str, ...] = ()
    """Names of its parameters, the duration first, in the order in which they are shown."""

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
    def _definition(self) -> Definition:  # type: ignore[override]  # of all pulses of the class
        return _definition_of(type(self))

    @classmethod
    def _symbolic_envelope(cls, sp: Any) -> Any:
        """The envelope; `sp` is sympy, which is imported when somebody asks."""
        raise NotImplementedError

    @classmethod
    def _symbolic_constraints(cls, sp: Any) -> Any:
        """What the parameters must satisfy; None by default."""
        return None

    @classmethod
    def _symbolic_limit(cls, sp: Any) -> Any:
        """A condition under which no sample exceeds 1."""
        raise NotImplementedError

    def _formula(self, t: NDArray[np.float64]) -> Array:
        raise NotImplementedError

    def _violation(self) -> str | None:
        return None

    def _peak(self) -> float:
        return float("inf")

    def _canonical(self) -> tuple[Any, ...]:
        return self._values

    def _with(self, values: tuple[Value, ...]) -> Any:
        return self._make(values, self._name, self._limit)

    def __reduce__(self) -> tuple[Any, ...]:
        return self._make, (self._values, self._name, self._limit)


class ScaledShape(ClosedForm, ScalableSymbolicPulse):
    """A shape that is scaled by the complex amplitude amp·exp(i·angle).

    Its last two parameters are `amp` and `angle`. `_shape` gives the envelope of amplitude 1.
    """

    __slots__ = ()

    def _formula(self, t: NDArray[np.float64]) -> Array:
        shape: Any = self._shape(t)
        scaled: Array = self._amplitude() * shape
        return scaled

    def _shape(self, t: NDArray[np.float64]) -> Array:
        """The envelope of amplitude 1 at times t (in samples), which may be written to."""
        raise NotImplementedError

    def _height(self) -> float:
        """An upper bound of the norm of `_shape`; 1 for most shapes."""
        return 1.0

    def _peak(self) -> float:
        amplitude = abs(self._amplitude())
        return amplitude * self._height() if amplitude else 0.0

    def _canonical(self) -> tuple[Any, ...]:
        return *self._values[:-2], *self._compared_amplitude()

    @classmethod
    def _symbolic_envelope(cls, sp: Any) -> Any:
        amp, angle = sp.symbols("amp angle")
        return amp * sp.exp(sp.I * angle) * cls._symbolic_shape(sp)

    @classmethod
    def _symbolic_shape(cls, sp: Any) -> Any:
        """The envelope of amplitude 1."""
        raise NotImplementedError

    @classmethod
    def _symbolic_limit(cls, sp: Any) -> Any:
        return sp.Abs(sp.Symbol("amp")) <= 1


@functools.cache
def _definition_of(shape: type[ClosedForm]) -> Definition:
    import sympy

    return Definition.of(
        shape.alias,
        shape._fields,
        shape._symbolic_envelope(sympy),
        shape._symbolic_constraints(sympy),
        shape._symbolic_limit(sympy),
    )
