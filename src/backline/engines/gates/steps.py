"""A circuit as nested tuples: hashable, so that what is made of it is kept under its content.

What differs from one set of parameters to the next, the values of standard gates, stands beside
the tuples: circuits that differ in nothing else share everything but some matrices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from qiskit.circuit import CircuitInstruction, Clbit, ControlFlowOp, Gate, QuantumCircuit, Qubit
from qiskit.exceptions import QiskitError
from qiskit.quantum_info import Operator

from backline.engines.gates.blocks import unrolled_size
from backline.engines.gates.conditions import Among, UnreadableError, condition_of, expression_of
from backline.engines.gates.matrices import check_matrix, check_values
from backline.engines.gates.program import Complex
from backline.errors import CapabilityError, InputError

Values: TypeAlias = tuple[Any, ...]

_WIDEST_MATRIX = 3
"""Wider gates are taken apart where they have a definition."""


MOST_UNROLLED = 100_000
"""Instructions of `for` loops in a circuit, every pass counted; reading so many takes most of a
minute where each pass has a value of its own."""


class Step(NamedTuple):
    """One instruction.

    Attributes:
        name: Of the instruction.
        qubits: Positions in the circuit.
        slots: Those that it writes or is given as arguments.
        place: Of a standard gate with parameters, the place of its values; else -1.
        fixed: What else it consists of: the bytes of a gate's matrix, values of a standard gate
            in a loop, (duration, unit) of a delay.
        flow: Of control flow.
        parts: What a composed instruction consists of, which has no noise of its own.
        trouble: Why a `Program` cannot have it.
    """

    name: str
    qubits: tuple[int, ...]
    slots: tuple[int, ...] = ()
    place: int = -1
    fixed: Values = ()
    flow: Flow | None = None
    parts: tuple[Step, ...] | None = None
    trouble: str | None = None


class Flow(NamedTuple):
    """Blocks, and what decides among them.

    Attributes:
        kind: "if_else", "while_loop", "for_loop" or "switch_case".
        blocks: Of a branch: with and without the condition. Of a `for` loop: one for all passes,
            or where they differ one a pass.
        tests: One a block of a `switch`, None for its default; else the one condition, if any.
        passes: Of a `for` loop.
    """

    kind: str
    blocks: tuple[tuple[Step, ...], ...]
    tests: tuple[Among | None, ...] = ()
    passes: int = 1


class Steps(NamedTuple):
    """A circuit as `steps_of` reads it.

    Attributes:
        shape: Its instructions, in order and one for one.
        values: Of standard gates, by `Step.place`.
        matrices: Of the same gates, by place as well.
        num_slots: How many classical bits.
        phase: Global phase, in rad.
    """

    shape: tuple[Step, ...]
    values: tuple[Values, ...]
    matrices: tuple[Complex, ...]
    num_slots: int
    phase: float


def steps_of(circuit: QuantumCircuit) -> Steps:
    """Read a circuit without unbound parameters.

    Raises:
        InputError: If a parameter or matrix of a gate, or the global phase, is not finite.
        CapabilityError: If the duration of a delay is no number, or `for` loops make the circuit
            too long.
    """
    _check_size(circuit)
    reader = _Reader()
    qubits = {qubit: place for place, qubit in enumerate(circuit.qubits)}
    slots = {clbit: place for place, clbit in enumerate(circuit.clbits)}
    shape = reader.block(circuit.data, qubits, slots, fixed=False)
    phase = float(circuit.global_phase) + reader.phase
    if not isfinite(phase):
        raise InputError(
            f"circuit {circuit.name!r} has the global phase {phase}: it is a finite number"
        )
    return Steps(shape, tuple(reader.values), tuple(reader.matrices), circuit.num_clbits, phase)


def _check_size(circuit: QuantumCircuit) -> None:
    size = unrolled_size(circuit)
    if size > MOST_UNROLLED:
        raise CapabilityError(
            f"circuit {circuit.name!r} has for loops of {size} instructions when they are "
            f"unrolled, and the gate engine runs {MOST_UNROLLED} at most: take fewer passes, or a "
            "while_loop, which is not unrolled",
            instruction="for_loop",
        )


class _Reader:
    """Collects the values of gates while it goes through blocks."""

    def __init__(self) -> None:
        self.values: list[Values] = []
        self.matrices: list[Complex] = []
        self.phase = 0.0

    def block(
        self,
        data: Sequence[CircuitInstruction],
        qubits: Mapping[Qubit, int],
        slots: Mapping[Clbit, int],
        *,
        fixed: bool,
    ) -> tuple[Step, ...]:
        """The steps of a block; `fixed` where values belong to the shape."""
        values, matrices = self.values, self.matrices
        steps: list[Step] = []
        # Circuits repeat few gates on few places: what was met before is not looked into again.
        known: dict[tuple[Qubit, ...], tuple[tuple[int, ...], dict[str, Step]]] = {}
        for item in data:
            there = known.get(item.qubits)
            if there is None:
                there = known[item.qubits] = tuple([qubits[qubit] for qubit in item.qubits]), {}
            places, plain = there
            if not item.is_standard_gate() or len(places) > _WIDEST_MATRIX:
                steps.append(self._special(item, places, qubits, slots, fixed))
                continue
            name = item.name
            step = plain.get(name)
            if step is not None:
                steps.append(step)
                continue
            params = item.params
            if not params:
                step = plain[name] = Step(name, places)
                steps.append(step)
            elif fixed:
                steps.append(Step(name, places, fixed=_floats(params, name, places)))
            else:
                steps.append(Step(name, places, (), len(values)))
                values.append(_floats(params, name, places))
                matrices.append(item.matrix)
        return tuple(steps)

    def _special(
        self,
        item: CircuitInstruction,
        places: tuple[int, ...],
        qubits: Mapping[Qubit, int],
        slots: Mapping[Clbit, int],
        fixed: bool,
    ) -> Step:
        name = item.name
        written = tuple([slots[clbit] for clbit in item.clbits])
        if name in ("measure", "reset", "barrier", "break_loop", "continue_loop"):
            return Step(name, places, written)
        if name == "delay":
            return Step(name, places, fixed=_delay(item.operation))
        if item.is_control_flow():
            return self._control_flow(item, places, qubits, slots, fixed)
        matrix = _matrix_of(item, places) if len(places) <= _WIDEST_MATRIX else None
        if matrix is not None:
            return Step(name, places, fixed=(np.ascontiguousarray(matrix).tobytes(),))
        return self._composed(item, places, written)

    def _composed(
        self, item: CircuitInstruction, places: tuple[int, ...], written: tuple[int, ...]
    ) -> Step:
        """An instruction taken apart, or else a wide gate's matrix."""
        operation = item.operation
        definition = getattr(operation, "definition", None)
        if definition is None:
            matrix = _matrix_of(item, places)
            if matrix is not None:
                return Step(item.name, places, fixed=(np.ascontiguousarray(matrix).tobytes(),))
            return Step(item.name, places, written, trouble=f"the instruction {item.name!r}")
        qubits = dict(zip(definition.qubits, places, strict=True))
        slots = dict(zip(definition.clbits, written, strict=True))
        self.phase += float(definition.global_phase)
        parts = self.block(definition.data, qubits, slots, fixed=True)
        return Step(item.name, places, written, parts=parts)

    def _control_flow(
        self,
        item: CircuitInstruction,
        places: tuple[int, ...],
        qubits: Mapping[Qubit, int],
        slots: Mapping[Clbit, int],
        fixed: bool,
    ) -> Step:
        operation = item.operation
        written = tuple([slots[clbit] for clbit in item.clbits])

        def inner(block: QuantumCircuit, fixed: bool) -> tuple[Step, ...]:
            inside = dict(zip(block.qubits, places, strict=True))
            bits = {**slots, **dict(zip(block.clbits, written, strict=True))}
            return self.block(block.data, inside, bits, fixed=fixed)

        trouble = None
        flow = None
        try:
            flow = _flow(operation, slots, inner, fixed)
        except UnreadableError as error:
            trouble = str(error)
            blocks = tuple(inner(block, True) for block in operation.blocks)
            flow = Flow(operation.name, blocks)
        return Step(operation.name, places, written, flow=flow, trouble=trouble)


def _flow(operation: ControlFlowOp, slots: Mapping[Clbit, int], inner: Any, fixed: bool) -> Flow:
    kind = str(operation.name)
    if kind == "for_loop":
        indices, variable, body = operation.params
        passes = list(indices)
        if variable is None or variable not in body.parameters:
            return Flow(kind, (inner(body, fixed),), passes=len(passes))
        bound = (body.assign_parameters({variable: value}) for value in passes)
        return Flow(kind, tuple(inner(block, True) for block in bound), passes=len(passes))
    if kind == "switch_case":
        target = expression_of(operation.target, slots)
        tests = []
        for labels, _ in operation.cases_specifier():
            numbers = [label for label in labels if isinstance(label, (int, np.integer))]
            # Beside the default other labels mean nothing more.
            whole = len(numbers) == len(labels)
            tests.append(Among(target, tuple(int(n) for n in numbers)) if whole else None)
        return Flow(kind, tuple(inner(b, fixed) for b in operation.blocks), tuple(tests))
    test = condition_of(operation.condition, slots)
    blocks = tuple(inner(block, fixed) for block in operation.blocks)
    if kind == "if_else" and len(blocks) == 1:
        blocks = (*blocks, ())
    return Flow(kind, blocks, (test,))


def _floats(params: Sequence[Any], name: str, places: tuple[int, ...]) -> Values:
    if len(params) == 1 and type(params[0]) is float and isfinite(params[0]):
        return (params[0],)
    try:
        values = tuple(map(float, params))
    except TypeError:  # an unbound parameter of a loop that Aer is to unroll
        return tuple(params)
    if not all(map(isfinite, values)):
        check_values(values, name, places)
    return values


def _delay(operation: Any) -> Values:
    try:
        return float(operation.duration), str(operation.unit)
    except (TypeError, ValueError) as error:
        raise CapabilityError(
            f"the gate engine needs the number of a delay, got {operation.duration!r}: "
            "assign its parameters first"
        ) from error


def _matrix_of(item: CircuitInstruction, places: tuple[int, ...]) -> Complex | None:
    """A gate's matrix if it has one; a wide one is never made of a definition."""
    try:
        matrix = item.matrix
        if matrix is None and isinstance(item.operation, Gate):
            if len(item.qubits) > _WIDEST_MATRIX and not hasattr(item.operation, "__array__"):
                return None
            matrix = Operator(item.operation).data
    except (QiskitError, TypeError, ValueError):
        return None
    if matrix is None:
        return None
    matrix = np.asarray(matrix, dtype=np.complex128)
    check_matrix(matrix, item.name, places)
    return matrix
