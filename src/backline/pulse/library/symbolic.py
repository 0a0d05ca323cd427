"""Pulses of a user's own shape, given by sympy expressions; also the base of all other shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backline.errors import PulseError
from backline.pulse.library.definition import Definition
from backline.pulse.library.parametric import Array, ParametricPulse
from backline.pulse.library.pulse import TOLERANCE
from backline.pulse.values import Value

Parameters = Mapping[str, Value] | Iterable[tuple[str, Value]] | None


class SymbolicPulse(ParametricPulse):
    """A pulse whose envelope is a sympy expression, as Qiskit 1.4. All shapes are of this class.

    The envelope is a formula of the symbols `t` (the time, in samples), `duration` and the names
    of the parameters; it is sampled at t = 0.5, 1.5, …. Symbols are told apart by their names.
    Expressions are compiled once, however many pulses use them.

    Args:
        pulse_type: Name of the shape.
        duration: Length in samples.
        parameters: The other parameters by name: numbers, or expressions that are bound later.
        name: A name for displays.
        limit_amplitude: Whether amplitudes over 1 are refused; True by default.
        envelope: The envelope. A pulse without one has no samples.
        constraints: A condition on the parameters without which there is no such pulse.
        valid_amp_conditions: A condition on the parameters under which no sample exceeds 1, so
            that none is computed when the pulse is made.

    Raises:
        PulseError: If an expression is none, or contains other symbols or a function that
            neither numpy nor scipy has; if the parameters are no finite numbers or violate the
            constraints; if the amplitude exceeds 1.

    >>> import sympy
    >>> t, duration, height = sympy.symbols("t duration height")
    >>> ramp = SymbolicPulse("Ramp", 4, {"height": 0.8}, envelope=height * t / duration)
    >>> ramp.get_waveform().samples.real
    array([0.1, 0.3, 0.5, 0.7])
    """

    __slots__ = ("_definition",)

    _definition: Definition

    def __init__(
        self,
        pulse_type: str,
        duration: Value,
        parameters: Parameters = None,
        name: str | None = None,
        limit_amplitude: bool | None = None,
        envelope: Any = None,
        constraints: Any = None,
        valid_amp_conditions: Any = None,
    ) -> None:
        others = parameters_beside(pulse_type, parameters, {"duration": duration})
        self._definition = Definition.of(
            pulse_type, ("duration", *others), envelope, constraints, valid_amp_conditions
        )
        self._set_up((duration, *others.values()), name, limit_amplitude)

    @classmethod
    def _of(
        cls, definition: Definition, values: tuple[Value, ...], name: str | None, limit: bool
    ) -> Any:
        """A pulse from values in the order of the definition's fields."""
        self = cls.__new__(cls)
        self._definition = definition
        self._set_up(values, name, limit)
        return self

    @property
    def pulse_type(self) -> str:
        """Name of the shape."""
        return self._definition.pulse_type

    @property
    def envelope(self) -> Any:
        """The envelope, a sympy expression of t and the parameters' names, or None."""
        return _expression(self._definition.envelope)

    @property
    def constraints(self) -> Any:
        """The condition that the parameters satisfy, a sympy expression, or None."""
        return _expression(self._definition.constraints)

    @property
    def valid_amp_conditions(self) -> Any:
        """A condition under which the amplitude is at most 1, a sympy expression, or None."""
        return _expression(self._definition.valid_amp_conditions)

    @property
    def _fields(self) -> tuple[str, ...]:
        return self._definition.fields

    def _violation(self) -> str | None:
        return self._definition.violation(self._values)

    def _peak(self) -> float:
        definition = self._definition
        # What `valid_amp_conditions` promises is accepted, and looked at when it is sampled.
        safe = definition.envelope is None or definition.is_safe(self._values)
        return 1.0 + TOLERANCE if safe else float("inf")

    def _formula(self, t: NDArray[np.float64]) -> Array:
        found = self._definition.samples(t, self._values)
        finite = np.isfinite(found)
        if not finite.all():
            at = int(np.argmin(finite))
            raise PulseError(
                f"{self} has no finite samples: at t = {t[at]} it is {found[at]}, "
                f"by the envelope {self.envelope!s:.300}"
            )
        return found

    def _with(self, values: tuple[Value, ...]) -> Any:
        return self._of(self._definition, values, self._name, self._limit)

    def _canonical(self) -> tuple[Any, ...]:
        return "symbolic", self._definition.envelope, *sorted(self.parameters.items())

    def __reduce__(self) -> tuple[Any, ...]:
        return self._of, (self._definition, self._values, self._name, self._limit)


def parameters_beside(
    pulse_type: str, parameters: Parameters, arguments: dict[str, Value]
) -> dict[str, Value]:
    """The parameters that have no argument of their own."""
    try:
        given = dict(parameters or {})
    except (TypeError, ValueError):
        raise PulseError(
            f"parameters of a {pulse_type} must be a dict of names and values, got {parameters!r}"
        ) from None
    for name, value in arguments.items():
        if name in given and given.pop(name) != value:
            raise PulseError(f"{name} of a {pulse_type} is given twice, with different values")
    return given


def _expression(made: Any) -> Any:
    return None if made is None else made.expression
