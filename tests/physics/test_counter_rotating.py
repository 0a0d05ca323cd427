"""Drives without the rotating-wave approximation: closed forms, and an independent integrator."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from scipy.linalg import expm

from backline.engines.pulses import Drive, PulseEngine, PulseModel, Site
from backline.engines.pulses.undriven import undriven
from physics.random_models import DT, random_model, random_program
from physics.reference import exact_density, exact_propagator, lower, program, track

F = 5e9
ALPHA = -3.3e8


def one_site(levels, strength):
    site = Site(qubit=0, levels=levels, frequency=F, anharmonicity=ALPHA)
    return PulseModel(sites=(site,), drives=(Drive(channel="d0", site=0, strength=strength),))


def constant(length, frequency, dt=1e-9, phase=0.0):
    return program(length, track("d0", [(0, np.ones(length))], [(0, frequency, phase)]), dt=dt)


@pytest.mark.parametrize("levels", [2, 3, 4])
@pytest.mark.parametrize("phase", [0.0, 1.1])
def test_a_constant_field_is_one_exponential(levels, phase):
    """A carrier of frequency 0 is cos φ all the time: H = H0 + Ω cos φ (a + a†), exactly."""
    strength, length = 150e6, 12
    found = PulseEngine(one_site(levels, strength), rwa=False).propagator(
        constant(length, 0.0, phase=phase)
    )
    n, a = np.arange(levels), lower(levels)
    h = np.diag(F * n + ALPHA / 2 * n * (n - 1)) + strength * np.cos(phase) * (a + a.T)
    t = length * 1e-9
    expected = np.exp(2j * np.pi * F * n * t)[:, None] * expm(-2j * np.pi * h * t)
    np.testing.assert_allclose(found, expected, atol=1e-11)


def test_bloch_siegert_shift():
    """Resonance lies at F + Ω²/(4F): where the gap of the quasi-energies is smallest.

    Each program is one period of its carrier long.
    """
    rabi, aside = 100e6, 20e6
    engine = PulseEngine(one_site(2, rabi), rwa=False, accuracy=1e-10)

    def gap(frequency):
        u = engine.propagator(constant(1, frequency, dt=1 / frequency))
        fixed = np.exp([0, -2j * np.pi * F / frequency])[:, None] * u
        first, second = np.linalg.eigvals(fixed)
        return frequency * np.angle(first / second) / (2 * np.pi)

    below, above = gap(F - aside) ** 2, gap(F + aside) ** 2
    shift = (below - above) / (4 * aside)  # gap² = Ω² + (f - f_res)²
    assert shift == pytest.approx(rabi**2 / (4 * F), rel=5e-3)


def test_far_from_resonance_both_halves_of_a_drive_shift():
    """Ω²/(2(F - f)) and Ω²/(2(F + f)) add: 33% more at f = F/2 than with the first alone."""
    rabi, length, frequency = 20e6, 4000, F / 2
    found = {}
    for rwa in (True, False):
        u = PulseEngine(one_site(2, rabi), rwa=rwa).propagator(constant(length, frequency))
        found[rwa] = -np.angle(u[1, 1] / u[0, 0]) / (2 * np.pi * length * 1e-9)
    rotating, counter = rabi**2 / (2 * (F - frequency)), rabi**2 / (2 * (F + frequency))
    assert found[True] == pytest.approx(rotating, rel=2e-3)
    assert found[False] == pytest.approx(rotating + counter, rel=2e-3)


@pytest.mark.parametrize("frequency", [1e6, 0.1e9, 0.5e9, 2.5e9, 7e9, 15e9])
def test_any_carrier_against_scipy(frequency):
    """Far below the transition and far above it; one site has no step that could be tried."""
    model = one_site(3, 150e6)
    envelope = np.linspace(0.2, 1, 16)
    lane = program(16, track("d0", [(0, envelope)], [(0, frequency, 0.3)]), dt=DT)
    wanted = exact_propagator(model, lane, rwa=False)
    found = PulseEngine(model, rwa=False).propagator(lane)[:, :2]
    assert np.linalg.norm(found - wanted, axis=0).max() <= 1e-6


class Case(NamedTuple):
    """A random model; two tones on each site where `lines` is "du"."""

    seed: int
    levels: tuple[int, ...]
    duration: int
    lines: str = "d"
    tops: int = 0


CASES = (
    Case(200, (3,), 40),
    Case(201, (4,), 24, "du"),
    Case(202, (2, 3), 32),
    Case(203, (3, 2), 36, tops=20),
    Case(204, (3, 3), 20, "du"),
    Case(205, (2, 3, 2), 24),
    Case(206, (2, 2, 2), 16, "du"),
)


@cache
def exact(case: Case):
    random = np.random.default_rng(case.seed)
    model = random_model(random, case.levels)
    lane = random_program(random, model, case.duration, lines=case.lines, tops=case.tops)
    low = (undriven(model, DT).numbers <= 1).all(axis=0)
    return model, lane, low, exact_propagator(model, lane, rwa=False)


def _slow(case, accuracy):
    """What takes a second, or is between two that are tested anyway."""
    return accuracy < 1e-7 and len(case.levels) > 1 and (case.lines == "du" or accuracy > 1e-9)


@pytest.mark.parametrize(
    ("case", "accuracy"),
    [
        pytest.param(
            case,
            accuracy,
            id=f"{case.seed}-{accuracy:g}",
            marks=[pytest.mark.slow] if _slow(case, accuracy) else [],
        )
        for case in CASES
        for accuracy in (1e-4, 1e-6, 1e-8, 1e-10)
    ],
)
def test_propagators_against_scipy(case, accuracy):
    """Every column that begins in qubit levels, to the accuracy and as estimated."""
    model, lane, low, wanted = exact(case)
    engine = PulseEngine(model, rwa=False, accuracy=accuracy)
    found = engine.history(lane, [lane.duration], propagators=True)
    error = np.linalg.norm(found.states[0][:, low] - wanted, axis=0).max()
    assert error <= accuracy
    assert error <= 3 * found.metadata["estimated_error"] + 1e-12


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.seed))
def test_counter_rotating_terms_matter_here(case):
    """Left out they would break the promise at every accuracy."""
    model, lane, low, wanted = exact(case)
    left_out = PulseEngine(model, accuracy=1e-8).propagator(lane)[:, low]
    assert np.linalg.norm(left_out - wanted, axis=0).max() > 1e-3


@pytest.mark.parametrize("levels", [(3,), (2, 2)])
def test_density_matrices_against_scipy(levels):
    random = np.random.default_rng(210)
    model = random_model(random, levels, t1=(3e-6, 1e-5), t2=(3e-6, 1e-5))
    lane = random_program(random, model, 30)
    start = np.zeros(undriven(model, DT).dimension)
    start[:2] = np.sqrt(0.5)
    wanted = exact_density(model, lane, start, rwa=False)
    found = PulseEngine(model, rwa=False).final_state(lane, start)
    assert np.abs(found - wanted).max() < 1e-6
