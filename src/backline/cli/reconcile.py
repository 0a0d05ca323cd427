"""`backline reconcile`: control lines fitted to a device's own two-qubit schedules."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backline.cli.devices import AsJson
from backline.cli.failures import Debug
from backline.cli.tables import echo, table

if TYPE_CHECKING:
    from backline.calibration import Reconciliation
    from backline.device import Device

_PAIR = re.compile(r"\s*(\d+)\s*-\s*(\d+)\s*")


def reconcile(
    device: Annotated[str, typer.Argument(help="A name of `backline devices`, or a path.")],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FILE", help="Store the device here (.json or .json.gz)."
        ),
    ] = None,
    pairs: Annotated[
        str | None, typer.Option(metavar="0-1,1-2,…", help="Fit these pairs alone.")
    ] = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Fit a device's control lines, so that its two-qubit schedules make their gates as pulses.

    For each pair it shows the average gate fidelity before and after, also of the schedules that
    were not fitted, and says which stay below 0.99 and why.

    For example: backline reconcile snapshots.whl:lima --out lima.json
    """
    _check_out(out)
    chosen = _pairs(pairs)
    # Imported here: `backline --help` need not wait for them.
    from backline.formats import read_device, write

    found = _fitted(read_device(device), chosen)
    if out is not None:
        write(found.device, out)
    if as_json:
        stored = {"stored": None if out is None else str(out)}
        typer.echo(json.dumps(found.to_dict() | stored, indent=2))
        return
    _print(found)
    echo(f"the device is stored in {out}" if out else "nothing is stored: --out FILE does")


def _fitted(device: Device, pairs: list[tuple[int, int]] | None) -> Reconciliation:
    """The fit, with a bar on standard error."""
    from rich.console import Console

    from backline.calibration import reconcile
    from backline.cli.waiting import Waiting

    with Waiting(Console(stderr=True), 1000) as waiting:
        waiting.step(f"fitting {device.name}", done=0)
        return reconcile(
            device,
            pairs=pairs,
            progress=lambda part: waiting.step(f"fitting {device.name}", done=round(1000 * part)),
        )


def _print(found: Reconciliation) -> None:
    from backline.calibration.results import TABLE_HEAD, table_rows

    listed = table(*TABLE_HEAD)
    for line in found.lines:
        for row in table_rows(line):
            listed.add_row(*row)
    echo(listed)
    echo(found.summary())


def _check_out(out: Path | None) -> None:
    """Refuse a place for the device before anything is fitted."""
    if out is None:
        return
    if not out.name.endswith((".json", ".json.gz")):
        raise typer.BadParameter(
            f"a device is stored as .json or .json.gz, got {out}", param_hint="--out"
        )
    if not out.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {out.parent}", param_hint="--out")


def _pairs(text: str | None) -> list[tuple[int, int]] | None:
    if text is None:
        return None
    found = [_PAIR.fullmatch(part) for part in text.split(",")]
    pairs = [(int(match[1]), int(match[2])) for match in found if match is not None]
    if len(pairs) < len(found):
        raise typer.BadParameter(
            f"pairs are written as in 0-1,1-2, got {text!r}", param_hint="--pairs"
        )
    return pairs
