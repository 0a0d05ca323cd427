"""Traces, points and outcomes of the pulse engine.

Statistics have fixed seeds; a bound of n standard deviations fails for one seed in 1.6 million
(n = 5) if what is tested is true, and a KS test at 1e-4 for one in 10,000.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import erfc
from scipy.stats import kstest

from backline.engines.pulses import Acquisition, Drive, PulseEngine, PulseModel, Site
from backline.engines.pulses.readout.calibrated import calibrated
from backline.engines.pulses.readout.discriminators import Gaussians, Threshold, Trained
from backline.engines.pulses.readout.kernels import Boxcar, Weighted
from backline.engines.pulses.readout.resonator import Resonator, square_stimulus
from backline.errors import CapabilityError, InputError
from physics.reference import program, track

DT = 1e-9
F, PROBE, ALPHA = 5e9, 7e9, -3.3e8
LENGTH = 300


def site(qubit=0, levels=3, **fields):
    return Site(qubit=qubit, levels=levels, frequency=F, anharmonicity=ALPHA, **fields)


def resonator(qubit=0, **fields):
    """κ = 10 MHz, χ = 5 MHz; measured for 300 ns."""
    fields = {"kappa": 1e7, "chi": 5e6, "frequency": PROBE} | fields
    stimulus = square_stimulus(qubit, LENGTH, PROBE)
    return Resonator(qubit=qubit, stimulus=stimulus, start=0, duration=LENGTH, **fields)


def gaussian(area):
    """100 samples of a smooth pulse of some area in Hz·samples over the drive strength."""
    shape = np.exp(-((np.arange(100) + 0.5 - 50) ** 2) / (2 * 20.0**2))
    return shape * area / (shape.sum() * DT * 5e7)


def raised(level):
    """A drive track that brings the transmon to a level, and the sample at which it is there."""
    pulses = [(0, gaussian(0.5)), (100, gaussian(0.5) / np.sqrt(2))][:level]
    return track("d0", pulses, [(0, F, 0.0), (100, F + ALPHA, 0.0)]), 100 * level


def measured(level=0, *, stimulus=1.0, kernel=None, discriminator=None, length=LENGTH, slots=1):
    """Prepare a level and measure it into the last of some slots."""
    drive, start = raised(level)
    item = Acquisition(
        qubit=0,
        slot=slots - 1,
        start=start,
        duration=length,
        kernel=kernel,
        discriminator=discriminator,
    )
    lane = program(
        start + length, *([drive] if level else []), acquisitions=(item,), num_slots=slots
    )
    if stimulus is None:
        return lane
    played = track("m0", [(start, np.full(LENGTH, stimulus))], [(0, PROBE, 0.0)])
    return replace(lane, stimuli=(played,))


def engine(**options):
    fields = options.pop("site", {"p1_given_0": 0.02, "p0_given_1": 0.06})
    model = PulseModel(sites=(site(**fields),), drives=(Drive(channel="d0", site=0, strength=5e7),))
    return PulseEngine(model, **{"resonators": (resonator(),), "meas_level": 1} | options)


# Level 1


def test_the_device_s_own_measurement_gives_its_centers_and_its_assignment_error():
    """Sign of the real part: wrong as often as the mean published error, 4 in 100."""
    shots = 40_000
    for level, sign in ((0, -1), (1, 1)):
        result = engine().run(measured(level), shots=shots, seed=level)
        (width,), points = result.metadata["iq_widths"], result.iq[:, 0]
        assert erfc(1 / (np.sqrt(2) * width)) / 2 == pytest.approx(0.04)
        assert abs(points.mean() - sign) < 5 * width / np.sqrt(shots) + 0.01  # and leakage
        wrong = (points.real * sign < 0).mean()
        assert wrong == pytest.approx(0.04, abs=5 * np.sqrt(0.04 * 0.96 / shots) + 1e-3)


def test_leakage_is_a_third_cloud():
    result = engine(readout_noise=False).run(measured(2), shots=4000, seed=3)
    centers = np.array(result.metadata["iq_centers"][0]) @ [1, 1j]
    third = result.iq[:, 0] == centers[2]
    assert third.mean() > 0.97
    assert centers[:2].tolist() == [-1, 1]
    assert np.abs(centers[2] - centers[:2]).min() > 0.7
    (populations,) = result.metadata["populations"]
    assert populations[2] > 0.97
    assert sum(populations) == pytest.approx(1, abs=1e-9)
    assert third.mean() == pytest.approx(populations[2], abs=5 * np.sqrt(0.03 / 4000))


def test_a_stimulus_of_another_size_moves_the_clouds_and_not_their_width():
    """Everything is linear: points lie on lines from where no signal is, -i·0 included."""
    own = engine().run(measured(), shots=1, seed=0).metadata
    half = engine().run(measured(stimulus=0.5), shots=1, seed=0).metadata
    none = engine().run(measured(stimulus=0.0), shots=1, seed=0).metadata
    centers, halves, origin = (
        np.array(facts["iq_centers"][0]) @ [1, 1j] for facts in (own, half, none)
    )
    np.testing.assert_allclose(halves, (centers + origin) / 2, atol=1e-9)
    assert np.ptp(np.abs(origin - calibrated(resonator(), 3, DT).offset)) < 1e-12
    assert half["iq_widths"] == pytest.approx(own["iq_widths"])


def test_a_stimulus_of_another_phase_turns_the_clouds():
    turned = engine().run(measured(stimulus=np.exp(0.4j)), shots=1, seed=0).metadata
    offset = calibrated(resonator(), 3, DT).offset
    own = calibrated(resonator(), 3, DT).centers
    centers = np.array(turned["iq_centers"][0]) @ [1, 1j]
    np.testing.assert_allclose(centers - offset, (own - offset) * np.exp(0.4j), atol=1e-9)


def test_the_own_measurement_is_recognised_at_any_time():
    """What is looked up for it is what comes out of the whole computation."""
    lane = measured(1)
    known = engine().run(lane, shots=1, seed=0).metadata
    # a pulse of no amplitude on the measure channel makes it another program
    (played,) = lane.stimuli
    other = replace(
        played,
        starts=np.array([0, *played.starts]),
        envelopes=(np.zeros(1, complex), *played.envelopes),
    )
    computed = engine().run(replace(lane, stimuli=(other,)), shots=1, seed=0).metadata
    np.testing.assert_allclose(known["iq_centers"], computed["iq_centers"], atol=1e-12)
    assert known["iq_widths"] == pytest.approx(computed["iq_widths"], rel=1e-12)


def test_without_a_stimulus_the_device_s_own_is_taken_to_be_there():
    for length in (1, LENGTH):
        result = engine().run(measured(1, stimulus=None, length=length), shots=1, seed=0)
        played = engine().run(measured(1), shots=1, seed=0)
        assert result.metadata["iq_centers"] == played.metadata["iq_centers"]
        assert result.metadata["assumed_stimulus"] == [0]
        assert played.metadata["assumed_stimulus"] == []


def test_a_short_acquisition_is_a_noisier_one():
    """Half of the trace has less than half of the signal, for the resonator still rises."""
    whole = engine().run(measured(), shots=1, seed=0).metadata
    half = engine().run(measured(length=LENGTH // 2), shots=1, seed=0).metadata

    def ratio(facts):
        zero, one = (np.array(facts["iq_centers"][0]) @ [1, 1j])[:2]
        return abs(one - zero) / facts["iq_widths"][0]

    assert 0.4 * ratio(whole) < ratio(half) < np.sqrt(0.5) * ratio(whole)


def test_the_resonator_rings_from_one_measurement_into_the_next():
    """The second begins 20 samples after the first: what is left of it adds to its trace."""
    items = tuple(
        Acquisition(qubit=0, slot=k, start=start, duration=LENGTH)
        for k, start in enumerate((0, LENGTH + 20))
    )
    lane = program(1000, acquisitions=items, num_slots=2)
    pulses = [(item.start, np.ones(LENGTH)) for item in items]
    quiet = engine(meas_level=0, readout_noise=False)
    traces, first = (
        quiet.run(
            replace(lane, stimuli=(track("m0", played, [(0, PROBE, 0.0)]),)), shots=1, seed=0
        ).iq[0]
        for played in (pulses, pulses[:1])
    )
    left = first[1]
    assert abs(left[0]) > 0.5
    np.testing.assert_allclose(left[1:] / left[:-1], np.exp(-np.pi * (1e7 - 1e7j) * DT), rtol=1e-8)
    np.testing.assert_allclose(traces[1], traces[0] + left, atol=1e-12)


# Kernels


def test_points_of_a_kernel_are_its_sum_over_the_traces():
    """Drawn without traces, they have the distribution that weighted traces have (KS)."""
    random = np.random.default_rng(7)
    weights = random.normal(size=LENGTH) + 1j * random.normal(size=LENGTH)
    shots = 3000
    for kernel in (Weighted(samples=weights), Boxcar(start=50, stop=250), Boxcar()):
        lane = measured(1, kernel=kernel)
        points = engine().run(lane, shots=shots, seed=1).iq[:, 0]
        traces = engine(meas_level=0).run(lane, shots=shots, seed=2).iq[:, 0]
        from_traces = traces @ kernel.weights(resonator(), LENGTH, DT)
        for part in (np.real, np.imag):
            assert kstest(part(points), part(from_traces)).pvalue > 1e-4
        assert abs(points.mean() - from_traces.mean()) < 7 * points.std() / np.sqrt(shots)


def test_points_of_the_own_kernel_are_its_sum_over_the_traces_and_an_offset():
    tuned, shots = calibrated(resonator(), 3, DT), 3000
    points = engine().run(measured(1), shots=shots, seed=1).iq[:, 0]
    traces = engine(meas_level=0).run(measured(1), shots=shots, seed=2).iq[:, 0]
    from_traces = traces @ tuned.weights + tuned.offset
    for part in (np.real, np.imag):
        assert kstest(part(points), part(from_traces)).pvalue > 1e-4


def test_a_boxcar_is_the_mean_of_its_window():
    lane = measured(1, kernel=Boxcar(start=100, stop=140))
    point = engine(readout_noise=False).run(lane, shots=1, seed=0).iq[0, 0]
    trace = engine(readout_noise=False, meas_level=0).run(lane, shots=1, seed=0).iq[0, 0]
    assert point == pytest.approx(trace[100:140].mean())


def test_a_boxcar_counts_input_samples():
    coarse = resonator(dtm=10 * DT)
    weights = Boxcar(start=95, stop=130).weights(coarse, LENGTH, DT)
    assert np.flatnonzero(weights).tolist() == [10, 11, 12]
    assert weights.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("kernel", "text"),
    [
        (Boxcar(start=0, stop=301), "boxcar from 0 to 301 must lie inside the acquisition"),
        (Boxcar(start=-1), "boxcar from -1 to 300"),
        (Boxcar(start=20, stop=20), "boxcar from 20 to 20"),
        (Weighted(samples=np.ones(299, complex)), "299 weights, and .* has 300 output samples"),
    ],
)
@pytest.mark.parametrize("level", [0, 1, 2])
def test_kernels_that_do_not_fit_are_refused_before_any_work(kernel, text, level):
    lane = measured(kernel=kernel)
    with pytest.raises(InputError, match=text):
        engine(meas_level=level).instruments(lane).check(1)
    with pytest.raises(InputError, match=text):
        engine(meas_level=level).run(lane, shots=1, seed=0)


def test_a_boxcar_between_output_samples_is_refused():
    coarse = engine(resonators=(resonator(dtm=10 * DT),))
    with pytest.raises(InputError, match="no output sample of qubit 0 begins in the boxcar"):
        coarse.run(measured(kernel=Boxcar(start=1, stop=9)), shots=1, seed=0)


def test_weights_are_values():
    one, same = (Weighted(samples=np.ones(3, complex)) for _ in range(2))
    assert one == same
    assert hash(one) == hash(same)
    assert one != Weighted(samples=np.ones(4, complex))
    assert one != Boxcar()


# Level 0


def test_traces_have_white_noise_around_the_answer_of_their_level():
    """Mean and covariance of 4000 traces; the noise is the same in both quadratures."""
    shots = 4000
    lane = measured(0)
    clean = engine(meas_level=0, readout_noise=False).run(lane, shots=1, seed=0).iq[0, 0]
    traces = engine(meas_level=0).run(lane, shots=shots, seed=1).iq
    assert traces.shape == (shots, 1, LENGTH)
    assert (clean.real[30:] < -0.4).all()  # level 0 is on the left, from a rise time on
    noise = traces[:, 0] - clean
    width = engine(meas_level=0).instruments(lane).signals[0].noise
    scale = width / np.sqrt(shots)
    assert np.abs(noise.mean(axis=0).real).max() < 5 * scale
    assert np.abs(noise.mean(axis=0).imag).max() < 5 * scale
    assert noise.real.std() == pytest.approx(width, rel=5 / np.sqrt(2 * shots * LENGTH))
    assert noise.imag.std() == pytest.approx(width, rel=5 / np.sqrt(2 * shots * LENGTH))
    for other in (noise[:, 1:].real, noise[:, 1:].imag):  # neighbours, and quadratures
        mean = (noise[:, :-1].real * other).mean()
        assert abs(mean) < 5 * width**2 / np.sqrt(shots * (LENGTH - 1))


def test_averaged_traces_are_means_of_single_ones():
    """From its share of each level, without drawing any: mean and noise of the mean agree."""
    shots = 2000
    lane = program(
        5 + LENGTH,
        track("d0", [(0, np.ones(5))], [(0, F, 0.0)]),
        acquisitions=(Acquisition(qubit=0, slot=0, start=5, duration=LENGTH),),
        num_slots=1,
    )
    single = engine(meas_level=0).run(lane, shots=shots, seed=4)
    mean = engine(meas_level=0, meas_return="avg").run(lane, shots=shots, seed=4)
    assert mean.iq.shape == (1, LENGTH)
    width = engine(meas_level=0).instruments(lane).signals[0].noise / np.sqrt(shots)
    difference = mean.iq - single.iq.mean(axis=0)  # the same seed finds the same levels
    assert difference.std() == pytest.approx(width * 2, rel=0.15)
    assert np.abs(difference.mean()) < 5 * 2 * width / np.sqrt(LENGTH)


def test_shorter_acquisitions_and_unused_slots_are_filled_with_zeros():
    items = (
        Acquisition(qubit=0, slot=2, start=0, duration=40),
        Acquisition(qubit=0, slot=0, start=400, duration=100),
    )
    lane = program(500, acquisitions=items, num_slots=3)
    result = engine(meas_level=0).run(lane, shots=5, seed=0)
    assert result.iq.shape == (5, 3, 100)
    assert result.iq[:, 2, :40].all()
    assert not result.iq[:, 2, 40:].any()
    assert not result.iq[:, 1].any()
    assert result.iq[:, 0].all()
    assert result.metadata["output_samples"] == [100, 0, 40]
    assert result.metadata["acquired"] == [0, None, 0]
    assert result.metadata["populations"] == [[1, 0, 0], None, [1, 0, 0]]
    assert result.metadata["dtm"] == DT


def test_traces_that_would_fill_the_memory_are_refused_before_any_work():
    lane = measured(slots=7)
    many = (1 << 30) // (16 * 7 * LENGTH)
    engine(meas_level=0).instruments(lane).check(many)
    with pytest.raises(CapabilityError, match=r"7 memory slots and 300 .* 1\.0 GiB, .*'avg'"):
        engine(meas_level=0).run(lane, shots=many + 1, seed=0)
    averaged = engine(meas_level=0, meas_return="avg").run(lane, shots=many + 1, seed=0)
    assert averaged.iq.shape == (7, LENGTH)


@pytest.mark.parametrize("level", [0, 1])
def test_an_acquisition_shorter_than_an_output_sample_is_refused(level):
    coarse = engine(meas_level=level, resonators=(resonator(dtm=10 * DT),))
    with pytest.raises(InputError, match=r"has 9 samples, .* less than one output sample of 1e-08"):
        coarse.run(measured(length=9), shots=1, seed=0)
    assert replace(coarse, meas_level=2).run(measured(length=9), shots=1, seed=0).bits.shape


# Level 2


def test_published_confusion_is_met_whatever_is_played():
    shots = 40_000
    for level, share in ((0, 0.02), (1, 0.94)):
        for stimulus in (1.0, 0.01, None):
            lane = measured(level, stimulus=stimulus)
            bits = engine(meas_level=2, memory=True).run(lane, shots=shots, seed=5).bits
            bound = 5 * np.sqrt(0.06 / shots) + 2e-3  # and what the pulse leaves behind
            assert bits.mean() == pytest.approx(share, abs=bound)


@pytest.mark.parametrize("discriminator", [Trained(), Threshold()])
def test_a_discriminator_classifies_points(discriminator):
    """On the own measurement both are wrong in 4 of 100, from either side."""
    shots = 40_000
    for level in (0, 1):
        lane = measured(level, discriminator=discriminator)
        bits = engine(meas_level=2).run(lane, shots=shots, seed=6).bits[:, 0]
        wrong = (bits != level).mean()
        assert wrong == pytest.approx(0.04, abs=5 * np.sqrt(0.04 / shots) + 1e-3)


def test_a_kernel_of_one_s_own_is_classified_by_what_it_sees():
    """A boxcar over the rise sees less: it errs as often as its distance and noise say."""
    shots = 40_000
    lane = measured(0, kernel=Boxcar(stop=60))
    facts = engine().run(lane, shots=1, seed=0).metadata
    zero, one = (np.array(facts["iq_centers"][0]) @ [1, 1j])[:2]
    error = erfc(abs(one - zero) / 2 / (np.sqrt(2) * facts["iq_widths"][0])) / 2
    assert error > 0.2
    bits = engine(meas_level=2).run(lane, shots=shots, seed=6).bits[:, 0]
    assert bits.mean() == pytest.approx(error, abs=5 * np.sqrt(0.25 / shots))


def test_a_threshold_is_on_its_axis():
    """Along the imaginary axis level 2 lies below -0.5, and levels 0 and 1 above it."""
    below = Threshold(angle=-np.pi / 2, threshold=0.5)
    for level, outcome in ((0, 0), (1, 0), (2, 1)):
        lane = measured(level, discriminator=below)
        bits = engine(meas_level=2, readout_noise=False).run(lane, shots=200, seed=1).bits
        assert (bits == outcome).mean() > 0.95


def test_quadratic_discrimination_is_the_larger_likelihood():
    """Against densities written out, for two clouds of which one lies inside the other."""
    wide = Gaussians(
        means=(0.2 + 0.1j, -0.3j),
        covariances=(((0.3, 0.1), (0.1, 0.2)), ((4.0, 0.0), (0.0, 9.0))),
    )
    random = np.random.default_rng(3)
    points = 3 * (random.normal(size=500) + 1j * random.normal(size=500))

    def density(z, mean, covariance):
        (a, b), (_, c) = covariance
        x, y = (z - mean).real, (z - mean).imag
        det = a * c - b * b
        return np.exp(-(c * x * x - 2 * b * x * y + a * y * y) / det / 2) / np.sqrt(det)

    likely = [
        density(points, mean, matrix)
        for mean, matrix in zip(wide.means, wide.covariances, strict=True)
    ]
    found = wide.classify(points, None, 1)
    np.testing.assert_array_equal(found, np.argmax(likely, axis=0))
    assert 20 < found.sum() < 480


@pytest.mark.parametrize(
    ("means", "covariances", "text"),
    [
        ((0, 1), (((1, 0), (0, 1)),), "a mean and a covariance for each"),
        ((0,), (((1, 0), (0, 1)),), "at least two outcomes"),
        ((0, np.nan), (((1, 0), (0, 1)),) * 2, "must be finite"),
        ((0, 1), (((1, 2), (2, 1)),) * 2, "symmetric and positive"),
        ((0, 1), (((1, 1), (0, 1)),) * 2, "symmetric and positive"),
    ],
)
def test_impossible_clouds_are_refused(means, covariances, text):
    with pytest.raises(InputError, match=text):
        Gaussians(means=means, covariances=covariances)


def test_an_impossible_threshold_is_refused():
    with pytest.raises(InputError, match="angle of a linear_discriminator must be a finite number"):
        Threshold(angle=float("inf"))


def test_higher_outcomes_are_digits_where_they_are_asked_for():
    quiet = engine(meas_level=2, readout_noise=False, memory=True)
    lane = measured(2, slots=2)
    assert quiet.run(lane, shots=50, seed=2).counts().keys() <= {"0x0", "0x2"}
    for limit in (2, None):
        result = replace(quiet, max_outcome_level=limit).run(lane, shots=500, seed=2)
        counts = result.counts()
        assert counts["20"] > 480
        assert counts.keys() <= {"00", "10", "20"}
        assert set(result.memory()) == counts.keys()
        assert (result.bits == (result.digits > 0)).all()


def test_folding_higher_outcomes_into_1_gives_the_counts_of_bits():
    """The device's confusion is the same, whether 2 is told apart or not."""
    lane = measured(2)
    noisy = engine(meas_level=2, site={"p0_given_1": 0.3}, memory=True)
    bits = noisy.run(lane, shots=3000, seed=2)
    digits = replace(noisy, max_outcome_level=2).run(lane, shots=3000, seed=2)
    for outcomes in (bits, digits):
        assert (outcomes.bits == 1).mean() == pytest.approx(
            0.7, abs=5 * np.sqrt(0.21 / 3000) + 0.02
        )
    np.testing.assert_array_equal(digits.bits, digits.digits > 0)
    assert (digits.digits == 2).mean() == pytest.approx(0.7, abs=5 * np.sqrt(0.21 / 3000) + 0.02)


def test_a_trained_discriminator_tells_three_levels_apart():
    """Nearest of three centers; with little noise nearly always right."""
    for level in (0, 1, 2):
        lane = measured(level, discriminator=Trained())
        sharp = engine(meas_level=2, site={"p0_given_1": 1e-4}, max_outcome_level=2)
        digits = sharp.run(lane, shots=2000, seed=2).digits[:, 0]
        assert (digits == level).mean() > 0.96


def test_a_limit_beyond_the_levels_changes_nothing():
    lane = measured(2, discriminator=Trained())
    engines = [engine(meas_level=2, max_outcome_level=limit) for limit in (2, 5, None)]
    runs = [one.run(lane, shots=300, seed=2).memory() for one in engines]
    assert runs[0] == runs[1] == runs[2]


# Acquisitions at several times


def test_decay_between_acquisitions_is_exponential():
    """π, then three acquisitions half a T1 apart: what was 1 is 1 again with e^{-1/2}, and stays 0
    once it was 0."""
    t1, shots, step = 20e-6, 20_000, 10_000
    starts = [10 + step * k for k in range(3)]
    lane = program(
        starts[-1] + LENGTH,
        track("d0", [(0, np.ones(10))], [(0, F, 0.0)]),
        acquisitions=tuple(
            Acquisition(qubit=0, slot=2 - k, start=start, duration=LENGTH)
            for k, start in enumerate(starts)
        ),
        num_slots=3,
    )
    fields = {"levels": 2, "t1": t1, "t2": t1}
    result = engine(meas_level=2, readout_noise=False, site=fields).run(lane, shots=shots, seed=8)
    first, second, third = result.bits.T[::-1].astype(bool)
    assert first.mean() > 0.999
    kept = np.exp(-step * DT / t1)
    for before, after in ((first, second), (second, third)):
        assert not after[~before].any()
        bound = 5 * np.sqrt(kept * (1 - kept) / before.sum())
        assert after[before].mean() == pytest.approx(kept, abs=bound)
    # populations are what the shots' states are just before, and not after, each acquisition
    upper = [levels[1] for levels in result.metadata["populations"][::-1]]
    expected = [1, kept, kept * second.mean()]
    assert upper == pytest.approx(expected, abs=2e-3)


def test_a_resting_qubit_has_the_populations_of_its_ground_state():
    model = replace(engine().model, resting=(site(qubit=4, levels=4),))
    lane = program(
        10, acquisitions=(Acquisition(qubit=4, slot=0, start=0, duration=5),), num_slots=1
    )
    facts = PulseEngine(model).run(lane, shots=3, seed=0).metadata
    assert facts["populations"] == [[1, 0, 0, 0]]
    assert facts["acquired"] == [4]
