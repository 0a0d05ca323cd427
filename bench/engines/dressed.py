"""Dressed states: what Backline answers in, made here once more to judge its answers."""

from __future__ import annotations

import numpy as np
from problem import LEVELS, Complex, Problem, Real, couplings, energies, lowering, numbers
from scipy.optimize import linear_sum_assignment


def from_dressed(problem: Problem, answer: Complex) -> Complex:
    """From dressed states in the qubits' own frames to product states in the common frame.

    A dressed state has the label of the product state that it overlaps with most (all labels
    together), with a positive overlap.

    Args:
        problem: The transmons.
        answer: A state (D,), density matrix (D, D) or propagator (D, D).
    """
    levels, vectors = dressed(problem)
    counts = numbers(problem)
    strides = [LEVELS ** (len(problem.dims) - 1 - site) for site in range(len(problem.dims))]
    transitions = np.array([levels[stride] - levels[0] for stride in strides])
    back = np.exp(-1j * problem.duration * (transitions @ counts))
    if answer.ndim == 1:
        return vectors @ (back * answer)
    if problem.open:
        return vectors @ (answer * np.outer(back, back.conj())) @ vectors.T
    return vectors @ (back[:, None] * answer) @ vectors.T


def dressed(problem: Problem) -> tuple[Real, Real]:
    """(energies in the common frame in rad per sample, states as columns), by label."""
    counts = numbers(problem)
    total = counts.sum(axis=0)
    hamiltonian = np.diag(
        sum(e[n] for e, n in zip(energies(problem, problem.common), counts, strict=True))
    )
    for one, other, strength, _ in couplings(problem, problem.common):
        hop = _on(problem, one, lowering().T) @ _on(problem, other, lowering())
        hamiltonian += strength * (hop + hop.T)
    levels, vectors = np.zeros(problem.size), np.zeros_like(hamiltonian)
    for number in range(total.max() + 1):
        block = np.flatnonzero(total == number)
        values, columns = np.linalg.eigh(hamiltonian[np.ix_(block, block)])
        _, order = linear_sum_assignment(-np.abs(columns))
        columns = columns[:, order]
        levels[block] = values[order]
        vectors[np.ix_(block, block)] = columns * np.sign(np.diag(columns))
    return levels, vectors


def _on(problem: Problem, site: int, operator: Real) -> Real:
    left = np.eye(LEVELS**site)
    return np.kron(np.kron(left, operator), np.eye(LEVELS ** (len(problem.dims) - site - 1)))
