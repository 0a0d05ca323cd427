"""What is solved, as plain numbers: every tool gets the same transmons and the same samples.

A channel plays Re[s exp(i (2π f t + φ))], constant over a sample but for the carrier. On a site it
is strength * that * (a + a†). Numpy alone is imported here: this runs in every tool's environment.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Complex = NDArray[np.complex128]
Real = NDArray[np.float64]

LEVELS = 3


@dataclass(frozen=True, kw_only=True)
class Transmon:
    """One site.

    Attributes:
        frequency: Bare 0-1 transition, in Hz.
        anharmonicity: In Hz.
        strength: Rabi frequency at amplitude 1, in Hz.
        t1: In s, or None.
        t2: In s, or None.
    """

    frequency: float
    anharmonicity: float
    strength: float
    t1: float | None = None
    t2: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Tone:
    """One pulse.

    Attributes:
        channel: "d0", "u1".
        site: The transmon that it drives.
        strength: Rabi frequency at amplitude 1, in Hz.
        frequency: Of the carrier, in Hz.
        start: The first sample.
        samples: complex128 array (samples,), phase included.
    """

    channel: str
    site: int
    strength: float
    frequency: float
    start: int
    samples: Complex


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """A Hamiltonian and what is played on it.

    Attributes:
        transmons: The sites.
        couplings: (one, other, J in Hz) for J (a† b + a b†).
        tones: The pulses.
        duration: In samples.
        dt: Length of a sample, in s.
        rwa: Whether the terms that turn at about twice the carriers are left out.
    """

    transmons: tuple[Transmon, ...]
    couplings: tuple[tuple[int, int, float], ...]
    tones: tuple[Tone, ...]
    duration: int
    dt: float
    rwa: bool = True

    @property
    def dims(self) -> tuple[int, ...]:
        return (LEVELS,) * len(self.transmons)

    @property
    def size(self) -> int:
        return LEVELS ** len(self.transmons)

    @property
    def open(self) -> bool:
        """Whether anything relaxes."""
        return any(item.t1 is not None or item.t2 is not None for item in self.transmons)

    @property
    def common(self) -> tuple[float, ...]:
        """The frame of all answers, in Hz for each site: the mean frequency."""
        mean = sum(item.frequency for item in self.transmons) / len(self.transmons)
        return (mean,) * len(self.transmons)

    @property
    def own(self) -> tuple[float, ...]:
        """The frame in which each site stands still, in Hz."""
        return tuple(item.frequency for item in self.transmons)


@dataclass(frozen=True, kw_only=True, eq=False)
class Signal:
    """All that is played on one site with one carrier: c(t) = samples * exp(i turning t).

    Attributes:
        site: The site; the term is c a + c* a†, after the RWA.
        turning: Carrier minus frame, in rad per sample.
        carrier: 2 π f dt, in rad per sample.
        samples: complex128 array (duration,), π strength dt s, in rad per sample.
    """

    site: int
    turning: float
    carrier: float
    samples: Complex


def signals(problem: Problem, frames: tuple[float, ...]) -> list[Signal]:
    """What is played, seen from frames (Hz, one a site)."""
    rows: dict[tuple[int, float], Complex] = {}
    for tone in problem.tones:
        row = rows.setdefault(
            (tone.site, tone.frequency), np.zeros(problem.duration, dtype=np.complex128)
        )
        stop = tone.start + len(tone.samples)
        row[tone.start : stop] += math.pi * tone.strength * problem.dt * tone.samples
    turn = 2 * math.pi * problem.dt
    return [
        Signal(
            site=site,
            turning=turn * (frequency - frames[site]),
            carrier=turn * frequency,
            samples=row,
        )
        for (site, frequency), row in sorted(rows.items())
    ]


def numbers(problem: Problem) -> NDArray[np.int64]:
    """Excitations of each site in each product state, shape (sites, D); site 0 is the slowest."""
    return np.indices(problem.dims).reshape(len(problem.dims), -1)


def energies(problem: Problem, frames: tuple[float, ...]) -> list[Real]:
    """Each site's levels, seen from its frame, in rad per sample."""
    n = np.arange(float(LEVELS))
    return [
        2
        * np.pi
        * problem.dt
        * ((item.frequency - frame) * n + item.anharmonicity / 2 * n * (n - 1))
        for item, frame in zip(problem.transmons, frames, strict=True)
    ]


def couplings(problem: Problem, frames: tuple[float, ...]) -> list[tuple[int, int, float, float]]:
    """(one, other, J, turning): J exp(i turning t) a† b + h.c., both in rad per sample."""
    turn = 2 * math.pi * problem.dt
    return [
        (one, other, turn * strength, turn * (frames[one] - frames[other]))
        for one, other, strength in problem.couplings
    ]


def rates(item: Transmon, dt: float) -> tuple[float, float]:
    """(1/T1, pure dephasing 1/T2 - 1/(2 T1)), per sample."""
    decay = 0.0 if item.t1 is None else dt / item.t1
    total = 0.0 if item.t2 is None else dt / item.t2
    return decay, max(0.0, total - decay / 2)


def site_jumps(item: Transmon, dt: float) -> list[Real]:
    """Lindblad operators (levels, levels) of one site: one a transition, and the dephasing."""
    decay, dephasing = rates(item, dt)
    jumps = []
    for level in range(1, LEVELS):
        jump = np.zeros((LEVELS, LEVELS))
        jump[level - 1, level] = math.sqrt(level * decay)
        jumps.append(jump)
    return [*jumps, math.sqrt(2 * dephasing) * np.diag(np.arange(float(LEVELS)))]


def lowering() -> Real:
    """The operator a of one site."""
    return np.diag(np.sqrt(np.arange(1.0, LEVELS)), 1)


def to_common(problem: Problem, answer: Complex, frames: tuple[float, ...]) -> Complex:
    """A final state (D,), propagator (D, D) or density matrix (D, D) in the frame of all answers.

    A propagator maps amplitudes at time 0, where all frames agree.
    """
    away = np.array(problem.common) - np.array(frames)
    phases = np.exp(2j * np.pi * problem.dt * problem.duration * (away @ numbers(problem)))
    if problem.open:
        return answer * np.outer(phases, phases.conj())
    return phases[:, None] * answer if answer.ndim == 2 else phases * answer
