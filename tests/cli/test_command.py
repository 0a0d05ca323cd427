"""The command as people and programs use it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from qiskit.circuit.exceptions import CircuitError
from rich.console import Console
from typer.testing import CliRunner

import backline
from backline.cli.app import app
from backline.cli.failures import ExitCode, exit_code, failure_of, line_of
from backline.cli.programs import ProgramReader
from backline.cli.report import save_entries
from backline.cli.settings import RunSettings
from backline.cli.waiting import Waiting
from backline.cli.worker import Worker
from backline.errors import InputError, JobError
from cli import hostile

COMMAND = [sys.executable, "-c", "from backline.cli import main; main()"]


def invoke(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def process(*arguments: object, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        encoding="utf-8",
        **options,
    )


@pytest.fixture
def ghz(tmp_path: Path) -> Path:
    path = tmp_path / "ghz.qasm"
    path.write_text(hostile.GHZ2)
    return path


def test_devices_are_listed() -> None:
    result = invoke("devices")
    assert result.exit_code == 0
    for name in backline.devices():
        assert name in result.stdout
    (manila,) = (line for line in result.stdout.splitlines() if "manila" in line)
    assert "5" in manila
    assert "yes" in manila


def test_devices_as_json() -> None:
    listed = json.loads(invoke("devices", "--json").stdout)
    assert {device["name"]: device["qubits"] for device in listed} == {
        "armonk": 1,
        "guadalupe": 16,
        "manila": 5,
        "nairobi": 7,
        "sherbrooke": 127,
    }


def test_show_has_a_row_for_every_qubit_and_edge_in_readable_units() -> None:
    device = backline.load("manila").device
    rows = [line.split() for line in invoke("show", "manila").stdout.splitlines()]
    for k, qubit in enumerate(device.qubits):
        (row,) = (row for row in rows if row[:1] == [str(k)])
        assert row[1:5] == [
            f"{qubit.frequency / 1e9:.4f}",
            f"{qubit.anharmonicity / 1e6:.1f}",
            f"{qubit.t1 * 1e6:.1f}",
            f"{qubit.t2 * 1e6:.1f}",
        ]
    edges = [row[:2] for row in rows if row and row[0].endswith(",") and row[0] != "note"]
    assert edges[:2] == [["0,", "1"], ["1,", "0"]]
    assert len(edges) == 8


def test_show_as_json_is_in_seconds_and_hertz(tmp_path: Path) -> None:
    picture = tmp_path / "map.png"
    result = invoke("show", "nairobi", "--json", "--map", picture, "--style", "dark")
    shown = json.loads(result.stdout)
    device = backline.load("nairobi").device
    assert shown["qubit_properties"][3]["frequency"] == device.qubits[3].frequency
    assert len(shown["gates"]) == len(device.gates)
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_show_of_an_unknown_device_names_the_near_one() -> None:
    result = invoke("show", "manlia")
    assert result.exit_code == ExitCode.FAULT
    assert "'manila'" in result.stderr
    assert result.stderr.count("\n") == 1


def test_run_shows_the_most_frequent_first_sums_the_rest_and_serves_ascii(ghz: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "TERM": "dumb"}
    ended = process("run", ghz, "-d", "manila", "--seed", 1, "--top", 2, env=environment)
    assert ended.returncode == 0
    assert ended.stderr == ""
    assert ended.stdout.isascii()
    assert "###" in ended.stdout
    lines = [line.strip("|").split() for line in ended.stdout.splitlines() if "%" in line]
    assert {lines[0][0], lines[1][0]} == {"000", "111"}
    assert lines[2][1].startswith("others")
    shares = [float(line[-1].rstrip("%|")) for line in lines]
    assert shares[0] >= shares[1] > shares[2]
    assert sum(shares) == pytest.approx(100, abs=0.2)


def test_the_same_seed_gives_the_same_counts_and_json_alone_is_printed(tmp_path, ghz) -> None:
    other = tmp_path / "other" / "ghz.qasm"
    other.parent.mkdir()
    other.write_text(hostile.GHZ2)
    saved = tmp_path / "new" / "all.json"
    arguments = ("run", ghz, other, "-d", "manila", "--seed", 7, "--json", "--save", saved)
    document = json.loads(process(*arguments).stdout)
    first, second = document["results"]
    assert first["counts"] == second["counts"]
    assert sum(first["counts"].values()) == first["shots"] == 1024
    assert first["seed"] == 7
    assert document["device"] == "manila"
    assert json.loads(saved.read_text()) == document


def test_as_it_is_and_without_noise(tmp_path: Path, ghz: Path) -> None:
    """What the device has runs exactly; what it lacks is said, and nothing is compiled."""
    path = tmp_path / "x.qasm"
    path.write_text(hostile.QASM2 + "qreg q[2]; creg c[2]; x q[0]; measure q->c;")
    arguments = ("-d", "manila", "--no-transpile", "--no-noise", "-n", 50, "--memory", "--json")
    result = invoke("run", ghz, path, *arguments)
    assert result.exit_code == ExitCode.FAULT
    assert "h on (0,) is not on device 'manila'" in result.stderr
    refused, ran = json.loads(result.stdout)["results"]
    assert refused["error"]["code"] == "input"
    assert ran["counts"] == {"01": 50}
    assert ran["memory"] == ["01"] * 50
    assert ran["circuit"]["operations"] == {"measure": 2, "x": 1}


def test_the_engine_is_the_one_that_was_asked_for(ghz: Path) -> None:
    ran = invoke("run", ghz, "-d", "manila", "-e", "pulses", "-n", 10, "--json")
    assert all(line.startswith("backline: warning: ") for line in ran.stderr.splitlines())
    assert json.loads(ran.stdout)["results"][0]["metadata"]["engine"] == "pulses"


def test_bad_programs_are_named_the_others_run_and_each_is_saved(tmp_path, ghz) -> None:
    programs = {
        "bad.qasm": ("OPENQASM 2.0; frob;", "frob"),
        "wide.qasm": (hostile.QASM2 + "qreg q[6]; creg c[1]; measure q[0]->c[0];", "6 qubits"),
        "silent.qasm": (hostile.QASM2 + "qreg q[1]; x q[0];", "measures nothing"),
        "free.qasm": (
            hostile.QASM3 + "input float alpha; qubit[1] q; bit c; rx(alpha) q[0]; "
            "c = measure q[0];",
            "alpha",
        ),
    }
    for name, (text, _) in programs.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "two.qpy").write_bytes(hostile.qpy_bytes(2))
    names = [*programs, "missing.qasm", "ghz.qasm", "two.qpy"]
    files = [tmp_path / name for name in names]
    result = invoke("run", *files, "-d", "manila", "--json", "--save", tmp_path / "each")
    assert result.exit_code == ExitCode.FAULT
    entries = json.loads(result.stdout)["results"]
    assert [Path(entry["name"]).name for entry in entries] == [
        *names[:-1],
        "two.qpy[0]",
        "two.qpy[1]",
    ]
    said = result.stderr.splitlines()
    for (name, (_, words)), entry, line in zip(programs.items(), entries, said, strict=False):
        assert words in entry["error"]["message"]
        assert line == f"backline: {tmp_path / name}: {entry['error']['message']}"
    assert entries[4]["error"]["code"] == "FileNotFoundError"
    assert len(said) == 5
    assert all(sum(entry["counts"].values()) == 1024 for entry in entries[5:])
    assert len(list((tmp_path / "each").iterdir())) == len(entries)
    assert json.loads((tmp_path / "each" / "two.qpy-1.json").read_text())["results"] == entries[-1:]


def test_files_of_one_name_are_saved_beside_each_other(tmp_path: Path) -> None:
    document = {"results": [{"name": "a/x.qasm"}, {"name": "b/x.qasm"}, {"name": "/"}]}
    save_entries(document, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "x.qasm.json",
        "x.qasm-2.json",
        "program.json",
    }


def test_a_file_that_is_no_json_is_not_written_over(ghz: Path) -> None:
    refused = invoke("run", ghz, "-d", "manila", "--save", ghz)
    assert refused.exit_code == ExitCode.FAULT
    assert "neither" in refused.stderr
    assert ghz.read_text() == hostile.GHZ2


def test_every_hostile_file_is_one_line_and_exit_code_1(tmp_path: Path, ghz: Path) -> None:
    paths = hostile.write_all(tmp_path)
    ended = process("run", *paths, tmp_path, ghz, "-d", "manila", "--json")
    assert ended.returncode == ExitCode.FAULT
    assert len(ended.stderr.splitlines()) == len(paths) + 1
    assert "Traceback" not in ended.stderr
    assert "counts" in json.loads(ended.stdout)["results"][-1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("run",),
        ("run", "a.qasm"),
        ("run", "a.qasm", "-d", "manila", "--shots", "0"),
        ("run", "a.qasm", "-d", "manila", "--engine", "magic"),
        ("run", "a.qasm", "-d", "manila", "--optimization-level", "4"),
        ("run", "a.qasm", "-d", "manila", "--timeout", "nan"),
        ("run", "a.qasm", "-d", "manila", "--timeout", "-1"),
        ("frob",),
        ("show",),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments) -> None:
    assert invoke(*arguments).exit_code == ExitCode.USAGE


# Every pass takes so long that the engine does not come to see that there is no end.
FOREVER = (
    hostile.QASM3
    + "qubit[5] q; bit c; c = measure q[0]; while (!c) { "
    + "".join(f"rx(0.3) q[{k % 5}]; cx q[{k % 5}], q[{(k + 1) % 5}]; " for k in range(200))
    + "reset q[0]; c = measure q[0]; }"
)


def test_a_timeout_ends_that_program_alone(tmp_path: Path, ghz: Path) -> None:
    path = tmp_path / "forever.qasm"
    path.write_text(FOREVER)
    ended = process("run", path, ghz, "-d", "manila", "--no-noise", "--timeout", 10, "--json")
    assert ended.returncode == ExitCode.FAULT
    assert ended.stderr == f"backline: {path}: not over after 10 s\n"
    forever, after = json.loads(ended.stdout)["results"]
    assert forever["error"]["code"] == "job.timeout"
    assert sum(after["counts"].values()) == 1024


def test_a_worker_that_dies_costs_one_program(ghz: Path) -> None:
    with Worker("manila", RunSettings({"shots": 10}, 0, 1), timeout=None) as worker:
        assert worker.device_name().value == "manila"
        worker._process.kill()
        worker._process.join()
        with ProgramReader([str(ghz)]) as reader:
            (program,) = reader.programs()
            assert worker.run(program.path).value.shots == 10
            worker._connection.send(program.path)
            worker._process.kill()
            died = worker._receive(None)
    assert died.failure.exit_code is ExitCode.FAULT
    assert "died" in died.failure.message


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process alone")
@pytest.mark.parametrize("seconds", [1, 3, 9])
def test_ctrl_c_ends_with_130_at_any_time(tmp_path: Path, seconds: float) -> None:
    """While it imports, loads and reads, or is deep in a run that never ends."""
    path = tmp_path / "forever.qasm"
    path.write_text(FOREVER)
    with subprocess.Popen(
        [*COMMAND, "run", str(path), "-d", "manila", "--no-noise"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            time.sleep(seconds)
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=60)
        finally:
            running.kill()
    assert (running.returncode, out, err) == (130, "", "backline: interrupted\n")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process alone")
def test_ctrl_c_while_a_process_starts_is_heard_here_and_not_there() -> None:
    script = """
import os, signal, subprocess, sys, time
from backline.cli.worker import _without_interrupts

other = "import os, signal; os.kill(os.getpid(), signal.SIGINT); print('not heard')"

def start():
    os.kill(os.getpid(), signal.SIGINT)
    subprocess.run([sys.executable, "-c", other], check=True)
    time.sleep(0.1)

try:
    _without_interrupts(start)
    print("lost")
except KeyboardInterrupt:
    print("heard")
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.stdout.split("\n"), ended.stderr) == (["not heard", "heard", ""], "")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
@pytest.mark.parametrize("seconds", [1, 9])
def test_nothing_goes_on_when_the_command_is_killed(tmp_path: Path, seconds: float) -> None:
    """The pipe of its output ends when the last process that holds it does."""
    path = tmp_path / "forever.qasm"
    path.write_text(FOREVER)
    with subprocess.Popen(
        [*COMMAND, "run", str(path), "-d", "manila", "--no-noise"], stdout=subprocess.PIPE
    ) as running:
        time.sleep(seconds)
        running.kill()
        assert running.communicate(timeout=30) == (b"", None)


def test_a_reader_that_goes_away_is_no_trace() -> None:
    with subprocess.Popen(
        [*COMMAND, "devices"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        running.stdout.close()
        said = running.stderr.read()
    assert (running.returncode, said) == (ExitCode.FAULT, "")


def test_a_trace_is_printed_with_debug_alone() -> None:
    plain, traced = invoke("show", "manlia"), invoke("show", "manlia", "--debug")
    assert "Traceback" not in plain.stderr
    assert "Traceback" in traced.stderr
    assert plain.exit_code == traced.exit_code == ExitCode.FAULT


def test_errors_are_told_apart_by_whose_fault_they_are() -> None:
    assert failure_of(InputError("x")).code == "input"
    assert exit_code(InputError("x")) is ExitCode.FAULT
    assert exit_code(CircuitError("x")) is ExitCode.FAULT
    assert exit_code(FileNotFoundError("x")) is ExitCode.FAULT
    assert exit_code(TypeError("x")) is ExitCode.INTERNAL
    failed = JobError("1 of 1 experiments failed")
    failed.__cause__ = TypeError("x")
    assert exit_code(failed) is ExitCode.INTERNAL
    assert line_of(TypeError("a\n b"), ExitCode.INTERNAL).startswith(
        "internal error: TypeError: a b"
    )


def test_help_and_version_wait_for_nothing_heavy() -> None:
    script = (
        "import sys\n"
        "from backline.cli.app import app\n"
        "from typer.testing import CliRunner\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        "assert CliRunner().invoke(app, ['--version']).stdout.startswith('backline ')\n"
        "heavy = {'qiskit', 'numpy', 'matplotlib', 'qiskit_aer'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "assert CliRunner().invoke(app, ['devices']).exit_code == 0\n"
        "heavy = {'matplotlib', 'qiskit_aer'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_waiting_is_shown_on_terminals_alone() -> None:
    silent = Console(force_terminal=False, record=True)
    with Waiting(silent, 1) as waiting:
        waiting.step("work", done=0)
    assert silent.export_text() == ""
