"""The splitting of driven stretches: exact local flows, with the couplings as kicks between them.

It is ABA864 of Blanes, Casas, Farrés, Laskar, Makazaga and Murua, "New families of symplectic
splitting methods for numerical integration in dynamical astronomy", Appl. Numer. Math. 68 (2013):
generalised order (8, 6, 4) for H = A + ε B. A are the sites with their drives and their explicit
time, B are the couplings. Kick times need not lie on the grid of samples.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backline.engines.pulses.undriven import Real

_A = (
    0.0711334264982231177779387300061549964174,
    0.241153427956640098736487795326289649618,
    0.521411761772814789212136078067994229991,
    -0.333698616227678005726562603400438876027,
)
_B = (
    0.183083687472197221961703757166430291072,
    0.310782859898574869507522291054262796375,
    -0.0265646185119588006972121379164987592663,
    0.0653961422823734184559721793911134363710,
)
KICK_TIMES = np.cumsum(np.array([*_A, *_A[:0:-1]]))
"""When the seven kicks of a step come, in steps; shape (7,)."""

KICK_WEIGHTS = np.array([*_B, *_B[2::-1]])
"""How much of a step's coupling each kick holds; they sum to 1; shape (7,)."""

_P = 1 / (4 - 4 ** (1 / 3))
_FINE = np.array([_P, _P, 1 - 4 * _P, _P, _P])  # of order 4 from one of order 2 (Suzuki 1990)

_CLOSE = 1e-9
_LONGEST_PERIOD = 4


@dataclass(frozen=True, slots=True)
class Step:
    """How finely a program is split.

    Attributes:
        size: The longest step, in samples.
        fine: Whether each kick is composed of five, so that kicks of pairs that share a site are
            of order 4 and not 2.
    """

    size: float
    fine: bool = False

    @property
    def half(self) -> Step:
        """Half as long."""
        return Step(self.size / 2, self.fine)


LONGEST = Step(4.0)
"""The longest step that is ever taken."""


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """Kicks that come at the same places in every period of some whole number of samples.

    Attributes:
        period: In samples.
        begin: Where a period's evolution begins, in samples since the period's first sample.
        end: Where it ends, at most `period`.
        times: Array (kicks,), in samples since the period's first sample.
        weights: Array (kicks,): samples' worth of coupling in each kick.
    """

    period: int
    begin: float
    end: float
    times: Real
    weights: Real

    @property
    def is_whole(self) -> bool:
        """Whether its periods are whole samples without kicks, one after another."""
        return not len(self.times) and (self.begin, self.end) == (0.0, float(self.period))

    @property
    def marks(self) -> Real:
        """Where local flows end: the beginning, each kick, the end; shape (kicks + 2,)."""
        return np.concatenate([[self.begin], self.times, [self.end]])


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """A pattern that is repeated.

    Attributes:
        start: First sample of the first period.
        count: How many periods.
        pattern: Of each.
    """

    start: int
    count: int
    pattern: Pattern


@lru_cache(maxsize=256)
def pattern(period: int, begin: float, end: float, step: Step | None) -> Pattern:
    """Equal steps from one place in a period to another.

    Args:
        period: In samples.
        begin: In samples since the period's first sample.
        end: Likewise.
        step: How finely; None where nothing is coupled and no kick is needed.
    """
    if step is None:
        return Pattern(period, begin, end, np.zeros(0), np.zeros(0))
    steps = max(1, math.ceil((end - begin) / step.size - _CLOSE))
    size = (end - begin) / steps
    times = begin + size * (np.arange(steps)[:, None] + KICK_TIMES)
    times, weights = times.reshape(-1), np.tile(size * KICK_WEIGHTS, steps)
    if step.fine:
        times, weights = times.repeat(len(_FINE)), np.multiply.outer(weights, _FINE).reshape(-1)
    return Pattern(period, begin, end, times, weights)


def stretches(start: float, stop: float, step: Step | None, least: int = 1) -> list[Stretch]:
    """Patterns that take a program from one time to another.

    Whole samples go by in periods of one step, or of one sample where steps are shorter. What is
    left of them, and parts of samples at either end, take periods of their own.

    Args:
        start: In samples.
        stop: Likewise, not before `start`.
        step: As in `pattern`.
        least: Periods are repeated until they have about so many samples.
    """
    first, last = math.ceil(start - _CLOSE), math.floor(stop + _CLOSE)
    if last < first:  # within one sample
        return [Stretch(last, 1, pattern(1, start - last, stop - last, step))]
    found = []
    if first - start > _CLOSE:
        found.append(Stretch(first - 1, 1, pattern(1, start - first + 1, 1.0, step)))
    period = 1 if step is None else _period(step.size)
    period *= max(1, least // period)
    count, rest = divmod(last - first, period)
    if count:
        found.append(Stretch(first, count, pattern(period, 0.0, period, step)))
    if rest:
        found.append(Stretch(last - rest, 1, pattern(rest, 0.0, rest, step)))
    if stop - last > _CLOSE:
        found.append(Stretch(last, 1, pattern(1, 0.0, stop - last, step)))
    return found


def _period(step: float) -> int:
    """The least whole number of samples that whole steps fill, as far as it is small."""
    for period in range(1, _LONGEST_PERIOD + 1):
        steps = period / step
        if round(steps) >= 1 and abs(steps - round(steps)) < _CLOSE:
            return period
    return 1
