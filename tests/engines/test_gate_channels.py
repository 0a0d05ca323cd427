"""The noise channels: closed formulas against definitions, laws and Aer's own errors."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit.quantum_info import Choi, Kraus, SuperOp, average_gate_fidelity
from qiskit_aer.noise import depolarizing_error, thermal_relaxation_error

from backline.engines.gates.aer_noise import quantum_error
from backline.engines.gates.channels import (
    EVENTS,
    GateNoise,
    ReadoutNoise,
    gate_noise,
    readout_noise,
    relaxation,
)

PAULIS = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}
times = st.floats(1e-9, 1e-5)
t1s = st.floats(1e-6, 1e-3)
ratios = st.floats(0.05, 2.0)


def superop(kraus):
    return sum(np.kron(k.conj(), k) for k in kraus)


@given(times, t1s, ratios)
def test_relaxation_acts_as_its_two_numbers_say(duration, t1, ratio):
    t2 = ratio * t1
    kraus = relaxation(duration, t1, t2).kraus()
    rho = np.array([[0.3, 0.2 - 0.1j], [0.2 + 0.1j, 0.7]])
    after = sum(k @ rho @ k.conj().T for k in kraus)
    assert after[1, 1] == pytest.approx(0.7 * math.exp(-duration / t1), abs=1e-12)
    assert after[0, 1] == pytest.approx(rho[0, 1] * math.exp(-duration / t2), abs=1e-12)
    assert np.trace(after) == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_allclose(sum(k.conj().T @ k for k in kraus), np.eye(2), atol=1e-12)


@given(times, t1s, st.floats(0.05, 1.0))
def test_below_t1_relaxation_is_a_mixture_of_nothing_z_and_reset(duration, t1, ratio):
    channel = relaxation(duration, t1, ratio * t1)
    nothing, flip, reset = channel.probabilities
    assert min(nothing, flip, reset) >= 0
    assert nothing + flip + reset == pytest.approx(1.0, abs=1e-12)
    down = [np.array([[1, 0], [0, 0]]), np.array([[0, 1], [0, 0]])]
    mixture = (
        nothing * superop([PAULIS["I"]]) + flip * superop([PAULIS["Z"]]) + reset * superop(down)
    )
    np.testing.assert_allclose(mixture, superop(channel.kraus()), atol=1e-12)


def test_above_t1_relaxation_is_no_mixture_of_paulis_and_resets():
    assert relaxation(1e-6, 1e-5, 1.5e-5).probabilities is None


def test_t2_beyond_twice_t1_counts_as_twice_t1():
    assert relaxation(1e-6, 1e-5, 9e-5) == relaxation(1e-6, 1e-5, 2e-5)


def test_a_missing_t2_means_no_dephasing_beyond_t1():
    assert relaxation(1e-6, 1e-5, None) == relaxation(1e-6, 1e-5, 2e-5)


def test_a_missing_t1_means_dephasing_alone():
    channel = relaxation(1e-6, None, 1e-5)
    assert channel.decay == 0.0
    assert channel.coherence == pytest.approx(math.exp(-0.1))


@pytest.mark.parametrize(
    ("duration", "t1", "t2"),
    [
        (None, 1e-5, 1e-5),
        (0.0, 1e-5, 1e-5),
        (math.nan, 1e-5, 1e-5),
        (1e-6, None, None),
        (1e-6, 0.0, math.nan),
        (1e-6, -1.0, None),
        (1e-6, math.inf, math.inf),
    ],
)
def test_what_is_missing_or_impossible_is_no_relaxation(duration, t1, t2):
    assert relaxation(duration, t1, t2) is None


@given(times, t1s, ratios)
def test_process_fidelity_is_the_overlap_with_the_identity(duration, t1, ratio):
    channel = relaxation(duration, t1, ratio * t1)
    by_kraus = sum(abs(np.trace(k)) ** 2 for k in channel.kraus()) / 4
    assert channel.process_fidelity == pytest.approx(by_kraus, abs=1e-12)


@given(st.lists(st.tuples(times, t1s, ratios), min_size=1, max_size=3), st.floats(1e-5, 0.3))
def test_total_average_gate_fidelity_is_one_minus_error(qubits, error):
    relaxations = tuple(relaxation(d, t1, r * t1) for d, t1, r in qubits)
    noise = gate_noise(error, relaxations)
    alone = GateNoise(0.0, relaxations).average_gate_fidelity
    if alone < 1 - error:
        assert noise.depolarizing == 0.0
        assert noise.average_gate_fidelity == pytest.approx(alone)
    else:
        assert noise.average_gate_fidelity == pytest.approx(1 - error, abs=1e-12)


@pytest.mark.parametrize(
    "qubits",
    [
        [(35e-9, 1e-4, 0.7e-4)],
        [(35e-9, 1e-4, 1.7e-4)],
        [(300e-9, 1e-4, 0.7e-4), (300e-9, 0.5e-4, 0.3e-4)],
        [(300e-9, 1e-4, 1.9e-4), (300e-9, 0.5e-4, 0.3e-4)],
    ],
)
def test_the_whole_error_is_aers_depolarizing_then_relaxation(qubits):
    error = 0.02
    relaxations = tuple(relaxation(*qubit) for qubit in qubits)
    noise = gate_noise(error, relaxations)
    thermal = thermal_relaxation_error(qubits[0][1], qubits[0][2], qubits[0][0])
    for duration, t1, t2 in qubits[1:]:
        thermal = thermal.expand(thermal_relaxation_error(t1, t2, duration))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        by_aer = SuperOp(depolarizing_error(noise.depolarizing, len(qubits)).compose(thermal))
    ours = SuperOp(quantum_error(noise))
    np.testing.assert_allclose(ours.data, by_aer.data, atol=1e-12)
    assert average_gate_fidelity(ours) == pytest.approx(1 - error, abs=1e-12)


def test_a_mixture_is_the_depolarizing_followed_by_the_relaxations():
    relaxations = (relaxation(1e-6, 1e-5, 0.7e-5), None)
    noise = gate_noise(0.3, relaxations)
    weights = noise.mixture()
    assert weights.shape == (5, 5)
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert weights[:, EVENTS.index("R")].sum() == 0.0  # the second qubit never decays
    nothing, flip, reset = relaxations[0].probabilities
    assert weights[EVENTS.index("R"), :].sum() == pytest.approx(reset)
    share = noise.depolarizing / 16
    # X on the first, nothing on the second: X and no event, or Y and a phase flip.
    assert weights[1, 0] == pytest.approx(share * (nothing + flip))
    both = (1 - noise.depolarizing + share) * nothing + share * flip
    assert weights[0, 0] == pytest.approx(both)


@pytest.mark.parametrize(("qubits", "reach"), [(1, 2 / 3), (2, 4 / 5)])
def test_an_error_out_of_reach_gets_the_strongest_depolarizing(qubits, reach):
    """Largest λ = D²/(D²-1): all Paulis but the identity, F = 0, error D/(D+1)."""
    noise = gate_noise(1.0, (None,) * qubits)
    assert noise.depolarizing == pytest.approx(4**qubits / (4**qubits - 1))
    assert 1 - noise.average_gate_fidelity == pytest.approx(reach)
    assert noise.mixture().min() >= 0.0
    assert Choi(Kraus(quantum_error(noise))).is_cptp()


@pytest.mark.parametrize("error", [None, 0.0, math.nan, -0.1])
def test_a_gate_without_a_usable_error_and_without_relaxation_has_no_noise(error):
    assert gate_noise(error, (None, None)) is None


def test_relaxation_alone_beyond_the_error_adds_no_depolarizing():
    strong = relaxation(1e-6, 1e-6, 1e-6)
    assert gate_noise(0.01, (strong,)) == GateNoise(0.0, (strong,))


def test_readout_takes_each_direction_and_falls_back_to_the_mean_error():
    assert readout_noise(0.01, 0.05, 0.2) == ReadoutNoise(0.01, 0.05)
    assert readout_noise(None, None, 0.2) == ReadoutNoise(0.2, 0.2)
    assert readout_noise(0.01, None, None) == ReadoutNoise(0.01, 0.0)
    assert readout_noise(None, None, None) is None
    assert readout_noise(0.0, 0.0, 0.1) is None
    assert readout_noise(math.nan, 0.1, None) is None
