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

from collections.abc import Callable
from dataclasses import dataclass, field

from qiskit.circuit import (
    CircuitInstruction,
    Clbit,
    ControlFlowOp,
    Delay,
    ForLoopOp,
    IfElseOp,
    QuantumCircuit,
    Qubit,
)

from backline.engines.gates.blocks import clbits_of, rebuilt
from backline.errors import CapabilityError
from backline.units import UnitError, to_seconds

Durations = Callable[[str, tuple[int, ...]], float | None]
"""(name, qubits of the device) to seconds, or None where not known."""

# Differences of sums of seconds are not exact: waiting less than this is none.
_INSTANT = 1e-15


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


def with_waits(circuit: QuantumCircuit, qubits: tuple[int, ...], clock: Clock) -> QuantumCircuit:
    """The circuit with every wait as a `Delay` in seconds on the qubit that waits.

    Args:
        circuit: The circuit.
        qubits: For each of its qubits the one of the device.
        clock: How long instructions take.

    Raises:
        CapabilityError: If a delay's duration is no number.
    """
    places = dict(zip(circuit.qubits, qubits, strict=True))
    return _Timeline(circuit, places, clock, inner=False).finished(0.0)


class _Timeline:
    """One circuit or block, scheduled from its end to its start."""

    def __init__(
        self, circuit: QuantumCircuit, places: dict[Qubit, int], clock: Clock, *, inner: bool
    ):
        self._circuit = circuit
        self._places = places
        self._clock = clock
        self._inner = inner
        # How long before the end each bit is needed again.
        self._needed: dict[Qubit | Clbit, float] = dict.fromkeys(
            [*circuit.qubits, *circuit.clbits], 0.0
        )
        self._waited: dict[Qubit, float] = dict.fromkeys(circuit.qubits, 0.0)
        self._last: set[Qubit] = set(circuit.qubits)  # nothing happens to these any more
        self._backwards: list[CircuitInstruction] = []
        for instruction in reversed(circuit.data):
            self._take(instruction)

    @property
    def length(self) -> float:
        """How long it takes, in s."""
        return max(self._needed.values(), default=0.0)

    def finished(self, length: float) -> QuantumCircuit:
        """The circuit with its waits; in a block of `length` seconds, those at its start too."""
        if self._inner:
            for qubit in self._circuit.qubits:
                self._waited[qubit] += max(0.0, length - self._needed[qubit])
                self._emit_wait(qubit)
        return rebuilt(self._circuit, reversed(self._backwards), self._circuit.qubits)

    def _take(self, instruction: CircuitInstruction) -> None:
        operation = instruction.operation
        if operation.name == "delay":
            seconds = self._delay(operation)
            for qubit in instruction.qubits:
                self._waited[qubit] += seconds
                self._needed[qubit] += seconds
            return
        bits = [*instruction.qubits, *clbits_of(instruction)]
        end = max((self._needed.get(bit, 0.0) for bit in bits), default=0.0)
        for qubit in instruction.qubits:
            self._waited[qubit] += end - self._needed[qubit]
        if operation.name == "barrier":
            duration = 0.0
        else:
            for qubit in instruction.qubits:
                self._emit_wait(qubit)
            instruction, duration = self._timed(instruction)
            self._backwards.append(instruction)
        for bit in bits:
            self._needed[bit] = end + duration

    def _emit_wait(self, qubit: Qubit) -> None:
        seconds, self._waited[qubit] = self._waited[qubit], 0.0
        after_all = not self._inner and qubit in self._last
        self._last.discard(qubit)
        if seconds > _INSTANT and not after_all:
            self._backwards.append(CircuitInstruction(Delay(seconds, "s"), [qubit]))

    def _timed(self, instruction: CircuitInstruction) -> tuple[CircuitInstruction, float]:
        """The instruction, its blocks with their waits, and how long it takes."""
        operation = instruction.operation
        if isinstance(operation, ControlFlowOp):
            operation, duration = self._control_flow(instruction)
            return CircuitInstruction(operation, instruction.qubits, instruction.clbits), duration
        if operation.name in ("break_loop", "continue_loop"):
            return instruction, 0.0
        qubits = tuple(self._places[qubit] for qubit in instruction.qubits)
        known = self._clock.durations(operation.name, qubits)
        if known is None or not known >= 0.0:  # written so that NaN is not known
            self._clock.unknown.add(operation.name)
            return instruction, 0.0
        return instruction, known

    def _control_flow(self, instruction: CircuitInstruction) -> tuple[ControlFlowOp, float]:
        operation = instruction.operation
        blocks = list(operation.blocks)
        if isinstance(operation, IfElseOp) and len(blocks) == 1:
            blocks.append(QuantumCircuit(blocks[0].qubits, blocks[0].clbits))
        places = [self._places[qubit] for qubit in instruction.qubits]
        lines = [
            _Timeline(block, dict(zip(block.qubits, places, strict=True)), self._clock, inner=True)
            for block in blocks
        ]
        length = max((line.length for line in lines), default=0.0)
        done = [line.finished(length) for line in lines]
        if isinstance(operation, IfElseOp):
            otherwise = done[1] if done[1].data else None
            return IfElseOp(operation.condition, done[0], otherwise, operation.label), length
        passes = len(operation.params[0]) if isinstance(operation, ForLoopOp) else 1
        return operation.replace_blocks(done), passes * length

    def _delay(self, operation: Delay) -> float:
        try:
            duration = float(operation.duration)
        except (TypeError, ValueError) as error:
            raise CapabilityError(
                f"the gate engine needs the number of a delay, got {operation.duration!r}: "
                "assign its parameters first"
            ) from error
        if operation.unit != "dt":
            try:
                return to_seconds(duration, operation.unit)
            except UnitError as error:
                raise CapabilityError(str(error)) from error
        if self._clock.dt is None:
            self._clock.unknown.add("delay")
            return 0.0
        return duration * self._clock.dt
