"""Random programs of few qubits, and their exact distributions by dense matrices."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from backline.engines.gates.channels import GateNoise, ReadoutNoise, gate_noise, relaxation
from backline.engines.gates.program import (
    Jump,
    JumpUnless,
    Measure,
    Noise,
    Program,
    Reset,
    Unitary,
)


@dataclass(frozen=True)
class AllOnes:
    """Whether all of these slots are 1."""

    slots: tuple[int, ...]

    def __call__(self, bits):
        return all(bits[slot] for slot in self.slots)


def random_unitary(rng, size):
    """A Haar-random unitary matrix."""
    matrix = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
    q, r = np.linalg.qr(matrix)
    return q * (np.diagonal(r) / abs(np.diagonal(r)))


def random_noise(rng, qubits):
    """Noise of a gate on so many qubits; T2 on either side of T1."""
    relaxations = []
    for _ in range(qubits):
        t1 = 10 ** rng.uniform(0, 1)
        relaxations.append(relaxation(rng.uniform(0.01, 0.06), t1, t1 * rng.uniform(0.3, 2.0)))
    return gate_noise(rng.uniform(0.0, 0.05), tuple(relaxations))


def random_program(seed, qubits, depth, *, noise=True, flow=True):
    """Gates, noise, measurements, resets, branches and a loop.

    Args:
        seed: Of all choices.
        qubits: How many.
        depth: How many operations, about.
        noise: Whether there is any, of readings too.
        flow: Whether measurements, resets and jumps stand between the gates.
    """
    rng = np.random.default_rng(seed)
    slots = qubits + 1
    items = []
    for _ in range(depth):
        kind = rng.integers(0, 10 if flow else 6)
        if kind < 6:
            items.extend(_gate(rng, qubits, noise))
        elif kind == 6:
            items.append(_measure(rng, qubits, slots, noise))
        elif kind == 7:
            items.append(Reset(int(rng.integers(qubits))))
        elif kind == 8:  # if: a few gates, jumped over
            body = [g for _ in range(2) for g in _gate(rng, qubits, noise)]
            chosen = tuple(sorted(rng.choice(slots, 2, replace=False).tolist()))
            items.append(JumpUnless(AllOnes(chosen), len(items) + 1 + len(body)))
            items.extend(body)
        else:  # while: until a qubit is found in 0
            slot, qubit = int(rng.integers(slots)), int(rng.integers(qubits))
            start = len(items)
            body = [*_gate(rng, qubits, noise), Measure(qubit, slot, None)]
            items.append(JumpUnless(AllOnes((slot,)), start + len(body) + 2))
            items.extend(body)
            items.append(Jump(start))
    items.extend(
        Measure(qubit, slot, _readout(rng, noise))
        for slot, qubit in enumerate(rng.permutation(qubits).tolist())
    )
    return Program(tuple(items), qubits, slots)


def _gate(rng, qubits, noise):
    count = min(qubits, int(rng.integers(1, 3)))
    chosen = tuple(rng.choice(qubits, count, replace=False).tolist())
    yield Unitary(chosen, random_unitary(rng, 2**count), "u")
    channel = random_noise(rng, count) if noise else None
    if channel is not None:
        yield Noise(chosen, channel)


def _measure(rng, qubits, slots, noise):
    return Measure(int(rng.integers(qubits)), int(rng.integers(slots)), _readout(rng, noise))


def _readout(rng, noise):
    return ReadoutNoise(rng.uniform(0, 0.1), rng.uniform(0, 0.2)) if noise else None


def distribution(program: Program, smallest: float = 1e-10) -> dict[tuple[int, ...], float]:
    """Exact probabilities of the bits of all slots.

    Args:
        program: Of few qubits.
        smallest: Branches less likely than this are dropped.
    """
    size = 2**program.num_qubits
    rho = np.zeros((size, size), dtype=complex)
    rho[0, 0] = 1.0
    found: dict[tuple[int, ...], float] = defaultdict(float)
    # What is at the same place with the same bits goes on together, or loops would never end.
    waiting = {(0, (0,) * program.num_slots): rho}
    while waiting:
        place, bits = min(waiting)
        rho = waiting.pop((place, bits))
        if place == len(program.operations):
            found[bits] += np.trace(rho).real
            continue
        for next_place, next_bits, after in _after(program.operations[place], place, bits, rho):
            if np.trace(after).real > smallest:
                key = next_place, next_bits
                waiting[key] = waiting[key] + after if key in waiting else after
    return dict(found)


def _after(item, place, bits, rho):
    if isinstance(item, Unitary):
        yield place + 1, bits, _conjugated(rho, item.matrix, item.qubits)
    elif isinstance(item, Noise):
        yield place + 1, bits, noisy(rho, item.channel, item.qubits)
    elif isinstance(item, Reset):
        zero = _conjugated(rho, np.diag([1.0, 0.0]), (item.qubit,))
        one = _conjugated(rho, np.array([[0.0, 1.0], [0.0, 0.0]]), (item.qubit,))
        yield place + 1, bits, zero + one
    elif isinstance(item, Measure):
        for value in (0, 1):
            projector = np.diag([1.0 - value, value])
            after = _conjugated(rho, projector, (item.qubit,))
            for read, weight in _readings(item.readout, value):
                changed = list(bits)
                changed[item.slot] = read
                yield place + 1, tuple(changed), weight * after
    elif isinstance(item, Jump):
        yield item.to, bits, rho
    else:
        yield (place + 1 if item.condition(bits) else item.to), bits, rho


def _readings(readout, value):
    if readout is None:
        return [(value, 1.0)]
    wrong = readout.p0_given_1 if value else readout.p1_given_0
    return [(value, 1.0 - wrong), (1 - value, wrong)]


def noisy(rho, channel: GateNoise, qubits):
    """A density matrix after depolarizing of all qubits and relaxation of each."""
    paulis = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
    mixed = rho
    for qubit in qubits:
        mixed = sum(_conjugated(mixed, pauli, (qubit,)) for pauli in paulis) / 4
    rho = (1 - channel.depolarizing) * rho + channel.depolarizing * mixed
    for qubit, item in zip(qubits, channel.relaxations, strict=True):
        if item is not None:
            rho = sum(_conjugated(rho, kraus, (qubit,)) for kraus in item.kraus())
    return rho


def _conjugated(rho, matrix, qubits):
    full = embedded(matrix, qubits, round(np.log2(len(rho))))
    return full @ rho @ full.conj().T


def embedded(matrix, qubits, num_qubits):
    """A matrix on some qubits as one on all, array (2**n, 2**n)."""
    size = 2**num_qubits
    full = np.zeros((size, size), dtype=complex)
    mask = sum(1 << qubit for qubit in qubits)
    for column in range(size):
        inside = sum((column >> qubit & 1) << k for k, qubit in enumerate(qubits))
        for row_inside in range(2 ** len(qubits)):
            row = column & ~mask
            row |= sum((row_inside >> k & 1) << qubit for k, qubit in enumerate(qubits))
            full[row, column] += matrix[row_inside, inside]
    return full
