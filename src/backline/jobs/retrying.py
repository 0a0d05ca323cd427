"""Trying again what failed for reasons that pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backline.errors import OptionValueError, WorkerLostError

_PASSING = (ConnectionError, TimeoutError, WorkerLostError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often, and after which pauses, failed entries are tried again.

    Attributes:
        times: At most so often; 0 for never.
        first: Pause before the first time, in s.
        factor: By which each pause is longer than the one before.
        longest: Longest pause, in s.

    Example:
        >>> list(Retry(times=4, first=0.5, longest=2.0).pauses())
        [0.5, 1.0, 2.0, 2.0]
    """

    times: int = 0
    first: float = 0.5
    factor: float = 2.0
    longest: float = 60.0

    def __post_init__(self) -> None:
        if type(self.times) is not int or self.times < 0:
            raise OptionValueError(f"retries must be a whole number from 0, got {self.times!r}")
        if not (self.first >= 0 and self.factor >= 1 and self.longest >= 0):
            raise OptionValueError(
                f"pauses must not be negative or become shorter, got first={self.first!r}, "
                f"factor={self.factor!r}, longest={self.longest!r}"
            )

    def pauses(self) -> Iterator[float]:
        """The pause before each time, in s."""
        pause = self.first
        for _ in range(self.times):
            yield min(pause, self.longest)
            pause = min(pause * self.factor, self.longest)


def is_retryable(error: BaseException) -> bool:
    """Whether an error may be gone when the same is tried again.

    Connections that break, time-outs of the system and lost workers pass; an author's errors do
    where they have the attribute `retryable = True`. An error also passes if its cause does.

    Args:
        error: What came of an entry.
    """
    seen: BaseException | None = error
    while seen is not None:
        if getattr(seen, "retryable", isinstance(seen, _PASSING)):
            return True
        seen = seen.__cause__
    return False
