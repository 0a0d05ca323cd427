"""The checks that there are, each with what it proves and where that comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from backline.errors import InputError

if TYPE_CHECKING:
    from backline.conformance.subject import Subject


class Basis(StrEnum):
    """Who asks for a clause."""

    REFERENCE = "reference"  # the API reference of BackendV2
    QISKIT = "qiskit"  # Qiskit's own tools and classes rely on it
    BACKLINE = "backline"  # Backline's contract alone; only where a backend claims it


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that a backend has to do.

    Attributes:
        id: The clause of the contract, and a letter where it has several checks: "K26.d". Ids that
            begin with S are statistical.
        title: What has to hold, in a sentence.
        why: What goes wrong where it does not.
        basis: Who asks for it.
        source: Where it comes from.
        group: Name of the group of checks that it belongs to.
        needs: What a backend must have, or the check is skipped: see `capabilities`.
        rate: Of a statistical check, how often a right backend fails it by chance, at most.
        function: Raises `Failed` or `Skipped`; any other exception is a failure too.
    """

    id: str
    title: str
    why: str
    basis: Basis
    source: str
    group: str
    needs: tuple[str, ...] = ()
    rate: float | None = None
    function: Callable[[Subject], None] = field(repr=False, compare=False)


CHECKS: dict[str, Check] = {}
"""Every check by its id."""


def check(
    identifier: str,
    title: str,
    *,
    basis: Basis = Basis.QISKIT,
    source: str,
    needs: Iterable[str] = (),
    rate: float | None = None,
) -> Callable[[Callable[[Subject], None]], Callable[[Subject], None]]:
    """Register a function as a check; its docstring says why it matters.

    Args:
        identifier: As `Check.id`.
        title: As `Check.title`.
        basis: As `Check.basis`.
        source: As `Check.source`.
        needs: As `Check.needs`.
        rate: As `Check.rate`.

    Raises:
        InputError: If there is such a check already, or it does not say why.
    """

    def register(function: Callable[[Subject], None]) -> Callable[[Subject], None]:
        if identifier in CHECKS:
            raise InputError(f"there are two checks {identifier}")
        if not function.__doc__:
            raise InputError(f"check {identifier} does not say why it matters")
        CHECKS[identifier] = Check(
            id=identifier,
            title=title,
            why=" ".join(function.__doc__.split()),
            basis=basis,
            source=source,
            group=function.__module__.rsplit(".", 1)[-1],
            needs=tuple(needs),
            rate=rate,
            function=function,
        )
        return function

    return register


def selected(wanted: Iterable[str] = ()) -> list[Check]:
    """The checks of some ids, clauses or groups, in the order of a report.

    Args:
        wanted: Ids ("K26.d"), clauses ("K26": all of its checks) or groups ("options"); none of
            them for all checks.

    Raises:
        InputError: If one of them is nothing of that.
    """
    names = list(wanted)
    everything = sorted(CHECKS.values(), key=lambda one: _place(one.id))
    if not names:
        return everything
    for name in names:
        if not any(_is_meant(one, name) for one in CHECKS.values()):
            groups = ", ".join(sorted({one.group for one in CHECKS.values()}))
            raise InputError(
                f"there is no check {name!r}: give an id such as K26.d, a clause such as K26, or a "
                f"group ({groups})"
            )
    return [one for one in everything if any(_is_meant(one, name) for name in names)]


def _place(identifier: str) -> tuple[str, int, str]:
    """K3 stands before K10."""
    clause, _, letter = identifier.partition(".")
    return clause[0], int(clause[1:]), letter


def _is_meant(check_: Check, name: str) -> bool:
    return name in (check_.id, check_.id.split(".")[0], check_.group)
