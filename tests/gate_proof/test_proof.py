"""The proof itself: its reference is Aer's, its statistic keeps its rate, and it can fail."""

from dataclasses import replace

import numpy as np
import pytest
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError

from gate_proof.circuits import random_circuit
from gate_proof.devices import EDGES, QUBITS, target
from gate_proof.judging import ALARM, drawn, pvalue, verdict
from gate_proof.proofs import PROOFS, case, cases, exact
from gate_proof.reference import Noise, distribution, gate_error

ALL_NOISE = (10, 11, 12, 13, 14)


def aers_model(device, *, readout=True):
    """The noise of the device, given to Aer by hand."""
    model = NoiseModel()
    ones = [(name, (q,)) for name in ("x", "sx", "id", "rx", "reset") for q in range(QUBITS)]
    twos = [(name, pair) for name, pairs in EDGES.items() for pair in pairs]
    for name, qubits in [*ones, *twos]:
        model.add_quantum_error(gate_error(device, name, qubits), name, qubits)
    for qubit, known in enumerate(device.qubit_properties):
        zero, one = known.p1_given_0, known.p0_given_1
        if readout:
            model.add_readout_error(ReadoutError([[1 - zero, zero], [one, 1 - one]]), [qubit])
    return model


@pytest.mark.parametrize("regime", ["below", "above", "pauli"])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_reference_is_aers_density_matrix(regime, seed):
    """Exactly, where nothing is measured before the end and reading is right."""
    device = target(regime)
    circuit = random_circuit(seed, "plain")
    found = distribution(circuit, device, Noise(idle=False, readout=False))
    circuit.remove_final_measurements()
    circuit.save_probabilities()
    simulator = AerSimulator(method="density_matrix", noise_model=aers_model(device, readout=False))
    expected = simulator.run(circuit).result().data(0)["probabilities"]
    # The slot of `early` is slot 0, and stays 0.
    assert [found.get(number << 1, 0.0) for number in range(2**QUBITS)] == pytest.approx(
        list(expected), abs=1e-12
    )


@pytest.mark.parametrize("kind", ["measured", "branching", "looping", "everything"])
def test_aers_trajectories_have_the_distribution_of_the_reference(kind):
    """With all that is measured, chosen and repeated, and noise that Aer adds by itself."""
    device = target("above")
    circuit = random_circuit(0, kind)
    simulator = AerSimulator(method="statevector", noise_model=aers_model(device))
    longer = circuit.copy()
    longer.measure_all()  # Aer 0.18 loses the ends of control flow that nothing follows
    counts = simulator.run(longer, shots=20_000, seed_simulator=3).result().get_counts()
    kept = {}
    for text, count in counts.items():
        key = hex(int("".join(text.split()[1:]), 2))
        kept[key] = kept.get(key, 0) + count
    assert pvalue(kept, distribution(circuit, device, Noise(idle=False))) > ALARM


def test_the_statistic_refuses_as_seldom_as_it_says():
    """Of 4,000 samples of skewed distributions 1 in 100: 40, and at most 5 sigma more."""
    rng = np.random.default_rng(1)
    refused = 0
    for _ in range(80):
        weights = rng.exponential(size=64) ** rng.choice([1, 3, 6])
        true = dict(enumerate(weights / weights.sum()))
        refused += sum(pvalue(drawn(true, 4_000, rng), true) < 1e-2 for _ in range(50))
    assert refused < 40 + 5 * np.sqrt(40)


def test_what_cannot_happen_is_refused():
    assert pvalue({"0x0": 50_000, "0x1": 49_970, "0x2": 30}, {0: 0.5, 1: 0.5}) < ALARM
    assert pvalue({"0x1": 100}, {0: 1.0}) < ALARM
    assert pvalue({"0x0": 100}, {0: 1.0}) > 0.5


def without_the_error_of(judged, name):
    device = target(judged.regime)
    for qubits in device[name]:
        old = device[name][qubits]
        device.update_instruction_properties(name, qubits, type(old)(duration=old.duration))
    return distribution(judged.circuit, device, judged.noise)


def with_readout_flipped(judged):
    """p1_given_0 and p0_given_1 in each other's place."""
    device = target(judged.regime)
    properties = list(device.qubit_properties)
    for known in properties:
        known.p1_given_0, known.p0_given_1 = known.p0_given_1, known.p1_given_0
    device.qubit_properties = properties
    return distribution(judged.circuit, device, judged.noise)


def with_t2_cut_at_t1(judged):
    device = target(judged.regime)
    properties = list(device.qubit_properties)
    for known in properties:
        known.t2 = min(known.t2, known.t1)
    device.qubit_properties = properties
    return distribution(judged.circuit, device, judged.noise)


def with_bits_in_reverse(judged):
    """The last five slots the other way round."""
    return {
        (key & 1) | int(f"{key >> 1:05b}"[::-1], 2) << 1: probability
        for key, probability in exact(judged).items()
    }


BUGS = {
    "bits in reverse": with_bits_in_reverse,
    "p1_given_0 and p0_given_1 swapped": with_readout_flipped,
    "no noise of sx beyond relaxation": lambda judged: without_the_error_of(judged, "sx"),
    "no noise of cx beyond relaxation": lambda judged: without_the_error_of(judged, "cx"),
    "T2 cut at T1": with_t2_cut_at_t1,
    "no idle noise": lambda judged: distribution(
        judged.circuit, target(judged.regime), replace(judged.noise, idle=False)
    ),
    "no noise": lambda judged: distribution(judged.circuit, target(judged.regime), Noise(on=False)),
}


@pytest.mark.parametrize("bug", BUGS)
def test_the_quick_proof_refuses(bug):
    """Samples of what an engine with a bug would give, as many as the quick proof takes."""
    rng = np.random.default_rng(5)
    shots = PROOFS["automatic"].quick
    judged = [case(number, "above", False, ()) for number in (*ALL_NOISE, 30, 31, 32, 33, 34)]
    found = [pvalue(drawn(BUGS[bug](one), shots, rng), exact(one)) for one in judged]
    assert verdict(found) < ALARM


def test_the_quick_proof_accepts_what_is_right():
    rng = np.random.default_rng(6)
    found = [
        pvalue(drawn(exact(one), 20_000, rng), exact(one))
        for _, one in cases(PROOFS["automatic"], ALL_NOISE)
    ]
    assert verdict(found) > ALARM
