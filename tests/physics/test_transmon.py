"""One transmon against closed forms; the derivations are in README.md beside this file."""

from __future__ import annotations

import numpy as np
import pytest

from backline.engines.pulses import Drive, PulseEngine, PulseModel, Site
from physics.reference import program, track

F = 5e9


def model(levels=2, strength=50e6, anharmonicity=-340e6, **site):
    return PulseModel(
        sites=(Site(qubit=0, levels=levels, frequency=F, anharmonicity=anharmonicity, **site),),
        drives=(
            Drive(channel="d0", site=0, strength=strength),
            Drive(channel="u0", site=0, strength=strength),
        ),
    )


def square(length, amplitude=1.0, frequency=F, phase=0.0, start=0):
    return track("d0", [(start, np.full(length, amplitude))], [(0, frequency, phase)])


def test_a_pi_pulse_flips():
    """π pulse: 50 MHz for 10 ns, amplitudes to rounding and with the right phase."""
    u = PulseEngine(model()).propagator(program(10, square(10)))
    np.testing.assert_allclose(u, [[0, -1j], [-1j, 0]], atol=1e-12)


@pytest.mark.parametrize("detuning", [-70e6, -10e6, 0.0, 25e6])
@pytest.mark.parametrize("length", [1, 7, 40])
def test_rabi_with_detuning(detuning, length):
    found = PulseEngine(model()).populations(program(length, square(length, 0.6, F + detuning)))
    rabi, t = 0.6 * 50e6, length * 1e-9
    general = np.hypot(rabi, detuning)
    expected = (rabi / general) ** 2 * np.sin(np.pi * general * t) ** 2
    assert found[1] == pytest.approx(expected, abs=1e-12)


def test_ramsey_phase():
    """Two π/2 pulses far apart, the carrier off by 2 MHz: fringes of the accumulated phase."""
    detuning, dt = 2e6, 1e-9
    for wait in (0, 50, 125, 250, 1000):
        lane = track(
            "d0",
            [(0, np.ones(5)), (5 + wait, np.ones(5))],
            # on resonance while it plays, so that the pulses are perfect; the phase that the
            # detuned carrier gains while waiting is put into the second frame
            [(0, F, 0.0), (5, F, 2 * np.pi * detuning * wait * dt)],
        )
        found = PulseEngine(model()).populations(program(10 + wait, lane))[1]
        expected = np.cos(np.pi * detuning * wait * dt) ** 2
        assert found == pytest.approx(expected, abs=1e-12)


def test_ramsey_with_a_detuned_carrier():
    """The same with a truly detuned carrier and very short, strong pulses."""
    detuning, wait = 5e6, 100
    strong = model(strength=2.5e9)
    lane = track("d0", [(0, [0.1]), (1 + wait, [0.1])], [(0, F + detuning, 0.0)])
    found = PulseEngine(strong).populations(program(2 + wait, lane))[1]
    expected = np.cos(np.pi * detuning * (wait + 1) * 1e-9) ** 2
    assert found == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("angle", [0.0, 0.4, np.pi / 2, -2.5])
def test_virtual_z_is_a_turn_of_the_axis(angle):
    """A frame of phase φ conjugates the gate with a rotation by φ about z."""
    engine = PulseEngine(model(levels=3))
    pulse = square(8, 0.3)
    turned = square(8, 0.3, phase=angle)
    z = np.diag(np.exp(1j * angle * np.arange(3)))
    expected = z.conj() @ engine.propagator(program(8, pulse)) @ z
    np.testing.assert_allclose(engine.propagator(program(8, turned)), expected, atol=1e-12)


def test_a_change_of_frequency_with_continuous_phase_is_one_carrier():
    """A carrier that steps away while nothing plays, and back, has the phase it would have had."""
    away, dt = 30e6, 1e-9
    plain = track("d0", [(0, np.ones(5)), (45, np.ones(5))], [(0, F, 0.0)])
    # φ' = φ + 2π (f - f') t at each step keeps 2π f t + φ continuous
    first = 2 * np.pi * -away * 5 * dt
    second = first + 2 * np.pi * away * 45 * dt
    frames = [(0, F, 0.0), (5, F + away, first), (45, F, second)]
    stepped = track("d0", [(0, np.ones(5)), (45, np.ones(5))], frames)
    engine = PulseEngine(model())
    a, b = (engine.propagator(program(50, lane)) for lane in (plain, stepped))
    phase = 2 * np.pi * away * 40 * dt
    z = np.diag([1.0, np.exp(1j * phase)])
    half = engine.propagator(program(5, square(5)))
    np.testing.assert_allclose(a, half @ half, atol=1e-11)
    np.testing.assert_allclose(b, z.conj() @ half @ z @ half, atol=1e-11)


def test_t1_decay():
    t1 = 30e-6
    decaying = PulseEngine(model(levels=3, t1=t1))
    lane = square(10, 1.0)
    for wait in (0, 1000, 30_000):
        found = decaying.final_state(program(wait), np.array([0, 0, 1.0]))
        p = np.exp(-wait * 1e-9 / t1)  # two photons, each of which survives with this chance
        expected = [(1 - p) ** 2, 2 * p * (1 - p), p**2]
        np.testing.assert_allclose(np.diag(found).real, expected, atol=1e-12)
    assert decaying.populations(program(10, lane)).sum() == pytest.approx(1, abs=1e-12)


def test_t2_decay():
    t1, t2, wait = 30e-6, 20e-6, 7000
    plus = np.array([1, 1]) / np.sqrt(2)
    found = PulseEngine(model(t1=t1, t2=t2)).final_state(program(wait), plus)
    assert found[0, 1] == pytest.approx(np.exp(-wait * 1e-9 / t2) / 2, abs=1e-12)
    found = PulseEngine(model(t2=t2)).final_state(program(wait), plus)
    assert found[0, 1] == pytest.approx(np.exp(-wait * 1e-9 / t2) / 2, abs=1e-12)


def test_driven_decay_reaches_the_steady_state_of_the_bloch_equations():
    t1, t2, rabi = 200e-9, 150e-9, 5e6
    driven = PulseEngine(model(strength=rabi, t1=t1, t2=t2))
    found = driven.populations(program(6000, square(6000)))[1]
    w2 = (2 * np.pi * rabi) ** 2 * t1 * t2
    assert found == pytest.approx(w2 / (1 + w2) / 2, abs=1e-6)


def gaussian_x(beta, anharmonicity):
    """A short π pulse on three levels: derivative in quadrature, strength for a full turn."""
    t = np.arange(40) + 0.5
    g = np.exp(-((t - 20) ** 2) / (2 * 6.0**2))
    envelope = g + 1j * beta * -(t - 20) / 36.0 * g
    strength = 0.5 / (g.sum() * 0.25e-9)
    lane = track("d0", [(0, envelope)], [(0, F, 0.0)])
    engine = PulseEngine(model(3, strength, anharmonicity))
    return engine.populations(program(40, lane, dt=0.25e-9))


def test_drag_leaks_less():
    """Derivative removal: β = 1/α in samples suppresses level 2; the wrong sign worsens it."""
    alpha = -340e6
    beta = 1 / (2 * np.pi * alpha * 0.25e-9)
    plain, drag, wrong = (gaussian_x(b, alpha)[2] for b in (0.0, beta, -beta))
    assert drag < plain / 10 < wrong / 10
    assert plain > 1e-4


def test_ac_stark_shift():
    """A far detuned tone on a two-level site shifts it by Ω²/(2 (f01 - f)) to lowest order."""
    rabi, detuning, length = 2e6, 60e6, 12_000
    lane = square(length, 1.0, F + detuning)
    u = PulseEngine(model(strength=rabi)).propagator(program(length, lane))
    turned = np.angle(u[1, 1] / u[0, 0])
    shift = np.sqrt(rabi**2 + detuning**2) - detuning  # exact for two levels, minus the sign below
    assert turned == pytest.approx(2 * np.pi * shift * length * 1e-9, abs=2e-3)
    assert shift == pytest.approx(rabi**2 / (2 * detuning), rel=1e-3)


def test_two_tones_at_once_are_their_sum():
    """Two channels on one carrier act as one channel with the sum of their envelopes."""
    a, b = 0.3 * np.exp(0.4j), 0.5 * np.exp(-1j)
    engine = PulseEngine(model(levels=4))
    both = program(
        6,
        track("d0", [(0, np.full(6, a))], [(0, F, 0.0)]),
        track("u0", [(0, np.full(6, b))], [(0, F, 0.0)]),
    )
    one = program(6, track("d0", [(0, np.full(6, a + b))], [(0, F, 0.0)]))
    np.testing.assert_allclose(engine.propagator(both), engine.propagator(one), atol=1e-12)


def test_two_carriers_at_once_are_one_modulated_carrier():
    """f ± ν with equal amplitudes are the carrier f with the envelope 2 cos(2πνt)."""
    nu, samples, fine = 40e6, 40, 64
    engine = PulseEngine(model(levels=3), accuracy=1e-9)
    both = program(
        samples,
        track("d0", [(0, np.full(samples, 0.2))], [(0, F + nu, 0.0)]),
        track("u0", [(0, np.full(samples, 0.2))], [(0, F - nu, 0.0)]),
    )
    t = (np.arange(samples * fine) + 0.5) / fine * 1e-9
    # the mean of cos over a fine sample is its midpoint value times a sinc
    envelope = 0.4 * np.cos(2 * np.pi * nu * t) * np.sinc(nu / fine * 1e-9)
    one = program(samples * fine, track("d0", [(0, envelope)], [(0, F, 0.0)]), dt=1e-9 / fine)
    np.testing.assert_allclose(engine.propagator(both), engine.propagator(one), atol=1e-6)
