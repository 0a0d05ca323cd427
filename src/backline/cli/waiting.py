"""What a person sees of work that takes over a second: a bar on standard error."""

from __future__ import annotations

import threading
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

_PATIENCE = 1.0  # seconds before anything is shown


class Waiting:
    """A progress bar that appears after a second, on a terminal only, and leaves no trace.

    Args:
        console: On standard error.
        steps: How many there are.
    """

    def __init__(self, console: Console, steps: int) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("", total=steps)
        self._timer: threading.Timer | None = None
        if console.is_terminal:
            self._timer = threading.Timer(_PATIENCE, self._progress.start)
            self._timer.daemon = True

    def __enter__(self) -> Waiting:
        if self._timer is not None:
            self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()
        if self._progress.live.is_started:
            self._progress.stop()

    def step(self, description: str, *, done: int, steps: int | None = None) -> None:
        """Say what is done now.

        Args:
            description: A few words.
            done: How many steps are over.
            steps: How many there are, where that changed.
        """
        self._progress.update(
            self._task, description=escape(description), completed=done, total=steps
        )
