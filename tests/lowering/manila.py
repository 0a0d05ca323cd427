"""Circuits on the gates of manila, the same for us and for Qiskit 1.4, as plain data."""

from __future__ import annotations

import random
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

QUBITS = 5
EDGES = ((0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2), (3, 4), (4, 3))
DT = 2.2222222222222221e-10
"""Length of a sample, in s."""

Operation = list[Any]  # [name, qubits, values]


def circuits() -> dict[str, list[Operation]]:
    """Circuits by name."""
    return _by_hand() | _of_edges() | {f"random {seed}": _random(seed) for seed in range(30)}


def _by_hand() -> dict[str, list[Operation]]:
    return {
        "empty": [],
        "x on each": [_gate("x", q) for q in range(QUBITS)],
        "virtual alone": [_rz(0.5, 0), _rz(-0.25, 0), _rz(3.0, 4)],
        "virtual between": [_gate("sx", 2), _rz(1.25, 2), _gate("sx", 2), _rz(-2.5, 2)],
        "hadamards": [item for q in range(QUBITS) for item in _h(q)],
        "ghz": [*_h(0), _cx(0, 1), _cx(1, 2), _cx(2, 3), _cx(3, 4), *_measured(*range(QUBITS))],
        "measured alone": _measured(3),
        "two of the group": [_gate("x", 4), *_measured(4, 1)],
        "into other slots": [_gate("sx", 1), ["measure", [1], [4]], ["measure", [3], [0]]],
        "measured one after the other": [*_measured(0), _barrier(0, 2), *_measured(2)],
        "measured, used, measured": [*_measured(0, 2), _gate("x", 0), ["measure", [0], [1]]],
        "used while others are measured": [*_measured(0), _gate("x", 3), _gate("x", 3)],
        "barrier in the middle": [_gate("x", 0), _barrier(0, 1, 2), _gate("x", 1), _cx(2, 3)],
        "barrier over all": [_cx(0, 1), _barrier(*range(QUBITS)), *_measured(*range(QUBITS))],
        "barrier after a measurement": [*_measured(1), _barrier(1, 4), _gate("x", 4)],
        "delays in dt": [_gate("x", 0), _delay(0, 160, "dt"), _gate("x", 0), _delay(1, 320, "dt")],
        "delays in ns": [_gate("x", 2), _delay(2, 3200 * DT * 1e9, "ns"), _gate("sx", 2)],
        "delays in us": [_cx(3, 4), _delay(4, 16000 * DT * 1e6, "us"), *_measured(4, 3)],
        "delays in s": [_delay(1, 800 * DT, "s"), _gate("x", 1), _delay(1, 16 * DT, "s")],
        "delay of nothing": [_gate("x", 0), _delay(0, 0, "dt"), _gate("x", 0)],
        "ramsey": [*_h(0), _delay(0, 4800, "dt"), _rz(0.7, 0), *_h(0), *_measured(0)],
        "echo": [*_h(1), _delay(1, 640, "dt"), _gate("x", 1), _delay(1, 640, "dt"), *_h(1)],
        "by a parameter": [_gate("sx", 0), ["rz by parameter", [0], [0.75]], _gate("sx", 0)],
        "by an expression": [
            _gate("sx", 1),
            ["rz by expression", [1], [0.4]],
            _cx(1, 2),
            ["rz by expression", [2], [-1.3]],
            *_measured(1, 2),
        ],
        "swap": [_cx(1, 2), _cx(2, 1), _cx(1, 2)],
        "id waits": [_gate("id", 0), _gate("x", 0), _gate("id", 1)],
    }


def _of_edges() -> dict[str, list[Operation]]:
    return {f"bell on {a} and {b}": [*_h(a), _cx(a, b), *_measured(a, b)] for a, b in EDGES} | {
        f"phases around cx on {a} and {b}": [_rz(0.3, a), _cx(a, b), _rz(0.9, b)] for a, b in EDGES
    }


def _gate(name: str, *qubits: int) -> Operation:
    return [name, list(qubits), []]


def _rz(angle: float, qubit: int) -> Operation:
    return ["rz", [qubit], [angle]]


def _cx(control: int, target: int) -> Operation:
    return ["cx", [control, target], []]


def _h(qubit: int) -> list[Operation]:
    half = 1.5707963268  # Qiskit 1.4 rounds to ten decimals
    return [_rz(half, qubit), _gate("sx", qubit), _rz(half, qubit)]


def _measured(*qubits: int) -> list[Operation]:
    return [["measure", [q], [q]] for q in qubits]


def _barrier(*qubits: int) -> Operation:
    return ["barrier", list(qubits), []]


def _delay(qubit: int, time: float, unit: str) -> Operation:
    return ["delay", [qubit], [time, unit]]


def _random(seed: int) -> list[Operation]:
    rng = random.Random(f"manila {seed}")
    made: list[Operation] = []
    for _ in range(rng.randint(5, 25)):
        q = rng.randrange(QUBITS)
        kind = rng.choice(("x", "sx", "rz", "cx", "cx", "delay", "barrier", "measure"))
        if kind == "cx":
            made.append(_cx(*rng.choice(EDGES)))
        elif kind == "rz":
            made.append(
                ["rz by parameter" if q == 2 else "rz", [q], [round(rng.uniform(-3, 3), 3)]]
            )
        elif kind == "delay":
            made.append(_delay(q, 16 * rng.randint(1, 40), "dt"))
        elif kind == "barrier":
            made.append(_barrier(*rng.sample(range(QUBITS), rng.randint(2, QUBITS))))
        elif kind == "measure":
            # A slot always goes to the same qubit: Qiskit 1.4 lets others collide in time.
            made += _measured(q)
        else:
            made.append(_gate(kind, q))
    return made


_SAMPLES = {"dt": 1.0, "ns": 1e-9 / DT, "us": 1e-6 / DT, "s": 1 / DT}


def build(operations: list[Operation], *, delays_in_dt: bool = False) -> QuantumCircuit:
    """The circuit of some operations, with its parameters assigned."""
    circuit = QuantumCircuit(QUBITS, QUBITS)
    values: dict[Parameter, float] = {}
    for number, (name, qubits, given) in enumerate(operations):
        if name == "measure":
            circuit.measure(qubits[0], given[0])
        elif name == "delay":
            time, unit = given
            if delays_in_dt:
                time, unit = round(time * _SAMPLES[unit]), "dt"
            circuit.delay(time, qubits[0], unit)
        elif name == "barrier":
            circuit.barrier(qubits)
        elif name.startswith("rz by"):
            angle = Parameter(f"angle{number}")
            values[angle] = given[0]
            circuit.rz(angle if name == "rz by parameter" else 2 * angle - 0.5, qubits[0])
        else:
            getattr(circuit, name)(*given, *qubits)
    return circuit.assign_parameters(values)
