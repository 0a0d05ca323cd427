"""The reference: one page for each public module, written before the site is read."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from sphinx.pycode import ModuleAnalyzer

from sitetools import public

FOLDER = "reference"


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
        for line in (f"   * - :doc:`{module} <{module}>`", f"     - {_first_sentence(import_module(module))}")
    ]
    return "\n".join(
        (
            *_title("Reference"),
            "Every public name. Times are in seconds and frequencies in Hz wherever a name has no",
            "other unit; inside pulse programs, times are in samples.",
            "",
            ".. list-table::",
            "   :widths: 35 65",
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
    here = [name for name in names if places[name] == module]
    there = [f"{places[name]}.{name}" for name in names if places[name] != module]
    lines = [*_title(module), f".. automodule:: {module}", ""]
    if here:
        lines += _table(f"{module}.{name}" for name in here)
    if there:
        lines += ["", ".. rubric:: Also here", "", *_table(there)]
    for name in here:
        lines += ["", *_entry(module, name)]
    return "\n".join((*lines, ""))


def _entry(module: str, name: str) -> list[str]:
    value = getattr(import_module(module), name)
    if isinstance(value, type):
        return [f".. autoclass:: {module}.{name}", "   :members:", *_inherited(module, name)]
    if inspect.isroutine(value) or callable(value):
        return [f".. autofunction:: {module}.{name}"]
    return [f".. py:data:: {module}.{name}", "", *(f"   {line}" for line in _said(module, name))]


def _said(module: str, name: str) -> list[str]:
    """What stands below a value that is no class and no function, wherever it is defined."""
    value = getattr(import_module(module), name)
    for place in sorted(sys.modules):
        if place.startswith(public.ROOT) and vars(sys.modules[place]).get(name) is value:
            said = ModuleAnalyzer.for_module(place).find_attr_docs().get(("", name))
            if said:
                return said
    return []


def _inherited(module: str, name: str) -> list[str]:
    bases = public.base_classes(module, name)
    return [] if bases is None else [f"   :inherited-members: {', '.join(bases)}"]


def _table(names: Iterable[str]) -> list[str]:
    rows = [
        line
        for name in names
        for line in (f"   * - :py:obj:`~{name}`", f"     - {_first_sentence(_value(name))}")
    ]
    return [".. list-table::", "   :widths: 35 65", "", *rows]


def _title(text: str) -> list[str]:
    return [text, "=" * len(text), ""]


def _value(name: str) -> Any:
    module, _, last = name.rpartition(".")
    return getattr(import_module(module), last)


def _first_sentence(value: Any) -> str:
    if not (isinstance(value, type | ModuleType) or callable(value)):
        return ""
    paragraph = (inspect.getdoc(value) or "").split("\n\n")[0]
    return " ".join(paragraph.split()).removesuffix("::")
