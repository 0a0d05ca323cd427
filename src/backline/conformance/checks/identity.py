"""K1 to K3: what a backend is called, and what it is."""

from __future__ import annotations

import inspect
from datetime import date, datetime
from typing import Any

from qiskit.providers import BackendV2, Options

from backline.conformance.outcome import Skipped, expect, shown
from backline.conformance.registry import Basis, check
from backline.conformance.subject import Subject

_GIVEN: dict[str, Any] = {
    "name": "given-name",
    "description": "a given description",
    "online_date": datetime(2024, 5, 1),
    "backend_version": "1.2.3",
    "provider": object(),
}


def _text_or_none(subject: Subject, member: str) -> None:
    first, second = (getattr(subject.backend, member) for _ in range(2))
    expect(
        first is None or isinstance(first, str),
        f"{member} is {shown(first)}: no text, and not None",
    )
    expect(first == second, f"{member} was {shown(first)}, and {shown(second)} a moment later")


@check("K1.a", "name is a text or None", basis=Basis.REFERENCE, source="BackendV2.name")
def name(subject: Subject) -> None:
    """Results, tables and stores of jobs name a backend by it."""
    _text_or_none(subject, "name")


@check(
    "K1.b", "description is a text or None", basis=Basis.REFERENCE, source="BackendV2.description"
)
def description(subject: Subject) -> None:
    """Lists of backends print it."""
    _text_or_none(subject, "description")


@check(
    "K1.c",
    "backend_version is a text or None",
    basis=Basis.REFERENCE,
    source="BackendV2.backend_version",
)
def backend_version(subject: Subject) -> None:
    """It says which state of the device a result came from."""
    _text_or_none(subject, "backend_version")


@check(
    "K1.d", "online_date is a date or None", basis=Basis.REFERENCE, source="BackendV2.online_date"
)
def online_date(subject: Subject) -> None:
    """Code that sorts or formats dates stops at a text."""
    found = subject.backend.online_date
    expect(
        found is None or isinstance(found, date),
        f"online_date is {shown(found)}, a {type(found).__name__}",
    )


@check(
    "K1.e",
    "what the constructor takes of identity is readable as given",
    basis=Basis.REFERENCE,
    source="BackendV2(provider, name, description, online_date, backend_version)",
    needs=["factory"],
)
def constructor(subject: Subject) -> None:
    """A provider that names its backends must find them under these names."""
    try:
        make = subject.maker
        taken = inspect.signature(make).parameters
    except (TypeError, ValueError):
        raise Skipped("what makes the backend does not say what it takes") from None
    given = {key: value for key, value in _GIVEN.items() if key in taken}
    if not given:
        raise Skipped("what makes the backend takes none of name, description, provider, …")
    made = make(**given)
    for key, value in given.items():
        found = getattr(made, key)
        expect(found is value or found == value, f"{key}={shown(value)} reads {shown(found)}")


@check("K1.f", "provider can be read", basis=Basis.REFERENCE, source="BackendV2.provider")
def provider(subject: Subject) -> None:
    """Tools go from a backend to its siblings; None is an answer, an exception is not."""
    first, second = subject.backend.provider, subject.backend.provider
    expect(first is second or first == second, "provider is another one at every look")


@check("K2.a", "version is 2 on an instance", basis=Basis.REFERENCE, source="BackendV2.version")
def version(subject: Subject) -> None:
    """Qiskit tells the interfaces of backends apart by it."""
    found = subject.backend.version
    expect(type(found) is int and found == 2, f"version is {shown(found)}")


@check("K2.b", "version is 2 on the class", basis=Basis.REFERENCE, source="BackendV2.version")
def version_of_class(subject: Subject) -> None:
    """It is the interface's, not the device's; the device's is backend_version."""
    found = getattr(type(subject.backend), "version", None)
    expect(type(found) is int and found == 2, f"version of the class is {shown(found)}")


@check(
    "K3.a",
    "_default_options() of the class gives Options",
    basis=Basis.REFERENCE,
    source="BackendV2._default_options",
)
def default_options(subject: Subject) -> None:
    """It is a classmethod, so that options are known before a device is reached."""
    found = type(subject.backend)._default_options()
    expect(isinstance(found, Options), f"_default_options() gives {shown(found)}")


@check(
    "K3.b",
    "two backends do not share their options",
    source="BackendV2.set_options",
    needs=["shots", "factory"],
)
def own_options(subject: Subject) -> None:
    """Setting shots on one backend must not change another one."""
    spare, first = subject.spare, subject.backend
    expect(spare is not first, "what makes the backend gives the same object each time")
    before = first.options.shots
    spare.set_options(shots=before + 3)
    try:
        expect(
            first.options.shots == before,
            f"shots={before + 3} on one backend changed another one's from {before}",
        )
    finally:
        subject.restore(spare)
        subject.restore(first)


@check("K4.a", "it is a qiskit.providers.BackendV2", basis=Basis.REFERENCE, source="BackendV2")
def kind(subject: Subject) -> None:
    """Qiskit's functions test for the class."""
    expect(
        isinstance(subject.backend, BackendV2),
        f"{type(subject.backend).__name__} does not derive from qiskit.providers.BackendV2",
    )
