"""One program on one backend: fit, transpile, run, and what came out."""

from __future__ import annotations

import time
from collections.abc import Mapping

from qiskit import QuantumCircuit, transpile

from backline.backends import DeviceBackend
from backline.cli.limits import ProgramLimits, check_size
from backline.cli.settings import Finished, RunSettings
from backline.contract.result import Result
from backline.errors import InputError


def execute(circuit: QuantumCircuit, backend: DeviceBackend, settings: RunSettings) -> Finished:
    """Run a circuit.

    Args:
        circuit: As it was read.
        backend: Where it runs.
        settings: How.

    Raises:
        InputError: If the circuit is too wide or measures nothing.
        BacklineError: What the backend finds wrong, and what its job fails with.
    """
    start = time.perf_counter()
    fitted = compiled(circuit, backend, settings)
    transpiled = time.perf_counter()
    result = backend.run(fitted, **settings.options).result()
    end = time.perf_counter()
    seconds = {"transpile": transpiled - start, "run": end - transpiled}
    return finished(result, 0, fitted, seconds)


def compiled(
    circuit: QuantumCircuit, backend: DeviceBackend, settings: RunSettings
) -> QuantumCircuit:
    """A circuit as it runs.

    Args:
        circuit: As it was read.
        backend: Where it runs.
        settings: How.

    Raises:
        InputError: If the circuit is too wide or measures nothing.
    """
    _check_fits(circuit, backend)
    if settings.optimization_level is None:
        return circuit
    fitted = transpile(
        circuit,
        backend,
        optimization_level=settings.optimization_level,
        seed_transpiler=settings.seed,
    )
    check_size(fitted, ProgramLimits())
    return fitted


def finished(
    result: Result, index: int, fitted: QuantumCircuit, seconds: Mapping[str, float]
) -> Finished:
    """What came out of one program of a job.

    Args:
        result: Of the job.
        index: Of the program.
        fitted: The circuit that ran.
        seconds: How long what took.
    """
    experiment = result.results[index]
    memory = result.get_memory(index) if hasattr(experiment.data, "memory") else None
    return Finished(
        counts=dict(result.get_counts(index)),
        memory=memory,
        shots=experiment.shots,
        seed=getattr(experiment, "seed_simulator", None),
        metadata=getattr(experiment, "metadata", None) or {},
        operations=dict(fitted.count_ops()),
        depth=fitted.depth(),
        qubits=_used(fitted),
        seconds=seconds,
    )


def _check_fits(circuit: QuantumCircuit, backend: DeviceBackend) -> None:
    if circuit.num_qubits > backend.num_qubits:
        raise InputError(
            f"needs {circuit.num_qubits} qubits; device {backend.name!r} has {backend.num_qubits}"
        )
    if not circuit.num_clbits:
        raise InputError("measures nothing: it has no classical bits")


def _used(circuit: QuantumCircuit) -> tuple[int, ...]:
    index = {bit: k for k, bit in enumerate(circuit.qubits)}
    used = {index[bit] for item in circuit.data for bit in item.qubits if item.name != "barrier"}
    return tuple(sorted(used))
