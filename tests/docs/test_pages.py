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
    exec(compile(program, "README.md", "exec"), {})
    gates, pulses, rabi = capsys.readouterr().out.splitlines()
    for counts in map(eval, (gates, pulses)):
        assert sum(counts.values()) == 4096
        assert set(sorted(counts, key=counts.get)[-2:]) == {"000", "111"}
    assert complex(rabi.strip("[]")).real > 0.8  # the pulse is nearly a π pulse: mostly level 1


FROM_QISKIT_1 = (None, "4160 [0, 1920, 3840, 4000]", "1248 9", "25648", "0.299945")
"""What the programs of docs/from-qiskit-1.md print with Qiskit 1.4; the first ones run there."""


@pytest.mark.parametrize("index", range(5))
def test_programs_of_qiskit_1_print_the_same_here(index, capsys):
    program = programs("docs/from-qiskit-1.md")[index]
    exec(compile(program, "from-qiskit-1.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    expected = FROM_QISKIT_1[index]
    if expected is not None:
        assert printed[0] == expected
    else:
        low, middle, high = eval(printed[0])
        assert low < 100 < middle < 900 < high


def test_the_programs_before_differ_from_those_after_in_what_the_page_says():
    page = (ROOT / "docs/from-qiskit-1.md").read_text(encoding="utf-8")
    before = re.findall(r"^```py\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    for old, new in zip(before, programs("docs/from-qiskit-1.md"), strict=True):
        shared = set(old.splitlines()) & set(new.splitlines())
        assert len(shared) >= 0.45 * len(old.splitlines())


def test_the_page_on_pulse_gates_runs(capsys):
    carried, once = programs("docs/pulse-gates.md")
    exec(compile(carried, "pulse-gates.md", "exec"), {})
    low, middle, high = eval(capsys.readouterr().out.splitlines()[-1])
    assert low < middle < high
    exec(compile(once, "pulse-gates.md", "exec"), {})
    assert 200 < eval(capsys.readouterr().out)["1"] < 800


def test_the_page_on_pictures_draws_what_it_shows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scope = {}
    for program in programs("docs/pictures.md"):
        exec(compile(program, "pictures.md", "exec"), scope)
    made, shown = (
        (folder / "ramsey.png").read_bytes() for folder in (tmp_path, ROOT / "docs/pictures")
    )
    assert made[:24] == shown[:24]  # both are PNG files, and of the same size


def test_the_page_on_measurement_draws_what_it_shows(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    scope = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", backline.errors.DeviceWarning)
        for program in programs("docs/measurement.md"):
            exec(compile(program, "measurement.md", "exec"), scope)
    printed = capsys.readouterr().out.splitlines()
    points, kernels, traces, leaked, populations, twice, sharp = printed
    assert points == "(1500, 1)"
    assert traces == sharp == "(1, 22400)"
    kernels = re.sub(r"\s+([+-])", r"\1", kernels)  # numpy fills up numbers that end in 0
    assert all(complex(point).real > 0.5 for point in kernels.strip("[]").split())
    assert eval(leaked)["2"] > 900
    assert eval(populations)[2] > 0.99
    assert set(eval(twice)) <= {"00", "11"}
    for name in ("iq.png", "traces.png"):
        made, shown = (
            (folder / name).read_bytes() for folder in (tmp_path, ROOT / "docs/pictures")
        )
        assert made[:24] == shown[:24]  # both are PNG files, and of the same size


def test_the_page_on_solving_prints_and_draws_what_it_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    scope = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", backline.errors.DeviceWarning)
        for program in programs("docs/solving.md"):
            exec(compile(program, "solving.md", "exec"), scope)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == (
        "<Solution of 'half a turn': 9 density matrices up to 35.5556 ns, qubit 0 with 3 levels>"
    )
    fidelity, missed, flipped, gate, alone, near, rabi, values = printed[-8:]
    assert float(fidelity) > 0.99
    assert 0.5 < float(missed) < 0.7
    assert flipped == "4"  # a cx makes 01 to 11, of three levels a qubit
    assert float(gate) > 0.999
    assert alone.startswith("(0,) [{'qubits': [0, 1], 'strength': ")
    assert near == "(0, 1) [1]"
    turns = eval(rabi)
    assert turns[2] > 900 > turns[1] > 400 > turns[0]
    assert values == "{'amplitude': 0.2}"
    assert scope["heard"][-1] == 1
    for name in ("solve-cx.png", "solve-sphere.png"):
        made, shown = (
            (folder / name).read_bytes() for folder in (tmp_path, ROOT / "docs/pictures")
        )
        assert made[:24] == shown[:24]  # both are PNG files, and of the same size


def test_the_page_on_devices_names_what_there_is():
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


def test_the_page_on_the_pulse_engine_runs(capsys):
    namespace = {}
    by_hand, by_strings, sweep = programs("docs/pulse-engine.md")
    exec(compile(by_hand, "pulse-engine.md", "exec"), namespace)
    populations, shape = capsys.readouterr().out.splitlines()
    assert shape == "(12, 12)"
    assert 0.3 < float(populations.strip("[]").split()[1]) < 1
    exec(compile(by_strings, "pulse-engine.md", "exec"), namespace)
    assert capsys.readouterr().out == "2 1909859\n"
    exec(compile(sweep, "pulse-engine.md", "exec"), namespace)
    assert capsys.readouterr().out == "(1000, 3) True\n"


def test_the_page_on_the_gate_engine_runs(capsys):
    scope = {}
    for program in programs("docs/gate-engine.md"):
        exec(compile(program, "gate-engine.md", "exec"), scope)
    counts, chosen, facts, precision, refused, sweep = capsys.readouterr().out.splitlines()
    assert precision == "double"
    assert sum(eval(counts).values()) == 2000
    assert len(chosen.split()) > 2
    assert facts.startswith("[")
    assert refused.startswith("method 'stim' cannot run circuit")
    assert "relaxation (T1)" in refused
    ones = eval(sweep)
    assert len(ones) == 5
    assert ones == sorted(ones)


def test_the_page_on_primitives_prints_what_it_says(capsys):
    scope = {}
    for program in programs("docs/primitives.md"):
        exec(compile(program, "primitives.md", "exec"), scope)
    evs, shape, sampled, most, noisy, purity, ideal = capsys.readouterr().out.splitlines()
    first, *_, last = map(float, evs.strip("[]").split())
    assert 0.9 < first <= 1.0
    assert 0.9 < last < first
    assert shape == "(5,) True"
    assert sampled == "(5,) 2000"
    assert most == "11"
    assert noisy == "DensityMatrix 2"
    assert 0.9 < float(purity) < 1.0
    assert ideal == "Statevector [0.5 0.5]"


def test_the_page_on_checking_a_backend_runs(capsys):
    (program,) = programs("docs/checking-a-backend.md")
    exec(compile(program, "checking-a-backend.md", "exec"), {})
    first, skipped = capsys.readouterr().out.splitlines()
    assert first == "True 0 1"
    assert skipped.startswith("K1.e what makes the backend takes none of name")
    page = (ROOT / "docs/checking-a-backend.md").read_text(encoding="utf-8")
    assert f"{len(backline.conformance.CHECKS)} checks go through" in page
