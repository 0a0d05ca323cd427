"""Trajectories sample the exact distribution of bits, whatever a program has."""

import numpy as np
import pytest
from scipy.stats import chi2

from backline.engines.gates import trajectories
from backline.engines.gates.channels import gate_noise, readout_noise
from backline.engines.gates.program import Measure, Noise, Program, Unitary
from engines.programs import distribution, random_program, random_unitary

SHOTS = 20_000
FALSE_ALARM = 1e-7  # of one program; of all of this file less than 1e-5


def p_value(bits, exact):
    """Of the chi-squared test of sampled rows of bits; rare outcomes are put together."""
    shots = len(bits)
    rows, counts = np.unique(bits, axis=0, return_counts=True)
    seen = dict(zip(map(tuple, rows.tolist()), counts.tolist(), strict=True))
    observed, expected, rest = [], [], 0.0
    rare = shots
    for row, probability in exact.items():
        if shots * probability >= 10:
            observed.append(seen.get(row, 0))
            expected.append(shots * probability)
            rare -= observed[-1]
        else:
            rest += shots * probability
    if rest >= 10:
        observed.append(rare)
        expected.append(rest)
    else:
        assert rare <= 40, "many shots where next to none are expected"
    observed, expected = np.array(observed), np.array(expected)
    statistic = ((observed - expected) ** 2 / expected).sum()
    return chi2.sf(statistic, max(1, len(observed) - 1))


@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize("seed", range(12))
def test_programs_with_everything(seed, single):
    program = random_program(seed, 1 + seed % 4, 14)
    bits = trajectories.run(program, shots=SHOTS, seed=seed, single=single)
    assert p_value(bits, distribution(program)) > FALSE_ALARM


@pytest.mark.parametrize("seed", range(6))
def test_straight_programs(seed):
    program = random_program(100 + seed, 3, 10, flow=False)
    bits = trajectories.run(program, shots=SHOTS, seed=seed)
    assert p_value(bits, distribution(program)) > FALSE_ALARM


@pytest.mark.parametrize("seed", range(6))
def test_without_noise(seed):
    program = random_program(200 + seed, 4, 12, noise=False)
    bits = trajectories.run(program, shots=SHOTS, seed=seed)
    assert p_value(bits, distribution(program)) > FALSE_ALARM


def test_the_test_sees_missing_noise():
    program = random_program(100, 2, 6, flow=False)
    less = tuple(item for item in program.operations if not isinstance(item, Noise))
    other = Program(less, program.num_qubits, program.num_slots)
    bits = trajectories.run(other, shots=SHOTS, seed=1)
    assert p_value(bits, distribution(program)) < FALSE_ALARM


def layered(qubits, layers):
    """Random gates of one qubit and CNOTs in turns, with the noise of a good device."""
    rng = np.random.default_rng(5)
    cx = np.eye(4)[[0, 3, 2, 1]]
    one, two = gate_noise(1e-3, (None,)), gate_noise(1e-2, (None, None))
    operations = []
    for layer in range(layers):
        for qubit in range(qubits):
            operations += [Unitary((qubit,), random_unitary(rng, 2), "u"), Noise((qubit,), one)]
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
