"""Aer as one who knows it well would use it: used qubits alone, and their noise by hand."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import SuperOp, process_fidelity
from qiskit_aer.noise import (
    NoiseModel,
    QuantumError,
    ReadoutError,
    depolarizing_error,
    thermal_relaxation_error,
)

_FREE = {"measure", "barrier", "rz", "delay"}


def compacted(circuit: QuantumCircuit) -> tuple[QuantumCircuit, list[int]]:
    """The circuit on the qubits on which gates act or that are measured; and which these are."""
    used = sorted(
        {circuit.find_bit(q).index for i in circuit.data if i.name != "barrier" for q in i.qubits}
    )
    places = {qubit: place for place, qubit in enumerate(used)}
    small = QuantumCircuit(len(used), circuit.num_clbits, name=circuit.name)
    for item in circuit.data:
        if item.name != "barrier":
            qubits = [places[circuit.find_bit(qubit).index] for qubit in item.qubits]
            clbits = [circuit.find_bit(clbit).index for clbit in item.clbits]
            small.append(item.operation, qubits, clbits)
    return small, used


def noise_of(circuits: list[QuantumCircuit], used: list[int], fake: Any, *, pauli: bool) -> Any:
    """Noise of the gates that compact circuits use; their qubit k is `used[k]` of the device.

    Args:
        circuits: Compact ones, all on the same qubits.
        used: The qubits of the device.
        fake: Whose errors, durations, T1 and T2 count.
        pauli: Whether T1 and T2 do not count: gate errors are then depolarizing alone.
    """
    model = NoiseModel()
    places = {
        (item.name, tuple(circuit.find_bit(qubit).index for qubit in item.qubits))
        for circuit in circuits
        for item in circuit.data
        if item.name not in _FREE
    }
    for name, qubits in sorted(places):
        known = fake.target[name][tuple(used[qubit] for qubit in qubits)]
        times = [fake.target.qubit_properties[used[qubit]] for qubit in qubits]
        model.add_quantum_error(gate_error(known, times, pauli=pauli), name, qubits)
    for place, qubit in enumerate(used):
        model.add_readout_error(_readout(fake, qubit), [place])
    return model


def whole_device(fake: Any) -> NoiseModel:
    """Noise of every gate of a device without T1 and T2, as `NoiseModel.from_backend` makes it."""
    return NoiseModel.from_backend(fake, thermal_relaxation=False)


def gate_error(known: Any, times: list[Any], *, pauli: bool) -> QuantumError:
    """Relaxation during the gate, after as much depolarizing as its error has beyond."""
    size, dimension = len(times), 2 ** len(times)
    before, relaxed = 1.0, None
    if not pauli:
        each = [
            thermal_relaxation_error(one.t1, min(one.t2, 2 * one.t1), known.duration)
            for one in times
        ]
        relaxed = reduce(lambda low, high: low.expand(high), each)
        before = process_fidelity(SuperOp(relaxed))
    wanted = ((dimension + 1) * (1 - known.error) - 1) / dimension
    strength = max(0.0, (before - wanted) / (before - dimension**-2))
    depolarizing = depolarizing_error(strength, size)
    return depolarizing if relaxed is None else depolarizing.compose(relaxed)


def _readout(fake: Any, qubit: int) -> ReadoutError:
    data = fake.properties().to_dict()["qubits"][qubit]
    values = {entry["name"]: entry["value"] for entry in data}
    zero, one = values["prob_meas1_prep0"], values["prob_meas0_prep1"]
    return ReadoutError(np.array([[1 - zero, zero], [one, 1 - one]]))
