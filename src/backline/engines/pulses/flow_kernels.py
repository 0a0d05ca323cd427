"""Compiled flows of one site; imported where they are needed."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from backline.engines.pulses.tiles import VECTOR
from backline.engines.pulses.undriven import Complex, Real
from backline.engines.pulses.vectors import OPTIONS, address_of, interpolate, multiply, weigh

Counts = np.typing.NDArray[np.int64]
Sounds = tuple[Counts, Complex, Real, Counts, Real, Real, Real]
"""What sounds on one site, and the nodes for it:

- int64 array (samples,): which carrier sounds;
- array (samples,): the drive, in the frame of the carrier;
- array (carriers,): the carriers against the common frame, in rad per sample;
- int64 array (carriers,): how many nodes there are;
- array (carriers,): 1 by the largest size that there are nodes for;
- array (carriers, most nodes): their sizes, in largest ones;
- array (carriers, most nodes): their factors of Lagrange's formula.
"""

_NUMBER = 8  # bytes


@njit(**OPTIONS)  # type: ignore[untyped-decorator]
def local_flows(  # type: ignore[no-untyped-def]
    found: Complex,
    segments: np.typing.NDArray[np.int64],
    edges: Real,
    first: int,
    origin: int,
    period: int,
    sounds: Sounds,
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
        sounds: What sounds, and the nodes.
        tables: Array (carriers, rows, most nodes, 2 d² and what whole vectors have more): flows at
            the nodes, real and imaginary parts in turns.
        turn: Array (d,): states times the conjugate of it are what the flows act on.
    """
    groups, drive, carriers, counts, scales, nodes, factors = sounds
    levels = found.shape[-1]
    _, rows, most, width = tables.shape
    numbers = np.empty(width)
    weights, places = np.zeros((most, VECTOR)), np.zeros(VECTOR)
    part = numbers.view(np.complex128)
    enter, leave = np.empty(levels, dtype=np.complex128), np.empty(levels, dtype=np.complex128)
    column = np.empty(levels, dtype=np.complex128)
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
                size, phase = _polar(drive[sample])
                places[0] = scales[g] * size
                interpolate(
                    address_of(places), _row(nodes, g), _row(factors, g), counts[g],
                    address_of(weights),
                )  # fmt: skip
                begun = phase * _turned(carriers[g] * (origin + begin))
                last_sample = sample
            weigh(
                address_of(weights), VECTOR, counts[g],
                address_of(tables) + (g * rows + row) * most * width * _NUMBER, width,
                address_of(numbers),
            )  # fmt: skip
            into, out = begun * turned[g, s, 0], (begun * turned[g, s, 1]).conjugate()
            once = back = complex(1.0, 0.0)
            for i in range(levels):  # each level turns once more than the one below
                enter[i], leave[i] = once * turn[i], back * turn[i].conjugate()
                once, back = once * into, back * out
            if interval != last_interval:
                for i in range(levels):
                    for j in range(levels):
                        found[k, interval, i, j] = leave[i] * part[i * levels + j] * enter[j]
            else:  # the interval goes on in the next sample
                for j in range(levels):
                    for i in range(levels):
                        column[i] = 0
                        for m in range(levels):
                            entered = enter[m] * found[k, interval, m, j]
                            column[i] += part[i * levels + m] * entered
                    for i in range(levels):
                        found[k, interval, i, j] = leave[i] * column[i]
            last_interval = interval


@njit(**OPTIONS)  # type: ignore[untyped-decorator]
def whole_flows(  # type: ignore[no-untyped-def]
    found: Complex,
    first: int,
    time: int,
    apart: int,
    period: int,
    sounds: Sounds,
    tables: Real,
):
    """Flows of one site through whole periods.

    Args:
        found: Array (periods, d, d), written to.
        first: As of `local_flows`, like all that follow but `tables`.
        time: When the first period begins, in samples.
        apart: From there to the time of the next.
        period: Likewise.
        sounds: Likewise.
        tables: Array (carriers, most nodes, 2, width, width): both planes of the flows through a
            sample at the nodes, in whole vectors.
    """
    groups, drive, carriers, counts, scales, nodes, factors = sounds
    levels, width = found.shape[-1], tables.shape[-1]
    most = tables.shape[1]
    weights, places = np.zeros((most, VECTOR)), np.zeros(VECTOR)
    phases = np.empty(VECTOR, dtype=np.complex128)
    flow = np.zeros((2, width, width))
    before, after = np.zeros_like(flow), np.zeros_like(flow)
    number = 2 * width * width
    for k in range(len(found)):
        begin = known = first + k * period
        origin = time + k * apart - begin  # of index 0
        before[:] = 0.0
        for i in range(levels):
            before[0, i, i] = 1.0
        g = groups[begin]
        last = complex(1.0, 0.0)
        for sample in range(begin, begin + period):
            turn = last.conjugate()
            if groups[sample] != g:
                turning = carriers[groups[sample]] - carriers[g]
                turn *= _turned(turning * (origin + sample))
                g, known = groups[sample], sample
            if sample >= known:  # phases and weights of some samples at once
                ahead, known = sample, min(sample + VECTOR, begin + period)
                for lane in range(known - ahead):
                    size, phases[lane] = _polar(drive[ahead + lane])
                    places[lane] = scales[g] * size
                interpolate(
                    address_of(places), _row(nodes, g), _row(factors, g), counts[g],
                    address_of(weights),
                )  # fmt: skip
            last = phases[sample - ahead]
            turn *= last  # from one sample into the next
            weigh(
                address_of(weights) + (sample - ahead) * _NUMBER, VECTOR, counts[g],
                address_of(tables) + g * most * number * _NUMBER, number, address_of(flow),
            )  # fmt: skip
            _turn_columns(flow, turn, levels)
            multiply(address_of(flow), address_of(before), address_of(after), width, levels, 1)
            before, after = after, before
        enter = _turned(carriers[groups[begin]] * (origin + begin))
        leave = (last * _turned(carriers[g] * (origin + begin + period))).conjugate()
        row = complex(1.0, 0.0)
        for i in range(levels):
            column = row
            for j in range(levels):
                found[k, i, j] = column * complex(before[0, i, j], before[1, i, j])
                column *= enter
            row *= leave


@njit(**OPTIONS, forceinline=True)
def _turn_columns(planes, turn, size):  # type: ignore[no-untyped-def]
    """Turn each column once more than the one before."""
    factor = turn
    for j in range(1, size):
        for i in range(size):
            x, y = planes[0, i, j], planes[1, i, j]
            planes[0, i, j] = factor.real * x - factor.imag * y
            planes[1, i, j] = factor.real * y + factor.imag * x
        factor *= turn


@njit(**OPTIONS, forceinline=True)
def _polar(number):  # type: ignore[no-untyped-def]
    """Size and phase of a number, the latter as a number of size 1."""
    size = math.sqrt(number.real * number.real + number.imag * number.imag)
    if size == 0.0:
        return size, complex(1.0, 0.0)
    part = 1.0 / size
    return size, complex(number.real * part, number.imag * part)


@njit(**OPTIONS, forceinline=True)
def _turned(angle):  # type: ignore[no-untyped-def]
    return complex(math.cos(angle), math.sin(angle))


@njit(**OPTIONS, forceinline=True)
def _row(table, k):  # type: ignore[no-untyped-def]
    """Address of a row."""
    return address_of(table) + k * table.shape[1] * _NUMBER
