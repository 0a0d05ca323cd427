"""Pulses that are scaled by a complex amplitude."""

from __future__ import annotations

import cmath
from typing import Any

import numpy as np

from backline.errors import PulseError
from backline.pulse.library.definition import Definition
from backline.pulse.library.symbolic import Parameters, SymbolicPulse, parameters_beside
from backline.pulse.values import Value, free_parameters


class ScalableSymbolicPulse(SymbolicPulse):
    """A pulse that is scaled by the complex amplitude amp·exp(i·angle), as Qiskit 1.4.

    Two are equal if their complex amplitudes are, and all else. The envelope has to contain the
    amplitude, as in `amp * exp(I * angle) * …`.

    Args:
        pulse_type: Name of the shape.
        duration: Length in samples.
        amp: Magnitude of the amplitude, which may be negative.
        angle: Angle of the amplitude, in rad.
        parameters: The other parameters, as for `SymbolicPulse`; so are the arguments after it.
        name: A name for displays.
        limit_amplitude: Whether amplitudes over 1 are refused; True by default.
        envelope: The envelope.
        constraints: A condition on the parameters.
        valid_amp_conditions: A condition under which no sample exceeds 1.

    Raises:
        PulseError: As for `SymbolicPulse`, or if `amp` is complex.
    """

    __slots__ = ()

    def __init__(
        self,
        pulse_type: str,
        duration: Value,
        amp: Value,
        angle: Value,
        parameters: Parameters = None,
        name: str | None = None,
        limit_amplitude: bool | None = None,
        envelope: Any = None,
        constraints: Any = None,
        valid_amp_conditions: Any = None,
    ) -> None:
        real_amplitude(amp, pulse_type)
        arguments = {"duration": duration, "amp": amp, "angle": angle}
        others = parameters_beside(pulse_type, parameters, arguments)
        fields = ("duration", *others, "amp", "angle")
        self._definition = Definition.of(
            pulse_type, fields, envelope, constraints, valid_amp_conditions
        )
        self._set_up((duration, *others.values(), amp, angle), name, limit_amplitude)

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

    def _compared_amplitude(self) -> tuple[Value, Value]:
        """What equality and hash look at of the amplitude.

        Amplitudes that differ by rounding alone, as 2π and 0 in the angle do, are equal.
        """
        amp, angle = self._values[-2:]
        if free_parameters((amp, angle)):
            return amp, angle
        amplitude = self._amplitude()
        return round(amplitude.real, 10) + 0.0, round(amplitude.imag, 10) + 0.0

    def _canonical(self) -> tuple[Any, ...]:
        rest = zip(self._fields[:-2], self._values[:-2], strict=True)
        envelope = self._definition.envelope
        return "scalable", envelope, *self._compared_amplitude(), *sorted(rest)


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
