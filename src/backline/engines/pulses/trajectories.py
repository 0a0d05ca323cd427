"""Quantum trajectories: T1 and T2 by chance, on state vectors.

At each node every site's channel is one of its Kraus operators, drawn with its probability
(Dalibard, Castin, Mølmer, PRL 68, 580, 1992). The mean over shots is the density matrix, node by
node. Almost always the draw is the same for all shots in a state, so that they go on sharing it:
the work is that of one state and of what becomes of those few that jumped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from backline.engines.pulses.channels import Channels, SiteChannel
from backline.engines.pulses.evolution import Owners, StateVectors, described
from backline.engines.pulses.nodes import Nodes
from backline.engines.pulses.pieces import Plan
from backline.engines.pulses.undriven import Complex, Real, Undriven
from backline.engines.watching import look


@dataclass(frozen=True, slots=True, eq=False)
class Kraus:
    """The Kraus operators of one site's channel: some diagonal ones, and jumps.

    Attributes:
        diagonals: Array (d, d), one a row, the likeliest first.
        jumps: (to, from) of each jump.
        chances: Array (d + jumps, d): the chance of each operator in each level.
    """

    diagonals: Real
    jumps: tuple[tuple[int, int], ...]
    chances: Real


def kraus(channel: SiteChannel) -> Kraus:
    """Kraus operators of a channel.

    What no jump takes away is a positive matrix of factors on elements, Σ v vᵀ over its scaled
    eigenvectors: each v is a diagonal operator. Σ K†K = 1 because populations are kept.

    Args:
        channel: Of one site.
    """
    values, vectors = np.linalg.eigh(channel.kept())
    scaled = (vectors * np.sqrt(np.clip(values, 0.0, None))).T[::-1]
    size = len(scaled)
    jumps = tuple((to, start) for start in range(size) for to in range(start))
    chances = np.zeros((size + len(jumps), size))
    chances[:size] = scaled**2
    for row, (to, start) in enumerate(jumps, start=size):
        chances[row, start] = channel.transfer[to, start]
    return Kraus(scaled, jumps, chances / chances.sum(axis=0))


class Trajectories(StateVectors):
    """Shots that go their own ways.

    Args:
        undriven: The Hamiltonian without drives.
        plan: The program, cut into pieces.
        channels: T1 and T2.
        nodes: Where they act.
    """

    method = "trajectories"

    def __init__(self, undriven: Undriven, plan: Plan, channels: Channels, nodes: Nodes) -> None:
        super().__init__(undriven, plan)
        self._channels, self._nodes = channels, nodes
        self._made: dict[float, list[Kraus]] = {}

    @property
    def metadata(self) -> dict[str, Any]:
        """What shaped the evolution, as JSON values."""
        return described(self.method, self.undriven, self.plan, self._nodes.error)

    def advance_shots(
        self, states: Complex, owners: Owners, start: int, stop: int, random: np.random.Generator
    ) -> tuple[Complex, Owners]:
        """Take shots from one sample to another."""
        pending = 0.0
        many = len(states) + int(len(owners) * share_of_jumps(self._channels, stop - start))
        for run in self._nodes.walk(self.plan, start, stop, many):
            for k in range(len(run.intervals)):
                look(run.start + k * run.length)
                states, owners = self._jumped(states, owners, pending + run.length / 2, random)
                states = run.intervals.apply(k, states)
                pending = run.length / 2
        return self._jumped(states, owners, pending, random)

    def _jumped(
        self, states: Complex, owners: Owners, length: float, random: np.random.Generator
    ) -> tuple[Complex, Owners]:
        if length == 0:
            return states, owners
        if length not in self._made:
            self._made[length] = [kraus(channel) for channel in self._channels.of(length)]
        left = 1
        for levels, operators in zip(self.undriven.dims, self._made[length], strict=True):
            tensor = states.reshape(len(states), left, levels, -1)
            tensor, owners = _drawn(tensor, owners, operators, random)
            states = tensor.reshape(len(tensor), -1)
            left *= levels
        return states, owners


def _drawn(
    tensor: Complex, owners: Owners, operators: Kraus, random: np.random.Generator
) -> tuple[Complex, Owners]:
    """One site's operators on states, array (m, left, d, right)."""
    levels = np.square(tensor.real).sum(axis=(1, 3)) + np.square(tensor.imag).sum(axis=(1, 3))
    chances = levels @ operators.chances.T
    chances /= chances.sum(axis=1)[:, None]
    shots = np.bincount(owners, minlength=len(tensor))
    drawn = random.multinomial(shots, chances)
    parents, which = np.nonzero(drawn)
    new = np.empty((len(parents), *tensor.shape[1:]), dtype=np.complex128)
    diagonal = which < len(operators.diagonals)
    factors = operators.diagonals[which[diagonal]]
    new[diagonal] = tensor[parents[diagonal]] * factors[:, None, :, None]
    for child in np.flatnonzero(~diagonal):
        to, start = operators.jumps[which[child] - len(operators.diagonals)]
        new[child] = 0
        new[child, :, to] = tensor[parents[child], :, start]
    norms = np.sqrt(np.square(np.abs(new)).sum(axis=(1, 2, 3)))
    new /= norms[:, None, None, None]
    later = np.empty_like(owners)
    later[np.argsort(owners, kind="stable")] = np.repeat(
        np.arange(len(parents)), drawn[parents, which]
    )
    return new, later


def share_of_jumps(channels: Channels, samples: int) -> float:
    """About how many of the shots leave their common state, of those through so many samples."""
    stay = 1.0
    for channel in channels.of(float(samples)):
        stay *= float(kraus(channel).chances[0, :2].mean())
    return 1.0 - stay
