"""JSON values and bytes in one piece, compressed, and known to be whole when it is read."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from backline.errors import StoreError

_LEVEL = 1  # most of it is small: higher levels cost more time than they save room
_LENGTHS = struct.Struct("<QQ")


def pack(head: Mapping[str, Any], parts: Sequence[bytes] = ()) -> bytes:
    """Values and bytes as one piece.

    Args:
        head: JSON values; what JSON has no value for is kept as the text that describes it.
        parts: Bytes of any length.
    """
    text = json.dumps({"head": head, "sizes": [len(part) for part in parts]}, default=repr)
    encoded = text.encode()
    whole = b"".join([_LENGTHS.pack(len(encoded), len(parts)), encoded, *parts])
    return zlib.compress(whole, _LEVEL)


def unpack(data: bytes, what: str) -> tuple[dict[str, Any], list[bytes]]:
    """What was packed.

    Args:
        data: Of `pack`.
        what: It is, for the message.

    Raises:
        StoreError: If it is not whole.
    """
    try:
        whole = zlib.decompress(data)  # and its checksum is compared
        length, count = _LENGTHS.unpack_from(whole)
        start = _LENGTHS.size
        document = json.loads(whole[start : start + length])
        parts, at = [], start + length
        for size in document["sizes"]:
            parts.append(whole[at : at + size])
            at += size
        if len(parts) != count or at != len(whole):
            raise ValueError("its parts have other lengths")
        head: dict[str, Any] = document["head"]
    except (zlib.error, struct.error, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{what} is damaged in its store: {error}") from None
    return head, parts
