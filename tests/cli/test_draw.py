"""`backline draw` as people use it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backline import pulse
from backline.cli.app import app
from backline.cli.failures import ExitCode
from backline.pulse.codec import to_dict
from cli import hostile

PNG = b"\x89PNG"


def draw(*arguments: object):
    return CliRunner().invoke(app, ["draw", *map(str, arguments)])


@pytest.fixture
def rabi(tmp_path: Path) -> Path:
    with pulse.build(name="Rabi") as program:
        pulse.play(pulse.Drag(160, 0.2, 40, -0.6), pulse.DriveChannel(0))
        pulse.acquire(400, pulse.AcquireChannel(0), pulse.MemorySlot(0))
    path = tmp_path / "rabi.json"
    path.write_text(json.dumps(to_dict(program)))
    return path


@pytest.fixture
def ghz(tmp_path: Path) -> Path:
    path = tmp_path / "ghz.qasm"
    path.write_text(hostile.GHZ2)
    return path


def svg(result, path: Path) -> str:
    """The texts of a picture: matplotlib writes each as a comment beside its outlines."""
    assert (result.exit_code, result.stderr) == (0, f"backline: the picture is in {path}\n")
    return path.read_text()


def test_a_stored_program_is_drawn_beside_its_file(rabi: Path) -> None:
    result = draw(rabi)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"backline: the picture is in {rabi.with_suffix('.png')}\n"
    assert rabi.with_suffix(".png").read_bytes().startswith(PNG)


def test_options_reach_the_picture(rabi: Path, tmp_path: Path) -> None:
    path = tmp_path / "new" / "rabi.svg"
    options = ("--channels", "a0, d0", "--range", 0, 100, "--time-unit", "ns", "--style", "dark")
    result = draw(rabi, "-d", "manila", "-o", path, *options, "--title", "my Rabi")
    text = svg(result, path)
    for words in ("my Rabi", "<!-- a0 -->", "<!-- d0 -->", "time (ns)", "<!-- 100 -->", "#12161f"):
        assert words in text
    assert text.index("<!-- a0 -->") < text.index("<!-- d0 -->")
    assert "Rabi" in svg(draw(rabi, "-o", path), path)


def test_a_calibrated_gate_lies_in_the_current_folder(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = draw("--device", "manila", "--gate", "cx", 0, 1)
    assert result.stderr == "backline: the picture is in manila-cx-0-1.png\n"
    path = Path("cx.svg")
    text = svg(draw("-d", "manila", "-g", "cx", 1, 0, "-o", path), path)
    for words in ("cx on 1, 0", "<!-- d0 -->", "<!-- d1 -->", "manila"):
        assert words in text


def test_a_circuit_is_drawn_as_the_pulses_of_a_device(ghz: Path, tmp_path: Path) -> None:
    path = tmp_path / "ghz.svg"
    arguments = (ghz, "-d", "manila", "--seed", 1, "--channels", "d2,d3,a3", "-o", path)
    text = svg(draw(*arguments), path)
    assert "ghz.qasm" in text
    assert "acquire → slot" in text
    refused = draw(ghz, "-d", "manila", "--no-transpile")
    assert refused.exit_code == ExitCode.FAULT
    assert f"backline: {ghz}: h on (0,)" in refused.stderr


def test_every_program_of_every_file_is_drawn_and_a_bad_one_is_named(rabi, ghz, tmp_path) -> None:
    two = tmp_path / "two.qpy"
    two.write_bytes(hostile.qpy_bytes(2))
    wide = tmp_path / "wide.qasm"
    wide.write_text(hostile.QASM2 + "qreg q[6]; x q[5];")
    other = tmp_path / "other" / "rabi.json"
    other.parent.mkdir()
    other.write_text(rabi.read_text())
    folder = tmp_path / "out"
    files = (rabi, ghz, two, wide, other, tmp_path / "missing.json")
    result = draw(*files, "-d", "manila", "-o", folder)
    assert result.exit_code == ExitCode.FAULT
    assert {path.name for path in folder.iterdir()} == {
        "rabi.png",
        "rabi-2.png",
        "ghz.png",
        "two-0.png",
        "two-1.png",
    }
    failures = [line for line in result.stderr.splitlines() if "the picture is in" not in line]
    assert failures == [
        f"backline: {wide}: needs 6 qubits; device 'manila' has 5",
        f"backline: {files[-1]}: No such file or directory: {files[-1]}",
    ]


def test_pictures_of_one_command_do_not_take_each_others_place(ghz: Path) -> None:
    program = ghz.with_suffix(".json")
    program.write_text(json.dumps(to_dict(pulse.Schedule(name="empty"))))
    assert draw(ghz, program, "-d", "manila").exit_code == 0
    assert ghz.with_suffix(".png").exists()
    assert ghz.with_name("ghz-2.png").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "is no valid JSON: "),
        (b"[1, 2]", "this is no stored pulse program"),
        (b'{"format": "backline.pulse", "version": 99}', "version 99"),
        (b'{"format": "backline.pulse", "version": 1}', "damaged: KeyError"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": "\xff"}', "is no valid JSON"),
        (b'{"a": 1' + b"0" * 10_000 + b"}", "is no valid JSON"),
    ],
    ids=["cut", "list", "version", "damaged", "nested", "bytes", "digits"],
)
def test_a_file_that_is_no_program_is_one_line(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    result = draw(path)
    assert result.exit_code == ExitCode.FAULT
    assert result.stderr.startswith(f"backline: {path}: ")
    assert words in result.stderr
    assert result.stderr.count("\n") == 1


def test_what_cannot_be_drawn_is_said(rabi: Path, ghz: Path, tmp_path: Path) -> None:
    for arguments, words in (
        ((ghz,), "is drawn as a device's pulses: name it with --device"),
        (("-d", "manila", "-g", "cx", 0, 2), "cx on (0, 2) has no calibration: cx is calibrated"),
        (("-d", "manlia", rabi), "Did you mean 'manila'?"),
        ((rabi, "--channels", "d7"), "the channels that it uses are d0, a0"),
        ((rabi, "-o", tmp_path / "rabi.txt"), "cannot be written as 'rabi.txt'"),
        ((tmp_path,), "is a folder"),
    ):
        result = draw(*arguments)
        assert result.exit_code == ExitCode.FAULT, arguments
        assert words in result.stderr
        assert result.stderr.count("\n") == 1
    assert "Traceback" in draw("-d", "manila", "-g", "cx", 0, 2, "--debug").stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--gate", "cx", "0", "1"),
        ("--gate", "cx", "--device", "manila"),
        ("--gate", "cx", "--device", "manila", "a", "b"),
        ("rabi.json", "--time-unit", "ns"),
        ("rabi.json", "--time-unit", "us"),
        ("rabi.json", "--range", "5", "2"),
        ("rabi.json", "--range", "0", "nan"),
        ("rabi.json", "--range", "5"),
        ("rabi.json", "--channels", "d0,x1"),
        ("rabi.json", "--channels", ","),
        ("rabi.json", "--style", "pink"),
        ("rabi.json", "other.json", "--output", "picture.png"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments) -> None:
    result = draw(*arguments)
    assert result.exit_code == ExitCode.USAGE
    assert "Traceback" not in result.stderr
