"""Programs drawn at random, and what they do by definition: dense matrices, one step at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np

from backline.engines.gates.channels import GateNoise, ReadoutNoise, Relaxation, relaxation
from backline.engines.gates.program import (
    Jump,
    JumpUnless,
    Measure,
    Noise,
    Program,
    Reset,
    Unitary,
)

PAULIS = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
"""I, X, Y, Z."""


@dataclass(frozen=True)
class Is:
    """A condition: a slot has a value."""

    slot: int
    value: int

    @property
    def slots(self):
        return (self.slot,)

    def __call__(self, bits):
        return bits[self.slot] == self.value


def haar(rng, count):
    """A random unitary of some qubits."""
    side = 2**count
    q, r = np.linalg.qr(rng.normal(size=(side, side)) + 1j * rng.normal(size=(side, side)))
    return q * (np.diag(r) / abs(np.diag(r)))


def random_noise(rng, count):
    """Noise on some qubits, T2 below and above T1, parts of it missing now and then."""
    relaxations = [
        relaxation(rng.uniform(0.02, 0.3), 1.0, rng.uniform(0.3, 1.9))
        if rng.random() < 0.8
        else None
        for _ in range(count)
    ]
    return GateNoise(rng.choice([0.0, rng.uniform(0.0, 0.3)]), tuple(relaxations))


def random_program(seed, qubits, length, *, noise=True, flow=True, widest=3):
    """Gates of up to `widest` qubits, noise, measurements, resets and branches, in any order.

    All qubits are measured in the end, each into a slot of its own, after two slots for the middle.
    """
    rng = np.random.default_rng(seed)
    operations = []
    for _ in range(length):
        operations += _drawn(rng, qubits, noise, flow, widest, len(operations))
    for qubit in rng.permutation(qubits).tolist():
        operations.append(Measure(qubit, 2 + qubit, _readout(rng, noise)))
    return Program(tuple(operations), qubits, 2 + qubits)


def _drawn(rng, qubits, noise, flow, widest, place):
    kind = rng.random()
    if flow and kind < 0.1:
        return [Measure(int(rng.integers(qubits)), int(rng.integers(2)), _readout(rng, noise))]
    if flow and kind < 0.15:
        return [Reset(int(rng.integers(qubits)))]
    if flow and kind < 0.25:
        inner = [_gate(rng, qubits, widest) for _ in range(2)]
        condition = Is(int(rng.integers(2)), int(rng.integers(2)))
        last = place + 5
        return [
            JumpUnless(condition, place + 3),
            inner[0],
            Jump(last),
            inner[1],
            Reset(int(rng.integers(qubits))),
        ]
    gate = _gate(rng, qubits, widest)
    if not noise:
        return [gate]
    order = gate.qubits if rng.random() < 0.7 else tuple(rng.permutation(gate.qubits).tolist())
    return [gate, Noise(order, random_noise(rng, len(order)))]


def _gate(rng, qubits, widest):
    count = int(rng.integers(1, min(widest, qubits) + 1))
    chosen = tuple(rng.permutation(qubits)[:count].tolist())
    if count == 2 and rng.random() < 0.5:
        return Unitary(chosen, np.eye(4)[[0, 3, 2, 1]].astype(complex), "cx")
    return Unitary(chosen, haar(rng, count), "random")


def _readout(rng, noise):
    if not noise or rng.random() < 0.3:
        return None
    return ReadoutNoise(*rng.uniform(0.0, 0.3, size=2).tolist())


def embedded(matrix, places, qubits):
    """A matrix of some qubits as one of all, element by element of its definition."""
    side = 2**qubits
    mask = sum(1 << place for place in places)
    whole = np.zeros((side, side), dtype=complex)
    for column in range(side):
        inner = sum(((column >> place) & 1) << k for k, place in enumerate(places))
        for row in range(2 ** len(places)):
            bits = sum(((row >> k) & 1) << place for k, place in enumerate(places))
            whole[(column & ~mask) | bits, column] = matrix[row, inner]
    return whole


def reference(program):
    """For each value of the slots the state at the end, a density matrix with its probability."""
    side = 2**program.num_qubits
    ground = np.zeros((side, side), dtype=complex)
    ground[0, 0] = 1.0
    going, done = {(0, (0,) * program.num_slots): ground}, {}
    while going:
        place, bits = min(going)
        rho = going.pop((place, bits))
        if np.trace(rho).real < 1e-16:
            continue
        if place == len(program.operations):
            done[bits] = done.get(bits, 0) + rho
            continue
        for key, after in _after(program, place, bits, rho):
            going[key] = going.get(key, 0) + after
    return done


def _after(program, place, bits, rho):
    item, qubits = program.operations[place], program.num_qubits
    if isinstance(item, Jump):
        yield (item.to, bits), rho
    elif isinstance(item, JumpUnless):
        yield (place + 1 if item.condition(bits) else item.to, bits), rho
    elif isinstance(item, Measure):
        readout = item.readout or ReadoutNoise(0.0, 0.0)
        for true in (0, 1):
            projector = embedded(np.diag([1 - true, true]), (item.qubit,), qubits)
            for read in (0, 1):
                wrong = readout.p0_given_1 if true else readout.p1_given_0
                written = (*bits[: item.slot], read, *bits[item.slot + 1 :])
                share = wrong if read != true else 1 - wrong
                yield (place + 1, written), share * projector @ rho @ projector
    elif isinstance(item, Reset):
        operators = np.array([[[1, 0], [0, 0]], [[0, 1], [0, 0]]])
        yield (place + 1, bits), _kraus(operators, (item.qubit,), qubits, rho)
    elif isinstance(item, Unitary):
        yield (place + 1, bits), _kraus([item.matrix], item.qubits, qubits, rho)
    else:
        yield (place + 1, bits), _noisy(item, qubits, rho)


def _noisy(item, qubits, rho):
    count = len(item.qubits)
    strings = reduce(_products, [PAULIS] * count)
    mixed = _kraus(strings, item.qubits, qubits, rho) / 4**count
    rho = (1 - item.channel.depolarizing) * rho + item.channel.depolarizing * mixed
    for qubit, one in zip(item.qubits, item.channel.relaxations, strict=True):
        if one is not None:
            rho = _kraus(_decay(one), (qubit,), qubits, rho)
    return rho


def _products(low, high):
    return np.array([np.kron(b, a) for a in low for b in high])


def _decay(one: Relaxation):
    """The Kraus operators by hand: no jump, loss of phase, decay."""
    rest = max(0.0, 1 - one.decay - one.coherence**2)
    return np.array(
        [
            [[1, 0], [0, one.coherence]],
            [[0, 0], [0, np.sqrt(rest)]],
            [[0, np.sqrt(one.decay)], [0, 0]],
        ]
    )


def _kraus(operators, places, qubits, rho):
    whole = [embedded(operator, places, qubits) for operator in operators]
    return sum(operator @ rho @ operator.conj().T for operator in whole)
