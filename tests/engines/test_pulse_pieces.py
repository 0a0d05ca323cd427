"""Every kind of piece is unitary to rounding, and compiled code does what numpy does."""

from __future__ import annotations

import numpy as np
import pytest

from backline.engines.pulses import PulseEngine, compiled
from backline.engines.pulses.driven import DrivenPiece
from backline.engines.pulses.flows import Flow, products
from backline.engines.pulses.methods import unitary
from backline.engines.pulses.splitting import Stretch, pattern
from backline.engines.pulses.still import IdlePiece, StillPiece
from backline.engines.pulses.systems import System
from backline.engines.pulses.tones import tones_between
from backline.engines.pulses.undriven import undriven
from backline.engines.pulses.whole import WholePiece
from physics.random_models import DT, random_model, random_program
from physics.reference import program, track

SAMPLES = 120


def case(kind):
    """A model, and a program that has a piece of a kind."""
    random = np.random.default_rng(1)
    levels = {"compiled": (3, 2, 3), "two tones": (2, 2, 3), "one site": (4,)}.get(kind, (3, 4))
    model = random_model(random, levels, t1=(2e-6, 5e-6), t2=(2e-6, 5e-6))
    if kind == "idle":
        return model, program(SAMPLES, dt=DT)
    if kind in ("still", "whole"):
        shape = np.full(SAMPLES, 0.3) if kind == "still" else np.hanning(SAMPLES) * 0.4
        return model, program(SAMPLES, track("d0", [(0, shape)], [(0, 5.03e9, 0.1)]), dt=DT)
    lines = "du" if kind == "two tones" else "d"
    return model, random_program(random, model, SAMPLES, lines=lines)


KINDS = {
    "idle": IdlePiece,
    "still": StillPiece,
    "whole": WholePiece,
    "small": DrivenPiece,
    "one site": DrivenPiece,
    "compiled": DrivenPiece,
    "two tones": DrivenPiece,
}


def pieces(model, lane, *, rwa=True):
    return unitary(model, lane, stop=lane.duration, accuracy=1e-6, rwa=rwa).plan.pieces


ROUNDING = 6e-14
"""A sample of driven sites: some thirty products of flows and kicks, each to 2e-15."""

COUNTER_ROUNDING = 3e-13
"""A sample with counter-rotating terms: a grid of some two hundred products."""


def check_unitary(model, lane, *, rwa=True):
    """The piece that takes longest, from and to places within it too."""
    rounding = ROUNDING if rwa else COUNTER_ROUNDING
    piece = max(pieces(model, lane, rwa=rwa), key=lambda item: item.stop - item.start)
    identity = np.eye(undriven(model, DT).dimension, dtype=complex)
    middle = piece.start + 20.5
    for start, stop in ((piece.start, piece.stop), (piece.start, middle), (middle, piece.stop)):
        u = piece.advance(identity, start, stop)
        assert np.abs(u @ u.conj().T - identity).max() < rounding * lane.duration
    return piece


@pytest.mark.parametrize("kind", ["idle", "still"])
def test_diagonalised_pieces_do_not_drift(kind):
    """Their unitarity does not depend on how long they are."""
    model, lane = case(kind)
    piece = max(pieces(model, lane), key=lambda item: item.stop - item.start)
    identity = np.eye(undriven(model, DT).dimension, dtype=complex)
    u = piece.advance(identity, piece.start, piece.stop)
    assert np.abs(u @ u.conj().T - identity).max() < 2e-14


@pytest.mark.parametrize("kind", KINDS)
def test_every_piece_is_unitary_to_rounding(kind):
    assert type(check_unitary(*case(kind))) is KINDS[kind]


@pytest.mark.parametrize("kind", ["small", "compiled"])
def test_pieces_with_counter_rotating_terms_are_unitary_to_rounding(kind):
    assert type(check_unitary(*case(kind), rwa=False)) is DrivenPiece


@pytest.mark.parametrize("kind", ["compiled", "two tones"])
def test_pieces_without_compiled_code_are_unitary_to_rounding(kind, monkeypatch):
    monkeypatch.setattr(compiled, "kernels", lambda: None)
    check_unitary(*case(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_every_piece_goes_on_where_it_stopped(kind):
    """In one go or in parts that begin and end within samples: the splitting is what differs."""
    model, lane = case(kind)
    every = unitary(model, lane, stop=lane.duration, accuracy=1e-8, rwa=True).plan.pieces
    piece = max(every, key=lambda item: item.stop - item.start)
    states = np.eye(undriven(model, DT).dimension, dtype=complex)[:2]
    whole = piece.advance(states, piece.start, piece.stop)
    for mark in (40.25, 41.0, 90.7):
        states = piece.advance(states, *sorted((piece.start, piece.start + mark)))
        rest = piece.advance(states, piece.start + mark, piece.stop)
        np.testing.assert_allclose(rest, whole, atol=2e-8)
        states = np.eye(states.shape[1], dtype=complex)[:2]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "two tones"])
def test_every_piece_keeps_trace_and_positivity(kind):
    """Density matrices with T1 and T2: trace 1, Hermitian, no negative population."""
    model, lane = case(kind)
    start = (undriven(model, DT).numbers <= 1).all(axis=0).astype(complex)
    start /= np.linalg.norm(start)
    density = PulseEngine(model, accuracy=1e-4).final_state(lane, start)
    assert abs(np.trace(density) - 1) < ROUNDING * SAMPLES
    assert np.abs(density - density.conj().T).max() < 1e-13
    assert np.linalg.eigvalsh(density).min() > -1e-13
    assert np.trace(density @ density).real < 0.999


@pytest.mark.parametrize(
    ("levels", "lines", "rwa"),
    [
        ((3, 2, 3), "d", True),
        ((3, 2, 3), "d", False),
        ((2, 3, 2), "du", True),
        ((2, 2, 2, 3), "d", True),
    ],
)
def test_compiled_code_does_what_numpy_does(levels, lines, rwa, monkeypatch):
    """Whole propagators (many states at once) and single states, to rounding."""
    assert compiled.kernels() is not None
    random = np.random.default_rng(2)
    model = random_model(random, levels)
    lane = random_program(random, model, 40, lines=lines)
    engine = PulseEngine(model, accuracy=1e-5, rwa=rwa)
    found = engine.propagator(lane), engine.final_state(lane)
    monkeypatch.setattr(compiled, "kernels", lambda: None)
    wanted = engine.propagator(lane), engine.final_state(lane)
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)


@pytest.mark.parametrize("lines", ["d", "du"])
def test_whole_samples_of_a_period_are_those_one_after_another(lines):
    """Periods of 1, 3 and 20 samples, with phases and carriers that jump in between."""
    random = np.random.default_rng(4)
    model = random_model(random, (4,))
    lane = random_program(random, model, 60, lines=lines)
    static = undriven(model, DT)
    tones = tones_between(model, static, lane, 0, 60)
    assert len(np.unique(tones.detunings)) > 2
    site = System.of_site(static.local[0])
    flow = Flow(site, tones.detunings, tones.amplitudes, 0)
    samples = flow.flows(Stretch(0, 60, pattern(1, 0.0, 1.0, None)), 40)[0]
    for period in (3, 20):
        found = flow.flows(Stretch(0, 60 // period, pattern(period, 0.0, period, None)), 40)
        wanted = products(samples.reshape(-1, period, 4, 4).swapaxes(0, 1))
        np.testing.assert_allclose(found[0], wanted, atol=1e-13)
    later = flow.flows(Stretch(40, 1, pattern(20, 0.0, 20, None)), 40)
    np.testing.assert_allclose(later[0, 0], products(samples[40:]), atol=1e-13)


def test_compiled_density_matrices_are_those_of_numpy(monkeypatch):
    random = np.random.default_rng(3)
    model = random_model(random, (2, 3, 2), t1=(3e-6, 9e-6), t2=(3e-6, 9e-6))
    lane = random_program(random, model, 40)
    engine = PulseEngine(model, accuracy=1e-5, method="density_matrix")
    found = engine.final_state(lane)
    monkeypatch.setattr(compiled, "kernels", lambda: None)
    np.testing.assert_allclose(found, engine.final_state(lane), atol=1e-12)
