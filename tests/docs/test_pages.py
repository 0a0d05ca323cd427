"""The programs on our pages run as they stand."""

import re
import warnings
from pathlib import Path

import pytest

import backline

ROOT = Path(__file__).parents[2]


def programs(page):
    """The Python blocks of a page, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def test_the_first_program_runs(capsys):
    (program,) = programs("README.md")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", backline.errors.DeviceWarning)
        exec(compile(program, "README.md", "exec"), {})
    gates, pulses, rabi = capsys.readouterr().out.splitlines()
    for counts in map(eval, (gates, pulses)):
        assert sum(counts.values()) == 4096
        assert set(sorted(counts, key=counts.get)[-2:]) == {"000", "111"}
    assert complex(rabi.strip("[]")).real > 0.8  # the pulse is nearly a π pulse: mostly level 1


def test_the_page_on_devices_names_what_there_is():
    (program,) = programs("docs/devices.md")
    assert f"backline.devices()                     # {backline.devices()}" in program
    page = (ROOT / "docs/devices.md").read_text(encoding="utf-8")
    for name in backline.devices():
        device = backline.load(name).device
        assert f"| {name} | {device.num_qubits}" in page
        assert device.calibrations


@pytest.mark.parametrize(
    "page", [*sorted(ROOT.glob("docs/**/*.md")), ROOT / "README.md"], ids=lambda page: page.name
)
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / link).exists(), link
