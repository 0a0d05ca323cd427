"""`backline draw`: pictures of pulse programs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backline.cli.failures import Debug, ExitCode, failure_of, report

if TYPE_CHECKING:
    from backline.cli.drawables import Drawable


class TimeUnit(StrEnum):
    """Unit of the axis of time."""

    DT = "dt"
    NS = "ns"
    S = "s"


class StyleName(StrEnum):
    """Colors of a picture."""

    LIGHT = "light"
    DARK = "dark"


def draw(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE... | QUBIT...",
            help="Pulse programs (JSON), or circuits (OpenQASM 2 or 3, QPY), which are drawn as "
            "the device's pulses. With --gate, its qubits.",
        ),
    ] = None,
    device: Annotated[
        str | None,
        typer.Option("--device", "-d", help="A name of `backline devices`, or a path."),
    ] = None,
    gate: Annotated[
        str | None,
        typer.Option("--gate", "-g", help="Draw the device's calibration of this gate."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Picture (.png, .svg, .pdf, …), or a folder for several. By default it gets the "
            "file's name, and lies beside it.",
        ),
    ] = None,
    time_unit: Annotated[
        TimeUnit, typer.Option("--time-unit", "-u", help="Of the axis and of --range.")
    ] = TimeUnit.DT,
    time_range: Annotated[
        tuple[float, float] | None,
        typer.Option("--range", metavar="START STOP", help="Draw this time alone."),
    ] = None,
    channels: Annotated[
        str | None,
        typer.Option(metavar="d0,u0,…", help="Draw these channels alone, in this order."),
    ] = None,
    style: Annotated[StyleName, typer.Option(help="Colors.")] = StyleName.LIGHT,
    title: Annotated[str | None, typer.Option(help="Above the picture.")] = None,
    transpiled: Annotated[
        bool,
        typer.Option("--transpile/--no-transpile", help="Compile circuits, or take them as is."),
    ] = True,
    optimization_level: Annotated[
        int, typer.Option("--optimization-level", "-O", min=0, max=3, help="Of the transpiler.")
    ] = 2,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Of the transpiler: the same gives the same.")
    ] = None,
    debug: Debug = False,
) -> ExitCode:
    """Draw pulse programs: stored ones, circuits as a device's pulses, or a calibrated gate.

    For example: backline draw ghz.qasm -d manila; backline draw -d manila --gate cx 0 1 -u ns
    """
    _check_usage(what, device, gate, time_unit, time_range)
    # Imported here: `backline --help` need not wait for them.
    from backline.backends import load
    from backline.cli.drawables import Lowering, gate_of, programs_of

    options: dict[str, Any] = {
        "style": style.value,
        "time_range": time_range,
        "time_unit": time_unit.value,
        "channels": _channels(channels),
        "title": title,
    }
    backend = None if device is None else load(device)
    drawables: Iterable[Drawable]
    if gate is None:
        level = optimization_level if transpiled else None
        drawables = programs_of(what or (), Lowering(backend, level, seed))
    else:
        drawables = [gate_of(backend, gate, _qubits(what or ()))]
    place = _Places(output, several=len(what or ()) > 1 and gate is None)
    return _draw_all(drawables, backend, options, place, debug)


def _check_usage(
    what: list[str] | None,
    device: str | None,
    gate: str | None,
    time_unit: TimeUnit,
    time_range: tuple[float, float] | None,
) -> None:
    if not what:
        raise typer.BadParameter(
            "name files to draw" if gate is None else f"name the qubits of {gate!r}",
            param_hint="FILE..." if gate is None else "QUBIT...",
        )
    if device is None and gate is not None:
        raise typer.BadParameter("a gate is a device's: name it", param_hint="--device")
    if device is None and time_unit is not TimeUnit.DT:
        raise typer.BadParameter(
            f"{time_unit} needs a device, which says how long a sample is", param_hint="--device"
        )
    if time_range is not None and not -math.inf < time_range[0] < time_range[1] < math.inf:
        raise typer.BadParameter("START must be before STOP", param_hint="--range")


def _channels(names: str | None) -> list[str] | None:
    from backline.errors import OptionValueError
    from backline.visualization.pulses.view import channel_names

    if names is None:
        return None
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    try:
        return list(channel_names(wanted) or ())
    except OptionValueError as error:
        raise typer.BadParameter(error.message, param_hint="--channels") from None


def _qubits(words: Iterable[str]) -> tuple[int, ...]:
    try:
        return tuple(int(word) for word in words)
    except ValueError:
        raise typer.BadParameter(
            f"the qubits of a gate are numbers, got {' '.join(words)}", param_hint="QUBIT..."
        ) from None


class _Places:
    """Where pictures go.

    Args:
        output: As it was asked for.
        several: Whether there are several files, so that it is a folder.
    """

    def __init__(self, output: Path | None, *, several: bool) -> None:
        self._output = output
        self._folder = output is not None and (several or output.is_dir() or not output.suffix)
        self._taken: set[Path] = set()
        if output is not None and several and (output.suffix or output.is_file()):
            raise typer.BadParameter(
                f"several pictures need a folder, got {output}", param_hint="--output"
            )

    def of(self, drawable: Drawable) -> Path:
        """Where one picture goes; never where another one of this command is."""
        path = drawable.path
        if self._output is not None:
            path = self._output / path.name if self._folder else self._output
        stem, number = path.stem, 1
        while path in self._taken:
            number += 1
            path = path.with_name(f"{stem}-{number}{path.suffix}")
        self._taken.add(path)
        return path


def _draw_all(
    drawables: Iterable[Drawable],
    backend: Any,
    options: dict[str, Any],
    places: _Places,
    debug: bool,
) -> ExitCode:
    """Every program in turn; a failed one is said at once, and the next one follows."""
    from backline.visualization import draw_program

    code = ExitCode.OK
    for drawable in drawables:
        failure = drawable.failure
        if drawable.program is not None:
            path = places.of(drawable)
            named = options if options["title"] else options | {"title": drawable.title}
            try:
                draw_program(drawable.program, backend=backend, filename=path, **named)
            except Exception as error:
                failure = failure_of(error)
            else:
                typer.echo(f"backline: the picture is in {path}", err=True)
        if failure is not None:
            report(failure, debug=debug, where=drawable.name)
            code = max(code, failure.exit_code)
    return code
