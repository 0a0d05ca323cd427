"""A backend of an author's own, whose experiments do what their metadata says."""

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Measure
from qiskit.circuit.library import XGate

from backline.backends import BackendBase, standard_options
from backline.contract import Option, Target
from backline.engines.outcomes import Outcomes

WIDTH = 3


class PanicException(BaseException):
    """As a parser with a Rust core raises it: no Exception."""


def toy_target():
    target = Target(num_qubits=WIDTH)
    for gate in (XGate(), Measure()):
        target.add_instruction(gate, {(qubit,): None for qubit in range(WIDTH)})
    return target


class Toy(BackendBase):
    """Reads every measured bit as 1 where its qubit had an odd number of x gates.

    A circuit's metadata may hold `entry` (given in place of outcomes), `raises` (raised), or
    `call` (called first).
    """

    def __init__(self, *, at_once=None, **options):
        super().__init__(name="toy", description="a toy", backend_version="7", **options)
        self._target = toy_target()
        self._at_once = at_once
        self.calls = []

    @property
    def target(self):
        return self._target

    @property
    def max_circuits(self):
        return self._at_once

    @classmethod
    def _default_options(cls):
        return standard_options(gain=Option(1.0, type=float, minimum=0, maximum=10))

    def execute(self, experiments, options):
        self.calls.append((tuple(experiments), options))
        for experiment in experiments:
            yield self.one(experiment, options)

    def one(self, experiment, options):
        circuit = experiment.program
        metadata = circuit.metadata or {}
        if "call" in metadata:
            metadata["call"]()
        if "raises" in metadata:
            raise metadata["raises"]
        if "entry" in metadata:
            return metadata["entry"]
        values = [0] * circuit.num_qubits
        bits = np.zeros((options.shots, circuit.num_clbits), dtype=np.uint8)
        for step in circuit.data:
            qubit = circuit.find_bit(step.qubits[0]).index
            if step.operation.name == "x":
                values[qubit] ^= 1
            elif step.operation.name == "measure":
                bits[:, circuit.find_bit(step.clbits[0]).index] = values[qubit]
        return Outcomes(shots=options.shots, bits=bits, metadata={"engine": "toy"})


def flips(*qubits, name=None, **metadata):
    """A circuit that flips some of the toy's qubits and measures all."""
    circuit = QuantumCircuit(WIDTH, WIDTH, name=name, metadata=metadata)
    for qubit in qubits:
        circuit.x(qubit)
    circuit.measure(range(WIDTH), range(WIDTH))
    return circuit
