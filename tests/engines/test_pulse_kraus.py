"""T1 and T2 as channels and as Kraus operators: laws for any times and any number of levels."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import expm

from backline.engines.pulses import PulseModel, Site
from backline.engines.pulses.channels import Channels, SiteChannel
from backline.engines.pulses.trajectories import Kraus, kraus
from physics.reference import jumps

DT = 1e-9

TIMES = st.floats(min_value=-9, max_value=-3).map(lambda power: 10.0**power)
LENGTHS = st.floats(min_value=0.125, max_value=1e5)


@st.composite
def sites(draw) -> Site:
    """With T1, T2 or both; T2 at most 2 T1."""
    t1 = draw(st.none() | TIMES)
    t2 = draw(st.none() | TIMES) if t1 is not None else draw(TIMES)
    if t1 is not None and t2 is not None:
        t2 = min(t2, 2 * t1)
    levels = draw(st.integers(min_value=2, max_value=6))
    return Site(qubit=0, levels=levels, frequency=5e9, anharmonicity=-3e8, t1=t1, t2=t2)


def channel(site: Site, length: float) -> SiteChannel:
    return Channels(PulseModel(sites=(site,)), DT).of(length)[0]


def operators(found: Kraus) -> list[np.ndarray]:
    """As matrices."""
    size = found.diagonals.shape[1]
    matrices = [np.diag(row) for row in found.diagonals]
    for (to, start), chances in zip(found.jumps, found.chances[size:], strict=True):
        matrix = np.zeros((size, size))
        matrix[to, start] = np.sqrt(chances[start])
        matrices.append(matrix)
    return matrices


@given(sites(), LENGTHS)
def test_kraus_operators_are_complete(site, length):
    """Σ K†K = 1."""
    total = sum(k.T @ k for k in operators(kraus(channel(site, length))))
    np.testing.assert_allclose(total, np.eye(site.levels), atol=1e-12)


@given(sites(), LENGTHS)
def test_kraus_operators_are_the_channel(site, length):
    """Σ K E K† for every matrix unit E is what the channel makes of E."""
    of_site = channel(site, length)
    found = sum(np.kron(k, k) for k in operators(kraus(of_site)))
    np.testing.assert_allclose(found, of_site.on_elements(), atol=1e-12)


@given(sites(), LENGTHS)
def test_chances_of_each_level_sum_to_one(site, length):
    found = kraus(channel(site, length))
    assert (found.chances >= 0).all()
    np.testing.assert_allclose(found.chances.sum(axis=0), 1, atol=1e-14)


@given(sites(), LENGTHS, LENGTHS)
def test_channels_follow_one_another(site, first, second):
    """The channel of a sum of times is the product of the channels."""
    whole = channel(site, first + second).on_elements()
    parts = channel(site, second).on_elements() @ channel(site, first).on_elements()
    np.testing.assert_allclose(whole, parts, atol=1e-12)


@given(sites(), st.floats(min_value=0.125, max_value=20))
def test_channels_solve_the_lindblad_equation(site, length):
    """exp of the dissipator, with one jump operator a transition and n for pure dephasing."""
    size = site.levels
    total = np.zeros((size**2, size**2))
    for jump in jumps(PulseModel(sites=(site,))):
        square = jump.T @ jump
        total += np.kron(jump, jump)
        total -= (np.kron(square, np.eye(size)) + np.kron(np.eye(size), square)) / 2
    expected = expm(total * length * DT)
    np.testing.assert_allclose(channel(site, length).on_elements(), expected, atol=1e-11)
