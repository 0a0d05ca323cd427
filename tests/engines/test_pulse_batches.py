"""Programs that are run together are what each would be alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backline.engines.pulses import Acquisition, PulseEngine
from backline.engines.pulses.batches import arrive_together
from backline.errors import BacklineError, EngineError, OptionValueError
from physics.random_models import DT, random_model
from physics.reference import program, track

TIMES = {"t1": (3e-7, 9e-7), "t2": (3e-7, 9e-7)}


def measured(lane, sites, stop, *, again=None):
    starts = [stop] if again is None else [stop, again]
    acquisitions = tuple(
        Acquisition(qubit=k, slot=k + sites * place, start=start, duration=20)
        for place, start in enumerate(starts)
        for k in range(sites)
    )
    return replace(lane, acquisitions=acquisitions, num_slots=2 * sites)


def sweep(sites, count=9):
    """Programs with all amplitudes, three durations, jumping frequencies, and one or two tones."""
    random = np.random.default_rng(1)
    programs = []
    for k in range(count):
        stop = (80, 97, 160)[k % 3]
        lanes = []
        for site in range(sites):
            if site and k % 4 == 1:
                continue  # this channel is silent in some
            bell = np.hanning(40) * (k + 1) / count * np.exp(1j * random.uniform(-3, 3))
            late = np.full(30, 0.2 * random.normal())
            f = 5e9 + 0.1e9 * random.normal()
            frames = [(0, f, 0.4 * k), (45, f + 2e7 * (k % 5), random.uniform(-3, 3))]
            lanes.append(track(f"d{site}", [(3 + k, bell), (60, late)], frames))
        if k % 2:
            lanes.append(track("u0", [(10, np.full(50, 0.1j))], [(0, 5.05e9, 0.0)]))
        # a pulse may still play when the measurement begins
        programs.append(measured(program(200, *lanes, dt=DT), sites, stop))
    return programs


def engine(levels, *, relaxing, **options):
    model = random_model(np.random.default_rng(2), levels, **(TIMES if relaxing else {}))
    return PulseEngine(model, **options)


CASES = pytest.mark.parametrize("levels", [(4,), (2, 3)])


@pytest.mark.parametrize("relaxing", [False, True])
@CASES
def test_populations_are_those_of_each_alone(levels, relaxing):
    one = engine(levels, relaxing=relaxing)
    programs = sweep(len(levels))
    stops = [lane.acquisitions[0].start for lane in programs]
    together = arrive_together(
        one.model, programs, stops,
        relaxation=True, accuracy=1e-6, rwa=True, jit=False, method=None,
    )  # fmt: skip
    assert sorted(together) == list(range(len(programs)))
    seen = []
    for place, lane in enumerate(programs):
        arrived = together[place]
        found = arrived.evolution.populations(arrived.states)[0].reshape(levels)
        np.testing.assert_allclose(found, one.populations(lane), atol=2e-6)
        seen.append(found.reshape(-1))
    assert np.ptp(seen, axis=0).max() > 0.1


@pytest.mark.parametrize("relaxing", [False, True])
@CASES
def test_shots_are_those_of_each_alone(levels, relaxing):
    one = engine(levels, relaxing=relaxing)
    programs = sweep(len(levels))
    seeds = range(40, 40 + len(programs))
    found = list(one.run_batch(programs, shots=200, seeds=seeds))
    for lane, seed, result in zip(programs, seeds, found, strict=True):
        wanted = one.run(lane, shots=200, seed=seed)
        assert result.counts() == wanted.counts()
        assert result.metadata["method"] == wanted.metadata["method"]
        assert result.metadata["estimated_error"] <= one.accuracy


def test_a_pure_state_may_be_a_density_matrix_in_a_batch():
    one = engine((3, 2), relaxing=False)
    programs = sweep(2)
    density = replace(one, method="density_matrix")
    found = list(density.run_batch(programs, shots=50, seeds=range(len(programs))))
    assert {result.metadata["method"] for result in found} == {"density_matrix"}
    wanted = [one.run(lane, shots=50, seed=k).counts() for k, lane in enumerate(programs)]
    assert [result.counts() for result in found] == wanted


def test_programs_of_all_kinds_go_together():
    """Two measurements, none at all, an idle one, and a measurement at the very start."""
    one = engine((3, 2), relaxing=True)
    plain = sweep(2, 4)
    twice = measured(replace(plain[0], acquisitions=()), 2, 80, again=150)
    silent = replace(plain[1], acquisitions=(), num_slots=0)
    idle = measured(program(200, dt=DT), 2, 97)
    at_once = measured(plain[2], 2, 0)
    programs = [plain[0], twice, plain[3], silent, idle, at_once, plain[1]]
    found = list(one.run_batch(programs, shots=100, seeds=range(7)))
    wanted = [one.run(lane, shots=100, seed=k).counts() for k, lane in enumerate(programs)]
    assert [result.counts() for result in found] == wanted
    assert wanted[3] == {}


@pytest.mark.parametrize("relaxing", [False, True])
def test_a_broken_program_is_an_error_at_its_place(relaxing):
    """Channels and qubits that the model lacks; the others lose nothing."""
    one = engine((3, 2), relaxing=relaxing)
    programs = sweep(2, 6)
    no_channel = replace(programs[2], tracks=(replace(programs[2].tracks[0], channel="d9"),))
    no_qubit = replace(programs[4], acquisitions=(replace(programs[4].acquisitions[0], qubit=7),))
    broken = [*programs[:2], no_channel, programs[3], no_qubit, programs[5]]
    found = list(one.run_batch(broken, shots=60, seeds=range(6)))
    assert isinstance(found[2], EngineError)
    assert "d9" in str(found[2])
    assert isinstance(found[4], BacklineError)
    assert "7" in str(found[4])
    for k in (0, 1, 3, 5):
        assert found[k].counts() == one.run(programs[k], shots=60, seed=k).counts()


def test_no_shots_is_an_error_of_every_program():
    found = list(engine((3,), relaxing=False).run_batch(sweep(1, 3), shots=0, seeds=range(3)))
    assert [type(error) for error in found] == [OptionValueError] * 3


def test_results_come_one_by_one_and_an_empty_batch_is_empty():
    one = engine((3,), relaxing=False)
    results = one.run_batch(sweep(1, 3), shots=5, seeds=range(3))
    assert next(results).shots == 5
    results.close()
    assert list(one.run_batch([], shots=5, seeds=[])) == []
