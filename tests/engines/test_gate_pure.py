"""Exact simulation of programs without noise."""

import numpy as np
import pytest

from backline.engines.gates import amplitude_space, density, pure
from backline.engines.gates.channels import GateNoise, ReadoutNoise
from backline.engines.gates.paulis import PauliSum
from backline.engines.gates.program import Measure, Noise, Program, Reset, Unitary
from backline.errors import CapabilityError
from engines.gate_programs import haar, random_program, reference

H = np.array([[1, 1], [1, -1]]) / np.sqrt(2) + 0j


@pytest.fixture(params=[0, 30], ids=["compiled", "numpy"])
def plain_up_to(request, monkeypatch):
    monkeypatch.setattr(amplitude_space, "_PLAIN", request.param)


def with_readout(program):
    """The same, its measurements misread."""
    readout = ReadoutNoise(0.1, 0.2)
    operations = [
        Measure(item.qubit, item.slot, readout) if isinstance(item, Measure) else item
        for item in program.operations
    ]
    return Program(tuple(operations), program.num_qubits, program.num_slots)


@pytest.mark.parametrize("misread", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_distributions_are_those_of_dense_matrices(seed, misread, plain_up_to):
    program = random_program(seed, qubits=3 + seed % 2, length=20, noise=False, widest=4)
    if misread:
        program = with_readout(program)
    bits, probabilities = pure.distribution(program)
    found = dict(zip(map(tuple, bits.tolist()), probabilities, strict=True))
    expected = {bits: np.trace(rho).real for bits, rho in reference(program).items()}
    for key in set(found) | set(expected):
        assert found.get(key, 0.0) == pytest.approx(expected.get(key, 0.0), abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_states_and_expectation_values_agree_with_density_matrices(seed, plain_up_to):
    program = random_program(seed, qubits=4, length=20, noise=False)
    np.testing.assert_allclose(pure.final(program), density.final(program), atol=1e-12)
    rng = np.random.default_rng(seed)
    observables = [
        PauliSum(rng.integers(0, 16, size=4), rng.integers(0, 16, size=4), rng.normal(size=4))
        for _ in range(3)
    ]
    np.testing.assert_allclose(
        pure.expectations(program, observables),
        density.expectations(program, observables),
        atol=1e-12,
    )


@pytest.mark.parametrize("seed", range(3))
def test_one_state_with_its_phase(seed, plain_up_to):
    rng = np.random.default_rng(seed)
    gates = (Unitary((0,), haar(rng, 1), "a"), Unitary((2, 0), haar(rng, 2), "b"))
    program = Program((*gates, Measure(1, 0, None)), 3, 1, phase=0.3)
    ground = np.eye(8)[0]
    first = np.kron(np.eye(4), gates[0].matrix) @ ground
    tensor = first.reshape(2, 2, 2)  # qubits 2, 1, 0
    matrix = gates[1].matrix.reshape(2, 2, 2, 2)  # qubit 0 and 2 of rows, then of columns
    expected = np.einsum("acbd,dkb->cka", matrix, tensor).reshape(8)
    np.testing.assert_allclose(pure.final_state(program), np.exp(0.3j) * expected, atol=1e-12)


def test_what_has_no_one_state_is_refused():
    reset = Program((Unitary((0,), H, "h"), Reset(0)), 1, 0)
    with pytest.raises(CapabilityError, match="no one state"):
        pure.final_state(reset)
    np.testing.assert_allclose(pure.final(reset), [[1, 0], [0, 0]], atol=1e-15)


def test_noise_is_refused():
    program = Program((Noise((0,), GateNoise(0.1, (None,))), Measure(0, 0, None)), 1, 1)
    assert pure.refusal(program) == "noise"
    assert pure.estimate(program, 10) == np.inf
    with pytest.raises(CapabilityError, match="no noise"):
        pure.run(program, shots=1, seed=0)


def test_sixteen_qubits_are_sampled_from_their_distribution():
    """Entangled in pairs: shots of both are equal, and each half of them is 1."""
    gates = []
    for low in range(0, 16, 2):
        gates += [
            Unitary((low,), H, "h"),
            Unitary((low, low + 1), np.eye(4)[[0, 3, 2, 1]] + 0j, "cx"),
        ]
    program = Program((*gates, *(Measure(q, q, None) for q in range(16))), 16, 16)
    shots = pure.run(program, shots=4000, seed=1)
    assert (shots[:, 0::2] == shots[:, 1::2]).all()
    assert (abs(shots.mean(axis=0) - 0.5) < 5 * 0.5 / np.sqrt(4000)).all()
