"""Tables of programs that are written by hand: functions that take a pulse module.

Each returns a program or a list of programs. A module whose name starts with `written_` has a
table; `written_table.py` has all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Writer = Callable[[Any], Any]


def table() -> tuple[dict[str, Writer], Callable[[Writer], Writer]]:
    """An empty table, and a decorator that adds a function to it under its name."""
    programs: dict[str, Writer] = {}

    def program(function: Writer) -> Writer:
        programs[function.__name__] = function
        return function

    return programs, program
