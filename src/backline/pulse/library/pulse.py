"""The base of all pulses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backline.pulse.values import Assignment, Value

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from backline.pulse.library.waveform import Waveform

TOLERANCE = 1e-7
"""By how much an amplitude may exceed 1: the rounding of files, not a margin. Samples that do are
scaled to 1 (both as Qiskit 1.4)."""


class Pulse(ABC):
    """A shape that can be played: frozen, hashable, and of a known length.

    Equality and hash look at what is played, not at the name.
    """

    __slots__ = ("_duration", "_limit", "_name")

    _duration: Value
    _name: str | None
    _limit: bool

    @property
    def duration(self) -> Value:
        """Length in samples; an int, or an expression of parameters."""
        return self._duration

    @property
    def name(self) -> str | None:
        """The name it was given."""
        return self._name

    @property
    def limit_amplitude(self) -> bool:
        """Whether amplitudes over 1 were refused."""
        return self._limit

    @property
    def id(self) -> int:
        """A number that no other living pulse has."""
        return id(self)

    @property
    @abstractmethod
    def parameters(self) -> dict[str, Value]:
        """Its parameters by name."""

    @property
    @abstractmethod
    def free(self) -> frozenset[Any]:
        """The parameters that are not bound yet."""

    @abstractmethod
    def get_waveform(self) -> Waveform:
        """The samples."""

    @abstractmethod
    def _bound(self, values: Assignment) -> Pulse:
        """This pulse with parameters replaced."""

    def is_parameterized(self) -> bool:
        """Whether some parameters are not bound yet."""
        return bool(self.free)

    def draw(
        self,
        style: str | Mapping[str, Any] | None = None,
        backend: Any = None,
        time_range: tuple[float, float] | None = None,
        time_unit: str = "dt",
        show_waveform_info: bool = True,
        plotter: str = "mpl2d",
        axis: Any = None,
        *,
        dt: float | None = None,
        filename: str | Path | None = None,
        title: str | None = None,
    ) -> Figure:
        """Draw the real and the imaginary part of its samples.

        The positional arguments are those of Qiskit 1.4.

        Args:
            style: "light" or "dark"; stylesheets of Qiskit 1.4 change nothing, with a warning.
            backend: A backend or Device, for its dt.
            time_range: (start, stop) to look at, in `time_unit`.
            time_unit: "dt" (samples), "ns" or "s"; all but the first need a dt.
            show_waveform_info: Whether its parameters are written.
            plotter: "mpl2d", the only one.
            axis: Matplotlib axes to draw on; a new figure by default.
            dt: Length of a sample in s, where no backend says it.
            filename: Write the picture there (.png, .svg, .pdf, …).
            title: Above the pulse; its name or shape by default.

        Returns:
            The figure. Where parameters other than the duration are not bound, a box stands for
            the pulse.

        Raises:
            OptionValueError: If an option is not allowed.
            UnassignedDurationError: If the duration is still a parameter.
        """
        # The one import upward: it is made when somebody wants to see something.
        from backline.visualization import draw_pulse

        return draw_pulse(
            self,
            style,
            backend,
            time_range,
            time_unit,
            show_waveform_info,
            plotter,
            axis,
            dt=dt,
            filename=filename,
            title=title,
        )
