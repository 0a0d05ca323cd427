"""The Hamiltonian that pulses are played on, as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass

from backline.errors import EngineError


@dataclass(frozen=True, kw_only=True)
class Site:
    """One transmon of the simulation.

    Attributes:
        qubit: The device's qubit that it stands for.
        levels: Levels that are kept.
        frequency: Bare transition 0-1 of the Hamiltonian, in Hz.
        anharmonicity: f_12 - f_01, in Hz.
        t1: In s, or None for no relaxation.
        t2: In s, or None for no dephasing beyond relaxation.
        p1_given_0: Readout: probability of 1 after 0.
        p0_given_1: Readout: probability of 0 after 1 (and after higher levels).
    """

    qubit: int
    levels: int
    frequency: float
    anharmonicity: float
    t1: float | None = None
    t2: float | None = None
    p1_given_0: float = 0.0
    p0_given_1: float = 0.0


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
        exchanges: Couplings between sites.
        drives: Channels that act on sites.
        resting: Qubits that are read and nothing drives: they are in their ground state, without
            being simulated. Only their readout counts.
    """

    sites: tuple[Site, ...]
    exchanges: tuple[Exchange, ...] = ()
    drives: tuple[Drive, ...] = ()
    resting: tuple[Site, ...] = ()

    def __post_init__(self) -> None:
        for exchange in self.exchanges:
            for site in exchange.sites:
                if not 0 <= site < len(self.sites):
                    raise EngineError(f"a coupling names site {site} of {len(self.sites)}")
        for drive in self.drives:
            if not 0 <= drive.site < len(self.sites):
                raise EngineError(f"{drive.channel} drives site {drive.site} of {len(self.sites)}")
