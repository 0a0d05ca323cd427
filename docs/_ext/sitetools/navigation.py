"""The order of the pages, and the lists that the site shows of them.

A page that is named here and not written yet is left out; one that is written and not named here
is a failing test.
"""

from __future__ import annotations

from pathlib import Path

SECTIONS: dict[str, tuple[str, ...]] = {
    "Start": (
        "first-steps",
        "from-qiskit-1",
        "command-line",
    ),
    "Backends": (
        "contract",
        "devices",
        "device-format",
        "twins",
        "jobs",
        "primitives",
        "clients",
        "bad-input",
    ),
    "Pulses": (
        "pulse-programs",
        "pulse-gates",
        "solving",
        "measurement",
        "pictures",
    ),
    "Engines": (
        "engines",
        "gate-engine",
        "pulse-engine",
        "benchmarks",
    ),
    "For providers": (
        "writing-a-backend",
        "checking-a-backend",
        "conformance-table",
    ),
    "Reference": (
        "reference/index",
        "decisions/README",
        "changelog",
    ),
}
"""Pages, by the heading that they stand under."""

GENERATED = frozenset({"reference/index"})
"""Pages that are written while the site is built."""

NAVIGATION = "<!-- navigation -->"
"""Where the list of all pages goes."""

RECORDS = "<!-- records -->"
"""Where the list of all decisions goes."""


def sections(docs: Path) -> dict[str, list[str]]:
    """The pages that there are.

    Args:
        docs: The folder of the pages.
    """
    return {
        caption: [page for page in pages if page in GENERATED or (docs / f"{page}.md").is_file()]
        for caption, pages in SECTIONS.items()
    }


def lists_of_pages(docs: Path) -> str:
    """One list of pages a heading, as MyST.

    Args:
        docs: The folder of the pages.
    """
    return "\n".join(
        "\n".join(("```{toctree}", ":hidden:", f":caption: {caption}", "", *pages, "```", ""))
        for caption, pages in sections(docs).items()
    )


def list_of_records() -> str:
    """All decisions, by their titles, as MyST."""
    return "\n".join(("```{toctree}", ":glob:", ":maxdepth: 1", "", "*", "```", ""))
