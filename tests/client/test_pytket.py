"""pytket compiles for our devices and runs on them, and gives Qiskit a backend back."""

import runpy
from pathlib import Path

import pytest

pytest.importorskip("pytket.extensions.qiskit")

from pytket import Circuit
from pytket.backends import CircuitNotValidError, StatusEnum
from pytket.extensions.qiskit import IBMQBackend, process_characterisation, qiskit_to_tk
from pytket.extensions.qiskit.tket_backend import TketBackend
from qiskit import QuantumCircuit

import backline
from circuits import ghz_circuit
from client.conftest import bundled
from client.counted import chance_of_one_source

PytketBackend = runpy.run_path(str(Path(__file__).parents[2] / "examples/pytket_backend.py"))[
    "PytketBackend"
]


def joined(counts):
    """pytket's outcomes, the first bit leftmost, as Qiskit's, the first bit rightmost."""
    return {"".join(map(str, key))[::-1]: int(count) for key, count in counts.items()}


@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_circuit_runs_where_pytket_puts_it(backend, level):
    """Without noise exactly as made: 0…011, and 1 false alarm in 100,000 for the superposition."""
    device = PytketBackend(backend)
    width = min(3, backend.num_qubits)
    circuit = Circuit(width).X(0)
    for qubit in range(width - 1):
        circuit.CX(qubit, qubit + 1)
    if width > 2:
        circuit.X(2)
    circuit.measure_all()
    compiled = device.get_compiled_circuit(circuit, level)
    assert device.valid_circuit(compiled)
    run = {"n_shots": 400, "seed_simulator": 1, "noise": False}
    counts = joined(device.run_circuit(compiled, **run).get_counts())
    assert counts == {"011"[-width:]: 400}


@pytest.mark.parametrize("name", ["manila", "sherbrooke"])
def test_superpositions_count_as_qiskit_counts_them(name):
    device = PytketBackend(bundled(name))
    ghz = ghz_circuit(3)
    compiled = device.get_compiled_circuit(qiskit_to_tk(ghz), 2)
    run = {"n_shots": 4000, "seed_simulator": 5}
    noisy = joined(device.run_circuit(compiled, **run).get_counts())
    right = noisy.get("000", 0) + noisy.get("111", 0)
    assert 0.7 * 4000 < right < 4000
    quiet = joined(device.run_circuit(compiled, noise=False, **run).get_counts())
    assert chance_of_one_source(quiet, {"000": 2000, "111": 2000}) > 1e-5


def test_pulses_run_too():
    device = PytketBackend(bundled("manila"))
    compiled = device.get_compiled_circuit(Circuit(2).X(0).CX(0, 1).measure_all())
    result = device.run_circuit(compiled, n_shots=500, seed_simulator=2, engine="pulses")
    assert joined(result.get_counts()).get("11", 0) > 400


def test_shots_handles_and_states():
    device = PytketBackend(bundled("manila"))
    compiled = device.get_compiled_circuit(Circuit(2).X(1).measure_all())
    handles = device.process_circuits([compiled, compiled], n_shots=[5, 7], noise=False)
    results = [device.get_result(handle) for handle in handles]
    assert [result.get_shots().tolist() for result in results] == [[[0, 1]] * 5, [[0, 1]] * 7]
    assert {device.circuit_status(handle).status for handle in handles} == {StatusEnum.COMPLETED}
    with pytest.raises(CircuitNotValidError):
        device.process_circuit(Circuit(2).H(0).measure_all(), n_shots=10)


def test_measurement_and_condition_in_the_middle():
    device = PytketBackend(bundled("nairobi"))
    circuit = Circuit(2, 2).H(0).Measure(0, 0)
    circuit.X(1, condition_bits=[0], condition_value=1).Measure(1, 1)
    compiled = device.get_compiled_circuit(circuit)
    result = device.run_circuit(compiled, n_shots=2000, seed_simulator=4, noise=False)
    counts = joined(result.get_counts())
    assert set(counts) == {"00", "11"}
    assert chance_of_one_source(counts, {"00": 1000, "11": 1000}) > 1e-5


def test_pytket_reads_errors_and_couplings():
    """`process_characterisation` is written for IBM's backends; ours answer as they do."""
    backend = bundled("manila")
    facts = process_characterisation(backend)
    errors = {
        tuple(node.index[0] for node in edge): next(iter(found.values()))
        for edge, found in facts["EdgeErrors"].items()
    }
    assert set(errors) == set(backend.coupling_map)
    for edge, found in errors.items():
        said = backend.target["cx"][edge].error
        # pytket calls one of two directions, which it would turn round, twice as bad
        assert found == pytest.approx(said if edge[0] > edge[1] else 2 * said, rel=0.01) or (
            found == pytest.approx(said)
        )
    assert dict(facts["t1times"])[3] == pytest.approx(backend.qubit_properties(3).t1 * 1e6)


def test_its_own_backend_for_ibm_compiles_for_ours():
    """It fetches results from IBM's service alone: circuits that it compiled run on ours."""

    class Service:
        def backend(self, name, **_):
            return backline.load(name)

    theirs = IBMQBackend("manila", service=Service(), monitor=False)
    assert theirs.backend_info.supports_midcircuit_measurement
    compiled = theirs.get_compiled_circuit(Circuit(3).X(0).CX(0, 1).CX(1, 2).measure_all(), 2)
    result = PytketBackend(bundled("manila")).run_circuit(compiled, n_shots=200, noise=False)
    assert joined(result.get_counts()) == {"111": 200}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_qiskit_through_pytket_and_back():
    """pytket's `TketBackend` is a `BackendV2` over a backend of pytket, here over ours."""
    device = PytketBackend(bundled("manila"))
    circuit = QuantumCircuit(3, 3)
    circuit.x(0)
    circuit.cx(0, 2)
    circuit.measure([0, 1, 2], [0, 1, 2])
    wrapped = TketBackend(device, device.default_compilation_pass(2))
    counts = wrapped.run(circuit, shots=1000).result().get_counts()
    assert max(counts, key=counts.get) == "101"
    assert counts["101"] > 700
