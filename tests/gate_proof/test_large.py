"""Ten to fourteen qubits, where no density matrix is at hand: methods against each other.

What is compared is small enough to be counted: parities of few qubits and numbers of ones, whose
distributions both methods must share. And circuits whose ends are known.
"""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Delay, IfElseOp, Measure, Parameter, Reset
from qiskit.circuit.library import CXGate, RZGate, SXGate, XGate
from qiskit.transpiler import InstructionProperties
from scipy import stats

from backline.contract.properties import QubitProperties
from backline.contract.target import Target
from backline.engines.gates import GateEngine
from gate_proof.judging import ALARM, verdict
from gate_proof.proofs import JUDGED


def wide_target(width, *, t1=60e-6):
    """A line of qubits as on a device; T2 above T1 on every third."""
    target = Target(num_qubits=width, dt=1e-9)
    ones = {(q,): InstructionProperties(duration=50e-9, error=1e-3) for q in range(width)}
    for gate in (XGate(), SXGate()):
        target.add_instruction(gate, dict(ones))
    target.add_instruction(
        RZGate(Parameter("phi")), {(q,): InstructionProperties(duration=0.0) for q in range(width)}
    )
    pairs = [pair for q in range(width - 1) for pair in ((q, q + 1), (q + 1, q))]
    target.add_instruction(
        CXGate(), {pair: InstructionProperties(duration=4e-7, error=1.5e-2) for pair in pairs}
    )
    for operation in (Measure(), Reset()):
        timed = {(q,): InstructionProperties(duration=1e-6) for q in range(width)}
        target.add_instruction(operation, timed)
    target.add_instruction(Delay(Parameter("t")), {(q,): None for q in range(width)})
    target.add_instruction(IfElseOp, name="if_else")
    target.qubit_properties = [
        QubitProperties(
            t1=t1, t2=60e-6 if t1 is None or q % 3 else 90e-6, p1_given_0=0.01, p0_given_1=0.03
        )
        for q in range(width)
    ]
    return target


def echo(width, seed, *, clifford=False, feedback=False):
    """Three layers and their inverse: without noise all outcomes are 0.

    With `feedback`, two qubits are measured, used and reset between the two.
    """
    rng = np.random.default_rng(seed)
    circuit = QuantumCircuit(width, width)
    for layer in range(3):
        for qubit in range(width):
            turn = rng.integers(4) * np.pi / 2 if clifford else rng.uniform(0, 2 * np.pi)
            circuit.rz(float(turn), qubit)
            circuit.sx(qubit)
        for qubit in range(layer % 2, width - 1, 2):
            circuit.cx(qubit, qubit + 1)
    back = list(reversed(circuit.data))
    if feedback:
        for qubit in (2, 4):
            circuit.measure(qubit, qubit)
            with circuit.if_test((circuit.clbits[qubit], 1)):
                circuit.x(qubit + 1)
            circuit.reset(qubit)
    for instruction in back:
        qubits = [circuit.find_bit(qubit).index for qubit in instruction.qubits]
        if instruction.operation.name == "sx":
            circuit.rz(np.pi, *qubits)
            circuit.sx(*qubits)
            circuit.rz(np.pi, *qubits)
        else:
            circuit.append(instruction.operation.inverse(), qubits)
    circuit.measure(range(width), range(width))
    return circuit


def statistics(engine, circuit, shots, seed):
    """Tables of whole numbers that every method must agree on, one row a statistic."""
    outcome = engine.run(circuit, shots=shots, seed=seed)
    repeats = np.ones(len(outcome.bits), int) if outcome.repeats is None else outcome.repeats
    bits, width = outcome.bits, outcome.bits.shape[1]
    rng = np.random.default_rng(11)
    groups = [rng.choice(width, size=4, replace=False) for _ in range(8)]
    tables = [
        np.bincount(bits[:, group] @ (1 << np.arange(4)), repeats, minlength=16) for group in groups
    ]
    return [*tables, np.bincount(bits.sum(axis=1), repeats, minlength=width + 1)]


def agreement(first, second):
    """A p-value for each statistic: two samples, rare classes as one."""
    found = []
    for pair in zip(first, second, strict=True):
        table = np.array(pair)
        rare = table.sum(axis=0) < 40
        table = np.column_stack([table[:, ~rare], table[:, rare].sum(axis=1)])
        table = table[:, table.sum(axis=0) > 0]
        found.append(float(stats.chi2_contingency(table, correction=False).pvalue))
    return found


def engine(method, target):
    return GateEngine(target, method=method)


@pytest.mark.skipif("trajectories" not in JUDGED, reason="there is only one method for these")
@pytest.mark.parametrize(
    ("width", "feedback"),
    [
        pytest.param(10, False),
        pytest.param(10, True, marks=pytest.mark.slow),
        pytest.param(12, False, marks=pytest.mark.slow),
        pytest.param(14, False, marks=pytest.mark.slow),
    ],
)
def test_trajectories_agree_with_aers_matrix_product_states(width, feedback):
    """Aer's own noise and its own evolution, where its states are small."""
    target, circuit = wide_target(width), echo(width, width, feedback=feedback)
    shots = {10: 3_000, 12: 1_500, 14: 800}[width]
    ours = statistics(engine("trajectories", target), circuit, 20 * shots, 1)
    theirs = statistics(engine("matrix_product_state", target), circuit, shots, 2)
    assert verdict(agreement(ours, theirs)) > ALARM


@pytest.mark.skipif(not {"stim", "trajectories"} <= set(JUDGED), reason="one of them is not there")
def test_stim_and_trajectories_agree():
    target = wide_target(12, t1=None)
    circuit = echo(12, 3, clifford=True)
    ours = statistics(engine("trajectories", target), circuit, 20_000, 1)
    theirs = statistics(engine("stim", target), circuit, 100_000, 2)
    assert verdict(agreement(ours, theirs)) > ALARM


@pytest.mark.slow
def test_the_comparison_can_fail():
    """Aer's stabilizer with a third more error of one cx is not what it is without."""
    circuit = echo(12, 3, clifford=True)
    target, other = wide_target(12, t1=None), wide_target(12, t1=None)
    worse = InstructionProperties(duration=4e-7, error=2e-2)
    other.update_instruction_properties("cx", (4, 5), worse)
    rows = [
        statistics(engine("stabilizer", device), circuit, 60_000, seed)
        for seed, device in enumerate((target, other))
    ]
    assert verdict(agreement(*rows)) < ALARM
