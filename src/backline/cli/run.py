"""`backline run`: programs from files, on a device."""

from __future__ import annotations

import math
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backline.cli.failures import Debug, ExitCode, report

if TYPE_CHECKING:
    from backline.backends import DeviceBackend
    from backline.cli.execution import RunSettings
    from backline.cli.programs import Program
    from backline.cli.report import Entry
    from backline.cli.waiting import Waiting


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
    from rich.console import Console

    from backline.cli.programs import ProgramReader
    from backline.cli.waiting import Waiting

    with (
        ProgramReader(files) as reader,
        Waiting(Console(stderr=True), len(files)) as waiting,
    ):
        waiting.step(f"loading {device}", done=0)
        from backline.backends import load
        from backline.cli.execution import RunSettings

        backend = load(device)
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
            timeout=timeout,
        )
        waiting.step(
            f"reading {len(files)} files" if len(files) > 1 else f"reading {files[0]}", done=0
        )
        programs = reader.programs()
        entries = _run_all(programs, backend, settings, waiting, debug)
    from backline.cli.report import document_of, print_entries, save_entries, to_json

    document = document_of(entries, backend.name)
    if as_json:
        typer.echo(to_json(document))
    else:
        print_entries(entries, backend.name, top=top, console=Console())
    if save is not None:
        save_entries(document, save)
    return max((entry.code for entry in entries), default=ExitCode.OK)


def _run_all(
    programs: list[Program],
    backend: DeviceBackend,
    settings: RunSettings,
    waiting: Waiting,
    debug: bool,
) -> list[Entry]:
    """Every program in turn; a failed one is said at once, and the next one follows."""
    from backline.cli.execution import execute
    from backline.cli.report import Entry
    from backline.errors import BacklineError

    entries = []
    for done, program in enumerate(programs):
        waiting.step(
            f"running {program.name} ({done + 1} of {len(programs)})",
            done=done,
            steps=len(programs),
        )
        try:
            if program.circuit is None:
                raise program.error or BacklineError("holds no program")
            finished = execute(program.circuit, backend, settings)
            entries.append(Entry(file=program.file, name=program.name, finished=finished))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # PanicException is no Exception
            code = report(error, debug=debug, where=program.name)
            entries.append(Entry(file=program.file, name=program.name, error=error, code=code))
    return entries
