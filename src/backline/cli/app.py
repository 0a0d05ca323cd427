"""The command itself. What takes long to import is imported by the commands that need it."""

from __future__ import annotations

from typing import Annotated

import typer

from backline.cli.check import check
from backline.cli.devices import list_devices, show
from backline.cli.draw import draw
from backline.cli.failures import guarded
from backline.cli.jobs import cancel, job, list_jobs, prune, result
from backline.cli.reconcile import reconcile
from backline.cli.resume import resume
from backline.cli.run import run

app = typer.Typer(
    name="backline",
    help="Run quantum programs on described devices: as gates with noise, or as pulses.",
    epilog="Exit codes: 0 all well; 1 the program, the device or the input is at fault; "
    "2 wrong usage; 3 an error of Backline itself; 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("devices")(guarded(list_devices))
app.command("show")(guarded(show))
app.command("run")(guarded(run))
app.command("draw")(guarded(draw))
app.command("reconcile")(guarded(reconcile))
app.command("check")(guarded(check))
app.command("jobs")(guarded(list_jobs))
app.command("job")(guarded(job))
app.command("result")(guarded(result))
app.command("cancel")(guarded(cancel))
app.command("resume")(guarded(resume))
app.command("prune")(guarded(prune))


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"backline {version('backline')}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Options before the command."""
