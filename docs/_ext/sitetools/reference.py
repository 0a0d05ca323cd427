"""The reference: one page for each public module, written before the site is read."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from sphinx.pycode import ModuleAnalyzer

from sitetools import public

FOLDER = "reference"
_HEADINGS = ("Classes", "Functions", "Errors", "Values")


def write_pages(docs: Path) -> None:
    """Write all pages of the reference, and remove those of modules that are gone.

    Args:
        docs: The folder of the site's pages.
    """
    folder = docs / FOLDER
    folder.mkdir(exist_ok=True)
    pages = {f"{module}.rst": module_page(module) for module in public.modules()}
    pages["index.rst"] = index_page()
    for stale in {path.name for path in folder.glob("*.rst")} - set(pages):
        (folder / stale).unlink()
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def index_page() -> str:
    """The list of all modules."""
    rows = [
        line
        for module in public.modules()
        for line in (
            f"   * - :doc:`{module} <{module}>`",
            f"     - {_first_sentence(import_module(module))}",
        )
    ]
    return "\n".join(
        (
            *_title("Reference"),
            "Every public name. Times are in seconds and frequencies in Hz wherever a name has no",
            "other unit; inside pulse programs, times are in samples.",
            "",
            ".. list-table::",
            "   :widths: 35 65",
            "   :width: 100%",
            "",
            *rows,
            "",
            ".. toctree::",
            "   :hidden:",
            "",
            *(f"   {module}" for module in public.modules()),
            "",
        )
    )


def module_page(module: str) -> str:
    """What a module says of itself, what is in it, and all that is described here.

    Args:
        module: Its full name.
    """
    names = sorted(public.names(module), key=str.lower)
    places = {name: public.home(module, name) for name in names}
    here = [f"{module}.{name}" for name in names if places[name] == module]
    there = [f"{places[name]}.{name}" for name in names if places[name] != module]
    groups = {
        heading: [name for name in here if _heading(name) == heading] for heading in _HEADINGS
    }
    groups["Also here"] = there
    lines = [*_title(module), f".. automodule:: {module}", ""]
    for heading, listed in groups.items():
        if listed:
            lines += [f".. rubric:: {heading}", "", *_table(listed), ""]
    for heading in _HEADINGS:
        for name in groups[heading]:
            lines += ["", *_entry(name)]
    return "\n".join((*lines, ""))


def _heading(name: str) -> str:
    value = _value(name)
    if isinstance(value, type):
        return "Errors" if issubclass(value, BaseException) else "Classes"
    return "Functions" if inspect.isroutine(value) else "Values"


def _entry(name: str) -> list[str]:
    value = _value(name)
    if isinstance(value, type):
        bases = ["   :show-inheritance:"] if public.shown_bases(value.__bases__) else []
        return [f".. autoclass:: {name}", "   :members:", *bases, *_inherited(value)]
    if inspect.isroutine(value):
        return [f".. autofunction:: {name}"]
    module, _, last = name.rpartition(".")
    return [
        f".. py:data:: {last}",
        f"   :module: {module}",
        "",
        *(f"   {line}" for line in _said(name)),
    ]


def _said(name: str) -> list[str]:
    """What stands below a value that is no class and no function, wherever it is defined."""
    value, last = _value(name), name.rpartition(".")[2]
    for place in sorted(sys.modules):
        if place.split(".")[0] == public.ROOT and vars(sys.modules[place]).get(last) is value:
            said = ModuleAnalyzer.for_module(place).find_attr_docs().get(("", last))
            if said:
                return said
    return []


def _inherited(value: type) -> list[str]:
    bases = public.bases_described_elsewhere(value)
    return [] if bases is None else [f"   :inherited-members: {', '.join(bases)}"]


def _table(names: Iterable[str]) -> list[str]:
    rows = [
        line
        for name in names
        for line in (f"   * - :py:obj:`~{name}`", f"     - {_in_short(name)}")
    ]
    return [".. list-table::", "   :widths: 35 65", "   :width: 100%", "", *rows]


def _title(text: str) -> list[str]:
    return [text, "=" * len(text), ""]


def _value(name: str) -> Any:
    module, _, last = name.rpartition(".")
    return getattr(import_module(module), last)


def _in_short(name: str) -> str:
    if _heading(name) == "Values":
        return " ".join(line for line in _said(name) if line).split(". ")[0]
    return _first_sentence(_value(name))


def _first_sentence(value: Any) -> str:
    paragraph = (inspect.getdoc(value) or "").split("\n\n")[0]
    return " ".join(paragraph.split()).removesuffix("::")
