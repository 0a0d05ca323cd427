"""One program on several cores."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import numpy as np
import pytest

from backline.engines.pulses import Coupling, PulseEngine, compiled, sharing
from backline.engines.pulses import cores as shared
from physics.random_models import random_model, random_program


@pytest.fixture
def cores(monkeypatch):
    """Says how many cores there are, and that every state is large enough for them."""
    monkeypatch.setattr(sharing, "_ENOUGH", 1)
    return lambda count: monkeypatch.setattr(shared, "_CORES", count)


def same_final_state(engine, lane, cores, counts):
    """The final state, which is the same on each number of cores."""
    found = []
    for count in counts:
        cores(count)
        found.append(engine.final_state(lane))
    for other in found[1:]:
        np.testing.assert_array_equal(found[0], other)
    return found[0]


@pytest.mark.parametrize(
    ("levels", "edges"),
    [
        ((3, 3, 3, 3), None),
        ((2, 3, 2, 3, 2), None),
        ((3, 2, 2, 3, 3), [(0, 2), (1, 2), (2, 4), (3, 4)]),
        ((2, 3, 3, 2, 2), [(0, 4), (1, 2)]),
        ((4, 3, 5, 2), None),
    ],
)
@pytest.mark.parametrize("coupled", [False, True])
def test_a_state_is_the_same_on_any_number_of_cores(levels, edges, coupled, cores, monkeypatch):
    random = np.random.default_rng(5)
    more = {}
    if coupled:  # one block with all product states of two sites
        size = levels[1] * levels[2]
        operator = random.normal(size=(2, size, size)) * 1e5
        operator = operator[0] + operator[0].T + 1j * (operator[1] - operator[1].T)
        more["couplings"] = (Coupling(sites=(1, 2), operator=tuple(map(tuple, operator))),)
    model = random_model(random, levels, edges=edges, **more)
    lane = random_program(random, model, 40)
    engine = PulseEngine(model, accuracy=1e-5)
    found = same_final_state(engine, lane, cores, (1, 2, 3))
    monkeypatch.setattr(compiled, "kernels", lambda: None)
    np.testing.assert_allclose(found, engine.final_state(lane), atol=1e-12)


def test_who_loses_patience_goes_on_where_it_waited(cores, monkeypatch):
    random = np.random.default_rng(6)
    model = random_model(random, (3, 3, 3, 3))
    lane = random_program(random, model, 40)
    engine = PulseEngine(model, accuracy=1e-5)
    cores(1)
    alone = engine.final_state(lane)
    cores(4)
    monkeypatch.setattr(sharing, "_PATIENCE", 0)
    np.testing.assert_array_equal(alone, engine.final_state(lane))


@pytest.mark.parametrize("count", [2, 3])
def test_a_thread_that_fails_keeps_no_other_waiting(count, cores, monkeypatch):
    calls = []

    def take_part(*_given):
        calls.append(None)
        if len(calls) == 2:
            raise MemoryError("no room")
        return 0  # it waits for ever

    random = np.random.default_rng(7)
    model = random_model(random, (3, 3, 3, 3))
    lane = random_program(random, model, 20)
    broken = SimpleNamespace(**vars(compiled.kernels()) | {"take_part": take_part})
    monkeypatch.setattr(compiled, "kernels", lambda: broken)
    cores(count)
    with pytest.raises(MemoryError, match="no room"):
        PulseEngine(model, accuracy=1e-5).final_state(lane)
    assert shared._busy == 0


@pytest.mark.parametrize("levels", [(3, 3, 3), (2, 3, 2, 3)])
def test_a_density_matrix_is_the_same_on_any_number_of_cores(levels, cores, monkeypatch):
    monkeypatch.setattr(compiled, "_ENOUGH", 1)
    random = np.random.default_rng(8)
    model = random_model(random, levels, t1=(3e-6, 9e-6), t2=(3e-6, 9e-6))
    lane = random_program(random, model, 40)
    engine = PulseEngine(model, accuracy=1e-5, method="density_matrix")
    same_final_state(engine, lane, cores, (1, 2, 5))


@pytest.mark.parametrize("which", [0, 2])
def test_parts_are_all_worked_on_and_their_errors_come_back(which, monkeypatch):
    monkeypatch.setattr(shared, "_CORES", 3)
    seen = []
    shared.in_parts(8, lambda part: seen.extend(range(8)[part]), 9)
    assert sorted(seen) == list(range(8))

    def work(part):
        if part.start == range(0, 9, 3)[which]:
            raise MemoryError("no room")

    with pytest.raises(MemoryError, match="no room"):
        shared.in_parts(9, work, 9)
    assert shared._busy == 0


@pytest.mark.parametrize("cores", [1, 2])
def test_what_comes_is_made_by_another_core_if_there_is_one(cores, monkeypatch):
    monkeypatch.setattr(shared, "_CORES", cores)
    makers = []

    def items():
        for k in range(5):
            makers.append(threading.get_ident())
            yield k

    assert list(shared.ahead(items())) == list(range(5))
    assert ({threading.get_ident()} == set(makers)) is (cores == 1)
    assert shared._busy == 0


@pytest.mark.parametrize("cores", [1, 2])
def test_who_stops_in_the_middle_gives_the_cores_back(cores, monkeypatch):
    monkeypatch.setattr(shared, "_CORES", cores)

    def broken():
        yield 1
        raise MemoryError("no room")

    coming = shared.ahead(iter([1, 2, 3]))
    assert next(coming) == 1
    coming.close()
    assert shared._busy == 0
    with pytest.raises(MemoryError, match="no room"):
        list(shared.ahead(broken()))
    assert shared._busy == 0


def test_states_share_out_the_cores(monkeypatch):
    monkeypatch.setattr(shared, "_CORES", 4)
    with shared.cores_for(3) as first, shared.cores_for(3) as second, shared.cores_for(3) as third:
        assert (first, second, third) == (3, 1, 1)
    with shared.cores_for(0) as small, shared.cores_for(9) as large:
        assert (small, large) == (1, 3)
    assert shared._busy == 0
