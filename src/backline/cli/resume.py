"""`backline resume`: run what waits in the store."""

from __future__ import annotations

from typing import Annotated

import typer

from backline.cli.failures import Debug, ExitCode
from backline.cli.stores import StoreUrl, found, opened, short
from backline.cli.tables import echo


def resume(
    job_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID...]", help="These alone; default: all.")
    ] = None,
    count: Annotated[
        int | None, typer.Option("--processes", min=1, help="That run; default: one a core.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing.")] = False,
    store: StoreUrl = None,
    debug: Debug = False,
) -> ExitCode:
    """Run the jobs that wait and that nobody is about to run, until there are none.

    Those are detached jobs, and jobs whose process ended. Ctrl-C gives them back.
    """
    from backline.backends.runner import run_waiting
    from backline.jobs.workers import processes

    place = opened(store)
    chosen = None if not job_ids else [found(place, job_id).id for job_id in job_ids]

    def say(job_id: str, text: str) -> None:
        if not quiet:
            echo(f"{short(job_id)} {text}")

    failed = run_waiting(place, workers=processes(count), job_ids=chosen, say=say)
    return ExitCode.FAULT if failed else ExitCode.OK
