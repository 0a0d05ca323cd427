"""Trajectories sample the exact distribution of bits, whatever a program has."""

from dataclasses import dataclass

import numpy as np
import pytest

from backline.engines.gates import pure, trajectories
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
from backline.engines.gates.stack import PEAK
from backline.errors import CapabilityError
from engines.gate_programs import haar, random_program, reference
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


def p_value(bits, program, exact=None):
    """How likely sampled rows of bits are so far from the exact distribution."""
    places = 1 << np.arange(program.num_slots)
    keys, counts = np.unique(bits @ places, return_counts=True)
    if exact is None:
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


@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_wide_gates_and_their_noise(seed, single):
    program = random_program(seed, 4, 8, widest=4)
    bits = trajectories.run(program, shots=SHOTS, seed=seed, single=single)
    assert p_value(bits, program) > FALSE_ALARM


def measured(items, qubits):
    """A program that ends with measurements of all qubits, each into the slot of its number."""
    ends = [Measure(qubit, qubit, None) for qubit in range(qubits)]
    return Program((*items, *ends), qubits, qubits)


def exact_of(program):
    """The exact distribution of a program without noise."""
    rows, weights = pure.distribution(program)
    return dict(zip((rows @ (1 << np.arange(program.num_slots))).tolist(), weights, strict=True))


@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize("count", [2, 3, 6])
def test_gates_wherever_qubits_lie_in_memory(count, single):
    """Every pair of seven qubits; wider gates on some of them."""
    rng = np.random.default_rng(count)
    sets = [tuple(rng.permutation(7)[:count].tolist()) for _ in range(6)]
    if count == 2:
        sets = [(a, b) for a in range(7) for b in range(7) if a != b]
    items = [Unitary(chosen, haar(rng, count), "u") for chosen in sets]
    program = measured(items, 7)
    bits = trajectories.run(program, shots=SHOTS, seed=1, single=single)
    assert p_value(bits, program, exact_of(program)) > FALSE_ALARM


def test_gates_on_more_than_six_qubits_are_refused():
    program = measured([Unitary(tuple(range(7)), np.eye(128), "seven")], 7)
    assert "'seven' on 7 qubits" in trajectories.refusal(program)
    with pytest.raises(CapabilityError, match="'seven' on 7 qubits, where 6 are the most"):
        trajectories.run(program, shots=1, seed=1)


def halving(times):
    """A coin is thrown again and again, so that groups are halved; one slot for each throw."""
    coin = Unitary((0,), np.array([[1, 1], [1, -1]]) / np.sqrt(2), "h")
    items = []
    for slot in range(times):
        items += [coin, Measure(0, slot, None)]
    return Program((*items, coin, Measure(0, times, None)), 1, times + 1)


@pytest.fixture
def stacks(monkeypatch):
    """All stacks of states that are made."""
    made, new = [], trajectories.new_stack
    monkeypatch.setattr(
        trajectories, "new_stack", lambda *args: made.append(new(*args)) or made[-1]
    )
    return made


@pytest.mark.parametrize("program", [halving(9), program_with_loops(3, 3, 14), layered(6, 4)])
@pytest.mark.parametrize("states", [1, 2, 3, 5, 100])
def test_states_keep_to_the_budget(program, states, stacks):
    each = 8 << max(3, program.num_qubits)
    shots = 1000 if states < 3 else SHOTS
    bits = trajectories.run(
        program, shots=shots, seed=states, workers=1, budget=states * each + each // 2
    )
    levels = [len(stack.re) for stack in stacks]
    assert max(levels) <= states
    assert all(stack.control[PEAK] < len(stack.re) for stack in stacks)
    assert all((stack.re[0].nbytes + stack.im[0].nbytes) == each for stack in stacks)
    assert max(stack.control[PEAK] for stack in stacks) >= (states > 2)
    if program.num_qubits < 6:
        assert p_value(bits, program) > FALSE_ALARM


def test_shots_do_not_depend_on_workers_whatever_the_budget():
    program = layered(8, 6)
    budget = 9 * (8 << 8)
    runs = [
        trajectories.run(program, shots=900, seed=7, workers=n, budget=budget) for n in (1, 2, 5)
    ]
    assert (runs[0] == runs[1]).all()
    assert (runs[0] == runs[2]).all()


def test_a_state_that_is_larger_than_the_budget_is_refused():
    with pytest.raises(CapabilityError, match="5 entangled qubits, whose state takes about"):
        trajectories.run(layered(5, 2), shots=10, seed=1, budget=8 * 32 - 1)


def test_conditions_on_many_bits_are_asked_for():
    """X unless fourteen coins are all ones but for those that are fixed: half of the shots."""
    coin = Unitary((0,), np.array([[1, 1], [1, -1]]) / np.sqrt(2), "h")
    flip = Unitary((1,), np.array([[0, 1], [1, 0]]), "x")
    ones = [Unitary((2,), np.array([[0, 1], [1, 0]]), "x")]
    ones += [Measure(2, slot, None) for slot in range(13)]
    items = [*ones, coin, Measure(0, 13, None), JumpUnless(AllOnes(tuple(range(14))), 18), flip]
    assert isinstance(items[16], JumpUnless)
    bits = trajectories.run(Program((*items, Measure(1, 14, None)), 3, 15), shots=SHOTS, seed=2)
    assert (bits[:, 14] == bits[:, 13]).all()
    assert abs(bits[:, 13].sum() - SHOTS / 2) < 6 * np.sqrt(SHOTS) / 2
