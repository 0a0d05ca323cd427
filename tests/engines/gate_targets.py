"""Targets, circuits and statistics that the tests of the gate engine share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Delay, IfElseOp, Measure, Parameter, Reset
from qiskit.circuit.library import CXGate, RZGate, SXGate, XGate
from qiskit.transpiler import InstructionProperties
from scipy import stats

from backline.contract.properties import QubitProperties
from backline.contract.target import Target

LINE = ((0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2), (3, 4), (4, 3))

# Like manila: T2 below T1 on 0, 2 and 4, between T1 and 2 T1 on 1 and 3.
T1 = (118e-6, 60e-6, 140e-6, 95e-6, 150e-6)
T2 = (90e-6, 85e-6, 20e-6, 120e-6, 45e-6)
P1_GIVEN_0 = (0.012, 0.020, 0.008, 0.030, 0.015)
P0_GIVEN_1 = (0.040, 0.025, 0.060, 0.022, 0.035)
ONE_QUBIT_ERROR = (2.1e-4, 4.3e-4, 2.8e-4, 3.0e-5, 8.0e-4)  # qubit 3: less than relaxation
TWO_QUBIT_ERROR = dict(zip(LINE, (7e-3, 7e-3, 9e-3, 9e-3, 1.2e-2, 1.2e-2, 6e-3, 6e-3), strict=True))
TWO_QUBIT_TIME = dict(zip(LINE, (277e-9, 312e-9, 469e-9, 505e-9) * 2, strict=True))
ONE_QUBIT_TIME = 35.6e-9
MEASURE_TIME = 5.35e-6
DT = 2e-9 / 9


def line_target(*, control_flow: bool = False) -> Target:
    """Five qubits in a line with all the data that noise is made of."""
    target = Target(num_qubits=5, dt=DT)
    ones = {
        (q,): InstructionProperties(duration=ONE_QUBIT_TIME, error=ONE_QUBIT_ERROR[q])
        for q in range(5)
    }
    target.add_instruction(XGate(), dict(ones))
    target.add_instruction(SXGate(), dict(ones))
    free = {(q,): InstructionProperties(duration=0.0, error=0.0) for q in range(5)}
    target.add_instruction(RZGate(Parameter("phi")), free)
    twos = {
        pair: InstructionProperties(duration=TWO_QUBIT_TIME[pair], error=TWO_QUBIT_ERROR[pair])
        for pair in LINE
    }
    target.add_instruction(CXGate(), twos)
    measure = {(q,): InstructionProperties(duration=MEASURE_TIME, error=0.02) for q in range(5)}
    target.add_instruction(Measure(), measure)
    target.add_instruction(Reset(), {(q,): None for q in range(5)})
    target.add_instruction(Delay(Parameter("t")), {(q,): None for q in range(5)})
    if control_flow:
        target.add_instruction(IfElseOp, name="if_else")
    target.qubit_properties = [
        QubitProperties(t1=T1[q], t2=T2[q], p1_given_0=P1_GIVEN_0[q], p0_given_1=P0_GIVEN_1[q])
        for q in range(5)
    ]
    return target


def one_qubit_target(
    *,
    t1: float | None = None,
    t2: float | None = None,
    p1_given_0: float | None = None,
    p0_given_1: float | None = None,
    measure_error: float | None = None,
    width: int = 1,
) -> Target:
    """Qubits of which little is known; gates are perfect and take no time."""
    target = Target(num_qubits=width, dt=1e-9)
    for gate in (XGate(), SXGate(), RZGate(Parameter("phi"))):
        target.add_instruction(
            gate, {(q,): InstructionProperties(duration=0.0) for q in range(width)}
        )
    target.add_instruction(
        Measure(),
        {(q,): InstructionProperties(duration=0.0, error=measure_error) for q in range(width)},
    )
    target.add_instruction(Delay(Parameter("t")), {(q,): None for q in range(width)})
    target.qubit_properties = [
        QubitProperties(t1=t1, t2=t2, p1_given_0=p1_given_0, p0_given_1=p0_given_1)
    ] * width
    return target


def random_circuit(seed: int, *, layers: int = 8) -> QuantumCircuit:
    """Basis gates in random places of the line, measured at the end."""
    rng = np.random.default_rng(seed)
    circuit = QuantumCircuit(5, 5)
    for _ in range(layers):
        for qubit in range(5):
            kind = rng.integers(4)
            if kind == 0:
                circuit.x(qubit)
            elif kind < 3:
                circuit.sx(qubit)
                circuit.rz(rng.uniform(0, 2 * np.pi), qubit)
        circuit.cx(*LINE[rng.integers(len(LINE))])
        circuit.cx(*LINE[rng.integers(len(LINE))])
    circuit.measure(range(5), range(5))
    return circuit


def frequency(counts: Mapping[str, int], key: str) -> float:
    """Share of an outcome in counts keyed by hex strings."""
    return counts.get(key, 0) / sum(counts.values())


def sigmas(probability: float, shots: int, *, times: float = 5.0) -> float:
    """How far a frequency may be from its probability: 5 sigma, one false alarm in 1.7 million."""
    return times * float(np.sqrt(max(probability * (1 - probability), 1.0 / shots) / shots))


def same_distribution(first: Mapping[str, int], second: Mapping[str, int]) -> float:
    """The p-value of a two-sample chi² test; outcomes seen less than 20 times are one class."""
    keys = sorted(set(first) | set(second))
    table = np.array([[counts.get(key, 0) for key in keys] for counts in (first, second)])
    rare = table.sum(axis=0) < 20
    merged = np.column_stack([table[:, ~rare], table[:, rare].sum(axis=1)])
    merged = merged[:, merged.sum(axis=0) > 0]
    return float(stats.chi2_contingency(merged, correction=False).pvalue)


def combined(pvalues: Sequence[float]) -> float:
    """One p-value of many independent tests (Fisher's method)."""
    return float(stats.combine_pvalues(pvalues, method="fisher").pvalue)
