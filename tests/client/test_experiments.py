"""Qiskit Experiments, unchanged, find on our backends what the devices say.

Tolerances are 5 times the scatter over seeds (`fitted.SCATTER`) for one qubit, and 4 times that of
the mean for several: with fixed seeds, and about one false alarm in a million.
"""

import numpy as np
import pytest

pytest.importorskip("qiskit_experiments")

from qiskit import QuantumCircuit, transpile
from qiskit.primitives import BackendSamplerV2
from qiskit.quantum_info import Statevector
from qiskit_experiments.framework import ParallelExperiment
from qiskit_experiments.library import (
    T1,
    CorrelatedReadoutError,
    LocalReadoutError,
    StateTomography,
)

import backline
from backline.primitives import SamplerV2
from client import fitted

# Qiskit Experiments use Qiskit Runtime's sampler, which Runtime deprecates.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
]


def assert_near(found, scatter):
    """Each within 5 times its scatter of 0, and their mean within 4 times its own."""
    found = np.array(found)
    assert np.all(np.abs(found) < 5 * fitted.NOISIER * scatter), found
    assert abs(found.mean()) < 4 * fitted.NOISIER * scatter / np.sqrt(len(found)), found


def test_t1_as_it_comes():
    """Through Qiskit Runtime's local mode, with the backend's own seed."""
    backend = backline.load("manila")
    backend.set_options(seed_simulator=11)
    properties = backend.qubit_properties(1)
    experiment = fitted.coherence("T1", 1, properties)
    found = fitted.run(experiment, backend, shots=4000)
    assert_near([fitted.deviations(found, properties)["T1"]], fitted.SCATTER["gates", "T1"])
    again = fitted.run(fitted.coherence("T1", 1, properties), backend, shots=4000)
    assert again[0].value.n == found[0].value.n  # Runtime passes on a seed of None


@pytest.mark.parametrize("way", ["backend.run", "our sampler", "Qiskit's sampler", "points"])
def test_every_way_to_the_pulses(way):
    """Options of a run reach us by backend.run, or by a sampler that has them."""
    backend = backline.load("manila")
    properties = backend.qubit_properties(0)
    experiment = fitted.coherence("T1", 0, properties, "pulses")
    run = {"engine": "pulses"}
    options = {"shots": fitted.SHOTS["pulses"]}
    if way == "our sampler":
        options["sampler"] = SamplerV2(backend, seed=3, options=run)
    elif way == "Qiskit's sampler":
        settings = {"seed_simulator": 4, "run_options": run}
        options["sampler"] = BackendSamplerV2(backend=backend, options=settings)
    else:
        options |= {**run, "backend_run": True, "seed_simulator": 5}
        if way == "points":
            options |= {"meas_level": 1, "meas_return": "avg"}
    found = fitted.deviations(fitted.run(experiment, backend, **options), properties, "pulses")
    # Points scatter more: they are averaged before they are told apart.
    scatter = fitted.SCATTER["pulses", "T1"] * (1.5 if way == "points" else 1)
    assert_near([found["T1"]], scatter)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["T1", "T2Ramsey", "T2Hahn"])
@pytest.mark.parametrize("name", ["armonk", "manila"])
def test_coherence_of_every_qubit(name, kind):
    found = every_qubit(name, kind, "gates")
    for what, values in found.items():
        assert_near(values, fitted.SCATTER["gates", what])


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["T1", "T2Ramsey"])
@pytest.mark.parametrize("name", ["armonk", "manila"])
def test_coherence_of_every_qubit_by_pulses(name, kind):
    """Circuits are lowered to the device's calibrated pulses, and played on its Hamiltonian."""
    found = every_qubit(name, kind, "pulses")
    for what, values in found.items():
        assert_near(values, fitted.SCATTER["pulses", what])


def every_qubit(name, kind, engine):
    """Relative deviations by what is found, one a qubit, each with a seed of its own."""
    backend = backline.load(name)
    found = {}
    for qubit in range(backend.num_qubits):
        backend.set_options(seed_simulator=100 + qubit, engine=engine)
        properties = backend.qubit_properties(qubit)
        experiment = fitted.coherence(kind, qubit, properties, engine)
        results = fitted.run(experiment, backend, shots=fitted.SHOTS[engine])
        for what, value in fitted.deviations(results, properties, engine).items():
            found.setdefault(what, []).append(value)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["T1", "T2Ramsey"])
def test_all_qubits_at_once(kind):
    backend = backline.load("nairobi")
    backend.set_options(seed_simulator=21)
    all_properties = [backend.qubit_properties(qubit) for qubit in range(backend.num_qubits)]
    parts = [fitted.coherence(kind, qubit, facts) for qubit, facts in enumerate(all_properties)]
    data = ParallelExperiment(parts, flatten_results=True).run(backend, shots=4000)
    data.block_for_results()
    assert not data.errors(), data.errors()
    found = {}
    for result in data.analysis_results():
        (component,) = result.device_components
        facts = all_properties[int(str(component).removeprefix("Q"))]
        for what, value in fitted.deviations([result], facts).items():
            found.setdefault(what, []).append(value)
    assert found
    for what, values in found.items():
        assert len(values) == backend.num_qubits
        assert_near(values, fitted.SCATTER["gates", what])


def test_readout_errors_are_the_devices():
    """4.5 standard deviations of a binomial, and 0.001 for the x that prepares a 1."""
    backend = backline.load("manila")
    backend.set_options(seed_simulator=2)
    shots = 20_000
    (mitigator,) = fitted.by_name(
        fitted.run(LocalReadoutError(range(5)), backend, shots=shots)
    ).values()
    for qubit, described in enumerate(backend.device.qubits):
        matrix = mitigator.assignment_matrix([qubit])
        for found, said in (
            (matrix[1, 0], described.readout.p1_given_0),
            (matrix[0, 1], described.readout.p0_given_1),
        ):
            assert abs(found - said) < 4.5 * np.sqrt(said / shots) + 1e-3


def test_correlated_readout_errors_are_those_of_each_qubit():
    backend = backline.load("manila")
    backend.set_options(seed_simulator=3)
    shots = 20_000
    (mitigator,) = fitted.by_name(
        fitted.run(CorrelatedReadoutError([0, 1]), backend, shots=shots)
    ).values()
    first, second = (
        np.array([[1 - r.p1_given_0, r.p0_given_1], [r.p1_given_0, 1 - r.p0_given_1]])
        for r in (backend.device.qubits[qubit].readout for qubit in (0, 1))
    )
    expected = np.kron(second, first)  # qubit 0 is the rightmost bit
    allowed = 4.5 * np.sqrt(expected * (1 - expected) / shots) + 2e-3
    assert np.all(np.abs(mitigator.assignment_matrix([0, 1]) - expected) < allowed)


def test_tomography_finds_the_exact_state():
    """By linear inversion, whose errors are even: fits that keep states positive lose fidelity."""
    backend = backline.load("manila")
    backend.set_options(readout_noise=False)
    bell = QuantumCircuit(2)
    bell.h(0)
    bell.cx(0, 1)
    exact = backend.state(
        transpile(bell, backend, initial_layout=[0, 1], optimization_level=1)
    ).data
    found = []
    for seed in (1, 2, 3):
        backend.set_options(seed_simulator=seed)
        experiment = StateTomography(bell, physical_qubits=(0, 1))
        experiment.analysis.set_options(
            fitter="linear_inversion", rescale_positive=False, rescale_trace=False
        )
        data = experiment.run(backend, shots=4000).block_for_results()
        assert not data.errors(), data.errors()
        found.append(data.analysis_results("state").value.data)
    state = np.mean(found, axis=0)
    # Elements scatter by 0.005 for one seed; gates that turn to X and Y bases err by under 0.001.
    assert np.max(np.abs(state - exact)) < 5 * 0.005 / np.sqrt(3) + 1e-3
    ideal = Statevector(bell).data
    fidelities = [np.real(ideal.conj() @ one @ ideal) for one in (state, exact)]
    assert fidelities[1] < 0.995
    assert abs(fidelities[0] - fidelities[1]) < 4 * TOMOGRAPHY_SCATTER / np.sqrt(3) + 1e-3


TOMOGRAPHY_SCATTER = 0.0008
"""Of the fidelity at 4000 shots a setting, over 10 seeds."""


@pytest.mark.slow
def test_randomized_benchmarking_finds_the_errors_of_gates():
    """What a device says of sx and cx is their average gate error, and RB measures that.

    Of a pair it measures also that one qubit waits for the other: with idle noise cx looks worse.
    """
    backend = backline.load("manila")
    alone, pair = benchmarked(backend, idle_noise=False)
    sx = fitted.by_name(alone)["EPG_sx"].n / backend.target["sx"][1,].error
    assert abs(sx - 1) < 5 * RB_SCATTER["sx"]
    said = backend.target["cx"][0, 1].error
    quiet = fitted.by_name(pair)["EPG_cx"].n / said
    assert abs(quiet - 1) < 5 * RB_SCATTER["cx"]
    _, pair = benchmarked(backend, idle_noise=True)
    waiting = fitted.by_name(pair)["EPG_cx"].n / said
    assert quiet < waiting < quiet + 0.2


def benchmarked(backend, **options):
    """What RB finds of qubit 0 and then 1, and of both."""
    backend.set_options(seed_simulator=5, **options)
    alone = []
    for qubit in (0, 1):
        experiment = fitted.one_qubit_rb(qubit, seed=5)
        alone += fitted.run(experiment, backend, shots=fitted.RB_SHOTS)
    experiment = fitted.two_qubit_rb([0, 1], 5, alone)
    return alone, fitted.run(experiment, backend, shots=fitted.RB_SHOTS)


RB_SCATTER = {"sx": 0.09, "cx": 0.07}
"""Relative, over 10 seeds of qubit 1 and of the pair: measured by bench/clients.py."""


def test_the_settings_of_a_run_are_in_its_data():
    backend = backline.load("armonk")
    data = T1([0], [0, 1e-5, 5e-5, 1e-4, 2e-4]).run(backend, backend_run=True, shots=300)
    data.block_for_results()
    entry = data.data(0)
    assert (entry["shots"], sum(entry["counts"].values())) == (300, 300)
    assert entry["metadata"]["xval"] == 0
