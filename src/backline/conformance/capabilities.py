"""What a backend claims; checks of what it does not claim are skipped with the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backline.conformance.outcome import Skipped
from backline.conformance.subject import Subject
from backline.errors import InputError


def require(subject: Subject, needs: tuple[str, ...]) -> None:
    """Skip where a backend lacks something.

    Args:
        subject: The backend.
        needs: Names of `CAPABILITIES`.

    Raises:
        Skipped: If it lacks one.
        InputError: If there is no such capability.
    """
    for need in needs:
        if need not in CAPABILITIES:
            raise InputError(f"a check needs {need!r}, which is none of {', '.join(CAPABILITIES)}")
        reason = CAPABILITIES[need](subject)
        if reason:
            raise Skipped(reason)


def _run(subject: Subject) -> str:
    if not subject.may_run:
        return "nothing is to be run (--no-run)"
    if "measure" not in subject.facts.operations:
        return "the target has no measurement"
    return ""


def _option(name: str) -> Callable[[Subject], str]:
    def missing(subject: Subject) -> str:
        return "" if name in subject.defaults else f"it has no option {name}"

    return missing


def _supported(subject: Subject, member: str, *arguments: Any) -> str:
    """Whether a member may be asked; any other error is for the checks to find."""
    if not hasattr(type(subject.backend), member):
        return f"it has no {member}"
    try:
        found = getattr(subject.backend, member)
        if arguments:
            found(*arguments)
    except NotImplementedError:
        return f"{member} is not supported (NotImplementedError)"
    except Exception:
        return ""
    return ""


def _pulses(subject: Subject) -> str:
    reason = _supported(subject, "drive_channel", 0)
    return f"it plays no pulses: {reason}" if reason else ""


def _calibrations(subject: Subject) -> str:
    target = subject.facts.target
    if not (hasattr(target, "has_calibration") and hasattr(target, "get_calibration")):
        return "its target carries no calibrations"
    return "" if calibrated(subject) else "its target has no calibrated instruction"


def calibrated(subject: Subject) -> list[tuple[str, tuple[int, ...]]]:
    """The instructions of a target that have schedules.

    Args:
        subject: The backend.
    """

    def find() -> list[tuple[str, tuple[int, ...]]]:
        target = subject.facts.target
        if not hasattr(target, "has_calibration"):
            return []
        return [
            (name, qubits)
            for name, places in subject.facts.places.items()
            for qubits in (places or ())
            if target.has_calibration(name, qubits)
        ]

    return list(subject.kept("calibrated", find))


def _factory(subject: Subject) -> str:
    return "" if subject.factory else "one backend was given, and nothing that makes another"


CAPABILITIES: dict[str, Callable[[Subject], str]] = {
    "run": _run,
    "shots": _option("shots"),
    "memory": _option("memory"),
    "seed": _option("seed_simulator"),
    "levels": _option("meas_level"),
    "pulses": _pulses,
    "calibrations": _calibrations,
    "schedule_map": lambda subject: _supported(subject, "instruction_schedule_map"),
    "configuration": lambda subject: _supported(subject, "configuration"),
    "properties": lambda subject: _supported(subject, "properties"),
    "defaults": lambda subject: _supported(subject, "defaults"),
    "qubit_properties": lambda subject: _supported(subject, "qubit_properties", 0),
    "factory": _factory,
}
"""What a check can ask for, each with the reason why it is not there (empty where it is)."""
