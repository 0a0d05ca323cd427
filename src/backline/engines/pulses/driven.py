"""Driven stretches: local flows and kicks, as matrices for few sites and as gates for several."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import lru_cache

from backline.engines.pulses import compiled, small
from backline.engines.pulses.flows import Flow
from backline.engines.pulses.gates import Circuit
from backline.engines.pulses.intervals import Intervals, Matrices, Rows, by_stretches
from backline.engines.pulses.splitting import LONGEST, Step, Stretch, stretches
from backline.engines.pulses.systems import site_systems
from backline.engines.pulses.tones import Tones
from backline.engines.pulses.undriven import Complex, Undriven
from backline.engines.watching import look

_ROWS = 1 << 11
_PERIOD = 8
_MANY = 256
_TURNS = {True: 8, False: 128}  # Magnus steps a splitting step, with and without the RWA


class DrivenPiece:
    """A stretch of samples in which something plays.

    Args:
        undriven: The Hamiltonian without drives.
        tones: What plays.
        step: Of the splitting; it may be chosen later.
        rwa: Whether counter-rotating terms of the drives are left out.
        jit: Whether flows of few sites are compiled, too.
        steady: Whether all samples are equal.
    """

    def __init__(
        self,
        undriven: Undriven,
        tones: Tones,
        step: Step = LONGEST,
        *,
        rwa: bool = True,
        jit: bool = False,
        steady: bool = False,
    ) -> None:
        self.start, self.stop, self.tones = tones.start, tones.stop, tones
        self.step, self.steady = step, steady
        self._undriven = undriven
        self._rwa = rwa
        self._small = small.is_small(undriven)
        self._flows = [
            Flow(
                system,
                *tones.of(site),
                tones.start,
                counter=None if rwa else undriven.counter,
                kernels=compiled.flow_kernels() if jit or not self._small else None,
            )
            for site, system in enumerate(site_systems(undriven))
        ]
        self._driven = tuple(site for site, flow in enumerate(self._flows) if not flow.silent)

    def advance(self, states: Complex, start: float, stop: float) -> Complex:
        """Take states from one time to another.

        Args:
            states: Array (m, D) over product states, in the common frame.
            start: In samples, within the stretch.
            stop: Likewise, not before `start`.

        Returns:
            Array (m, D).
        """
        return self.by_steps(states, start, stop, self.step)

    def by_steps(self, states: Complex, start: float, stop: float, step: Step) -> Complex:
        """The same as `advance`, by any step of the splitting."""
        longest = step if self._undriven.pairs else None
        for stretch in stretches(start, stop, longest, self._least(stop - start)):
            if self._small:
                flow = small.propagator(
                    self._flows, self._undriven.pairs, stretch, self._substeps(step)
                )
                states = states @ flow.T
                continue
            for part in self._rows(stretch, step, len(states)):
                look()
                states = part.apply(0, states)
        return states

    def intervals(self, start: int, count: int, length: float, states: int) -> Iterator[Intervals]:
        """Consecutive intervals of equal length.

        Args:
            start: The first sample.
            count: How many intervals.
            length: Of each, in samples: whole, or a whole part of 1.
            states: About how many states they will be applied to.
        """
        longest = self.step if self._undriven.pairs else None

        def made(stretch: Stretch) -> Iterable[Intervals]:
            if self._small:
                return (self._matrices(stretch),)
            return self._rows(stretch, self.step, states, merged=False)

        yield from by_stretches(start, count, length, longest, made)

    def _matrices(self, stretch: Stretch) -> Matrices:
        substeps = self._substeps(self.step)
        return Matrices(small.periods(self._flows, self._undriven.pairs, stretch, substeps))

    def _rows(
        self, stretch: Stretch, step: Step, states: int, *, merged: bool = True
    ) -> Iterator[Rows]:
        """A stretch as coefficients of gates, in parts of bounded size.

        Args:
            stretch: Patterns of kicks.
            step: Of the splitting.
            states: About how many states they will be applied to.
            merged: Whether a part is one interval, or has one for each period.
        """
        wide = compiled.is_wide(states, self._undriven.dimension)
        circuit = _circuit(self._undriven, self._driven, wide=wide)
        period = stretch.pattern.period
        most = max(1, _ROWS // (len(stretch.pattern.times) + 1))
        for begin in range(0, stretch.count, most):
            count = min(most, stretch.count - begin)
            part = Stretch(stretch.start + begin * period, count, stretch.pattern)
            rows, places = circuit.moving(part)
            for site, place in places.items():
                turn = circuit.turn_of(site)
                self._flows[site].write(part, self._substeps(step), turn, place)
            if merged:
                rows = rows.reshape(1, -1, rows.shape[2])
            yield Rows(circuit, rows, circuit.fixed(part.pattern))

    def _least(self, length: float) -> int:
        """At least so many samples should be in a period.

        Gates of two periods are not joined, which costs; making a period costs too.
        """
        return 1 if self._small or length < _MANY else _PERIOD

    def _substeps(self, step: Step) -> int:
        return math.ceil(_TURNS[self._rwa] / step.size)


@lru_cache(maxsize=64)
def _circuit(undriven: Undriven, driven: tuple[int, ...], *, wide: bool) -> Circuit:
    return Circuit(undriven, driven, wide=wide)
