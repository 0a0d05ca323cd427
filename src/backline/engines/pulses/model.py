"""The Hamiltonian that pulses are played on, as plain numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backline.errors import EngineError


@dataclass(frozen=True, kw_only=True)
class Site:
    """One transmon of the simulation.

    Attributes:
        qubit: The device's qubit that it stands for.
        levels: Levels that are kept.
        frequency: Bare transition 0-1 of the Hamiltonian, in Hz.
        anharmonicity: f_12 - f_01, in Hz.
        energies: Bare energies of the levels, in Hz, the first 0, in place of those of a Duffing
            oscillator with `frequency` and `anharmonicity`; None for the latter.
        t1: In s, or None for no relaxation.
        t2: In s, or None for no dephasing beyond relaxation.
        p1_given_0: Readout: probability of 1 after 0.
        p0_given_1: Readout: probability of 0 after 1 (and after higher levels).
    """

    qubit: int
    levels: int
    frequency: float
    anharmonicity: float
    energies: tuple[float, ...] | None = None
    t1: float | None = None
    t2: float | None = None
    p1_given_0: float = 0.0
    p0_given_1: float = 0.0

    def __post_init__(self) -> None:
        if self.energies is None:
            return
        if len(self.energies) != self.levels:
            raise EngineError(
                f"qubit {self.qubit} has {self.levels} levels and {len(self.energies)} energies"
            )
        if not all(map(math.isfinite, self.energies)) or self.energies[0] != 0.0:
            raise EngineError(
                f"the energies of qubit {self.qubit} must be finite and begin with 0, "
                f"got {self.energies}"
            )

    def levels_above_ground(self) -> NDArray[np.float64]:
        """Bare energies, array (levels,), in Hz."""
        if self.energies is not None:
            return np.array(self.energies)
        level = np.arange(float(self.levels))
        return self.frequency * level + self.anharmonicity / 2 * level * (level - 1)


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """J (a† b + a b†) between two sites.

    Attributes:
        sites: Two positions in `PulseModel.sites`.
        strength: J, in Hz.
    """

    sites: tuple[int, int]
    strength: float


@dataclass(frozen=True, kw_only=True)
class ZZ:
    """ζ n_a n_b between two sites, with n the number of excitations.

    Attributes:
        sites: Two positions in `PulseModel.sites`.
        strength: ζ, in Hz.
    """

    sites: tuple[int, int]
    strength: float


@dataclass(frozen=True, kw_only=True)
class Coupling:
    """Any operator of two sites, taken as it is, also where it creates and destroys excitations.

    Attributes:
        sites: Two positions (a, b) in `PulseModel.sites`.
        operator: Rows of a Hermitian matrix over the product states `|n_a n_b>`, n_b running
            fastest, in Hz.
    """

    sites: tuple[int, int]
    operator: tuple[tuple[complex, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Drive:
    """How a channel acts: strength * Re[gain s(t) e^{...}] (a + a†) on one site.

    Attributes:
        channel: The channel's name, "d0" or "u3".
        site: A position in `PulseModel.sites`.
        strength: Rabi frequency at amplitude 1, in Hz.
        gain: Complex gain of the line.
    """

    channel: str
    site: int
    strength: float
    gain: complex = 1.0


@dataclass(frozen=True, kw_only=True)
class PulseModel:
    """Sites, couplings between them and the channels that drive them.

    Attributes:
        sites: What is simulated.
        exchanges: Exchange couplings between sites.
        drives: Channels that act on sites.
        resting: Qubits that are read and nothing drives: they are in their ground state, without
            being simulated. Only their readout counts.
        couplings: All other couplings between sites.
    """

    sites: tuple[Site, ...]
    exchanges: tuple[Exchange, ...] = ()
    drives: tuple[Drive, ...] = ()
    resting: tuple[Site, ...] = ()
    couplings: tuple[ZZ | Coupling, ...] = ()

    def __post_init__(self) -> None:
        for item in (*self.exchanges, *self.couplings):
            for site in item.sites:
                if not 0 <= site < len(self.sites):
                    raise EngineError(f"a coupling names site {site} of {len(self.sites)}")
            if item.sites[0] == item.sites[1]:
                raise EngineError(f"a coupling joins site {item.sites[0]} to itself")
            if isinstance(item, Coupling):
                self._check_operator(item)
        for drive in self.drives:
            if not 0 <= drive.site < len(self.sites):
                raise EngineError(f"{drive.channel} drives site {drive.site} of {len(self.sites)}")

    def _check_operator(self, item: Coupling) -> None:
        size = math.prod(self.sites[site].levels for site in item.sites)
        if len(item.operator) != size or any(len(row) != size for row in item.operator):
            raise EngineError(
                f"the coupling of sites {item.sites} needs {size} rows of {size} numbers"
            )
        matrix = np.array(item.operator)
        if not np.isfinite(matrix).all() or not np.allclose(matrix, matrix.conj().T):
            raise EngineError(f"the coupling of sites {item.sites} is not Hermitian and finite")
