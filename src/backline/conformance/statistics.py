"""Judging counts, with a bound on how often a right backend is called wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

RATE = 1e-6
"""How often a check may fail a right backend by chance."""


def deviation(shots: int, outcomes: int, rate: float = RATE) -> float:
    """How far counts may be from their distribution, as total variation distance.

    From the inequality of Bretagnolle, Huber and Carol: P(TV >= t) <= 2^K exp(-2 n t²).

    Args:
        shots: Number of samples, n.
        outcomes: Number of possible outcomes, K.
        rate: Probability of being farther away.

    Example:
        >>> round(deviation(512, 2), 3)
        0.122
    """
    return math.sqrt((outcomes * math.log(2) + math.log(1 / rate)) / (2 * shots))


def distance(counts: Mapping[str, int], expected: Sequence[float] | NDArray[np.float64]) -> float:
    """Total variation distance of counts from a distribution over their bit strings.

    Args:
        counts: By bit string, blanks ignored.
        expected: Probability of each value.
    """
    found = np.zeros(len(expected))
    for key, number in counts.items():
        found[int(key.replace(" ", ""), 2)] += number
    return float(np.abs(found / max(1.0, found.sum()) - np.asarray(expected)).sum() / 2)


def most_common(counts: Mapping[str, int]) -> str:
    """The outcome that came most often."""
    return max(counts, key=lambda key: (counts[key], key))
