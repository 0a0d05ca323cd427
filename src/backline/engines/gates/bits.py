"""Hex strings, as Aer gives outcomes, to arrays of bits."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray


def bits_from_hex(keys: Collection[str], num_slots: int) -> NDArray[np.uint8]:
    """Rows of bits.

    Args:
        keys: Strings such as "0x3", slot 0 the least significant bit.
        num_slots: Number of memory slots.

    Returns:
        Array (keys, num_slots) of 0 and 1, column k for slot k.

    >>> bits_from_hex(["0x0", "0x5"], 4)
    array([[0, 0, 0, 0],
           [1, 0, 1, 0]], dtype=uint8)
    """
    digits = max(2 * -(-num_slots // 8), 2)
    text = "".join([key[2:].zfill(digits) for key in keys])
    packed = np.frombuffer(bytes.fromhex(text), dtype=np.uint8).reshape(len(keys), digits // 2)
    bits = np.unpackbits(packed[:, ::-1], axis=1, bitorder="little")
    return np.ascontiguousarray(bits[:, :num_slots])
