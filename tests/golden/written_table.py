"""All programs written by hand, of every module whose name starts with `written_`."""

from __future__ import annotations

from golden import written_blocks, written_builder, written_schedules, written_transforms
from golden.written import Writer, written_programs

MODULES = (written_blocks, written_builder, written_schedules, written_transforms)


def programs() -> dict[str, Writer]:
    """The table, which importing the modules above has filled."""
    return dict(written_programs)
