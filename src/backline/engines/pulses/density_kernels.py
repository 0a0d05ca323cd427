"""Compiled loops over density matrices; imported where they are needed."""

from __future__ import annotations

import numpy as np
from numba import njit

from backline.engines.pulses.vectors import OPTIONS, address_of, multiply


@njit(**OPTIONS)
def evolve_densities(states, flows, entries, columns, bounds, width):  # type: ignore[no-untyped-def]
    """Take density matrices through flows, with a channel between each two, in place.

    They are Hermitian, so that half of them is calculated.

    Args:
        states: complex128 array (m, D, D).
        flows: complex128 array (intervals, D, D).
        entries: Of the channel on the elements of a density matrix, as a sparse matrix (CSR).
        columns: Likewise: where they stand.
        bounds: Likewise: where each row begins.
        width: D or a few more, in whole vectors.
    """
    size = states.shape[1]
    factors, reached, left, shares = _upper(entries, columns, bounds, size, width)
    flow, back = np.zeros((2, width, width)), np.zeros((2, width, width))
    between, relaxed = np.zeros((2, width, width)), np.zeros((2, width, width))
    every = np.zeros((len(states), 2, width, width))
    for m in range(len(states)):
        for i in range(size):
            for j in range(size):
                every[m, 0, i, j], every[m, 1, i, j] = states[m, i, j].real, states[m, i, j].imag
    for k in range(len(flows)):
        for i in range(size):
            for j in range(size):
                number = flows[k, i, j]
                flow[0, i, j] = back[0, j, i] = number.real
                flow[1, i, j] = number.imag
                back[1, j, i] = -number.imag
        for m in range(len(states)):
            state = every[m]
            if k:
                _relax(state, relaxed, factors, reached, left, shares)
                _mirror(relaxed)
            else:
                relaxed[:] = state
            multiply(address_of(flow), address_of(relaxed), address_of(between), width, size, 1)
            multiply(address_of(between), address_of(back), address_of(state), width, size, 0)
    for m in range(len(states)):
        _mirror(every[m])
        for i in range(size):
            for j in range(size):
                states[m, i, j] = complex(every[m, 0, i, j], every[m, 1, i, j])


@njit(**OPTIONS)
def _upper(entries, columns, bounds, size, width):  # type: ignore[no-untyped-def]
    """A channel on the elements above the diagonal and on it, of matrices of whole vectors.

    Returns:
        Array (width²,) of what is left of each element, and arrays (others,): which element
        something comes to, which one from, and how much of it.
    """
    factors, shares = np.zeros(width * width), np.empty(len(columns))
    reached, left = np.empty(len(columns), np.int64), np.empty(len(columns), np.int64)
    count = 0
    for i in range(size):
        for j in range(i, size):
            row, place = i * size + j, i * width + j
            for k in range(bounds[row], bounds[row + 1]):
                if columns[k] == row:
                    factors[place] = entries[k]
                else:
                    reached[count], shares[count] = place, entries[k]
                    left[count] = columns[k] // size * width + columns[k] % size
                    count += 1
    return factors, reached[:count], left[:count], shares[:count]


@njit(**OPTIONS, forceinline=True)
def _relax(state, relaxed, factors, reached, left, shares):  # type: ignore[no-untyped-def]
    """Apply the channel of `_upper`."""
    for plane in range(2):
        before, after = state[plane].reshape(-1), relaxed[plane].reshape(-1)
        for k in range(len(factors)):
            after[k] = factors[k] * before[k]
        for k in range(len(reached)):
            after[reached[k]] += shares[k] * before[left[k]]


@njit(**OPTIONS, forceinline=True)
def _mirror(state):  # type: ignore[no-untyped-def]
    """Fill in what is below the diagonal of a Hermitian matrix."""
    for i in range(state.shape[1]):
        state[1, i, i] = 0.0
        for j in range(i):
            state[0, i, j], state[1, i, j] = state[0, j, i], -state[1, j, i]
