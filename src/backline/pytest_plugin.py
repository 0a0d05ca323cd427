"""The checks of a backend as tests: ``pytest --backline-backend module:factory``.

Each check is an item of its own, `conformance::K26.d`, with the marker `conformance`. This module
is loaded by every pytest that has Backline installed, so it imports the checks when they are asked
for, and its options carry Backline's name.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from backline.conformance import Check, Subject


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options.

    Args:
        parser: Of the command line.
    """
    group = parser.getgroup("backline", "checks of a Qiskit backend")
    group.addoption(
        "--backline-backend", metavar="MODULE:FACTORY", help="check this backend, clause by clause"
    )
    group.addoption(
        "--backline-only", metavar="ID", action="append", default=[], help="an id, clause or group"
    )
    group.addoption("--backline-max-jobs", type=int, default=60, help="most jobs (60)")
    group.addoption("--backline-shots", type=int, default=512, help="of each circuit (512)")
    group.addoption("--backline-no-run", action="store_true", help="run nothing")
    group.addoption("--backline-strict", action="store_true", help="Backline's own clauses too")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known.

    Args:
        config: Of the session.
    """
    config.addinivalue_line("markers", "conformance: a check of --backline-backend")


def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the checks to what was collected.

    Args:
        session: The session.
        config: Of the session.
        items: What was collected.
    """
    place = config.getoption("--backline-backend")
    if not place:
        return
    from backline.conformance import Budget, Subject, load_source, selected
    from backline.errors import BacklineError

    try:
        subject = Subject(
            load_source(place),
            budget=Budget(
                max_jobs=config.getoption("--backline-max-jobs"),
                shots=config.getoption("--backline-shots"),
            ),
            run=not config.getoption("--backline-no-run"),
            strict=config.getoption("--backline-strict"),
        )
        checks = selected(config.getoption("--backline-only"))
    except BacklineError as error:
        raise pytest.UsageError(str(error)) from error
    suite = CheckSuite.from_parent(session, name="conformance", nodeid="conformance")
    for check in checks:
        item = CheckItem.from_parent(suite, name=check.id, check=check, subject=subject)
        item.add_marker("conformance")
        items.append(item)


class CheckSuite(pytest.Collector):
    """Holds the checks."""

    def collect(self) -> list[pytest.Item]:
        """Nothing more: the checks are added when all else was collected."""
        return []


class CheckItem(pytest.Item):
    """One check of one backend.

    Args:
        check: The check.
        subject: The backend, shared by all checks.
        **kwargs: Of pytest.
    """

    def __init__(self, *, check: Check, subject: Subject, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.check = check
        self.subject = subject

    def runtest(self) -> None:
        """Make the check."""
        from backline.conformance import Status, outcome_of

        outcome = outcome_of(self.check, self.subject)
        if outcome.status is Status.SKIP:
            pytest.skip(outcome.reason)
        if outcome.status is Status.FAIL:
            check = self.check
            pytest.fail(
                f"{check.id}: {check.title}\n  what: {outcome.reason}\n  why it matters: "
                f"{check.why}\n  asked for by: {check.source} ({check.basis.value})",
                pytrace=False,
            )

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where reports say that it is."""
        return self.path, None, f"{self.check.id}: {self.check.title}"
