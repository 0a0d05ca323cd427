"""One circuit through Aer, with the noise of the device, none, or the user's own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit.circuit import ControlFlowOp, QuantumCircuit
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel

from backline.contract.bound import check_bound
from backline.engines.gates.aer_noise import noise_model
from backline.engines.gates.bits import bits_from_hex
from backline.engines.gates.compact import compact
from backline.engines.gates.noise import DeviceNoise
from backline.engines.gates.translate import NoiseFinder, in_aers_words, without_waits
from backline.engines.gates.waits import Clock, with_waits
from backline.engines.outcomes import Outcomes
from backline.errors import CapabilityError, EngineError

if TYPE_CHECKING:
    from backline.engines.gates.engine import GateEngine


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What Aer gets.

    Attributes:
        circuit: In Aer's words, on the qubits that are simulated.
        model: The noise; None for none.
        qubits: For each qubit of the circuit the one of the device.
        unknown: Instructions that the device gives no duration for.
    """

    circuit: QuantumCircuit
    model: NoiseModel | None
    qubits: tuple[int, ...]
    unknown: tuple[str, ...] = ()


def run(engine: GateEngine, circuit: QuantumCircuit, *, shots: int, seed: int) -> Outcomes:
    """Run a circuit; see `GateEngine.run`."""
    started = time.perf_counter()
    _refuse(circuit)
    facts = _facts(engine)
    if not _measures(circuit):
        facts |= {"method": None, "measured": False}
        return Outcomes(shots=shots, metadata=facts)
    prepared = prepare(engine, circuit)
    ready = time.perf_counter()
    data, method = _simulate(engine, prepared, shots=shots, seed=seed)
    facts |= {
        "method": method,
        "measured": True,
        "qubits": list(prepared.qubits),
        "unknown_durations": list(prepared.unknown),
        "seconds": {"prepare": ready - started, "simulate": time.perf_counter() - ready},
    }
    if engine.memory:
        bits = bits_from_hex(data["memory"], circuit.num_clbits)
        return Outcomes(shots=shots, bits=bits, metadata=facts)
    counts = data["counts"]
    return Outcomes(
        shots=shots,
        bits=bits_from_hex(counts.keys(), circuit.num_clbits),
        repeats=np.fromiter(counts.values(), dtype=np.int64, count=len(counts)),
        metadata=facts,
    )


def prepare(engine: GateEngine, circuit: QuantumCircuit) -> Prepared:
    """Narrow a circuit, make its waits visible, and find its noise."""
    if engine.noise and engine.noise_model is not None:
        # Aer leaves idle qubits out by itself, and the user's noise keeps the device's numbers.
        return Prepared(
            circuit=in_aers_words(circuit, labels=True),
            model=engine.noise_model,
            qubits=tuple(range(circuit.num_qubits)),
        )
    narrow, qubits = compact(circuit)
    narrow = in_aers_words(narrow, labels=False)
    if not engine.noise:
        return Prepared(circuit=without_waits(narrow), model=None, qubits=qubits)
    device = DeviceNoise(engine.target)
    unknown: tuple[str, ...] = ()
    if engine.idle_noise:
        clock = Clock(device.duration, engine.target.dt)
        narrow = with_waits(narrow, qubits, clock)
        unknown = tuple(sorted(clock.unknown))
    else:
        narrow = without_waits(narrow)
    finder = NoiseFinder(device, qubits, engine.readout_noise)
    marked = finder.mark(narrow)
    return Prepared(
        circuit=marked, model=noise_model(finder.recipe()), qubits=qubits, unknown=unknown
    )


def _refuse(circuit: QuantumCircuit) -> None:
    check_bound(circuit)
    if any(block.num_vars or block.num_stretches for block in _blocks(circuit)):
        # Aer 0.18 ends the whole process on some of these, with no error to catch.
        raise CapabilityError(
            f"circuit {circuit.name!r} has run-time variables or stretches, which the gate "
            "engine does not run: use classical bits and registers in conditions"
        )


def _blocks(circuit: QuantumCircuit) -> Iterator[QuantumCircuit]:
    yield circuit
    for instruction in circuit.data:
        if isinstance(instruction.operation, ControlFlowOp):
            for block in instruction.operation.blocks:
                yield from _blocks(block)


def _measures(circuit: QuantumCircuit) -> bool:
    return any(
        instruction.operation.name == "measure"
        for block in _blocks(circuit)
        for instruction in block.data
    )


def _simulate(
    engine: GateEngine, prepared: Prepared, *, shots: int, seed: int
) -> tuple[dict[str, Any], str]:
    simulator = AerSimulator(method=engine.method or "automatic")
    try:
        result = simulator.run(
            prepared.circuit,
            noise_model=prepared.model,
            shots=shots,
            seed_simulator=seed,
            memory=engine.memory,
        ).result()
    except Exception as error:  # Aer raises AerError, RuntimeError, AttributeError, KeyError, …
        raise EngineError(
            f"Aer could not run circuit {prepared.circuit.name!r}: {error}"
        ) from error
    if not result.success:
        raise EngineError(_failure(prepared, result))
    return result.data(0), str(result.results[0].metadata.get("method", engine.method))


def _failure(prepared: Prepared, result: Any) -> str:
    text = result.results[0].status if result.results else result.status
    text = str(text).removeprefix("ERROR:").strip()
    message = f"Aer could not run circuit {prepared.circuit.name!r}: {text}"
    if "memory" in text:
        message += (
            f" (it acts on {len(prepared.qubits)} qubits. Use fewer, or method="
            "'matrix_product_state' where there is little entanglement; 'stabilizer' runs Clifford "
            "circuits without noise or with T2 <= T1 on all qubits)"
        )
    return message


def _facts(engine: GateEngine) -> dict[str, Any]:
    own = engine.noise and engine.noise_model is not None
    device = engine.noise and not own
    return {
        "engine": "gates",
        "noise": "user" if own else "device" if device else "none",
        "idle_noise": device and engine.idle_noise,
        "readout_noise": device and engine.readout_noise,
        "versions": _versions(),
    }


@lru_cache(maxsize=1)
def _cached_versions() -> tuple[tuple[str, str], ...]:
    return tuple((name, version(name)) for name in ("qiskit", "qiskit-aer"))


def _versions() -> dict[str, str]:
    return dict(_cached_versions())
