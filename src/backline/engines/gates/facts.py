"""The data of a device that a circuit's noise is made of: a value, and so a key that is right.

A `Target` may change between two runs. So nothing is kept for a target as such: each run looks up
the few numbers that its circuit needs, and what is made of them is kept under these numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from qiskit.transpiler import Target

from backline.engines.gates.channels import (
    GateNoise,
    ReadoutNoise,
    gate_noise,
    relaxation,
)
from backline.engines.gates.noise import DeviceNoise
from backline.engines.gates.steps import Step

Used: TypeAlias = tuple[str, tuple[int, ...]]
"""An instruction by name, and its qubits."""

TICK = 1e-15
"""Waits that differ by less, in s, share one channel: a part in 10^8 of the decay at most."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Which noise is wanted.

    Attributes:
        noise: Any.
        idle_noise: That of waiting.
        readout_noise: Wrong readings.
    """

    noise: bool
    idle_noise: bool
    readout_noise: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What a device says of the instructions and qubits of one circuit.

    Attributes:
        instructions: ((name, qubits), (duration in s, error)), what is not known as None.
        qubits: (qubit, (t1 in s, t2 in s)).
        readouts: (qubit, its noise).
        dt: Length of a sample in s.
    """

    instructions: tuple[tuple[Used, tuple[float | None, float | None]], ...]
    qubits: tuple[tuple[int, tuple[float | None, float | None]], ...]
    readouts: tuple[tuple[int, ReadoutNoise | None], ...]
    dt: float | None


NO_FACTS = Facts((), (), (), None)
"""Of an ideal device."""


def facts_of(target: Target, used: Iterable[Used], measured: Iterable[int]) -> Facts:
    """Look up what a circuit needs, and nothing else.

    Args:
        target: The device.
        used: Every instruction of the circuit, once.
        measured: The qubits whose readings may be wrong.
    """
    device = DeviceNoise(target)
    used = tuple(used)
    qubits = sorted({qubit for _, places in used for qubit in places})
    return Facts(
        tuple([(key, device.times(*key)) for key in used]),
        tuple([(qubit, device.coherence(qubit)) for qubit in qubits]),
        tuple([(qubit, device.readout(qubit)) for qubit in measured]),
        target.dt,
    )


@dataclass(frozen=True, eq=False)
class Channels:
    """The noise that follows from facts.

    Attributes:
        facts: Of a circuit.
    """

    facts: Facts
    _instructions: Mapping[Used, tuple[float | None, float | None]] = field(init=False)
    _qubits: Mapping[int, tuple[float | None, float | None]] = field(init=False)
    _readouts: Mapping[int, ReadoutNoise | None] = field(init=False)

    def __post_init__(self) -> None:
        for name in ("instructions", "qubits", "readouts"):
            object.__setattr__(self, f"_{name}", dict(getattr(self.facts, name)))

    def duration(self, name: str, qubits: tuple[int, ...]) -> float | None:
        """How long an instruction takes, in s; None where not known."""
        return self._instructions.get((name, qubits), (None, None))[0]

    def gate(self, name: str, qubits: tuple[int, ...]) -> GateNoise | None:
        """What follows an instruction."""
        duration, error = self._instructions.get((name, qubits), (None, None))
        times = tuple([self._qubits.get(qubit, (None, None)) for qubit in qubits])
        return _gate(duration, error, times)

    def wait(self, qubit: int, seconds: float) -> GateNoise | None:
        """What happens to a qubit that waits."""
        ticks = round(seconds / TICK)
        return _gate(ticks * TICK, None, (self._qubits.get(qubit, (None, None)),))

    def readout(self, qubit: int) -> ReadoutNoise | None:
        """How readings of a qubit are wrong."""
        return self._readouts.get(qubit)


@lru_cache(maxsize=16384)
def _gate(
    duration: float | None,
    error: float | None,
    times: tuple[tuple[float | None, float | None], ...],
) -> GateNoise | None:
    return gate_noise(error, tuple(relaxation(duration, t1, t2) for t1, t2 in times))


def used_in(steps: Iterable[Step]) -> tuple[tuple[Used, ...], tuple[int, ...]]:
    """Every instruction once, and the qubits that are measured, in the order of the steps."""
    used: dict[Used, None] = {}
    measured: dict[int, None] = {}
    _collect(steps, used, measured)
    return tuple(used), tuple(measured)


def _collect(steps: Iterable[Step], used: dict[Used, None], measured: dict[int, None]) -> None:
    for step in steps:
        if step.flow is not None:
            for block in step.flow.blocks:
                _collect(block, used, measured)
            continue
        used[step.name, step.qubits] = None
        if step.name == "measure":
            measured[step.qubits[0]] = None
        if step.parts is not None:
            _collect((part for part in step.parts if part.name == "measure"), used, measured)
