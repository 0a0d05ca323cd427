"""What a drive acts on: one site, or a whole small system."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backline.engines.pulses.undriven import Complex, Real, Undriven, lowering


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """What a drive acts on: H = A + (c L + h.c.), with c the drive.

    Attributes:
        hamiltonian: A, array (d, d), in rad per sample; diagonal but for whole systems.
        down: L, array (d, d); it takes one excitation away.
        numbers: Array (d,): excitations of each state. A keeps them.
    """

    hamiltonian: Real | Complex
    down: Real | Complex
    numbers: Real

    @classmethod
    def of_site(cls, energies: Real) -> System:
        """One site by itself, from its energies (levels,), in rad per sample."""
        levels = len(energies)
        return cls(np.diag(energies), lowering(levels), np.arange(float(levels)))

    @classmethod
    def whole(cls, undriven: Undriven, down: Complex) -> System:
        """All sites together; their couplings keep the number of excitations."""
        hamiltonian = undriven.exchange + np.diag(undriven.bare)
        return cls(hamiltonian, down, undriven.numbers.sum(axis=0).astype(float))

    def turning(self, carrier: float) -> Real | Complex:
        """A in the frame of a carrier, in rad per sample; array (d, d)."""
        return self.hamiltonian - np.diag(carrier * self.numbers)


@lru_cache(maxsize=8)
def site_systems(undriven: Undriven) -> tuple[System, ...]:
    """Each site by itself."""
    return tuple(System.of_site(energies) for energies in undriven.local)
