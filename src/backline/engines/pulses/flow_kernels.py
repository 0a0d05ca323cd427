"""Compiled flows of one site; imported where they are needed."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from backline.engines.pulses.carriers import TINY
from backline.engines.pulses.undriven import Complex, Real
from backline.engines.pulses.vectors import OPTIONS, address_of, weigh

_NUMBER = 8  # bytes


@njit(**OPTIONS)  # type: ignore[untyped-decorator]
def local_flows(  # type: ignore[no-untyped-def]
    found: Complex,
    segments: np.typing.NDArray[np.int64],
    edges: Real,
    first: int,
    origin: int,
    period: int,
    groups: np.typing.NDArray[np.int64],
    sizes: Real,
    phases: Real,
    counts: np.typing.NDArray[np.int64],
    nodes: Real,
    factors: Real,
    carriers: Real,
    tables: Real,
    turn: Complex,
):
    """Flows of one site between the marks of each period.

    Args:
        found: Array (periods, intervals, d, d), written to.
        segments: int64 array (segments, 3): interval, sample of the period, row of `tables`; in
            order of time.
        edges: Array (segments, 2): where each begins and ends, in samples since the period's
            start.
        first: The first period's first sample, as an index.
        origin: The sample of index 0.
        period: In samples.
        groups: int64 array (samples,): which carrier sounds.
        sizes: Array (samples,): of the drive.
        phases: Array (samples,): of the drive.
        counts: int64 array (carriers,): how many nodes there are.
        nodes: Array (carriers, most nodes): their sizes.
        factors: Array (carriers, most nodes): those of the barycentric formula.
        carriers: Array (carriers,): against the common frame, in rad per sample.
        tables: Array (carriers, rows, most nodes, 2 d² and what whole vectors have more): flows at
            the nodes, real and imaginary parts in turns.
        turn: Array (d,): states times the conjugate of it are what the flows act on.
    """
    size = found.shape[-1]
    _, rows, most, width = tables.shape
    numbers, weights = np.empty(width), np.empty(most)
    part = numbers.view(np.complex128)
    enter, leave = np.empty(size, dtype=np.complex128), np.empty(size, dtype=np.complex128)
    column = np.empty(size, dtype=np.complex128)
    turned = np.empty((len(carriers), len(segments), 2), dtype=np.complex128)
    for g in range(len(carriers)):
        for s in range(len(segments)):
            turned[g, s, 0], turned[g, s, 1] = (
                _turned(carriers[g] * edges[s, 0]), _turned(carriers[g] * edges[s, 1])
            )  # fmt: skip
    begun = complex(1.0, 0.0)
    for k in range(len(found)):
        begin = first + k * period
        last_interval = last_sample = -1
        for s in range(len(segments)):
            interval, place, row = segments[s, 0], segments[s, 1], segments[s, 2]
            sample = begin + place
            g = groups[sample]
            if sample != last_sample:
                _weigh_nodes(weights, sizes[sample], nodes[g], factors[g], counts[g])
                begun = _turned(phases[sample] + carriers[g] * (origin + begin))
                last_sample = sample
            weigh(
                address_of(weights), counts[g],
                address_of(tables) + (g * rows + row) * most * width * _NUMBER, width,
                address_of(numbers),
            )  # fmt: skip
            into, out = begun * turned[g, s, 0], (begun * turned[g, s, 1]).conjugate()
            once = back = complex(1.0, 0.0)
            for i in range(size):  # each level turns once more than the one below
                enter[i], leave[i] = once * turn[i], back * turn[i].conjugate()
                once, back = once * into, back * out
            if interval != last_interval:
                for i in range(size):
                    for j in range(size):
                        found[k, interval, i, j] = leave[i] * part[i * size + j] * enter[j]
            else:  # the interval goes on in the next sample
                for j in range(size):
                    for i in range(size):
                        column[i] = 0
                        for m in range(size):
                            column[i] += part[i * size + m] * (enter[m] * found[k, interval, m, j])
                    for i in range(size):
                        found[k, interval, i, j] = leave[i] * column[i]
            last_interval = interval


@njit(**OPTIONS, forceinline=True)
def _turned(angle):  # type: ignore[no-untyped-def]
    return complex(math.cos(angle), math.sin(angle))


@njit(**OPTIONS, forceinline=True)
def _weigh_nodes(weights, size, nodes, factors, count):  # type: ignore[no-untyped-def]
    """Weights of nodes at one size, by the barycentric formula."""
    total = 0.0
    for node in range(count):
        weights[node] = factors[node] / (size - nodes[node] + TINY)
        total += weights[node]
    for node in range(count):
        weights[node] /= total
