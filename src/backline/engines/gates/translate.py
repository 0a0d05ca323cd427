"""A circuit in Aer's words, and the recipe of the noise that it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from qiskit.circuit import CircuitInstruction, Clbit, ControlFlowOp, QuantumCircuit
from qiskit.circuit.library import IGate, UnitaryGate
from qiskit.exceptions import QiskitError
from qiskit.quantum_info import Operator
from qiskit_aer import AerSimulator

from backline.engines.gates.aer_noise import Recipe
from backline.engines.gates.blocks import rebuilt
from backline.engines.gates.channels import GateNoise, ReadoutNoise, gate_noise
from backline.engines.gates.facts import TICK
from backline.engines.gates.noise import DeviceNoise
from backline.errors import CapabilityError
from backline.units import to_seconds


@lru_cache(maxsize=1)
def known_names() -> frozenset[str]:
    """Names of the instructions that Aer runs as they are."""
    return frozenset(AerSimulator().operation_names)


def in_aers_words(circuit: QuantumCircuit, *, labels: bool) -> QuantumCircuit:
    """Give Aer the matrix of each gate that it does not know, labelled with the gate's name.

    Args:
        circuit: Any circuit.
        labels: Whether labels stay. Aer looks a gate's noise up by its label first, so a label
            that happens to be the name of a gate would give it that gate's noise.

    Raises:
        CapabilityError: If there is a gate without a matrix.
    """
    return _each(circuit, lambda instruction: _known(instruction, labels))


@dataclass(slots=True)
class NoiseFinder:
    """Walks through a circuit and writes down which noise it needs.

    Attributes:
        device: Where noise is looked up.
        qubits: For each qubit of the circuit the one of the device.
        readout: Whether readout noise is wanted.
    """

    device: DeviceNoise
    qubits: tuple[int, ...]
    readout: bool
    _gates: dict[tuple[str, tuple[int, ...]], GateNoise | None] = field(default_factory=dict)
    _readouts: dict[int, ReadoutNoise | None] = field(default_factory=dict)

    def mark(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """The circuit with each delay as a labelled identity that carries its relaxation."""
        return self._mark(circuit, tuple(range(circuit.num_qubits)))

    def recipe(self) -> Recipe:
        """The noise of all circuits that were marked."""
        gates = [(*key, noise) for key, noise in self._gates.items() if noise is not None]
        readouts = [(qubit, noise) for qubit, noise in self._readouts.items() if noise is not None]
        return Recipe(
            tuple(sorted(gates, key=lambda gate: gate[:2])),
            tuple(sorted(readouts, key=lambda readout: readout[0])),
        )

    def _mark(self, circuit: QuantumCircuit, outer: tuple[int, ...]) -> QuantumCircuit:
        places = dict(zip(circuit.qubits, outer, strict=True))

        def marked(instruction: CircuitInstruction) -> CircuitInstruction | None:
            qubits = tuple(places[qubit] for qubit in instruction.qubits)
            operation = instruction.operation
            if isinstance(operation, ControlFlowOp):
                blocks = [self._mark(block, qubits) for block in operation.blocks]
                return _with(instruction, operation.replace_blocks(blocks))
            if operation.name == "delay":
                label = self._wait(operation, qubits[0])
                return None if label is None else _with(instruction, IGate(label=label))
            if operation.name == "measure":
                self._read(qubits[0])
            else:
                self._gate(_noise_name(operation), qubits)
            return instruction

        return _each(circuit, marked)

    def _gate(self, name: str, qubits: tuple[int, ...]) -> None:
        if (name, qubits) not in self._gates:
            places = tuple(self.qubits[qubit] for qubit in qubits)
            self._gates[name, qubits] = self.device.gate(name, places)

    def _read(self, qubit: int) -> None:
        if self.readout and qubit not in self._readouts:
            self._readouts[qubit] = self.device.readout(self.qubits[qubit])

    def _wait(self, operation: Any, qubit: int) -> str | None:
        ticks = round(to_seconds(float(operation.duration), operation.unit) / TICK)
        key = (f"wait {ticks} fs", (qubit,))
        if key not in self._gates:
            relaxation = self.device.relaxation(self.qubits[qubit], ticks * TICK)
            self._gates[key] = gate_noise(None, (relaxation,))
        return key[0] if self._gates[key] is not None else None


def closed(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit with a measurement at its end of every qubit that control flow acts on.

    Aer 0.18 cuts off what no later measurement depends on, and among it the places to which
    control flow jumps. The additional outcomes go to a clbit of their own, after all others.
    """
    flows = [item for item in circuit.data if isinstance(item.operation, ControlFlowOp)]
    acted_on = set().union(*(item.qubits for item in flows))
    if not acted_on:
        return circuit
    longer = circuit.copy()
    longer.add_bits([Clbit()])
    for qubit in circuit.qubits:
        if qubit in acted_on:
            longer.measure(qubit, longer.clbits[-1])
    return longer


def without_waits(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit without delays and barriers, which do nothing by themselves."""
    return _each(circuit, _busy)


def _busy(instruction: CircuitInstruction) -> CircuitInstruction | None:
    operation = instruction.operation
    if isinstance(operation, ControlFlowOp):
        blocks = [without_waits(block) for block in operation.blocks]
        return _with(instruction, operation.replace_blocks(blocks))
    return None if operation.name in ("delay", "barrier") else instruction


def _each(
    circuit: QuantumCircuit, change: Callable[[CircuitInstruction], CircuitInstruction | None]
) -> QuantumCircuit:
    changed = (change(instruction) for instruction in circuit.data)
    return rebuilt(circuit, (i for i in changed if i is not None), circuit.qubits)


def _known(instruction: CircuitInstruction, labels: bool) -> CircuitInstruction:
    operation = instruction.operation
    if isinstance(operation, ControlFlowOp):
        blocks = [in_aers_words(block, labels=labels) for block in operation.blocks]
        return _with(instruction, operation.replace_blocks(blocks))
    if operation.name == "barrier":
        return instruction
    if operation.name not in known_names():
        return _with(instruction, UnitaryGate(_matrix(operation), label=operation.name))
    if labels or getattr(operation, "label", None) is None:
        return instruction
    operation = operation.to_mutable()
    operation.label = None
    return _with(instruction, operation)


def _matrix(operation: Any) -> Any:
    try:
        return Operator(operation).data
    except (QiskitError, TypeError, ValueError) as error:
        raise CapabilityError(
            f"the gate engine cannot run {operation.name!r}: it is neither an instruction of Aer "
            "nor a gate with a matrix or a definition",
            instruction=operation.name,
        ) from error


def _noise_name(operation: Any) -> str:
    """A matrix in place of a gate has the gate's name as its label."""
    return operation.label or operation.name


def _with(instruction: CircuitInstruction, operation: Any) -> CircuitInstruction:
    return CircuitInstruction(operation, instruction.qubits, instruction.clbits)
