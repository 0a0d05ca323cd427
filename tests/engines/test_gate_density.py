"""Exact simulation of programs with noise, against dense matrices and numbers worked by hand."""

import numpy as np
import pytest

from backline.engines.gates import density, pauli_space
from backline.engines.gates.channels import GateNoise, ReadoutNoise, relaxation
from backline.engines.gates.paulis import PauliSum
from backline.engines.gates.program import (
    Jump,
    JumpUnless,
    Measure,
    Noise,
    Program,
    Reset,
    Unitary,
)
from backline.errors import CapabilityError
from engines.gate_programs import PAULIS, Is, embedded, haar, random_program, reference

X = np.array([[0, 1], [1, 0]], dtype=complex)
H = np.array([[1, 1], [1, -1]]) / np.sqrt(2) + 0j


def as_dict(bits, probabilities):
    return {tuple(row): p for row, p in zip(bits.tolist(), probabilities, strict=True)}


def assert_same(found, expected):
    keys = set(found) | set(expected)
    worst = max(abs(found.get(key, 0.0) - expected.get(key, 0.0)) for key in keys)
    assert worst < 1e-12


@pytest.fixture(params=[0, 9], ids=["compiled", "numpy"])
def plain_up_to(request, monkeypatch):
    monkeypatch.setattr(pauli_space, "_PLAIN", request.param)


@pytest.mark.parametrize("seed", range(12))
def test_distributions_and_states_are_those_of_dense_matrices(seed, plain_up_to):
    program = random_program(seed, qubits=3 + seed % 2, length=25)
    expected = reference(program)
    probabilities = {bits: np.trace(rho).real for bits, rho in expected.items()}
    assert_same(as_dict(*density.distribution(program)), probabilities)


@pytest.mark.parametrize("seed", range(4))
def test_gates_and_noise_of_four_qubits(seed, plain_up_to):
    program = random_program(seed, qubits=4, length=12, flow=False, widest=4)
    probabilities = {bits: np.trace(rho).real for bits, rho in reference(program).items()}
    assert_same(as_dict(*density.distribution(program)), probabilities)


def without_measurements_at_the_end(program):
    kept = program.operations[: -program.num_qubits]
    return Program(kept, program.num_qubits, program.num_slots)


@pytest.mark.parametrize("seed", range(6))
def test_final_states_and_expectation_values(seed, plain_up_to):
    program = random_program(seed, qubits=3, length=20)
    rho = sum(reference(without_measurements_at_the_end(program)).values())
    np.testing.assert_allclose(density.final(program), rho, atol=1e-12)
    rng = np.random.default_rng(seed)
    letters = rng.integers(0, 4, size=(5, 3))
    observable = PauliSum(
        (np.isin(letters, (1, 2)) << np.arange(3)).sum(axis=1),
        (np.isin(letters, (2, 3)) << np.arange(3)).sum(axis=1),
        rng.normal(size=5),
    )
    dense = sum(
        weight * product([embedded(PAULIS[n], (q,), 3) for q, n in enumerate(row)])
        for weight, row in zip(observable.coefficients, letters, strict=True)
    )
    (value,) = density.expectations(program, [observable])
    assert value == pytest.approx(np.trace(dense @ rho).real, abs=1e-12)


def product(matrices):
    whole = np.eye(len(matrices[0]))
    for matrix in matrices:
        whole = whole @ matrix
    return whole


def test_decay_by_hand():
    channel = GateNoise(0.0, (relaxation(1.0, 2.0, 2.5),))
    program = Program((Unitary((0,), X, "x"), Noise((0,), channel), Measure(0, 0, None)), 1, 1)
    bits, probabilities = density.distribution(program)
    assert bits.tolist() == [[0], [1]]
    np.testing.assert_allclose(probabilities, [1 - np.exp(-0.5), np.exp(-0.5)], atol=1e-15)


def test_readings_at_the_end_can_be_left_true():
    program = Program((Unitary((0,), X, "x"), Measure(0, 0, ReadoutNoise(0.1, 0.25))), 1, 1)
    assert as_dict(*density.distribution(program, readout=False)) == {(1,): 1.0}
    assert as_dict(*density.distribution(program)) == pytest.approx({(0,): 0.25, (1,): 0.75})


def test_a_condition_reads_what_was_written_and_the_qubit_is_what_it_was():
    """X on qubit 1 where 1 was read: qubit 0 stays in its true state."""
    readout = ReadoutNoise(0.0, 0.25)
    program = Program(
        (
            Unitary((0,), X, "x"),
            Measure(0, 0, readout),
            JumpUnless(Is(0, 1), 4),
            Unitary((1,), X, "x"),
            Measure(0, 1, None),
            Measure(1, 2, None),
        ),
        2,
        3,
    )
    expected = {(0, 1, 0): 0.25, (1, 1, 1): 0.75}
    assert as_dict(*density.distribution(program)) == pytest.approx(expected)


def repeat_until_0():
    """Measure a qubit in superposition until 0 is read, flipping another one each time."""
    return Program(
        (
            Unitary((0,), H, "h"),
            Unitary((1,), X, "x"),
            Measure(0, 0, None),
            JumpUnless(Is(0, 1), 5),
            Jump(0),
            Measure(1, 1, None),
        ),
        2,
        2,
    )


def test_a_loop_that_ends_by_chance():
    found = as_dict(*density.distribution(repeat_until_0()))
    # 1 + 3 + 5 … passes leave qubit 1 excited: 1/2 + 1/8 + 1/32 + …
    assert_same(found, {(0, 1): 2 / 3, (0, 0): 1 / 3})


def test_a_loop_that_never_ends_is_an_error():
    with pytest.raises(CapabilityError, match="a loop still runs after"):
        density.run(Program((Jump(0),), 1, 1), shots=1, seed=0)


def test_too_many_branches_are_an_error_and_have_no_estimate():
    flips = [op for slot in range(13) for op in (Unitary((0,), H, "h"), Measure(0, slot, None))]
    program = Program((*flips, Unitary((0,), H, "h")), 1, 13)
    assert density.estimate(program, 100) == np.inf
    with pytest.raises(CapabilityError, match="8192 branches"):
        density.run(program, shots=1, seed=0)


def test_branches_meet_where_a_slot_is_written_again():
    flips = [op for _ in range(40) for op in (Unitary((0,), H, "h"), Measure(0, 0, None))]
    program = Program((*flips, Unitary((0,), H, "h"), Measure(0, 0, None)), 1, 1)
    assert as_dict(*density.distribution(program)) == pytest.approx({(0,): 0.5, (1,): 0.5})
    assert np.isfinite(density.estimate(program, 100))


def test_shots_follow_the_distribution_in_random_order():
    program = random_program(3, qubits=3, length=20)
    bits, probabilities = density.distribution(program)
    shots = density.run(program, shots=100_000, seed=5)
    assert shots.shape == (100_000, 5)
    assert shots.dtype == np.uint8
    keys = 1 << np.arange(5)
    counts = np.bincount(shots @ keys, minlength=32)[bits @ keys]
    assert counts.sum() == 100_000
    expected = 100_000 * probabilities
    large = expected >= 5
    chi2 = ((counts - expected)[large] ** 2 / expected[large]).sum()
    freedom = large.sum() - 1
    assert chi2 < freedom + 6 * np.sqrt(2 * freedom)  # false alarm: below 1e-6
    # In random order: both halves have about the same counts.
    halves = [np.bincount(half @ keys, minlength=32) for half in np.split(shots, 2)]
    both = halves[0] + halves[1]
    seen = both >= 10
    assert (((halves[0] - halves[1]) ** 2)[seen] / both[seen]).sum() < seen.sum() + 6 * np.sqrt(
        2 * seen.sum()
    )


@pytest.mark.parametrize("shots", [3, 5000])
def test_the_same_seed_gives_the_same_shots(shots):
    program = random_program(4, qubits=4, length=20)
    first, again, other = (density.run(program, shots=shots, seed=seed) for seed in (7, 7, 8))
    assert (first == again).all()
    assert first.shape == other.shape
    assert (first != other).any()


def test_a_program_without_measurements_gives_zeros():
    program = Program((Unitary((0,), X, "x"),), 1, 2)
    assert density.run(program, shots=3, seed=0).tolist() == [[0, 0]] * 3
    assert density.distribution(program)[1].tolist() == [1.0]


def test_a_certain_outcome_in_the_middle_is_kept():
    program = Program(
        (
            Unitary((0,), X, "x"),
            Measure(0, 0, None),
            Unitary((0,), X, "x"),
            Measure(0, 1, None),
        ),
        1,
        2,
    )
    assert as_dict(*density.distribution(program)) == pytest.approx({(1, 0): 1.0})
    assert density.run(program, shots=2, seed=0).tolist() == [[1, 0]] * 2


def test_a_reset_in_the_middle():
    program = Program((Unitary((0,), X, "x"), Reset(0), Measure(0, 0, None)), 1, 1)
    assert as_dict(*density.distribution(program)) == {(0,): 1.0}


def test_wide_states_are_refused_by_their_estimate():
    gate = Unitary((0, 13), haar(np.random.default_rng(0), 2), "u")
    assert density.estimate(Program((gate,), 14, 0), 1) == np.inf
