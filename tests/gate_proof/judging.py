"""Whether counts come from a distribution, with false-alarm rates that hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

SUITE_ALARM = 1e-6
"""Chance that these proofs together refuse a correct engine, for seeds drawn at random."""

_JUDGMENTS = 50  # at most so many are made; each gets its share of the above
ALARM = SUITE_ALARM / _JUDGMENTS

_FEWEST = 10.0  # expected counts of an outcome that stands by itself


def pvalue(counts: Mapping[str, int], exact: Mapping[int, float]) -> float:
    """How likely counts are so far from a distribution.

    Outcomes expected fewer than ten times are one class together. Those expected more often are
    judged by chi², given their total; the total of the rare ones by the exact binomial tails. The
    result is twice the smaller of the two p-values (Bonferroni).

    Args:
        counts: By hex string.
        exact: Probabilities by number.
    """
    shots = sum(counts.values())
    found = {int(key, 16): count for key, count in counts.items()}
    usual = [key for key, probability in exact.items() if probability * shots >= _FEWEST]
    expected = np.array([exact[key] for key in usual])
    seen = np.array([found.get(key, 0) for key in usual])
    rare_share = min(max(1.0 - float(expected.sum()), 0.0), 1.0)
    rare = _two_tails(shots - int(seen.sum()), shots, rare_share)
    if len(usual) < 2:
        return rare
    scaled = expected / expected.sum() * seen.sum()
    chi2 = stats.chisquare(seen, scaled).pvalue if seen.sum() else 0.0
    return float(min(1.0, 2.0 * min(rare, chi2)))


def _two_tails(count: int, shots: int, probability: float) -> float:
    """Twice the smaller tail of the binomial distribution."""
    below = stats.binom.cdf(count, shots, probability)
    above = stats.binom.sf(count - 1, shots, probability)
    return float(min(1.0, 2.0 * min(below, above)))


def verdict(pvalues: Sequence[float]) -> float:
    """One p-value of many: the worst of them (Bonferroni) and all together (Fisher), doubled."""
    floored = np.maximum(pvalues, 1e-300)
    worst = min(1.0, len(floored) * float(floored.min()))
    together = float(stats.chi2.sf(-2.0 * np.log(floored).sum(), 2 * len(floored)))
    return min(1.0, 2.0 * min(worst, together))


def drawn(exact: Mapping[int, float], shots: int, rng: np.random.Generator) -> dict[str, int]:
    """Counts from a distribution."""
    keys, probabilities = list(exact), np.array(list(exact.values()))
    counts = rng.multinomial(shots, probabilities / probabilities.sum())
    return {hex(key): int(count) for key, count in zip(keys, counts, strict=True) if count}
