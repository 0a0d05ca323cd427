"""What builder functions ask the backend: channels, qubits, times."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

import numpy as np

from backline.errors import BacklineError, PulseError
from backline.pulse.builder.state import active_builder
from backline.pulse.channels import (
    AcquireChannel,
    Channel,
    ControlChannel,
    DriveChannel,
    MeasureChannel,
)
from backline.pulse.values import MOST_SAMPLES

_ROUNDING = 1e-6  # of a sample: a time in seconds is usually a rounded multiple of dt


def active_backend() -> Any:
    """The backend that `build` was given.

    Raises:
        BackendNotSet: If it was given none.
    """
    return active_builder().backend


def num_qubits() -> int:
    """Number of the backend's qubits."""
    count: int = active_backend().num_qubits
    return count


def drive_channel(qubit: int) -> DriveChannel:
    """The drive channel of a qubit."""
    channel: DriveChannel = active_backend().drive_channel(_qubit(qubit))
    return channel


def measure_channel(qubit: int) -> MeasureChannel:
    """The measure channel of a qubit."""
    channel: MeasureChannel = active_backend().measure_channel(_qubit(qubit))
    return channel


def acquire_channel(qubit: int) -> AcquireChannel:
    """The acquire channel of a qubit."""
    channel: AcquireChannel = active_backend().acquire_channel(_qubit(qubit))
    return channel


def control_channels(*qubits: int) -> list[ControlChannel]:
    """The control channels of an ordered group of qubits, mostly (control, target)."""
    return list(active_backend().control_channel(tuple(_qubit(qubit) for qubit in qubits)))


def qubit_channels(qubit: int) -> set[Channel]:
    """All channels of a qubit: drive, measure, acquire, and control with its neighbors."""
    return set(channels_of(qubit))


def channels_of(qubit: int) -> list[Channel]:
    """As `qubit_channels`, in a fixed order.

    Raises:
        PulseError: If the backend has no channels for this qubit.
    """
    backend, number = active_backend(), _qubit(qubit)
    found: dict[Channel, None] = {}
    for ask in (backend.drive_channel, backend.measure_channel, backend.acquire_channel):
        found[ask(number)] = None
    for edge in _edges(backend):
        if number in edge:
            try:
                found.update(dict.fromkeys(backend.control_channel(tuple(edge))))
            except (NotImplementedError, BacklineError):
                continue  # neighbors without a line of control
    return list(found)


def seconds_to_samples(seconds: Any) -> Any:
    """Whole samples that fit into a time, rounded down (as Qiskit 1.4).

    Args:
        seconds: A time in s, or an array of them.

    Raises:
        PulseError: If it is no time, or so long that its samples are not told apart.
    """
    dt = _dt()
    try:
        times = np.asarray(seconds, dtype=float)
    except (TypeError, ValueError):
        raise PulseError(f"a time is a number of seconds, got {seconds!r}") from None
    if not np.all(np.abs(times) <= MOST_SAMPLES * dt):
        raise PulseError(f"a time is finite and at most 2**53 samples, got {seconds!r} s")
    exact = times / dt
    nearest = np.round(exact)
    near = np.abs(exact - nearest) <= _ROUNDING * np.maximum(1.0, np.abs(exact))
    whole = np.where(near, nearest, np.floor(exact)).astype(np.int64)
    return whole if whole.ndim else int(whole)


def samples_to_seconds(samples: Any) -> Any:
    """The time that samples take, in s.

    Args:
        samples: A number of samples, or an array of them.
    """
    return samples * _dt()


def _dt() -> float:
    dt = active_backend().dt
    if dt is None:
        raise PulseError("the backend does not say how long a sample is: its dt is None")
    return float(dt)


def _qubit(qubit: Any) -> int:
    try:
        return operator.index(qubit)
    except TypeError:
        raise PulseError(f"a qubit is an int, got {qubit!r}") from None


def _edges(backend: Any) -> Iterable[tuple[int, int]]:
    coupling_map = backend.coupling_map
    return () if coupling_map is None else coupling_map.get_edges()
