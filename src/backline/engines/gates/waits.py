"""Idle time made visible: a circuit is scheduled as late as possible, and waiting becomes delays.

The rules, which the documentation of `GateEngine` repeats for users:

- An instruction starts when all its qubits and classical bits are free; counted from the end, so
  that everything happens as late as it can (ALAP). Barriers align. A delay of the circuit is
  waiting like any other.
- Waiting before the first instruction of a qubit and after its last one is left out: a
  qubit in the ground state does not decay, and nobody looks after the last one.
- Blocks of control flow are scheduled by themselves, and in them waiting counts also before the
  first and after the last instruction. A branch takes as long as the longest of its siblings,
  a missing ``else`` included. A ``for`` loop takes its body times its passes. How often a
  ``while`` loop runs is not known: it counts as one pass for the qubits outside of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from backline.engines.gates.steps import Flow, Step
from backline.errors import CapabilityError
from backline.units import UnitError, to_seconds

Durations = Callable[[str, tuple[int, ...]], float | None]
"""(name, qubits of the circuit) to seconds, or None where not known."""

# Differences of sums of seconds are not exact: waiting less than this is none.
_INSTANT = 1e-15
_TIMELESS = frozenset({"break_loop", "continue_loop"})


@dataclass(frozen=True)
class Clock:
    """How long instructions take.

    Attributes:
        durations: Of instructions on the device.
        dt: Length of a sample in s, for delays in dt; None where not known.
        unknown: Gets the names of instructions whose duration is not known; they take no time.
    """

    durations: Durations
    dt: float | None
    unknown: set[str] = field(default_factory=set)


class Gaps(NamedTuple):
    """Where the qubits of a circuit or block wait.

    Attributes:
        waits: For each step the waits right after it, (qubit, seconds); those before the first
            step at -1. Steps without waits are left out.
        blocks: For each step with control flow the gaps of its blocks.
    """

    waits: dict[int, tuple[tuple[int, float], ...]]
    blocks: dict[int, tuple[Gaps, ...]]


NO_GAPS = Gaps({}, {})
"""Where nobody waits."""


def gaps(steps: Sequence[Step], clock: Clock) -> Gaps:
    """Where qubits wait.

    Args:
        steps: Of a circuit.
        clock: How long instructions take.

    Raises:
        CapabilityError: If a delay's unit is unknown.
    """
    qubits = {qubit for step in steps for qubit in step.qubits}
    return _Timeline(steps, qubits, clock, inner=False).finished(0.0)


class _Timeline:
    """One circuit or block, scheduled from its end to its start."""

    def __init__(
        self,
        steps: Sequence[Step],
        qubits: set[int],
        clock: Clock,
        *,
        inner: bool,
    ):
        self._qubits = qubits
        self._clock = clock
        self._inner = inner
        # How long before the end each qubit and slot is needed again.
        self._needed = dict.fromkeys(qubits, 0.0)
        self._slots: dict[int, float] = {}
        self._waited = dict.fromkeys(qubits, 0.0)
        self._last = set(qubits)  # nothing happens to these any more
        self._waits: dict[int, list[tuple[int, float]]] = {}
        self._blocks: dict[int, tuple[Gaps, ...]] = {}
        for index in range(len(steps) - 1, -1, -1):
            self._take(index, steps[index])

    @property
    def length(self) -> float:
        """How long it takes, in s."""
        return max((*self._needed.values(), *self._slots.values()), default=0.0)

    def finished(self, length: float) -> Gaps:
        """The gaps; in a block of `length` seconds, those at its start too."""
        if self._inner:
            for qubit in sorted(self._qubits):
                self._waited[qubit] += max(0.0, length - self._needed[qubit])
                self._emit_wait(-1, qubit)
        waits = {index: tuple(found) for index, found in self._waits.items()}
        return Gaps(waits, self._blocks)

    def _take(self, index: int, step: Step) -> None:
        needed, waited = self._needed, self._waited
        if step.name == "delay":
            seconds = self._delay(step)
            for qubit in step.qubits:
                waited[qubit] += seconds
                needed[qubit] += seconds
            return
        slots = _slots_of(step)
        end = max([needed[qubit] for qubit in step.qubits], default=0.0)
        for slot in slots:
            end = max(end, self._slots.get(slot, 0.0))
        for qubit in step.qubits:
            waited[qubit] += end - needed[qubit]
        start = end
        if step.name != "barrier":
            for qubit in step.qubits:
                self._emit_wait(index, qubit)
            start += self._duration(index, step)
        for qubit in step.qubits:
            needed[qubit] = start
        for slot in slots:
            self._slots[slot] = start

    def _emit_wait(self, index: int, qubit: int) -> None:
        seconds, self._waited[qubit] = self._waited[qubit], 0.0
        after_all = not self._inner and qubit in self._last
        self._last.discard(qubit)
        if seconds > _INSTANT and not after_all:
            self._waits.setdefault(index, []).append((qubit, seconds))

    def _duration(self, index: int, step: Step) -> float:
        if step.flow is not None:
            return self._control_flow(index, step, step.flow)
        if step.name in _TIMELESS:
            return 0.0
        known = self._clock.durations(step.name, step.qubits)
        if known is None or not known >= 0.0:  # written so that NaN is not known
            self._clock.unknown.add(step.name)
            return 0.0
        return known

    def _control_flow(self, index: int, step: Step, flow: Flow) -> float:
        qubits = set(step.qubits)
        lines = [_Timeline(block, qubits, self._clock, inner=True) for block in flow.blocks]
        lengths = [line.length for line in lines]
        if flow.kind == "for_loop" and len(lines) > 1:  # passes that differ, one after the other
            passes = zip(lines, lengths, strict=True)
            self._blocks[index] = tuple(line.finished(length) for line, length in passes)
            return sum(lengths)
        length = max(lengths, default=0.0)
        self._blocks[index] = tuple(line.finished(length) for line in lines)
        return flow.passes * length

    def _delay(self, step: Step) -> float:
        duration, unit = step.fixed
        if unit != "dt":
            try:
                return to_seconds(duration, unit)
            except UnitError as error:
                raise CapabilityError(str(error)) from error
        if self._clock.dt is None:
            self._clock.unknown.add("delay")
            return 0.0
        return float(duration * self._clock.dt)


def _slots_of(step: Step) -> set[int]:
    """The classical bits that a step writes or reads, those of its condition included."""
    slots = set(step.slots)
    if step.flow is not None:
        for test in step.flow.tests:
            if test is not None:
                slots.update(test.slots)
    return slots
