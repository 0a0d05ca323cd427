"""Circuits of MQT Bench on every bundled device, compiled by MQT Bench for our Target."""

import functools

import pytest

pytest.importorskip("mqt.bench")

from mqt.bench import get_benchmark_alg, get_benchmark_mapped
from mqt.bench.benchmarks import get_available_benchmark_names
from qiskit import transpile
from qiskit_aer import AerSimulator

import backline
from client.conftest import bundled
from client.counted import chance_of_one_source, fidelity, success

WIDEST = {"armonk": 1, "manila": 5, "nairobi": 6, "guadalupe": 7, "sherbrooke": 6}
"""Qubits at most: wider ones run too, and take long."""

NARROWEST = {
    "ae": 2,
    "bmw_quark_copula": 2,
    "cdkm_ripple_carry_adder": 4,
    "draper_qft_adder": 2,
    "full_adder": 4,
    "graphstate": 3,
    "grover": 2,
    "half_adder": 3,
    "hhl": 3,
    "hrs_cumulative_multiplier": 5,
    "iqpe": 2,
    "modular_adder": 2,
    "multiplier": 4,
    "qpeexact": 2,
    "qpeinexact": 2,
    "qwalk": 3,
    "rg_qft_multiplier": 4,
    "seven_qubit_steane_code": 13,
    "shors_nine_qubit_code": 17,
    "vbe_ripple_carry_adder": 4,
    "vqe_two_local": 2,
}
"""Qubits at least, where that is not 1."""

DEEP = {"grover": 5, "qwalk": 5}
"""With more qubits they have thousands of gates."""

WAITING = {"seven_qubit_steane_code", "shors_nine_qubit_code"}
"""They measure in the middle, and most of what goes wrong is that qubits wait: left out here."""

TOO_LONG = {"shor"}  # 18 qubits at least, and far over 10,000 gates

QUICK = [("manila", name) for name in ("ghz", "qft", "vqe_su2", "dynamic_qft")]


def cases():
    for device in backline.devices():
        for name in get_available_benchmark_names():
            least = NARROWEST.get(name, 1)
            if name in TOO_LONG or least > bundled(device).num_qubits:
                continue
            marks = () if (device, name) in QUICK else pytest.mark.slow
            yield pytest.param(device, name, marks=marks, id=f"{device}-{name}")


@functools.cache
def benchmark(name, widest):
    """The widest circuit of that name, measured, and what Aer counts of it without noise."""
    for size in range(widest, 0, -1):
        try:
            circuit = get_benchmark_alg(name, size)
        except Exception:  # of several types, where there is none of this size
            continue
        if not circuit.num_clbits:
            circuit.measure_all()
        simulator = AerSimulator(seed_simulator=1)
        compiled = transpile(circuit, simulator, optimization_level=0)
        return circuit, simulator.run(compiled, shots=20_000).result().get_counts()
    raise AssertionError(f"there is no {name} of up to {widest} qubits")


@pytest.mark.parametrize(("device", "name"), list(cases()))
def test_a_benchmark_counts_what_it_must(device, name):
    """Without noise as Aer does (1 false alarm in 100,000); with it at least as the errors allow.

    Where nothing happens with probability λ, the counts are λ times the ideal ones and something
    else, so that Hellinger's fidelity is λ at least. Qubits that wait decay too, hence half of it.
    """
    backend = bundled(device)
    widest = min(DEEP.get(name, 99), max(WIDEST[device], NARROWEST.get(name, 1)))
    circuit, ideal = benchmark(name, widest)
    compiled = get_benchmark_mapped(circuit, None, backend.target)
    quiet = backend.run(compiled, shots=4000, seed_simulator=3, noise=False).result().get_counts()
    assert sum(quiet.values()) == 4000
    assert chance_of_one_source(ideal, quiet) > 1e-5
    run = {"seed_simulator": 3, "idle_noise": name not in WAITING}
    noisy = backend.run(compiled, shots=4000, **run).result().get_counts()
    assert sum(noisy.values()) == 4000
    assert fidelity(noisy, ideal) > 0.5 * success(compiled, backend.target)
