"""Write sequences_1_4.json: circuits with times, and what Qiskit 1.4's `sequence` makes of them.

The device is manila. Repeat it in an environment with `qiskit==1.4.*` and
`qiskit-ibm-runtime==0.34.0`:

    python tests/lowering/write_sequences.py
"""

from __future__ import annotations

import json
import random
import sys
import warnings
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")

sys.path.insert(0, str(Path(__file__).parent))

import qiskit  # noqa: E402
import toy  # noqa: E402
from qiskit import QuantumCircuit, transpile  # noqa: E402
from qiskit_ibm_runtime.fake_provider import FakeManilaV2  # noqa: E402

QUBITS = 5
EDGES = [(0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2), (3, 4), (4, 3)]


def main() -> None:
    backend = FakeManilaV2()
    golden: list[Any] = []
    for seed in range(16):
        for method in ("alap", "asap"):
            timed = transpile(
                _random(seed),
                backend,
                scheduling_method=method,
                optimization_level=0,
                initial_layout=list(range(QUBITS)),
            )
            made = qiskit.compiler.sequence(timed, backend)
            golden.append(
                {
                    "name": f"random {seed}, {method}",
                    "operations": [_operation(timed, item) for item in timed.data],
                    "starts": timed.op_start_times,
                    "schedule": toy.facts(made),
                }
            )
    path = Path(__file__).with_name("sequences_1_4.json")
    content = {"qiskit": qiskit.__version__, "circuits": golden}
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
    print(f"{path.name}: {len(golden)} circuits, {path.stat().st_size / 1e3:.0f} kB")


def _random(seed: int) -> QuantumCircuit:
    source = random.Random(seed)
    circuit = QuantumCircuit(QUBITS, QUBITS)
    for _ in range(14):
        kind = source.choice(["x", "sx", "rz", "cx", "cx", "delay", "barrier"])
        qubit = source.randrange(QUBITS)
        if kind == "cx":
            circuit.cx(*source.choice(EDGES))
        elif kind == "rz":
            circuit.rz(round(source.uniform(-3, 3), 3), qubit)
        elif kind == "delay":
            circuit.delay(16 * source.randint(1, 20), qubit, "dt")
        elif kind == "barrier":
            circuit.barrier(source.sample(range(QUBITS), source.randint(2, QUBITS)))
        else:
            getattr(circuit, kind)(qubit)
    measured = source.sample(range(QUBITS), source.randint(0, QUBITS))
    circuit.barrier()
    for slot, qubit in enumerate(measured):
        circuit.measure(qubit, slot)
    return circuit


def _operation(circuit: Any, item: Any) -> list[Any]:
    operation = item.operation
    qubits = [circuit.find_bit(bit).index for bit in item.qubits]
    if operation.name == "measure":
        return [operation.name, qubits, [circuit.find_bit(bit).index for bit in item.clbits]]
    if operation.name == "delay":
        return [operation.name, qubits, [int(operation.duration)]]
    return [operation.name, qubits, [float(value) for value in operation.params]]


if __name__ == "__main__":
    main()
