"""Outcomes that are counted, where all shots share one state and are read at once.

The chances of all outcomes are known then, and no shot needs to be drawn by itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses.readout.signals import Signal

Real = NDArray[np.float64]

_MOST = 1 << 12  # outcomes whose chances are calculated


def countable(signals: Sequence[Signal], levels: Sequence[int], highest: int) -> bool:
    """Whether the chances of all outcomes can be calculated.

    They can where each acquisition has a memory slot of its own, none is classified by its point,
    and there are not too many outcomes.

    Args:
        signals: The acquisitions.
        levels: How many levels each may find.
        highest: Higher outcomes count as this one.
    """
    slots = {signal.acquisition.slot for signal in signals}
    sizes = (_outcomes(number, highest) for number in levels)
    return (
        len(slots) == len(signals)
        and not any(signal.acquisition.classified for signal in signals)
        and math.prod(sizes) <= _MOST
    )


def count_outcomes(
    signals: Sequence[Signal],
    slots: int,
    populations: Real,
    shots: int,
    random: np.random.Generator,
    *,
    highest: int,
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Which outcomes come, and how often each.

    Args:
        signals: The acquisitions; they are `countable`.
        slots: Number of memory slots.
        populations: Of their levels together, one axis an acquisition; they sum to 1.
        shots: How many.
        random: Source of chance.
        highest: Higher outcomes count as this one.

    Returns:
        Array (rows, slots) of different outcomes, 0 in slots that nothing is written to, and
        array (rows,), which sums to `shots`.
    """
    chances = populations
    for signal, levels in zip(signals, populations.shape, strict=True):
        up, down = (signal.site.p1_given_0, signal.site.p0_given_1) if signal.noisy else (0.0, 0.0)
        # The first axis is read, and goes behind all others: in the end they are in order again.
        chances = (_confusion(up, down, levels, highest) @ chances.reshape(levels, -1)).T
    repeats = random.multinomial(shots, chances.reshape(-1))
    (came,) = repeats.nonzero()
    rows = np.zeros((len(came), slots), np.uint8)
    places = np.unravel_index(came, [_outcomes(levels, highest) for levels in populations.shape])
    for signal, outcomes in zip(signals, places, strict=True):
        rows[:, signal.acquisition.slot] = outcomes
    return rows, repeats[came]


def _outcomes(levels: int, highest: int) -> int:
    """Different outcomes of a qubit: at least two, because 0 may read as 1."""
    return max(2, min(levels - 1, highest) + 1)


@lru_cache(maxsize=1024)
def _confusion(up: float, down: float, levels: int, highest: int) -> Real:
    """Chances of each outcome of each level, array (outcomes, levels), as `read_outcomes`."""
    chances = np.zeros((_outcomes(levels, highest), levels))
    chances[:2, 0] = 1 - up, up
    for level in range(1, levels):
        chances[0, level] = down
        chances[min(level, highest), level] = 1 - down
    return chances
