"""The constant pulse."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backline.pulse.library.closed_form import Array, ScaledShape, real_amplitude
from backline.pulse.values import Value


class Constant(ScaledShape):
    """amp·exp(i·angle) at every sample.

    Args:
        duration: Length in samples.
        amp: Magnitude.
        angle: Angle, in rad.
        name: A name for displays.
        limit_amplitude: Whether amplitudes over 1 are refused; True by default.

    Raises:
        PulseError: If the parameters make no pulse.

    >>> Constant(2, 0.1).get_waveform().samples
    array([0.1+0.j, 0.1+0.j])
    """

    __slots__ = ()
    alias = "Constant"
    _fields = ("duration", "amp", "angle")

    def __init__(
        self,
        duration: Value,
        amp: Value,
        angle: Value = 0.0,
        name: str | None = None,
        limit_amplitude: bool | None = None,
    ) -> None:
        values = (duration, real_amplitude(amp, "Constant"), angle)
        self._set_up(values, name, limit_amplitude)

    def _shape(self, t: NDArray[np.float64]) -> Array:
        return np.ones_like(t)

    @classmethod
    def _symbolic_shape(cls, sp: Any) -> Any:
        return sp.Integer(1)
