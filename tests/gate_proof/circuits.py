"""Random circuits with every gate of the device, in several kinds."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Literal

import numpy as np
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Clbit

from gate_proof.devices import DT, EDGES, QUBITS

Kind = Literal["plain", "measured", "branching", "looping", "everything"]
KINDS: tuple[Kind, ...] = ("plain", "measured", "branching", "looping", "everything")
"""No measurement but the last; some on the way, and resets; `if_else` and `switch`; loops; all."""

ONES = ("x", "sx", "sx", "rz", "rz", "rx", "id")
SLOTS = 6  # of which the last five hold what is measured at the end


def random_circuit(
    seed: int, kind: Kind, *, clifford: bool = False, without: Collection[str] = ()
) -> QuantumCircuit:
    """Five qubits; all of them measured at the end, one slot more written on the way.

    Args:
        seed: Everything follows from it.
        kind: What is in it beside gates.
        clifford: Whether angles are multiples of π/2, all gates that are chosen by outcomes
            Paulis, and no loop open.
        without: Gates that are left out.
    """
    return _Maker(seed, kind, clifford, without).made()


class _Maker:
    def __init__(self, seed: int, kind: Kind, clifford: bool, without: Collection[str]):
        self._rng = np.random.default_rng([seed, KINDS.index(kind), clifford])
        self._clifford = clifford
        self._twos = [name for name in EDGES if name not in without]
        self._ones = [name for name in ONES if name not in without]
        early, late = ClassicalRegister(1, "early"), ClassicalRegister(QUBITS, "late")
        self._circuit = QuantumCircuit(
            QuantumRegister(QUBITS, "q"), early, late, name=f"{kind} {seed}"
        )
        self._specials: list[Callable[[], None]] = {
            "plain": [],
            "measured": [self._measure, self._reset, self._wait],
            "branching": [self._if_else, self._switch, self._measure],
            "looping": [self._for, self._while, self._for_with_break],
            "everything": [
                *(self._measure, self._reset, self._wait, self._if_else, self._switch),
                *(self._for, self._while, self._for_with_break),
            ],
        }[kind]
        if clifford:
            feedback = (self._measure, self._reset, self._wait, self._if_else, self._for)
            self._specials = [special for special in self._specials if special in feedback]

    def made(self) -> QuantumCircuit:
        specials = list(self._specials)
        self._rng.shuffle(specials)
        for special in [*specials[:3], None, None]:
            for _ in range(5):
                self._gate()
            if special is not None:
                special()
        self._circuit.measure(range(QUBITS), self._circuit.cregs[1])
        return self._circuit

    def _gate(self, *, on: tuple[int, ...] | None = None) -> None:
        """A gate; on one of the given qubits alone, or one anywhere, half of them on two."""
        rng, circuit = self._rng, self._circuit
        if on is None and rng.random() < 0.5:
            name = str(rng.choice(self._twos))
            pair = list(EDGES[name])[rng.integers(len(EDGES[name]))]
            getattr(circuit, name)(*([self._angle()] if name == "rzz" else []), *pair)
            return
        qubit = int(rng.choice(range(QUBITS) if on is None else on))
        name = str(rng.choice(self._ones))
        getattr(circuit, name)(*([self._angle()] if name in ("rz", "rx") else []), qubit)

    def _angle(self) -> float:
        if self._clifford:
            return float(self._rng.integers(-4, 5)) * np.pi / 2
        return float(self._rng.uniform(-2 * np.pi, 2 * np.pi))

    def _qubit(self) -> int:
        return int(self._rng.integers(QUBITS))

    def _slot(self) -> Clbit:
        return self._circuit.clbits[self._rng.integers(SLOTS)]

    def _measure(self) -> Clbit:
        slot = self._slot()
        self._circuit.measure(self._qubit(), slot)
        return slot

    def _reset(self) -> None:
        self._circuit.reset(self._qubit())

    def _wait(self) -> None:
        self._circuit.delay(int(self._rng.integers(1, 20)) * 160, self._qubit(), unit="dt")
        self._circuit.delay(int(self._rng.integers(1, 9)) * 160 * DT, self._qubit(), unit="s")
        self._circuit.barrier()

    def _chosen(self) -> None:
        """What stands in a branch."""
        if self._clifford:
            self._circuit.x(self._qubit())
            self._circuit.rz(np.pi, self._qubit())
            return
        for _ in range(2):
            self._gate()

    def _if_else(self) -> None:
        slot = self._measure()
        with self._circuit.if_test((slot, int(self._rng.integers(2)))) as otherwise:
            self._chosen()
        if self._rng.random() < 0.7:
            with otherwise:
                self._chosen()

    def _switch(self) -> None:
        register = self._circuit.cregs[1]
        for qubit in (self._qubit(), self._qubit()):
            self._circuit.measure(qubit, register[qubit % 2])
        with self._circuit.switch(register) as case:
            with case(0, 2):
                self._chosen()
            with case(1):
                self._circuit.x(self._qubit())
            with case(case.DEFAULT):
                self._circuit.sx(self._qubit())

    def _for(self) -> None:
        with self._circuit.for_loop(range(3)) as index:
            if not self._clifford:
                self._circuit.rx(0.3 * index, self._qubit())
            self._gate()

    def _for_with_break(self) -> None:
        slot = self._circuit.clbits[0]
        with self._circuit.for_loop(range(3)):
            self._gate()
            self._circuit.measure(self._qubit(), slot)
            with self._circuit.if_test((slot, 1)):
                if self._rng.random() < 0.5:
                    self._circuit.break_loop()
                else:
                    self._circuit.continue_loop()
            self._gate()

    def _while(self) -> None:
        """Until a qubit that is turned by about a quarter in each pass reads 0."""
        slot, qubit = self._slot(), self._qubit()
        self._circuit.measure(qubit, slot)
        with self._circuit.while_loop((slot, 1)):
            self._circuit.rx(1.9, qubit)
            self._gate(on=tuple(set(range(QUBITS)) - {qubit}))
            self._circuit.measure(qubit, slot)
