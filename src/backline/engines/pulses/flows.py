"""Flows under one drive at a time, of a site or of a whole small system, exact over any interval.

In the frame of its carrier the Hamiltonian is constant within a sample, and but for the phase of
the drive it depends on one number, the drive's size: `carriers` interpolates over it.

Where two carriers play on one site in one sample nothing is constant: such samples are crossed by
steps of the fourth-order Magnus integrator (Blanes, Casas, Oteo, Ros, Phys. Rep. 470, 2009).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses.carriers import Carrier, CounterCarrier
from backline.engines.pulses.magnus import magnus, nearest_unitary
from backline.engines.pulses.splitting import Stretch
from backline.engines.pulses.systems import System
from backline.engines.pulses.tabled import Tabled
from backline.engines.pulses.undriven import Complex, Real

_CLOSE = 1e-9


class Flow:
    """The flows of one system in a stretch of samples, in the common frame.

    Args:
        system: What is driven.
        detunings: Array (tones, samples), as in `Tones`, of this system's tones alone.
        amplitudes: Array (tones, samples), likewise.
        start: The first sample.
        counter: Twice the common frame's own frequency, in rad per sample, where counter-rotating
            terms count; None in the rotating-wave approximation.
        kernels: Compiled code, for single sites, if it is worth using.
    """

    def __init__(
        self,
        system: System,
        detunings: Real,
        amplitudes: Complex,
        start: int,
        *,
        counter: float | None = None,
        kernels: ModuleType | None = None,
    ) -> None:
        self._system = system
        self._detunings, self._amplitudes = detunings, amplitudes
        self._start, self._counter = start, counter
        self._carrier, self._drive, self._moving = _carriers(detunings, amplitudes)
        self._moves = bool(self._moving.any())
        self.silent = not amplitudes.any()
        """Whether nothing plays on this site."""
        self.levels = len(system.numbers)
        """Rows of a flow."""
        self._tabled: Tabled | None = None
        if kernels is not None and counter is None and not (self.silent or self._moves):
            self._tabled = Tabled(kernels, system, start, self._carrier, self._drive)

    def flows(self, stretch: Stretch, substeps: int) -> Complex:
        """Flows between the marks of each period of a pattern.

        Args:
            stretch: Within the samples of this object.
            substeps: Magnus steps a sample, where Hamiltonians move.

        Returns:
            Array (marks - 1, periods, d, d).
        """
        if self.silent:
            return self._silent(stretch)
        if self._tabled is not None and stretch.pattern.is_whole:
            return self._tabled.through(stretch.start, stretch.count, stretch.pattern.period)[None]
        if self._tabled is not None:
            shape = (stretch.count, len(stretch.pattern.times) + 1, self.levels, self.levels)
            found = np.empty(shape, dtype=np.complex128)
            self._tabled.write(stretch, np.ones(self.levels, dtype=np.complex128), found)
            return found.swapaxes(0, 1)
        if stretch.pattern.is_whole:
            return self._through(stretch, substeps)[None]
        marks = self._at(stretch, substeps)
        return np.matmul(marks[1:], marks[:-1].conj().swapaxes(-1, -2))

    def write(self, stretch: Stretch, substeps: int, turn: Complex, found: Complex) -> None:
        """Write flows to where they are wanted.

        Args:
            stretch: As of `flows`.
            substeps: Likewise.
            turn: Array (d,): states times the conjugate of it are what they act on.
            found: Array (periods, marks - 1, d, d), in any memory.
        """
        if self._tabled is not None:
            self._tabled.write(stretch, turn, found)
        else:
            flows = self.flows(stretch, substeps).swapaxes(0, 1)
            np.multiply(flows, turn.conj()[:, None] * turn, out=found)

    def _through(self, stretch: Stretch, substeps: int) -> Complex:
        """The flow through the whole samples of each period, array (periods, d, d)."""
        period = stretch.pattern.period
        before = stretch.start - self._start
        every = slice(before, before + stretch.count * period)
        samples = np.arange(every.start, every.stop)
        flows = self._in_carriers(samples, np.ones(1), substeps)[0]
        carrier, phase = self._carrier[every], self._phase[every]
        begins = self._start + samples
        # From one sample into the next, without the common frame in between.
        between = np.diff(phase) + np.diff(carrier) * begins[1:]
        between[period - 1 :: period] = 0.0
        if between.any():
            flows[1:] *= self._turned(between)[:, None, :]
        inside = products(flows.reshape(stretch.count, period, *flows.shape[1:]).swapaxes(0, 1))
        first, last = slice(None, None, period), slice(period - 1, None, period)
        enter = phase[first] + carrier[first] * begins[first]
        leave = -phase[last] - carrier[last] * (begins[last] + 1)
        ends = self._turned(np.array([enter, leave]))
        return ends[1, :, :, None] * inside * ends[0, :, None, :]

    def _silent(self, stretch: Stretch) -> Complex:
        energies = np.diagonal(self._system.hamiltonian)
        lengths = np.diff(stretch.pattern.marks)[:, None]
        every = np.arange(len(energies))
        flows = np.zeros((len(lengths), stretch.count, len(every), len(every)), complex)
        turned = np.exp(-1j * energies * lengths)
        flows[:, :, every, every] = turned[:, None]
        return flows

    def _at(self, stretch: Stretch, substeps: int) -> Complex:
        """Flows from the first sample of each period to each mark, (marks, periods, d, d)."""
        marks = stretch.pattern.marks
        samples = np.floor(marks + _CLOSE).astype(np.int64)
        samples = np.clip(samples, 0, stretch.pattern.period - 1)
        fractions = marks - samples
        size = len(self._system.numbers)
        found = np.empty((len(marks), stretch.count, size, size), dtype=np.complex128)
        firsts = stretch.start - self._start + stretch.pattern.period * np.arange(stretch.count)
        before: Complex | None = None
        for sample in range(int(samples.max()) + 1):
            here = np.flatnonzero(samples == sample)
            if len(here):
                flows = self._parts(firsts + sample, fractions[here], substeps)
                found[here] = flows if before is None else flows @ before
            if sample < samples.max():
                whole = self._parts(firsts + sample, np.ones(1), substeps)[0]
                before = whole if before is None else whole @ before
        return found

    def _parts(self, samples: NDArray[np.int64], fractions: Real, substeps: int) -> Complex:
        """Flows from the start of samples over parts of them, (fractions, samples, d, d)."""
        flows = self._in_carriers(samples, fractions, substeps)
        carrier, phase = self._carrier[samples], self._phase[samples]
        begin = self._start + samples
        flows *= self._turned(-phase - carrier * (begin + fractions[:, None]))[..., None]
        flows *= self._turned(phase + carrier * begin)[:, None, :]
        return flows

    def _turned(self, angles: Real) -> Complex:
        """Phases of every state whose excitations turn by some angles each, (…, d)."""
        numbers = self._system.numbers
        highest = int(numbers[-1])
        turns = np.exp(1j * angles)
        powers = np.empty((*angles.shape, highest + 1), dtype=np.complex128)
        powers[..., 0] = 1
        powers[..., 1] = turns
        for k in range(2, highest + 1):
            np.multiply(powers[..., k - 1], turns, out=powers[..., k])
        # The levels of one site are these powers, in this order.
        return powers if len(numbers) == highest + 1 else powers[..., numbers.astype(np.int64)]

    def _in_carriers(self, samples: NDArray[np.int64], fractions: Real, substeps: int) -> Complex:
        """The same, each in the frame in which its drive is real and stands still."""
        if len(self._groups) == 1 and not self._moves:
            return self._groups[0].flows(samples, fractions)
        size = len(self._system.numbers)
        flows = np.empty((len(fractions), len(samples), size, size), dtype=np.complex128)
        for group in self._groups:
            members = group.place[samples]
            which = np.flatnonzero(members >= 0)
            if len(which):
                flows[:, which] = group.flows(members[which], fractions)
        moving = np.flatnonzero(self._moving[samples])
        if len(moving):
            flows[:, moving] = self._magnus(samples[moving], fractions, substeps)
        return flows

    @cached_property
    def _size(self) -> Real:
        """Of the drive, array (samples,)."""
        return np.abs(self._drive)

    @cached_property
    def _phase(self) -> Real:
        """Of the drive, array (samples,); each level has it once more than the one below."""
        return np.angle(self._drive)

    @cached_property
    def _groups(self) -> list[Carrier]:
        """The carriers, which share out the samples."""
        first = float(self._carrier[0])
        every = np.arange(len(self._size))
        if not self._moves and (self._carrier == first).all():
            return [self._group(first, every, every, self._size)]
        groups = []
        for carrier in np.unique(self._carrier[~self._moving]):
            members = np.flatnonzero(~self._moving & (self._carrier == carrier))
            place = np.full(len(every), -1)
            place[members] = every[: len(members)]
            groups.append(self._group(float(carrier), members, place, self._size[members]))
        return groups

    def _group(
        self, carrier: float, members: NDArray[np.int64], place: NDArray[np.int64], sizes: Real
    ) -> Carrier:
        hamiltonian = self._system.turning(carrier)
        if self._counter is None or not sizes.any():
            return Carrier(hamiltonian, self._system.down, sizes, place)
        turning = 2 * carrier + self._counter
        angles = turning * (self._start + members) + 2 * self._phase[members]
        return CounterCarrier(hamiltonian, self._system.down, sizes, place, turning, angles)

    def _magnus(self, samples: NDArray[np.int64], fractions: Real, substeps: int) -> Complex:
        """Flows in the carrier's frame where the Hamiltonian moves, (fractions, samples, d, d)."""
        found = magnus(
            lambda since: self._hamiltonians(samples, since), len(samples), fractions, substeps
        )
        # Flows between two marks take the inverse of one for its adjoint.
        return nearest_unitary(found)

    def _hamiltonians(self, samples: NDArray[np.int64], since: float) -> Complex:
        """Hamiltonians in the first carrier's frame some time into a sample."""
        carriers = self._carrier[samples]
        times = self._start + samples + since
        turning = self._detunings[:, samples] * times
        sounds = self._amplitudes[:, samples]
        total = (sounds * np.exp(1j * (turning - carriers * times))).sum(axis=0)
        if self._counter is not None:
            backward = turning + (carriers + self._counter) * times
            total = total + (sounds.conj() * np.exp(-1j * backward)).sum(axis=0)
        down = total[:, None, None] * self._system.down
        hamiltonians = down + down.conj().swapaxes(-1, -2) + self._system.hamiltonian
        every = np.arange(len(self._system.numbers))
        hamiltonians[:, every, every] -= carriers[:, None] * self._system.numbers
        return hamiltonians


def _carriers(detunings: Real, amplitudes: Complex) -> tuple[Real, Complex, NDArray[np.bool_]]:
    """The first sounding tone's detuning in each sample, the drive, and whether there are others.

    Where there are, the drive counts as 0.
    """
    samples = amplitudes.shape[1]
    if len(amplitudes) == 1:
        return detunings[0], amplitudes[0], np.zeros(samples, dtype=bool)
    carrier = np.zeros(samples)
    taken = np.zeros(samples, dtype=bool)
    several = np.zeros(samples, dtype=bool)
    for detuning, amplitude in zip(detunings, amplitudes, strict=True):
        sounds = amplitude != 0
        several |= sounds & taken & (detuning != carrier)
        carrier = np.where(sounds & ~taken, detuning, carrier)
        taken |= sounds
    return carrier, np.where(several, 0.0, amplitudes.sum(axis=0)), several


def products(flows: Complex | Sequence[Complex]) -> Complex:
    """The product of all flows, the first one rightmost.

    Args:
        flows: Array (n, …, d, d).

    Returns:
        Array (…, d, d).
    """
    matrices = np.asarray(flows)
    while len(matrices) > 1:
        pairs = len(matrices) // 2
        joined = matrices[1 : 2 * pairs : 2] @ matrices[: 2 * pairs : 2]
        odd = matrices[2 * pairs :]
        matrices = np.concatenate([joined, odd]) if len(odd) else joined
    return matrices[0]
