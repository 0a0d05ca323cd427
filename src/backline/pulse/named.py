"""What a schedule and a block have in common: a name, and metadata that travel with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backline.errors import PulseTypeError
from backline.pulse.channels import Channel

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class NamedProgram:
    """A pulse program with a name and metadata; its subclasses set both when they are made."""

    __slots__ = ("_metadata", "_name")

    _metadata: dict[str, Any]
    _name: str

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def metadata(self) -> dict[str, Any]:
        """What travels with the program."""
        return self._metadata

    @metadata.setter
    def metadata(self, metadata: Mapping[str, Any] | None) -> None:
        self._metadata = checked_metadata(metadata)

    def draw(
        self,
        style: str | Mapping[str, Any] | None = None,
        backend: Any = None,
        time_range: tuple[float, float] | None = None,
        time_unit: str = "dt",
        disable_channels: Iterable[Channel | str] | None = None,
        show_snapshot: bool = True,
        show_framechange: bool = True,
        show_waveform_info: bool = True,
        plot_barrier: bool = True,
        plotter: str = "mpl2d",
        axis: Any = None,
        show_barrier: bool = True,
        *,
        channels: Iterable[Channel | str] | None = None,
        dt: float | None = None,
        filename: str | Path | None = None,
        title: str | None = None,
    ) -> Figure:
        """Draw the program: one row a channel, time from left to right.

        The positional arguments are those of Qiskit 1.4.

        Args:
            style: "light" or "dark"; stylesheets of Qiskit 1.4 change nothing, with a warning.
            backend: A backend or Device: its dt, its frequencies, its control channels' qubits.
            time_range: (start, stop) to look at, in `time_unit`.
            time_unit: "dt" (samples), "ns" or "s"; all but the first need a dt.
            disable_channels: Channels that are left out, or their names ("u0").
            show_snapshot: Whether snapshots are marked.
            show_framechange: Whether changes of phase and frequency are marked.
            show_waveform_info: Whether names and parameters are written at pulses.
            plot_barrier: Whether barriers are drawn.
            plotter: "mpl2d", the only one.
            axis: Matplotlib axes to draw on; a new figure by default.
            show_barrier: As `plot_barrier`: barriers are drawn where both are True.
            channels: Only these channels, in this order; by default all that do something.
            dt: Length of a sample in s, where no backend says it.
            filename: Write the picture there (.png, .svg, .pdf, …).
            title: Above the rows; the program's name by default.

        Returns:
            The figure.

        Raises:
            OptionValueError: If an option is not allowed.
            UnassignedDurationError: If a duration is still a parameter.
            UnassignedReferenceError: If a subroutine is not assigned.
        """
        # The one import upward: it is made when somebody wants to see something.
        from backline.visualization import draw_program

        return draw_program(
            self,
            style,
            backend,
            time_range,
            time_unit,
            disable_channels,
            show_snapshot,
            show_framechange,
            show_waveform_info,
            plot_barrier,
            plotter,
            axis,
            show_barrier,
            channels=channels,
            dt=dt,
            filename=filename,
            title=title,
        )


def checked_metadata(metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    """A copy of a program's metadata.

    Raises:
        PulseTypeError: If it is no dict and not None.
    """
    if metadata is None:
        return {}
    if not isinstance(metadata, Mapping):
        raise PulseTypeError(f"metadata of a program is a dict or None, got {metadata!r}")
    return dict(metadata)
