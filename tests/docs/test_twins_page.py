"""The page on twins says what the bundled devices are."""

import cmath
import re
from pathlib import Path

import pytest

from backline.formats import read_device

PAGE = (Path(__file__).parents[2] / "docs" / "twins.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"\| (\d+), (\d+) \| u(\d+) \| ([\d.]+) ∠ ([+-][\d.]+)π "
    r"\| \w+ \d+, \d+ \| ([\d.]+) → ([\d.]+) \|"
)
"""Pair, line, size and phase of its gain, and the fidelity of the fitted gate, twice."""


@pytest.mark.parametrize("name", ["manila", "nairobi", "guadalupe"])
def test_the_tables_are_the_devices(name):
    section = PAGE.split(f"### {name}\n")[1].split("###")[0]
    rows = ROW.findall(section)
    lines = {line.index: line for line in read_device(name).control_lines if line.reconciled}
    assert {int(row[2]) for row in rows} == set(lines)
    for a, b, index, *numbers in rows:
        line = lines[int(index)]
        assert {int(a), int(b)} == set(line.qubits)
        size, phase = cmath.polar(line.gain)
        found = (size, phase / cmath.pi, line.fidelity_before, line.fidelity_after)
        assert [float(number) for number in numbers] == pytest.approx(found, abs=6e-4)


def test_sherbrooke_is_as_the_page_says():
    lines = [line for line in read_device("sherbrooke").control_lines if line.reconciled]
    low = [line for line in lines if line.fidelity_after < 0.99]
    assert (len(lines), len(low)) == (140, 6)
    for line in low:
        assert f"{line.fidelity_after:.4f}" in PAGE


def test_the_program_on_the_page_runs(capsys):
    (program,) = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    exec(compile(program, "twins.md", "exec"), {})
    index, size, before, after = map(float, capsys.readouterr().out.splitlines()[-1].split())
    assert index == 2
    assert size == pytest.approx(0.977, abs=1e-3)
    assert before < after
    assert after > 0.999
