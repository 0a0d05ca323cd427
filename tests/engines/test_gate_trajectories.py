"""Trajectories sample the exact distribution of bits, whatever a program has."""

from dataclasses import dataclass

import numpy as np
import pytest

from backline.engines.gates import trajectories
from backline.engines.gates.channels import ReadoutNoise, gate_noise, readout_noise, relaxation
from backline.engines.gates.program import (
    Jump,
    JumpUnless,
    Measure,
    Noise,
    Program,
    Reset,
    Unitary,
)
from engines.gate_programs import haar, reference
from gate_proof.judging import pvalue

SHOTS = 20_000
FALSE_ALARM = 1e-7  # of one program; of all of this file less than 1e-5


@dataclass(frozen=True)
class AllOnes:
    """Whether all of these slots are 1."""

    slots: tuple[int, ...]

    def __call__(self, bits):
        return all(bits[slot] for slot in self.slots)


def weak_noise(rng, qubits):
    """Noise of a gate on so many qubits; T2 on either side of T1."""
    relaxations = []
    for _ in range(qubits):
        t1 = 10 ** rng.uniform(0, 1)
        relaxations.append(relaxation(rng.uniform(0.01, 0.06), t1, t1 * rng.uniform(0.3, 2.0)))
    return gate_noise(rng.uniform(0.0, 0.05), tuple(relaxations))


def program_with_loops(seed, qubits, depth, *, noise=True, flow=True):
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
    yield Unitary(chosen, haar(rng, count), "u")
    channel = weak_noise(rng, count) if noise else None
    if channel is not None:
        yield Noise(chosen, channel)


def _measure(rng, qubits, slots, noise):
    return Measure(int(rng.integers(qubits)), int(rng.integers(slots)), _readout(rng, noise))


def _readout(rng, noise):
    return ReadoutNoise(rng.uniform(0, 0.1), rng.uniform(0, 0.2)) if noise else None


def p_value(bits, program):
    """How likely sampled rows of bits are so far from the exact distribution."""
    places = 1 << np.arange(program.num_slots)
    keys, counts = np.unique(bits @ places, return_counts=True)
    exact = {int(row @ places): np.trace(rho).real for row, rho in reference(program).items()}
    return pvalue(dict(zip(map(hex, keys.tolist()), counts.tolist(), strict=True)), exact)


@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize("seed", range(12))
def test_programs_with_everything(seed, single):
    program = program_with_loops(seed, 1 + seed % 4, 14)
    bits = trajectories.run(program, shots=SHOTS, seed=seed, single=single)
    assert p_value(bits, program) > FALSE_ALARM


@pytest.mark.parametrize("seed", range(6))
def test_straight_programs(seed):
    program = program_with_loops(100 + seed, 3, 10, flow=False)
    bits = trajectories.run(program, shots=SHOTS, seed=seed)
    assert p_value(bits, program) > FALSE_ALARM


@pytest.mark.parametrize("seed", range(6))
def test_without_noise(seed):
    program = program_with_loops(200 + seed, 4, 12, noise=False)
    bits = trajectories.run(program, shots=SHOTS, seed=seed)
    assert p_value(bits, program) > FALSE_ALARM


def test_the_test_sees_missing_noise():
    program = program_with_loops(100, 2, 6, flow=False)
    less = tuple(item for item in program.operations if not isinstance(item, Noise))
    other = Program(less, program.num_qubits, program.num_slots)
    bits = trajectories.run(other, shots=SHOTS, seed=1)
    assert p_value(bits, program) < FALSE_ALARM


def layered(qubits, layers):
    """Random gates of one qubit and CNOTs in turns, with the noise of a good device."""
    rng = np.random.default_rng(5)
    cx = np.eye(4)[[0, 3, 2, 1]]
    one, two = gate_noise(1e-3, (None,)), gate_noise(1e-2, (None, None))
    operations = []
    for layer in range(layers):
        for qubit in range(qubits):
            operations += [Unitary((qubit,), haar(rng, 1), "u"), Noise((qubit,), one)]
        for qubit in range(layer % 2, qubits - 1, 2):
            pair = (qubit, qubit + 1)
            operations += [Unitary(pair, cx, "cx"), Noise(pair, two)]
    reading = readout_noise(0.01, 0.03, None)
    operations += [Measure(qubit, qubit, reading) for qubit in range(qubits)]
    return Program(tuple(operations), qubits, qubits)


def test_the_seed_alone_decides():
    program = layered(8, 6)
    runs = [trajectories.run(program, shots=3000, seed=7, workers=n) for n in (1, 2, 5)]
    assert (runs[0] == runs[1]).all()
    assert (runs[0] == runs[2]).all()
    assert (runs[0] != trajectories.run(program, shots=3000, seed=8)).any()


def test_shots_come_in_no_order():
    """Without noise the ones of a coin are spread over all shots: the runs test, |z| < 6."""
    coin = Unitary((0,), np.array([[1, 1], [1, -1]]) / np.sqrt(2), "h")
    program = Program((coin, Measure(0, 0, None)), 1, 1)
    bits = trajectories.run(program, shots=10_000, seed=3)[:, 0].astype(int)
    changes = np.abs(np.diff(bits)).sum()
    assert abs(changes - 5000) < 6 * 50
