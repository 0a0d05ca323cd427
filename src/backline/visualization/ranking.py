"""Which outcomes of some results to show, and how far two results lie apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from backline.errors import OptionValueError

IDEAL = "ideal"
OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Ranking:
    """Some results side by side, as shares of their own totals.

    Attributes:
        outcomes: The outcomes shown, in the order to show them.
        shares: For each result its share of every outcome, 0 to 1, in the order of `outcomes`.
        left_out: How many different outcomes are summed under "others"; 0 where all are shown.
        others: For each result the share of those.
        totals: For each result the sum of its counts.
    """

    outcomes: tuple[str, ...]
    shares: Mapping[str, tuple[float, ...]]
    left_out: int
    others: Mapping[str, float]
    totals: Mapping[str, float]


def rank(
    results: Mapping[str, Mapping[str, float]],
    *,
    top: int = 16,
    order: Literal["outcome", "share"] = "outcome",
) -> Ranking:
    """Choose the outcomes to show, the most frequent ones of any result first.

    Args:
        results: Counts or probabilities by label; each by outcome ("011").
        top: How many outcomes to keep, at least 1; what is left out is summed.
        order: Show them as sorted text ("outcome"), or the most frequent first ("share").

    Raises:
        OptionValueError: If `top` is below 1, nothing was given, or a count is negative.

    Example:
        >>> ranking = rank({"a": {"00": 6, "11": 3, "01": 1}}, top=2)
        >>> ranking.outcomes, ranking.shares["a"], ranking.others["a"]
        (('00', '11'), (0.6, 0.3), 0.1)
    """
    if top < 1:
        raise OptionValueError(f"top must be at least 1, got {top}")
    if not results:
        raise OptionValueError("there are no results to show: give at least one, by its label")
    totals = {label: _total(label, counts) for label, counts in results.items()}
    shares = {
        label: {outcome: count / totals[label] for outcome, count in counts.items() if count > 0}
        for label, counts in results.items()
    }
    seen = sorted(set().union(*shares.values()), key=lambda text: (len(text), text))
    largest = {name: max(share.get(name, 0.0) for share in shares.values()) for name in seen}
    by_share = sorted(seen, key=lambda name: -largest[name])  # stable: equal ones stay sorted
    kept = by_share[:top]
    if order == "outcome":
        chosen = set(kept)
        kept = [name for name in seen if name in chosen]
    rest = by_share[top:]
    return Ranking(
        outcomes=tuple(kept),
        shares={label: tuple(s.get(name, 0.0) for name in kept) for label, s in shares.items()},
        left_out=len(rest),
        others={label: sum(s.get(name, 0.0) for name in rest) for label, s in shares.items()},
        totals=totals,
    )


def with_ideal(
    results: Mapping[str, Mapping[str, float]], ideal: Mapping[str, float] | None
) -> dict[str, Mapping[str, float]]:
    """The results, and what should have come out under the label "ideal", first.

    Raises:
        OptionValueError: If a result has that label already.
    """
    if ideal is None:
        return dict(results)
    if IDEAL in results:
        raise OptionValueError(f"a result is labelled {IDEAL!r} too: give it another label")
    return {IDEAL: ideal, **results}


def total_variation(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    """Half the sum of the differences of two distributions' probabilities, 0 to 1.

    Args:
        first: Counts or probabilities by outcome.
        second: The same, of another result.

    Raises:
        OptionValueError: If one of them is empty or has a negative count.

    Example:
        >>> total_variation({"00": 50, "11": 50}, {"00": 0.5, "11": 0.25, "01": 0.25})
        0.25
    """
    total_1, total_2 = _total("the first result", first), _total("the second result", second)
    outcomes = first.keys() | second.keys()
    return 0.5 * sum(
        abs(first.get(name, 0) / total_1 - second.get(name, 0) / total_2) for name in outcomes
    )


def _total(label: str, counts: Mapping[str, float]) -> float:
    if not all(count >= 0 for count in counts.values()):  # written so that NaN fails too
        raise OptionValueError(f"{label!r} has a negative count; counts are 0 or more")
    total = sum(counts.values())
    if not total > 0:
        raise OptionValueError(f"{label!r} has no counts: was the circuit measured?")
    return total
