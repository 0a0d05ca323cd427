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

_LARGEST = 2**63


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
        table = self.bits if self.digits is None else self.digits
        if table is None:
            return {}
        keys = self._keys(table)
        if self.repeats is None:
            distinct, repeats = np.unique(keys, return_counts=True)
            return dict(zip(self._texts(distinct), repeats.tolist(), strict=True))
        counts: dict[str, int] = {}
        for text, repeat in zip(self._texts(keys), self.repeats.tolist(), strict=True):
            counts[text] = counts.get(text, 0) + repeat
        return counts

    def memory(self) -> list[str]:
        """One string a shot, as the keys of `counts`.

        Raises:
            EngineError: If the engine kept no order of shots.
        """
        table = self.bits if self.digits is None else self.digits
        if table is None or self.repeats is not None:
            raise EngineError("single shots were not kept: run with memory=True")
        distinct, which = np.unique(self._keys(table), return_inverse=True)
        texts = np.array(self._texts(distinct), dtype=object)
        shots: list[str] = texts[which].tolist()  # equal shots share a string
        return shots

    def _keys(self, table: NDArray[np.uint8]) -> NDArray[Any]:
        """One number a row, slot 0 its last digit; exact however many slots there are."""
        base, width = (2, table.shape[1]) if self.digits is None else (10, table.shape[1])
        # Numbers that fit are many times faster to sort than those of Python.
        kind = np.int64 if base**width <= _LARGEST else object
        return table @ np.array([base**slot for slot in range(width)], dtype=kind)

    def _texts(self, keys: NDArray[Any]) -> list[str]:
        if self.digits is None:
            return [hex(key) for key in keys.tolist()]
        width = self.digits.shape[1]
        return [str(key).zfill(width) if width else "" for key in keys.tolist()]
