"""Compiling circuits for a backend, those that carry pulses included."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import qiskit
from qiskit import QuantumCircuit
from qiskit.transpiler import TranspilerError

from backline.contract.pulse_gate_targets import including
from backline.contract.pulse_gates import carries_pulses, pulse_gates, read_pulse_gate
from backline.contract.run_calibrations import RunCalibrations
from backline.errors import InputError


def transpile(
    circuits: QuantumCircuit | Iterable[QuantumCircuit],
    backend: Any,
    *,
    calibrations: Any = None,
    **options: Any,
) -> Any:
    """As `qiskit.transpile`, for circuits that carry pulses too.

    Pulse gates play on the channels of certain qubits: the compiler is told that the device has
    them there, and where no `initial_layout` is given, the circuit's qubits that have pulse gates
    are placed on the device's qubits that these are for. Circuits without pulses are compiled by
    Qiskit as they are.

    Args:
        circuits: One or several.
        backend: A backend.
        calibrations: As the option of `run`: gates that only these know are kept as they are.
        **options: What else `qiskit.transpile` takes.

    Returns:
        The compiled circuit, or a list of them for several.

    Raises:
        InputError: If pulse gates do not fit the device or each other, or routing moves a qubit
            away from the channels that its pulse gate plays on.
    """
    if isinstance(circuits, QuantumCircuit):
        return _transpiled(circuits, backend, calibrations, options)
    return [_transpiled(circuit, backend, calibrations, options) for circuit in circuits]


def _transpiled(
    circuit: QuantumCircuit, backend: Any, calibrations: Any, options: dict[str, Any]
) -> Any:
    pulses = carries_pulses(circuit)
    if not pulses and calibrations is None:
        return qiskit.transpile(circuit, backend, **options)
    target = options.get("target") or backend.target
    if calibrations is not None:
        target = RunCalibrations.of(calibrations, target, device_name=str(backend.name)).target
    options = {**options, "target": including(target, [circuit])}
    if pulses and options.get("initial_layout") is None:
        options["initial_layout"] = _layout(circuit, target.num_qubits)
    try:
        compiled = qiskit.transpile(circuit, **options)
    except TranspilerError as error:
        if not pulses:
            raise
        raise InputError(
            f"circuit {circuit.name!r} cannot be compiled with its pulse gates "
            f"({_gates(circuit)}), which stay on their qubits: {error.message}"
        ) from error
    for instruction in pulse_gates(compiled):
        read_pulse_gate(instruction, _places(compiled, instruction))
    return compiled


def _layout(circuit: QuantumCircuit, number: int | None) -> list[int]:
    """A device's qubit for each of the circuit's: pulse gates say theirs, others stay near."""
    placed: dict[int, int] = {}
    for instruction in pulse_gates(circuit):
        if any(bit not in circuit.qubits for bit in instruction.qubits):
            continue  # inside control flow, which no pulse engine runs
        gate = read_pulse_gate(instruction)
        for here, there in zip(_places(circuit, instruction), gate.qubits, strict=True):
            if placed.setdefault(here, there) != there:
                raise InputError(
                    f"qubit {here} of circuit {circuit.name!r} has pulse gates for the device's "
                    f"qubits {placed[here]} and {there}: it can be on one of them"
                )
    taken = list(placed.values())
    if len(set(taken)) < len(taken):
        raise InputError(
            f"two qubits of circuit {circuit.name!r} have pulse gates for one qubit of the "
            f"device: {placed}"
        )
    count = max(number or 0, circuit.num_qubits, *(qubit + 1 for qubit in taken))
    free = [qubit for qubit in range(count) if qubit not in set(taken)]
    for qubit in range(circuit.num_qubits):
        if qubit not in placed:
            placed[qubit] = qubit if qubit in free else free[0]
            free.remove(placed[qubit])
    return [placed[qubit] for qubit in range(circuit.num_qubits)]


def _places(circuit: QuantumCircuit, instruction: Any) -> tuple[int, ...]:
    return tuple([circuit.find_bit(bit).index for bit in instruction.qubits])


def _gates(circuit: QuantumCircuit) -> str:
    found = {(gate.name, read_pulse_gate(gate).qubits): None for gate in pulse_gates(circuit)}
    return ", ".join(f"{name} on {qubits}" for name, qubits in found)
