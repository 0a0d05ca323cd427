"""Acquisitions: levels of each shot, by branching on outcomes.

A qubit is projected onto its dressed levels at the first sample of its acquisition; what follows
starts from there. All shots with the same outcomes so far share one state.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses.evolution import Evolution
from backline.engines.pulses.waveforms import Acquisition


def sample_levels(
    evolution: Evolution,
    acquisitions: tuple[Acquisition, ...],
    sites: dict[int, int],
    shots: int,
    random: np.random.Generator,
) -> NDArray[np.int64]:
    """The level found by each acquisition in each shot.

    Args:
        evolution: The program.
        acquisitions: In order of their start.
        sites: The site of each qubit.
        shots: How many.
        random: Source of chance.

    Returns:
        Array (shots, acquisitions), shots in random order.
    """
    states = evolution.ground()
    owners = np.zeros(shots, dtype=np.int64)  # the branch that each shot is in
    levels = np.zeros((shots, len(acquisitions)), dtype=np.int64)
    clock = column = 0
    groups = [list(group) for _, group in itertools.groupby(acquisitions, lambda item: item.start)]
    for index, group in enumerate(groups):
        states = evolution.advance(states, clock, group[0].start)
        clock = group[0].start
        numbers = evolution.undriven.numbers[[sites[item.qubit] for item in group]]
        outcomes, which = np.unique(numbers, axis=1, return_inverse=True)
        which = which.reshape(-1)  # the outcome that each dressed state gives
        drawn = _draw(evolution.populations(states), which, owners, outcomes.shape[1], random)
        levels[:, column : column + len(group)] = outcomes[:, drawn].T
        column += len(group)
        if index + 1 < len(groups):
            pairs, owners = np.unique(np.stack([owners, drawn]), axis=1, return_inverse=True)
            owners = owners.reshape(-1)
            keep = (which == pairs[1][:, None]).astype(float)
            states = evolution.project(states[pairs[0]], keep)
    return levels[random.permutation(shots)]


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
