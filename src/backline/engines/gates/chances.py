"""Compiled sources of chance: one SplitMix64 stream for each group of shots.

Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014). A stream is one
number, an entry of an array, which every draw moves on.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from backline.engines.gates.blockwise import INNER

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 2.0**-53
_RARE = 0.05


@njit(**INNER)
def drawn(streams, place):  # type: ignore[no-untyped-def]
    """64 random bits, which may also be the beginning of a new stream."""
    streams[place] += _GAMMA
    bits = streams[place]
    bits = (bits ^ (bits >> _30)) * _FIRST
    bits = (bits ^ (bits >> _27)) * _SECOND
    return bits ^ (bits >> _31)


@njit(**INNER)
def uniform(streams, place):  # type: ignore[no-untyped-def]
    """A number in [0, 1)."""
    return (drawn(streams, place) >> _11) * _UNIT


@njit(**INNER)
def exponential(streams, place):  # type: ignore[no-untyped-def]
    """A number with mean 1."""
    return -math.log1p(-uniform(streams, place))


@njit(**INNER)
def binomial(streams, place, times, probability):  # type: ignore[no-untyped-def]
    """How often something happens; it is gone through one by one, or from one time to the next."""
    if probability > 0.5:
        return times - _seldom(streams, place, times, 1.0 - probability)
    return _seldom(streams, place, times, probability)


@njit(**INNER)
def _seldom(streams, place, times, probability):  # type: ignore[no-untyped-def]
    count = 0
    if probability <= 0.0:
        return count
    if probability > _RARE:
        for _ in range(times):
            count += uniform(streams, place) < probability
        return count
    rate = -math.log1p(-probability)
    passed = math.floor(exponential(streams, place) / rate) + 1.0
    while passed <= times:
        count += 1
        passed += math.floor(exponential(streams, place) / rate) + 1.0
    return count


@njit(**INNER)
def hits(streams, place, times, probability):  # type: ignore[no-untyped-def]
    """How often something happens, if it happens at least once.

    The first time is drawn from the geometric distribution, cut off at `times`; those after it are
    independent.
    """
    if times == 1:
        return 1
    spared = math.log1p(-probability)
    part = uniform(streams, place) * -math.expm1(times * spared)
    first = min(int(math.log1p(-part) / spared), times - 1)
    return 1 + binomial(streams, place, times - first - 1, probability)
