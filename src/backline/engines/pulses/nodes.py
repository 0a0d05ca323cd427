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
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import sparse

from backline.engines.pulses import compiled
from backline.engines.pulses.channels import Channels
from backline.engines.pulses.flows import Flow, products
from backline.engines.pulses.intervals import Intervals
from backline.engines.pulses.pieces import Plan
from backline.engines.pulses.small import is_small
from backline.engines.pulses.splitting import Stretch, pattern
from backline.engines.pulses.systems import site_systems
from backline.engines.pulses.tones import Tones
from backline.engines.pulses.undriven import Complex, Real, Undriven
from backline.errors import EngineError

LENGTHS = (8.0, 4.0, 2.0, 1.0, *(2.0**-k for k in range(1, 8)))
"""Intervals of driven stretches to choose from, in samples, longest first."""

_LONGEST_TRIAL = 4096
_TURNS = 8  # Magnus steps a sample, where several carriers play
_LONGEST_IDLE = 50e-9
_MARGIN = 2.0  # for what is of second order in the losses
_STRONGEST = 32  # couplings of which two are looked at together
_SLOWEST = 1e-12  # rad per sample
_STRANG = 4 / 3  # what halving takes away is all but 1/4 of the error, at order 2


class Run(NamedTuple):
    """Equal intervals between nodes, one after another.

    Attributes:
        start: The first sample.
        length: Of each, in samples.
        intervals: What happens in them.
    """

    start: float
    length: float
    intervals: Intervals


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

    def walk(self, plan: Plan, start: int, stop: int, states: int) -> Iterator[Run]:
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
                    yield Run(clock, length, intervals)
                    clock += length * len(intervals)


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
    these stretches to the next, is the estimate, beside what couplings make of it.

    Args:
        channels: What acts.
        undriven: The Hamiltonian without drives.
        plan: The program.
        accuracy: Allowed error of a density matrix's elements.

    Raises:
        EngineError: If no interval reaches the accuracy.
    """
    driven = [piece.tones for piece in plan.pieces if piece.tones is not None]
    idle, idle_error = LENGTHS[0], 0.0
    if len(driven) < len(plan.pieces):
        idle, idle_error = _idle_interval(channels, undriven, accuracy / 2 if driven else accuracy)
    if not driven:
        return Nodes(LENGTHS[0], idle, idle_error)
    share = accuracy - idle_error
    joined = _joined(driven)
    sites = [_Alone(channels, undriven, joined, site) for site in range(len(undriven.dims))]
    coupled = _by_couplings(channels, undriven, np.array(LENGTHS)).tolist()
    error = 0.0
    for (length, half), by_couplings in zip(itertools.pairwise(LENGTHS), coupled, strict=False):
        error = by_couplings
        if error <= share:
            changes = [np.abs(site.after(length) - site.after(half)).max() for site in sites]
            error += _STRANG * float(sum(changes))
        if error <= share:
            return Nodes(length, idle, error + idle_error)
    raise EngineError(
        f"an accuracy of {accuracy:g} is out of reach with T1 and T2: the error is about "
        f"{error:.1e} at the shortest interval; allow more"
    )


def _joined(driven: Sequence[Tones]) -> list[Tones]:
    """Stretches that follow one another, in which the same tones may sound, as one."""
    found: list[Tones] = []
    for tones in driven:
        before = found[-1] if found else None
        if before is not None and (before.stop, before.sites) == (tones.start, tones.sites):
            found[-1] = Tones(
                start=before.start,
                sites=tones.sites,
                detunings=np.hstack([before.detunings, tones.detunings]),
                amplitudes=np.hstack([before.amplitudes, tones.amplitudes]),
            )
        else:
            found.append(tones)
    return found


class _Alone:
    """One site by itself in the driven stretches, the first few thousand samples of them."""

    def __init__(
        self, channels: Channels, undriven: Undriven, driven: Sequence[Tones], site: int
    ) -> None:
        self._channels, self._site = channels, site
        self._levels = undriven.dims[site]
        self._kernels = None if is_small(undriven) else compiled.flow_kernels()
        self._played: list[tuple[Flow, Stretch]] = []
        self._flows: dict[float, list[Complex]] = {}
        self._made: dict[float, Complex] = {}
        left = _LONGEST_TRIAL
        for tones in driven:
            detunings, amplitudes = tones.of(site)
            count = min(left, tones.stop - tones.start) // int(LENGTHS[0]) * int(LENGTHS[0])
            if not count or not amplitudes.any():
                continue
            system = site_systems(undriven)[site]
            flow = Flow(system, detunings, amplitudes, tones.start, kernels=self._kernels)
            self._played.append((flow, Stretch(tones.start, count, pattern(1, 0.0, 1.0, None))))
            left -= count

    def after(self, length: float) -> Complex:
        """The elements of its density matrix in the end, by intervals of some length."""
        if length not in self._made:
            self._made[length] = self._after(length)
        return self._made[length]

    def _after(self, length: float) -> Complex:
        state = np.zeros(self._levels)
        state[:2] = 1 / math.sqrt(min(2, self._levels))
        elements: Complex = np.outer(state, state).reshape(-1).astype(np.complex128)
        half = self._channels.of(length / 2)[self._site].on_elements()
        for steps in self._steps(length):
            elements = half @ self._through(half @ elements, steps, length)
        return elements

    def _steps(self, length: float) -> Iterator[Complex]:
        """Flows over intervals of some length, an array (intervals, d, d) for each stretch."""
        each = max(1, int(length))
        if self._kernels is not None:
            for flow, stretch in self._played:
                yield _written(flow, stretch, each, round(max(1.0, 1 / length)))
            return
        for flows in self._over_parts(min(length, 1.0)):
            together = flows.reshape(len(flows) // each, each, *flows.shape[1:])
            yield products(together.swapaxes(0, 1))

    def _through(self, elements: Complex, flows: Complex, length: float) -> Complex:
        """Through intervals of some length, with the channel between each two."""
        if self._kernels is not None:
            channel = self._channels.on_densities(length, self._site)
            density = elements.reshape(1, self._levels, self._levels)
            found = compiled.densities(density, flows, channel)
            if found is not None:
                return found.reshape(-1)
        pairs = flows[:, :, None, :, None] * flows.conj()[:, None, :, None, :]
        pairs = pairs.reshape(-1, len(elements), len(elements))
        if len(pairs) > 1:
            whole = self._channels.of(length)[self._site].on_elements()
            elements = products(whole @ pairs[:-1]) @ elements
        last: Complex = pairs[-1] @ elements
        return last

    def _over_parts(self, part: float) -> list[Complex]:
        """Flows over parts of samples, an array (parts, d, d) for each stretch."""
        if part not in self._flows:
            self._flows[part] = [_parts(flow, stretch, part) for flow, stretch in self._played]
        return self._flows[part]


def _written(flow: Flow, stretch: Stretch, each: int, parts: int) -> Complex:
    """Flows over so many samples each, or over so many parts of each sample: (intervals, d, d)."""
    levels = flow.levels
    count = stretch.count // each
    found = np.empty((count, parts, levels, levels), dtype=np.complex128)
    for k in range(parts):
        part = pattern(each, k / parts, (k + 1) / parts if parts > 1 else float(each), None)
        here = found[:, k : k + 1]
        flow.write(
            Stretch(stretch.start, count, part), _TURNS, np.ones(levels, dtype=np.complex128), here
        )
    return found.reshape(-1, levels, levels)


def _parts(flow: Flow, stretch: Stretch, part: float) -> Complex:
    """Flows over parts of each sample, array (parts, d, d)."""
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

    Without couplings, any number. With them, the longest interval is taken whose error is small.
    """
    if not undriven.pairs:
        return 2.0**31, 0.0
    longest = max(2.0, _LONGEST_IDLE / undriven.dt)
    whole = np.unique(np.geomspace(1.0, longest, 200).astype(int))
    lengths = np.array([*LENGTHS[:3:-1], *whole])
    errors = _MARGIN * _by_couplings(channels, undriven, lengths)
    good = np.flatnonzero(errors <= accuracy)
    if not len(good):
        raise EngineError(
            f"an accuracy of {accuracy:g} is out of reach with T1 and T2: the error of idle time "
            f"is about {errors[0]:.1e}; allow more"
        )
    return float(lengths[good[-1]]), float(errors[good[-1]])


def _by_couplings(channels: Channels, undriven: Undriven, lengths: Real) -> Real:
    """The error that couplings make between two nodes, by how many samples they are apart.

    What dressing mixes into a channel turns at some ω and averages out to 1/ω. The trapezoidal rule
    makes it (h/2) cot(ωh/2), at the ends of a stretch alone, however long it is; near a whole turn
    in an interval it does not average out at all.
    """
    turning, mixing = _mixed(undriven)
    if not len(turning):
        return np.zeros(len(lengths))
    steps = lengths[:, None]
    summed = steps / 2 / np.tan(turning * steps / 2)
    errors: Real = channels.fastest * (mixing * np.abs(summed - 1 / turning)).max(axis=1)
    return errors


@lru_cache(maxsize=32)
def _mixed(undriven: Undriven) -> tuple[Real, Real]:
    """What dressing mixes into the channels of sites.

    Parts of first order turn at differences of dressed energies, those of second order at sums of
    two such differences.

    Returns:
        Arrays (parts,): how fast each turns, in rad per sample, and how large it is.
    """
    rows, columns = sparse.triu(undriven.couplings, 1).nonzero()
    apart = np.maximum(np.abs(undriven.energies[rows] - undriven.energies[columns]), _SLOWEST)
    couplings = np.abs(np.asarray(undriven.couplings[rows, columns]).reshape(-1))
    turning, which = np.unique(np.round(apart, 9), return_inverse=True)
    turning = np.maximum(turning, _SLOWEST)
    mixing = np.zeros(len(turning))
    np.maximum.at(mixing, which.reshape(-1), couplings / apart)
    most = np.argsort(mixing)[-_STRONGEST:]
    first, second = (most[k] for k in np.triu_indices(len(most)))
    return (
        np.concatenate([turning, turning[first] + turning[second]]),
        np.concatenate([mixing, np.minimum(mixing[first] * mixing[second], 1.0)]),
    )
