"""What a schedule and a block have in common: a name, and metadata that travel with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backline.errors import PulseError


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


def checked_metadata(metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    """A copy of a program's metadata.

    Raises:
        PulseError: If it is no dict and not None.
    """
    if metadata is None:
        return {}
    if not isinstance(metadata, Mapping):
        raise PulseError(f"metadata of a program is a dict or None, got {metadata!r}")
    return dict(metadata)
