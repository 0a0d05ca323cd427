"""Which eigenstate belongs to which bare state."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def labelled(overlaps: NDArray[np.float64]) -> NDArray[np.int64]:
    """The column of each row, every column once, so that the chosen entries have the largest sum.

    Args:
        overlaps: Array (n, n), not negative: how much each bare state has of each eigenstate.

    Returns:
        Array (n,): a permutation.

    Example:
        >>> labelled(np.array([[0.1, 0.9], [0.9, 0.1]])).tolist()
        [1, 0]
    """
    best = overlaps.argmax(axis=1)
    if len(np.unique(best)) == len(best):
        return best  # no sum is larger than that of every row's largest entry
    # States that are mixed half and half come here, and pay a third of a second for the import.
    from scipy.optimize import linear_sum_assignment

    columns: NDArray[np.int64] = linear_sum_assignment(overlaps, maximize=True)[1]
    return columns
