"""The programs on the pages, and what they print.

A block of `python` is run; what it prints stands in a block of `text` right after it, where the
page shows it at all. There, "…" stands for anything.
"""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
_ANYTHING = "…"


@dataclass(frozen=True, slots=True)
class Example:
    """A program on a page.

    Attributes:
        program: Its text.
        prints: What the page says that it prints; None where it says nothing.
        line: Where it begins on the page, from 0.
    """

    program: str
    prints: str | None
    line: int


def examples(page: str) -> list[Example]:
    """The programs of a page, in order.

    Args:
        page: Its text.
    """
    found: list[Example] = []
    end = -1
    for block in _BLOCK.finditer(page):
        kind, body = block.groups()
        if kind == "python":
            found.append(Example(body, None, page.count("\n", 0, block.start(2))))
        elif found and not page[end : block.start()].strip():
            last = found[-1]
            found[-1] = Example(last.program, body, last.line)
        end = block.end() if kind == "python" else -1
    return found


def run(page: Path) -> list[tuple[Example, str]]:
    """Run the programs of a page, one after the other in one namespace.

    Args:
        page: The page.

    Returns:
        Each with what it printed.
    """
    scope: dict[str, Any] = {"__name__": "__main__"}
    printed = []
    for example in examples(page.read_text(encoding="utf-8")):
        # Empty lines in front make the lines of traces those of the page.
        code = compile("\n" * example.line + example.program, str(page), "exec")
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(code, scope)
        printed.append((example, out.getvalue()))
    return printed


def agrees(said: str, printed: str) -> bool:
    """Whether a program printed what its page says.

    Args:
        said: On the page.
        printed: By the program.
    """
    parts = (re.escape(part) for part in said.split(_ANYTHING))
    return re.fullmatch(".*?".join(parts), printed, flags=re.DOTALL) is not None
