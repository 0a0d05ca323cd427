"""From a circuit and a device to programs: what every simulator of ours gets.

Nothing is made twice. The circuit becomes tuples (`steps`), the device the numbers that matter
(`facts`), and both together are the key of all that follows: scheduling, noise, laying out,
pruning, splitting. Circuits that differ in values of standard gates alone share that too, and get
matrices of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from qiskit.circuit import ParameterExpression, QuantumCircuit
from qiskit.transpiler import Target

from backline.engines.gates.components import Component, split
from backline.engines.gates.conditions import UnreadableError
from backline.engines.gates.facts import NO_FACTS, Channels, Facts, Rules, Used, facts_of, used_in
from backline.engines.gates.flattening import Flattener
from backline.engines.gates.keeping import Kept
from backline.engines.gates.program import Complex, Program, Varied
from backline.engines.gates.pruning import pruned
from backline.engines.gates.steps import Step, Steps, steps_of
from backline.engines.gates.waits import NO_GAPS, Clock, gaps

Shape: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One component of a circuit.

    Attributes:
        program: What a simulator gets.
        qubits: For each of its qubits the one of the circuit.
        slots: For each of its slots the one of the circuit.
    """

    program: Program
    qubits: tuple[int, ...]
    slots: tuple[int, ...]

    @property
    def like(self) -> Program:
        """The program of the first circuit of its kind: see `Program.like`."""
        return self.program.like or self.program


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A circuit, read.

    Attributes:
        parts: Its components that are measured; what they do not contain does not matter.
        num_slots: Classical bits of the circuit.
        unknown: Instructions that the device gives no duration for.
        trouble: What there are no words for, so that only Aer may run it; else None.
    """

    parts: tuple[Part, ...]
    num_slots: int
    unknown: tuple[str, ...]
    trouble: str | None = None

    @property
    def qubits(self) -> tuple[int, ...]:
        """The qubits of the circuit that are simulated, ascending."""
        return tuple(sorted(qubit for part in self.parts for qubit in part.qubits))

    @property
    def size(self) -> int:
        """How many operations it has."""
        return sum(len(part.like.operations) for part in self.parts)


@dataclass(frozen=True, slots=True, eq=False)
class _Template:
    """A reading, and where the values of gates belong.

    Attributes:
        reading: With the values of the circuit that it was made of.
        places: For each part (index of an operation, place of its values).
    """

    reading: Reading
    places: tuple[tuple[tuple[int, int], ...], ...]

    @property
    def size(self) -> int:
        return self.reading.size + 1


_templates: Kept[_Template] = Kept(1_000_000)
_readings: Kept[Reading] = Kept(200_000)


def read(circuit: QuantumCircuit, target: Target, rules: Rules) -> Reading:
    """Read a circuit, or find what came of it or its like.

    Args:
        circuit: On the device's qubits, without unbound parameters.
        target: The device.
        rules: Which noise is wanted.

    Raises:
        CapabilityError: If a delay's duration is no number or its unit unknown.
    """
    return Reader(target, rules).read(circuit)


class Reader:
    """Reads circuits for one device, which does not change meanwhile.

    What a device says of circuits of the same shape is looked up once.
    """

    def __init__(self, target: Target, rules: Rules) -> None:
        """Begin.

        Args:
            target: The device.
            rules: Which noise is wanted.
        """
        self._target = target
        self._rules = rules
        self._known: dict[tuple[Shape, int], _Template] = {}

    def read(self, circuit: QuantumCircuit) -> Reading:
        """Read a circuit, as the function `read` does.

        Args:
            circuit: On the device's qubits, without unbound parameters.

        Raises:
            CapabilityError: As of the function.
        """
        steps = steps_of(circuit)
        key = steps.shape, steps.num_slots
        template = self._known.get(key)
        if template is None:
            template = self._known[key] = _template_of(steps, self._target, self._rules)
        if not any(template.places):
            return template.reading
        return _readings.get(
            (template, steps.values),
            lambda: _bound(template, steps.matrices),
            lambda made: made.size,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """A circuit with parameters, read once for all their values.

    Attributes:
        template: With some values.
        matrices: Of gates with parameters, by place, with these values.
        moving: (index in the circuit, place) of gates whose values differ from set to set.
    """

    template: _Template
    matrices: tuple[Complex, ...]
    moving: tuple[tuple[int, int], ...]

    def reading(self, bound: QuantumCircuit) -> Reading:
        """The reading of the circuit with other values.

        Args:
            bound: The circuit with these values.
        """
        matrices = list(self.matrices)
        data = bound.data
        for index, place in self.moving:
            matrices[place] = data[index].matrix
        return _bound(self.template, matrices)


def sweep(
    circuit: QuantumCircuit, bound: QuantumCircuit, target: Target, rules: Rules
) -> Sweep | None:
    """Read a circuit with parameters.

    Args:
        circuit: With unbound parameters.
        bound: The same with some values.
        target: The device.
        rules: Which noise is wanted.

    Returns:
        What gives its reading for any values; None where parameters are elsewhere than in
        standard gates outside of control flow, or only Aer can run it.

    Raises:
        CapabilityError: As of `read`.
    """
    moving = [
        index
        for index, item in enumerate(circuit.data)
        if any(isinstance(value, (ParameterExpression, QuantumCircuit)) for value in item.params)
    ]
    steps = steps_of(bound)
    places = [steps.shape[index].place for index in moving]
    template = _template_of(steps, target, rules)
    if min(places, default=0) < 0 or template.reading.trouble is not None:
        return None
    return Sweep(template, steps.matrices, tuple(zip(moving, places, strict=True)))


def _template_of(steps: Steps, target: Target, rules: Rules) -> _Template:
    facts = NO_FACTS
    if rules.noise:
        used, measured = _used_in(steps.shape)
        facts = facts_of(target, used, measured if rules.readout_noise else ())
    return _templates.get(
        (steps.shape, steps.num_slots, facts, rules),
        lambda: _template(steps, facts, rules),
        lambda made: made.size,
    )


@lru_cache(maxsize=512)
def _used_in(shape: Shape) -> tuple[tuple[Used, ...], tuple[int, ...]]:
    return used_in(shape)


def _template(steps: Steps, facts: Facts, rules: Rules) -> _Template:
    channels = Channels(facts) if rules.noise else None
    found, unknown = NO_GAPS, set[str]()
    if channels is not None and rules.idle_noise:
        clock = Clock(channels.duration, facts.dt)
        found, unknown = gaps(steps.shape, clock), clock.unknown
    flattener = Flattener(steps.matrices, channels)
    try:
        flattener.block(steps.shape, found)
    except UnreadableError as error:
        return _Template(Reading((), steps.num_slots, tuple(sorted(unknown)), str(error)), ())
    operations, sources = pruned(flattener.operations)
    components = split(operations)
    places = dict(flattener.places)
    reading = Reading(
        tuple([_part(component) for component in components]),
        steps.num_slots,
        tuple(sorted(unknown)),
    )
    return _Template(reading, tuple([_places(c, sources, places) for c in components]))


def _part(component: Component) -> Part:
    return Part(component.program, component.qubits, component.slots)


def _places(
    component: Component, sources: Sequence[int], places: dict[int, int]
) -> tuple[tuple[int, int], ...]:
    """Where in a component values belong, through pruning and splitting."""
    return tuple(
        (index, places[sources[source]])
        for index, source in enumerate(component.sources)
        if sources[source] in places
    )


def _bound(template: _Template, matrices: Sequence[Complex]) -> Reading:
    parts = tuple(
        [
            Part(Varied(part.program, places, matrices), part.qubits, part.slots)
            for part, places in zip(template.reading.parts, template.places, strict=True)
        ]
    )
    return Reading(parts, template.reading.num_slots, template.reading.unknown)
