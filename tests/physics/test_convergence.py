"""Every scheme of the engine converges with its order; derivations are in README.md beside this."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.linalg import expm

from backline.engines.pulses import Drive, Exchange, PulseModel, Site
from backline.engines.pulses.carriers import Carrier, CounterCarrier, nodes_up_to
from backline.engines.pulses.channels import channels
from backline.engines.pulses.compiled import flow_kernels
from backline.engines.pulses.driven import DrivenPiece
from backline.engines.pulses.evolution import Densities
from backline.engines.pulses.magnus import exponential, magnus
from backline.engines.pulses.methods import unitary
from backline.engines.pulses.nodes import Nodes
from backline.engines.pulses.splitting import Step, Stretch, pattern
from backline.engines.pulses.still import StillPiece
from backline.engines.pulses.systems import System
from backline.engines.pulses.tabled import Tabled
from backline.engines.pulses.threads import one_thread
from backline.engines.pulses.tones import tones_between
from backline.engines.pulses.undriven import undriven
from physics.random_models import DT, random_model, random_program
from physics.reference import lower, program, track


def gains(errors):
    """By what each error is smaller than the one before."""
    errors = np.array(errors)
    return errors[:-1] / errors[1:]


# Magnus


def rotating(levels, turning, size):
    """H(t) = A + r (e^{-iνt} a + h.c.): constant in the frame that turns by -ν."""
    energies = np.arange(levels) ** 2 * 0.3

    def hamiltonian(time):
        moving = size * np.exp(-1j * turning * time) * lower(levels)
        return (np.diag(energies) + moving + moving.conj().T)[None]

    numbers = np.arange(levels)
    still = np.diag(energies + turning * numbers) + size * (lower(levels) + lower(levels).T)

    def exact(time):
        return np.diag(np.exp(1j * turning * numbers * time)) @ expm(-1j * still * time)

    return hamiltonian, exact


def test_magnus_is_of_fourth_order():
    """Halving steps gains 16, here 15 to 17 from 8 steps a unit of time on."""
    hamiltonian, exact = rotating(3, 1.7, 0.8)
    errors = [
        np.abs(magnus(hamiltonian, 1, np.array([2.0]), steps)[0, 0] - exact(2.0)).max()
        for steps in (8, 16, 32, 64)
    ]
    assert all(15 < gain < 17 for gain in gains(errors))
    assert errors[-1] < 1e-7


def test_magnus_gives_any_times_in_any_order():
    hamiltonian, exact = rotating(2, 0.9, 0.4)
    times = np.array([0.7, 0.0, 1.3, 0.2])
    found = magnus(hamiltonian, 1, times, 64)[:, 0]
    np.testing.assert_allclose(found, [exact(time) for time in times], atol=1e-8)


@pytest.mark.parametrize("size", [1e-6, 0.3, 5.0, 40.0])
def test_exponentials_of_small_matrices(size):
    random = np.random.default_rng(1)
    raw = random.normal(size=(5, 4, 4)) + 1j * random.normal(size=(5, 4, 4))
    exponents = -0.5j * size * (raw + raw.conj().swapaxes(1, 2))
    np.testing.assert_allclose(exponential(exponents), expm(exponents), atol=2e-15 * (1 + size) * 8)


# Splitting


def driven_chain(j, sites):
    """Sites under one steady carrier, for which a diagonalisation is exact."""
    model = PulseModel(
        sites=tuple(
            Site(qubit=k, levels=3, frequency=5e9 + 0.1e9 * k, anharmonicity=-3.3e8)
            for k in range(sites)
        ),
        exchanges=tuple(Exchange(sites=(k, k + 1), strength=j) for k in range(sites - 1)),
        drives=(Drive(channel="d0", site=0, strength=60e6),),
    )
    static = undriven(model, 1e-9)
    lane = program(16, track("d0", [(0, np.full(16, 0.7))], [(0, 5.02e9, 0.4)]))
    return static, tones_between(model, static, lane, 0, 16)


def splitting_error(j, step, sites=2, *, fine=False):
    static, tones = driven_chain(j, sites)
    start = np.eye(static.dimension, dtype=complex)
    exact = StillPiece(static, tones, 16).advance(start, 0, 16)
    return np.abs(DrivenPiece(static, tones, Step(step, fine)).advance(start, 0, 16) - exact).max()


def test_the_splitting_is_of_fourth_order_where_couplings_are_strong():
    """(8, 6, 4): the term ε³ h⁴ leads in the end; halving gains 16."""
    errors = [splitting_error(300e6, step) for step in (0.25, 0.125, 0.0625)]
    assert all(15 < gain < 18 for gain in gains(errors))


def test_the_splitting_is_of_sixth_order_and_more_where_couplings_are_weak():
    """ε h⁸ leads, until ε² h⁶ takes over: halving gains from 2⁸ down to 2⁶."""
    errors = [splitting_error(1e6, step) for step in (2.0, 1.0, 0.5, 0.25)]
    assert all(2**5.8 < gain < 2**8.2 for gain in gains(errors))
    assert errors[-1] < 1e-10


def test_weak_couplings_make_small_errors():
    """At one step size the error is at least linear in the coupling."""
    errors = [splitting_error(j, 2.0) for j in (8e6, 4e6, 2e6)]
    assert all(gain > 1.95 for gain in gains(errors))


def test_kicks_of_pairs_that_share_a_site_are_of_second_order():
    """Each kick is a symmetric product of the pairs' kicks: in the end ε³ h² leads (gains of 4).

    Its part is small: at weak couplings and a step of a sample the higher orders are seen.
    """
    errors = [splitting_error(100e6, step, sites=3) for step in (0.25, 0.125, 0.0625)]
    assert all(3.8 < gain < 4.2 for gain in gains(errors))
    weak = [splitting_error(2e6, step, sites=3) for step in (4.0, 2.0, 1.0)]
    assert all(gain > 2**5 for gain in gains(weak))


def test_fine_kicks_are_of_fourth_order():
    """Suzuki's composition of five: halving gains 16, as with one pair."""
    errors = [splitting_error(100e6, step, sites=3, fine=True) for step in (0.5, 0.25, 0.125)]
    assert all(14 < gain < 18 for gain in gains(errors))
    weak = splitting_error(2e6, 0.25, sites=3, fine=True)
    assert weak < splitting_error(2e6, 0.25, sites=3) / 50


# Relaxation


def test_nodes_of_relaxation_are_of_second_order():
    """Strang: halving the distance of nodes gains 4."""
    random = np.random.default_rng(2)
    model = random_model(random, (3,), t1=(5e-8, 1e-7), t2=(5e-8, 1e-7))
    lane = random_program(random, model, 70)
    evolution = unitary(model, lane, stop=64, accuracy=1e-10, rwa=True)
    relaxing = channels(model, DT)

    def density(length):
        nodes = Nodes(length, length, 0.0)
        found = Densities(evolution.undriven, evolution.plan, relaxing, nodes)
        return found.advance(found.ground(), 0, 64)[0]

    found = [density(length) for length in (1.0, 0.5, 0.25, 0.125)]
    changes = [np.abs(a - b).max() for a, b in itertools.pairwise(found)]
    assert all(3.9 < gain < 4.1 for gain in gains(changes))
    assert changes[0] > 1e-7


# Interpolation


@pytest.mark.parametrize("largest", [1e-3, 0.4, 2.5])
@pytest.mark.parametrize("levels", [2, 3, 5])
def test_interpolation_over_sizes_is_exact_to_rounding(largest, levels):
    random = np.random.default_rng(3)
    sizes = np.append(random.uniform(0, largest, 98), [0.0, largest])
    energies = np.diag(np.array([0.0, 0.3, -0.9, -3.0, -6.0])[:levels])
    carrier = Carrier(energies, lower(levels).real, sizes, np.arange(len(sizes)))
    fractions = np.array([0.25, 1.0])
    found = carrier.flows(np.arange(len(sizes)), fractions)
    ladder = lower(levels) + lower(levels).T
    with one_thread():
        exact = [expm(-1j * f * (energies + sizes[:, None, None] * ladder)) for f in fractions]
    nodes = nodes_up_to(energies, lower(levels).real, largest).sizes
    assert len(nodes) < len(sizes)  # fewer nodes than samples: it does interpolate
    np.testing.assert_allclose(found, exact, atol=2e-13)

    # The same by compiled code, at any phase of the drive.
    phases = random.uniform(-np.pi, np.pi, len(sizes))
    system = System(energies, lower(levels).real, np.arange(float(levels)))
    drive = sizes * np.exp(1j * phases)
    tabled = Tabled(flow_kernels(), system, 0, 0.0, drive)
    turned = np.exp(1j * phases[:, None] * np.arange(levels))
    wanted = turned.conj()[:, :, None] * exact[1] * turned[:, None, :]
    np.testing.assert_allclose(tabled.through(0, len(sizes), 1), wanted, atol=2e-13)
    whole, parts = np.empty((2, len(sizes), 1, levels, levels), dtype=complex)
    ones = np.ones(levels, dtype=complex)
    tabled.write(Stretch(0, len(sizes), pattern(1, 0.0, 1.0, None)), ones, whole)
    np.testing.assert_allclose(whole[:, 0], wanted, atol=2e-13)
    tabled.write(Stretch(0, len(sizes), pattern(1, 0.5, 0.75, None)), ones, parts)
    wanted = turned.conj()[:, :, None] * exact[0] * turned[:, None, :]
    np.testing.assert_allclose(parts[:, 0], wanted, atol=2e-13)


@pytest.mark.parametrize("largest", [1e-2, 0.3])
@pytest.mark.parametrize("levels", [2, 3])
def test_interpolation_over_sizes_and_angles(largest, levels):
    """With counter-rotating terms, against a Magnus integration with very short steps."""
    random = np.random.default_rng(4)
    count, turning = 40, 14.0
    sizes = np.append(random.uniform(0, largest, count - 1), largest)
    angles = random.uniform(-np.pi, np.pi, count)
    energies = np.diag(np.array([0.0, 0.2, -0.4])[:levels])
    down = lower(levels)
    carrier = CounterCarrier(energies, down.real, sizes, np.arange(count), turning, angles)

    def hamiltonians(time):
        moving = sizes * (1 + np.exp(-1j * (turning * time + angles)))
        moving = moving[:, None, None] * down
        return energies + moving + moving.conj().swapaxes(1, 2)

    fractions = np.array([0.37, 1.0])
    exact = magnus(hamiltonians, count, fractions, 2000)
    found = carrier.flows(np.arange(count), fractions)
    np.testing.assert_allclose(found, exact, atol=3e-12)
