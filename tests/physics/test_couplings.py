"""Models of every kind: energies, ZZ, any coupling, mixed levels, any graph, several tones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backline.engines.pulses import Drive, Exchange, PulseEngine, PulseModel, Site
from backline.engines.pulses.model import ZZ, Coupling
from backline.engines.pulses.undriven import undriven
from physics.random_models import DT, random_model, random_program
from physics.reference import exact_propagator, lower, program, track

F = 5e9


def rows(matrix):
    return tuple(tuple(complex(value) for value in row) for row in matrix)


def hermitian(random, size, scale):
    """A random Hermitian matrix, which keeps no number of excitations, in Hz."""
    matrix = random.normal(size=(size, size)) + 1j * random.normal(size=(size, size))
    return scale / 2 * (matrix + matrix.conj().T)


def full_exchange(first, second, strength):
    """g (a + a†)(b + b†)."""
    a, b = lower(first), lower(second)
    return strength * np.kron(a + a.conj().T, b + b.conj().T)


def agrees(model, lane, accuracy=1e-8, rwa=True):
    """Whether the engine keeps its accuracy against the independent integrator."""
    low = (undriven(model, lane.dt).numbers <= 1).all(axis=0)
    exact = exact_propagator(model, lane, rwa=rwa)
    found = PulseEngine(model, accuracy=accuracy, rwa=rwa).propagator(lane)[:, low]
    return bool(np.linalg.norm(found - exact, axis=0).max() <= accuracy)


def pair(levels=(2, 2), offset=0.1e9, **parts):
    return PulseModel(
        sites=tuple(
            Site(qubit=k, levels=count, frequency=F + k * offset, anharmonicity=-3.3e8)
            for k, count in enumerate(levels)
        ),
        drives=tuple(Drive(channel=f"d{k}", site=k, strength=50e6) for k in (0, 1)),
        **parts,
    )


def half_turn(site, start=0, length=5, phase=0.0, frequency=F):
    return track(f"d{site}", [(start, np.ones(length))], [(0, frequency, phase)])


# Energies


def test_given_energies_of_a_duffing_oscillator_are_that_oscillator():
    random = np.random.default_rng(1)
    model = random_model(random, (4, 3))
    lane = random_program(random, model, 40)
    given = replace(
        model,
        sites=tuple(
            replace(
                site,
                energies=tuple(
                    k * site.frequency + k * (k - 1) / 2 * site.anharmonicity
                    for k in range(site.levels)
                ),
                anharmonicity=0.0,
            )
            for site in model.sites
        ),
    )
    a, b = (PulseEngine(m).propagator(lane) for m in (model, given))
    np.testing.assert_allclose(a, b, atol=1e-9)  # 1e-16 of 15 GHz over 9 ns, in rad


@pytest.mark.parametrize("levels", [(5,), (4, 3), (3, 2, 4)])
def test_other_energies_against_scipy(levels):
    random = np.random.default_rng(2)
    model = random_model(random, levels, given=True)
    assert agrees(model, random_program(random, model, 36))


def test_each_transition_has_its_own_energy():
    """π pulses at E1 - E0, E2 - E1 and E3 - E2 climb a ladder that no Duffing oscillator has."""
    energies = (0.0, 5.0e9, 9.6e9, 14.5e9)
    model = PulseModel(
        sites=(Site(qubit=0, levels=4, frequency=5e9, anharmonicity=0.0, energies=energies),),
        drives=(Drive(channel="d0", site=0, strength=1e6),),
    )
    pulses, frames = [], []
    for level in range(3):
        # the matrix element of a between neighbours is √(level + 1)
        length = round(500 / np.sqrt(level + 1))
        pulses.append((600 * level, np.full(length, 500 / np.sqrt(level + 1) / length)))
        frames.append((600 * level, energies[level + 1] - energies[level], 0.0))
    found = PulseEngine(model).populations(program(1800, track("d0", pulses, frames)))
    assert found[3] > 0.999


# ZZ


@pytest.mark.parametrize("zeta", [0.7e6, -3e6])
def test_zz_is_a_conditional_phase(zeta):
    """exp(-2πi ζ t) on |11>, and (nm) times that phase on |nm>; the own frames turn without it."""
    model = pair((3, 3), couplings=(ZZ(sites=(0, 1), strength=zeta),))
    samples = 437
    u = PulseEngine(model).propagator(program(samples))
    numbers = np.kron(np.arange(3), np.arange(3))
    alpha = np.add.outer([0, 0, 1], [0, 0, 1]).reshape(-1) * -3.3e8
    phases = -2 * np.pi * (zeta * numbers + alpha) * samples * 1e-9
    np.testing.assert_allclose(u, np.diag(np.exp(1j * phases)), atol=1e-10)


@pytest.mark.parametrize("other", [0, 1])
def test_zz_shifts_the_fringes_of_a_ramsey_experiment(other):
    """With the neighbour excited the qubit turns by ζ: P(1) = cos²(πζt) for t between the π/2."""
    zeta, wait = 1.5e6, 160
    model = pair(couplings=(ZZ(sites=(0, 1), strength=zeta),), offset=0.0)
    strong = replace(model, drives=tuple(replace(item, strength=2.5e9) for item in model.drives))
    lanes = [track("d0", [(1, [0.1]), (1 + wait, [0.1])], [(0, F, 0.0)])]
    if other:
        lanes.append(track("d1", [(0, [0.2])], [(0, F, 0.0)]))
    found = PulseEngine(strong).populations(program(2 + wait, *lanes)).reshape(2, 2)
    expected = np.cos(np.pi * zeta * other * wait * 1e-9) ** 2
    assert found[1, other] == pytest.approx(expected, abs=3e-3)  # ζ acts during the pulses too


@pytest.mark.parametrize("levels", [(3, 2), (2, 4), (3, 3, 2)])
def test_zz_beside_exchange_against_scipy(levels):
    random = np.random.default_rng(3)
    zz = ZZ(sites=(1, 0), strength=2e6)
    model = random_model(random, levels, couplings=(zz,))
    assert agrees(model, random_program(random, model, 36))


# Any coupling of two sites


def test_a_coupling_that_is_an_exchange_is_that_exchange():
    random = np.random.default_rng(4)
    exchange = random_model(random, (3, 2))
    lane = random_program(random, exchange, 40)
    a, b = lower(3), lower(2)
    hop = exchange.exchanges[0].strength * np.kron(a.conj().T, b)
    coupling = Coupling(sites=(0, 1), operator=rows(hop + hop.conj().T))
    other = replace(exchange, exchanges=(), couplings=(coupling,))
    found, expected = (PulseEngine(m).propagator(lane) for m in (other, exchange))
    np.testing.assert_allclose(found, expected, atol=1e-11)


@pytest.mark.parametrize(("levels", "sites"), [((3, 2), (0, 1)), ((2, 4), (1, 0))])
def test_a_complex_coupling_that_keeps_the_number_against_scipy(levels, sites):
    """g (e^{iχ} a†b + h.c.), with a two-photon term a†a†bb beside it."""
    random = np.random.default_rng(5)
    model = random_model(random, levels)
    first, second = (levels[site] for site in sites)
    a, b = lower(first), lower(second)
    hop = 2e6 * np.exp(0.7j) * np.kron(a.conj().T, b)
    hop = hop + 1e6j * np.kron(a.conj().T @ a.conj().T, b @ b)
    coupling = Coupling(sites=sites, operator=rows(hop + hop.conj().T))
    model = replace(model, exchanges=(), couplings=(coupling,))
    assert undriven(model, DT).conserving
    assert agrees(model, random_program(random, model, 40))


def test_an_imaginary_exchange_has_the_energies_of_a_real_one():
    """i J (a†b - ab†) is J (a†b + ab†) but for a phase of one site's levels."""
    hop = 5e6j * np.kron(lower(3).conj().T, lower(3))
    coupling = Coupling(sites=(0, 1), operator=rows(hop + hop.conj().T))
    imaginary = undriven(pair((3, 3), couplings=(coupling,)), 1e-9)
    real = undriven(pair((3, 3), exchanges=(Exchange(sites=(0, 1), strength=5e6),)), 1e-9)
    np.testing.assert_allclose(imaginary.energies, real.energies, atol=1e-12)
    assert np.abs(imaginary.vectors[1, 3]) == pytest.approx(np.abs(real.vectors[1, 3]), rel=1e-9)


@pytest.mark.parametrize(
    ("levels", "sites", "lines"),
    [((2, 2), (0, 1), "d"), ((3, 2), (1, 0), "du"), ((2, 3, 2), (2, 1), "d")],
)
def test_a_coupling_that_creates_and_destroys_against_scipy(levels, sites, lines):
    """A random complex Hermitian matrix, a† b† and a b terms included, beside the exchange."""
    random = np.random.default_rng(6)
    size = levels[sites[0]] * levels[sites[1]]
    coupling = Coupling(sites=sites, operator=rows(hermitian(random, size, 3e6)))
    model = random_model(random, levels, couplings=(coupling,))
    assert not undriven(model, DT).conserving
    assert agrees(model, random_program(random, model, 20, lines=lines))


def test_a_full_exchange_against_scipy():
    random = np.random.default_rng(7)
    coupling = Coupling(sites=(0, 1), operator=rows(full_exchange(3, 3, 4e6)))
    model = random_model(random, (3, 3), edges=(), couplings=(coupling,))
    assert agrees(model, random_program(random, model, 24))


def test_a_full_exchange_of_two_qubits_mixes_pairs_of_levels():
    """(a + a†)(b + b†) = XX: |00>, |11> and |01>, |10> mix; the energies are closed forms."""
    delta, g = 0.2e9, 0.3e9
    coupling = Coupling(sites=(0, 1), operator=rows(full_exchange(2, 2, g)))
    static = undriven(pair(offset=delta, couplings=(coupling,)), 1e-9)
    energies = static.energies / (2 * np.pi * 1e-9)
    middle, outer = F + delta / 2, np.hypot(F + delta / 2, g)
    inner = np.hypot(delta / 2, g)
    expected = [middle - outer, middle + inner, middle - inner, middle + outer]
    np.testing.assert_allclose(energies, expected, rtol=1e-12)


def test_counter_rotating_coupling_shifts_both_qubits_up():
    """Against the exchange alone both transitions rise by g²/(f0 + f1) (Bloch-Siegert)."""
    delta, g = 0.4e9, 20e6
    a, b = lower(2), lower(2)
    full = Coupling(sites=(0, 1), operator=rows(full_exchange(2, 2, g)))
    hop = g * np.kron(a.conj().T, b)
    kept = Coupling(sites=(0, 1), operator=rows(hop + hop.conj().T))
    found = []
    for coupling in (full, kept):
        static = undriven(pair(offset=delta, couplings=(coupling,)), 1e-9)
        found.append(static.transitions / (2 * np.pi * 1e-9) + static.reference)
    np.testing.assert_allclose(found[0] - found[1], g**2 / (2 * F + delta), rtol=1e-4)


# Graphs


@pytest.mark.parametrize("edges", [((1, 0), (2, 1)), ((2, 0),), (), ((0, 1), (1, 2), (2, 0))])
def test_graphs_against_scipy(edges):
    """Edges named in either order, sites in between that take no part, none at all, a ring."""
    random = np.random.default_rng(8)
    model = random_model(random, (3, 2, 3), edges=edges)
    assert agrees(model, random_program(random, model, 36))


def test_the_order_of_sites_is_a_name():
    """Sites listed the other way round give the transposed populations."""
    random = np.random.default_rng(9)
    model = random_model(random, (3, 2, 4))
    lane = random_program(random, model, 48)
    last = len(model.sites) - 1
    mirrored = replace(
        model,
        sites=model.sites[::-1],
        exchanges=tuple(
            replace(item, sites=(last - item.sites[0], last - item.sites[1]))
            for item in model.exchanges
        ),
        drives=tuple(replace(item, site=last - item.site) for item in model.drives),
    )
    a, b = (PulseEngine(m, accuracy=1e-9).populations(lane) for m in (model, mirrored))
    np.testing.assert_allclose(a, b.transpose(), atol=1e-9)


def test_unconnected_sites_are_alone():
    """A pair and one more: the propagator is a product."""
    random = np.random.default_rng(10)
    model = random_model(random, (3, 2, 3), edges=((0, 1),))
    lane = random_program(random, model, 40)
    pair_model = replace(model, sites=model.sites[:2], drives=model.drives[:4])
    alone = replace(
        model,
        sites=model.sites[2:],
        exchanges=(),
        drives=tuple(replace(item, site=0) for item in model.drives[4:]),
    )
    of_pair = replace(lane, tracks=tuple(t for t in lane.tracks if t.channel[1] in "01"))
    of_one = replace(lane, tracks=tuple(t for t in lane.tracks if t.channel[1] == "2"))
    whole = PulseEngine(model, accuracy=1e-9).propagator(lane)
    product = np.kron(
        PulseEngine(pair_model, accuracy=1e-9).propagator(of_pair),
        PulseEngine(alone, accuracy=1e-9).propagator(of_one),
    )
    np.testing.assert_allclose(whole, product, atol=2e-9)


def test_four_tones_on_one_site_against_scipy():
    """Four channels with their own carriers and gains, all at once on the first site."""
    random = np.random.default_rng(11)
    base = random_model(random, (3, 2))
    drives = tuple(
        Drive(channel=f"u{k}", site=0, strength=60e6, gain=complex(*random.normal(size=2)))
        for k in range(4)
    )
    model = replace(base, drives=drives)
    assert agrees(model, random_program(random, model, 40, lines="u"))


def test_a_channel_on_two_sites_drives_both():
    """One channel, two drives: crosstalk with its own gain, against scipy."""
    random = np.random.default_rng(12)
    base = random_model(random, (3, 3))
    crosstalk = Drive(channel="d0", site=1, strength=20e6, gain=0.5 - 0.4j)
    model = replace(base, drives=(base.drives[0], crosstalk))
    lane = random_program(random, model, 40)
    lane = replace(lane, tracks=lane.tracks[:1])
    assert agrees(model, lane)


def test_exchange_with_opposite_strengths_is_none():
    model = pair(
        (3, 3),
        exchanges=(
            Exchange(sites=(0, 1), strength=2e6),
            Exchange(sites=(1, 0), strength=-2e6),
        ),
    )
    free = replace(model, exchanges=())
    lane = program(20, half_turn(0), half_turn(1, frequency=F + 0.1e9))
    a, b = (PulseEngine(m).propagator(lane) for m in (model, free))
    np.testing.assert_allclose(a, b, atol=1e-12)
