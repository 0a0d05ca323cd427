"""Tables on standard output, in one look for all commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table


def table(*headers: str, numbers: bool = False) -> Table:
    """An empty table.

    Args:
        *headers: Of its columns.
        numbers: Whether all columns but the first hold numbers, which stand at the right.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    empty = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for k, header in enumerate(headers):
        empty.add_column(header, justify="right" if numbers and k else "left")
    return empty


def echo(what: Table | str) -> None:
    """Print a table, or a line of text as it is."""
    from rich.console import Console

    Console().print(what, markup=False, highlight=False, soft_wrap=isinstance(what, str))
