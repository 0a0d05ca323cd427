"""K44: what a device cannot run is refused."""

from __future__ import annotations

from collections.abc import Callable

from backline.conformance import probes, refusing
from backline.conformance.outcome import Skipped, expect, expect_error
from backline.conformance.registry import Basis, check
from backline.conformance.subject import Refusal, Subject

_NEEDS = ("run",)


@check(
    "K44.a", "a circuit with too many qubits is refused", source="Target.num_qubits", needs=_NEEDS
)
def width(subject: Subject) -> None:
    """What comes back is a result of another device."""
    expect(
        refusing.too_wide(subject) is not None,
        f"{subject.facts.width + 1} qubits ran on {subject.facts.width}",
    )


@check(
    "K44.b",
    "an operation that the target does not have is refused",
    source="Target.operation_names",
    needs=_NEEDS,
)
def operation(subject: Subject) -> None:
    """A circuit that nobody compiled for the device is timed wrongly, and fails on the real one."""
    name, found = refusing.foreign(subject)
    expect(found is not None, f"{name} ran, and the target does not have it")


@check(
    "K44.c",
    "a gate on qubits that are not coupled is refused",
    source="Target.instruction_supported",
    needs=_NEEDS,
)
def edge(subject: Subject) -> None:
    """What works here fails on the device that is simulated."""
    pair, found = refusing.missing_edge(subject)
    expect(found is not None, f"a gate on {pair} ran, which are not coupled")


@check(
    "K44.d",
    "a gate the wrong way round is refused",
    source="Target.instruction_supported",
    needs=_NEEDS,
)
def direction(subject: Subject) -> None:
    """As above."""
    what, found = refusing.wrong_direction(subject)
    expect(found is not None, f"{what} ran, and the target does not have it")


@check("K44.e", "a parameter without a value is refused", source="BackendV2.run", needs=_NEEDS)
def parameter(subject: Subject) -> None:
    """There is no result of a circuit that is not finished."""
    name, found = refusing.unbound(subject)
    expect(found is not None, f"a circuit with {name} unbound gave a result")


@check("K44.f", "an empty list is refused", basis=Basis.BACKLINE, source="K44", needs=_NEEDS)
def empty(subject: Subject) -> None:
    """It is what a wrong filter leaves."""
    expect_error(lambda: subject.run([]), Exception, "run([])")


@check("K44.g", "what is no program is refused", source="BackendV2.run", needs=_NEEDS)
def nonsense(subject: Subject) -> None:
    """A text is no circuit."""
    expect(subject.refusal("x q[0];") is not None, "run('x q[0];') gave a result")


@check(
    "K44.h",
    "a refusal says what is wrong, and where",
    basis=Basis.BACKLINE,
    source="K44",
    needs=_NEEDS,
)
def says(subject: Subject) -> None:
    """Of a thousand gates, the reader has to know which."""
    asked: list[Callable[[], tuple[str, Refusal | None]]] = [
        lambda: refusing.foreign(subject),
        lambda: refusing.unbound(subject),
        lambda: (str(refusing.missing_edge(subject)[0]), refusing.missing_edge(subject)[1]),
    ]
    looked = 0
    for ask in asked:
        try:
            word, found = ask()
        except Skipped:
            continue
        if found is not None:
            looked += 1
            expect(word in found.message, f"the refusal does not say {word!r}: {found.message}")
    if not looked:
        raise Skipped("nothing was refused")


@check(
    "K44.i",
    "one bad circuit of a list is refused before any runs",
    basis=Basis.BACKLINE,
    source="K44",
    needs=_NEEDS,
)
def before(subject: Subject) -> None:
    """Half a job costs as much as a whole one, and is worth nothing."""
    bad = probes.flip(subject)
    bad.add_register(_register(subject))
    expect_error(
        lambda: subject.run([probes.flip(subject), bad]),
        Exception,
        "a list with a circuit that is too wide",
    )


def _register(subject: Subject) -> object:
    from qiskit import QuantumRegister

    return QuantumRegister(subject.facts.width + 1, "more")


@check(
    "K44.j",
    "a delay off the timing grid is refused",
    basis=Basis.BACKLINE,
    source="K44",
    needs=_NEEDS,
)
def grid(subject: Subject) -> None:
    """No device waits half a sample, and rounding shifts what follows."""
    from qiskit import QuantumCircuit

    target = subject.facts.target
    if target.dt is None or "delay" not in subject.facts.operations:
        raise Skipped("the target has no dt, or no delay")
    circuit = QuantumCircuit(max(1, subject.facts.width), 1, name="grid")
    circuit.delay(10.5 * target.dt, subject.qubits(1)[0], unit="s")
    circuit.measure(subject.qubits(1)[0], 0)
    found = subject.refusal(circuit, **subject.settings())
    expect(found is not None, "a delay of 10.5 samples ran")
