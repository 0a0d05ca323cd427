"""Clifford circuits with Pauli noise through Stim, against worked values and density matrices."""

import math

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Measure, Parameter
from qiskit.circuit.library import (
    CPhaseGate,
    CXGate,
    CZGate,
    ECRGate,
    HGate,
    RXGate,
    RZGate,
    RZZGate,
    SwapGate,
    SXGate,
    TGate,
    UGate,
    XGate,
    iSwapGate,
)
from qiskit.quantum_info import random_clifford
from qiskit.transpiler import InstructionProperties

from backline.contract.properties import QubitProperties
from backline.contract.target import Target
from backline.engines.gates import GateEngine
from backline.errors import CapabilityError
from engines.gate_targets import combined, frequency, line_target, same_distribution, sigmas

stim = pytest.importorskip("stim")
cliffords = pytest.importorskip("backline.engines.gates.cliffords")


def pauli_target(width=4, *, zero=0.02, one=0.02, t2=None):
    """Depolarizing gates without duration, misreadings, and dephasing where t2 is given."""
    target = Target(num_qubits=width, dt=1e-9)
    ones = {(q,): InstructionProperties(duration=0.0, error=0.01) for q in range(width)}
    for gate in (XGate(), SXGate(), HGate(), RZGate(Parameter("angle"))):
        target.add_instruction(gate, dict(ones))
    pairs = [(a, b) for a in range(width) for b in range(width) if a != b]
    for gate in (CXGate(), ECRGate()):
        target.add_instruction(
            gate, {pair: InstructionProperties(duration=0.0, error=0.03) for pair in pairs}
        )
    free = {(q,): InstructionProperties(duration=0.0) for q in range(width)}
    target.add_instruction(Measure(), free)
    target.qubit_properties = [QubitProperties(t2=t2, p1_given_0=zero, p0_given_1=one)] * width
    return target


def random_clifford_circuit(seed, *, width=4, depth=15):
    rng = np.random.default_rng(seed)
    circuit = QuantumCircuit(width, width)
    for _ in range(depth):
        a, b = rng.permutation(width)[:2]
        kind = rng.integers(6)
        if kind == 0:
            circuit.h(a)
        elif kind == 1:
            circuit.sx(a)
        elif kind == 2:
            circuit.rz(math.pi / 2 * rng.integers(4), a)
        elif kind == 3:
            circuit.ecr(a, b)
        elif kind == 4 and rng.integers(2):
            circuit.reset(a)
        else:
            circuit.cx(a, b)
    circuit.measure(range(width), range(width))
    return circuit


@pytest.mark.parametrize("qubits", [1, 2])
def test_random_clifford_gates_are_recognised_and_written_right(qubits):
    """Stim's text undone by the gate's own inverse is the identity, signs included."""
    for seed in range(60):
        gate = random_clifford(qubits, seed=seed)
        phase = np.exp(1j * seed)
        lines = cliffords.clifford_text(phase * gate.to_matrix())
        back = cliffords.clifford_text(gate.adjoint().to_matrix())
        text = "\n".join([*lines, *back, "I 0", f"I {qubits - 1}"]).format(*range(qubits))
        assert stim.Circuit(text).to_tableau() == stim.Tableau(qubits)
        unitary = stim.Circuit("\n".join([*lines, f"I {qubits - 1}"]).format(*range(qubits)))
        matrix = unitary.to_tableau().to_unitary_matrix(endian="little")
        overlap = abs(np.trace(matrix.conj().T @ gate.to_matrix()))
        assert overlap == pytest.approx(2**qubits, abs=1e-5)  # Stim's matrices are of single type


@pytest.mark.parametrize(
    ("gate", "is_clifford"),
    [
        (RZGate(math.pi / 2), True),
        (RZGate(math.pi / 2 + 1e-8), False),
        (RZGate(math.pi / 2 + 1e-11), True),
        (RXGate(-3 * math.pi / 2), True),
        (UGate(math.pi / 2, 0, math.pi), True),
        (UGate(math.pi / 4, 0, 0), False),
        (RZZGate(math.pi / 2), True),
        (CPhaseGate(math.pi), True),
        (CPhaseGate(math.pi / 2), False),
        (TGate(), False),
        (iSwapGate(), True),
        (SwapGate(), True),
        (CZGate(), True),
    ],
)
def test_clifford_angles(gate, is_clifford):
    assert (cliffords.clifford_text(gate.to_matrix()) is not None) == is_clifford


def pvalue(circuit, target, shots=20_000, seed=1):
    ours = GateEngine(target, method="stim").run(circuit, shots=shots, seed=seed)
    exact = GateEngine(target, method="density_matrix").run(circuit, shots=shots, seed=seed)
    assert ours.metadata["simulator"] == "stim" != exact.metadata["simulator"]
    return same_distribution(ours.counts(), exact.counts())


@pytest.mark.parametrize("readout", [(0.02, 0.02), (0.01, 0.09)])
def test_random_circuits_agree_with_a_density_matrix(readout):
    """Twelve of them, all p-values in one by Fisher: one false alarm in 1,000 seeds."""
    target = pauli_target(zero=readout[0], one=readout[1])
    assert combined([pvalue(random_clifford_circuit(s), target) for s in range(12)]) > 1e-3


def test_the_comparison_can_fail():
    """Half of the gate error of another device is seen on the same circuits."""
    other = pauli_target()
    for pair in other.qargs_for_operation_name("cx"):
        other.update_instruction_properties("cx", pair, InstructionProperties(error=0.06))
    pvalues = []
    for seed in range(6):
        circuit = random_clifford_circuit(seed)
        first, second = (
            GateEngine(target, method="stim").run(circuit, shots=20_000, seed=seed + place)
            for place, target in enumerate((pauli_target(), other))
        )
        pvalues.append(same_distribution(first.counts(), second.counts()))
    assert combined(pvalues) < 1e-6


def test_dephasing_while_waiting_is_pauli_noise():
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.delay(20, 0, "us")
    circuit.h(0)
    circuit.measure(0, 0)
    target = Target(num_qubits=1)
    target.qubit_properties = [QubitProperties(t2=40e-6)]
    counts = GateEngine(target, method="stim").run(circuit, shots=40_000, seed=3).counts()
    expected = (1 - math.exp(-0.5)) / 2
    assert frequency(counts, "0x1") == pytest.approx(expected, abs=sigmas(expected, 40_000))


@pytest.mark.parametrize("value", [0, 1])
@pytest.mark.parametrize("otherwise", [False, True])
def test_feedback_of_paulis_teleports(value, otherwise):
    """A state of either sign arrives, with Z and X under conditions in either form."""
    circuit = QuantumCircuit(3, 3)
    if value:
        circuit.x(0)
    circuit.h(0)
    circuit.h(1)
    circuit.cx(1, 2)
    circuit.cx(0, 1)
    circuit.h(0)
    circuit.measure([0, 1], [0, 1])
    for slot, pauli in ((1, "x"), (0, "z")):
        if otherwise:
            with circuit.if_test((slot, 0)) as other:
                circuit.id(2)
            with other:
                getattr(circuit, pauli)(2)
        else:
            with circuit.if_test((slot, 1)):
                getattr(circuit, pauli)(2)
    circuit.h(2)
    circuit.measure(2, 2)
    outcomes = GateEngine(Target(num_qubits=3), method="stim").run(circuit, shots=400, seed=1)
    assert set(outcomes.bits[:, 2].tolist()) == {value}
    assert outcomes.bits[:, :2].mean() == pytest.approx(0.5, abs=0.1)


def test_a_condition_reads_what_was_misread():
    target = Target(num_qubits=2)
    target.qubit_properties = [
        QubitProperties(p1_given_0=0.3, p0_given_1=0.3),
        QubitProperties(),
    ]
    circuit = QuantumCircuit(2, 2)
    circuit.measure(0, 0)
    with circuit.if_test((0, 1)):
        circuit.x(1)
    circuit.measure(1, 1)
    counts = GateEngine(target, method="stim").run(circuit, shots=20_000, seed=1).counts()
    assert set(counts) == {"0x0", "0x3"}
    assert frequency(counts, "0x3") == pytest.approx(0.3, abs=sigmas(0.3, 20_000))


def test_a_slot_that_is_written_twice_keeps_the_last():
    circuit = QuantumCircuit(1, 1)
    circuit.x(0)
    circuit.measure(0, 0)
    circuit.reset(0)
    circuit.measure(0, 0)
    engine = GateEngine(Target(num_qubits=1), method="stim")
    assert engine.run(circuit, shots=20, seed=1).counts() == {"0x0": 20}


def with_t():
    circuit = QuantumCircuit(1, 1)
    circuit.t(0)
    circuit.measure(0, 0)
    return circuit


def with_loop():
    circuit = QuantumCircuit(1, 1)
    with circuit.while_loop((0, 0)):
        circuit.x(0)
        circuit.measure(0, 0)
    return circuit


def with_noisy_branch():
    circuit = QuantumCircuit(2, 2)
    circuit.measure(0, 0)
    with circuit.if_test((0, 1)):
        circuit.x(1)
    circuit.measure(1, 1)
    return circuit


def measured_after_x():
    circuit = QuantumCircuit(1, 1)
    circuit.x(0)
    circuit.measure(0, 0)
    return circuit


def on_bad_readout():
    target = Target(num_qubits=2)
    target.qubit_properties = [QubitProperties(p1_given_0=0.1, p0_given_1=0.3)] * 2
    return target


@pytest.mark.parametrize(
    ("circuit", "target", "reason"),
    [
        (with_t(), Target(num_qubits=1), "no Clifford gate, 't'"),
        (measured_after_x(), line_target(), r"relaxation \(T1\)"),
        (with_loop(), Target(num_qubits=1), "loops"),
        (with_noisy_branch(), pauli_target(), "something else than Paulis without noise"),
        (with_noisy_branch(), on_bad_readout(), "misread more often in one way"),
    ],
)
def test_what_stim_cannot_run_is_refused_with_the_reason_and_others(circuit, target, reason):
    engine = GateEngine(target, method="stim")
    with pytest.raises(CapabilityError, match=reason) as caught:
        engine.prepare(circuit, shots=10)
    assert "method=None" in str(caught.value)


def test_same_seed_same_shots():
    engine = GateEngine(pauli_target(one=0.1), method="stim")
    circuit = random_clifford_circuit(1)
    first, again, other = (engine.run(circuit, shots=200, seed=s).memory() for s in (1, 1, 2))
    assert first == again != other


def test_wide_clifford_circuits_with_pauli_noise_go_to_stim_by_themselves():
    circuit = QuantumCircuit(60, 60)
    circuit.h(0)
    for qubit in range(59):
        circuit.cx(qubit, qubit + 1)
    circuit.measure(range(60), range(60))
    target = Target(num_qubits=60)
    pairs = {(q, q + 1): InstructionProperties(error=0.01) for q in range(59)}
    target.add_instruction(CXGate(), pairs)
    outcomes = GateEngine(target).run(circuit, shots=1000, seed=1)
    assert outcomes.metadata["method"] == "stim"
    assert outcomes.metadata["estimates"]["stim"] > 0
    assert outcomes.bits.mean() == pytest.approx(0.5, abs=0.05)
