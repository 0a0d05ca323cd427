"""Bits drawn from circuits, in the form of Qiskit's primitives."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit
from qiskit.primitives import (
    BaseSamplerV2,
    BitArray,
    DataBin,
    PrimitiveResult,
    SamplerPubResult,
)
from qiskit.primitives.containers.sampler_pub import SamplerPub

from backline.backends import BackendBase
from backline.backends.base import PreparedRun
from backline.engines.outcomes import Outcomes
from backline.engines.seeds import spawned
from backline.errors import OptionValueError, ProgramWarning
from backline.jobs import raise_if_stopping
from backline.primitives.given import OnBackend, coerced
from backline.primitives.job import PrimitiveJob

if TYPE_CHECKING:
    from backline.backends.sweep_run import SweepRun

_FORM = "a circuit, or (circuit, parameter values, shots)"


class SamplerV2(OnBackend, BaseSamplerV2):
    """Draws bits from circuits on a backend, noise and wrong readings included.

    All circuits without parameters run as one batch, and so do all sets of values of a circuit
    with parameters, which is read once.

    Args:
        backend: Of Backline; circuits must be compiled for it.
        default_shots: Where neither a pub nor `run` says how many.
        seed: Makes calls repeatable: the same call gives the same bits, again and again. None
            draws one for each call, and the result's metadata have it.
        options: Of the backend, as `backend.run` takes them: `noise`, `method`, `engine`, ….

    Raises:
        InputError: If the backend is not one of Backline's.
        OptionValueError: If a value is not allowed.

    Example:
        >>> import backline
        >>> from qiskit import QuantumCircuit
        >>> circuit = QuantumCircuit(1)
        >>> _ = circuit.x(0)
        >>> circuit.measure_all()
        >>> sampler = SamplerV2(backline.load("manila", noise=False))
        >>> sampler.run([circuit], shots=100).result()[0].data.meas.get_counts()
        {'1': 100}
    """

    def __init__(
        self,
        backend: BackendBase,
        *,
        default_shots: int = 1024,
        seed: int | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(backend, seed, options)
        self._default_shots = _checked_shots(default_shots, "default_shots")

    @property
    def default_shots(self) -> int:
        """How often a circuit is run where nothing else is said."""
        return self._default_shots

    def run(self, pubs: Iterable[Any], *, shots: int | None = None) -> PrimitiveJob:
        """Draw bits.

        Args:
            pubs: Each a circuit, or (circuit, parameter values, shots), the last two optional.
            shots: Of pubs that do not say how many.

        Returns:
            The job; entry k of its result is for pub k. Its data has, for each classical register,
            a `BitArray` of the shape of the parameter values.

        Raises:
            InputError: If a pub is none, or its circuit cannot run on this device.
            OptionValueError: If shots are not at least 1.
        """
        usual = self._default_shots if shots is None else _checked_shots(shots, "shots")
        given = coerced(pubs, lambda pub: SamplerPub.coerce(pub, usual), _FORM)
        for pub in given:
            _checked_shots(pub.shots, "shots")
            _warn_without_registers(pub.circuit)
        seed = self._seed_of_call()
        sweeps = {
            index: self._sweep(pub, spawned(seed, 0, index))
            for index, pub in enumerate(given)
            if pub.circuit.parameters and pub.size
        }
        together = {
            count: self._together(
                [pub for pub in given if _joins(pub, count)], spawned(seed, count)
            )
            for count in {pub.shots for pub in given if _joins(pub, pub.shots)}
        }

        def work() -> PrimitiveResult[Any]:
            joint = {count: iter(run.outcomes()) for count, run in together.items()}
            results = []
            for index, pub in enumerate(given):
                raise_if_stopping()
                if index in sweeps:
                    outcomes = sweeps[index].outcomes()
                else:
                    outcomes = [next(joint[pub.shots]) for _ in range(pub.size)]
                results.append(_result(pub, outcomes))
            return PrimitiveResult(results, metadata=self._facts(seed))

        return PrimitiveJob(work)

    def _sweep(self, pub: SamplerPub, seed: int) -> PreparedRun | SweepRun:
        values = pub.parameter_values.ravel().as_array(pub.circuit.parameters)
        options = {**self._options, "shots": pub.shots, "memory": True}
        return self._backend.prepared_sweep(pub.circuit, values, seed=seed, **options)

    def _together(self, pubs: Sequence[SamplerPub], seed: int) -> PreparedRun:
        """Pubs without parameters, which have the same number of shots."""
        circuits = [pub.circuit for pub in pubs for _ in range(pub.size)]
        options = {**self._options, "shots": pubs[0].shots, "memory": True}
        return self._backend.prepared(circuits, seed=seed, **options)


def _joins(pub: SamplerPub, shots: int) -> bool:
    """Whether a pub is one of those that run together with so many shots."""
    return not pub.circuit.parameters and bool(pub.size) and pub.shots == shots


def _checked_shots(shots: Any, name: str) -> int:
    if isinstance(shots, bool) or not isinstance(shots, (int, np.integer)) or shots < 1:
        raise OptionValueError(f"{name} is a whole number, at least 1; got {shots!r}")
    return int(shots)


def _warn_without_registers(circuit: QuantumCircuit) -> None:
    if not circuit.cregs:
        warnings.warn(
            f"circuit {circuit.name!r} has no classical register, and so no data: "
            "circuit.measure_all() adds one with measurements into it",
            ProgramWarning,
            stacklevel=3,
        )


def _result(pub: SamplerPub, outcomes: Sequence[Outcomes]) -> SamplerPubResult:
    circuit = pub.circuit
    place = {clbit: slot for slot, clbit in enumerate(circuit.clbits)}
    bits = [_rows(item, circuit.num_clbits) for item in outcomes]
    data = {}
    for register in circuit.cregs:
        slots = [place[clbit] for clbit in register]
        packed = np.zeros((len(bits), pub.shots, -(-len(slots) // 8)), dtype=np.uint8)
        for entry, rows in zip(packed, bits, strict=True):
            entry[:] = _packed(rows[:, slots])
        shape = (*pub.shape, *packed.shape[1:])
        data[register.name] = BitArray(packed.reshape(shape), register.size)
    facts = {"shots": pub.shots, "circuit_metadata": circuit.metadata} | _facts(outcomes)
    return SamplerPubResult(DataBin(**data, shape=pub.shape), metadata=facts)


def _rows(outcomes: Outcomes, num_slots: int) -> NDArray[np.uint8]:
    """Bits of each shot, array (shots, slots)."""
    if outcomes.bits is None:  # a circuit without measurements
        return np.zeros((outcomes.shots, num_slots), dtype=np.uint8)
    if outcomes.repeats is None:
        return outcomes.bits
    return np.repeat(outcomes.bits, outcomes.repeats, axis=0)


def _packed(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Bits as `BitArray` holds them: eight to a byte, the last byte with the lowest bits."""
    return np.packbits(rows, axis=1, bitorder="little")[:, ::-1]


def _facts(outcomes: Sequence[Outcomes]) -> dict[str, Any]:
    """How the circuits were run."""
    found: dict[str, Any] = {}
    for name in ("engine", "method", "simulator"):
        values = list(dict.fromkeys(o.metadata[name] for o in outcomes if name in o.metadata))
        if values:
            found[name] = values[0] if len(values) == 1 else values
    return found
