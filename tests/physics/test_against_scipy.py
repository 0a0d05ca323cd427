"""The engine against an independent integrator, on random models and random pulses."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from backline.engines.pulses import Drive, Exchange, PulseEngine, PulseModel, Site
from backline.engines.pulses.undriven import undriven
from physics.reference import integrate, integrate_open, jumps, program, static, track

DT = 2e-9 / 9


def random_case(seed, sites, duration, *, levels=3, tones=2, times=False):
    """A chain with IBM-like numbers; every site gets `tones` channels with jumping frames."""
    random = np.random.default_rng(seed)
    model = PulseModel(
        sites=tuple(
            Site(
                qubit=k,
                levels=levels,
                frequency=5e9 + random.uniform(-0.15e9, 0.15e9),
                anharmonicity=random.uniform(-0.36e9, -0.3e9),
                t1=random.uniform(5e-6, 20e-6) if times else None,
                t2=random.uniform(3e-6, 10e-6) if times else None,
            )
            for k in range(sites)
        ),
        exchanges=tuple(
            Exchange(sites=(k, k + 1), strength=random.uniform(1e6, 3e6)) for k in range(sites - 1)
        ),
        drives=tuple(
            Drive(
                channel=f"{'du'[tone]}{k}",
                site=k,
                strength=random.uniform(80e6, 150e6),
                gain=random.normal() + 1j * random.normal() if tone else 1.0,
            )
            for k in range(sites)
            for tone in range(tones)
        ),
    )
    lanes = []
    for item in model.drives:
        raw = random.normal(size=duration) + 1j * random.normal(size=duration)
        smooth = np.convolve(raw, np.hanning(14), "same")[: duration - 8]
        smooth *= 0.25 / np.abs(smooth).max()
        frequency = 5e9 + random.uniform(-0.15e9, 0.15e9)
        frames = [(0, frequency, 0.2), (duration // 2, frequency + 3e7, random.uniform(-3, 3))]
        lanes.append(track(item.channel, [(3, smooth)], frames))
    return model, program(duration, *lanes, dt=DT)


def exact_propagator(model, lane):
    static_part = undriven(model, lane.dt)
    columns = integrate(model, lane, static_part.vectors, tolerance=1e-11)
    dressed = static_part.vectors.T @ columns
    return static_part.frame(lane.duration)[:, None] * dressed


@pytest.mark.parametrize(
    ("seed", "sites", "duration", "tones"), [(1, 1, 80, 2), (2, 2, 60, 1), (3, 2, 50, 2)]
)
@pytest.mark.parametrize("accuracy", [1e-4, 1e-6, 1e-8])
def test_propagators_keep_the_promised_accuracy(seed, sites, duration, tones, accuracy):
    """Every column that starts in qubit levels is right to the accuracy (2-norm)."""
    model, lane = random_case(seed, sites, duration, tones=tones)
    found = PulseEngine(model, accuracy=accuracy).propagator(lane)
    low = np.flatnonzero((undriven(model, DT).numbers <= 1).all(axis=0))
    errors = np.linalg.norm(found - _cached(seed, sites, duration, tones), axis=0)[low]
    assert errors.max() < accuracy


_KEPT: dict[tuple[int, ...], np.ndarray] = {}


def _cached(*case):
    if case not in _KEPT:
        seed, sites, duration, tones = case
        _KEPT[case] = exact_propagator(*random_case(seed, sites, duration, tones=tones))
    return _KEPT[case]


def test_states_of_three_sites():
    model, lane = random_case(7, 3, 40)
    static_part = undriven(model, DT)
    exact = static_part.vectors.T @ integrate(model, lane, static_part.vectors[:, :1])
    exact = static_part.frame(lane.duration) * exact[:, 0]
    assert np.linalg.norm(PulseEngine(model).final_state(lane) - exact) < 1e-6


@pytest.mark.parametrize("sites", [1, 2])
def test_density_matrices(sites):
    """With T1 and T2 of a few µs, all elements to 1e-6."""
    model, lane = random_case(11, sites, 60, tones=1, times=True)
    static_part = undriven(model, DT)
    v = static_part.vectors
    random = np.random.default_rng(3)
    start = random.normal(size=len(v)) + 1j * random.normal(size=len(v))
    start /= np.linalg.norm(start)
    bare = v @ start
    exact = v.T @ integrate_open(model, lane, np.outer(bare, bare.conj())) @ v
    frame = static_part.frame(lane.duration)
    exact = exact * np.outer(frame, frame.conj())
    found = PulseEngine(model).final_state(lane, start)
    assert np.abs(exact - np.outer(start, start.conj())).max() > 1e-3
    assert np.abs(found - exact).max() < 1e-6


@pytest.mark.parametrize(
    ("seed", "samples"),
    [(0, 300), (1, 300), (2, 300), (0, 20_000), (1, 20_000), (2, 100_000)],
)
def test_long_idling_with_relaxation(seed, samples):
    """Delays up to several T2 of two coupled transmons, against expm of the Lindbladian."""
    model, _ = random_case(seed, 2, 20, tones=0, times=True)
    static_part = undriven(model, DT)
    v, size = static_part.vectors, static_part.dimension
    random = np.random.default_rng(4)
    start = random.normal(size=size) + 1j * random.normal(size=size)
    start /= np.linalg.norm(start)
    bare = v @ start
    h = static(model, static_part.reference)
    identity = np.eye(size)
    generator = -1j * (np.kron(h, identity) - np.kron(identity, h.T))
    for jump in jumps(model):
        square = jump.conj().T @ jump
        generator = generator + np.kron(jump, jump.conj())
        generator = generator - (np.kron(square, identity) + np.kron(identity, square.T)) / 2
    flow = expm(generator * DT * 100)
    flow = np.linalg.matrix_power(flow, samples // 100)
    exact = (flow @ np.outer(bare, bare.conj()).reshape(-1)).reshape(size, size)
    frame = static_part.frame(samples)
    exact = (v.T @ exact @ v) * np.outer(frame, frame.conj())
    found = PulseEngine(model).final_state(program(samples, dt=DT), start)
    assert np.abs(found - exact).max() < 5e-6
