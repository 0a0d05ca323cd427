"""`backline check`: whether a backend keeps the contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backline.cli.failures import Debug, ExitCode
from backline.cli.tables import echo, table

if TYPE_CHECKING:
    from backline.conformance import Check, Outcome, Report


def check(
    place: Annotated[
        str,
        typer.Argument(
            metavar="MODULE:FACTORY",
            help="A class, function or backend in a Python module; backline:NAME for a bundled "
            "device.",
        ),
    ] = "",
    only: Annotated[
        list[str] | None,
        typer.Option(help="An id (K26.d), a clause (K26) or a group (options); may be repeated."),
    ] = None,
    run: Annotated[bool, typer.Option("--run/--no-run", help="Whether anything is run.")] = True,
    max_jobs: Annotated[int, typer.Option(min=0, help="Most jobs that are started.")] = 60,
    shots: Annotated[int, typer.Option(min=16, max=100_000, help="Of each circuit.")] = 512,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Backline's own clauses too, whoever wrote the backend."),
    ] = False,
    option: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Given to every run; may be repeated."),
    ] = None,
    as_json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the report as JSON.")
    ] = None,
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report as JUnit's XML.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the checks, and make none.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show what passed and was skipped, too.")
    ] = False,
    debug: Debug = False,
) -> ExitCode:
    """Check a backend against the contract of BackendV2, clause by clause.

    The exit code is 1 if a check failed.
    """
    from backline.conformance import Budget, Subject, check_subject, load_source, selected

    if listed:
        _list(selected(only or ()))
        return ExitCode.OK
    if not place:
        raise typer.BadParameter("name a backend, as module:factory", param_hint="MODULE:FACTORY")
    options = dict(_option(one) for one in option or ())
    subject = Subject(
        load_source(place),
        budget=Budget(max_jobs=max_jobs, shots=shots),
        run=run,
        strict=strict,
        options=options,
    )
    report = check_subject(subject, only=only or (), heard=_say if verbose else None)
    _show(report, verbose=verbose)  # whatever becomes of the files: a device was asked for it
    if as_json is not None:
        as_json.write_text(report.to_json() + "\n", encoding="utf-8")
    if junit is not None:
        junit.write_text(report.to_junit(), encoding="utf-8")
    return ExitCode.OK if report.ok else ExitCode.FAULT


def _option(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise typer.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--option")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def _say(outcome: Outcome) -> None:
    echo(f"{outcome.status.value:4}  {outcome.check.id:6} {outcome.check.title}")
    if outcome.reason:
        echo(f"             {outcome.reason}")


def _show(report: Report, *, verbose: bool) -> None:
    for outcome in report.failed:
        echo(f"\nFAIL {outcome.check.id}: {outcome.check.title}")
        echo(f"  what: {outcome.reason}")
        echo(f"  why it matters: {outcome.check.why}")
        echo(f"  asked for by: {outcome.check.source} ({outcome.check.basis.value})")
    if report.skipped and not verbose:
        reasons: dict[str, list[str]] = {}
        for outcome in report.skipped:
            reasons.setdefault(outcome.reason, []).append(outcome.check.id)
        skips = table("skipped", "because")
        for reason, ids in sorted(reasons.items(), key=lambda item: -len(item[1])):
            shown = ", ".join(ids[:6]) + (f" and {len(ids) - 6} more" if len(ids) > 6 else "")
            skips.add_row(shown, reason)
        echo(skips)
    echo(report.summary)


def _list(checks: list[Check]) -> None:
    rows = table("id", "group", "asked for by", "what has to hold")
    for one in checks:
        rows.add_row(one.id, one.group, one.basis.value, one.title)
    echo(rows)
    echo(f"{len(checks)} checks")
