"""The programs written by hand, by name: functions that take a pulse module.

Each returns a program or a list of programs. The modules whose names start with `written_` add
to the table when they are imported; `pulse_programs.py` imports them all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Writer = Callable[[Any], Any]

written_programs: dict[str, Writer] = {}


def program(function: Writer) -> Writer:
    """Add a function to the table under its name."""
    if function.__name__ in written_programs:
        raise ValueError(f"there are two programs called {function.__name__}")
    written_programs[function.__name__] = function
    return function
