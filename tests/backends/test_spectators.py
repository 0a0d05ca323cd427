"""Which qubits a pulse simulation holds, and what its result says of the others."""

import copy

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile

import backline
from backends.bench_device import bench, square, wait
from backline import pulse
from backline.device import Coupling, Device, Qubit
from backline.errors import CapabilityError, OptionValueError, QubitError
from backline.lowering import left_out, spectator_qubits


def facts(backend, program, **options):
    result = backend.run(program, shots=10, **options).result()
    assert result.success
    return result.results[0].metadata


@pytest.mark.parametrize(
    ("spectators", "qubits", "joined"),
    [
        (0, [1], []),
        (1, [0, 1, 2], [0, 2]),
        (np.int64(1), [0, 1, 2], [0, 2]),
        (99, [0, 1, 2, 3], [0, 2, 3]),
        ([3], [1, 3], [3]),
        ((1, 3, 3), [1, 3], [3]),
        (range(4), [0, 1, 2, 3], [0, 2, 3]),
        (np.array([2]), [1, 2], [2]),
        ([], [1], []),
    ],
)
def test_hops_or_qubits(spectators, qubits, joined):
    found = facts(bench(4, levels=2), square(qubit=1, measured=True), spectators=spectators)
    assert found["qubits"] == qubits
    assert found["spectators"] == joined


def test_couplings_that_are_left_out_have_their_strengths():
    found = facts(bench(4), square(qubit=1, measured=True))
    assert found["left_out"] == [
        {"qubits": [0, 1], "strength": 2e6},
        {"qubits": [1, 2], "strength": 4e6},
    ]
    found = facts(bench(4, levels=2), square(qubit=1, measured=True), spectators=[0, 2])
    assert found["left_out"] == [{"qubits": [2, 3], "strength": 6e6}]
    assert facts(bench(4, levels=2), square(measured=True), spectators=3)["left_out"] == []


def test_a_program_that_drives_nothing_waits_on_one_qubit():
    found = facts(bench(3), wait(10))
    assert found["qubits"] == [0]
    assert found["spectators"] == [0]
    with pulse.build() as reads:
        pulse.acquire(100, pulse.AcquireChannel(2), pulse.MemorySlot(0))
    assert facts(bench(3), reads)["qubits"] == [2]
    assert facts(bench(3, levels=2), reads, spectators=1)["qubits"] == [1, 2]


def test_a_spectator_is_measured_where_it_would_rest_otherwise():
    with pulse.build() as program:
        pulse.play(pulse.Constant(20, 0.5), pulse.DriveChannel(0))
        pulse.barrier(pulse.DriveChannel(0), pulse.AcquireChannel(0), pulse.AcquireChannel(1))
        for qubit in (0, 1):
            pulse.acquire(100, pulse.AcquireChannel(qubit), pulse.MemorySlot(qubit))
    alone, together = (facts(bench(2), program, spectators=hops) for hops in (0, 1))
    assert (alone["qubits"], alone["resting"]) == ([0], [1])
    assert (together["qubits"], together["resting"]) == ([0, 1], [])


def test_a_spectator_shifts_what_its_neighbor_does():
    """Two levels, J/Δ = 1/50: beside an excited spectator the frequency is off by the ZZ rate."""
    backend = bench(2, levels=3)
    state = np.array([1, 1]) / np.sqrt(2)
    wait_long = wait(2000)
    quiet = backend.solve(wait_long, initial_state=np.kron([1, 0], state), spectators=[0, 1])
    beside = backend.solve(wait_long, initial_state=np.kron([0, 1], state), spectators=[0, 1])
    j, detuning, alpha = 2e6, -1e8, -300e6
    zz = -2 * j**2 / (detuning + alpha) + 2 * j**2 / (detuning - alpha)
    turned = np.angle(beside.bloch(0)[-1] @ [1, 1j, 0])
    np.testing.assert_allclose(quiet.bloch(0)[-1], [1, 0, 0], atol=1e-6)
    assert turned == pytest.approx(-2 * np.pi * zz * 2e-6, abs=0.02)
    assert abs(turned) > 0.5


def test_hops_are_counted_from_all_driven_qubits():
    chain = Device(
        name="ring",
        qubits=(Qubit(),) * 6,
        couplings=tuple(
            Coupling(qubits=tuple(sorted((k, (k + 1) % 6))), strength=1e6) for k in range(6)
        ),
    )
    assert spectator_qubits(chain, [0, 3], 1) == (1, 2, 4, 5)
    assert spectator_qubits(chain, [0], 2) == (1, 2, 4, 5)
    assert spectator_qubits(chain, [0], 0) == ()
    assert [item.qubits for item in left_out(chain, [0, 1])] == [(1, 2), (0, 5)]
    assert spectator_qubits(Device(name="lone", qubits=(Qubit(),) * 2), [0], 5) == ()


@pytest.mark.parametrize(
    "wrong", [-1, True, 1.5, "1", None, [0, -1], [0.5], [True], {"a": 1}, b"1"]
)
def test_what_is_no_choice_of_spectators_is_refused(wrong):
    backend = bench(2)
    says = "spectators must be a whole number of at least 0, or a list of qubits, got"
    with pytest.raises(OptionValueError, match=says):
        backend.run(square(), spectators=wrong)
    with pytest.raises(OptionValueError, match=says):
        backend.set_options(spectators=wrong)
    assert backend.options.spectators == 0


def test_a_qubit_that_is_not_there_is_refused():
    with pytest.raises(QubitError, match="spectators"):
        bench(2).run(square(), spectators=[7])


def test_too_many_are_refused_before_the_job():
    with pytest.raises(CapabilityError, match=r"need about .* free"):
        bench(40).run(square(), spectators=39)


def test_the_choice_travels_with_a_backend():
    backend = bench(3, levels=2)
    backend.set_options(spectators=[2])
    assert copy.deepcopy(backend).options.spectators == (2,)
    assert facts(backend, square(measured=True))["qubits"] == [0, 2]
    assert backend.solve(square()).qubits == (0, 2)
    assert backend.solve(square(), spectators=0).qubits == (0,)


def test_a_device_of_127_qubits_runs():
    sherbrooke = backline.load("sherbrooke")
    circuit = QuantumCircuit(1, 1)
    circuit.x(0)
    circuit.measure(0, 0)
    compiled = transpile(circuit, sherbrooke, initial_layout=[60])
    alone = sherbrooke.run(compiled, engine="pulses", shots=500, seed_simulator=1).result()
    found = alone.results[0].metadata
    assert found["qubits"] == [60]
    neighbors = sorted({qubit for entry in found["left_out"] for qubit in entry["qubits"]} - {60})
    assert neighbors
    assert all(1e5 < abs(entry["strength"]) < 1e8 for entry in found["left_out"])
    beside = sherbrooke.solve(compiled, spectators=1, relaxation=False)
    assert beside.metadata["spectators"] == neighbors
    assert alone.get_counts()["1"] > 450
    assert beside.populations(60)[-1, 1] > 0.98
    for qubit in neighbors:
        assert beside.populations(qubit)[-1, 0] > 0.98
