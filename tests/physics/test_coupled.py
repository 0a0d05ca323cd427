"""Coupled transmons against closed forms; the derivations are in README.md beside this file."""

from __future__ import annotations

import numpy as np
import pytest

from backline.engines.pulses import Drive, Exchange, PulseEngine, PulseModel, Site
from backline.engines.pulses.driven import DrivenPiece
from backline.engines.pulses.splitting import KICK_TIMES, KICK_WEIGHTS, Step
from backline.engines.pulses.tones import tones_between
from backline.engines.pulses.undriven import undriven
from physics.reference import program, track


def pair(f0, f1, j, strength=50e6, levels=3, alpha=-320e6, **times):
    return PulseModel(
        sites=(
            Site(qubit=0, levels=levels, frequency=f0, anharmonicity=alpha, **times),
            Site(qubit=1, levels=levels, frequency=f1, anharmonicity=alpha, **times),
        ),
        exchanges=(Exchange(sites=(0, 1), strength=j),),
        drives=(
            Drive(channel="d0", site=0, strength=strength),
            Drive(channel="d1", site=1, strength=strength),
            Drive(channel="u0", site=0, strength=strength),
        ),
    )


@pytest.mark.parametrize("detuning", [0.0, 3e6, -20e6])
def test_exchange_oscillation(detuning):
    """|10> returns with probability 1 - (2J/W)² sin²(πWt), W² = Δ² + (2J)²."""
    j = 2e6
    model = pair(5e9 + detuning, 5e9, j)
    static = undriven(model, 1e-9)
    vectors = static.vectors
    start = vectors.T[:, 3].astype(complex)  # bare |10> in the dressed basis
    w = np.hypot(detuning, 2 * j)
    for t in (10, 60, 125, 1000):
        state = PulseEngine(model).final_state(program(t), start)
        # the qubits' frames only give phases to dressed states: take them back
        bare = vectors @ (state / static.frame(t))
        expected = 1 - (2 * j / w) ** 2 * np.sin(np.pi * w * t * 1e-9) ** 2
        assert abs(bare[3]) ** 2 == pytest.approx(expected, abs=1e-12)


def test_dressed_energies_by_perturbation():
    """Dispersive shift J²/Δ and ZZ = 2J² (1/(Δ-α) - 1/(Δ+α)) to fourth order in J."""
    delta, j, alpha = 90e6, 1e6, -320e6
    static = undriven(pair(5e9 + delta, 5e9, j, alpha=alpha), 1e-9)
    energies = static.energies / (2 * np.pi * 1e-9)
    e00, e01, _, e10, e11 = energies[:5]
    reference = static.reference
    assert e10 - e00 + reference - 5e9 - delta == pytest.approx(j**2 / delta, rel=1e-3)
    assert e01 - e00 + reference - 5e9 == pytest.approx(-(j**2) / delta, rel=1e-3)
    zz = 2 * j**2 * (1 / (delta - alpha) - 1 / (delta + alpha))
    assert e11 - e10 - e01 + e00 == pytest.approx(zz, rel=2e-3)


def test_cross_resonance_rates_and_signs():
    """A weak tone on the control at the target's frequency turns the target by -JΩ/Δ for |0>, and
    by -JΩ(Δ-α)/(Δ(Δ+α)) for |1>."""
    delta, j, alpha, rabi = 90e6, 0.2e6, -320e6, 3e6
    model = pair(5e9 + delta, 5e9, j, strength=rabi, alpha=alpha)
    static = undriven(model, 1e-9)
    target = static.reference + static.transitions[1] / (2 * np.pi * 1e-9)
    length = 15_000
    lane = track("u0", [(0, np.ones(length))], [(0, target, 0.0)])
    u = PulseEngine(model).propagator(program(length, lane))
    # ZZ (below 1 kHz) is far below the rates (5 kHz and more) here
    for control, rate in (
        (0, -j * rabi / delta),
        (1, -j * rabi * (delta - alpha) / (delta * (delta + alpha))),
    ):
        low, high = 3 * control, 3 * control + 1
        # exp(-iθX/2): U_high,low / U_low,low = -i tan(θ/2)
        turned = 2 * np.arctan((1j * u[high, low] / u[low, low]).real)
        assert turned == pytest.approx(2 * np.pi * rate * length * 1e-9, rel=0.02)


def test_x_leaves_a_detuned_neighbour_alone():
    """An x on one qubit of a pair keeps the other in its dressed ground state."""
    model = pair(5e9, 5.1e9, 2e6)
    static = undriven(model, 1e-9)
    own = static.reference + static.transitions[0] / (2 * np.pi * 1e-9)
    t = np.arange(80) + 0.5
    envelope = np.exp(-((t - 40) ** 2) / (2 * 16.0**2))
    envelope *= 0.5 / (envelope.sum() * 1e-9 * 50e6)
    found = PulseEngine(model).populations(
        program(80, track("d0", [(0, envelope)], [(0, own, 0.0)]))
    )
    assert found.shape == (3, 3)
    assert found[1, 0] > 0.995
    assert found[:, 1:].sum() < 2e-3


def test_the_splitting_is_consistent():
    assert KICK_WEIGHTS.sum() == pytest.approx(1, abs=1e-15)
    assert pytest.approx(0.5, abs=1e-15) == KICK_WEIGHTS @ KICK_TIMES
    np.testing.assert_allclose(KICK_TIMES + KICK_TIMES[::-1], 1, atol=1e-15)
    # of generalised order 8 in one exchange kick: a quadrature that is exact to degree 7
    for power in range(8):
        assert KICK_WEIGHTS @ KICK_TIMES**power == pytest.approx(1 / (power + 1), abs=1e-14)


def test_the_splitting_converges_with_its_order():
    """Halving steps that do not cross samples gains 2⁵ or more: the order is between 4 and 8."""
    model = pair(4.95e9, 5.05e9, 5e6, strength=100e6)
    static = undriven(model, 1e-9)
    t = np.arange(24)
    shape = np.sin(np.pi * (t + 0.5) / 24) ** 2
    lanes = (
        track("d0", [(0, 0.5 * shape)], [(0, 4.95e9, 0.0)]),
        track("d1", [(0, 0.3j * shape)], [(0, 5.0e9, 0.0)]),
    )
    sound = tones_between(model, static, program(24, *lanes), 0, 24)
    identity = np.eye(9, dtype=complex)

    def flow(step):
        return DrivenPiece(static, sound, Step(step)).advance(identity, 0, 24)

    exact = flow(1 / 32)
    errors = [np.abs(flow(step) - exact).max() for step in (1.0, 0.5, 0.25)]
    assert errors[0] / errors[1] > 32
    assert errors[1] / errors[2] > 32
    assert errors[2] < 1e-8


def test_long_programs_stay_unitary_and_of_trace_one():
    """1,220 driven samples on three sites: unitary to 1e-11, trace kept to 1e-11."""
    random = np.random.default_rng(5)
    sites = tuple(
        Site(qubit=k, levels=3, frequency=5e9 + 9e7 * k, anharmonicity=-3.3e8, t1=5e-5, t2=4e-5)
        for k in range(3)
    )
    model = PulseModel(
        sites=sites,
        exchanges=(Exchange(sites=(0, 1), strength=2e6), Exchange(sites=(1, 2), strength=2e6)),
        drives=(Drive(channel="d1", site=1, strength=1e8),),
    )
    envelope = 0.2 * np.convolve(random.normal(size=1220), np.hanning(40) / 20, "same")
    lane = program(1220, track("d1", [(0, envelope)], [(0, 5.09e9, 0.0)]), dt=2e-9 / 9)
    u = PulseEngine(model, accuracy=1e-4).propagator(lane)
    np.testing.assert_allclose(u.conj().T @ u, np.eye(27), atol=1e-11)
    density = PulseEngine(model, accuracy=1e-4).final_state(lane)
    assert np.trace(density) == pytest.approx(1, abs=1e-11)
    assert np.linalg.eigvalsh(density).min() > -1e-12


def test_delays_are_exact_however_long():
    """A second of idling in the qubits' own frames: |+0> and |0+> keep their phase."""
    model = pair(5e9, 5.1e9, 2e6)
    plus = np.zeros(9)
    plus[[0, 1, 3]] = 1 / np.sqrt(3)
    found = PulseEngine(model).final_state(program(10**9), plus)
    np.testing.assert_allclose(found, plus, atol=1e-6)  # 1e-16 of 3e8 turns
