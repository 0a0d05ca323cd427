"""`backline run`: programs from files, on a device."""

from __future__ import annotations

import math
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backline.cli.failures import Debug, ExitCode, report, warn
from backline.cli.stores import StoreUrl, Tags

if TYPE_CHECKING:
    from backline.cli.programs import Program
    from backline.cli.report import Entry
    from backline.cli.waiting import Waiting
    from backline.cli.worker import Worker


class EngineName(StrEnum):
    """What runs a program."""

    AUTO = "auto"
    GATES = "gates"
    PULSES = "pulses"


def run(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="OpenQASM 2 or 3, or QPY of version 13 or later."),
    ],
    device: Annotated[
        str,
        typer.Option("--device", "-d", help="A name of `backline devices`, or a path."),
    ],
    shots: Annotated[int, typer.Option("--shots", "-n", min=1, help="How often.")] = 1024,
    engine: Annotated[
        EngineName, typer.Option("--engine", "-e", help="Gate by gate, or as calibrated pulses.")
    ] = EngineName.AUTO,
    seed: Annotated[
        int | None, typer.Option(min=0, help="The same seed gives the same counts.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(help="Write results: FILE.json has them all, a folder one file a program."),
    ] = None,
    transpiled: Annotated[
        bool,
        typer.Option("--transpile/--no-transpile", help="Compile for the device, or run as it is."),
    ] = True,
    optimization_level: Annotated[
        int, typer.Option("--optimization-level", "-O", min=0, max=3, help="Of the transpiler.")
    ] = 2,
    noise: Annotated[
        bool,
        typer.Option("--noise/--no-noise", help="With the device's errors, or an ideal device."),
    ] = True,
    memory: Annotated[
        bool, typer.Option("--memory", help="Keep every single shot (in JSON).")
    ] = False,
    timeout: Annotated[
        float | None, typer.Option(help="Longest run of one program, in seconds.")
    ] = None,
    detach: Annotated[
        bool,
        typer.Option("--detach", help="Put the jobs into the store, run them in the background."),
    ] = False,
    tags: Tags = None,
    priority: Annotated[int, typer.Option(help="Of detached jobs: a higher one begins first.")] = 0,
    store: StoreUrl = None,
    top: Annotated[int, typer.Option(min=1, help="Outcomes shown; the rest is summed.")] = 16,
    debug: Debug = False,
) -> ExitCode:
    """Run programs on a device, and show what comes out.

    Each program is compiled for the device and runs as a job of its own: what is wrong with one
    is said with its name, and the others still run. Ctrl-C cancels.
    """
    if timeout is not None and not (math.isfinite(timeout) and timeout > 0):
        raise typer.BadParameter("must be a positive number of seconds", param_hint="--timeout")
    # Imported here: `backline --help` need not wait for them.
    from backline.cli.settings import RunSettings
    from backline.cli.worker import Worker

    settings = RunSettings(
        options={
            "shots": shots,
            "engine": engine.value,
            "seed_simulator": seed,
            "memory": memory,
            "noise": noise,
            "idle_noise": noise,
            "readout_noise": noise,
            "relaxation": noise,
        },
        optimization_level=optimization_level if transpiled else None,
        seed=seed,
    )
    if detach:
        from backline.cli.detach import detached
        from backline.jobs import JobPlan

        plan = JobPlan(tags=tuple(tags or ()), priority=priority, time_limit=timeout)
        return detached(files, device, settings, plan, store, as_json=as_json, debug=debug)
    with Worker(device, settings, timeout) as worker:  # it loads while this process imports
        from rich.console import Console

        from backline.cli.programs import ProgramReader
        from backline.cli.report import (
            check_save_path,
            document_of,
            print_entries,
            save_entries,
            to_json,
        )
        from backline.cli.waiting import Waiting

        if save is not None:
            check_save_path(save)
        with (
            ProgramReader(files) as reader,
            Waiting(Console(stderr=True), len(files)) as waiting,
        ):
            waiting.step(f"loading {device}", done=0)
            loaded = worker.device_name()
            for warning in loaded.warnings:
                warn(warning)
            if loaded.failure is not None:
                report(loaded.failure, debug=debug)
                return loaded.failure.exit_code
            waiting.step("reading", done=0)
            entries = _run_all(reader.programs(), worker, waiting, debug)
    document = document_of(entries, loaded.value)
    if as_json:
        typer.echo(to_json(document))
    else:
        print_entries(entries, loaded.value, top=top, console=Console())
    if save is not None:
        save_entries(document, save)
    codes = [entry.failure.exit_code for entry in entries if entry.failure is not None]
    return max(codes, default=ExitCode.OK)


def _run_all(programs: list[Program], worker: Worker, waiting: Waiting, debug: bool) -> list[Entry]:
    """Every program in turn; a failed one is said at once, and the next one follows."""
    from backline.cli.report import Entry

    entries = []
    for done, program in enumerate(programs):
        waiting.step(
            f"running {program.name} ({done + 1} of {len(programs)})",
            done=done,
            steps=len(programs),
        )
        finished, failure = None, program.failure
        if program.path is not None:
            reply = worker.run(program.path)
            finished, failure = reply.value, reply.failure
            for warning in reply.warnings:
                warn(warning)
        if failure is not None:
            report(failure, debug=debug, where=program.name)
        entries.append(
            Entry(file=program.file, name=program.name, finished=finished, failure=failure)
        )
    return entries
