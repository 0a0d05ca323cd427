"""All programs written by hand, by name."""

from __future__ import annotations

from golden import written_blocks, written_builder, written_schedules, written_transforms
from golden.written import Writer


def programs() -> dict[str, Writer]:
    """The tables of all modules; a name may be in one of them alone."""
    found: dict[str, Writer] = {}
    for module in (written_blocks, written_builder, written_schedules, written_transforms):
        twice = found.keys() & module.PROGRAMS.keys()
        if twice:
            raise ValueError(f"there are two programs called {', '.join(sorted(twice))}")
        found |= module.PROGRAMS
    return found
