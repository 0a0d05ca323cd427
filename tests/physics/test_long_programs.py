"""The promise over long programs, where errors have time to grow."""

from __future__ import annotations

import numpy as np
import pytest

from backline.engines.pulses import PulseEngine
from backline.engines.pulses.undriven import undriven
from physics.random_models import DT, random_model, random_program
from physics.reference import exact_propagator

LEVELS = ((3, 3, 2), (2, 3, 3, 2), (3, 4, 3))
SHAPES = ((400, 80), (900, 0), (1200, 700))  # samples, of which so many are equal


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("lines", ["d", "du"])
def test_no_basis_state_is_wrong_by_more_than_was_promised(shape, lines):
    """Every site driven all the time, by one tone or two: harder than what devices play.

    Against the engine itself at 1e-8, which other tests hold against an independent integrator.
    """
    duration, tops = shape
    for seed, levels in enumerate(LEVELS):
        random = np.random.default_rng(1000 * duration + seed)
        model = random_model(random, levels)
        lane = random_program(random, model, duration, lines=lines, tops=tops)
        low = (undriven(model, DT).numbers <= 1).all(axis=0)
        exact = PulseEngine(model, accuracy=1e-8).propagator(lane)[:, low]
        for accuracy in (1e-4, 1e-5, 3e-6, 1e-6):
            found = PulseEngine(model, accuracy=accuracy).propagator(lane)[:, low]
            error = np.linalg.norm(found - exact, axis=0).max()
            assert error <= accuracy, (levels, accuracy)


@pytest.mark.slow
def test_a_tight_accuracy_is_kept_over_a_long_program_of_three_sites():
    """Kicks of pairs that share a site are of order 2 unless they are fine."""
    random = np.random.default_rng(4)
    model = random_model(random, (3, 2, 3))
    lane = random_program(random, model, 300)
    low = (undriven(model, DT).numbers <= 1).all(axis=0)
    exact = exact_propagator(model, lane)
    for accuracy in (1e-8, 1e-9, 2e-10):
        found = PulseEngine(model, accuracy=accuracy).propagator(lane)[:, low]
        assert np.linalg.norm(found - exact, axis=0).max() <= accuracy
