"""The paths that shots take through a program, as a tree that is walked depth first."""

from __future__ import annotations

from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from backline.engines.gates.arrays import Kind
from backline.engines.gates.channels import ReadoutNoise
from backline.engines.gates.compiled_program import Compiled, Step
from backline.engines.gates.fusion import Gates, Section
from backline.engines.gates.groups import Change, Group, divide, hit
from backline.engines.gates.program import JumpUnless, Measure, Reset
from backline.engines.gates.splitting import Decay, Event, Paulis, PhaseFlip, Rest
from backline.engines.watching import look


class Tree:
    """All shots of one part.

    Args:
        kernels: The compiled loops.
        program: What is run.
        bits: Array (shots, slots), which gets the outcomes.
        seed: Of all parts.
        number: Of this part.
        kind: Of the numbers that states are made of.
    """

    def __init__(
        self,
        kernels: ModuleType,
        program: Compiled,
        bits: NDArray[np.uint8],
        seed: int,
        number: int,
        kind: Kind,
    ) -> None:
        self._kernels, self._program, self._bits = kernels, program, bits
        self._seed, self._number, self._kind = seed, number, kind
        self._spare = np.zeros(24 * 128, dtype=kind)
        self._paulis = _paulis(program.num_qubits, kind)
        self._waiting: list[Group] = []

    def grow(self) -> None:
        """Follow all shots to their ends."""
        re = np.zeros(1 << self._program.num_qubits, dtype=self._kind)
        re[0] = 1
        shots = len(self._bits)
        self._waiting.append(Group(0, shots, re, np.zeros_like(re), self._random(0, shots)))
        while self._waiting:
            self._follow(self._waiting.pop())

    def _random(self, first: int, last: int) -> np.random.Generator:
        """A source of chance for the group that begins with these shots; no two have the same."""
        key = np.array([self._seed, first << 31 | last], dtype=np.uint64)
        counter = np.array([0, 0, 0, self._number], dtype=np.uint64)
        return np.random.Generator(np.random.Philox(counter=counter, key=key))

    def _follow(self, group: Group) -> None:
        """Follow a group to its end, or to where it divides: what is split off goes first."""
        steps = self._program.steps
        while group.step < len(steps):
            look()
            apart = self._take(group, steps[group.step])
            if apart:
                self._waiting += [group, *apart]
                return
        self._end(group)

    def _take(self, group: Group, step: Step) -> list[Group]:
        if isinstance(step, Section):
            return self._through(group, step)
        group.step += 1
        if isinstance(step, Measure):
            return self._measure(group, step)
        if isinstance(step, Reset):
            return divide(group, self._of_reset(group, step.qubit, group.size), self._random)
        if isinstance(step, JumpUnless):
            return self._branch(group, step)
        group.step = step.to
        return []

    def _through(self, group: Group, section: Section) -> list[Group]:
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
        count = hit(group, float(section.probabilities[site]))
        return divide(group, self._of_event(group, section.events[site], count), self._random)

    def _evolve(self, group: Group, section: Section, until: int) -> None:
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

    def _apply(self, group: Group, gates: Gates, first: int, last: int) -> None:
        if first < last:
            self._kernels.apply(
                group.re, group.im, gates.qubits, gates.re, gates.im, first, last, self._spare
            )

    def _of_event(self, group: Group, event: Event, count: int) -> list[tuple[int, Change]]:
        if isinstance(event, Decay):
            return self._of_reset(group, event.qubit, count)
        if isinstance(event, Rest):
            return self._of_rest(group, event, count)
        if isinstance(event, PhaseFlip):
            return [(count, lambda part: self._pauli(part, (event.qubit,), 3))]
        return self._of_paulis(group, event, count)

    def _of_paulis(self, group: Group, event: Paulis, count: int) -> list[tuple[int, Change]]:
        most = 4 ** len(event.qubits)
        kinds, sizes = np.unique(group.random.integers(1, most, count), return_counts=True)

        def change(kind: int) -> Change:
            return lambda part: self._pauli(part, event.qubits, kind)

        return [
            (size, change(kind)) for kind, size in zip(kinds.tolist(), sizes.tolist(), strict=True)
        ]

    def _pauli(self, part: Group, qubits: tuple[int, ...], kind: int) -> None:
        for qubit in qubits:
            kind, one = divmod(kind, 4)
            if one:
                index = 3 * qubit + one - 1
                self._apply(part, self._paulis, index, index + 1)

    def _of_reset(self, group: Group, qubit: int, count: int) -> list[tuple[int, Change]]:
        zero, one, ones = self._looked_at(group, qubit, count)
        return [
            (count - ones, lambda part: self._scale(part, qubit, zero**-0.5, 0.0)),
            (ones, lambda part: self._lower(part, qubit, one**-0.5)),
        ]

    def _looked_at(self, group: Group, qubit: int, count: int) -> tuple[float, float, int]:
        """Weights of a qubit's 0 and 1, and in how many of some shots it is found in 1."""
        zero, one = self._kernels.weights(group.re, group.im, qubit)
        return zero, one, int(group.random.binomial(count, one / (zero + one)))

    def _of_rest(self, group: Group, event: Rest, count: int) -> list[tuple[int, Change]]:
        zero, one = self._kernels.weights(group.re, group.im, event.qubit)
        total = zero + one
        jumps = int(group.random.binomial(count, min(1.0, event.jump**2 * one / total)))
        stay = [
            factor * (zero * event.stay[0] ** 2 + one * event.stay[1] ** 2) ** -0.5
            for factor in event.stay
        ]
        return [
            (count - jumps, lambda part: self._scale(part, event.qubit, *stay)),
            (jumps, lambda part: self._lower(part, event.qubit, one**-0.5)),
        ]

    def _scale(self, part: Group, qubit: int, zero: float, one: float) -> None:
        self._kernels.scale(part.re, part.im, qubit, zero, one)

    def _lower(self, part: Group, qubit: int, factor: float) -> None:
        self._kernels.lower(part.re, part.im, qubit, factor)

    def _measure(self, group: Group, step: Measure) -> list[Group]:
        zero, one, ones = self._looked_at(group, step.qubit, group.size)
        self._write(group, step, np.arange(group.size) >= group.size - ones)
        found: list[tuple[int, Change]] = [
            (group.size - ones, lambda part: self._scale(part, step.qubit, zero**-0.5, 0.0)),
            (ones, lambda part: self._scale(part, step.qubit, 0.0, one**-0.5)),
        ]
        return divide(group, found, self._random)

    def _write(self, group: Group, step: Measure, ones: NDArray[np.bool_]) -> None:
        """Write outcomes of a group's shots, some of them misread."""
        if step.readout is not None:
            ones = ones ^ (group.random.random(len(ones)) < _misread(step.readout, ones))
        self._bits[group.first : group.last, step.slot] = ones

    def _branch(self, group: Group, step: JumpUnless) -> list[Group]:
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

        def jump(part: Group) -> None:
            part.step = step.to

        found: list[tuple[int, Change]] = [
            (int(held.sum()), lambda part: None),
            (int((~held).sum()), jump),
        ]
        return divide(group, found, self._random)

    def _end(self, group: Group) -> None:
        """Measure what is measured last."""
        if not self._program.final:
            return
        states = self._kernels.drawn(group.re, group.im, group.random.random(group.size))
        for measure in self._program.final:
            self._write(group, measure, (states >> measure.qubit & 1).astype(bool))


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
