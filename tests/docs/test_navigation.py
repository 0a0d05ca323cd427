"""Every page can be found in the site's navigation."""

from collections import Counter
from pathlib import Path

from sitetools import navigation

DOCS = Path(__file__).parents[2] / "docs"


def test_every_page_is_in_the_navigation_once():
    named = Counter(page for pages in navigation.SECTIONS.values() for page in pages)
    assert set(named.values()) == {1}
    there = {path.stem for path in DOCS.glob("*.md")} - {"index"}
    assert there - set(named) == set()


def test_every_decision_is_listed():
    assert navigation.RECORDS in (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    for path in DOCS.glob("decisions/*.md"):
        assert path.read_text(encoding="utf-8").startswith("# "), path.name


def test_the_index_has_a_place_for_the_navigation():
    assert navigation.NAVIGATION in (DOCS / "index.md").read_text(encoding="utf-8")


def test_pages_that_are_not_written_yet_are_left_out(tmp_path):
    (tmp_path / "jobs.md").write_text("# Jobs\n", encoding="utf-8")
    pages = [page for pages in navigation.sections(tmp_path).values() for page in pages]
    assert pages == ["jobs", "reference/index"]
    lists = navigation.lists_of_pages(tmp_path)
    assert "\njobs\n" in lists
    assert "clients" not in lists
