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

_NUMBERED = 18  # so many digits fit into an int64


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
        if self.repeats is None:
            rows, _, repeats = _distinct(table)
        else:
            rows, repeats = table, self.repeats
        counts: dict[str, int] = {}
        for key, repeat in zip(self._keys(rows), repeats, strict=True):
            counts[key] = counts.get(key, 0) + int(repeat)
        return counts

    def memory(self) -> list[str]:
        """One string a shot, as the keys of `counts`.

        Raises:
            EngineError: If the engine kept no order of shots.
        """
        table = self.bits if self.digits is None else self.digits
        if table is None or self.repeats is not None:
            raise EngineError("single shots were not kept: run with memory=True")
        rows, inverse, _ = _distinct(table)
        keys = np.array(self._keys(rows), dtype=object)
        return list(keys[inverse]) if len(keys) else []

    def _keys(self, rows: NDArray[np.uint8]) -> list[str]:
        return _hex(rows) if self.digits is None else _digits(rows)


def _distinct(
    rows: NDArray[np.uint8],
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """The distinct rows, which of them each row is, and how often each comes."""
    width = rows.shape[1]
    if width > _NUMBERED:
        distinct, inverse, repeats = np.unique(
            rows, axis=0, return_inverse=True, return_counts=True
        )
        return distinct, inverse.reshape(-1), repeats
    # As one number a row: sorting numbers is many times faster than sorting rows.
    powers = 10 ** np.arange(width, dtype=np.int64)
    _, first, inverse, repeats = np.unique(
        rows @ powers, return_index=True, return_inverse=True, return_counts=True
    )
    return rows[first], inverse, repeats


def _digits(rows: NDArray[np.uint8]) -> list[str]:
    return ["".join(map(str, row)) for row in rows[:, ::-1].tolist()]


def _hex(rows: NDArray[np.uint8]) -> list[str]:
    packed = np.packbits(rows[:, ::-1], axis=1) if rows.shape[1] else None
    if packed is None:
        return ["0x0"] * len(rows)
    spare = -rows.shape[1] % 8
    return [hex(int.from_bytes(row.tobytes(), "big") >> spare) for row in packed]
