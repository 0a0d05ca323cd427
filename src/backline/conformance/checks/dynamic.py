"""S20 to S26: measurement in the middle, reset and control flow, where a target has them."""

from __future__ import annotations

from collections.abc import Callable

from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit.classical import expr

from backline.conformance import probes
from backline.conformance.outcome import Failed, Skipped, expect, shown, worded
from backline.conformance.registry import check
from backline.conformance.statistics import RATE, most_common
from backline.conformance.subject import Subject

_NEEDS = ("run",)
_SOURCE = "OpenQASM 3, Target"


def _blank(bits: int, width: int = 1) -> QuantumCircuit:
    return QuantumCircuit(QuantumRegister(width, "q"), ClassicalRegister(bits, "c"))


def _gives(
    subject: Subject,
    name: str,
    make: Callable[[], QuantumCircuit],
    expected: str,
    claimed: str = "",
) -> None:
    """Run one circuit; where the target does not claim its operations, it may be refused."""
    if claimed and claimed not in subject.facts.operations:
        raise Skipped(f"the target has no {claimed}")
    circuit = make()
    compiled = subject.native(circuit, subject.qubits(circuit.num_qubits))
    compiled.name = name
    subject.too_noisy(compiled)
    try:
        result = subject.run(compiled, **subject.settings(probes.SEED)).result()
        counts = result.get_counts()
    except Skipped:
        raise
    except Exception as error:
        if claimed:
            raise Failed(f"the target has {claimed}, the run failed: {worded(error)}") from error
        raise Skipped(f"it refuses that: {worded(error)}") from error
    expect(most_common(counts) == expected, f"it should give {expected}, it gives {shown(counts)}")


@check("S20", "a qubit can be measured, and go on", source=_SOURCE, needs=_NEEDS, rate=RATE)
def middle(subject: Subject) -> None:
    """The second measurement must not overwrite the first."""

    def make() -> QuantumCircuit:
        circuit = _blank(2)
        circuit.x(0)
        circuit.measure(0, 0)
        circuit.x(0)
        circuit.measure(0, 1)
        return circuit

    _gives(subject, "middle", make, "01")


@check(
    "S21",
    "of two measurements into a bit the last one counts",
    source=_SOURCE,
    needs=_NEEDS,
    rate=RATE,
)
def overwritten(subject: Subject) -> None:
    """A bit has one value, the newest."""

    def make() -> QuantumCircuit:
        circuit = _blank(1)
        circuit.x(0)
        circuit.measure(0, 0)
        circuit.x(0)
        circuit.measure(0, 0)
        return circuit

    _gives(subject, "overwritten", make, "0")


@check("S22", "reset brings a qubit to 0", source=_SOURCE, needs=_NEEDS, rate=RATE)
def reset(subject: Subject) -> None:
    """Qubits are used again after it."""

    def make() -> QuantumCircuit:
        circuit = _blank(2)
        circuit.x(0)
        circuit.measure(0, 0)
        circuit.reset(0)
        circuit.measure(0, 1)
        return circuit

    _gives(subject, "reset", make, "01", "reset")


@check("S23", "if_else takes the branch of the bit", source=_SOURCE, needs=_NEEDS, rate=RATE)
def if_else(subject: Subject) -> None:
    """Teleportation and error correction are made of it."""

    def make() -> QuantumCircuit:
        circuit = _blank(3)
        circuit.x(0)
        circuit.measure(0, 0)
        with circuit.if_test((circuit.clbits[0], 1)) as otherwise:
            circuit.x(0)
        with otherwise:
            circuit.reset(0)
        circuit.measure(0, 1)
        with circuit.if_test((circuit.clbits[1], 1)) as otherwise:
            circuit.x(0)
        with otherwise:
            circuit.x(0)
        circuit.measure(0, 2)
        return circuit

    _gives(subject, "if_else", make, "101", "if_else")


@check("S24", "for_loop repeats its body", source=_SOURCE, needs=_NEEDS, rate=RATE)
def for_loop(subject: Subject) -> None:
    """Three flips are one."""

    def make() -> QuantumCircuit:
        circuit = _blank(1)
        with circuit.for_loop(range(3)):
            circuit.x(0)
        circuit.measure(0, 0)
        return circuit

    _gives(subject, "for_loop", make, "1", "for_loop")


@check("S25", "while_loop ends when its bit changes", source=_SOURCE, needs=_NEEDS, rate=RATE)
def while_loop(subject: Subject) -> None:
    """Repeat until success is made of it."""

    def make() -> QuantumCircuit:
        circuit = _blank(2)
        circuit.x(0)
        circuit.measure(0, 0)
        with circuit.while_loop((circuit.clbits[0], 1)):
            circuit.x(0)
            circuit.measure(0, 0)
        circuit.x(0)
        circuit.measure(0, 1)
        return circuit

    _gives(subject, "while_loop", make, "10", "while_loop")


@check("S26", "switch takes the case of the register", source=_SOURCE, needs=_NEEDS, rate=RATE)
def switch(subject: Subject) -> None:
    """The register is read as a number, its first bit the lowest."""

    def make() -> QuantumCircuit:
        circuit = _blank(2)
        circuit.x(0)
        circuit.measure(0, 1)
        circuit.x(0)
        with circuit.switch(expr.lift(circuit.cregs[0])) as case:
            with case(2):
                circuit.x(0)
            with case(case.DEFAULT):
                circuit.reset(0)
        circuit.measure(0, 0)
        return circuit

    _gives(subject, "switch", make, "11", "switch_case")
