"""Large models: refused before anything is allocated, or run."""

from __future__ import annotations

import itertools
import tracemalloc
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from scipy.sparse import csr_array, eye_array, kron
from scipy.sparse.linalg import expm_multiply

from backline.engines.pulses import Acquisition, Drive, Exchange, PulseEngine, PulseModel, Site
from backline.engines.pulses.memory import bytes_needed
from backline.engines.pulses.undriven import undriven
from backline.errors import CapabilityError
from physics.reference import program, track

F = 5e9


def chain(sites, levels=3, **times):
    return PulseModel(
        sites=tuple(
            Site(qubit=k, levels=levels, frequency=F + 1e7 * (k % 3), anharmonicity=-3.3e8, **times)
            for k in range(sites)
        ),
        exchanges=tuple(Exchange(sites=(k, k + 1), strength=3e6) for k in range(sites - 1)),
        drives=tuple(Drive(channel=f"d{k}", site=k, strength=5e7) for k in range(sites)),
    )


@pytest.fixture
def little_memory(monkeypatch):
    """300 MB are free."""
    answer = SimpleNamespace(available=300e6, total=8e9)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: answer)


def lane():
    return program(
        10,
        track("d0", [(0, np.ones(10))]),
        acquisitions=(Acquisition(qubit=0, slot=0, start=10, duration=10),),
        num_slots=1,
    )


ASKED = {
    "check": lambda engine: engine.check(),
    "run": lambda engine: engine.run(lane(), shots=10, seed=1),
    "populations": lambda engine: engine.populations(lane()),
    "final_state": lambda engine: engine.final_state(lane()),
    "history": lambda engine: engine.history(lane(), [10]),
}


@pytest.mark.parametrize("ask", ASKED)
def test_fourteen_sites_are_refused_before_anything_is_allocated(ask, little_memory):
    """4,782,969 amplitudes; the message has what is needed and what is free."""
    engine = PulseEngine(chain(14))
    tracemalloc.start()
    try:
        text = r"14 transmons with 4782969 product states need about \d.* GB .*0\.3 GB are free"
        with pytest.raises(CapabilityError, match=text):
            ASKED[ask](engine)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4e6  # a single vector of amplitudes has 77 MB


def test_a_propagator_of_fourteen_sites_is_refused(little_memory):
    with pytest.raises(CapabilityError, match=r"4782969 columns: ask for states"):
        PulseEngine(chain(14)).propagator(lane())


def test_a_batch_of_large_programs_is_refused_one_by_one(little_memory):
    found = list(PulseEngine(chain(14)).run_batch([lane(), lane()], shots=5, seeds=[1, 2]))
    assert [type(error) for error in found] == [CapabilityError] * 2


def test_what_needs_less_is_named(little_memory):
    """A density matrix of seven sites; a state of them fits into the same memory."""
    waveforms = lane()
    engine = PulseEngine(chain(7, t1=1e-4), method="density_matrix")
    with pytest.raises(CapabilityError, match=r"'trajectories', or relaxation=False"):
        engine.run(waveforms, shots=10, seed=1)
    closed = PulseEngine(chain(7, t1=1e-4), relaxation=False)
    assert closed.populations(waveforms).sum() == pytest.approx(1, abs=1e-9)


def test_the_need_grows_with_levels_states_and_method():
    small, large = chain(10, levels=2), chain(10, levels=3)
    assert bytes_needed(large, "statevector", 1) > 16 * 3**10
    assert bytes_needed(large, "statevector", 1) > bytes_needed(small, "statevector", 1)
    assert bytes_needed(small, "trajectories", 64) > bytes_needed(small, "statevector", 1)
    assert bytes_needed(chain(40), "density_matrix", 1) > 1e30  # no overflow


@pytest.mark.parametrize("sites", [7, 8])
def test_seven_and_eight_sites_against_sparse_exponentials(sites):
    """All tones share a carrier: in its frame every sample is one constant sparse matrix."""
    model, samples = chain(sites, levels=2), 24
    random = np.random.default_rng(sites)
    envelopes = {
        k: np.convolve(random.normal(size=samples), np.hanning(12), "same")[:samples] * 0.2
        for k in (0, 3, sites - 1)
    }
    lanes = [track(f"d{k}", [(0, envelope)], [(0, F, 0.0)]) for k, envelope in envelopes.items()]
    found = PulseEngine(model).populations(program(samples, *lanes))

    def embedded(site, operator):
        left, right = eye_array(2**site), eye_array(2 ** (sites - site - 1))
        return kron(kron(left, operator), right, format="csr")

    lower = [embedded(k, csr_array([[0.0, 1.0], [0.0, 0.0]])) for k in range(sites)]
    still = sum(1e7 * (k % 3) * (a.T @ a) for k, a in enumerate(lower))
    for a, b in itertools.pairwise(lower):
        still = still + 3e6 * (a.T @ b + b.T @ a)
    state = np.eye(2**sites)[0].astype(complex)
    for sample in range(samples):
        h = still
        for k, envelope in envelopes.items():
            h = h + 25e6 * envelope[sample] * (lower[k] + lower[k].T)
        state = expm_multiply(-2e-9j * np.pi * h, state)
    dressed = undriven(model, 1e-9).dressed(state[None])[0]
    np.testing.assert_allclose(found.reshape(-1), np.abs(dressed) ** 2, atol=2e-6)
    assert found.reshape(-1)[0] < 0.9
