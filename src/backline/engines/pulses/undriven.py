"""The undriven Hamiltonian: local energies, exchange, and the dressed basis.

The engine counts time in samples, so every angular frequency here is in rad per sample. All sites
are seen from one frame that rotates at `reference`; the total number of excitations is conserved
without drives, so that this frame changes neither eigenvectors nor the exchange.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses.labels import labelled
from backline.engines.pulses.model import PulseModel

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True, kw_only=True, eq=False)
class Undriven:
    """H without drives, and its eigenstates.

    Product states are numbered with site 0 as the slowest index: (n_0, n_1, …) is row
    ``numpy.ravel_multi_index((n_0, n_1, …), dims)``. Dressed states carry the same numbers.

    Attributes:
        dt: Length of a sample, in s.
        reference: Frequency of the common frame, in Hz.
        dims: Levels of each site.
        numbers: int64 array (sites, D), excitations of each site in each product state.
        local: One array (levels,) a site: its energies in the common frame.
        exchange: Array (D, D), all couplings together.
        energies: Array (D,), eigenvalues in the common frame, in dressed order.
        vectors: Array (D, D), dressed states as columns over product states.
    """

    dt: float
    reference: float
    dims: tuple[int, ...]
    numbers: NDArray[np.int64]
    local: tuple[Real, ...]
    exchange: Real
    energies: Real
    vectors: Real

    @property
    def dimension(self) -> int:
        """D, the number of product states."""
        return len(self.energies)

    @property
    def transitions(self) -> Real:
        """Dressed 0-1 transition of each site in the common frame, shape (sites,)."""
        ground = self.energies[0]
        strides = [int(np.prod(self.dims[k + 1 :])) for k in range(len(self.dims))]
        return np.array([self.energies[stride] - ground for stride in strides])

    def frame(self, time: float) -> Complex:
        """Phases that turn dressed amplitudes into the qubits' own frames.

        Args:
            time: In samples since the start.

        Returns:
            Array (D,): multiply dressed amplitudes of the common frame by it.
        """
        return np.exp(1j * time * (self.transitions @ self.numbers))


def undriven(model: PulseModel, dt: float) -> Undriven:
    """Build and diagonalise the Hamiltonian without drives.

    Eigenstates are found for each total number of excitations alone, where they cannot mix by
    accident, and labelled by the assignment to product states with the largest total overlap.
    The overlap with its own label is positive in each.

    Args:
        model: The sites and couplings.
        dt: Length of a sample, in s.
    """
    dims = tuple(site.levels for site in model.sites)
    reference = float(np.mean([site.frequency for site in model.sites]))
    numbers = np.indices(dims).reshape(len(dims), -1).astype(np.int64)
    scale = 2 * np.pi * dt
    local = tuple(
        scale
        * (
            (site.frequency - reference) * np.arange(site.levels)
            + site.anharmonicity / 2 * np.arange(site.levels) * (np.arange(site.levels) - 1)
        )
        for site in model.sites
    )
    exchange = np.zeros((numbers.shape[1],) * 2)
    for item in model.exchanges:
        a, b = (embed(dims, site, lowering(dims[site])) for site in item.sites)
        exchange += scale * item.strength * (a.T @ b + b.T @ a)
    bare = sum(energy[number] for energy, number in zip(local, numbers, strict=True))
    energies, vectors = _dress(np.diag(bare) + exchange, numbers.sum(axis=0))
    return Undriven(
        dt=dt,
        reference=reference,
        dims=dims,
        numbers=numbers,
        local=local,
        exchange=exchange,
        energies=energies,
        vectors=vectors,
    )


def lowering(levels: int) -> Real:
    """The operator a of one site, array (levels, levels)."""
    return np.diag(np.sqrt(np.arange(1.0, levels)), 1)


def embed(dims: tuple[int, ...], site: int, operator: Real) -> Real:
    """One site's operator, array (levels, levels), on product states, array (D, D)."""
    factors = [operator if k == site else np.eye(levels) for k, levels in enumerate(dims)]
    product = np.eye(1)
    for factor in factors:
        product = np.kron(product, factor).astype(np.float64)
    return product


def unitary(matrices: Complex) -> Complex:
    """The nearest unitary matrices to some that are unitary but for rounding (a Newton step).

    Rounding in a matrix that is applied thousands of times would add up.
    """
    squares = matrices.conj().swapaxes(-1, -2) @ matrices
    return matrices @ (1.5 * np.eye(matrices.shape[-1]) - 0.5 * squares)


def _dress(hamiltonian: Real, total: NDArray[np.int64]) -> tuple[Real, Real]:
    energies = np.zeros(len(total))
    vectors = np.zeros_like(hamiltonian)
    for number in np.unique(total):
        block = np.flatnonzero(total == number)
        values, columns = np.linalg.eigh(hamiltonian[np.ix_(block, block)])
        order = labelled(np.abs(columns))
        columns = columns[:, order]
        signs = np.where(np.diagonal(columns) < 0, -1.0, 1.0)
        energies[block] = values[order]
        vectors[np.ix_(block, block)] = columns * signs
    return energies, vectors
