"""The page of what the checks found is what they find."""

import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

from backline.conformance import CHECKS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "conformance-table.md"


sys.path.insert(0, str(ROOT / "tools"))  # other processes find it there too
tool = import_module("conformance_table")


def published():
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return {line.split(" | ")[0].removeprefix("| "): line for line in lines if line.count("|") == 7}


def test_the_page_has_every_backend_and_every_failure_is_explained():
    page = PAGE.read_text(encoding="utf-8")
    found = published()
    assert set(tool.names()) <= set(found)
    assert f"The {len(CHECKS)} checks" in page
    for line in found.values():
        for identifier in re.findall(r"\b[KS]\d+(?:\.\w)?", line.rsplit(" | ", 1)[-1]):
            assert f"**{identifier}: " in page


def test_our_backends_fail_nothing_on_the_page():
    ours = {name: line for name, line in published().items() if name.startswith("backline:")}
    assert len(ours) == 5
    for line in (*ours.values(), published()["ThreeIons"]):
        assert line.endswith("| nothing |")


def test_rows_are_made_again():
    for found in tool.rows(["ThreeIons", "GenericBackendV2(5)"]):
        assert found.cells == published()[found.name]


@pytest.mark.slow
def test_all_rows_are_made_again():
    found = {one.name: one.cells for one in tool.rows(tool.names())}
    assert found == {name: published()[name] for name in found}
