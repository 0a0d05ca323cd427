"""Exact distributions of noisy circuits with control flow, apart from the engine under test.

A density matrix for each state of the classical bits, evolved with Qiskit's superoperators and
Aer's error channels. The engine's own code is used for one thing alone: to place waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from qiskit.circuit import (
    ClassicalRegister,
    Clbit,
    ForLoopOp,
    IfElseOp,
    QuantumCircuit,
    SwitchCaseOp,
    WhileLoopOp,
)
from qiskit.circuit.controlflow import CASE_DEFAULT
from qiskit.quantum_info import Operator, SuperOp, process_fidelity
from qiskit_aer.noise import QuantumError, depolarizing_error, thermal_relaxation_error

from backline.engines.gates.delays import with_waits
from backline.engines.gates.waits import Clock

Branches = dict[tuple[int, ...], np.ndarray]
"""For each state of the classical bits a density matrix, which is its probability in trace."""

NOTHING = 1e-12
"""Probability below which a branch is not followed."""

RESET = np.zeros((4, 4))
"""A reset, on vectors that stack columns as Qiskit does: both populations go to |0><0|."""
RESET[0, 0] = RESET[0, 3] = 1.0


@dataclass(frozen=True)
class Noise:
    """What is noisy; as the options of the engine."""

    on: bool = True
    idle: bool = True
    readout: bool = True


@dataclass
class _Flow:
    """Branches that go on, and those that have left the loop or this pass of it."""

    on: Branches
    broken: Branches = field(default_factory=dict)
    continued: Branches = field(default_factory=dict)


def distribution(circuit: QuantumCircuit, target, noise: Noise) -> dict[int, float]:
    """Probability of each state of the classical bits, as a number with bit k for clbit k."""
    if noise.on and noise.idle:
        durations = _durations(target)
        clock = Clock(durations, target.dt)
        circuit = with_waits(circuit, clock)
    done = _Walk(circuit, target, noise).done()
    return {
        sum(bit << slot for slot, bit in enumerate(bits)): weight(rho) for bits, rho in done.items()
    }


def gate_error(target, name: str, qubits: tuple[int, ...]) -> QuantumError | None:
    """Depolarizing until the average gate fidelity is 1 - error, then relaxation."""
    properties = target[name].get(qubits) if name in target.operation_names else None
    if properties is None:
        return None
    times = _times(target, qubits)
    return _error(properties.error or 0.0, properties.duration or 0.0, times)


def _times(target, qubits: tuple[int, ...]) -> tuple[tuple[float, float], ...]:
    """T1 and T2 of each qubit, in s."""
    known = [target.qubit_properties[qubit] for qubit in qubits]
    return tuple((np.inf if qubit.t1 is None else qubit.t1, qubit.t2) for qubit in known)


# By numbers, so that another device never gets them: making them is most of the work.
@cache
def _error(error: float, duration: float, times: tuple[tuple[float, float], ...]) -> QuantumError:
    relaxed = None
    for t1, t2 in times:
        one = thermal_relaxation_error(t1, t2, duration)
        relaxed = one if relaxed is None else relaxed.expand(one)
    if not error:
        return relaxed
    dimension = 2 ** len(times)
    before = process_fidelity(SuperOp(relaxed))
    wanted = ((dimension + 1) * (1 - error) - 1) / dimension
    strength = max(0.0, (before - wanted) / (before - dimension**-2))
    return depolarizing_error(strength, len(times)).compose(relaxed)


@cache
def _error_map(error: float, duration: float, times: tuple[tuple[float, float], ...]) -> np.ndarray:
    return SuperOp(_error(error, duration, times)).data


def _durations(target):
    def durations(name, qubits):
        properties = target[name].get(qubits) if name in target.operation_names else None
        return getattr(properties, "duration", None)

    return durations


def weight(rho: np.ndarray) -> float:
    """The probability of a branch."""
    side = 2 ** (rho.ndim // 2)
    return float(np.trace(rho.reshape(side, side)).real)


class _Walk:
    """One circuit, instruction by instruction, blocks and all."""

    def __init__(self, circuit: QuantumCircuit, target, noise: Noise):
        self._circuit, self._target, self._noise = circuit, target, noise
        self._width = circuit.num_qubits
        self._clbits = {bit: place for place, bit in enumerate(circuit.clbits)}
        self._maps: dict[object, np.ndarray] = {}

    def done(self) -> Branches:
        rho = np.zeros((2,) * (2 * self._width), dtype=complex)
        rho[(0,) * rho.ndim] = 1.0
        begun = {(0,) * self._circuit.num_clbits: rho}
        places = dict(zip(self._circuit.qubits, range(self._width), strict=True))
        return self._block(self._circuit, places, self._clbits, begun).on

    def _block(self, block, places, slots, branches: Branches) -> _Flow:
        flow = _Flow(branches)
        for instruction in block.data:
            qubits = tuple(places[qubit] for qubit in instruction.qubits)
            clbits = tuple(slots[clbit] for clbit in instruction.clbits)
            self._step(instruction.operation, qubits, clbits, flow)
        return flow

    def _step(self, operation, qubits, clbits, flow: _Flow) -> None:
        name = operation.name
        if name == "barrier":
            return
        if name == "break_loop":
            merge(flow.broken, flow.on)
            flow.on = {}
        elif name == "continue_loop":
            merge(flow.continued, flow.on)
            flow.on = {}
        elif name == "measure":
            flow.on = self._measured(flow.on, qubits[0], clbits[0])
        elif isinstance(operation, IfElseOp | SwitchCaseOp):
            self._choice(operation, qubits, clbits, flow)
        elif isinstance(operation, ForLoopOp):
            self._for(operation, qubits, clbits, flow)
        elif isinstance(operation, WhileLoopOp):
            self._while(operation, qubits, clbits, flow)
        else:
            superoperator = self._map(operation, qubits)
            flow.on = {bits: applied(superoperator, rho, qubits) for bits, rho in flow.on.items()}

    def _map(self, operation, qubits) -> np.ndarray:
        """A gate, a reset or a delay, and the noise that follows."""
        key = (operation.name, tuple(operation.params), qubits)
        if key not in self._maps:
            self._maps[key] = self._made(operation, qubits)
        return self._maps[key]

    def _made(self, operation, qubits) -> np.ndarray:
        times = _times(self._target, qubits)
        if operation.name == "delay":
            if not (self._noise.on and self._noise.idle):
                return np.eye(4)
            if operation.unit != "s":
                raise ValueError("waits are in seconds by now")
            return _error_map(0.0, operation.duration, times)
        ideal = RESET if operation.name == "reset" else SuperOp(Operator(operation)).data
        properties = self._target[operation.name].get(qubits)
        if not self._noise.on or properties is None:
            return ideal
        return _error_map(properties.error or 0.0, properties.duration or 0.0, times) @ ideal

    def _measured(self, branches: Branches, qubit: int, slot: int) -> Branches:
        known = self._target.qubit_properties[qubit]
        noisy = self._noise.on and self._noise.readout
        wrong = (known.p1_given_0, known.p0_given_1) if noisy else (0.0, 0.0)
        after: Branches = {}
        for bits, rho in branches.items():
            for true in (0, 1):
                found = projected(rho, qubit, true)
                for read in (0, 1):
                    share = wrong[true] if read != true else 1.0 - wrong[true]
                    written = (*bits[:slot], read, *bits[slot + 1 :])
                    merge(after, {written: share * found})
        return _worth(after)

    def _choice(self, operation, qubits, clbits, flow: _Flow) -> None:
        ways: dict[int | None, Branches] = {}
        for bits, rho in flow.on.items():
            ways.setdefault(self._taken(operation, bits), {})[bits] = rho
        flow.on = {}
        for way, branches in ways.items():
            if way is None:
                merge(flow.on, branches)
                continue
            inner = self._inner(operation.blocks[way], qubits, clbits, branches)
            merge(flow.on, inner.on)
            merge(flow.broken, inner.broken)
            merge(flow.continued, inner.continued)

    def _taken(self, operation, bits) -> int | None:
        """Index of the block that is taken."""
        if isinstance(operation, IfElseOp):
            if self._holds(operation.condition, bits):
                return 0
            return 1 if len(operation.blocks) == 2 else None
        value = self._value(operation.target, bits)
        for place, (labels, _) in enumerate(operation.cases_specifier()):
            if value in labels or CASE_DEFAULT in labels:
                return place
        return None

    def _for(self, operation, qubits, clbits, flow: _Flow) -> None:
        indices, variable, body = operation.params
        going, left = flow.on, {}
        for index in indices:
            bound = body if variable is None else body.assign_parameters({variable: index})
            inner = self._inner(bound, qubits, clbits, going)
            going = inner.on
            merge(going, inner.continued)
            merge(left, inner.broken)
        merge(going, left)
        flow.on = going

    def _while(self, operation, qubits, clbits, flow: _Flow) -> None:
        going, left = flow.on, {}
        while going:
            passing = {b: rho for b, rho in going.items() if self._holds(operation.condition, b)}
            merge(left, {b: rho for b, rho in going.items() if b not in passing})
            inner = self._inner(operation.blocks[0], qubits, clbits, passing)
            going = inner.on
            merge(going, inner.continued)
            going = _worth(going)
            merge(left, inner.broken)
        flow.on = left

    def _inner(self, block, qubits, clbits, branches: Branches) -> _Flow:
        places = dict(zip(block.qubits, qubits, strict=True))
        slots = dict(zip(block.clbits, clbits, strict=True))
        return self._block(block, places, slots, branches)

    def _holds(self, condition, bits) -> bool:
        where, value = condition
        return self._value(where, bits) == int(value)

    def _value(self, where: Clbit | ClassicalRegister, bits) -> int:
        read = [where] if isinstance(where, Clbit) else list(where)
        return sum(bits[self._clbits[clbit]] << place for place, clbit in enumerate(read))


def applied(superoperator: np.ndarray, rho: np.ndarray, qubits) -> np.ndarray:
    """A superoperator on some qubits of a tensor with axes (rows, columns), qubit 0 last in each.

    As Qiskit writes it: on columns stacked, so that a column's bits stand before a row's.
    """
    width, size = rho.ndim // 2, len(qubits)
    rows = [width - 1 - qubit for qubit in reversed(qubits)]
    columns = [axis + width for axis in rows]
    tensor = superoperator.reshape((2,) * (4 * size))
    inputs = range(2 * size, 4 * size)
    after = np.tensordot(tensor, rho, axes=(list(inputs), columns + rows))
    return np.moveaxis(after, range(2 * size), columns + rows)


def projected(rho: np.ndarray, qubit: int, outcome: int) -> np.ndarray:
    """A state after an outcome, its probability in trace."""
    width = rho.ndim // 2
    kept = np.zeros_like(rho)
    place = [slice(None)] * rho.ndim
    place[width - 1 - qubit] = place[2 * width - 1 - qubit] = outcome
    kept[tuple(place)] = rho[tuple(place)]
    return kept


def merge(into: dict, more: Mapping) -> None:
    """Add branches to others."""
    for bits, rho in more.items():
        into[bits] = into[bits] + rho if bits in into else rho


def _worth(branches: Branches) -> Branches:
    return {bits: rho for bits, rho in branches.items() if weight(rho) > NOTHING}
