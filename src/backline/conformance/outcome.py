"""How a check ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backline.conformance.registry import Check


class Status(StrEnum):
    """What came of a check."""

    PASS = "pass"
    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one check.

    Attributes:
        check: Which.
        status: Pass, fail or skip.
        reason: Why it failed or was skipped; empty where it passed.
        seconds: How long it took.
        jobs: How many jobs it started; checks share the results of jobs where they can.
    """

    check: Check
    status: Status
    reason: str = ""
    seconds: float = 0.0
    jobs: int = 0


class Failed(Exception):  # noqa: N818 - an outcome, no error of ours
    """The backend does not do what the check asks."""


class Skipped(Exception):  # noqa: N818 - an outcome, no error of ours
    """The check cannot be made, and the message says why."""


def expect(fine: bool, otherwise: str) -> None:
    """Fail where something does not hold.

    Args:
        fine: Whether it does.
        otherwise: What is wrong where it does not.

    Raises:
        Failed: If it does not hold.
    """
    if not fine:
        raise Failed(otherwise)


def expect_error(
    call: Callable[[], Any], kinds: type[Exception] | tuple[type[Exception], ...], what: str
) -> Exception:
    """The exception that a call has to raise.

    Args:
        call: What has to fail.
        kinds: As which exceptions.
        what: The call in words, for the message.

    Raises:
        Failed: If it gives something, or raises what it should not.
    """
    try:
        given = call()
    except kinds as error:
        return error
    except Exception as error:
        names = " or ".join(k.__name__ for k in (kinds if isinstance(kinds, tuple) else (kinds,)))
        raise Failed(f"{what} raised {worded(error)}; it should raise {names}") from error
    raise Failed(f"{what} gave {shown(given)}; it should be refused")


def worded(error: BaseException) -> str:
    """An exception in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:240]}"


def shown(value: Any) -> str:
    """A value in a few words."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 100 else f"{text[:97]}..."
