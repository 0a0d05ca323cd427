"""How a resonator answers a stimulus, against closed forms and an independent integration.

The formulas are derived in tests/physics/README.md, under "Readout".
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from backline.engines.pulses.readout.calibrated import calibrated
from backline.engines.pulses.readout.resonator import (
    Resonator,
    default_kappa,
    square_stimulus,
    standard_resonator,
)
from backline.engines.pulses.readout.response import memory, output_samples, response
from backline.errors import EngineError
from physics.reference import track

DT = 1e-9
F = 7e9


def resonator(kappa=4e6, chi=3e6, *, length=1000, **fields):
    fields = {"frequency": F, "start": 0, "duration": length} | fields
    stimulus = fields.pop("stimulus", square_stimulus(0, length, F))
    return Resonator(qubit=0, kappa=kappa, chi=chi, stimulus=stimulus, **fields)


def rate(one: Resonator, level: int, detuning: float = 0.0) -> complex:
    """λ of the closed forms, in 1/sample, `detuning` being f_r - f."""
    return 2 * np.pi * DT * (one.kappa / 2 + 1j * ((2 * level - 1) * one.chi + detuning))


@pytest.mark.parametrize("chi", [3e6, -1e6])
def test_a_step_fills_the_resonator_exponentially(chi):
    one = resonator(chi=chi)
    found = response(one, one.stimulus, 0, 1000, levels=4, dt=DT)
    edges = np.arange(1001)
    for level in range(4):
        lam = rate(one, level)
        integral = (edges - (1 - np.exp(-lam * edges)) / lam) / lam
        np.testing.assert_allclose(found[level], np.diff(integral), rtol=1e-9, atol=1e-9)


def test_it_empties_with_the_linewidth_after_the_stimulus():
    one = resonator(length=50)
    found = response(one, one.stimulus, 200, 300, levels=2, dt=DT)
    np.testing.assert_allclose(
        np.abs(found[:, 1:] / found[:, :-1]), np.exp(-np.pi * one.kappa * DT), rtol=1e-9
    )


def test_a_detuned_probe_is_a_pull_of_all_levels():
    """A resonator 3 MHz above the probe with χ = 3 MHz: level 0 is on resonance, level 1 is not."""
    one = resonator(chi=3e6, frequency=F + 3e6, kappa=1e6)
    found = np.abs(response(one, one.stimulus, 0, 1000, levels=2, dt=DT)[:, -1])
    assert found[0] / found[1] > 5
    lam = rate(one, 1, 3e6)
    assert found[1] == pytest.approx(abs((1 - np.exp(-lam * 999.5)) / lam), rel=1e-3)


def test_without_a_frequency_the_probe_is_on_resonance():
    unknown = resonator(frequency=None)
    np.testing.assert_array_equal(
        response(unknown, unknown.stimulus, 0, 1000, levels=2, dt=DT),
        response(resonator(), unknown.stimulus, 0, 1000, levels=2, dt=DT),
    )


def test_random_stimuli_agree_with_an_independent_integration():
    """The equation of motion as it stands, by DOP853, with phases and a change of frequency."""
    random = np.random.default_rng(5)
    pulses = [
        (start, random.normal(size=40) + 1j * random.normal(size=40)) for start in (7, 60, 120)
    ]
    # at sample 100 the frequency changes by 3 MHz; the phase that keeps the carrier continuous
    # there belongs to the carrier, and 0.7 to the stimulus
    phase = 0.7 - 2 * np.pi * 3e6 * 100 * DT
    played = track("m0", pulses, [(0, F, 0.0), (100, F + 3e6, phase)])
    one = resonator(stimulus=played)

    def slope(time, field, sample, level):
        drive = sum(e[sample - s] for s, e in pulses if s <= sample < s + len(e))
        late = sample >= 100
        return -rate(one, level, -3e6 if late else 0.0) * field + drive * np.exp(0.7j * late)

    found = response(one, played, 20, 180, levels=3, dt=DT)
    for level in range(3):
        state, means = np.zeros(2, complex), []  # the field, and its integral over a sample
        for sample in range(200):
            state[1] = 0.0
            state = solve_ivp(
                lambda t, y, s=sample, k=level: [slope(t, y[0], s, k), y[0]],
                (0, 1),
                state,
                method="DOP853",
                rtol=1e-12,
                atol=1e-12,
            ).y[:, -1]
            means.append(state[1])
        np.testing.assert_allclose(found[level], means[20:], atol=1e-8)


def test_output_samples_are_means_of_input_samples():
    fine, coarse = resonator(), resonator(dtm=4 * DT)
    one = response(fine, fine.stimulus, 3, 402, levels=2, dt=DT)
    four = response(coarse, fine.stimulus, 3, 402, levels=2, dt=DT)
    assert four.shape == (2, 100)  # two input samples are left over
    np.testing.assert_allclose(four, one[:, :400].reshape(2, 100, 4).mean(axis=2), rtol=1e-12)


def test_output_samples_may_be_any_part_of_input_samples():
    """Five output samples in two input samples: their sums agree, and each is a mean."""
    fine, odd = resonator(), resonator(dtm=0.4 * DT)
    one = response(fine, fine.stimulus, 0, 100, levels=2, dt=DT)
    parts = response(odd, fine.stimulus, 0, 100, levels=2, dt=DT)
    assert parts.shape == (2, 250)
    np.testing.assert_allclose(
        parts.reshape(2, 50, 5).mean(axis=2), one.reshape(2, 50, 2).mean(axis=2), rtol=1e-9
    )
    lam, edges = rate(fine, 1), 0.4 * np.arange(6)
    integral = (edges - (1 - np.exp(-lam * edges)) / lam) / lam
    np.testing.assert_allclose(parts[1, :5], np.diff(integral) / 0.4, rtol=1e-9)


def test_lengths_in_output_samples_round_as_whole_numbers_do():
    one = resonator(dtm=2 / 9 * 1e-9)
    assert output_samples(one, 22400, 2 / 9 * 1e-9) == 22400
    assert output_samples(resonator(dtm=1.5e-9), 10, DT) == 6


def test_nothing_played_is_nothing_heard():
    one = resonator()
    late = track("m0", [(500, np.ones(10))], [(0, F, 0.0)])
    silence = track("m0", [], [(0, F, 0.0)])
    for played in (late, silence):
        assert not response(one, played, 0, 300, levels=3, dt=DT).any()
    partly = response(one, late, 300, 300, levels=3, dt=DT)
    assert not partly[:, :200].any()
    assert partly[:, 200:].all()


def test_what_is_forgotten_is_not_computed():
    """A pulse long before changes the field by no more than 1e-12, and the sum is the same."""
    one = resonator(length=100)
    wait = memory(one, DT)
    assert np.exp(-np.pi * one.kappa * DT * wait) < 1e-12
    both = track("m0", [(0, np.ones(100)), (wait + 200, np.ones(50))], [(0, F, 0.0)])
    alone = track("m0", [(wait + 200, np.ones(50))], [(0, F, 0.0)])
    np.testing.assert_allclose(
        response(one, both, wait + 200, 100, levels=2, dt=DT),
        response(one, alone, wait + 200, 100, levels=2, dt=DT),
        atol=1e-10,
    )


def test_the_standard_measurement_puts_the_levels_on_a_circle():
    """With χ = κ/2 and a long stimulus the answers 1/(1 + i(2k-1)) lie on a circle through 0.

    Levels 0 and 1 are opposite each other on it, level 2 at (3 - 4i)/5, and no signal at -i.
    """
    length = 400_000
    one = resonator(kappa=2e6, chi=1e6, length=length)
    tuned = calibrated(one, 4, DT)
    assert tuned.centers[:2].tolist() == [-1, 1]
    assert tuned.centers[2] == pytest.approx(0.6 - 0.8j, abs=5e-3)
    assert tuned.offset == pytest.approx(-1j, abs=5e-3)
    np.testing.assert_allclose(np.abs(tuned.centers), 1, atol=5e-3)


def test_the_matched_kernel_is_as_good_as_a_kernel_can_be():
    """No linear kernel has a better ratio of distance to noise (Cauchy-Schwarz).

    The probe is off the middle of both resonances, so that their distance turns while it grows.
    """
    one = resonator(length=600, frequency=F + 2e6)
    tuned = calibrated(one, 2, DT)
    zero, other = tuned.scale * response(one, one.stimulus, 0, 600, levels=2, dt=DT)
    apart = other - zero
    best = abs(tuned.weights @ apart) / np.linalg.norm(tuned.weights)
    assert tuned.weights @ apart == pytest.approx(2)
    assert best == pytest.approx(np.linalg.norm(apart))
    assert tuned.noise == pytest.approx(best / 2)
    random = np.random.default_rng(1)
    for weights in (np.ones(600), apart, random.normal(size=600) + tuned.weights):
        assert abs(weights @ apart) / np.linalg.norm(weights) < best * 0.999


def test_the_traces_of_0_and_1_are_2_apart_at_their_largest_distance():
    one = resonator(length=600, stimulus=track("m0", [(0, np.full(600, 0.1j))], [(0, F, 0.4)]))
    tuned = calibrated(one, 2, DT)
    zero, other = tuned.scale * response(one, one.stimulus, 0, 600, levels=2, dt=DT)
    largest = np.argmax(np.abs(other - zero))
    assert (other - zero)[largest] == pytest.approx(2)


def test_a_measurement_that_tells_nothing_is_refused():
    before = resonator(stimulus=track("m0", [(5000, np.ones(10))], [(0, F, 0.0)]))
    with pytest.raises(EngineError, match="measurement of qubit 0 does not tell 0 and 1 apart"):
        calibrated(before, 2, DT)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"kappa": 0.0}, "kappa of qubit 0 must be positive"),
        ({"kappa": float("nan")}, "kappa"),
        ({"chi": 0.0}, "chi of qubit 0 must not be 0"),
        ({"chi": float("inf")}, "chi"),
    ],
)
def test_impossible_resonators(fields, text):
    with pytest.raises(EngineError, match=text):
        resonator(**fields)


def test_resonators_are_values():
    assert resonator() == resonator()
    assert hash(resonator()) == hash(resonator())
    assert resonator() != resonator(kappa=5e6)
    assert resonator() != resonator(stimulus=square_stimulus(0, 999, F))
    assert resonator() != replace(resonator(), stimulus=square_stimulus(1, 1000, F))
    assert resonator() != "a resonator"


def test_the_standard_resonator_rises_in_a_tenth_of_its_measurement():
    one = standard_resonator(3, DT)
    assert (one.qubit, one.duration, one.chi) == (3, 1000, one.kappa / 2)
    assert np.exp(-np.pi * default_kappa(1e-6) * 1e-7) == pytest.approx(np.exp(-1))
    assert one.kappa == pytest.approx(default_kappa(1e-6))
