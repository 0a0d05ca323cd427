"""What came of all checks, for people and for programs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from xml.etree import ElementTree

from backline.conformance.outcome import Outcome, Status

_PACKAGES = ("backline", "qiskit", "qiskit-aer", "qiskit-ibm-runtime")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcomes of checks on one backend.

    Attributes:
        name: Of the backend.
        kind: Its class, with the module.
        outcomes: One a check, in order.
        jobs: How many jobs were started.
        circuits: How many circuits were in them.
        shots: Of each circuit.
        seconds: How long all of it took.
    """

    name: str
    kind: str
    outcomes: tuple[Outcome, ...]
    jobs: int
    circuits: int
    shots: int
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return not self.failed

    @property
    def passed(self) -> list[Outcome]:
        """What passed."""
        return self._those(Status.PASS)

    @property
    def failed(self) -> list[Outcome]:
        """What failed."""
        return self._those(Status.FAIL)

    @property
    def skipped(self) -> list[Outcome]:
        """What was skipped."""
        return self._those(Status.SKIP)

    def _those(self, status: Status) -> list[Outcome]:
        return [one for one in self.outcomes if one.status is status]

    @property
    def summary(self) -> str:
        """The whole in one line."""
        return (
            f"{self.name}: {len(self.passed)} passed, {len(self.failed)} failed, "
            f"{len(self.skipped)} skipped; {self.jobs} jobs, {self.circuits} circuits of "
            f"{self.shots} shots, {self.seconds:.1f} s"
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as the JSON file has them."""
        return {
            "schema": 1,
            "backend": self.name,
            "class": self.kind,
            "versions": _versions(),
            "ok": self.ok,
            "passed": len(self.passed),
            "failed": len(self.failed),
            "skipped": len(self.skipped),
            "jobs": self.jobs,
            "circuits": self.circuits,
            "shots": self.shots,
            "seconds": round(self.seconds, 3),
            "checks": [_entry(one) for one in self.outcomes],
        }

    def to_json(self) -> str:
        """One JSON document."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False)

    def to_junit(self) -> str:
        """JUnit's XML, as CI services read it."""
        suite = ElementTree.Element(
            "testsuite",
            name=f"conformance of {self.name}",
            tests=str(len(self.outcomes)),
            failures=str(len(self.failed)),
            errors="0",
            skipped=str(len(self.skipped)),
            time=f"{self.seconds:.3f}",
        )
        for one in self.outcomes:
            case = ElementTree.SubElement(
                suite,
                "testcase",
                classname=f"conformance.{one.check.group}",
                name=f"{one.check.id} {one.check.title}",
                time=f"{one.seconds:.3f}",
            )
            if one.status is Status.FAIL:
                failure = ElementTree.SubElement(case, "failure", message=_legal(one.reason))
                failure.text = _legal(f"{one.reason}\n{one.check.why}\n{one.check.source}")
            elif one.status is Status.SKIP:
                ElementTree.SubElement(case, "skipped", message=_legal(one.reason))
        root = ElementTree.Element("testsuites")
        root.append(suite)
        ElementTree.indent(root)
        return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _entry(outcome: Outcome) -> dict[str, Any]:
    check = outcome.check
    return {
        "id": check.id,
        "group": check.group,
        "title": check.title,
        "why": check.why,
        "basis": check.basis.value,
        "source": check.source,
        "rate": check.rate,
        "status": outcome.status.value,
        "reason": outcome.reason,
        "seconds": round(outcome.seconds, 4),
        "jobs": outcome.jobs,
    }


def _versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _legal(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return "".join(
        c if c in "\n\t" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text
    )
