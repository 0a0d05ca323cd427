"""Sums of Pauli strings as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class PauliSum:
    """An observable of up to 62 qubits.

    Attributes:
        flips: int64 array (terms,): qubits with X or Y, as bits.
        phases: int64 array (terms,): qubits with Z or Y, as bits.
        coefficients: float64 array (terms,).
    """

    flips: NDArray[np.int64]
    phases: NDArray[np.int64]
    coefficients: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The strings of several sums, each once.

    Attributes:
        flips: int64 array (strings,).
        phases: int64 array (strings,).
        places: For each sum the indices of its strings.
    """

    flips: NDArray[np.int64]
    phases: NDArray[np.int64]
    places: tuple[NDArray[np.int64], ...]


def terms_of(sums: Sequence[PauliSum]) -> Terms:
    """The strings of several sums, so that each is looked at once."""
    pairs = np.concatenate(
        [np.zeros((0, 2), dtype=np.int64)]
        + [np.stack([item.flips, item.phases], axis=1) for item in sums]
    )
    distinct, places = np.unique(pairs, axis=0, return_inverse=True)
    ends = np.cumsum([len(item.flips) for item in sums])
    split = np.split(places.reshape(-1), ends[:-1]) if len(sums) else []
    return Terms(distinct[:, 0], distinct[:, 1], tuple(split))
