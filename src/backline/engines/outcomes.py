"""What an engine gives back: plain arrays, in the bit order that is fixed here and nowhere else.

Column k of an array belongs to memory slot (classical bit) k. As text and numbers, slot 0 is the
rightmost, least significant bit, as everywhere in Qiskit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backline.errors import EngineError

_BYTES = 8  # of a word
_DIGIT = 4  # bits of a digit
_FEW = 2**16  # numbers below this are found without sorting


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcomes:
    """Shots of one experiment.

    Attributes:
        shots: Number of shots.
        bits: uint8 array (rows, num_slots) of 0 and 1, or None where only `iq` was asked for.
        digits: uint8 array (rows, num_slots) of 0 to 9, where higher levels are told apart; `bits`
            is then 0 where it is 0, and 1 elsewhere.
        repeats: int64 array (rows,): how often each row of `bits` came; None where every row is
            one shot, in the order of the shots.
        iq: complex array, kerneled (meas_level 1): (shots, num_slots), or (num_slots,) where
            averaged; raw traces (meas_level 0) have a last axis of output samples.
        metadata: What shaped this run (method, model, left-out qubits, timings), JSON values.
    """

    shots: int
    bits: NDArray[np.uint8] | None = None
    digits: NDArray[np.uint8] | None = None
    repeats: NDArray[np.int64] | None = None
    iq: NDArray[np.complex128] | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.bits is None:
            return
        total = len(self.bits) if self.repeats is None else int(self.repeats.sum())
        if total != self.shots:
            raise EngineError(f"{self.shots} shots were asked for and {total} came back")

    def counts(self) -> dict[str, int]:
        """Counts keyed by hex string ("0x3"), slot 0 the least significant bit.

        Where higher levels are told apart, keys are strings of digits ("02"), slot 0 rightmost.
        """
        if self.bits is None and self.digits is None:
            return {}
        texts, which = self._texts()
        if self.repeats is None:
            numbers = np.bincount(which, minlength=len(texts))
        else:
            numbers = np.zeros(len(texts), dtype=np.int64)
            np.add.at(numbers, which, self.repeats)
        return dict(zip(texts, numbers.tolist(), strict=True))

    def memory(self) -> list[str]:
        """One string a shot, as the keys of `counts`.

        Raises:
            EngineError: If the engine kept no order of shots.
        """
        if (self.bits is None and self.digits is None) or self.repeats is not None:
            raise EngineError("single shots were not kept: run with memory=True")
        texts, which = self._texts()
        shots: list[str] = np.array(texts, dtype=object)[which].tolist()  # equal ones share one
        return shots

    def _texts(self) -> tuple[list[str], NDArray[np.intp]]:
        """The distinct rows as text, slot 0 its last digit, and which of them each row is."""
        if self.digits is not None:
            first, which = _distinct(_words(_as_bits(self.digits)))
            rows = self.digits[first, ::-1].tolist()
            return ["".join(map(str, row)) for row in rows], which
        words = _words(np.empty((0, 0), dtype=np.uint8) if self.bits is None else self.bits)
        first, which = _distinct(words)
        if words.shape[1] == 1:
            return [hex(key) for key in words[first, 0].tolist()], which
        return [hex(int.from_bytes(row, "little")) for row in map(bytes, words[first])], which


def _distinct(words: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where each distinct row comes first, and for each row which of these it is.

    Rows are numbers in words, the least significant first; distinct ones come in their order.
    """
    if words.shape[1] == 1 and words.max(initial=0) < _FEW:
        return _distinct_of_few(words[:, 0].astype(np.intp))
    order = np.lexsort(words.T)  # stable, and the last word decides first
    ordered = words[order]
    new = np.ones(len(words), dtype=np.bool_)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    which = np.empty(len(words), dtype=np.intp)
    which[order] = np.cumsum(new) - 1
    return order[new], which


def _distinct_of_few(keys: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Without sorting: a place for every number that there may be."""
    place = np.full(int(keys.max(initial=0)) + 1, -1, dtype=np.intp)
    place[keys[::-1]] = np.arange(len(keys))[::-1]  # so that the first stays
    there = place >= 0
    first = place[there]
    place[there] = np.arange(len(first))
    return first, place[keys]


def _words(bits: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Rows of bits as words of 64 bits, the least significant first: array (rows, words)."""
    packed = np.packbits(bits, axis=1, bitorder="little")
    width = max(1, -(-packed.shape[1] // _BYTES)) * _BYTES
    full = np.zeros((len(bits), width), dtype=np.uint8)
    full[:, : packed.shape[1]] = packed
    return full.view("<u8")


def _as_bits(digits: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Rows of digits up to 9 as rows of bits, four a digit."""
    bits = np.unpackbits(digits[:, :, None], axis=2, count=_DIGIT, bitorder="little")
    return bits.reshape(len(digits), -1)
