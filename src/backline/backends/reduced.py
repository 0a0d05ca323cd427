"""Parts of states, and how close states are to each other."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from backline.backends.state_forms import Complex, per_qubit


def reduced(states: Complex, levels: tuple[int, ...], place: int) -> Complex:
    """The density matrices of one qubit alone.

    Args:
        states: Amplitudes (T, D) or density matrices (T, D, D), numbered as in Qiskit.
        levels: The levels of each qubit.
        place: Which qubit.

    Returns:
        Array (T, levels of the qubit, levels of the qubit).
    """
    times, own, count = len(states), levels[place], len(levels)
    rest = math.prod(levels) // own
    if states.ndim == 2:
        tensor = np.moveaxis(per_qubit(states, levels, 1), 1 + place, 1)
        amplitudes = tensor.reshape(times, own, rest)
        product: Complex = amplitudes @ amplitudes.conj().swapaxes(1, 2)
        return product
    tensor = np.moveaxis(per_qubit(states, levels, 2), (1 + place, 1 + count + place), (1, 2))
    # The qubit's two axes, then the rows of the others, then their columns.
    matrices = tensor.reshape(times, own, own, rest, rest)
    traced: Complex = np.einsum("tabkk->tab", matrices)
    return traced


def overlaps(states: Complex, wanted: Complex) -> NDArray[np.float64]:
    """The fidelity of each state with another one.

    Args:
        states: Amplitudes (T, D) or density matrices (T, D, D).
        wanted: Amplitudes (D,) or a density matrix (D, D).

    Returns:
        Array (T,): <ψ|ρ|ψ>, or Uhlmann's (tr √(√σ ρ √σ))² of two density matrices.
    """
    if wanted.ndim == 1:
        ahead = states @ wanted.conj() if states.ndim == 2 else states @ wanted
        if states.ndim == 2:
            return np.asarray(np.abs(ahead) ** 2)
        return np.asarray((ahead @ wanted.conj()).real)
    if states.ndim == 2:
        return np.einsum("ti,ij,tj->t", states.conj(), wanted, states).real
    values, vectors = np.linalg.eigh(wanted)
    root = (vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.conj().T
    spectra = np.clip(np.linalg.eigvalsh(root @ states @ root), 0.0, None)
    return np.asarray(np.sqrt(spectra).sum(axis=1) ** 2)
