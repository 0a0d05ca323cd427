"""What Sphinx does for our pages beside what it does for all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.domains.python import PyObject
from sphinx.environment import BuildEnvironment

from sitetools import navigation, public, reference

_OUTSIDE = re.compile(r"\[([^\]]+)\]\((\.\./[^)]+\.md)\)")
"""Links to texts that are no pages, such as the descriptions of benchmarks."""

_NAME = re.compile(rf"{public.ROOT}(\.\w+)*")
_NO_EXPRESSION = re.compile(r"= <[^>]*>")
_ARRAY = re.compile(
    r"~?numpy\.ndarray\[tuple\[~?(?:typing\.)?Any, \.\.\.\], ~?numpy\.dtype\[~?numpy\.(\w+)\]\]"
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx.

    Args:
        app: The site that is built.
    """
    app.connect("builder-inited", _write_reference)
    app.connect("source-read", _complete)
    app.connect("autodoc-process-bases", _show_public_bases)
    app.connect("autodoc-process-signature", _shorten)
    app.connect("autodoc-skip-member", _skip)
    app.connect("missing-reference", _find)
    for field in PyObject.doc_field_types:
        if field.name == "variable":
            field.label = "Attributes"
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write_reference(app: Sphinx) -> None:
    reference.write_pages(Path(app.srcdir))


def _complete(app: Sphinx, page: str, source: list[str]) -> None:
    """Insert the lists of pages, and make links to other files downloads."""
    docs = Path(app.srcdir)
    if page == "index":
        source[0] = source[0].replace(navigation.NAVIGATION, navigation.lists_of_pages(docs))
    elif page == "decisions/README":
        source[0] = source[0].replace(navigation.RECORDS, navigation.list_of_records())
    here = (docs / page).parent
    source[0] = _OUTSIDE.sub(
        lambda link: (
            f"{{download}}`{link[1]} <{link[2]}>`"
            if docs not in (here / link[2]).resolve().parents
            else link[0]
        ),
        source[0],
    )


def _show_public_bases(app: Sphinx, name: str, of: Any, options: Any, bases: list[Any]) -> None:
    bases[:] = public.shown_bases(tuple(bases))


def _shorten(
    app: Sphinx, what: str, name: str, of: Any, options: Any, signature: Any, returned: Any
) -> tuple[Any, Any] | None:
    """Defaults that are no expressions as "...", and arrays by the type of their elements."""
    if signature is None:
        return None
    plain = _NO_EXPRESSION.sub("= ...", signature)
    arrays = [
        None if text is None else _ARRAY.sub(r"NDArray[\1]", text) for text in (plain, returned)
    ]
    return arrays[0], arrays[1]


def _skip(app: Sphinx, what: str, name: str, of: Any, skip: bool, options: Any) -> bool | None:
    """Leave out the fields of named tuples, which the class describes itself."""
    said = getattr(of, "__doc__", None) or ""
    return True if said.startswith("Alias for field number") else None


def _find(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, text: nodes.TextElement
) -> nodes.Node | None:
    """Where a name of ours is described that is called by another path."""
    target = str(node.get("reftarget", "")).partition("(")[0]
    if node.get("refdomain") != "py" or not target.startswith(public.ROOT):
        return None
    if not _NAME.fullmatch(target):
        return text  # a command, such as `backline run`
    described = public.described_as(target)
    if described == "":
        return text
    found = env.domains["py"].objects.get(described) if described else None
    if found is None:
        return None
    return nodes.reference(
        "",
        "",
        text,
        internal=True,
        refuri=app.builder.get_relative_uri(node["refdoc"], found.docname) + f"#{found.node_id}",
        reftitle=described,
    )
