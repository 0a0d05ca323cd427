"""What a user-defined pulse is, apart from the values of its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backline.errors import PulseError
from backline.pulse.library.formulas import Formula, formula
from backline.pulse.values import Value

FORMULAS = ("envelope", "constraints", "valid_amp_conditions")
TIME = "t"
"""The symbol of the time in envelopes, in samples."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A shape that a user made.

    Attributes:
        pulse_type: Its name.
        fields: Names of its parameters, the duration first.
        envelope: A formula of t and the parameters; None where it is not known.
        constraints: A condition that the parameters must satisfy, or None.
        valid_amp_conditions: A condition on them under which no sample exceeds 1, or None.
    """

    pulse_type: str
    fields: tuple[str, ...]
    envelope: Formula | None
    constraints: Formula | None
    valid_amp_conditions: Formula | None

    @classmethod
    def of(
        cls, pulse_type: str, fields: tuple[str, ...], envelope: Any, constraints: Any, safe: Any
    ) -> Definition:
        """A definition of sympy expressions.

        Raises:
            PulseError: If a name is no string, or an expression is none or has symbols that are
                no parameters.
        """
        if not isinstance(pulse_type, str):
            raise PulseError(f"pulse_type must be a string, got {pulse_type!r}")
        for field in fields:
            if not isinstance(field, str) or field == TIME:
                raise PulseError(
                    f"a parameter of a {pulse_type} must have a string as its name, other than "
                    f"{TIME!r}, which is the time, got {field!r}"
                )
        of = f"of a {pulse_type}"
        return cls(
            pulse_type,
            fields,
            _formula_of(envelope, f"the envelope {of}", (TIME, *fields)),
            _formula_of(constraints, f"the constraints {of}", fields),
            _formula_of(safe, f"the valid_amp_conditions {of}", fields),
        )

    def samples(self, t: NDArray[np.float64], values: tuple[Value, ...]) -> NDArray[np.complex128]:
        """The envelope at times t; may be infinite or NaN.

        Args:
            t: Times (n,), in samples.
            values: Those of the parameters, in the order of `fields`.

        Raises:
            PulseError: If there is no envelope, or it cannot be evaluated.
        """
        if self.envelope is None:
            raise PulseError(
                f"a {self.pulse_type} made without an envelope has no samples: "
                "give a sympy expression of t and the parameters as envelope"
            )
        result = self._evaluated(self.envelope, {**self._numbers(values), TIME: t})
        return np.array(np.broadcast_to(result, t.shape), dtype=np.complex128)

    def violation(self, values: tuple[Value, ...]) -> str | None:
        """What the parameters must satisfy and do not, in words."""
        if self.constraints is None or self._holds(self.constraints, values):
            return None
        return f"its parameters must satisfy {self.constraints.expression!s:.300}"

    def is_safe(self, values: tuple[Value, ...]) -> bool:
        """Whether the amplitude is known to be at most 1."""
        known = self.valid_amp_conditions
        return known is not None and self._holds(known, values)

    def _holds(self, condition: Formula, values: tuple[Value, ...]) -> bool:
        return bool(np.all(self._evaluated(condition, self._numbers(values))))

    def _evaluated(self, made: Formula, numbers: Mapping[str, Any]) -> Any:
        try:
            return made(numbers)
        except (ArithmeticError, TypeError, ValueError, NameError) as error:
            raise PulseError(
                f"{made.expression!s:.300} of a {self.pulse_type} cannot be evaluated: {error}"
            ) from None

    def _numbers(self, values: tuple[Value, ...]) -> dict[str, Any]:
        return {name: _number(value) for name, value in zip(self.fields, values, strict=True)}


def _formula_of(given: Any, what: str, allowed: tuple[str, ...]) -> Formula | None:
    made = formula(given, what)
    if made is not None and not made.symbols.issubset(allowed):
        unknown = ", ".join(sorted(made.symbols.difference(allowed)))
        raise PulseError(f"unknown in {what}: {unknown}; its symbols are {', '.join(allowed)}")
    return made


def _number(value: Value) -> Any:
    """A bound value as a numpy number, so that dividing by zero is no exception."""
    return np.complex128(value) if type(value) is complex and value.imag else np.float64(value.real)
