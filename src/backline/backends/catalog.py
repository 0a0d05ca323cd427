"""Backends by name or by path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from backline.backends.device import DeviceBackend
from backline.formats.catalog import devices, read_device

__all__ = ["devices", "load"]


def load(
    name_or_path: str | Path,
    *,
    reconcile: bool = True,
    include_broken: bool = False,
    provider: Any = None,
    **options: Any,
) -> DeviceBackend:
    """The backend of a bundled device, or of one in a file.

    Args:
        name_or_path: One of `devices()`, or a path of a device in our own JSON, or of a folder,
            zip or wheel with IBM snapshots ("qiskit_ibm_runtime.whl:manila" chooses one of many).
        reconcile: Take the strength of each drive line from its qubit's calibrated x pulse.
        include_broken: Keep what its maker calls broken in the target.
        provider: The provider that the backend is from.
        **options: Override the backend's default options.

    Raises:
        BackendNotFoundError: If there is no such name and no such file.
        FormatError: If the file cannot be read as a device.
        UnknownOptionError: If an option does not exist.

    Example:
        >>> backend = load("manila", shots=100)
        >>> backend.name, backend.num_qubits, backend.options.shots
        ('manila', 5, 100)
    """
    device = read_device(name_or_path, reconcile=reconcile)
    return DeviceBackend(device, provider, include_broken=include_broken, **options)
