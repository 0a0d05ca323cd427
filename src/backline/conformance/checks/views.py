"""K5: the views of BackendV1, where a backend has them."""

from __future__ import annotations

import math
from typing import Any

from backline.conformance.outcome import Skipped, expect
from backline.conformance.registry import check
from backline.conformance.subject import Subject

_V1 = "BackendV1.configuration"


def _config(subject: Subject) -> Any:
    return subject.kept("views.configuration", subject.backend.configuration)


def _configured(subject: Subject, name: str) -> Any:
    found = getattr(_config(subject), name, None)
    if found is None:
        raise Skipped(f"configuration() has no {name}")
    return found


@check("K5.a", "configuration().n_qubits is num_qubits", source=_V1, needs=["configuration"])
def n_qubits(subject: Subject) -> None:
    """Code for either interface must see one device."""
    found, expected = _configured(subject, "n_qubits"), subject.backend.num_qubits
    expect(found == expected, f"n_qubits is {found!r}, num_qubits {expected!r}")


@check("K5.b", "configuration().backend_name is the name", source=_V1, needs=["configuration"])
def backend_name(subject: Subject) -> None:
    """As above."""
    found, expected = _configured(subject, "backend_name"), subject.backend.name
    expect(found == expected, f"backend_name is {found!r}, name {expected!r}")


@check("K5.c", "configuration().basis_gates are in the target", source=_V1, needs=["configuration"])
def basis_gates(subject: Subject) -> None:
    """A gate of the one alone is compiled to, and then refused."""
    extra = set(_configured(subject, "basis_gates")) - set(subject.facts.operations)
    expect(not extra, f"the target lacks {', '.join(sorted(extra))}")


@check(
    "K5.d",
    "configuration().coupling_map is that of the backend",
    source=_V1,
    needs=["configuration"],
)
def coupling_map(subject: Subject) -> None:
    """As above."""
    found, here = _configured(subject, "coupling_map"), subject.backend.coupling_map
    if here is None:
        raise Skipped("all qubits are coupled to all")
    differs = {tuple(edge) for edge in found} ^ {tuple(edge) for edge in here.get_edges()}
    expect(not differs, f"they differ in {sorted(differs)[:4]}")


@check("K5.e", "configuration().dt is dt, in seconds", source=_V1, needs=["configuration"])
def dt(subject: Subject) -> None:
    """Files have it in nanoseconds, attributes in seconds."""
    found, expected = _configured(subject, "dt"), subject.backend.dt
    if expected is None:
        raise Skipped("the backend has no dt")
    expect(math.isclose(found, expected, rel_tol=1e-9), f"there dt is {found!r}, here {expected!r}")


@check(
    "K5.f",
    "properties() has the T1 of qubit_properties",
    source="BackendV1.properties",
    needs=["properties", "qubit_properties"],
)
def properties(subject: Subject) -> None:
    """Two numbers for one qubit: one of them is wrong, or in another unit."""
    found = subject.backend.properties()
    if found is None:
        raise Skipped("properties() is None")
    for qubit in range(min(subject.facts.width, 8)):
        expected = getattr(subject.backend.qubit_properties(qubit), "t1", None)
        if expected is None:
            continue
        value = found.t1(qubit)
        expect(
            math.isclose(value, expected, rel_tol=1e-6),
            f"T1 of qubit {qubit} is {value!r} s there, {expected!r} s here",
        )


@check(
    "K5.g",
    "defaults() has the frequencies of qubit_properties",
    source="BackendV1.defaults",
    needs=["defaults", "qubit_properties"],
)
def defaults(subject: Subject) -> None:
    """Pulses are played at the one, simulated at the other."""
    found = subject.backend.defaults()
    if found is None:
        raise Skipped("defaults() is None")
    frequencies = found.qubit_freq_est
    for qubit in range(min(subject.facts.width, 8)):
        expected = getattr(subject.backend.qubit_properties(qubit), "frequency", None)
        if not expected:
            continue
        expect(
            math.isclose(frequencies[qubit], expected, rel_tol=1e-2),
            f"qubit {qubit} is at {frequencies[qubit]!r} Hz there, {expected!r} Hz here",
        )
