"""The page on clients runs, and prints what is true."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_the_page_on_clients_runs(monkeypatch, capsys):
    for package in ("qiskit_experiments", "pytket.extensions.qiskit", "mqt.bench"):
        pytest.importorskip(package)
    monkeypatch.syspath_prepend(str(ROOT / "examples"))
    page = (ROOT / "docs/clients.md").read_text(encoding="utf-8")
    scope = {}
    for program in re.findall(r"^```python\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL):
        exec(compile(program, "clients.md", "exec"), scope)
    points, *near, ghz, shots = capsys.readouterr().out.splitlines()
    assert points == "(500, 1) True"
    assert near == ["True"] * 3
    assert ghz == "[(0, 0, 0), (1, 1, 1)]"
    assert shots == "1000"
