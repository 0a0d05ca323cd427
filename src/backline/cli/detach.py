"""`backline run --detach`: jobs into the store, and a process that runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence

import typer

from backline.cli.failures import ExitCode, failure_of, report
from backline.cli.settings import RunSettings
from backline.cli.stores import VARIABLE, short, store_url
from backline.errors import StoreError
from backline.jobs import JobPlan


def detached(
    files: Sequence[str],
    device: str,
    settings: RunSettings,
    plan: JobPlan,
    store: str | None,
    *,
    as_json: bool,
    debug: bool,
) -> ExitCode:
    """Put programs into the store, one job each, and have them run in the background.

    Args:
        files: Of programs.
        device: A name or a path.
        settings: Of every run.
        plan: Of every job.
        store: As given by option.
        as_json: Whether to print JSON.
        debug: Whether to print the traces of errors.
    """
    from qiskit import qpy

    from backline.backends import load
    from backline.backends.launching import queued
    from backline.cli.execution import compiled
    from backline.cli.programs import ProgramReader
    from backline.jobs.store import open_store

    url, code, made = store_url(store), ExitCode.OK, []
    if url.startswith("memory:"):
        raise StoreError(
            "a store in memory ends with this command, and its jobs with it: --detach needs a "
            "file or a database"
        )
    with ProgramReader(files) as reader:
        place, backend = open_store(url), load(device)
        for program in reader.programs():
            failure = program.failure
            if program.path is not None:
                try:
                    with program.path.open("rb") as stream:
                        (circuit,) = qpy.load(stream)
                    fitted = compiled(circuit, backend, settings)
                    fitted.name = program.name
                    job_id = queued(place, backend, fitted, plan=plan, **settings.options)
                    made.append({"id": job_id, "file": program.file, "name": program.name})
                except Exception as error:  # the others go on
                    failure = failure_of(error)
            if failure is not None:
                report(failure, debug=debug, where=program.name)
                code = max(code, failure.exit_code)
    if made:
        start_runner(url)
    if as_json:
        typer.echo(json.dumps({"store": place.url, "jobs": made}, indent=2))
    else:
        for job in made:
            typer.echo(f"{job['id']}  {job['name']}")
        if made:
            typer.echo(
                f"backline: they run in the background; backline result {short(made[-1]['id'])} "
                f"shows what came out",
                err=True,
            )
    return code


def start_runner(url: str) -> None:
    """Start a process that runs what waits in a store, and outlives this one.

    Args:
        url: Of the store.
    """
    # A URL may have a password: not on a command line, which everybody can read.
    subprocess.Popen(
        [sys.executable, "-c", "from backline.cli import main; main()", "resume", "--quiet"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, VARIABLE: url},
        start_new_session=True,
    )
