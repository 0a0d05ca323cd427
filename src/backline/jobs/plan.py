"""What is asked for one job, beside what it runs."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real

from backline.errors import OptionValueError
from backline.jobs.retrying import Retry


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPlan:
    """How a job is to be run.

    Attributes:
        tags: Words to find it by, printable texts of 1 to 200 characters.
        priority: Of those that wait, a higher one begins first; a whole number of 32 bits.
        time_limit: Longest run in s, None for no limit.
        retries: How often experiments that failed for reasons that pass are tried again.
    """

    tags: tuple[str, ...] = ()
    priority: int = 0
    time_limit: float | None = None
    retries: int = 0

    def __post_init__(self) -> None:
        tags = (self.tags,) if isinstance(self.tags, str) else tuple(self.tags)
        object.__setattr__(self, "tags", tags)
        if type(self.priority) is not int or not -(2**31) <= self.priority < 2**31:
            raise OptionValueError(
                f"priority must be a whole number of 32 bits, got {self.priority!r}"
            )
        limit = self.time_limit
        if limit is not None:
            number = isinstance(limit, Real) and not isinstance(limit, bool)
            if not number or not 0 < limit < float("inf"):
                raise OptionValueError(
                    f"time_limit must be a positive number of seconds, got {limit!r}"
                )
        for tag in tags:
            if not isinstance(tag, str) or not tag.isprintable() or not 0 < len(tag) <= 200:
                raise OptionValueError(
                    f"a tag is a printable text of 1 to 200 characters, got {tag!r:.100}"
                )
        Retry(times=self.retries)
