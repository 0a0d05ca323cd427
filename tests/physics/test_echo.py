"""Echoes against closed forms; the derivations are in README.md beside this file."""

from __future__ import annotations

import numpy as np
import pytest

from backline.engines.pulses import Drive, Exchange, PulseEngine, PulseModel, Site
from backline.engines.pulses.undriven import undriven
from physics.reference import program, track

F = 5e9


def engine(**site):
    model = PulseModel(
        sites=(Site(qubit=0, levels=2, frequency=F, anharmonicity=-3e8, **site),),
        drives=(Drive(channel="d0", site=0, strength=250e6),),
    )
    return PulseEngine(model, accuracy=1e-9)


def pulses(waits, lengths, detuning):
    """Pulses with waits between them, resonant while they play.

    The phase that a detuned carrier gains while it waits is in the frame of the next pulse.
    """
    played, frames, clock, phase = [], [], 0, 0.0
    for length, wait in zip(lengths, [*waits, 0], strict=True):
        frames.append((clock, F, phase))
        played.append((clock, np.ones(length)))
        clock += length + wait
        phase += 2 * np.pi * detuning * wait * 1e-9
    return program(clock, track("d0", played, frames))


def ramsey(engine, wait, detuning):
    return engine.populations(pulses([2 * wait], [1, 1], detuning))[1]


def echo(engine, wait, detuning):
    return engine.populations(pulses([wait, wait], [1, 2, 1], detuning))[1]


@pytest.mark.parametrize("detuning", [0.0, 0.3e6, 1.7e6, -5e6])
def test_an_echo_refocuses_a_detuning(detuning):
    """π/2, τ, π, τ, π/2 is a full turn for any δ; without the π the fringe is cos²(2πδτ)."""
    wait = 110
    assert echo(engine(), wait, detuning) == pytest.approx(0, abs=1e-12)
    fringe = np.cos(2 * np.pi * detuning * wait * 1e-9) ** 2
    assert ramsey(engine(), wait, detuning) == pytest.approx(fringe, abs=1e-12)


@pytest.mark.parametrize("detuning", [0.0, 1.7e6])
def test_an_echo_does_not_refocus_dephasing_without_memory(detuning):
    """The contrast falls as e^{-2τ/T2}, with the echo as without."""
    t2 = 700e-9
    noisy = engine(t2=t2)
    waits = np.array([20, 200, 500])
    contrast = [1 - 2 * echo(noisy, int(wait), detuning) for wait in waits]
    expected = np.exp(-2e-9 * (waits[1:] - waits[:-1]) / t2)
    np.testing.assert_allclose(np.divide(contrast[1:], contrast[:-1]), expected, rtol=1e-7)
    plain = [2 * ramsey(noisy, int(wait), 0.0) - 1 for wait in waits]
    np.testing.assert_allclose(np.divide(plain[1:], plain[:-1]), expected, rtol=1e-7)


def test_an_echo_outlives_slow_noise():
    """Over normal detunings of width σ a Ramsey contrast falls as exp(-2π²σ²(2τ)²)."""
    wait, width = 110, 1e6
    points, weights = np.polynomial.hermite_e.hermegauss(24)
    weights /= weights.sum()
    one = engine()
    fringes = [2 * ramsey(one, wait, width * point) - 1 for point in points]
    expected = np.exp(-2 * np.pi**2 * (width * 2 * wait * 1e-9) ** 2)
    assert weights @ fringes == pytest.approx(expected, abs=1e-9)
    refocused = [1 - 2 * echo(one, wait, width * point) for point in points]
    assert weights @ refocused == pytest.approx(1, abs=1e-11)


DELTA, J, ALPHA, RABI = 90e6, 0.2e6, -320e6, 3e6
LENGTH, FLIP = 6000, 80


def echoed_cross_resonance(echoed):
    """CR(+), X, CR(-), X on a control above its target; the propagator on qubit levels."""
    model = PulseModel(
        sites=tuple(
            Site(qubit=k, levels=3, frequency=f, anharmonicity=ALPHA)
            for k, f in enumerate((F + DELTA, F))
        ),
        exchanges=(Exchange(sites=(0, 1), strength=J),),
        drives=(
            Drive(channel="d0", site=0, strength=50e6),
            Drive(channel="u0", site=0, strength=RABI),
        ),
    )
    static = undriven(model, 1e-9)
    own, aim = static.reference + static.transitions / (2 * np.pi * 1e-9)
    t = np.arange(FLIP) + 0.5 - FLIP / 2
    bell = np.exp(-(t**2) / (2 * 14.0**2))
    bell = bell - 1j * t / 14.0**2 * bell / (2 * np.pi * ALPHA * 1e-9)
    bell *= 0.5 / (bell.real.sum() * 1e-9 * 50e6)
    half = np.ones(LENGTH)
    second = LENGTH + FLIP
    tones = [(0, half), (second, -half if echoed else half)]
    lanes = [track("u0", tones, [(0, aim, 0.0)])]
    if echoed:
        flips = [(LENGTH, bell), (second + LENGTH, bell)]
        lanes.append(track("d0", flips, [(0, own, 0.0)]))
    u = PulseEngine(model).propagator(program(2 * second, *lanes))
    return u[np.ix_([0, 1, 3, 4], [0, 1, 3, 4])]


def turned(block):
    """θ of exp(-iθX/2) up to a phase."""
    return 2 * np.arctan((1j * block[1, 0] / block[0, 0]).real)


def test_echoed_cross_resonance_keeps_zx_alone():
    """The target turns by ±2π(r0 - r1)t: what both states of the control have in common is gone."""
    first = -J * RABI / DELTA
    second = first * (DELTA - ALPHA) / (DELTA + ALPHA)
    u = echoed_cross_resonance(echoed=True)
    angle = 2 * np.pi * (first - second) * LENGTH * 1e-9
    assert turned(u[:2, :2]) == pytest.approx(angle, rel=0.02)
    assert turned(u[2:, 2:]) == pytest.approx(-angle, rel=0.02)
    assert abs(turned(u[:2, :2]) + turned(u[2:, 2:])) < 0.01 * abs(angle)
    plain = echoed_cross_resonance(echoed=False)
    for block, rate in ((plain[:2, :2], first), (plain[2:, 2:], second)):
        assert turned(block) == pytest.approx(4 * np.pi * rate * LENGTH * 1e-9, rel=0.02)
