"""K24 to K27: sampling times, groups of measurement, qubits, size of jobs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from backline.conformance.outcome import Skipped, expect, expect_error, shown
from backline.conformance.registry import Basis, check
from backline.conformance.subject import Subject

_PROPERTIES = "BackendV2.qubit_properties"


def _seconds(value: Any, what: str) -> None:
    expect(
        isinstance(value, (int, float)) and math.isfinite(value) and 0 < value < 1e-3,
        f"{what} is {shown(value)}; it should be seconds, a small positive number",
    )


@check(
    "K24.a",
    "dt is a positive number of seconds, or None",
    basis=Basis.REFERENCE,
    source="BackendV2.dt",
)
def dt(subject: Subject) -> None:
    """Samples become seconds by it; in nanoseconds everything is a billion times longer."""
    found = subject.backend.dt
    if found is not None:
        _seconds(found, "dt")


@check("K24.b", "dt is that of the target", source="BackendV2.dt")
def dt_of_target(subject: Subject) -> None:
    """The compiler reads the target's, users the backend's."""
    found, expected = subject.backend.dt, subject.facts.target.dt
    expect(found == expected, f"dt is {found!r}, that of the target {expected!r}")


@check(
    "K24.c",
    "dtm is a positive number of seconds, or NotImplementedError",
    basis=Basis.REFERENCE,
    source="BackendV2.dtm",
)
def dtm(subject: Subject) -> None:
    """Traces of measurement level 0 have this step."""
    try:
        found = subject.backend.dtm
    except NotImplementedError:
        return
    _seconds(found, "dtm")


@check(
    "K25.a",
    "meas_map is a list of lists of qubits, or NotImplementedError",
    basis=Basis.REFERENCE,
    source="BackendV2.meas_map",
)
def meas_map(subject: Subject) -> None:
    """Whoever measures one qubit has to measure its group."""
    try:
        found = subject.backend.meas_map
    except NotImplementedError:
        return
    width = subject.facts.target.num_qubits
    expect(
        isinstance(found, list) and all(isinstance(group, (list, tuple)) for group in found),
        f"meas_map is {shown(found)}",
    )
    wrong = [q for group in found for q in group if width is not None and not 0 <= q < width]
    expect(not wrong, f"meas_map has qubits {wrong[:4]}, the target has {width}")


@check("K25.b", "meas_map is the target's", basis=Basis.BACKLINE, source="K25")
def meas_map_of_target(subject: Subject) -> None:
    """The compiler aligns measurements by the target's groups."""
    groups = subject.facts.target.concurrent_measurements
    if groups is None:
        raise Skipped("the target does not say what is measured together")
    found = [list(group) for group in subject.backend.meas_map]
    expect(found == [list(group) for group in groups], "meas_map and the target's groups differ")


@check(
    "K26.a",
    "qubit_properties of a qubit is what is known of it",
    basis=Basis.REFERENCE,
    source=_PROPERTIES,
    needs=["qubit_properties"],
)
def one(subject: Subject) -> None:
    """T1, T2 and the frequency of a qubit are read here."""
    found = subject.backend.qubit_properties(0)
    expect(
        found is None or all(hasattr(found, name) for name in ("t1", "t2", "frequency")),
        f"qubit_properties(0) is {shown(found)}",
    )


@check(
    "K26.b",
    "qubit_properties of a list is a list in the same order",
    basis=Basis.REFERENCE,
    source=_PROPERTIES,
    needs=["qubit_properties"],
)
def several(subject: Subject) -> None:
    """Who asks for qubits 2 and 0 gets those of 2 first."""
    last = subject.facts.width - 1
    wanted = [last, 0]
    found = subject.backend.qubit_properties(wanted)
    expect(isinstance(found, list) and len(found) == 2, f"of {wanted} it gives {shown(found)}")
    singles = [subject.backend.qubit_properties(q) for q in wanted]
    same = [_values(a) == _values(b) for a, b in zip(found, singles, strict=True)]
    expect(all(same), f"properties of {wanted} are not those of each in that order")


def _values(entry: Any) -> tuple[Any, ...] | None:
    if entry is None:
        return None
    values = (getattr(entry, name, None) for name in ("t1", "t2", "frequency"))
    return tuple(None if v is None or v != v else v for v in values)


@check(
    "K26.c",
    "numpy's integers are qubits",
    source=_PROPERTIES,
    needs=["qubit_properties"],
)
def numpy_integer(subject: Subject) -> None:
    """Qubits come out of arrays and graphs as numpy's integers."""
    found = subject.backend.qubit_properties(np.int64(0))
    expected = subject.backend.qubit_properties(0)
    expect(
        _values(found) == _values(expected), "of np.int64(0) it gives other properties than of 0"
    )


@check(
    "K26.d",
    "a qubit that does not exist is an error",
    source=_PROPERTIES,
    needs=["qubit_properties"],
)
def missing(subject: Subject) -> None:
    """Otherwise somebody calibrates with another qubit's numbers."""
    number = subject.facts.width + 3
    expect_error(
        lambda: subject.backend.qubit_properties(number), Exception, f"qubit_properties({number})"
    )


@check(
    "K26.e",
    "qubit -1 is an error",
    basis=Basis.BACKLINE,
    source="K26",
    needs=["qubit_properties"],
)
def negative(subject: Subject) -> None:
    """A list counts -1 from its end; a device has no such qubit."""
    expect_error(lambda: subject.backend.qubit_properties(-1), Exception, "qubit_properties(-1)")


def _all_properties(subject: Subject) -> list[Any]:
    def read() -> list[Any]:
        found = subject.backend.qubit_properties(list(range(subject.facts.width)))
        return list(found)

    return list(subject.kept("timing.properties", read))


@check(
    "K26.f",
    "T1 and T2 are seconds, frequencies Hz",
    source="QubitProperties",
    needs=["qubit_properties"],
)
def units(subject: Subject) -> None:
    """In microseconds and GHz, as files have them, every simulation of them is wrong."""
    for qubit, entry in enumerate(_all_properties(subject)):
        for name in ("t1", "t2"):
            value = getattr(entry, name, None)
            expect(value is None or 0 < value < 1e5, f"{name} of qubit {qubit} is {value!r}, in s")
        value = getattr(entry, "frequency", None)
        expect(
            value is None or value == 0 or 1e6 <= value < 1e17,
            f"the frequency of qubit {qubit} is {value!r}, in Hz",
        )


@check(
    "K26.g",
    "T2 is at most twice T1",
    source="physics",
    needs=["qubit_properties"],
)
def physical(subject: Subject) -> None:
    """More is not possible, and noise models refuse it or mend it silently."""
    wrong = []
    for qubit, entry in enumerate(_all_properties(subject)):
        t1, t2 = getattr(entry, "t1", None), getattr(entry, "t2", None)
        if t1 and t2 and t2 > 2 * t1 * (1 + 1e-9):
            wrong.append(qubit)
    expect(not wrong, f"it is more on {len(wrong)} qubits: {', '.join(map(str, wrong[:6]))}")


@check(
    "K27.a",
    "max_circuits is a positive int, or None",
    basis=Basis.REFERENCE,
    source="BackendV2.max_circuits",
)
def max_circuits(subject: Subject) -> None:
    """Clients split their work by it."""
    found = subject.backend.max_circuits
    expect(found is None or (type(found) is int and found > 0), f"max_circuits is {shown(found)}")
