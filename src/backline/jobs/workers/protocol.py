"""What all workers of other processes do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from backline.jobs.pool import WorkerPool

Item = TypeVar("Item")
Value = TypeVar("Value")


class Workers(Protocol):
    """Runs functions elsewhere. A value: copies and pickles stand for the same workers."""

    def map(
        self, function: Callable[[Item], Value], items: Sequence[Item]
    ) -> Iterator[Value | BaseException]:
        """Apply a function to every item.

        What was on a worker that died is run again, and noted. When the run that this is part of
        is being stopped, what runs is ended, as far as the workers can.

        Args:
            function: Must bear to be pickled.
            items: What it is applied to; must bear to be pickled.

        Yields:
            What the function returned, or the exception that it raised, in the order of `items`.
        """

    def drivers(self) -> WorkerPool:
        """Threads of this process that wait for these workers, one a job."""
