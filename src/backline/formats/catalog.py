"""Devices by name or by path: what comes with Backline, and what a user brings."""

from __future__ import annotations

import difflib
import functools
import warnings
from importlib import resources
from pathlib import Path

from backline.device.drives import reconcile_drives
from backline.device.model import Device
from backline.device.twins import Twin, with_twin
from backline.errors import BackendNotFoundError, DeviceWarning, FormatError
from backline.formats import native
from backline.formats.snapshots import read_snapshot
from backline.formats.twins import read_twin

_MOST_NOTES = 3  # of a warning; `Device.notes` has them all


@functools.cache
def devices() -> tuple[str, ...]:
    """Names of the devices that come with Backline.

    >>> devices()
    ('armonk', 'guadalupe', 'manila', 'nairobi', 'sherbrooke')
    """
    bundled = resources.files("backline.formats") / "bundled"
    return tuple(
        sorted(
            file.name.removesuffix(".zip")
            for file in bundled.iterdir()
            if file.name.endswith(".zip")
        )
    )


def read_device(name_or_path: str | Path, *, reconcile: bool = True) -> Device:
    """Read a device.

    A file that needed mending is said so in one `DeviceWarning`. Devices that come with Backline
    are known to need it and stay silent; `Device.notes` says what was done in either case.

    Args:
        name_or_path: One of `devices()`; or a path of our own ``.json`` or ``.json.gz``, or of a
            folder, zip or wheel with an IBM snapshot. Where that has several devices, the name of
            one follows: ``"qiskit_ibm_runtime.whl:manila"``.
        reconcile: Take drive strengths from the calibrated x pulses (`reconcile_drives`), and for
            devices that come with Backline the gains of control lines and the frame corrections
            that were fitted to their two-qubit schedules (`with_twin`). False leaves what is
            published.

    Raises:
        BackendNotFoundError: If there is no such name and no such file.
        FormatError: If the file cannot be read as a device.

    >>> read_device("manila").num_qubits
    5
    """
    twin = Twin()
    if isinstance(name_or_path, str) and name_or_path in devices():
        bundled = resources.files("backline.formats") / "bundled" / f"{name_or_path}.zip"
        with resources.as_file(bundled) as path:
            device, twin = read_snapshot(path), read_twin(path)
    else:
        device, mended = _read_path(*_located(name_or_path))
        if mended:
            _warn(device)
    return with_twin(reconcile_drives(device), twin) if reconcile else device


def _located(name_or_path: str | Path) -> tuple[Path, str | None]:
    """The path, and the name of a device in it where one is given."""
    if name_or_path and _exists(path := Path(name_or_path)):
        return path, None
    before, _, name = str(name_or_path).rpartition(":")
    if before and name and _exists(Path(before)):
        return Path(before), name
    near = difflib.get_close_matches(str(name_or_path), devices(), n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    raise BackendNotFoundError(
        f"no device and no file is called {str(name_or_path)!r}.{hint} "
        f"The devices are: {', '.join(devices())}"
    )


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # such as a name that is too long for a file
        return False


def _read_path(path: Path, name: str | None) -> tuple[Device, bool]:
    """The device, and whether its notes are about this reading (and not of an earlier one)."""
    try:
        if path.is_dir() or path.suffix in (".zip", ".whl"):
            return read_snapshot(path, name), True
        if name is not None:
            raise FormatError(f"{path} holds one device, so ':{name}' chooses nothing in it")
        if path.suffix == ".json" and path.name.startswith(("conf", "props", "defs")):
            # One file of a snapshot: read all three.
            siblings = path.stem.partition("_")[2] or None
            return read_snapshot(path.parent, siblings), True
        return native.read(path), False
    except OSError as error:
        raise FormatError(f"{path} cannot be read: {error.strerror or error}") from None


def _warn(device: Device) -> None:
    notes = device.notes
    if not notes:
        return
    more = f"; and {len(notes) - _MOST_NOTES} more" if len(notes) > _MOST_NOTES else ""
    warnings.warn(
        f"device {device.name!r}: {'; '.join(notes[:_MOST_NOTES])}{more} (Device.notes has all)",
        DeviceWarning,
        stacklevel=3,
    )
