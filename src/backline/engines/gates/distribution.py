"""An exact distribution of classical bits, and shots drawn from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from backline.engines.gates.channels import ReadoutNoise

Bits = NDArray[np.uint8]
Real = NDArray[np.float64]

_FEW = 8
_FEW_READ = 6  # one matrix for so many readings is quicker than one for each


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """How probable all values of the slots are.

    Attributes:
        bits: uint8 array (branches, slots): what was written before the end.
        probabilities: Array (branches, 2**k), before readout errors at the end; bit j of the
            second index is the true outcome of measurement j at the end.
        slots: Which slot each of the k measurements at the end writes.
        readouts: How each of these is misread.
    """

    bits: Bits
    probabilities: Real
    slots: tuple[int, ...]
    readouts: tuple[ReadoutNoise | None, ...]

    def misread(self) -> Distribution:
        """The distribution of what is read, at the end too."""
        found = self.probabilities
        if len(self.readouts) <= _FEW_READ:
            found = found @ _reading(self.readouts).T
            return Distribution(self.bits, found, self.slots, (None,) * len(self.slots))
        for place, readout in enumerate(self.readouts):
            if readout is not None:
                matrix = _misreading(readout)
                found = (matrix @ found.reshape(-1, 2, 1 << place)).reshape(found.shape)
        return Distribution(self.bits, found, self.slots, (None,) * len(self.slots))

    def table(self) -> tuple[Bits, Real]:
        """All values that may come, each once, and their probabilities.

        Returns:
            Arrays (values, slots), in ascending order with slot 0 the lowest bit, and (values,).
        """
        flat = self._normalized()
        which = np.flatnonzero(flat)
        rows = self._rows(which)
        order = np.lexsort(rows.T) if rows.shape[1] else np.arange(len(rows))
        rows, shares = rows[order], flat[which][order]
        new = np.ones(len(rows), dtype=bool)
        new[1:] = (rows[1:] != rows[:-1]).any(axis=1)
        return rows[new], np.add.reduceat(shares, np.flatnonzero(new))

    def sample(self, shots: int, seed: int) -> Bits:
        """Draw shots.

        Args:
            shots: How many.
            seed: Of the random numbers.

        Returns:
            Array (shots, slots), in random order.
        """
        rng = np.random.default_rng(seed)
        flat = self._normalized()
        if len(flat) <= shots:
            which = np.repeat(np.arange(len(flat)), rng.multinomial(shots, flat))
        else:
            edges = np.cumsum(flat)
            drawn = np.sort(rng.random(shots)) * edges[-1]
            which = np.searchsorted(edges, drawn, side="right")
        rng.shuffle(which)
        return self._rows(which)

    def sample_counts(self, shots: int, seed: int) -> tuple[Bits, NDArray[np.int64]]:
        """Draw shots of which nobody asks the order: the same ones as `sample`.

        Args:
            shots: How many.
            seed: Of the random numbers.

        Returns:
            Arrays (rows, slots), and (rows,): how often each came.
        """
        flat = self._normalized()
        if len(flat) > shots:
            return self.sample(shots, seed), np.ones(shots, dtype=np.int64)
        repeats = np.random.default_rng(seed).multinomial(shots, flat)
        which = np.flatnonzero(repeats)
        return self._rows(which), repeats[which]

    def _normalized(self) -> Real:
        """All probabilities in one row; rounding errors taken out."""
        flat = np.maximum(self.probabilities.reshape(-1), 0.0)
        return np.asarray(flat / flat.sum())

    def _rows(self, which: NDArray[np.intp]) -> Bits:
        """The values of all slots for indices of `_normalized`."""
        count = len(self.slots)
        outcomes = which & ((1 << count) - 1)
        if count <= _FEW:
            rows = _rows_of_outcomes(self.slots, self.bits.shape[1])[outcomes]
        else:
            rows = np.zeros((len(which), self.bits.shape[1]), dtype=np.uint8)
            for place, slot in enumerate(self.slots):
                rows[:, slot] = (outcomes >> place) & 1
        if self.bits.any():  # what was written in the middle
            earlier = self.bits.copy()
            earlier[:, list(self.slots)] = 0
            rows |= earlier[which >> count]
        return rows


def _misreading(readout: ReadoutNoise | None) -> Real:
    """Probabilities of what is read (row) for what is true (column)."""
    if readout is None:
        return np.eye(2)
    zero, one = readout.p1_given_0, readout.p0_given_1
    return np.array([[1.0 - zero, one], [zero, 1.0 - one]])


@lru_cache(maxsize=256)
def _reading(readouts: tuple[ReadoutNoise | None, ...]) -> Real:
    """The same of several measurements, the first the lowest bit."""
    found = np.ones((1, 1))
    for readout in readouts:
        found = np.asarray(np.kron(_misreading(readout), found), dtype=np.float64)
    return found


@lru_cache(maxsize=256)
def _rows_of_outcomes(slots: tuple[int, ...], num_slots: int) -> Bits:
    """The values of all slots for each outcome of the measurements at the end."""
    rows = np.zeros((1 << len(slots), num_slots), dtype=np.uint8)
    for place, slot in enumerate(slots):
        rows[:, slot] = (np.arange(len(rows)) >> place) & 1
    return rows
