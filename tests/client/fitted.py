"""Experiments of Qiskit Experiments, and what they find beside what the device says."""

import numpy as np
from qiskit_experiments.library import T1, StandardRB, T2Hahn, T2Ramsey

SHOTS = {"gates": 4000, "pulses": 2000}

RB_SHOTS = 20_000

SCATTER = {
    ("gates", "T1"): 0.0125,
    ("gates", "T2star"): 0.017,
    ("gates", "Frequency"): 0.0006,
    ("gates", "T2"): 0.036,
    ("pulses", "T1"): 0.027,
    ("pulses", "T2star"): 0.025,
    ("pulses", "Frequency"): 0.0015,
}
"""Relative standard deviation of what is found on manila's qubit 1 over 20 seeds: measured by
bench/clients.py, and up to 1.3 times the error bar that a single fit gives itself."""

NOISIER = 1.35
"""How much more a fit scatters where readout errs most: contrast 0.8 in place of 0.96, and more."""


def coherence(kind, qubit, properties, engine="gates"):
    """An experiment on a qubit, whose delays suit what the device says of it."""
    few = engine == "pulses"
    if kind == "T1":
        return T1([qubit], np.linspace(0, 3 * properties.t1, 12 if few else 30))
    if kind == "T2Ramsey":
        delays = np.linspace(0, 2 * properties.t2, 30 if few else 50)
        return T2Ramsey([qubit], delays, osc_freq=turns(engine) / properties.t2)
    return T2Hahn([qubit], np.linspace(0, 3 * properties.t2, 30), num_echoes=1)


def turns(engine):
    """How often a Ramsey fringe turns within T2."""
    return 3 if engine == "pulses" else 5


def deviations(results, properties, engine="gates"):
    """What was found, as a relative deviation from what the device says, by name."""
    said = {
        "T1": properties.t1,
        "T2star": properties.t2,
        "T2": properties.t2,
        "Frequency": turns(engine) / properties.t2,
    }
    return {found.name: found.value.n / said[found.name] - 1 for found in results}


def run(experiment, backend, **options):
    """What an experiment finds, by name, with its errors raised."""
    data = experiment.run(backend, **options).block_for_results()
    assert not data.errors(), data.errors()
    return data.analysis_results()


def by_name(results):
    return {found.name: found.value for found in results}


def one_qubit_rb(qubit, seed):
    return StandardRB([qubit], [1, 200, 500, 1000, 2000], num_samples=4, seed=seed)


def two_qubit_rb(qubits, seed, one_qubit_results):
    """Randomized benchmarking of a pair, which counts the errors of its one-qubit gates off."""
    experiment = StandardRB(qubits, [1, 10, 20, 40, 70, 100], num_samples=4, seed=seed)
    gates = [found for found in one_qubit_results if found.name.startswith("EPG")]
    experiment.analysis.set_options(epg_1_qubit=gates)
    return experiment
