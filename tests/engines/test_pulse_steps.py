"""On which parts of a program steps are tried, and which step is taken."""

from __future__ import annotations

import numpy as np
import pytest

from backline.engines.pulses import Drive, Exchange, PulseEngine, PulseModel, Site
from backline.engines.pulses.driven import DrivenPiece
from backline.engines.pulses.steps import _windows
from backline.engines.pulses.tones import tones_between
from backline.engines.pulses.undriven import undriven
from physics.random_models import DT
from physics.reference import program, track

F = 5e9


def chain(sites, strength=2e6):
    return PulseModel(
        sites=tuple(
            Site(qubit=k, levels=3, frequency=F + 6e7 * (k % 3), anharmonicity=-3.3e8)
            for k in range(sites)
        ),
        exchanges=tuple(Exchange(sites=(k, k + 1), strength=strength) for k in range(sites - 1)),
        drives=tuple(Drive(channel=f"d{k}", site=k, strength=1e8) for k in range(sites)),
    )


@pytest.mark.parametrize("samples", [5, 31, 32, 66, 96, 161])
def test_windows_are_whole_wherever_the_most_happens(samples):
    model = chain(3)
    envelope = np.linspace(0.0, 0.3, samples)  # the most happens where it ends
    lane = program(samples, track("d1", [(0, envelope)], [(0, F, 0.0)]), dt=DT)
    static = undriven(model, DT)
    piece = DrivenPiece(static, tones_between(model, static, lane, 0, samples))
    windows = _windows([piece])
    assert windows
    for where, start, stop in windows:
        assert where is piece
        assert 0 <= start < stop <= samples
        assert stop - start == min(32, samples)
    assert windows[0][2] == samples


def test_steps_of_four_thirds_are_taken_where_two_are_too_long():
    model = chain(4)
    bell = 0.25 * np.hanning(160) * (1 + 0.3j * np.linspace(-1, 1, 160))
    lanes = [track(f"d{k}", [(0, bell)], [(0, F + 6e7 * (k % 3), 0.2 * k)]) for k in range(4)]
    lane = program(163, *lanes, dt=DT)  # and three samples that make no whole step
    found = PulseEngine(model).history(lane, [163])
    assert found.metadata["step_samples"] == pytest.approx(4 / 3)
    exact = PulseEngine(model, accuracy=1e-9).history(lane, [163]).states
    off = np.linalg.norm(found.states - exact)
    assert 1e-9 < off < found.metadata["estimated_error"] < 1e-6
