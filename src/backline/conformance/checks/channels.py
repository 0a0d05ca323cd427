"""K30 to K33: the lines on which pulses are played."""

from __future__ import annotations

from functools import partial
from typing import Any

from backline.conformance.outcome import Skipped, expect, expect_error, shown
from backline.conformance.registry import Basis, check
from backline.conformance.subject import Subject

_KINDS = {"drive": "DriveChannel", "measure": "MeasureChannel", "acquire": "AcquireChannel"}


def _each(subject: Subject, kind: str) -> None:
    ask = getattr(subject.backend, f"{kind}_channel")
    found = [ask(qubit) for qubit in range(min(subject.facts.width, 16))]
    for qubit, channel in enumerate(found):
        expect(
            type(channel).__name__ == _KINDS[kind] and hasattr(channel, "index"),
            f"{kind}_channel({qubit}) is {shown(channel)}, no {_KINDS[kind]}",
        )
    expect(len(set(found)) == len(found), f"two qubits have the same {kind} channel")


def _missing(subject: Subject, kind: str) -> None:
    ask = getattr(subject.backend, f"{kind}_channel")
    for qubit in (subject.facts.width, -1):
        error = expect_error(partial(ask, qubit), Exception, f"{kind}_channel({qubit})")
        expect(
            not isinstance(error, NotImplementedError),
            f"{kind}_channel({qubit}) says that there are no such channels at all",
        )


@check(
    "K30.a",
    "each qubit has a drive channel of its own",
    basis=Basis.REFERENCE,
    source="BackendV2.drive_channel",
    needs=["pulses"],
)
def drive(subject: Subject) -> None:
    """Pulses of a qubit are played on it."""
    _each(subject, "drive")


@check(
    "K30.b",
    "drive_channel refuses qubits that do not exist",
    basis=Basis.BACKLINE,
    source="K30",
    needs=["pulses"],
)
def no_drive(subject: Subject) -> None:
    """A pulse on a line that is not there is played nowhere."""
    _missing(subject, "drive")


@check(
    "K30.c",
    "all four kinds of channel are there, or none",
    basis=Basis.REFERENCE,
    source="BackendV2.drive_channel",
)
def all_or_none(subject: Subject) -> None:
    """Who finds one kind builds programs that need the others."""
    has: dict[str, bool] = {}
    for kind in (*_KINDS, "control"):
        ask: Any = getattr(subject.backend, f"{kind}_channel", None)
        try:
            if ask is None:
                raise NotImplementedError
            ask((0, 1) if kind == "control" else 0)
            has[kind] = True
        except NotImplementedError:
            has[kind] = False
        except Exception:
            has[kind] = True  # there are some, not for these qubits
    if not any(has.values()):
        raise Skipped("it plays no pulses")
    lacks = [kind for kind, there in has.items() if not there]
    expect(not lacks, f"it plays pulses, and has no {', '.join(lacks)} channels")


@check(
    "K31.a",
    "each qubit has a measure channel of its own",
    basis=Basis.REFERENCE,
    source="BackendV2.measure_channel",
    needs=["pulses"],
)
def measure(subject: Subject) -> None:
    """The stimulus of a readout is played on it."""
    _each(subject, "measure")


@check(
    "K31.b",
    "measure_channel refuses qubits that do not exist",
    basis=Basis.BACKLINE,
    source="K31",
    needs=["pulses"],
)
def no_measure(subject: Subject) -> None:
    """As of drive channels."""
    _missing(subject, "measure")


@check(
    "K32.a",
    "each qubit has an acquire channel of its own",
    basis=Basis.REFERENCE,
    source="BackendV2.acquire_channel",
    needs=["pulses"],
)
def acquire(subject: Subject) -> None:
    """Data of a readout come from it."""
    _each(subject, "acquire")


@check(
    "K32.b",
    "acquire_channel refuses qubits that do not exist",
    basis=Basis.BACKLINE,
    source="K32",
    needs=["pulses"],
)
def no_acquire(subject: Subject) -> None:
    """As of drive channels."""
    _missing(subject, "acquire")


def _coupled(subject: Subject) -> tuple[int, int]:
    for name in subject.facts.gates(2):
        for qubits in subject.facts.where(name):
            return (qubits[0], qubits[1])
    raise Skipped("no two qubits are coupled")


@check(
    "K33.a",
    "a coupled pair has control channels",
    basis=Basis.REFERENCE,
    source="BackendV2.control_channel",
    needs=["pulses"],
)
def control(subject: Subject) -> None:
    """Two-qubit gates are played on them."""
    pair = _coupled(subject)
    found = subject.backend.control_channel(pair)
    expect(
        isinstance(found, list)
        and len(found) > 0
        and all(type(channel).__name__ == "ControlChannel" for channel in found),
        f"control_channel({pair}) is {shown(found)}, no list of ControlChannel",
    )


@check(
    "K33.b",
    "control_channel takes any iterable",
    basis=Basis.REFERENCE,
    source="BackendV2.control_channel",
    needs=["pulses"],
)
def iterables(subject: Subject) -> None:
    """The reference says Iterable[int]: a list will do, and so will a generator."""
    pair = _coupled(subject)
    expected = subject.backend.control_channel(pair)
    for given in (list(pair), (qubit for qubit in pair)):
        found = subject.backend.control_channel(given)
        expect(found == expected, f"of a {type(given).__name__} it gives {shown(found)}")


@check(
    "K33.c",
    "a pair without a line is an error",
    basis=Basis.BACKLINE,
    source="K33",
    needs=["pulses"],
)
def no_control(subject: Subject) -> None:
    """An empty list would be played on nothing."""
    width = subject.facts.width
    error = expect_error(
        lambda: subject.backend.control_channel((0, width)),
        Exception,
        f"control_channel((0, {width}))",
    )
    expect(not isinstance(error, NotImplementedError), "it says that there are none at all")
