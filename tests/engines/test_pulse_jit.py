"""Few sites by compiled code: what numpy gives, to rounding."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backline.engines.pulses import Acquisition, Drive, PulseEngine, PulseModel, Site, alone
from backline.engines.pulses.methods import unitary
from backline.errors import EngineError, OptionValueError
from physics.random_models import DT, random_model, random_program
from physics.reference import program, track

F = 5e9
BELL = 0.4 * np.hanning(60) * np.exp(0.3j)


def transmon(levels=3, **more):
    site = Site(qubit=0, levels=levels, frequency=F, anharmonicity=-3.1e8, **more)
    drives = (Drive(channel="d0", site=0, strength=9e7),)
    return PulseModel(sites=(site,), drives=drives)


def lanes():
    """Programs on one site: (name, whether it goes alone, the program)."""
    one = [(0, F, 0.4)]
    shifted = [(0, F, 0.1), (70, F, 2.0), (100, F, -1.0)]
    jumping = [(0, F, 0.0), (65, F + 4e6, 0.7)]
    two = [(0, BELL), (80, 1j * BELL)]
    return [
        ("one pulse", True, program(60, track("d0", [(0, BELL)], one), dt=DT)),
        ("off resonance", True, program(60, track("d0", [(0, BELL)], [(0, F + 3e7, 0)]), dt=DT)),
        ("idle before and after", True, program(200, track("d0", [(33, BELL)], one), dt=DT)),
        ("a pulse that goes on", True, program(40, track("d0", [(0, BELL)], one), dt=DT)),
        ("two pulses", True, program(150, track("d0", two, shifted), dt=DT)),
        ("silence", True, program(50, track("d0", [(0, 0 * BELL)], one), dt=DT)),
        ("two carriers", False, program(150, track("d0", two, jumping), dt=DT)),
        ("nothing", False, program(50, dt=DT)),
        ("long", False, program(5000, track("d0", two, shifted), dt=DT)),
    ]


CASES = pytest.mark.parametrize(
    ("goes", "lane"), [item[1:] for item in lanes()], ids=[item[0] for item in lanes()]
)


@pytest.mark.parametrize("levels", [2, 3, 5])
@CASES
def test_one_site(levels, goes, lane):
    plain = PulseEngine(transmon(levels))
    quick = replace(plain, jit=True)
    made = unitary(quick.model, lane, stop=lane.duration, accuracy=1e-6, rwa=True, jit=True)
    assert isinstance(made.plan.pieces[0], alone.LonePiece) is goes
    np.testing.assert_allclose(quick.propagator(lane), plain.propagator(lane), atol=3e-13)
    state = np.arange(1.0, levels + 1) * (1 - 0.5j)
    found, wanted = (engine.final_state(lane, state) for engine in (quick, plain))
    np.testing.assert_allclose(found, wanted, atol=3e-12)
    np.testing.assert_allclose(quick.populations(lane), plain.populations(lane), atol=3e-13)
    times = [0, 7, lane.duration // 2, lane.duration]
    found, wanted = (engine.history(lane, times) for engine in (quick, plain))
    np.testing.assert_allclose(found.states, wanted.states, atol=3e-13)
    assert found.metadata == wanted.metadata
    mixed = replace(quick, method="density_matrix")
    np.testing.assert_allclose(mixed.populations(lane), plain.populations(lane), atol=3e-13)
    found = mixed.final_state(lane, state)
    wanted = plain.final_state(lane, state)
    np.testing.assert_allclose(found, np.outer(wanted, wanted.conj()), atol=3e-11)


@pytest.mark.parametrize("rwa", [True, False])
@pytest.mark.parametrize("method", [None, "density_matrix"])
@pytest.mark.parametrize("levels", [(4,), (2, 3)])
def test_any_program(levels, method, rwa):
    random = np.random.default_rng(11)
    times = {"t1": (3e-7, 9e-7), "t2": (3e-7, 9e-7)} if method else {}
    model = random_model(random, levels, **times)
    lane = random_program(random, model, 90)
    plain = PulseEngine(model, method=method, rwa=rwa, accuracy=1e-5)
    found = replace(plain, jit=True).final_state(lane)
    np.testing.assert_allclose(found, plain.final_state(lane), atol=1e-11)


def measured(lane, *starts):
    acquisitions = tuple(
        Acquisition(qubit=0, slot=k, start=start, duration=10) for k, start in enumerate(starts)
    )
    return replace(lane, acquisitions=acquisitions, num_slots=len(starts))


@pytest.mark.parametrize("relaxing", [False, True])
def test_shots(relaxing):
    """In a batch and alone; measured once, twice, and where another carrier plays."""
    times = {"t1": 2e-6, "t2": 1.5e-6} if relaxing else {}
    plain = PulseEngine(transmon(**times))
    every = {name: lane for name, _, lane in lanes()}
    programs = [
        measured(every["one pulse"], 60),
        measured(every["off resonance"], 60),
        measured(every["two pulses"], 70, 140),
        measured(every["two carriers"], 60),
        measured(every["one pulse"], 30),
    ]
    seeds = range(3, 3 + len(programs))
    wanted = list(plain.run_batch(programs, shots=300, seeds=seeds))
    for found, want in zip(
        replace(plain, jit=True).run_batch(programs, shots=300, seeds=seeds), wanted, strict=True
    ):
        assert found.counts() == want.counts()
        assert found.metadata["estimated_error"] <= plain.accuracy


@pytest.mark.parametrize("jit", [False, True])
def test_populations_of_several_programs(jit):
    """A sweep of amplitudes and of frequencies, programs of other lengths between them."""
    engine = PulseEngine(transmon(), jit=jit)
    programs = [
        program(
            60 + 20 * (k % 3), track("d0", [(0, k / 9 * BELL)], [(0, F + 1e6 * k, 0.1 * k)]), dt=DT
        )
        for k in range(10)
    ]
    found = engine.populations(programs)
    assert found.shape == (10, 3)
    wanted = [PulseEngine(transmon()).populations(item) for item in programs]
    np.testing.assert_allclose(found, wanted, atol=3e-13)
    assert np.ptp(found[:, 0]) > 0.4
    assert engine.populations([]).shape == (0, 3)


def test_a_long_sweep_is_the_same_on_any_number_of_cores(monkeypatch):
    engine = PulseEngine(transmon(), jit=True)
    programs = [
        program(100, track("d0", [(0, k / 600 * BELL)], [(0, F, 0.1 * k)]), dt=DT)
        for k in range(600)
    ]
    found = []
    for count in (1, 2, 3):
        monkeypatch.setattr("backline.engines.pulses.cores._CORES", count)
        found.append(engine.populations(programs))
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


@pytest.mark.parametrize("jit", [False, True])
def test_bad_programs_are_refused(jit):
    engine = PulseEngine(transmon(), jit=jit)
    good = program(60, track("d0", [(0, BELL)], [(0, F, 0.0)]), dt=DT)
    bad = program(60, track("d9", [(0, BELL)], [(0, F, 0.0)]), dt=DT)
    for asked in (bad, [good, bad, good]):
        with pytest.raises(EngineError, match="channel d9 is not in the model: it has d0"):
            engine.populations(asked)


@pytest.mark.parametrize("value", [1, None, "yes"])
def test_the_option_is_true_or_false(value):
    with pytest.raises(OptionValueError, match="jit is True or False"):
        PulseEngine(transmon(), jit=value)


def test_without_a_compiler_it_is_numpy(monkeypatch):
    monkeypatch.setattr("backline.engines.pulses.compiled.flow_kernels", lambda: None)
    lane = lanes()[0][2]
    engine = PulseEngine(transmon())
    found = replace(engine, jit=True).propagator(lane)
    np.testing.assert_array_equal(found, engine.propagator(lane))
