"""Making the checks."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from backline.conformance.budget import Budget
from backline.conformance.capabilities import require
from backline.conformance.checks import GROUPS
from backline.conformance.outcome import Failed, Outcome, Skipped, Status, worded
from backline.conformance.registry import Basis, Check, selected
from backline.conformance.report import Report
from backline.conformance.subject import Subject

__all__ = ["GROUPS", "check_backend", "check_subject", "outcome_of"]


def check_backend(
    backend: Any,
    *,
    only: Iterable[str] = (),
    max_jobs: int = 60,
    shots: int = 512,
    run: bool = True,
    strict: bool = False,
    options: Mapping[str, Any] | None = None,
    name: str | None = None,
) -> Report:
    """Check that a backend keeps the contract.

    Args:
        backend: A backend, or (better) a class or function that makes one when called without
            arguments: some checks need a second one.
        only: Ids, clauses or groups of checks; none for all.
        max_jobs: Most jobs that are started.
        shots: Of each circuit. Fewer than 256 say little of gates.
        run: Whether anything is run at all.
        strict: Check Backline's own clauses too where the backend is none of Backline's.
        options: Given to every run, as `noise=False`.
        name: Of the backend in the report; its own by default.

    Raises:
        InputError: If there is no check of that name, or no backend can be made.
        OptionValueError: If a number is not allowed.

    Example:
        >>> import backline
        >>> from backline.conformance import check_backend
        >>> report = check_backend(lambda: backline.load("manila"), only=["K1", "K26.d"])
        >>> report.ok, len(report.passed)
        (True, 6)
    """
    subject = Subject(
        backend,
        name=name,
        budget=Budget(max_jobs=max_jobs, shots=shots),
        run=run,
        strict=strict,
        options=options,
    )
    return check_subject(subject, only=only)


def check_subject(
    subject: Subject,
    *,
    only: Iterable[str] = (),
    heard: Callable[[Outcome], None] | None = None,
) -> Report:
    """Make checks on a subject.

    Args:
        subject: The backend.
        only: Ids, clauses or groups; none for all.
        heard: Called with each outcome as it comes.

    Raises:
        InputError: If there is no check of that name, or no backend can be made.
    """
    chosen, kind = selected(only), type(subject.backend)
    start = time.monotonic()
    outcomes = []
    for one in chosen:
        outcome = outcome_of(one, subject)
        outcomes.append(outcome)
        if heard is not None:
            heard(outcome)
    return Report(
        name=subject.name,
        kind=f"{kind.__module__}.{kind.__qualname__}",
        outcomes=tuple(outcomes),
        jobs=subject.budget.jobs,
        circuits=subject.budget.circuits,
        shots=subject.budget.shots,
        seconds=time.monotonic() - start,
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Without warnings: what tools have to say of a target is not said a hundred times."""
    log = logging.getLogger("qiskit.transpiler.target")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(level)


def outcome_of(check: Check, subject: Subject) -> Outcome:
    """Make one check.

    Args:
        check: Which.
        subject: On what.
    """
    start, jobs = time.monotonic(), subject.budget.jobs
    status, reason = Status.PASS, ""
    try:
        with _quiet():
            if check.basis is Basis.BACKLINE and not subject.claims_contract:
                raise Skipped("a clause of Backline's own, which this backend does not claim")
            require(subject, check.needs)
            check.function(subject)
    except Skipped as skipped:
        status, reason = Status.SKIP, str(skipped)
    except Failed as failed:
        status, reason = Status.FAIL, str(failed)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # PanicException is no Exception
        status, reason = Status.FAIL, f"raised {worded(error)}"
    return Outcome(
        check=check,
        status=status,
        reason=reason,
        seconds=time.monotonic() - start,
        jobs=subject.budget.jobs - jobs,
    )
