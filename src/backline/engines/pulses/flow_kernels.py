"""Compiled flows of one site; imported where they are needed."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from backline.engines.pulses.undriven import Complex, Real
from backline.engines.pulses.vectors import address_of, weigh

_OPTIONS = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract", "nsz"},
}
_NUMBER = 8  # bytes


@njit(**_OPTIONS)  # type: ignore[untyped-decorator]
def local_flows(  # type: ignore[no-untyped-def]
    found: Complex,
    segments: np.typing.NDArray[np.int64],
    edges: Real,
    first: int,
    origin: int,
    period: int,
    groups: np.typing.NDArray[np.int64],
    weights: Real,
    tables: Real,
    carriers: Real,
    phases: Real,
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
        weights: Array (samples, nodes): of the flows at each node.
        tables: Array (carriers, rows, nodes, 2 d² and what whole vectors have more): flows at the
            nodes, real and imaginary parts in turns.
        carriers: Array (samples,): of the carrier against the common frame, in rad per sample.
        phases: Array (samples,): of the drive.
        turn: Array (d,): states times the conjugate of it are what the flows act on.
    """
    size = found.shape[-1]
    _, rows, nodes, width = tables.shape
    numbers = np.empty(width)
    part = numbers.view(np.complex128)
    enter, leave = np.empty(size, dtype=np.complex128), np.empty(size, dtype=np.complex128)
    column = np.empty(size, dtype=np.complex128)
    angle, turned = 0.0, complex(1.0, 0.0)
    for k in range(len(found)):
        begin = first + k * period
        last = -1
        for s in range(len(segments)):
            interval, place, row = segments[s]
            sample = begin + place
            weigh(
                address_of(weights) + sample * nodes * _NUMBER, nodes,
                address_of(tables) + (groups[sample] * rows + row) * nodes * width * _NUMBER, width,
                address_of(numbers),
            )  # fmt: skip
            start = phases[sample] + carriers[sample] * (origin + begin + edges[s, 0])
            stop = phases[sample] + carriers[sample] * (origin + begin + edges[s, 1])
            # Most intervals begin in the frame in which the one before ended.
            into = turned if start == angle else complex(math.cos(start), math.sin(start))
            angle, turned = stop, complex(math.cos(stop), math.sin(stop))
            out = turned.conjugate()
            once = back = complex(1.0, 0.0)
            for i in range(size):  # each level turns once more than the one below
                enter[i], leave[i] = once * turn[i], back * turn[i].conjugate()
                once, back = once * into, back * out
            flow = found[k, interval]
            if interval != last:
                for i in range(size):
                    for j in range(size):
                        flow[i, j] = leave[i] * part[i * size + j] * enter[j]
            else:  # the interval goes on in the next sample
                for j in range(size):
                    for i in range(size):
                        column[i] = 0
                        for m in range(size):
                            column[i] += part[i * size + m] * (enter[m] * flow[m, j])
                    for i in range(size):
                        flow[i, j] = leave[i] * column[i]
            last = interval
