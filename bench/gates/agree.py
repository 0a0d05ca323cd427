"""Whether the sides of a case give the same distribution."""

from __future__ import annotations

from collections import Counter

import numpy as np
from scipy import stats

_FEWEST = 10


def agreement(counts: dict[str, list[dict[str, int]]]) -> dict[str, float]:
    """The p-value of how often so many ones were read, against ours, for Aer with noise by hand.

    A two-sample chi² test, rare numbers as one class. The number of ones is small enough to be
    counted on any number of qubits, and every error moves it. Plain Aer is left out: of a readout's
    two errors it takes the mean for both.

    Args:
        counts: By side, one dict a circuit.
    """
    found = {}
    for name in counts.keys() - {"ours", "plain"}:
        weights = [_weights(side) for side in (counts["ours"], counts[name])]
        keys = sorted(weights[0].keys() | weights[1].keys())
        table = np.array([[one[key] for key in keys] for one in weights])
        rare = table.min(axis=0) < _FEWEST
        table = np.column_stack([table[:, ~rare], table[:, rare].sum(axis=1)])
        table = table[:, table.sum(axis=0) > 0]
        enough = table.shape[1] > 1
        found[name] = (
            float(stats.chi2_contingency(table, correction=False).pvalue) if enough else 1.0
        )
    return found


def _weights(side: list[dict[str, int]]) -> Counter[int]:
    weights: Counter[int] = Counter()
    for counts in side:
        for text, count in counts.items():
            weights[text.count("1")] += count
    return weights
