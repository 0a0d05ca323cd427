"""The engine that runs circuits gate by gate."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from math import inf
from typing import TYPE_CHECKING, Any

from qiskit.circuit import QuantumCircuit
from qiskit.transpiler import Target

from backline.contract.bound import check_bound
from backline.engines.gates.blocks import blocks_of, measures
from backline.engines.gates.facts import Rules
from backline.engines.gates.planner import Plan, plan
from backline.engines.gates.reading import Reader, Reading
from backline.engines.gates.running import in_any_order, in_order
from backline.engines.gates.steps import steps_of
from backline.engines.outcomes import Outcomes
from backline.errors import CapabilityError, OptionValueError

if TYPE_CHECKING:
    from qiskit_aer.noise import NoiseModel

METHODS = (
    "automatic",
    "statevector",
    "density_matrix",
    "trajectories",
    "stim",
    "stabilizer",
    "matrix_product_state",
    "extended_stabilizer",
    "tensor_network",
)
"""How shots are computed; the last four are Aer's, and `tensor_network` needs one for GPUs."""

PRECISIONS = ("single", "double")
"""Of the amplitudes of trajectories."""

_BEYOND_AER = ("trajectories", "stim")
_OF_USER = "a noise model of Aer needs Aer"


@dataclass(frozen=True, slots=True)
class Ready:
    """A circuit that was checked and read.

    Attributes:
        measured: Whether there is anything to run.
        reading: What simulators of our own get; None where the user's noise model needs Aer.
        plan: Who runs it; None where nobody does.
    """

    measured: bool
    reading: Reading | None = None
    plan: Plan | None = None

    @property
    def seconds(self) -> float:
        """About how long it takes; infinite where Aer runs it."""
        if not self.measured:
            return 0.0
        return inf if self.plan is None or self.plan.choices is None else self.plan.seconds


@dataclass(frozen=True, slots=True)
class GateEngine:
    """Runs circuits with the noise that a target describes.

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
        method: One of `METHODS`; None for the one that takes the least time by estimate.
        precision: "single" or "double": of the amplitudes of trajectories. All other methods have
            double-precision numbers.
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
    precision: str = "single"
    memory: bool = False

    def __post_init__(self) -> None:
        for name in ("noise", "idle_noise", "readout_noise", "memory"):
            if not isinstance(getattr(self, name), bool):
                raise OptionValueError(f"{name} is True or False, got {getattr(self, name)!r}")
        if self.method is not None and self.method not in METHODS:
            raise OptionValueError(
                f"method {self.method!r} does not exist: it is one of {', '.join(METHODS)}, "
                "or None for the cheapest"
            )
        if self.precision not in PRECISIONS:
            raise OptionValueError(
                f"precision is one of {', '.join(PRECISIONS)}, got {self.precision!r}"
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
            if "box" in block.count_ops():
                raise CapabilityError(
                    f"circuit {circuit.name!r} has a box, which the gate engine does not run: "
                    "put its instructions into the circuit itself, between barriers",
                    instruction="box",
                )

    def prepare(
        self, circuit: QuantumCircuit, *, shots: int, reader: Reader | None = None
    ) -> Ready:
        """Check a circuit, read it, and choose how it is run.

        Args:
            circuit: As for `run`.
            shots: As for `run`.
            reader: The `reader` of this engine, for circuits that are prepared together.

        Raises:
            CapabilityError: As `check`, or if the chosen method cannot run the circuit.
            InputError: If it has unbound parameters, or a gate one that is NaN or infinite.
            OptionValueError: If there are no shots.
        """
        if shots < 1:
            raise OptionValueError(f"shots must be at least 1, got {shots}")
        self.check(circuit)
        if not measures(circuit):
            steps_of(circuit)  # refuses what is no number
            return Ready(False)
        if self._source == "user":
            if self.method in _BEYOND_AER:
                raise CapabilityError(
                    f"method {self.method!r} does not take a noise_model: leave method=None, or "
                    "choose one of Aer's"
                )
            steps_of(circuit)
            return Ready(True)
        reading = (reader or self.reader()).read(circuit)
        chosen = plan(reading, shots=shots, method=self.method, name=circuit.name)
        return Ready(True, reading, chosen)

    def reader(self) -> Reader:
        """What reads circuits for this engine while its target stays as it is."""
        return Reader(self.target, self.rules)

    def run(
        self, circuit: QuantumCircuit, *, shots: int, seed: int, ready: Ready | None = None
    ) -> Outcomes:
        """Run a circuit that was checked against the target.

        Args:
            circuit: On the device's qubit numbers; mid-circuit measurement, reset and control
                flow may be in it.
            shots: How often, at least 1.
            seed: Of the random numbers, 0 to 2**63 - 1. The same seed gives the same outcomes,
                on however many threads.
            ready: What `prepare` gave for this circuit and these shots, if it was called.

        Returns:
            With `memory` one row a shot; without it rows and how often each came, where shots do
            not come one by one anyway. A circuit without measurements is not simulated: its `bits`
            are None, and the metadata says ``"measured": False``.

        Raises:
            CapabilityError: If the method cannot run the circuit, an instruction is beyond Aer
                too, or the circuit has boxes, run-time variables or stretches.
            EngineError: If Aer fails, with its text; too little memory among others.
            InputError: If the circuit has unbound parameters.
            OptionValueError: If there are no shots.
        """
        started = time.perf_counter()
        ready = ready or self.prepare(circuit, shots=shots)
        facts = self._facts()
        if not ready.measured:
            facts |= {"method": None, "measured": False}
            return Outcomes(shots=shots, metadata=facts)
        chosen, reading = ready.plan, ready.reading
        if chosen is None or reading is None or chosen.choices is None:
            return self._through_aer(circuit, shots, seed, chosen, facts)
        begun = time.perf_counter()
        double = self.precision == "double"
        run = in_order if self.memory else in_any_order
        bits, repeats = run(reading, chosen.choices, shots=shots, seed=seed, double=double)
        facts |= _facts_of(chosen) | {
            "measured": True,
            "qubits": list(reading.qubits),
            "parts": [list(part.qubits) for part in reading.parts],
            "unknown_durations": list(reading.unknown),
            "seconds": {"prepare": begun - started, "simulate": time.perf_counter() - begun},
        }
        if any(choice.in_double is not None for choice in chosen.choices):
            facts["precision"] = self.precision
        return Outcomes(shots=shots, bits=bits, repeats=repeats, metadata=facts)

    def run_batch(
        self,
        circuits: Sequence[QuantumCircuit],
        *,
        shots: int,
        seeds: Sequence[int],
        ready: Sequence[Ready] | None = None,
    ) -> list[Outcomes | BaseException]:
        """Run several circuits.

        Args:
            circuits: As for `run`.
            shots: Of each.
            seeds: One a circuit.
            ready: What `prepare` gave for each, if it was called.

        Returns:
            For each circuit what `run` gives, or the exception that it raises.
        """
        found: list[Outcomes | BaseException] = []
        prepared = ready if ready is not None else [None] * len(circuits)
        for circuit, seed, entry in zip(circuits, seeds, prepared, strict=True):
            try:
                found.append(self.run(circuit, shots=shots, seed=seed, ready=entry))
            except Exception as error:
                found.append(error)
        return found

    def _through_aer(
        self,
        circuit: QuantumCircuit,
        shots: int,
        seed: int,
        chosen: Plan | None,
        facts: dict[str, Any],
    ) -> Outcomes:
        # Aer takes most of a second to import: only those who need it pay.
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
        method = self.method if chosen is None else chosen.aer_method
        answer = aer.simulate(prepared, method=method, memory=self.memory, shots=shots, seed=seed)
        own = {"simulator": "aer", "reason": _OF_USER, "estimates": {}}
        facts |= (own if chosen is None else _facts_of(chosen)) | {
            "method": answer.method,
            "measured": True,
            "qubits": list(prepared.qubits),
            "unknown_durations": list(prepared.unknown),
            "seconds": {"prepare": ready - started, "simulate": time.perf_counter() - ready},
        }
        return Outcomes(shots=shots, bits=answer.bits, repeats=answer.repeats, metadata=facts)

    @property
    def rules(self) -> Rules:
        """Which noise of the device counts."""
        device = self._source == "device"
        return Rules(device, device and self.idle_noise, device and self.readout_noise)

    @property
    def _source(self) -> str:
        """Whose noise counts."""
        if not self.noise:
            return "none"
        return "device" if self.noise_model is None else "user"

    def _facts(self) -> dict[str, Any]:
        """What shapes every run of this engine."""
        rules = self.rules
        return {
            "engine": "gates",
            "noise": self._source,
            "idle_noise": rules.idle_noise,
            "readout_noise": rules.readout_noise,
            "versions": dict(_versions()),
        }


@lru_cache(maxsize=1)
def _versions() -> tuple[tuple[str, str], ...]:
    found = []
    for name in ("qiskit", "qiskit-aer", "stim"):
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:  # there are platforms without stim
            continue
    return tuple(found)


def _facts_of(chosen: Plan) -> dict[str, Any]:
    return {
        "method": chosen.method,
        "simulator": chosen.simulator,
        "reason": chosen.reason,
        "estimates": dict(chosen.estimates),
    }


def _check_model(model: object) -> None:
    from qiskit_aer.noise import NoiseModel

    if not isinstance(model, NoiseModel):
        raise OptionValueError(
            f"noise_model is a qiskit_aer.noise.NoiseModel or None, got {type(model).__name__}"
        )
