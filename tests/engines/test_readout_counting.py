"""Outcomes that are counted are those of shots that are drawn one by one.

Statistics have fixed seeds; each would fail for one seed in 10,000.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2

from backline.engines.pulses import Acquisition, Drive, PulseEngine, PulseModel, Site
from backline.engines.pulses.readout import instruments
from backline.engines.pulses.readout.discriminators import Trained
from physics.reference import program, track

SHOTS = 40_000
FALSE_ALARM = 1e-4
ERRORS = ((0.05, 0.2), (0.1, 0.02))


def model(resting=0):
    """Two uncoupled qutrits, and qubits that rest."""
    sites = tuple(
        Site(
            qubit=k,
            levels=3,
            frequency=5e9 + 2e8 * k,
            anharmonicity=-3e8,
            p1_given_0=up,
            p0_given_1=down,
        )
        for k, (up, down) in enumerate(ERRORS)
    )
    rest = tuple(
        Site(qubit=10 + k, levels=3, frequency=0.0, anharmonicity=0.0, p1_given_0=0.3)
        for k in range(resting)
    )
    drives = tuple(Drive(channel=f"d{k}", site=k, strength=1e8) for k in range(2))
    return PulseModel(sites=sites, drives=drives, resting=rest)


def lane(qubits=(1, 0), *, slots=None, **fields):
    """Short strong pulses, which leave much in level 2; qubits are measured into any slots."""
    tracks = (
        track(f"d{k}", [(0, np.full(4, 0.9 - 0.2 * k))], [(0, 5e9 + 2e8 * k - 1e8, 0.0)])
        for k in range(2)
    )
    acquisitions = tuple(
        Acquisition(qubit=qubit, slot=slot, start=6, duration=10, **fields)
        for qubit, slot in zip(qubits, slots or range(len(qubits)), strict=True)
    )
    return program(16, *tracks, acquisitions=acquisitions, num_slots=4)


def expected(engine, qubits, limit):
    """Chances of outcomes of some qubits in order, from populations and published errors."""
    populations = engine.populations(lane())
    assert populations[2].sum() > 0.05
    assert populations[:, 2].sum() > 0.05
    found = {}
    for levels in np.ndindex(populations.shape):
        reads = []
        for qubit in qubits:
            level = levels[qubit]
            up, down = ERRORS[qubit]
            as_it_is = level if limit is None else min(level, limit)
            reads.append({0: 1 - up, 1: up} if level == 0 else {0: down, as_it_is: 1 - down})
        for outcome in np.ndindex(*(3 for _ in qubits)):
            chance = populations[levels]
            for read, value in zip(reads, outcome, strict=True):
                chance *= read.get(value, 0.0)
            found[outcome] = found.get(outcome, 0.0) + chance
    return {outcome: chance for outcome, chance in found.items() if chance > 0}


@pytest.mark.parametrize("memory", [False, True])
@pytest.mark.parametrize("limit", [1, 2, None])
def test_outcomes_have_the_chances_of_populations_and_published_errors(limit, memory):
    """chi² against a sum over all levels and readings."""
    engine = PulseEngine(model(), max_outcome_level=limit, memory=memory)
    result = engine.run(lane((1, 0), slots=(3, 0)), shots=SHOTS, seed=3)
    rows = result.bits if limit == 1 else result.digits
    repeats = np.ones(SHOTS, int) if memory else result.repeats
    assert (result.repeats is None) is memory
    chances = expected(engine, (1, 0), limit)
    counted = np.array([repeats[(rows[:, [3, 0]] == row).all(axis=1)].sum() for row in chances])
    wanted = SHOTS * np.array(list(chances.values()))
    assert counted.sum() == SHOTS
    assert wanted.sum() == pytest.approx(SHOTS)
    assert wanted.min() > 20
    assert ((counted - wanted) ** 2 / wanted).sum() < chi2.ppf(1 - FALSE_ALARM, len(wanted) - 1)
    assert not rows[:, 1:3].any()


def test_counted_and_drawn_outcomes_have_one_distribution(monkeypatch):
    """With a resting qubit between the others."""
    engine = PulseEngine(model(resting=1), max_outcome_level=2)
    waveforms = lane((0, 10, 1))
    counted = engine.run(waveforms, shots=SHOTS, seed=1)
    monkeypatch.setattr(instruments, "countable", lambda *_: False)
    drawn = engine.run(waveforms, shots=SHOTS, seed=2)
    assert counted.repeats is not None
    assert drawn.repeats is None
    assert counted.metadata.keys() == drawn.metadata.keys()
    found, wanted = (np.array(item.metadata["populations"][:3]) for item in (counted, drawn))
    np.testing.assert_allclose(found, wanted, atol=1e-14)
    first, second = counted.counts(), drawn.counts()
    keys = sorted(first.keys() | second.keys())
    table = np.array([[counts.get(key, 0) for key in keys] for counts in (first, second)])
    table = table[:, table.sum(axis=0) > 20]
    assert table.shape[1] > 10
    statistic = ((table[0] - table[1]) ** 2 / table.sum(axis=0)).sum()
    assert statistic < chi2.ppf(1 - FALSE_ALARM, table.shape[1] - 1)


def test_keeping_the_order_of_shots_changes_no_counts():
    engine = PulseEngine(model())
    kept = replace(engine, memory=True).run(lane(), shots=500, seed=8)
    assert kept.counts() == engine.run(lane(), shots=500, seed=8).counts()
    memory = kept.memory()
    assert len(memory) == 500
    assert sorted(memory) != memory  # in no order that tells outcomes apart


@pytest.mark.parametrize(
    ("resting", "waveforms"),
    [
        (20, lane((0, *range(10, 30)), slots=(0, *[1] * 20))),  # a slot of several
        (0, lane((0, 1), discriminator=Trained())),
        (0, lane((0, 0))),
    ],
    ids=["one slot", "classified", "twice"],
)
def test_what_cannot_be_counted_is_drawn(resting, waveforms):
    result = PulseEngine(model(resting)).run(waveforms, shots=300, seed=1)
    assert result.repeats is None
    assert sum(result.counts().values()) == 300


def test_a_device_full_of_resting_qubits_is_drawn():
    """The chances of 2**60 outcomes would not fit anywhere."""
    qubits = (0, *range(10, 70))
    acquisitions = tuple(
        Acquisition(qubit=qubit, slot=slot, start=6, duration=10)
        for slot, qubit in enumerate(qubits)
    )
    waveforms = replace(lane(), acquisitions=acquisitions, num_slots=61)
    result = PulseEngine(model(60), memory=True).run(waveforms, shots=300, seed=1)
    assert result.bits.shape == (300, 61)
    assert result.bits[:, 1:].mean() == pytest.approx(0.3, abs=0.03)
