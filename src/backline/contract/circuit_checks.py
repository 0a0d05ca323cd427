"""Whether a device can run a circuit as it stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from numbers import Number
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import ControlFlowOp
from qiskit.circuit.classical.expr import Expr
from qiskit.transpiler import Target

from backline.contract.bound import check_bound
from backline.contract.pulse_gates import is_pulse_gate, read_pulse_gate
from backline.contract.schedule_checks import check_schedule
from backline.errors import InputError, PulseError
from backline.units import SECONDS, UnitError, samples_exactly, to_seconds

# No operations of a device: a barrier does nothing, and the two others stand inside of loops,
# which are operations.
_ALWAYS = frozenset({"barrier", "break_loop", "continue_loop"})
_HINT = "Compile first: transpile(circuit, backend)."
_MOST_NAMED = 12


def check_circuit(
    circuit: Any,
    target: Target,
    *,
    device_name: str,
    channels: Collection[str] | None = None,
) -> bool:
    """Refuse a circuit that the device cannot run as it stands.

    Qubit k of the circuit is qubit k of the device. Every operation must be in the target, on its
    qubits in their order, with the parameters that the target allows; delays must be a whole
    number of samples. Pulse gates must be on the qubits that they are for, and play what
    `check_schedule` lets through. Bodies of control flow are held to the same.

    Args:
        circuit: A circuit.
        target: What the device can do.
        device_name: For the message.
        channels: Names of the control channels that exist; None where that is not known.

    Returns:
        Whether a pulse gate is in it, or in a body of its control flow.

    Raises:
        InputError: Naming the instruction, its qubits and what is allowed; the first two are in
            `details` as well.
    """
    if not isinstance(circuit, QuantumCircuit):
        raise InputError(f"a QuantumCircuit is wanted, got {type(circuit).__name__}")
    if target.num_qubits is not None and circuit.num_qubits > target.num_qubits:
        raise InputError(
            f"circuit {circuit.name!r} has {circuit.num_qubits} qubits, and device "
            f"{device_name!r} has {target.num_qubits}",
            qubits=tuple(range(circuit.num_qubits)),
        )
    check_bound(circuit)
    check = _Check(target, device_name, channels)
    check.body(circuit, {bit: i for i, bit in enumerate(circuit.qubits)})
    return check.met_pulses


class _Check:
    """One circuit's check: what was found good once is not looked at again."""

    def __init__(self, target: Target, device_name: str, channels: Collection[str] | None) -> None:
        self._target = target
        self._device_name = device_name
        self._channels = channels
        self._per_parameters = {
            name for name in target.operation_names if _wants_certain_parameters(target, name)
        }
        self._good: set[tuple[str, tuple[int, ...]]] = set()
        self.met_pulses = False

    def body(self, circuit: QuantumCircuit, indices: Mapping[Any, int]) -> None:
        """Check every instruction of a circuit or of a body of control flow."""
        good: set[tuple[str, tuple[Any, ...]]] = set()  # of which nothing but the place counts
        placed: dict[tuple[str, tuple[Any, ...]], tuple[int, ...]] = {}
        looked_into = {"delay", "box"} | self._per_parameters
        for instruction in circuit.data:
            name = instruction.name
            if not instruction.is_standard_gate() and is_pulse_gate(instruction.params):
                self._pulse_gate(instruction, tuple([indices[bit] for bit in instruction.qubits]))
                continue
            key = (name, instruction.qubits)
            if key in good:
                continue
            qubits = placed.get(key)
            if qubits is None:
                qubits = placed[key] = tuple(indices[bit] for bit in instruction.qubits)
                self._place(name, qubits)
            if name in looked_into:
                self._look_into(name, qubits, instruction)
            if instruction.is_control_flow():
                self._inside(instruction.operation, qubits)
            elif name not in looked_into:
                good.add(key)

    def _pulse_gate(self, instruction: Any, qubits: tuple[int, ...]) -> None:
        self.met_pulses = True
        try:
            gate = read_pulse_gate(instruction, qubits)
            check_schedule(
                gate.program,
                self._target,
                device_name=self._device_name,
                channels=self._channels,
            )
        except (InputError, PulseError) as error:
            details = {"instruction": instruction.name, "qubits": qubits} | error.details
            what = f"pulse gate {instruction.name!r} on {qubits}: {error.message}"
            raise InputError(what, **details) from None

    def _inside(self, operation: Any, qubits: tuple[int, ...]) -> None:
        if isinstance(operation, ControlFlowOp):
            for block in operation.blocks:
                self.body(block, dict(zip(block.qubits, qubits, strict=True)))

    def _look_into(self, name: str, qubits: tuple[int, ...], instruction: Any) -> None:
        if name in ("delay", "box"):
            self._duration(name, qubits, instruction.operation)
        if name in self._per_parameters:
            parameters = list(instruction.params)
            if not self._target.instruction_supported(name, qubits, parameters=parameters):
                raise InputError(
                    f"{name}({', '.join(map(str, parameters))}) on {qubits} is not on device "
                    f"{self._device_name!r}, which has {name} with "
                    f"{_allowed_parameters(self._target, name)} alone. {_HINT}",
                    instruction=name,
                    qubits=qubits,
                )

    def _place(self, name: str, qubits: tuple[int, ...]) -> None:
        if (
            name in _ALWAYS
            or (name, qubits) in self._good
            or self._target.instruction_supported(name, qubits)
        ):
            self._good.add((name, qubits))
            return
        if name not in self._target.operation_names:
            raise self._refusal(name, qubits, f"it has {_listed(self._target.operation_names)}")
        places = [
            place
            for place in self._target.qargs_for_operation_name(name) or ()
            if place is not None
        ]
        turned = (*qubits[1:], qubits[0])
        if len(qubits) == 2 and turned in places:
            raise self._refusal(name, qubits, f"it goes the other way, {name} on {turned} is on it")
        if len(qubits) == 1 or not places:
            allowed = _listed(map(str, places)) or "all qubits, and on no others"
            raise self._refusal(name, qubits, f"its {name} is on {allowed}")
        near = _listed(str(place) for place in places if place[0] == qubits[0])
        raise self._refusal(name, qubits, f"its edges from {qubits[0]} are {near or 'none'}")

    def _refusal(self, name: str, qubits: tuple[int, ...], allowed: str) -> InputError:
        return InputError(
            f"{name} on {qubits} is not on device {self._device_name!r}: {allowed}. {_HINT}",
            instruction=name,
            qubits=qubits,
        )

    def _duration(self, name: str, qubits: tuple[int, ...], operation: Any) -> None:
        duration, unit = operation.duration, operation.unit
        if duration is None:
            return
        where = f"{name} of {duration} {unit} on {qubits}"
        dt = self._target.dt
        if isinstance(duration, Expr):
            problem = "its length is an expression that nothing has resolved"
        elif unit == "dt":
            if dt is not None:
                return  # Qiskit lets only whole numbers of dt into a delay
            problem = "the device has no dt; give a time in s, ms, us, ns or ps"
        elif unit not in SECONDS:
            problem = f"units of time are dt, {', '.join(SECONDS)}"
        elif dt is None:
            return
        else:
            try:
                samples_exactly(to_seconds(float(duration), unit), dt)
            except UnitError as error:
                problem = f"{error} (dt)"
            else:
                return
        raise InputError(
            f"{where} is not on device {self._device_name!r}: {problem}",
            instruction=name,
            qubits=qubits,
        )


def has_angle_bounds(target: Target) -> bool:
    """Whether some gate of a target is allowed with certain parameters alone."""
    return any(_wants_certain_parameters(target, name) for name in target.operation_names)


def _wants_certain_parameters(target: Target, name: str) -> bool:
    operation = target.operation_from_name(name)
    if isinstance(operation, type) or name == "delay":
        return False
    bounds = getattr(target, "gate_has_angle_bounds", None)
    return (bounds is not None and bounds(name)) or any(
        isinstance(parameter, Number) for parameter in operation.params
    )


def _allowed_parameters(target: Target, name: str) -> str:
    fixed = ", ".join(map(str, target.operation_from_name(name).params))
    return f"parameters ({fixed})" + (
        " within its angle bounds"
        if getattr(target, "gate_has_angle_bounds", lambda _: False)(name)
        else ""
    )


def _listed(names: Iterable[str]) -> str:
    named = list(names)
    more = f", and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return ", ".join(named[:_MOST_NAMED]) + more
