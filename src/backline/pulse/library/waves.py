"""Periodic waves: sine, cosine, sawtooth, triangle, square."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backline.pulse.library.closed_form import Array, ScaledShape, real_amplitude
from backline.pulse.values import Value, samples


class _Wave(ScaledShape):
    """A periodic wave."""

    __slots__ = ()
    _fields = ("duration", "freq", "phase", "amp", "angle")

    def __init__(
        self,
        duration: Value,
        amp: Value,
        phase: Value,
        freq: Value | None = None,
        angle: Value = 0.0,
        name: str | None = None,
        limit_amplitude: bool | None = None,
    ) -> None:
        real_amplitude(amp, self.alias)
        if freq is None:
            duration = samples(duration, f"the duration of a {self.alias}")
            # A pulse of no samples has no cycles: any frequency will do.
            freq = 0.25 if type(duration) is int and duration == 0 else 1 / duration
        self._set_up((duration, freq, phase, amp, angle), name, limit_amplitude)

    def _violation(self) -> str | None:
        _, freq, phase = self._values[:3]
        if isinstance(phase, complex):
            return f"phase must be real, got {phase}"
        if isinstance(freq, complex) or not 0 < freq < 0.5:
            return f"freq must be over 0 and under 0.5 cycles a sample, got {freq}"
        return None

    def _turns(self, t: NDArray[np.float64]) -> NDArray[np.float64]:
        """The phase at t, in turns."""
        _, freq, phase = self._values[:3]
        return freq * t + phase / (2 * math.pi)

    @classmethod
    def _symbolic_turns(cls, sp: Any) -> Any:
        t, freq, phase = sp.symbols("t freq phase")
        return freq * t + phase / (2 * sp.pi)

    @classmethod
    def _symbolic_constraints(cls, sp: Any) -> Any:
        freq = sp.Symbol("freq")
        return sp.And(freq > 0, freq < sp.Rational(1, 2))


def _sawtooth(turns: NDArray[np.float64]) -> NDArray[np.float64]:
    return 2.0 * (turns - np.floor(turns + 0.5))


def _symbolic_sawtooth(sp: Any, turns: Any) -> Any:
    return 2 * (turns - sp.floor(turns + sp.Rational(1, 2)))


class Sin(_Wave):
    """A·sin(2π freq t + phase).

    Args:
        duration: Length in samples.
        amp: Magnitude A.
        phase: Of the wave, in rad; not the angle of the amplitude.
        freq: Cycles a sample, over 0 and under 0.5; one cycle a pulse by default.
        angle: Angle of the amplitude, in rad.
        name: A name for displays.
        limit_amplitude: Whether amplitudes over 1 are refused; True by default.
    """

    __slots__ = ()
    alias = "Sin"

    def _shape(self, t: NDArray[np.float64]) -> Array:
        return np.sin(2 * math.pi * self._turns(t))

    @classmethod
    def _symbolic_shape(cls, sp: Any) -> Any:
        return sp.sin(sp.expand(2 * sp.pi * cls._symbolic_turns(sp)))


class Cos(_Wave):
    """A·cos(2π freq t + phase).

    Args:
        duration: Length in samples.
        amp: Magnitude A.
        phase: Of the wave, in rad; not the angle of the amplitude.
        freq: Cycles a sample, over 0 and under 0.5; one cycle a pulse by default.
        angle: Angle of the amplitude, in rad.
        name: A name for displays.
        limit_amplitude: Whether amplitudes over 1 are refused; True by default.
    """

    __slots__ = ()
    alias = "Cos"

    def _shape(self, t: NDArray[np.float64]) -> Array:
        return np.cos(2 * math.pi * self._turns(t))

    @classmethod
    def _symbolic_shape(cls, sp: Any) -> Any:
        return sp.cos(sp.expand(2 * sp.pi * cls._symbolic_turns(sp)))


class Sawtooth(_Wave):
    """2A (g - ⌊g + 1/2⌋), g = freq t + phase/2π.

    Args:
        duration: Length in samples.
        amp: Magnitude A.
        phase: Of the wave, in rad; not the angle of the amplitude.
        freq: Cycles a sample, over 0 and under 0.5; one cycle a pulse by default.
        angle: Angle of the amplitude, in rad.
        name: A name for displays.
        limit_amplitude: Whether amplitudes over 1 are refused; True by default.
    """

    __slots__ = ()
    alias = "Sawtooth"

    def _shape(self, t: NDArray[np.float64]) -> Array:
        return _sawtooth(self._turns(t))

    @classmethod
    def _symbolic_shape(cls, sp: Any) -> Any:
        return _symbolic_sawtooth(sp, cls._symbolic_turns(sp))


class Triangle(_Wave):
    """A triangle wave that is 0 and rises at phase 0.

    Args:
        duration: Length in samples.
        amp: Magnitude A.
        phase: Of the wave, in rad; not the angle of the amplitude.
        freq: Cycles a sample, over 0 and under 0.5; one cycle a pulse by default.
        angle: Angle of the amplitude, in rad.
        name: A name for displays.
        limit_amplitude: Whether amplitudes over 1 are refused; True by default.
    """

    __slots__ = ()
    alias = "Triangle"

    def _shape(self, t: NDArray[np.float64]) -> Array:
        return 1.0 - 2.0 * np.abs(_sawtooth(self._turns(t) - 0.25))

    @classmethod
    def _symbolic_shape(cls, sp: Any) -> Any:
        turns = cls._symbolic_turns(sp) - sp.Rational(1, 4)
        return 1 - 2 * sp.Abs(_symbolic_sawtooth(sp, turns))


class Square(_Wave):
    """A·sign(sin(2π freq t + phase)), with sign(0) = 1.

    Args:
        duration: Length in samples.
        amp: Magnitude A.
        phase: Of the wave, in rad; not the angle of the amplitude.
        freq: Cycles a sample, over 0 and under 0.5; one cycle a pulse by default.
        angle: Angle of the amplitude, in rad.
        name: A name for displays.
        limit_amplitude: Whether amplitudes over 1 are refused; True by default.
    """

    __slots__ = ()
    alias = "Square"

    def _shape(self, t: NDArray[np.float64]) -> Array:
        turns = self._turns(t)
        return np.where(turns - np.floor(turns) < 0.5, 1.0, -1.0)

    @classmethod
    def _symbolic_shape(cls, sp: Any) -> Any:
        turns = cls._symbolic_turns(sp)
        return sp.Piecewise((1, turns - sp.floor(turns) < sp.Rational(1, 2)), (-1, True))
