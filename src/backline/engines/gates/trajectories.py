"""Shots of noisy circuits as state vectors to which errors happen by chance.

Every channel does nothing with some probability (`splitting`), whatever the state. So the place
of the next error is drawn before anything is computed, and shots to which the same has happened
share one state: they are a group, which goes on until something happens to some of them. These get
a copy of the state, and so on, depth first. A group of n shots passes a site without an error with
(1 - p)^n, so one exponential number says where its next error is; nothing is drawn shot by shot.

Measurements, resets and errors that depend on the state divide a group by its outcomes
(Dalibard, Castin, Mølmer, PRL 68, 580, 1992).
"""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from backline.engines.gates import kernels
from backline.engines.gates.arrays import Kind, Real
from backline.engines.gates.channels import ReadoutNoise
from backline.engines.gates.compiled_program import Compiled, Step, compiled
from backline.engines.gates.fusion import Gates, Section
from backline.engines.gates.program import JumpUnless, Measure, Program, Reset
from backline.engines.gates.splitting import Decay, Event, Paulis, PhaseFlip, Rest

Bits = NDArray[np.uint8]
_MOST_PARTS = 8
_PATHS_IN_A_PART = 50


@dataclass(slots=True, eq=False)
class _Group:
    """Shots to which the same has happened so far.

    Attributes:
        first: The first of them.
        last: One after the last.
        re: Real parts of their state.
        im: Imaginary parts.
        random: Their source of chance.
        step: Where they are in the program.
        part: The next part of the section.
        site: The next site of the section.
    """

    first: int
    last: int
    re: Real
    im: Real
    random: np.random.Generator
    step: int = 0
    part: int = 0
    site: int = 0

    @property
    def size(self) -> int:
        return self.last - self.first


Change = Callable[[_Group], None]


def run(
    program: Program, *, shots: int, seed: int, single: bool = True, workers: int | None = None
) -> Bits:
    """Sample a program.

    Args:
        program: With gates on one and two qubits.
        shots: How often, at least 1.
        seed: The same seed gives the same shots, on however many workers.
        single: Whether amplitudes are single-precision numbers.
        workers: Threads; by default one a processor.

    Returns:
        uint8 array (shots, slots), in a random order.
    """
    kind: Kind = np.dtype(np.float32) if single else np.dtype(np.float64)
    ready = compiled(program, kind)
    bits = np.zeros((shots, program.num_slots), dtype=np.uint8)
    bounds = np.linspace(0, shots, _parts(ready, shots) + 1).astype(int)
    trees = [
        _Tree(ready, bits[low:high], seed, number, kind)
        for number, (low, high) in enumerate(itertools.pairwise(bounds))
    ]
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        list(pool.map(_Tree.grow, trees))
    np.random.Generator(np.random.PCG64([seed, shots])).shuffle(bits)
    return bits


def _parts(ready: Compiled, shots: int) -> int:
    """Into how many trees shots are divided: each walks the common path again."""
    sections = [step for step in ready.steps if isinstance(step, Section)]
    hazard = sum(float(step.hazards[-1]) for step in sections if len(step.hazards))
    paths = min(1.0, hazard) * shots
    return int(min(_MOST_PARTS, shots, 1 + paths // _PATHS_IN_A_PART))


class _Tree:
    """All shots of one part.

    Args:
        program: What is run.
        bits: Array (shots, slots), which gets the outcomes.
        seed: Of all parts.
        number: Of this part.
        kind: Of the numbers that states are made of.
    """

    def __init__(self, program: Compiled, bits: Bits, seed: int, number: int, kind: Kind) -> None:
        self._program, self._bits = program, bits
        self._seed, self._number, self._kind = seed, number, kind
        self._spare = np.zeros(24 * 128, dtype=kind)
        self._paulis = _paulis(program.num_qubits, kind)
        self._waiting: list[_Group] = []

    def grow(self) -> None:
        """Follow all shots to their ends."""
        re = np.zeros(1 << self._program.num_qubits, dtype=self._kind)
        re[0] = 1
        shots = len(self._bits)
        self._waiting.append(_Group(0, shots, re, np.zeros_like(re), self._random(0, shots)))
        while self._waiting:
            self._follow(self._waiting.pop())

    def _random(self, first: int, last: int) -> np.random.Generator:
        """A source of chance for the group that begins with these shots; no two have the same."""
        key = np.array([self._seed, first << 31 | last], dtype=np.uint64)
        counter = np.array([0, 0, 0, self._number], dtype=np.uint64)
        return np.random.Generator(np.random.Philox(counter=counter, key=key))

    def _follow(self, group: _Group) -> None:
        """Follow a group to its end, or to where it divides: what is split off goes first."""
        steps = self._program.steps
        while group.step < len(steps):
            apart = self._take(group, steps[group.step])
            if apart:
                self._waiting += [group, *apart]
                return
        self._end(group)

    def _take(self, group: _Group, step: Step) -> list[_Group]:
        if isinstance(step, Section):
            return self._through(group, step)
        group.step += 1
        if isinstance(step, Measure):
            return self._measure(group, step)
        if isinstance(step, Reset):
            return _divide(group, self._of_reset(group, step.qubit, group.size), self._random)
        if isinstance(step, JumpUnless):
            return self._branch(group, step)
        group.step = step.to
        return []

    def _through(self, group: _Group, section: Section) -> list[_Group]:
        """To the next error, and what it does; or to the end of a section."""
        hazards = section.hazards
        passed = hazards[group.site - 1] if group.site else 0.0
        site = len(hazards)
        if group.site < site:
            until = passed + group.random.exponential() / group.size
            site = int(np.searchsorted(hazards, until))
        if site == len(hazards):
            self._evolve(group, section, int(section.bounds[-1]))
            group.step, group.part, group.site = group.step + 1, 0, 0
            return []
        self._evolve(group, section, int(section.places[site]))
        group.site = site + 1
        count = _hit(group, float(section.probabilities[site]))
        return _divide(group, self._of_event(group, section.events[site], count), self._random)

    def _evolve(self, group: _Group, section: Section, until: int) -> None:
        """Apply parts up to one of them, whole blocks where there are any."""
        bounds = section.bounds
        first = int(np.searchsorted(bounds, group.part))
        last = int(np.searchsorted(bounds, until, side="right")) - 1
        if first < last:
            self._apply(group, section.parts, group.part, int(bounds[first]))
            self._apply(group, section.wholes, first, last)
            self._apply(group, section.parts, int(bounds[last]), until)
        else:
            self._apply(group, section.parts, group.part, until)
        group.part = until

    def _apply(self, group: _Group, gates: Gates, first: int, last: int) -> None:
        if first < last:
            kernels.apply(
                group.re, group.im, gates.qubits, gates.re, gates.im, first, last, self._spare
            )

    def _of_event(self, group: _Group, event: Event, count: int) -> list[tuple[int, Change]]:
        if isinstance(event, Decay):
            return self._of_reset(group, event.qubit, count)
        if isinstance(event, Rest):
            return self._of_rest(group, event, count)
        if isinstance(event, PhaseFlip):
            return [(count, lambda part: self._pauli(part, (event.qubit,), 3))]
        return self._of_paulis(group, event, count)

    def _of_paulis(self, group: _Group, event: Paulis, count: int) -> list[tuple[int, Change]]:
        most = 4 ** len(event.qubits)
        kinds, sizes = np.unique(group.random.integers(1, most, count), return_counts=True)

        def change(kind: int) -> Change:
            return lambda part: self._pauli(part, event.qubits, kind)

        return [
            (size, change(kind)) for kind, size in zip(kinds.tolist(), sizes.tolist(), strict=True)
        ]

    def _pauli(self, part: _Group, qubits: tuple[int, ...], kind: int) -> None:
        for qubit in qubits:
            kind, one = divmod(kind, 4)
            if one:
                index = 3 * qubit + one - 1
                self._apply(part, self._paulis, index, index + 1)

    def _of_reset(self, group: _Group, qubit: int, count: int) -> list[tuple[int, Change]]:
        zero, one = kernels.weights(group.re, group.im, qubit)
        ones = int(group.random.binomial(count, one / (zero + one)))
        found: list[tuple[int, Change]] = [
            (count - ones, lambda part: kernels.scale(part.re, part.im, qubit, zero**-0.5, 0.0)),
            (ones, lambda part: kernels.lower(part.re, part.im, qubit, one**-0.5)),
        ]
        return found

    def _of_rest(self, group: _Group, event: Rest, count: int) -> list[tuple[int, Change]]:
        zero, one = kernels.weights(group.re, group.im, event.qubit)
        total = zero + one
        jumps = int(group.random.binomial(count, min(1.0, event.jump**2 * one / total)))
        stay = [
            factor * (zero * event.stay[0] ** 2 + one * event.stay[1] ** 2) ** -0.5
            for factor in event.stay
        ]
        found: list[tuple[int, Change]] = [
            (count - jumps, lambda part: kernels.scale(part.re, part.im, event.qubit, *stay)),
            (jumps, lambda part: kernels.lower(part.re, part.im, event.qubit, one**-0.5)),
        ]
        return found

    def _measure(self, group: _Group, step: Measure) -> list[_Group]:
        zero, one = kernels.weights(group.re, group.im, step.qubit)
        ones = int(group.random.binomial(group.size, one / (zero + one)))
        self._write(group, step, np.arange(group.size) >= group.size - ones)
        found: list[tuple[int, Change]] = [
            (
                group.size - ones,
                lambda part: kernels.scale(part.re, part.im, step.qubit, zero**-0.5, 0.0),
            ),
            (ones, lambda part: kernels.scale(part.re, part.im, step.qubit, 0.0, one**-0.5)),
        ]
        return _divide(group, found, self._random)

    def _write(self, group: _Group, step: Measure, ones: NDArray[np.bool_]) -> None:
        """Write outcomes of a group's shots, some of them misread."""
        if step.readout is not None:
            ones = ones ^ (group.random.random(len(ones)) < _misread(step.readout, ones))
        self._bits[group.first : group.last, step.slot] = ones

    def _branch(self, group: _Group, step: JumpUnless) -> list[_Group]:
        slots = list(step.condition.slots)
        rows = self._bits[group.first : group.last]
        kinds, which = np.unique(rows[:, slots], axis=0, return_inverse=True)
        full = np.zeros(rows.shape[1], dtype=np.uint8)
        holds = []
        for kind in kinds:
            full[slots] = kind
            holds.append(step.condition(full.tolist()))
        held = np.array(holds)[which.reshape(-1)]
        order = np.argsort(~held, kind="stable")
        rows[:] = rows[order]

        def jump(part: _Group) -> None:
            part.step = step.to

        found: list[tuple[int, Change]] = [
            (int(held.sum()), lambda part: None),
            (int((~held).sum()), jump),
        ]
        return _divide(group, found, self._random)

    def _end(self, group: _Group) -> None:
        """Measure what is measured last."""
        if not self._program.final:
            return
        states = kernels.drawn(group.re, group.im, group.random.random(group.size))
        for measure in self._program.final:
            self._write(group, measure, (states >> measure.qubit & 1).astype(bool))


def _divide(
    group: _Group,
    outcomes: list[tuple[int, Change]],
    random: Callable[[int, int], np.random.Generator],
) -> list[_Group]:
    """Split shots off a group, by what happens to them; what is left of it goes on as it is.

    Where nothing is left the group itself takes the last of the outcomes.
    """
    outcomes = [(size, change) for size, change in outcomes if size]
    found = []
    for size, change in outcomes:
        if size == group.size:
            change(group)
            break
        first, group.first = group.first, group.first + size
        part = replace(
            group,
            first=first,
            last=first + size,
            re=group.re.copy(),
            im=group.im.copy(),
            random=random(first, first + size),
        )
        change(part)
        found.append(part)
    return found


def _hit(group: _Group, probability: float) -> int:
    """How many shots of a group an error hits, if it hits at least one.

    The first one that is hit is drawn from the geometric distribution, cut off at the group's
    size; those after it are hit independently.
    """
    size = group.size
    if size == 1:
        return 1
    spared = math.log1p(-probability)
    uniform = group.random.random() * -math.expm1(size * spared)
    first = min(int(math.log1p(-uniform) / spared), size - 1)
    return 1 + int(group.random.binomial(size - first - 1, probability))


def _misread(readout: ReadoutNoise, ones: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.where(ones, readout.p0_given_1, readout.p1_given_0)


def _paulis(num_qubits: int, kind: Kind) -> Gates:
    """X, Y and Z of each qubit."""
    three = np.zeros((3, 16), dtype=np.complex128)
    three[:, :4] = np.array([[0, 1, 1, 0], [0, -1j, 1j, 0], [1, 0, 0, -1]])
    matrices = np.tile(three, (num_qubits, 1))
    qubits = np.full((3 * num_qubits, 2), -1)
    qubits[:, 0] = np.repeat(np.arange(num_qubits), 3)
    return Gates(qubits, matrices.real.astype(kind), matrices.imag.astype(kind))
