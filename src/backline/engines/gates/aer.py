"""One circuit through Aer, with the noise of the device, none, or the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit
from qiskit.transpiler import Target
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel

from backline.engines.gates.aer_noise import noise_model
from backline.engines.gates.bits import bits_from_hex
from backline.engines.gates.compact import compact
from backline.engines.gates.delays import with_waits
from backline.engines.gates.noise import DeviceNoise
from backline.engines.gates.translate import NoiseFinder, closed, in_aers_words, without_waits
from backline.engines.gates.waits import Clock
from backline.errors import EngineError


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


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What Aer gave back.

    Attributes:
        bits: uint8 array (rows, clbits).
        repeats: int64 array (rows,): how often each row came; None where each is one shot. Rows
            may be equal: those that differed in the bit that `closed` adds.
        method: Which of its methods Aer took.
    """

    bits: NDArray[np.uint8]
    repeats: NDArray[np.int64] | None
    method: str


def ideal(circuit: QuantumCircuit) -> Prepared:
    """A circuit without noise, on the qubits that it uses."""
    narrow, qubits = compact(circuit)
    narrow = without_waits(in_aers_words(narrow, labels=False))
    return Prepared(circuit=narrow, model=None, qubits=qubits)


def with_model(circuit: QuantumCircuit, model: NoiseModel) -> Prepared:
    """A circuit with the user's own noise, which keeps the device's qubit numbers.

    Aer leaves idle qubits out by itself.
    """
    return Prepared(
        circuit=in_aers_words(circuit, labels=True),
        model=model,
        qubits=tuple(range(circuit.num_qubits)),
    )


def with_device(
    circuit: QuantumCircuit, target: Target, *, idle_noise: bool, readout_noise: bool
) -> Prepared:
    """A circuit on the qubits that it uses, with the noise that the target describes."""
    narrow, qubits = compact(circuit)
    device = DeviceNoise(target)
    clock = Clock(
        lambda name, places: device.duration(name, tuple(qubits[place] for place in places)),
        target.dt,
    )
    narrow = with_waits(narrow, clock) if idle_noise else without_waits(narrow)
    narrow = in_aers_words(narrow, labels=False)
    finder = NoiseFinder(device, qubits, readout_noise)
    marked = finder.mark(narrow)
    return Prepared(
        circuit=marked,
        model=noise_model(finder.recipe()),
        qubits=qubits,
        unknown=tuple(sorted(clock.unknown)),
    )


def simulate(
    prepared: Prepared, *, method: str | None, memory: bool, shots: int, seed: int
) -> Answer:
    """Run it.

    Raises:
        EngineError: If Aer fails, with its text.
    """
    circuit = closed(prepared.circuit)
    try:
        result = (
            AerSimulator(method=method or "automatic")
            .run(
                circuit,
                noise_model=prepared.model,
                shots=shots,
                seed_simulator=seed,
                memory=memory,
            )
            .result()
        )
    except Exception as error:  # Aer raises AerError, RuntimeError, AttributeError, KeyError, …
        raise EngineError(f"Aer could not run circuit {circuit.name!r}: {error}") from error
    if not result.success:
        raise EngineError(_failure(prepared, result))
    data = result.data(0)
    counts = None if memory else data["counts"]
    keys = data["memory"] if counts is None else counts.keys()
    return Answer(
        # Without the bit that `closed` may have added, which is the last.
        bits=bits_from_hex(keys, circuit.num_clbits)[:, : prepared.circuit.num_clbits],
        repeats=None if counts is None else np.fromiter(counts.values(), dtype=np.int64),
        method=str(result.results[0].metadata.get("method", method)),
    )


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
