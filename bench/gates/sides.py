"""Each side's way from circuits to counts; a side is a function of the number of shots."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import lean
from cases import Case
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime import fake_provider

Side = Callable[[int], list[dict[str, int]]]

_CLASSES = {
    "manila": "FakeManilaV2",
    "mumbai": "FakeMumbaiV2",
    "sherbrooke": "FakeSherbrooke",
    "torino": "FakeTorino",
}


def fake_of(name: str) -> Any:
    """The runtime's fake device."""
    return getattr(fake_provider, _CLASSES[name])()


def our_backend(name: str) -> Any:
    """The device of the very files that the fake reads."""
    import backline

    return backline.load(str(Path(fake_provider.__file__).parent / "backends" / name))


def ours(case: Case, circuits: list[Any]) -> Side:
    """`backend.run`; channels are those of plain Aer, which knows no idle noise."""
    backend, binds = our_backend(case.device), _binds(case, circuits)
    if case.pauli:
        from backline import DeviceBackend

        device = backend.device
        qubits = tuple(replace(qubit, t1=None, t2=None) for qubit in device.qubits)
        backend = DeviceBackend(replace(device, qubits=qubits))

    def run(shots: int) -> list[dict[str, int]]:
        job = backend.run(circuits, shots=shots, idle_noise=False, **case.options, **binds)
        return _counts(job.result())

    return run


def plain(case: Case, circuits: list[Any]) -> Side:
    """`AerSimulator.from_backend`, as it comes."""
    fake = fake_of(case.device)
    simulator = AerSimulator.from_backend(fake)
    if case.pauli:
        simulator = AerSimulator(method="stabilizer", noise_model=lean.whole_device(fake))
    binds = _binds(case, circuits)
    return lambda shots: _counts(simulator.run(circuits, shots=shots, **binds).result())


def by_hand(case: Case, circuits: list[Any], method: str) -> Side:
    """Aer with the noise of the used qubits, on these alone; the making of both is not counted."""
    fake = fake_of(case.device)
    pairs = [lean.compacted(circuit) for circuit in circuits]
    small, used = [circuit for circuit, _ in pairs], pairs[0][1]
    if any(qubits != used for _, qubits in pairs):
        raise ValueError("all circuits of a case must use the same qubits")
    model = lean.noise_of(small, used, fake, pauli=case.pauli)
    simulator = AerSimulator(method=method, noise_model=model)
    return lambda shots: _counts(simulator.run(small, shots=shots).result())


def _binds(case: Case, circuits: list[Any]) -> dict[str, Any]:
    return {} if case.binds is None else {"parameter_binds": case.binds(circuits)}


def _counts(result: Any) -> list[dict[str, int]]:
    if not result.success:
        raise RuntimeError(str(result.results[0].status if result.results else result.status))
    return [result.get_counts(index) for index in range(len(result.results))]
