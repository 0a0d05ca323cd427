"""The pulse engine's measurements, options and refusals."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2

from backline.engines.pulses import Acquisition, Drive, Exchange, PulseEngine, PulseModel, Site
from backline.engines.pulses.readout.signals import iq_width
from backline.engines.pulses.undriven import undriven
from backline.errors import CapabilityError, EngineError, OptionValueError
from physics.reference import program, track

F = 5e9


def chain(sites, levels=3, *, j=1e6, **site):
    """Sites 100 MHz apart, each with its drive of 50 MHz: π in 10 samples of 1 ns."""
    return PulseModel(
        sites=tuple(
            Site(qubit=3 + k, levels=levels, frequency=F + 1e8 * k, anharmonicity=-3.3e8, **site)
            for k in range(sites)
        ),
        exchanges=tuple(Exchange(sites=(k, k + 1), strength=j) for k in range(sites - 1))
        if j
        else (),
        drives=tuple(Drive(channel=f"d{3 + k}", site=k, strength=5e7) for k in range(sites)),
    )


def pulses(site, *pieces):
    """Constant pulses (start, length) at the site's frequency."""
    return track(
        f"d{3 + site}",
        [(start, np.ones(length)) for start, length in pieces],
        [(0, F + 1e8 * site, 0.0)],
    )


def acquire(qubit, slot, start):
    return Acquisition(qubit=qubit, slot=slot, start=start, duration=100)


def two_level(sites=1, **site):
    """Perfect pulses: no third level, no coupling."""
    return chain(sites, levels=2, j=0, **site)


def test_bits_go_to_their_slots():
    """Qubit 4 alone is flipped; its result goes to slot 2, that of qubit 3 to slot 0."""
    lane = program(
        50,
        pulses(1, (0, 10)),
        acquisitions=(acquire(3, 0, 10), acquire(4, 2, 10)),
        num_slots=4,
    )
    result = PulseEngine(two_level(2), memory=True).run(lane, shots=7, seed=1)
    assert result.bits.shape == (7, 4)
    assert result.bits.dtype == np.uint8
    assert result.counts() == {"0x4": 7}
    assert result.memory() == ["0x4"] * 7
    assert result.metadata["method"] == "statevector"
    assert result.metadata["qubits"] == [3, 4]


def test_resting_qubits_read_as_their_ground_state():
    """Qubit 8 is not simulated: it reads as 1 by mistake alone, and 0 is its IQ centre of -1."""
    rest = Site(qubit=8, levels=3, frequency=0.0, anharmonicity=0.0, p1_given_0=0.3)
    model = replace(two_level(), resting=(rest,))
    lane = program(
        10,
        pulses(0, (0, 10)),
        acquisitions=(acquire(8, 1, 0), acquire(3, 0, 10)),
        num_slots=2,
    )
    ideal = PulseEngine(model, readout_noise=False).run(lane, shots=9, seed=1)
    assert ideal.counts() == {"0x1": 9}
    assert ideal.metadata["qubits"] == [3]
    assert ideal.metadata["resting"] == [8]
    noisy = PulseEngine(model).run(lane, shots=10_000, seed=1).counts()
    assert set(noisy) == {"0x1", "0x3"}
    assert abs(noisy["0x3"] - 3000) < 5 * np.sqrt(10_000 * 0.3 * 0.7)
    points = PulseEngine(model, readout_noise=False, meas_level=1).run(lane, shots=4, seed=1).iq
    assert points.tolist() == [[1, -1]] * 4
    alone = program(10, acquisitions=(acquire(8, 0, 0),), num_slots=1)
    assert PulseEngine(model, readout_noise=False).run(alone, shots=3, seed=1).counts() == {
        "0x0": 3
    }


def test_a_program_without_acquisitions_has_no_bits():
    result = PulseEngine(two_level()).run(program(10, pulses(0, (0, 10))), shots=5, seed=1)
    assert result.bits is None
    assert result.counts() == {}


def test_the_same_seed_gives_the_same_shots_and_another_others():
    lane = program(20, pulses(0, (0, 5)), acquisitions=(acquire(3, 0, 5),), num_slots=1)
    engine = PulseEngine(two_level(), memory=True)
    a, b, c = (engine.run(lane, shots=64, seed=seed).memory() for seed in (5, 5, 6))
    assert a == b != c
    assert 15 < a.count("0x1") < 49
    # shots come in no order that tells outcomes apart
    assert a != sorted(a)


def test_sampled_levels_follow_the_populations():
    """chi² of 100,000 shots on two coupled transmons; fails once in 10,000 seeds."""
    model = chain(2)
    lane = program(
        12,
        pulses(0, (0, 4)),
        pulses(1, (0, 7)),
        acquisitions=(acquire(3, 0, 12), acquire(4, 1, 12)),
        num_slots=2,
    )
    expected = PulseEngine(model).populations(lane)
    folded = np.array(
        [
            [expected[0, 0], expected[0, 1:].sum()],
            [expected[1:, 0].sum(), expected[1:, 1:].sum()],
        ]
    )
    shots = 100_000
    counts = PulseEngine(model).run(lane, shots=shots, seed=11).counts()
    found = np.array([[counts["0x0"], counts["0x2"]], [counts["0x1"], counts["0x3"]]])
    statistic = ((found - shots * folded) ** 2 / (shots * folded)).sum()
    assert statistic < chi2.ppf(1 - 1e-4, df=3)


def test_readout_confuses_asymmetrically():
    model = two_level(p1_given_0=0.1, p0_given_1=0.25)
    down = program(10, acquisitions=(acquire(3, 0, 0),), num_slots=1)
    up = program(20, pulses(0, (0, 10)), acquisitions=(acquire(3, 0, 10),), num_slots=1)
    ones_down = PulseEngine(model).run(down, shots=40_000, seed=2).counts()["0x1"]
    ones_up = PulseEngine(model).run(up, shots=40_000, seed=2).counts()["0x1"]
    assert ones_down == pytest.approx(4000, abs=5 * 60)
    assert ones_up == pytest.approx(30_000, abs=5 * 87)
    quiet = PulseEngine(model, readout_noise=False)
    assert quiet.run(up, shots=100, seed=2).counts() == {"0x1": 100}


def test_level_two_reads_as_one():
    """A π pulse on each transition of a three-level site."""
    model = chain(1, p1_given_0=0.0)
    t = np.arange(100) + 0.5
    g = np.exp(-((t - 50) ** 2) / (2 * 20.0**2))
    g *= 0.5 / (g.sum() * 1e-9 * 5e7)
    lane = track("d3", [(0, g), (100, g / np.sqrt(2))], [(0, F, 0.0), (100, F - 3.3e8, 0.0)])
    up = program(200, lane, acquisitions=(acquire(3, 0, 200),), num_slots=1)
    assert PulseEngine(model).populations(up)[2] > 0.99
    assert PulseEngine(model).run(up, shots=50, seed=0).counts() == {"0x1": 50}


def test_measurement_in_the_middle_collapses():
    """π/2, measure, measure again: both agree in every shot. π between: they always differ."""
    engine = PulseEngine(two_level())
    for wait, differ in (((), 0), (((200, 10),), 1)):
        lane = program(
            400,
            pulses(0, (0, 5), *wait),
            acquisitions=(acquire(3, 0, 5), acquire(3, 1, 300)),
            num_slots=2,
        )
        bits = engine.run(lane, shots=400, seed=3).bits
        assert ((bits[:, 0] ^ bits[:, 1]) == differ).all()
        assert 130 < bits[:, 0].sum() < 270


def test_measuring_one_of_two_keeps_the_other():
    """Each qubit is in superposition; the second, measured later, is not disturbed."""
    lane = program(
        100,
        pulses(0, (0, 5)),
        pulses(1, (0, 5), (50, 5)),
        acquisitions=(acquire(3, 0, 20), acquire(4, 1, 60)),
        num_slots=2,
    )
    bits = PulseEngine(two_level(2)).run(lane, shots=500, seed=4).bits
    assert bits[:, 1].all()
    assert 180 < bits[:, 0].sum() < 320


@pytest.mark.parametrize("relaxation", [True, False])
def test_measuring_half_of_an_entangled_pair(relaxation):
    """A CNOT by cross resonance after π/2 on the control: outcomes agree, measured one by one."""
    j, rabi, delta = 2e6, 2e7, 1e8
    model = PulseModel(
        sites=tuple(
            Site(qubit=q, levels=2, frequency=F + f, anharmonicity=-3e8, t1=1.0, t2=1.0)
            for q, f in ((0, delta), (1, 0.0))
        ),
        exchanges=(Exchange(sites=(0, 1), strength=j),),
        drives=tuple(
            Drive(channel=c, site=site, strength=rabi)
            for c, site in (("d0", 0), ("u0", 0), ("d1", 1))
        ),
    )
    static = undriven(model, 1e-9)
    control, target = static.reference + static.transitions / (2 * np.pi * 1e-9)
    # the tone turns the target by ∓π/2 for control 0 and 1; a pulse on the target adds π/2
    length = round(0.25 * delta / (j * rabi) * 1e9)
    lane = program(
        3000,
        track("d0", [(0, np.full(25, 0.5))], [(0, control, 0.0)]),
        track("u0", [(25, np.ones(length))], [(0, target, 0.0)]),
        track("d1", [(25 + length, np.full(25, 0.5))], [(0, target, 0.0)]),
        acquisitions=(acquire(0, 0, 1000), acquire(1, 1, 2000)),
        num_slots=2,
    )
    engine = PulseEngine(model, relaxation=relaxation)
    result = engine.run(lane, shots=400, seed=9)
    assert result.metadata["method"] == ("density_matrix" if relaxation else "statevector")
    agree = np.trace(engine.populations(lane))
    assert agree > 0.95
    same = result.bits[:, 0] == result.bits[:, 1]
    assert same.sum() == pytest.approx(400 * agree, abs=5 * np.sqrt(400 * 0.05))
    assert 130 < result.bits[:, 0].sum() < 270


def test_branches_with_relaxation_decay():
    """π, measure, wait a T1, measure: of what was up, e⁻¹ is still up."""
    lane = program(
        30_010,
        pulses(0, (0, 10)),
        acquisitions=(acquire(3, 0, 10), acquire(3, 1, 30_010)),
        num_slots=2,
    )
    bits = PulseEngine(two_level(t1=30e-6)).run(lane, shots=20_000, seed=8).bits
    assert bits[:, 0].mean() > 0.999
    assert bits[:, 1].mean() == pytest.approx(np.exp(-1), abs=5 * 0.0035)


def test_acquisitions_come_in_any_order():
    lane = program(
        100,
        pulses(0, (20, 10)),
        acquisitions=(acquire(3, 1, 50), acquire(3, 0, 0)),
        num_slots=2,
    )
    assert PulseEngine(two_level()).run(lane, shots=9, seed=1).counts() == {"0x2": 9}


def test_iq_points_have_their_centres_and_the_readout_error():
    site = {"p1_given_0": 0.02, "p0_given_1": 0.06}
    model = two_level(**site)
    up = program(20, pulses(0, (0, 10)), acquisitions=(acquire(3, 1, 10),), num_slots=2)
    points = PulseEngine(model, meas_level=1).run(up, shots=50_000, seed=2).iq
    assert points.shape == (50_000, 2)
    assert (points[:, 0] == 0).all()
    width = iq_width(model.sites[0])
    assert points[:, 1].mean() == pytest.approx(1, abs=5 * width / 200)
    assert points[:, 1].real.std() == pytest.approx(width, rel=0.02)
    assert points[:, 1].imag.std() == pytest.approx(width, rel=0.02)
    assert (points[:, 1].real < 0).mean() == pytest.approx(0.04, abs=5 * 9e-4)


def test_averaged_iq_is_the_mean_of_the_single_shots():
    lane = program(20, pulses(0, (0, 5)), acquisitions=(acquire(3, 0, 5),), num_slots=1)
    engine = PulseEngine(two_level(p1_given_0=0.1), meas_level=1)
    single = engine.run(lane, shots=300, seed=7).iq
    mean = replace(engine, meas_return="avg").run(lane, shots=300, seed=7).iq
    assert mean.shape == (1,)
    assert mean[0] == single[:, 0].mean()
    quiet = replace(engine, readout_noise=False).run(lane, shots=300, seed=7).iq
    assert set(quiet[:, 0]) == {-1, 1}


def test_densities_and_states_agree_without_decay():
    """Relaxation times of an hour change nothing: both methods sample the same populations."""
    slow = chain(2, t1=3600.0, t2=3600.0)
    lane = program(30, pulses(0, (0, 9)), pulses(1, (3, 6)))
    a = PulseEngine(slow).populations(lane)
    b = PulseEngine(slow, relaxation=False).populations(lane)
    np.testing.assert_allclose(a, b, atol=1e-6)


def test_relaxation_without_times_uses_states():
    lane = program(10, acquisitions=(acquire(3, 0, 0),), num_slots=1)
    result = PulseEngine(two_level(), relaxation=True).run(lane, shots=1, seed=0)
    assert result.metadata["method"] == "statevector"


def test_metadata_reports_the_estimated_error():
    lane = program(
        80, pulses(0, (0, 9)), pulses(1, (3, 6)), acquisitions=(acquire(3, 0, 80),), num_slots=1
    )
    result = PulseEngine(chain(2), accuracy=1e-7).run(lane, shots=1, seed=0)
    assert 0 < result.metadata["estimated_error"] <= 1e-7
    assert result.metadata["accuracy"] == 1e-7
    assert result.metadata["step_samples"] > 0


def test_too_large_models_are_refused_before_any_work():
    lane = program(10, acquisitions=(acquire(3, 0, 0),), num_slots=1)
    for model in (chain(9, t1=1e-4), chain(30)):
        with pytest.raises(CapabilityError, match=r"need about [\d.e+]+ GB .* free|too many"):
            PulseEngine(model).populations(lane)
    assert PulseEngine(chain(5, t1=1e-4), relaxation=False).populations(lane).shape == (3,) * 5


def test_programs_that_the_model_cannot_carry_are_refused():
    engine = PulseEngine(two_level())
    with pytest.raises(EngineError, match=r"channel d9 is not in the model: it has d3"):
        engine.run(program(5, track("d9", [(0, np.ones(5))])), shots=1, seed=0)
    with pytest.raises(EngineError, match="acquired qubit 5"):
        engine.run(program(5, acquisitions=(acquire(5, 0, 0),), num_slots=1), shots=1, seed=0)
    with pytest.raises(EngineError, match="shape"):
        engine.final_state(program(5), np.ones(3))
    lossy = PulseEngine(chain(1, t1=1e-4))
    for solve in (lossy.final_state, lambda *given: lossy.history(given[0], [5], given[1])):
        with pytest.raises(EngineError, match="a density matrix is Hermitian, and the initial"):
            solve(program(5), np.triu(np.ones((3, 3))))


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"meas_level": 3}, OptionValueError, "0, 1 or 2"),
        ({"max_outcome_level": 0}, OptionValueError, "at least 1 or None"),
        ({"meas_return": "mean"}, OptionValueError, "'single' or 'avg'"),
        ({"memory": "no"}, OptionValueError, "memory is True or False, got 'no'"),
        ({"rwa": 0}, OptionValueError, "rwa is True or False, got 0"),
        ({"accuracy": 0.0}, OptionValueError, "accuracy"),
        ({"accuracy": float("nan")}, OptionValueError, "accuracy"),
    ],
)
def test_impossible_options(options, error, text):
    with pytest.raises(error, match=text):
        PulseEngine(two_level(), **options)


def test_no_shots():
    with pytest.raises(OptionValueError, match="at least 1"):
        PulseEngine(two_level()).run(program(5), shots=0, seed=0)


def test_engines_are_values():
    engine = PulseEngine(chain(2), meas_level=1)
    assert pickle.loads(pickle.dumps(engine)) == engine
    assert replace(engine, meas_level=2) != engine
