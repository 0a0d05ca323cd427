"""What of a backend helps to draw its programs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backline.contract.backend import BackendV2
from backline.device.channels import channel_frequencies
from backline.device.model import Device
from backline.errors import OptionValueError


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """What is known of where a program runs.

    Attributes:
        name: Of the device; empty where not known.
        dt: Length of a sample, in s; None where not known.
        frequencies: Of the oscillators, in Hz, by the channel's name.
        homes: The qubit that a control channel stands beside, by its index.
    """

    name: str = ""
    dt: float | None = None
    frequencies: Mapping[str, float] = field(default_factory=dict)
    homes: Mapping[int, int] = field(default_factory=dict)


def hardware_of(backend: Any, dt: float | None) -> Hardware:
    """What a backend tells.

    Args:
        backend: A backend, a `Device`, or None.
        dt: Length of a sample in s, which wins over the backend's; None for the backend's own.

    Raises:
        OptionValueError: If the backend is none, or dt no positive number.
    """
    if dt is not None and not (isinstance(dt, float | int) and 0 < dt < math.inf):
        raise OptionValueError(f"dt must be a positive number of seconds, got {dt!r}")
    if backend is None:
        return Hardware(dt=dt)
    device = getattr(backend, "device", backend)
    if isinstance(device, Device):
        return Hardware(
            name=str(getattr(backend, "name", device.name)),
            dt=device.timing.dt if dt is None else dt,
            frequencies=channel_frequencies(device),
            homes={line.index: line.qubits[0] for line in device.control_lines},
        )
    if not hasattr(backend, "target"):
        raise OptionValueError(f"backend must be a backend or a Device, got {backend!r}")
    return _of_target(backend, backend.target.dt if dt is None else dt)


def _of_target(backend: Any, dt: float | None) -> Hardware:
    """Of a backend of any author: its target, and its control lines where it has our contract."""
    qubits: Sequence[Any] = backend.target.qubit_properties or ()
    known = [getattr(qubit, "frequency", None) for qubit in qubits]
    frequencies = {f"d{k}": float(f) for k, f in enumerate(known) if f is not None}
    homes: dict[int, int] = {}
    if isinstance(backend, BackendV2):
        homes = {index: pair[0] for index, pair in (backend._control_pairs() or {}).items()}
        for index, parts in enumerate(backend._u_channel_lo() or ()):
            if parts and all(f"d{qubit}" in frequencies for qubit, _ in parts):
                total = sum(complex(scale) * frequencies[f"d{qubit}"] for qubit, scale in parts)
                frequencies[f"u{index}"] = total.real
    return Hardware(name=str(backend.name or ""), dt=dt, frequencies=frequencies, homes=homes)
