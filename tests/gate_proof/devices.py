"""A device with every gate of the bundled devices and more, and noise that shows."""

from __future__ import annotations

from typing import Literal

from qiskit.circuit import (
    BreakLoopOp,
    ContinueLoopOp,
    Delay,
    ForLoopOp,
    IfElseOp,
    Measure,
    Parameter,
    Reset,
    SwitchCaseOp,
    WhileLoopOp,
)
from qiskit.circuit.library import (
    CXGate,
    CZGate,
    ECRGate,
    IGate,
    RXGate,
    RZGate,
    RZZGate,
    SXGate,
    XGate,
)
from qiskit.transpiler import InstructionProperties

from backline.contract.properties import QubitProperties
from backline.contract.target import Target

Regime = Literal["below", "above", "pauli", "frames"]
"""T2 below T1 on every qubit; between T1 and 2 T1 on some; no T1 at all; and, for feedback that is
Pauli frames alone, no T1, readings that are wrong in both ways equally often, and perfect x."""

QUBITS = 5
DT = 2e-9 / 9
T1 = (40e-6, 25e-6, 60e-6, 35e-6, 50e-6)
T2: dict[Regime, tuple[float, ...]] = {
    "below": (30e-6, 25e-6, 20e-6, 10e-6, 45e-6),
    "above": (30e-6, 45e-6, 110e-6, 10e-6, 100e-6),  # the last is 2 T1
    "pauli": (30e-6, 45e-6, 60e-6, 10e-6, 100e-6),
    "frames": (30e-6, 45e-6, 60e-6, 10e-6, 100e-6),
}
P1_GIVEN_0 = (0.012, 0.050, 0.008, 0.030, 0.065)
P0_GIVEN_1 = (0.040, 0.015, 0.060, 0.090, 0.035)
ONE_QUBIT_ERROR = (6e-3, 1.4e-2, 1e-2, 3e-5, 1.8e-2)  # qubit 3: less than relaxation
ONE_QUBIT_TIME = 71e-9
TWO_QUBIT_TIME = 461e-9
MEASURE_TIME = 1.2e-6
RESET_TIME = 1.5e-6

EDGES = {
    "cx": {(0, 1): 3e-2, (1, 0): 3e-2, (1, 2): 2e-2, (4, 3): 1e-2},
    "ecr": {(1, 2): 4e-2, (3, 2): 2.5e-2},
    "cz": {(2, 3): 3.5e-2, (3, 2): 3.5e-2, (0, 1): 1e-2},
    "rzz": {(3, 4): 2e-2, (0, 1): 3e-2},
}
"""Two-qubit gates, on which qubits, with which error."""

CONTROL_FLOW = {
    "if_else": IfElseOp,
    "for_loop": ForLoopOp,
    "while_loop": WhileLoopOp,
    "switch_case": SwitchCaseOp,
    "break_loop": BreakLoopOp,
    "continue_loop": ContinueLoopOp,
}


def target(regime: Regime) -> Target:
    """Five qubits in a line.

    Args:
        regime: How T1 and T2 are.
    """
    made = Target(num_qubits=QUBITS, dt=DT)
    one = {
        (q,): InstructionProperties(duration=ONE_QUBIT_TIME, error=ONE_QUBIT_ERROR[q])
        for q in range(QUBITS)
    }
    free = {(q,): InstructionProperties(duration=0.0, error=0.0) for q in range(QUBITS)}
    made.add_instruction(XGate(), dict(free if regime == "frames" else one))
    for gate in (SXGate(), IGate(), RXGate(Parameter("theta"))):
        made.add_instruction(gate, dict(one))
    made.add_instruction(RZGate(Parameter("phi")), free)
    for gate in (CXGate(), ECRGate(), CZGate(), RZZGate(Parameter("theta"))):
        pairs = {
            pair: InstructionProperties(duration=TWO_QUBIT_TIME, error=error)
            for pair, error in EDGES[gate.name].items()
        }
        made.add_instruction(gate, pairs)
    for operation, duration in ((Measure(), MEASURE_TIME), (Reset(), RESET_TIME)):
        timed = {(q,): InstructionProperties(duration=duration) for q in range(QUBITS)}
        made.add_instruction(operation, timed)
    made.add_instruction(Delay(Parameter("t")), {(q,): None for q in range(QUBITS)})
    for name, operation in CONTROL_FLOW.items():
        made.add_instruction(operation, name=name)
    made.qubit_properties = [
        QubitProperties(
            t1=T1[q] if regime in ("below", "above") else None,
            t2=T2[regime][q],
            p1_given_0=P1_GIVEN_0[q],
            p0_given_1=(P1_GIVEN_0 if regime == "frames" else P0_GIVEN_1)[q],
        )
        for q in range(QUBITS)
    ]
    return made
