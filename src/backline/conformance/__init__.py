"""The contract as checks that run against any `BackendV2`.

`check_backend(factory)` makes them and gives a `Report`; the command is `backline check`, and
pytest takes `--backline-backend module:factory`.
"""

from backline.conformance.budget import Budget
from backline.conformance.loading import load_source
from backline.conformance.outcome import Outcome, Status
from backline.conformance.registry import CHECKS, Basis, Check, selected
from backline.conformance.report import Report
from backline.conformance.runner import check_backend, check_subject, outcome_of
from backline.conformance.subject import Subject

__all__ = [
    "CHECKS",
    "Basis",
    "Budget",
    "Check",
    "Outcome",
    "Report",
    "Status",
    "Subject",
    "check_backend",
    "check_subject",
    "load_source",
    "outcome_of",
    "selected",
]
