"""States, density matrices and trajectories: one physics, chosen by cost or by wish.

Statistics have fixed seeds; each would fail for one seed in 10,000.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2

from backline.engines.pulses import Acquisition, Drive, Exchange, PulseEngine, PulseModel, Site
from backline.errors import CapabilityError, OptionValueError
from physics.reference import program, track

F = 5e9
FALSE_ALARM = 1e-4
SHOTS = 8_000


def chain(sites, levels=3, **times):
    """Sites 100 MHz apart, coupled, each with its drive: π in 10 samples of 1 ns."""
    return PulseModel(
        sites=tuple(
            Site(qubit=k, levels=levels, frequency=F + 1e8 * k, anharmonicity=-3.3e8, **times)
            for k in range(sites)
        ),
        exchanges=tuple(Exchange(sites=(k, k + 1), strength=4e6) for k in range(sites - 1)),
        drives=tuple(Drive(channel=f"d{k}", site=k, strength=5e7) for k in range(sites)),
    )


def lane(sites, *, twice):
    """Pulses on every site; all qubits are measured in the end, some in the middle as well."""
    tracks = tuple(
        track(
            f"d{k}",
            [(k, np.full(5, 0.9 - 0.1 * k)), (90, np.full(6, 0.7 + 0.1 * k))],
            [(0, F + 1e8 * k, 0.3 * k)],
        )
        for k in range(sites)
    )
    acquisitions = [Acquisition(qubit=k, slot=k, start=150, duration=10) for k in range(sites)]
    if twice:
        acquisitions += [
            Acquisition(qubit=k, slot=sites + k, start=40, duration=10) for k in range(sites - 1)
        ]
    return program(160, *tracks, acquisitions=tuple(acquisitions), num_slots=2 * sites)


def same_distribution(first, second):
    """chi² of two tables of counts with equally many shots; rare outcomes are taken together."""
    keys = sorted(set(first) | set(second))
    table = np.array([[counts.get(key, 0) for key in keys] for counts in (first, second)])
    rare = table.sum(axis=0) < 20
    table = np.column_stack([table[:, ~rare], table[:, rare].sum(axis=1)])
    table = table[:, table.sum(axis=0) > 0]
    expected = table.sum(axis=0) / 2
    statistic = ((table - expected) ** 2 / expected).sum()
    assert table.shape[1] > 2
    return bool(statistic < chi2.ppf(1 - FALSE_ALARM, table.shape[1] - 1))


def counts(model, waveforms, method, seed, **options):
    engine = PulseEngine(model, method=method, **options)
    result = engine.run(waveforms, shots=SHOTS, seed=seed)
    assert result.metadata["method"] == method
    return result.counts()


@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize("sites", [1, 2, 3])
def test_states_and_density_matrices_give_the_same_counts(sites, twice):
    model, waveforms = chain(sites), lane(sites, twice=twice)
    if sites == 1 and not twice:
        model = chain(1, levels=4)
    options = {"max_outcome_level": None}
    a = counts(model, waveforms, "statevector", 1, **options)
    b = counts(model, waveforms, "density_matrix", 2, **options)
    assert same_distribution(a, b)


@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize(
    ("sites", "times"),
    [
        (1, {"t1": 3e-7, "t2": 2e-7}),
        (2, {"t1": 3e-7, "t2": 2e-7}),
        (2, {"t1": 2e-7}),
        (2, {"t2": 2e-7}),
        (3, {"t1": 4e-7, "t2": 3e-7}),
    ],
)
def test_density_matrices_and_trajectories_give_the_same_counts(sites, times, twice):
    model, waveforms = (
        chain(sites, levels=2 if sites == 3 else 3, **times),
        lane(sites, twice=twice),
    )
    options = {"max_outcome_level": None, "accuracy": 1e-4}
    a = counts(model, waveforms, "density_matrix", 3, **options)
    b = counts(model, waveforms, "trajectories", 4, **options)
    assert same_distribution(a, b)


def test_this_chi2_tells_relaxation_apart():
    """The same test finds T1 of 300 ns against none."""
    waveforms = lane(2, twice=False)
    a = counts(chain(2), waveforms, "statevector", 5)
    b = counts(chain(2, t1=3e-7, t2=2e-7), waveforms, "trajectories", 6, accuracy=1e-4)
    assert not same_distribution(a, b)


def test_a_pure_state_as_a_density_matrix():
    """Without T1 and T2 both methods have the same state."""
    model, waveforms = chain(2), lane(2, twice=False)
    state = PulseEngine(model).final_state(waveforms)
    density = PulseEngine(model, method="density_matrix").final_state(waveforms)
    np.testing.assert_allclose(density, np.outer(state, state.conj()), atol=1e-11)


def test_trajectories_of_a_closed_system_are_states():
    model, waveforms = chain(2), lane(2, twice=True)
    engine = PulseEngine(model, method="trajectories")
    result = engine.run(waveforms, shots=100, seed=1)
    wanted = PulseEngine(model).run(waveforms, shots=100, seed=1)
    assert result.memory() == wanted.memory()


def test_trajectories_repeat_themselves():
    model, waveforms = chain(2, t1=3e-7, t2=2e-7), lane(2, twice=True)
    engine = PulseEngine(model, method="trajectories", accuracy=1e-4)
    a, b, c = (engine.run(waveforms, shots=300, seed=seed).memory() for seed in (7, 7, 8))
    assert a == b != c


LONG = {"t1": 1e-4, "t2": 8e-5}


@pytest.mark.parametrize(
    ("model", "relaxation", "method"),
    [
        (chain(2), True, "statevector"),
        (chain(2, **LONG), False, "statevector"),
        (chain(1, **LONG), True, "density_matrix"),
        (chain(3, **LONG), True, "density_matrix"),
        (chain(5, **LONG), True, "trajectories"),
        (chain(6, levels=2, **LONG), True, "trajectories"),
        (chain(4, levels=2, t1=1e-7, t2=1e-7), True, "density_matrix"),
    ],
)
def test_the_cheapest_method_is_chosen_and_named(model, relaxation, method):
    """Few sites: a density matrix. Many, and few jumps: trajectories. Nothing lost: states."""
    sites = len(model.sites)
    waveforms = lane(sites, twice=False)
    engine = PulseEngine(model, relaxation=relaxation, accuracy=1e-4)
    assert engine.run(waveforms, shots=50, seed=1).metadata["method"] == method


def test_many_shots_of_a_short_lived_system_are_a_density_matrix():
    """Of the same system few shots are trajectories, and many shots with many jumps are not."""
    model = chain(5, levels=2, t1=5e-7, t2=5e-7)
    engine = PulseEngine(model, accuracy=1e-3)
    waveforms = lane(5, twice=False)
    few, many = (
        engine.run(waveforms, shots=shots, seed=1).metadata["method"] for shots in (4, 4000)
    )
    assert (few, many) == ("trajectories", "density_matrix")


@pytest.mark.parametrize("ask", ["run", "check", "populations"])
def test_a_state_vector_knows_no_relaxation(ask):
    engine = PulseEngine(chain(2, **LONG), method="statevector")
    waveforms = lane(2, twice=False)
    asked = {
        "run": lambda: engine.run(waveforms, shots=10, seed=1),
        "check": engine.check,
        "populations": lambda: engine.populations(waveforms),
    }
    with pytest.raises(CapabilityError, match=r"no T1 and T2.*'trajectories'.*relaxation=False"):
        asked[ask]()
    without = replace(engine, relaxation=False)
    assert without.run(waveforms, shots=10, seed=1).metadata["method"] == "statevector"


@pytest.mark.parametrize("ask", ["final_state", "populations", "history"])
def test_trajectories_are_no_state(ask):
    engine = PulseEngine(chain(2, **LONG), method="trajectories")
    waveforms = lane(2, twice=False)
    asked = {
        "final_state": lambda: engine.final_state(waveforms),
        "populations": lambda: engine.populations(waveforms),
        "history": lambda: engine.history(waveforms, [10]),
    }
    with pytest.raises(CapabilityError, match=r"samples, and no state.*density_matrix"):
        asked[ask]()


@pytest.mark.parametrize("method", ["", "state", 3])
def test_unknown_methods_are_refused(method):
    with pytest.raises(OptionValueError, match="'statevector', 'density_matrix', 'trajectories'"):
        PulseEngine(chain(1), method=method)


def test_both_ways_of_t1_and_t2_report_the_same_error():
    """They share steps and nodes, and so the estimate; without T1 and T2 it is smaller."""
    model, waveforms = chain(2, t1=1e-6, t2=8e-7), lane(2, twice=False)
    errors = [
        PulseEngine(model, method=method).run(waveforms, shots=10, seed=1).metadata
        for method in ("density_matrix", "trajectories")
    ]
    assert errors[0]["estimated_error"] == errors[1]["estimated_error"]
    alone = PulseEngine(model, relaxation=False).run(waveforms, shots=10, seed=1).metadata
    assert alone["estimated_error"] < errors[0]["estimated_error"]
