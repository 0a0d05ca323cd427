"""The circuits that are measured, in the gates of a device; both sides get the same objects."""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Parameter

_ERROR = 0.1  # pairs that are worse are kept out of lines


def bell(fake: Any) -> list[QuantumCircuit]:
    """Two entangled qubits, measured."""
    first, second = line(fake, 2)
    circuit = QuantumCircuit(fake.num_qubits, 2, name="bell")
    circuit.h(first)
    circuit.cx(first, second)
    circuit.measure([first, second], [0, 1])
    return [_compiled(circuit, fake)]


def bell_all_measured(fake: Any) -> list[QuantumCircuit]:
    """The same, and every other qubit of the device measured too."""
    first, second = line(fake, 2)
    circuit = QuantumCircuit(fake.num_qubits, name="bell, all measured")
    circuit.h(first)
    circuit.cx(first, second)
    circuit.measure_all()
    return [_compiled(circuit, fake)]


def layered(fake: Any, width: int, layers: int = 10, seed: int = 1) -> QuantumCircuit:
    """Random rotations of all qubits of a line, then a brickwork of entangling gates."""
    rng = np.random.default_rng(seed)
    qubits = line(fake, width)
    circuit = QuantumCircuit(fake.num_qubits, width, name=f"layered {width}")
    for layer in range(layers):
        for qubit in qubits:
            for gate in ("rz", "sx", "rz", "sx", "rz"):
                if gate == "rz":
                    circuit.rz(float(rng.uniform(0, 2 * np.pi)), qubit)
                else:
                    circuit.sx(qubit)
        for place in range(layer % 2, width - 1, 2):
            circuit.cx(qubits[place], qubits[place + 1])
    circuit.measure(qubits, range(width))
    return circuit if "cx" in fake.target.operation_names else _compiled(circuit, fake)


def small_ones(fake: Any, number: int = 1000, turn: int = 0) -> list[QuantumCircuit]:
    """Different circuits of five qubits and four layers; other ones in each turn."""
    seeds = range(number * turn, number * (turn + 1))
    return [layered(fake, 5, layers=4, seed=seed) for seed in seeds]


def unbound(fake: Any) -> list[QuantumCircuit]:
    """One of these, with an angle in all of its rz."""
    (circuit,) = small_ones(fake, 1)
    angle = Parameter("angle")
    turned = circuit.copy_empty_like()
    for item in circuit.data:
        if item.name == "rz":
            turned.rz(angle + item.params[0], *item.qubits)
        else:
            turned.append(item)
    return [turned]


def angles(circuits: list[QuantumCircuit], number: int = 1000) -> list[dict[Any, Any]]:
    """Values for their parameters, in the form of Aer."""
    values = np.linspace(0, 2 * np.pi, number).tolist()
    return [dict.fromkeys(circuit.parameters, values) for circuit in circuits]


def clifford(fake: Any, layers: int = 10, seed: int = 1) -> list[QuantumCircuit]:
    """All qubits of the device: random Clifford rotations, and ecr on pairs that do not touch."""
    rng = np.random.default_rng(seed)
    width = fake.num_qubits
    circuit = QuantumCircuit(width, width, name="clifford")
    pairs = [pair for pair, known in fake.target["ecr"].items() if known.error < _ERROR]
    for _ in range(layers):
        for qubit in range(width):
            circuit.rz(float(rng.integers(4)) * np.pi / 2, qubit)
            circuit.sx(qubit)
        taken: set[int] = set()
        for index in rng.permutation(len(pairs)):
            if not taken & set(pairs[index]):
                taken |= set(pairs[index])
                circuit.ecr(*pairs[index])
    circuit.measure(range(width), range(width))
    return [circuit]


def line(fake: Any, width: int) -> list[int]:
    """Neighbouring qubits of the device, found depth first, on pairs that are not broken."""
    name = next(name for name in ("cx", "ecr", "cz") if name in fake.target.operation_names)
    neighbours: dict[int, set[int]] = {qubit: set() for qubit in range(fake.num_qubits)}
    for (first, second), known in fake.target[name].items():
        if known.error < _ERROR:
            neighbours[first].add(second)
            neighbours[second].add(first)
    for start in neighbours:
        stack = [[start]]
        while stack:
            path = stack.pop()
            if len(path) == width:
                return path
            stack += [[*path, after] for after in sorted(neighbours[path[-1]] - set(path))]
    raise ValueError(f"the device has no line of {width} qubits")


def _compiled(circuit: QuantumCircuit, fake: Any) -> QuantumCircuit:
    """Gates of the device, every qubit where it is."""
    return transpile(
        circuit,
        fake,
        initial_layout=list(range(fake.num_qubits)),
        optimization_level=1,
        seed_transpiler=1,
    )
