"""Finding the files of IBM snapshots in a folder, a zip or a wheel.

Nothing is ever unpacked to disk: members are read into memory, each up to a limit, whatever size
the archive claims, so that neither a zip bomb nor a path such as ``../../x`` does harm.
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backline.device.model import Device
from backline.errors import FormatError
from backline.formats.ibm import device_from_dicts

MOST_BYTES = 64 * 2**20
"""Most bytes of one file, unpacked."""

_MOST_MEMBERS = 100_000
_MEMBER = re.compile(r"(?:(?P<folder>.*)/)?(?P<kind>conf|props|defs)(?:_(?P<name>[^/]+))?\.json")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The files of one device, not read yet.

    Attributes:
        name: The device's name, from the files or their folder.
        members: "conf", "props" and "defs" to the file's name, as far as they are there.
        read: Gives a file's bytes.
    """

    name: str
    members: Mapping[str, str]
    read: Callable[[str], bytes]

    def device(self) -> Device:
        """Read the files and describe the device.

        Raises:
            FormatError: If they cannot be read as a snapshot.
        """
        parts = {kind: self._json(member) for kind, member in self.members.items()}
        try:
            return device_from_dicts(**parts, name=self.name)
        except FormatError as error:
            raise FormatError(f"{self.members['conf']}: {error}", **error.details) from None

    def _json(self, member: str) -> dict[str, Any]:
        return parse_object(self.read(member), member)


def read_snapshot(path: Path, name: str | None = None) -> Device:
    """Read the device in a folder, zip or wheel.

    Args:
        path: The folder, zip or wheel.
        name: Which of its devices, where it has several.

    Raises:
        FormatError: If there is none or no such device, or several and no name; lists them.
    """
    with snapshots(path) as found:
        if not found:
            raise FormatError(f"{path} has no conf_*.json: it holds no IBM snapshot")
        if name is None and len(found) == 1:
            (name,) = found
        if name not in found:
            names = ", ".join(sorted(found))
            wrong = "several devices" if name is None else f"no device {name!r}"
            raise FormatError(f"{path} has {wrong}; choose as in '{path}:NAME' from: {names}")
        return found[name].device()


@contextmanager
def snapshots(path: Path) -> Iterator[dict[str, Snapshot]]:
    """The devices of a folder, zip or wheel, by name; readable inside the `with` block.

    Args:
        path: The folder, zip or wheel.

    Raises:
        FormatError: If it is none of these.
    """
    if path.is_dir():
        # Two levels are enough, and a folder that holds a whole home is not searched.
        files = [*path.glob("*.json"), *path.glob("*/*.json")]
        members = [file.relative_to(path).as_posix() for file in files]

        def from_folder(member: str) -> bytes:
            with (path / member).open("rb") as file:
                return read_limited(file, member)

        yield _grouped(members, from_folder, path)
        return
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise FormatError(f"{path} cannot be read as a zip: {error}") from None
    with archive:
        if len(archive.namelist()) > _MOST_MEMBERS:
            raise FormatError(f"{path} has more than {_MOST_MEMBERS} members")

        def from_archive(member: str) -> bytes:
            try:
                with archive.open(member) as file:
                    return read_limited(file, member)
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
                # RuntimeError: encrypted; NotImplementedError, its child: unknown compression.
                raise FormatError(f"{member} in {path} cannot be unpacked: {error}") from None

        yield _grouped(archive.namelist(), from_archive, path)


def read_limited(file: Any, name: str) -> bytes:
    """Read a file, refusing one that is too big.

    Args:
        file: Open for reading bytes.
        name: What it is called in messages.

    Raises:
        FormatError: If it has more than `MOST_BYTES`.
    """
    data: bytes = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise FormatError(f"{name} is too big: more than {MOST_BYTES // 2**20} MiB unpacked")
    return data


def parse_object(data: bytes, name: str) -> dict[str, Any]:
    """Parse bytes as a JSON object.

    Args:
        data: The file's bytes, in UTF-8.
        name: What it is called in messages.

    Raises:
        FormatError: If it is no JSON, is cut short, or is no object; says where.
    """
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        at_end = error.pos >= len(error.doc.rstrip())
        what = "ends too early (cut short?)" if at_end else f"is no JSON: {error.msg}"
        raise FormatError(f"{name} {what}, line {error.lineno} column {error.colno}") from None
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise FormatError(f"{name} is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise FormatError(f"{name} must hold a JSON object, got {type(value).__name__}")
    return value


def _grouped(members: list[str], read: Callable[[str], bytes], path: Path) -> dict[str, Snapshot]:
    groups: dict[tuple[str, str], dict[str, str]] = {}
    for member in members:
        if match := _MEMBER.fullmatch(member):
            key = (match["folder"] or "", match["name"] or "")
            groups.setdefault(key, {})[match["kind"]] = member
    found: dict[str, Snapshot] = {}
    for (folder, suffix), files in sorted(groups.items()):
        if "conf" in files:
            name = suffix or folder.rsplit("/", 1)[-1] or path.stem
            # Another device of this name, in another folder, is chosen by its folder too.
            found[f"{folder}/{name}" if name in found else name] = Snapshot(name, files, read)
    return found
