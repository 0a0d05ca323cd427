"""One program on one backend: fit, transpile, run, and what came out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qiskit import QuantumCircuit, transpile

from backline.backends import DeviceBackend
from backline.cli.limits import ProgramLimits, check_size
from backline.errors import InputError


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What was asked of a run.

    Attributes:
        options: Options of the backend's `run`.
        optimization_level: Of the transpiler; None where programs run as they are.
        seed: Of the transpiler; None to let it draw one.
        timeout: Longest wait for one program's job in s, None for no limit.
    """

    options: Mapping[str, Any]
    optimization_level: int | None
    seed: int | None
    timeout: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What came out of one program.

    Attributes:
        counts: By outcome, registers parted by a space.
        memory: One outcome a shot, None where it was not asked for.
        shots: How often it ran.
        seed: Of its random numbers.
        metadata: What the engine says of the run.
        operations: How often each instruction was run.
        depth: Of the circuit that was run.
        qubits: The device's qubits that were used.
        seconds: How long transpiling and running took.
    """

    counts: Mapping[str, int]
    memory: list[str] | None
    shots: int
    seed: int | None
    metadata: Mapping[str, Any]
    operations: Mapping[str, int]
    depth: int
    qubits: tuple[int, ...]
    seconds: Mapping[str, float] = field(default_factory=dict)


def execute(circuit: QuantumCircuit, backend: DeviceBackend, settings: RunSettings) -> Finished:
    """Run a circuit.

    A Ctrl-C cancels the job before it goes on as `KeyboardInterrupt`.

    Args:
        circuit: As it was read.
        backend: Where it runs.
        settings: How.

    Raises:
        InputError: If the circuit is too wide or measures nothing.
        BacklineError: What the backend finds wrong, and what its job fails with.
    """
    _check_fits(circuit, backend)
    start = time.perf_counter()
    fitted = circuit
    if settings.optimization_level is not None:
        fitted = transpile(
            circuit,
            backend,
            optimization_level=settings.optimization_level,
            seed_transpiler=settings.seed,
        )
        check_size(fitted, ProgramLimits())
    transpiled = time.perf_counter()
    job = backend.run(fitted, **settings.options)
    try:
        job.wait_for_final_state(settings.timeout, wait=0.2)
        result = job.result()
    except BaseException:
        job.cancel()
        raise
    end = time.perf_counter()
    experiment = result.results[0]
    memory = result.get_memory(0) if settings.options.get("memory") else None
    return Finished(
        counts=dict(result.get_counts(0)),
        memory=memory,
        shots=experiment.shots,
        seed=getattr(experiment, "seed_simulator", None),
        metadata=getattr(experiment, "metadata", None) or {},
        operations=dict(fitted.count_ops()),
        depth=fitted.depth(),
        qubits=_used(fitted),
        seconds={"transpile": transpiled - start, "run": end - transpiled},
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
