"""The programs on our pages run as they stand, and print and draw what the pages show."""

import re
from pathlib import Path

import pytest
from sitetools import examples

ROOT = Path(__file__).parents[2]

OF_THEIR_OWN = frozenset(
    {
        "from-qiskit-1",
        "gate-engine",
        "measurement",
        "pictures",
        "primitives",
        "pulse-engine",
        "pulse-gates",
        "solving",
        "twins",
    }
)
"""Pages whose tests, beside this one, look closer at what their programs give."""

PAGES = [
    page
    for page in sorted(ROOT.glob("docs/*.md"))
    if page.stem not in OF_THEIR_OWN and examples.examples(page.read_text(encoding="utf-8"))
]


@pytest.mark.filterwarnings("ignore:.*qiskit-(ibm-runtime|experiments):DeprecationWarning")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_prints_and_draws_what_it_shows(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for example, printed in examples.run(page):
        if example.prints is not None:
            assert examples.agrees(example.prints, printed), printed
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"\]\(pictures/([^)]+)\)", text):
        made, shown = (tmp_path / name).read_bytes(), (page.parent / "pictures" / name).read_bytes()
        assert made[:24] == shown[:24]  # both are PNG files, and of the same size


@pytest.mark.parametrize("page", sorted(OF_THEIR_OWN))
def test_a_page_with_tests_of_its_own_is_named_there(page):
    texts = [
        path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*_page*.py")
    ]
    texts.append((Path(__file__).parent / "test_pages.py").read_text(encoding="utf-8"))
    assert any(f"{page}.md" in text for text in texts)


PAGE = """\
```python
print(1)
```

```text
1
```

```python
print(2)
```

It prints nothing to see.

```text
no output of a program
```
"""


def test_what_a_program_prints_stands_right_after_it():
    first, second = examples.examples(PAGE)
    assert (first.program, first.prints, first.line) == ("print(1)\n", "1\n", 1)
    assert (second.program, second.prints) == ("print(2)\n", None)


def test_programs_of_a_page_share_their_names(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\na = 1\n```\n\n```python\nprint(a)\n```\n", encoding="utf-8")
    assert [printed for _, printed in examples.run(page)] == ["", "1\n"]


@pytest.mark.parametrize(
    ("said", "printed", "agree"),
    [
        ("1\n", "1\n", True),
        ("1\n", "2\n", False),
        ("version …\n", "version 0.1.0\n", True),
        ("version …\n", "0.1.0\n", False),
        ("a.c\n", "abc\n", False),
        ("1\n", "1\n2\n", False),
    ],
)
def test_a_page_and_a_program_agree(said, printed, agree):
    assert examples.agrees(said, printed) is agree
