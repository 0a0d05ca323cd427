"""A program as a circuit of Stim: text, which Stim reads many times faster than it is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from backline.engines.gates.channels import Relaxation
from backline.engines.gates.cliffords import clifford_text, pauli_name
from backline.engines.gates.program import (
    Jump,
    JumpUnless,
    Measure,
    Noise,
    Operation,
    Program,
    Reset,
    Unitary,
)

_PAULIS_OF_TWO = 15 / 16
_JUMPS = "loops, or branches in branches"


class NotStimError(Exception):
    """Why Stim cannot run a program, for a sentence that begins with "it has"."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where a measurement went.

    Attributes:
        slot: The classical bit.
        flips: Misreadings that Stim has not made: (p1_given_0, p0_given_1); None for none.
    """

    slot: int
    flips: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class StimCircuit:
    """What Stim runs, and what is done to its record.

    Attributes:
        text: The circuit.
        record: One entry a measurement, in order; the last of a slot counts.
    """

    text: str
    record: tuple[Recorded, ...]


def stim_circuit(program: Program) -> StimCircuit:
    """Translate a program.

    Raises:
        NotStimError: If it has a gate that is no Clifford gate, noise that is no mixture of
            Paulis, control flow beyond Paulis on one bit, or a condition that reads a bit which
            is misread more often in one way than in the other.
    """
    return _Writer(program).written()


@dataclass(slots=True)
class _Writer:
    program: Program
    _lines: list[str] = field(default_factory=list)
    _record: list[Recorded] = field(default_factory=list)
    _last: dict[int, int] = field(default_factory=dict)
    _read: frozenset[int] = frozenset()

    def written(self) -> StimCircuit:
        operations = self.program.operations
        self._read = frozenset(
            slot
            for item in operations
            if isinstance(item, JumpUnless)
            for slot in item.condition.slots
        )
        index = 0
        while index < len(operations):
            item = operations[index]
            if isinstance(item, JumpUnless):
                index = self._branch(operations, index, item)
                continue
            self._write(item)
            index += 1
        return StimCircuit("\n".join(self._lines), tuple(self._record))

    def _write(self, item: Operation) -> None:
        if isinstance(item, Unitary):
            lines = clifford_text(item.matrix)
            if lines is None:
                raise NotStimError(f"a gate that is no Clifford gate, {item.name!r}")
            self._lines += [line.format(*item.qubits) for line in lines]
        elif isinstance(item, Noise):
            self._lines += noise_lines(item)
        elif isinstance(item, Measure):
            self._measure(item)
        elif isinstance(item, Reset):
            self._lines.append(f"R {item.qubit}")
        else:
            raise NotStimError(_JUMPS)

    def _measure(self, item: Measure) -> None:
        readout = item.readout
        self._last[item.slot] = len(self._record)
        if readout is None:
            self._lines.append(f"M {item.qubit}")
            self._record.append(Recorded(item.slot, None))
            return
        pair = readout.p1_given_0, readout.p0_given_1
        even = pair[0] == pair[1] and pair[0] <= 0.5
        if even:
            self._lines.append(f"M({pair[0]!r}) {item.qubit}")
        elif item.slot in self._read:
            raise NotStimError(
                "a condition on a bit that is misread more often in one way than in the other"
            )
        else:
            self._lines.append(f"M {item.qubit}")
        self._record.append(Recorded(item.slot, None if even else pair))

    def _branch(self, operations: Sequence[Operation], start: int, item: JumpUnless) -> int:
        """Paulis under a condition on one bit; the index after them."""
        slot, wanted = _single_bit(item)
        end = item.to
        otherwise: Sequence[Operation] = ()
        taken = operations[start + 1 : end]
        if taken and isinstance(taken[-1], Jump) and taken[-1].to >= end:
            otherwise = operations[end : taken[-1].to]
            end, taken = taken[-1].to, taken[:-1]
        if not wanted:
            taken, otherwise = otherwise, taken
        for pauli, qubit in _paulis(taken):
            self._feed_back(slot, pauli, qubit)
        for pauli, qubit in _paulis(otherwise):
            # A Pauli unless the bit is 1: always, and once more if it is.
            self._lines.append(f"{pauli} {qubit}")
            self._feed_back(slot, pauli, qubit)
        return end

    def _feed_back(self, slot: int, pauli: str, qubit: int) -> None:
        if slot in self._last:  # a bit that nothing has written is 0
            back = self._last[slot] - len(self._record)
            self._lines.append(f"C{pauli} rec[{back}] {qubit}")


def noise_lines(item: Noise) -> list[str]:
    """Noise as channels of Stim.

    Raises:
        NotStimError: If it is no mixture of Paulis, or acts on more than two qubits together.
    """
    lines = []
    strength = item.channel.depolarizing
    if strength > 0.0:
        lines.append(_depolarizing(strength, item.qubits))
    for qubit, relaxation in zip(item.qubits, item.channel.relaxations, strict=True):
        if relaxation is not None:
            lines.append(_dephasing(relaxation, qubit))
    return lines


def _depolarizing(strength: float, qubits: Sequence[int]) -> str:
    if len(qubits) == 1:
        # Not DEPOLARIZE1, which goes no further than strength 1.
        each = strength / 4.0
        return f"PAULI_CHANNEL_1({each!r},{each!r},{each!r}) {qubits[0]}"
    if len(qubits) > 2:
        raise NotStimError(f"depolarizing noise on {len(qubits)} qubits together")
    if strength <= 1.0:
        return f"DEPOLARIZE2({strength * _PAULIS_OF_TWO!r}) {qubits[0]} {qubits[1]}"
    each = strength / 16.0
    return f"PAULI_CHANNEL_2({','.join([repr(each)] * 15)}) {qubits[0]} {qubits[1]}"


def _dephasing(relaxation: Relaxation, qubit: int) -> str:
    if relaxation.decay > 0.0:
        raise NotStimError("relaxation (T1), which is no mixture of Paulis")
    return f"Z_ERROR({(1.0 - relaxation.coherence) / 2.0!r}) {qubit}"


def _single_bit(item: JumpUnless) -> tuple[int, bool]:
    """The bit of a condition, and whether it must be 1."""
    condition = item.condition
    if len(condition.slots) != 1:
        raise NotStimError("a condition on more than one bit")
    slot = condition.slots[0]
    bits = [0] * (slot + 1)
    at_zero = condition(bits)
    bits[slot] = 1
    if condition(bits) == at_zero:
        raise NotStimError("a condition that no bit changes")
    return slot, not at_zero


def _paulis(operations: Sequence[Operation]) -> list[tuple[str, int]]:
    if any(isinstance(item, Jump | JumpUnless) for item in operations):
        raise NotStimError(_JUMPS)
    found = []
    for item in operations:
        name = pauli_name(item.matrix) if isinstance(item, Unitary) else None
        if name is None or not isinstance(item, Unitary):
            raise NotStimError("a branch with something else than Paulis without noise")
        if name != "I":
            found.append((name, item.qubits[0]))
    return found
