"""The site is built without a warning, and everything can be found in it."""

import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from sitetools import navigation, public

DOCS = Path(__file__).parents[2] / "docs"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("sphinx")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "--fresh-env", "--quiet"]
    ended = subprocess.run(
        [*command, "-b", "html", str(DOCS), str(folder)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return folder


@pytest.fixture(scope="module")
def described(site):
    from sphinx.util.inventory import InventoryFile

    with (site / "objects.inv").open("rb") as file:
        inventory = InventoryFile.load(file, "", lambda base, path: path)
    return {
        name for kind, objects in inventory.items() if kind.startswith("py:") for name in objects
    }


def test_every_page_is_there(site):
    for pages in navigation.sections(DOCS).values():
        for page in pages:
            assert (site / f"{page}.html").is_file(), page


def test_every_public_name_is_in_the_reference(described):
    assert set(public.homes().values()) - described == set()


def test_every_method_of_a_public_class_is_in_the_reference(described):
    missing = []
    for home in set(public.homes().values()):
        module, _, name = home.rpartition(".")
        value = getattr(import_module(module), name)
        if not isinstance(value, type):
            continue
        for member, found in vars(value).items():
            is_method = inspect.isroutine(found) or isinstance(
                found, property | classmethod | staticmethod
            )
            if is_method and not member.startswith("_") and f"{home}.{member}" not in described:
                missing.append(f"{home}.{member}")
    assert missing == []


def test_pages_name_no_folder_of_the_machine(site):
    here = str(DOCS.parent)
    for page in site.rglob("*.html"):
        assert here not in page.read_text(encoding="utf-8"), page.name
