"""Backends by name or by path."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backline.backends.device import DeviceBackend
from backline.backends.stored_programs import JobHead
from backline.errors import BackendNotFoundError
from backline.formats.catalog import devices, read_device

__all__ = ["devices", "load"]


def load(
    name_or_path: str | Path,
    *,
    reconcile: bool = True,
    include_broken: bool = False,
    provider: Any = None,
    store: Any = None,
    workers: Any = None,
    on_restart: str = "resume",
    **options: Any,
) -> DeviceBackend:
    """The backend of a bundled device, or of one in a file.

    Args:
        name_or_path: One of `devices()`, or a path of a device in our own JSON, or of a folder,
            zip or wheel with IBM snapshots ("qiskit_ibm_runtime.whl:manila" chooses one of many).
        reconcile: Take the strength of each drive line from its qubit's calibrated x pulse.
        include_broken: Keep what its maker calls broken in the target.
        provider: The provider that the backend is from.
        store: Where its jobs are kept, and found again after a restart: a path of an SQLite file,
            a URL, or a store. Those of its jobs are taken up that wait there and that nobody is
            about to run.
        workers: What runs experiments: None for threads, "processes", or what
            `backline.jobs.workers` makes.
        on_restart: What becomes of its jobs when they are lost while they run: "resume" or "mark".
        **options: Override the backend's default options.

    Raises:
        BackendNotFoundError: If there is no such name and no such file.
        FormatError: If the file cannot be read as a device.
        StoreError: If the store cannot be opened.
        UnknownOptionError: If an option does not exist.

    Example:
        >>> backend = load("manila", shots=100)
        >>> backend.name, backend.num_qubits, backend.options.shots
        ('manila', 5, 100)
    """
    backend = _loaded(
        {
            "device": _lasting(str(name_or_path)),
            "reconcile": reconcile,
            "include_broken": include_broken,
        },
        provider=provider,
        store=store,
        workers=workers,
        on_restart=on_restart,
        **options,
    )
    if backend.store is not None:
        backend.resume()
    return backend


def backend_of(head: JobHead, **more: Any) -> DeviceBackend:
    """The backend for a stored job, loaded as it was when the job was accepted.

    Args:
        head: Of the job.
        **more: As of `load`; jobs of the store are not taken up.

    Raises:
        BackendNotFoundError: If it cannot be found again.
    """
    if head.origin is None:
        raise BackendNotFoundError(
            f"the backend of a job ({head.fingerprint.split(' ')[0]!r}) was made by a program and "
            f"not by `load`: make it again with this store, and call its `job` or `resume`"
        )
    return _loaded(head.origin, **more)


def _loaded(origin: Mapping[str, Any], **more: Any) -> DeviceBackend:
    device = read_device(origin["device"], reconcile=origin["reconcile"])
    backend = DeviceBackend(device, include_broken=origin["include_broken"], **more)
    backend._origin = dict(origin)
    return backend


def _lasting(place: str) -> str:
    """A name or a path, with what is chosen in it, that holds in any folder."""
    if place in devices():
        return place
    whole = Path(place)
    if whole.exists():
        return str(whole.absolute())
    path, colon, chosen = place.rpartition(":")
    return f"{Path(path).absolute()}:{chosen}" if colon else place
