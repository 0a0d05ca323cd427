"""The engine that runs circuits gate by gate."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from qiskit.circuit import QuantumCircuit
from qiskit.transpiler import Target

from backline.contract.bound import check_bound
from backline.engines.gates.blocks import blocks_of, measures
from backline.engines.outcomes import Outcomes
from backline.errors import CapabilityError, OptionValueError

if TYPE_CHECKING:
    from qiskit_aer.noise import NoiseModel

METHODS = (
    "automatic",
    "statevector",
    "density_matrix",
    "stabilizer",
    "matrix_product_state",
    "extended_stabilizer",
    "tensor_network",
)
"""Aer's methods that sample measurements; `tensor_network` needs an Aer built for GPUs."""


@dataclass(frozen=True, slots=True)
class GateEngine:
    """Runs circuits on Aer with the noise that a target describes.

    Every gate is followed by relaxation of its qubits for the gate's duration, and by as much
    depolarizing as its error has beyond that: the average gate fidelity is 1 - error. Where
    relaxation alone is more than the error, nothing is added. Readings are wrong with
    `p1_given_0` and `p0_given_1` of the qubit, or else with the error of `measure`. What the
    target does not say is no noise. Only qubits that the circuit uses are simulated.

    Idle time: the circuit is scheduled as late as possible with the target's durations, and a
    qubit that waits (also during a `delay`, or while others are measured) relaxes. Measured
    qubits do not, during their measurement: the readout error has that already. Instructions
    without a duration take no time, and are listed in the metadata as `unknown_durations`.
    Blocks of control flow are scheduled one by one; a branch takes as long as its longest
    sibling, a `for` loop its body times its passes, and a `while` loop, which nobody can know,
    one pass for the qubits outside of it.

    Attributes:
        target: What the device does, and how badly.
        noise: False for an ideal device, whatever the other fields say.
        idle_noise: False for no relaxation while waiting and in delays.
        readout_noise: False for ideal readings.
        noise_model: A model of Aer, on the device's qubit numbers, in place of the target's noise
            altogether (`idle_noise` and `readout_noise` then mean nothing).
        method: One of `METHODS`; None lets Aer choose.
        memory: Whether the order of shots is kept.

    Raises:
        OptionValueError: If a field has a value that is not allowed.

    Examples:
        >>> from qiskit import QuantumCircuit
        >>> from qiskit.transpiler import Target
        >>> circuit = QuantumCircuit(1, 1)
        >>> _ = circuit.x(0)
        >>> _ = circuit.measure(0, 0)
        >>> GateEngine(Target(num_qubits=1)).run(circuit, shots=10, seed=1).counts()
        {'0x1': 10}
    """

    target: Target = field(hash=False)
    noise: bool = True
    idle_noise: bool = True
    readout_noise: bool = True
    noise_model: NoiseModel | None = field(default=None, hash=False)
    method: str | None = None
    memory: bool = False

    def __post_init__(self) -> None:
        for name in ("noise", "idle_noise", "readout_noise", "memory"):
            if not isinstance(getattr(self, name), bool):
                raise OptionValueError(f"{name} is True or False, got {getattr(self, name)!r}")
        if self.method is not None and self.method not in METHODS:
            raise OptionValueError(
                f"method {self.method!r} does not exist: it is one of {', '.join(METHODS)}, "
                "or None to let Aer choose"
            )
        if self.noise_model is not None:
            _check_model(self.noise_model)

    def check(self, circuit: QuantumCircuit) -> None:
        """Refuse what this engine cannot run, before any work.

        Args:
            circuit: As for `run`.

        Raises:
            CapabilityError: If the circuit has boxes, run-time variables or stretches.
            InputError: If it has unbound parameters.
        """
        check_bound(circuit)
        for block in blocks_of(circuit):
            if block.num_vars or block.num_stretches:
                # Aer 0.18 ends the whole process on some of these, with no error to catch.
                raise CapabilityError(
                    f"circuit {circuit.name!r} has run-time variables or stretches, which the gate "
                    "engine does not run: use classical bits and registers in conditions"
                )
            if any(instruction.operation.name == "box" for instruction in block.data):
                raise CapabilityError(
                    f"circuit {circuit.name!r} has a box, which the gate engine does not run: "
                    "put its instructions into the circuit itself, between barriers",
                    instruction="box",
                )

    def run(self, circuit: QuantumCircuit, *, shots: int, seed: int) -> Outcomes:
        """Run a circuit that was checked against the target.

        Args:
            circuit: On the device's qubit numbers; mid-circuit measurement, reset and control
                flow may be in it.
            shots: How often, at least 1.
            seed: Of the random numbers, 0 to 2**63 - 1. The same seed gives the same outcomes,
                on however many threads.

        Returns:
            Rows and how often each came, or one row a shot with `memory`. A circuit without
            measurements is not simulated: its `bits` are None, and the metadata says
            ``"measured": False``.

        Raises:
            CapabilityError: If an instruction is beyond Aer, or the circuit has boxes, run-time
                variables or stretches.
            EngineError: If Aer fails, with its text; too little memory among others.
            InputError: If the circuit has unbound parameters.
            OptionValueError: If there are no shots.
        """
        if shots < 1:
            raise OptionValueError(f"shots must be at least 1, got {shots}")
        self.check(circuit)
        facts = self._facts()
        if not any(measures(instruction) for instruction in circuit.data):
            facts |= {"method": None, "measured": False}
            return Outcomes(shots=shots, metadata=facts)
        # Aer takes most of a second to import: only those who run circuits pay.
        from backline.engines.gates import aer

        started = time.perf_counter()
        if self._source == "none":
            prepared = aer.ideal(circuit)
        elif self.noise_model is not None:
            prepared = aer.with_model(circuit, self.noise_model)
        else:
            prepared = aer.with_device(
                circuit, self.target, idle_noise=self.idle_noise, readout_noise=self.readout_noise
            )
        ready = time.perf_counter()
        answer = aer.simulate(
            prepared, method=self.method, memory=self.memory, shots=shots, seed=seed
        )
        facts |= {
            "method": answer.method,
            "measured": True,
            "qubits": list(prepared.qubits),
            "unknown_durations": list(prepared.unknown),
            "seconds": {"prepare": ready - started, "simulate": time.perf_counter() - ready},
        }
        return Outcomes(shots=shots, bits=answer.bits, repeats=answer.repeats, metadata=facts)

    @property
    def _source(self) -> str:
        """Whose noise counts."""
        if not self.noise:
            return "none"
        return "device" if self.noise_model is None else "user"

    def _facts(self) -> dict[str, Any]:
        """What shapes every run of this engine."""
        device = self._source == "device"
        return {
            "engine": "gates",
            "noise": self._source,
            "idle_noise": device and self.idle_noise,
            "readout_noise": device and self.readout_noise,
            "versions": dict(_versions()),
        }


@lru_cache(maxsize=1)
def _versions() -> tuple[tuple[str, str], ...]:
    return tuple((name, version(name)) for name in ("qiskit", "qiskit-aer"))


def _check_model(model: object) -> None:
    from qiskit_aer.noise import NoiseModel

    if not isinstance(model, NoiseModel):
        raise OptionValueError(
            f"noise_model is a qiskit_aer.noise.NoiseModel or None, got {type(model).__name__}"
        )
