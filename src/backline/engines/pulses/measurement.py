"""Acquisitions: levels of each shot, by branching on outcomes.

A qubit is projected onto its dressed levels at the first sample of its acquisition; what follows
starts from there. All shots with the same outcomes so far share one state.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses.evolution import Evolution
from backline.engines.pulses.undriven import Undriven
from backline.engines.pulses.waveforms import Acquisition


@dataclass(frozen=True, kw_only=True, eq=False)
class Sampled:
    """What was found.

    Attributes:
        levels: Array (shots, acquisitions): the level that each acquisition found in each shot,
            shots in random order.
        populations: One array an acquisition: of the levels of its qubit just before it, mean over
            all shots; of a resting qubit that of its ground state alone.
    """

    levels: NDArray[np.int64]
    populations: tuple[NDArray[np.float64], ...]


def sample_levels(
    evolution: Evolution,
    acquisitions: tuple[Acquisition, ...],
    sites: dict[int, int],
    shots: int,
    random: np.random.Generator,
    arrived: NDArray[np.complex128] | None = None,
) -> Sampled:
    """Find the level that each acquisition sees in each shot.

    Args:
        evolution: The program.
        acquisitions: In order of their start.
        sites: The site of each qubit; one without a site rests in its ground state.
        shots: How many.
        random: Source of chance.
        arrived: States at the first acquisition of a site, if they are known.
    """
    active = [k for k, item in enumerate(acquisitions) if item.qubit in sites]
    found, before = _branch(
        evolution, [acquisitions[k] for k in active], sites, shots, random, arrived
    )
    levels = np.zeros((shots, len(acquisitions)), dtype=np.int64)
    levels[:, active] = found[random.permutation(shots)]
    populations = dict(zip(active, before, strict=True))
    ground = np.ones(1)
    return Sampled(
        levels=levels,
        populations=tuple(populations.get(k, ground) for k in range(len(acquisitions))),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Together:
    """Acquisitions of one state at once.

    Attributes:
        populations: Of their levels together, one axis an acquisition; sums to 1. A resting qubit
            has its ground state alone.
    """

    populations: NDArray[np.float64]

    @property
    def of_each(self) -> tuple[NDArray[np.float64], ...]:
        """Populations of the levels of each by itself."""
        axes = range(self.populations.ndim)
        return tuple(self.populations.sum(axis=tuple(set(axes) - {axis})) for axis in axes)


def at_once(acquisitions: tuple[Acquisition, ...], sites: dict[int, int]) -> bool:
    """Whether all sites are acquired at one time, each of them once.

    Args:
        acquisitions: Any.
        sites: The site of each qubit; one without a site rests in its ground state.
    """
    active = [item for item in acquisitions if item.qubit in sites]
    once = len({item.qubit for item in active}) == len(active)
    return once and len({item.start for item in active}) <= 1


def find_together(
    evolution: Evolution,
    acquisitions: tuple[Acquisition, ...],
    sites: dict[int, int],
    populations: NDArray[np.float64] | None = None,
) -> Together:
    """Populations of the levels that acquisitions find together.

    Args:
        evolution: The program; all shots share its state.
        acquisitions: In order of their start; all of sites `at_once`.
        sites: The site of each qubit; one without a site rests in its ground state.
        populations: Of the dressed states at that time, array (1, D), if they are known.
    """
    active = tuple(item for item in acquisitions if item.qubit in sites)
    shape = [1] * len(acquisitions)
    if not active:
        return Together(populations=np.ones(shape))
    if populations is None:
        states = evolution.advance(evolution.ground(), 0, active[0].start)
        populations = evolution.populations(states)
    order = tuple(sites[item.qubit] for item in active)
    _, outcomes, which = _outcomes(evolution.undriven, order)
    weights = np.bincount(which, populations[0], minlength=outcomes.shape[1])
    for axis, item in enumerate(acquisitions):
        if item.qubit in sites:
            shape[axis] = evolution.undriven.dims[sites[item.qubit]]
    return Together(populations=(weights / weights.sum()).reshape(shape))


def _branch(
    evolution: Evolution,
    acquisitions: list[Acquisition],
    sites: dict[int, int],
    shots: int,
    random: np.random.Generator,
    arrived: NDArray[np.complex128] | None,
) -> tuple[NDArray[np.int64], list[NDArray[np.float64]]]:
    """Levels (shots, acquisitions), sorted by branch, and populations of each acquired site."""
    states = evolution.ground() if arrived is None else arrived
    owners = np.zeros(shots, dtype=np.int64)  # the branch that each shot is in
    levels = np.zeros((shots, len(acquisitions)), dtype=np.int64)
    before: list[NDArray[np.float64]] = []
    clock = column = 0
    groups = [list(group) for _, group in itertools.groupby(acquisitions, lambda item: item.start)]
    for index, group in enumerate(groups):
        start = group[0].start
        if index > 0 or arrived is None:
            states, owners = evolution.advance_shots(states, owners, clock, start, random)
        clock = start
        numbers, outcomes, which = _outcomes(
            evolution.undriven, tuple(sites[item.qubit] for item in group)
        )
        populations = evolution.populations(states)
        before += _of_sites(populations, owners, numbers)
        drawn = _draw(populations, which, owners, outcomes.shape[1], random)
        levels[:, column : column + len(group)] = outcomes[:, drawn].T
        column += len(group)
        if index + 1 < len(groups):
            pairs, owners = np.unique(np.stack([owners, drawn]), axis=1, return_inverse=True)
            owners = owners.reshape(-1)
            keep = (which == pairs[1][:, None]).astype(float)
            states = evolution.project(states[pairs[0]], keep)
    return levels, before


@lru_cache(maxsize=256)
def _outcomes(
    undriven: Undriven, sites: tuple[int, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Levels of sites in each dressed state, the different ones, and which of them each gives."""
    numbers = undriven.numbers[list(sites)]
    outcomes, which = np.unique(numbers, axis=1, return_inverse=True)
    return numbers, outcomes, which.reshape(-1)


def _of_sites(
    populations: NDArray[np.float64], owners: NDArray[np.int64], numbers: NDArray[np.int64]
) -> list[NDArray[np.float64]]:
    """Populations of the levels of some sites, over all branches."""
    shares = np.bincount(owners, minlength=len(populations)) / len(owners)
    mean = shares @ populations
    return [np.bincount(row, mean) / mean.sum() for row in numbers]


def _draw(
    populations: NDArray[np.float64],
    which: NDArray[np.int64],
    owners: NDArray[np.int64],
    outcomes: int,
    random: np.random.Generator,
) -> NDArray[np.int64]:
    """An outcome for each shot, array (shots,)."""
    drawn = np.zeros(len(owners), dtype=np.int64)
    for branch, weights in enumerate(populations):
        members = np.flatnonzero(owners == branch)
        chances = np.bincount(which, weights, minlength=outcomes)
        repeats = random.multinomial(len(members), chances / chances.sum())
        drawn[members] = np.repeat(np.arange(outcomes), repeats)
    return drawn
