"""The command `backline`: what devices there are, and what programs do on them."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command with the arguments of the process, and end the process.

    Exit codes are those of `backline.cli.failures.ExitCode`.
    """
    import sys

    try:
        # Imported here, so that a Ctrl-C in the meantime is no trace.
        from backline.cli.app import app

        app()
        code: object = 0
    except KeyboardInterrupt:
        code = 130
    except SystemExit as stop:
        code = stop.code
    if code == 130:
        print("backline: interrupted", file=sys.stderr)
    raise SystemExit(code)
