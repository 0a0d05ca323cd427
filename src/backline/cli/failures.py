"""How commands fail: exit codes, and one readable line on standard error."""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import wraps
from typing import Annotated, ParamSpec, TextIO

import typer

P = ParamSpec("P")


class ExitCode(IntEnum):
    """What the process ends with."""

    OK = 0
    FAULT = 1  # the program, the device or the input is at fault
    USAGE = 2  # typer's own, for options and arguments that do not exist
    INTERNAL = 3
    INTERRUPTED = 130


Debug = Annotated[bool, typer.Option("--debug", help="Print the trace of an error.")]


def guarded(command: Callable[P, ExitCode | None]) -> Callable[P, None]:
    """A command whose errors become one line on standard error and an exit code.

    Args:
        command: Does the work; may return an exit code. Its argument `debug` says whether an
            error's trace is printed.
    """

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            try:
                code = command(*args, **kwargs) or ExitCode.OK
            except (typer.Exit, typer.Abort, typer.BadParameter, SystemExit):
                raise
            except KeyboardInterrupt:  # `main` says so, also of one outside of any command
                code = ExitCode.INTERRUPTED
            except BrokenPipeError:
                # Who reads our output has gone, as `head` does: there is nobody to tell.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                code = ExitCode.FAULT
            except BaseException as error:  # PanicException is no Exception
                failure = failure_of(error)
                report(failure, debug=bool(kwargs.get("debug")))
                code = failure.exit_code
        raise typer.Exit(int(code))

    return run


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as what is said of it; it travels between processes.

    Attributes:
        code: Stable name for programs: that of the error's class.
        message: One line.
        exit_code: What the command ends with.
        trace: The whole trace, for `--debug`.
    """

    code: str
    message: str
    exit_code: ExitCode
    trace: str = ""


def failure_of(error: BaseException) -> Failure:
    """What is said of an error."""
    ends_with = exit_code(error)
    return Failure(
        code=str(getattr(error, "code", type(error).__name__)),
        message=line_of(error, ends_with),
        exit_code=ends_with,
        trace="".join(traceback.format_exception(error)),
    )


def report(failure: Failure, *, debug: bool, where: str = "") -> None:
    """Say on standard error what went wrong.

    Args:
        failure: What.
        debug: Print the whole trace too.
        where: The file that it happened with, put before the message.
    """
    if debug and failure.trace:
        typer.echo(failure.trace.rstrip(), err=True)
    typer.echo(f"backline: {where and f'{where}: '}{failure.message}", err=True)


def warn(message: str) -> None:
    """Say a warning on standard error, in one line."""
    typer.echo(f"backline: warning: {' '.join(message.split())}", err=True)


def exit_code(error: BaseException) -> ExitCode:
    """Whose fault an error is."""
    from qiskit.exceptions import QiskitError

    from backline.errors import JobError, StoreError

    if isinstance(error, StoreError):
        return ExitCode.FAULT
    if isinstance(error, JobError) and error.__cause__ is not None:
        return exit_code(error.__cause__)
    if isinstance(error, (QiskitError, OSError, MemoryError)):
        return ExitCode.FAULT
    return ExitCode.INTERNAL


def line_of(error: BaseException, code: ExitCode) -> str:
    """An error as one line."""
    if isinstance(error, OSError) and error.strerror:
        named = f": {error.filename}" if error.filename else ""
        return f"{error.strerror}{named}"
    if isinstance(error, MemoryError):
        return "there is not enough memory"
    text = " ".join((getattr(error, "message", None) or str(error)).split())
    if code is ExitCode.INTERNAL:
        kind = type(error).__name__
        return f"internal error: {kind}: {text} (with --debug the trace is printed)"
    return text or type(error).__name__


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    warn(str(message))
