"""Steps laid out one after the other: what a `Program` consists of, with jumps as control flow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from backline.engines.gates.conditions import UnreadableError
from backline.engines.gates.facts import Channels
from backline.engines.gates.matrices import from_bytes, standard
from backline.engines.gates.program import (
    Complex,
    Jump,
    JumpUnless,
    Measure,
    Noise,
    Operation,
    Reset,
    Unitary,
)
from backline.engines.gates.steps import Flow, Step
from backline.engines.gates.waits import NO_GAPS, Gaps


class _Loop(NamedTuple):
    """Jumps out of a loop, whose targets come later: indices of placeholders."""

    breaks: list[int]
    continues: list[int]


class Flattener:
    """Writes operations, on the circuit's own qubits and slots.

    Attributes:
        operations: What came of the steps so far.
        places: For each gate whose values may change, its index here and its place there.
    """

    def __init__(self, matrices: Sequence[Complex], channels: Channels | None):
        """Begin.

        Args:
            matrices: Of standard gates with values, by their place.
            channels: The noise; None for none.
        """
        self.operations: list[Operation] = []
        self.places: list[tuple[int, int]] = []
        self._matrices = matrices
        self._channels = channels
        self._loops: list[_Loop] = []

    def block(self, steps: Sequence[Step], gaps: Gaps = NO_GAPS) -> None:
        """Write the steps of a circuit or block.

        Raises:
            UnreadableError: If a `Program` has no words for one of them.
        """
        self._wait(gaps, -1)
        for index, step in enumerate(steps):
            if step.trouble is not None:
                raise UnreadableError(step.trouble)
            if step.flow is not None:
                self._flow(step.flow, gaps.blocks.get(index))
            else:
                self._step(step)
            self._wait(gaps, index)

    def _step(self, step: Step) -> None:
        name = step.name
        if name == "measure":
            qubit = step.qubits[0]
            noise = None if self._channels is None else self._channels.readout(qubit)
            self.operations.append(Measure(qubit, step.slots[0], noise))
        elif name in ("break_loop", "continue_loop"):
            loop = self._loops[-1]
            (loop.breaks if name == "break_loop" else loop.continues).append(self._placeholder())
        elif name not in ("barrier", "delay"):
            self._act(step)
            self._noise(step)

    def _act(self, step: Step) -> None:
        if step.name == "reset":
            self.operations.append(Reset(step.qubits[0]))
        elif step.parts is not None:
            quiet = Flattener(self._matrices, None)
            quiet.block(step.parts)
            self._take_over(quiet.operations)
        else:
            if step.place >= 0:
                self.places.append((len(self.operations), step.place))
            self.operations.append(Unitary(step.qubits, self._matrix(step), step.name))

    def _take_over(self, operations: Sequence[Operation]) -> None:
        """Parts without noise of gates; readings are wrong in them as elsewhere."""
        if any(isinstance(item, Jump | JumpUnless) for item in operations):
            raise UnreadableError("control flow in the definition of an instruction")
        for item in operations:
            if isinstance(item, Measure) and self._channels is not None:
                item = Measure(item.qubit, item.slot, self._channels.readout(item.qubit))
            self.operations.append(item)

    def _matrix(self, step: Step) -> Complex:
        if step.place >= 0:
            return self._matrices[step.place]
        if step.fixed and isinstance(step.fixed[0], bytes):
            return from_bytes(step.fixed[0])
        return standard(step.name, step.fixed)

    def _noise(self, step: Step) -> None:
        channel = None if self._channels is None else self._channels.gate(step.name, step.qubits)
        if channel is not None:
            self.operations.append(Noise(step.qubits, channel))

    def _wait(self, gaps: Gaps, index: int) -> None:
        for qubit, seconds in gaps.waits.get(index, ()):
            channel = None if self._channels is None else self._channels.wait(qubit, seconds)
            if channel is not None:
                self.operations.append(Noise((qubit,), channel))

    def _flow(self, flow: Flow, gaps: tuple[Gaps, ...] | None) -> None:
        inside = gaps or (NO_GAPS,) * len(flow.blocks)
        if flow.kind == "for_loop":
            self._for_loop(flow, inside)
        elif flow.kind == "while_loop":
            self._while_loop(flow, inside[0])
        else:
            self._branches(flow, inside)

    def _branches(self, flow: Flow, gaps: tuple[Gaps, ...]) -> None:
        # What comes after a default never runs, and an empty last branch needs no words.
        tests = (*flow.tests, None) if flow.kind == "if_else" else flow.tests
        arms = list(zip(tests, flow.blocks, gaps, strict=True))
        default = next((place for place, arm in enumerate(arms) if arm[0] is None), len(arms))
        arms = arms[: default + 1]
        if arms and arms[-1][0] is None and not arms[-1][1] and not arms[-1][2].waits:
            arms.pop()
        ends = []
        for place, (test, block, inside) in enumerate(arms):
            past = None if test is None else self._placeholder()
            self.block(block, inside)
            if place < len(arms) - 1:
                ends.append(self._placeholder())
            if test is not None and past is not None:
                self.operations[past] = JumpUnless(test, len(self.operations))
        self._land(ends)

    def _for_loop(self, flow: Flow, gaps: tuple[Gaps, ...]) -> None:
        loop = self._enter()
        for turn in range(flow.passes):
            which = turn if len(flow.blocks) > 1 else 0
            self.block(flow.blocks[which], gaps[which])
            self._land(loop.continues)
        self._leave(loop)

    def _while_loop(self, flow: Flow, gaps: Gaps) -> None:
        test = flow.tests[0]
        if test is None:
            raise UnreadableError("a loop without condition")
        loop = self._enter()
        start = self._placeholder()
        self.block(flow.blocks[0], gaps)
        self._land(loop.continues)
        self.operations.append(Jump(start))
        self.operations[start] = JumpUnless(test, len(self.operations))
        self._leave(loop)

    def _enter(self) -> _Loop:
        loop = _Loop([], [])
        self._loops.append(loop)
        return loop

    def _leave(self, loop: _Loop) -> None:
        self._loops.pop()
        self._land(loop.breaks)

    def _land(self, jumps: list[int]) -> None:
        for jump in jumps:
            self.operations[jump] = Jump(len(self.operations))
        jumps.clear()

    def _placeholder(self) -> int:
        """Room for a jump whose target is not known yet."""
        self.operations.append(Jump(len(self.operations) + 1))
        return len(self.operations) - 1
