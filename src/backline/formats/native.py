"""Backline's own device files: JSON, versioned, with an exact round trip.

``.json.gz`` is the same, compressed. `docs/device-format.md` has the whole shape and an example.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from backline import pulse
from backline.device.model import Device
from backline.errors import BacklineError, DeviceError, FormatError
from backline.formats.native_schema import FORMAT, VERSION, CalibrationPart, DeviceFile
from backline.formats.snapshots import parse_object, read_limited
from backline.pulse import codec
from backline.pulse.calibration_entries import CalibrationEntry, ScheduleEntry, StoredEntry

_GZIP = b"\x1f\x8b"


def read(path: str | Path) -> Device:
    """Read a device from a file of our own format.

    Args:
        path: A ``.json`` or ``.json.gz`` file.

    Raises:
        FormatError: If it is no such file; says which field is wrong and what is allowed.
        OSError: If it cannot be opened.
    """
    path = Path(path)
    with path.open("rb") as file:
        data = read_limited(file, str(path))
    return loads(_uncompressed(data, path.name), path.name)


def write(device: Device, path: str | Path) -> None:
    """Write a device to a file; `read` gives it back exactly.

    Args:
        device: The device.
        path: Ends in ``.json``, or in ``.gz`` to be compressed.

    Raises:
        DeviceError: If something of it has no form in JSON; says what.
    """
    path = Path(path)
    data = dumps(device).encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)


def loads(text: str | bytes, name: str = "the text") -> Device:
    """Read a device from JSON text.

    Args:
        text: What `dumps` gives.
        name: What the text is called in messages.

    Raises:
        FormatError: If it is no such text; says which field is wrong and what is allowed.
    """
    try:
        content = DeviceFile.model_validate_json(text)
    except ValidationError as error:
        raise _explained(error, text, name) from None
    return content.device(_entries(content))


def dumps(device: Device) -> str:
    """A device as JSON text.

    Args:
        device: The device.

    Raises:
        DeviceError: If something of it has no form in JSON; says what.

    >>> from backline.device.model import Device, Qubit
    >>> device = Device(name="one", qubits=(Qubit(frequency=5e9),), basis_gates=("rz",))
    >>> again = loads(dumps(device))
    >>> again.qubits == device.qubits, again.basis_gates
    (True, ('rz',))
    """
    fields = {name: getattr(device, name) for name in device.__dataclass_fields__}
    fields["source"] = dict(device.source)
    fields["calibrations"] = tuple(_stored(device))
    fields = {"format": FORMAT, "version": VERSION} | fields
    try:
        content = DeviceFile.model_validate(fields)
        values = content.model_dump(mode="json", exclude_defaults=True, exclude={"source"})
        if device.source:
            values["source"] = dict(device.source)
        return json.dumps(
            {"format": FORMAT, "version": VERSION} | values,
            indent=1,
            allow_nan=False,
            ensure_ascii=False,
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(map(str, first["loc"]))
        raise DeviceError(
            f"device {device.name!r} cannot be written, {path}: {first['msg']}"
        ) from None
    except (ValueError, TypeError) as error:
        raise DeviceError(f"device {device.name!r} cannot be written: {error}") from None


def _entries(content: DeviceFile) -> Iterator[tuple[Any, CalibrationEntry]]:
    for part in content.calibrations:
        entry: CalibrationEntry
        if part.arguments is None:
            entry = StoredEntry(_decode, part, part.user_provided)
        else:
            entry = ScheduleEntry(_decode(part), part.user_provided, arguments=part.arguments)
        yield (part.gate, part.qubits), entry


def _decode(part: CalibrationPart) -> pulse.Schedule | pulse.ScheduleBlock:
    try:
        return codec.from_dict(part.schedule)
    except BacklineError as error:
        raise FormatError(
            f"the schedule of {part.gate} on {part.qubits} cannot be read: {error.message}"
        ) from None


def _stored(device: Device) -> Iterator[dict[str, Any]]:
    for (gate, qubits), entry in device.calibrations.items():
        arguments = tuple(entry.get_signature().parameters)
        try:
            schedule = codec.to_dict(entry.get_schedule())
        except BacklineError as error:
            raise DeviceError(
                f"the calibration of {gate} on {qubits} has no form in JSON: {error.message}"
            ) from None
        yield {
            "gate": gate,
            "qubits": qubits,
            "schedule": schedule,
            "user_provided": entry.user_provided,
            "arguments": None if list(arguments) == sorted(arguments) else arguments,
        }


def _uncompressed(data: bytes, name: str) -> bytes:
    if not data.startswith(_GZIP):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            return read_limited(file, name)
    except (OSError, EOFError, zlib.error) as error:
        raise FormatError(f"{name} cannot be uncompressed: {error}") from None


def _explained(error: ValidationError, text: str | bytes, name: str) -> FormatError:
    """Why this is no device file, as near to the cause as can be."""
    try:
        values = parse_object(text.encode() if isinstance(text, str) else text, name)
    except FormatError as refused:
        return refused
    if values.get("format") != FORMAT:
        return FormatError(
            f"{name} is no device file of Backline: its 'format' must be {FORMAT!r}, "
            f"got {values.get('format')!r}"
        )
    if values.get("version") != VERSION:
        return FormatError(
            f"{name} has version {values.get('version')!r}, and this Backline reads {VERSION}"
        )
    first = error.errors(include_url=False)[0]
    path = ".".join(map(str, first["loc"]))
    where = f"{name}, {path}" if path else name
    count = error.error_count()
    others = f" ({count - 1} more)" if count > 1 else ""
    return FormatError(f"{where}: {_sentence(first)}{others}", field=path)


def _sentence(problem: Any) -> str:
    match problem["type"]:
        case "extra_forbidden":
            return "there is no such field"
        case "missing":
            return "this field is required"
        case "value_error":
            return str(problem["msg"]).removeprefix("Value error, ")
    message = str(problem["msg"])
    got = repr(problem["input"])
    return f"{message[:1].lower()}{message[1:]}, got {got if len(got) <= 40 else got[:37] + '...'}"
