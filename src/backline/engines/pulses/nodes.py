"""Where channels act: between intervals of a program, half of an interval's at either end.

That is the symmetric splitting of Strang (SIAM J. Numer. Anal. 5, 1968). In first order of what is
lost it is the trapezoidal rule over the time of the program, whose error does not add up where
Hamiltonians are smooth. Every factor is a channel, so that states stay states.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import sparse

from backline.engines.pulses.channels import Channels
from backline.engines.pulses.flows import Flow, System, products
from backline.engines.pulses.intervals import Intervals
from backline.engines.pulses.pieces import Plan
from backline.engines.pulses.splitting import Stretch, pattern
from backline.engines.pulses.tones import Tones
from backline.engines.pulses.undriven import Complex, Undriven
from backline.errors import EngineError

LENGTHS = (8.0, 4.0, 2.0, 1.0, *(2.0**-k for k in range(1, 8)))
"""Intervals of driven stretches to choose from, in samples, longest first."""

_LONGEST_TRIAL = 4096
_TURNS = 8  # Magnus steps a sample, where several carriers play
_LONGEST_IDLE = 50e-9
_MARGIN = 2.0  # for what is of second order in the losses
_STRANG = 4 / 3  # what halving takes away is all but 1/4 of the error, at order 2


class Interval(NamedTuple):
    """What happens between two nodes.

    Attributes:
        start: The first sample.
        length: In samples.
        intervals: Equal ones that it is among.
        k: Which of them.
    """

    start: float
    length: float
    intervals: Intervals
    k: int


@dataclass(frozen=True, slots=True)
class Nodes:
    """How far channels are apart.

    Attributes:
        driven: In samples, where something plays.
        idle: In samples, where nothing does.
        error: Estimated error of a density matrix's elements over the whole program.
    """

    driven: float
    idle: float
    error: float

    def walk(self, plan: Plan, start: int, stop: int, states: int) -> Iterator[Interval]:
        """All intervals from one time to another.

        Args:
            plan: The program.
            start: In samples.
            stop: Likewise.
            states: About how many states they will be applied to.
        """
        for piece in plan.pieces:
            first, last = max(start, piece.start), min(stop, piece.stop)
            if first >= last:
                continue
            longest = self.idle if piece.tones is None else self.driven
            clock = float(first)
            for count, length in _shares(last - first, longest):
                for intervals in piece.intervals(int(clock), count, length, states):
                    for k in range(len(intervals)):
                        yield Interval(clock, length, intervals, k)
                        clock += length


def _shares(samples: int, longest: float) -> Iterator[tuple[int, float]]:
    """Equal intervals, and one more for what is left: (count, length)."""
    length = min(longest, samples)
    count = int(samples // length)
    if count:
        yield count, length
    if rest := samples - count * length:
        yield 1, rest


def choose_nodes(channels: Channels, undriven: Undriven, plan: Plan, accuracy: float) -> Nodes:
    """The longest intervals that keep an accuracy.

    For driven stretches they are halved, and what that changes in each site by itself, from one of
    these stretches to the next, is the estimate: couplings are slow against an interval.

    Args:
        channels: What acts.
        undriven: The Hamiltonian without drives.
        plan: The program.
        accuracy: Allowed error of a density matrix's elements.

    Raises:
        EngineError: If no interval reaches the accuracy.
    """
    idle, idle_error = _idle_interval(channels, undriven, accuracy / 2)
    if all(piece.tones is None for piece in plan.pieces):
        return Nodes(LENGTHS[0], idle, idle_error)
    share = accuracy - idle_error
    driven = [piece.tones for piece in plan.pieces if piece.tones is not None]
    sites = [_Alone(channels, undriven, driven, site) for site in range(len(undriven.dims))]
    coarse = [site.after(LENGTHS[0]) for site in sites]
    error = 0.0
    for length, half in itertools.pairwise(LENGTHS):
        fine = [site.after(half) for site in sites]
        changes = [float(np.abs(a - b).max()) for a, b in zip(coarse, fine, strict=True)]
        error = _STRANG * sum(changes)
        if error <= share:
            return Nodes(length, idle, error + idle_error)
        coarse = fine
    raise EngineError(
        f"an accuracy of {accuracy:g} is out of reach with T1 and T2: the error is about "
        f"{error:.1e} at the shortest interval; allow more"
    )


class _Alone:
    """One site by itself in the driven stretches, the first few thousand samples of them."""

    def __init__(
        self, channels: Channels, undriven: Undriven, driven: Sequence[Tones], site: int
    ) -> None:
        self._channels, self._site = channels, site
        self._levels = undriven.dims[site]
        self._played: list[tuple[Flow, Stretch]] = []
        self._made: dict[float, list[Complex]] = {}
        left = _LONGEST_TRIAL
        for tones in driven:
            own = np.array(tones.sites, dtype=np.int64) == site
            count = min(left, tones.stop - tones.start) // int(LENGTHS[0]) * int(LENGTHS[0])
            if not count or not tones.amplitudes[own].any():
                continue
            energies = undriven.local[site]
            sound = (tones.detunings[own], tones.amplitudes[own], tones.start)
            flow = Flow(System.of_site(energies), *sound)
            self._played.append((flow, Stretch(tones.start, count, pattern(1, 0.0, 1.0, None))))
            left -= count

    def _flows(self, part: float) -> list[Complex]:
        """Flows over parts of samples, an array (parts, d, d) for each stretch."""
        if part not in self._made:
            self._made[part] = [_parts(flow, stretch, part) for flow, stretch in self._played]
        return self._made[part]

    def after(self, length: float) -> Complex:
        """The elements of its density matrix in the end, by intervals of some length."""
        state = np.zeros(self._levels)
        state[:2] = 1 / math.sqrt(min(2, self._levels))
        elements: Complex = np.outer(state, state).reshape(-1).astype(np.complex128)
        half = self._channels.of(length / 2)[self._site].on_elements()
        size = self._levels**2
        for flows in self._flows(min(length, 1.0)):
            each = max(1, int(length))
            count = len(flows) // each
            steps = products(
                flows[: count * each].reshape(count, each, *flows.shape[1:]).swapaxes(0, 1)
            )
            pairs = steps[:, :, None, :, None] * steps.conj()[:, None, :, None, :]
            elements = products(half @ pairs.reshape(count, size, size) @ half) @ elements
        return elements


def _parts(flow: Flow, stretch: Stretch, part: float) -> Complex:
    marks = np.arange(0.0, 1.0, part)
    found = [
        flow.flows(
            Stretch(stretch.start, stretch.count, pattern(1, mark, mark + part, None)), _TURNS
        )
        for mark in marks.tolist()
    ]
    every = np.stack([item[0] for item in found], axis=1)
    return every.reshape(-1, *every.shape[2:])


def _idle_interval(channels: Channels, undriven: Undriven, accuracy: float) -> tuple[float, float]:
    """How many idle samples may pass between two nodes, and the error that makes.

    Without couplings, any number. With them, the parts that dressing mixes into a channel turn at
    differences ω of dressed energies and average out to 1/ω. The trapezoidal rule makes it
    (h/2) cot(ωh/2), at the ends of the stretch alone, however long it is. The longest interval is
    taken whose error is small.
    """
    rows, columns = sparse.triu(undriven.couplings, 1).nonzero()
    longest = max(2.0, _LONGEST_IDLE / undriven.dt)
    if not len(rows):
        return 2.0**31, 0.0
    turning = np.maximum(np.abs(undriven.energies[rows] - undriven.energies[columns]), 1e-12)
    couplings = np.asarray(undriven.couplings[rows, columns]).reshape(-1)
    mixing = np.abs(couplings) / turning
    turning, which = np.unique(np.round(turning, 9), return_index=True)
    whole = np.unique(np.geomspace(1.0, longest, 200).astype(int))
    lengths = np.array([*LENGTHS[:3:-1], *whole])[:, None]
    summed = lengths / 2 / np.tan(turning * lengths / 2)
    errors = channels.fastest * (mixing[which] * np.abs(summed - 1 / turning)).max(axis=1)
    good = np.flatnonzero(errors <= accuracy / _MARGIN)
    if not len(good):
        raise EngineError(
            f"an accuracy of {accuracy:g} is out of reach with T1 and T2: the error of idle time "
            f"is about {errors[0]:.1e}; allow more"
        )
    return float(lengths[good[-1], 0]), _MARGIN * float(errors[good[-1]])
