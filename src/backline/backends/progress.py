"""How far something is, for a person who waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from backline.errors import OptionValueError

if TYPE_CHECKING:
    from rich.progress import Progress

Report: TypeAlias = Callable[[float], None]
"""Is told how much is done, from 0 to 1."""

_PATIENCE = 1.0  # seconds before a bar is shown


@contextmanager
def shown(progress: bool | Report, description: str) -> Iterator[Report]:
    """Where reports of progress go: to a bar, to a function, or nowhere.

    Args:
        progress: True for a bar on a terminal or in a notebook, which appears after a second and
            leaves no trace; False for nothing; or what is called with each report.
        description: What is being waited for.

    Yields:
        What takes the reports.

    Raises:
        OptionValueError: If it is none of these.
    """
    if callable(progress):
        yield progress
    elif progress is False:
        yield _nowhere
    elif progress is True:
        bar = _Bar(description)
        try:
            yield bar.report
        finally:
            bar.close()
    else:
        raise OptionValueError(f"progress is True, False or a function, got {progress!r}")


def _nowhere(done: float) -> None:
    """Nobody wants to know."""


class _Bar:
    """A bar that appears with the first report after a second."""

    def __init__(self, description: str) -> None:
        self._description = description
        self._since = time.monotonic()
        self._bar: Progress | None = None

    def report(self, done: float) -> None:
        if self._bar is None:
            if time.monotonic() - self._since < _PATIENCE:
                return
            self._bar = _started(self._description, self._since)
        self._bar.update(self._bar.task_ids[0], completed=done)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()


def _started(description: str, since: float) -> Progress:
    # Only who waits for long, and wants to see it, pays for the import.
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        get_time=time.monotonic,
        disable=not (console.is_terminal or console.is_jupyter),
    )
    bar.add_task(escape(description), total=1.0)
    bar.tasks[0].start_time = since  # and not when it appeared
    bar.start()
    return bar
