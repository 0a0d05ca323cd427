"""What becomes of files, hostile ones included."""

import io
import os
import time
from pathlib import Path

import pytest
from qiskit import QuantumCircuit, qpy
from qiskit.circuit import Gate

from backline.cli.kinds import kind_of
from backline.cli.limits import ProgramLimits, check_size
from backline.cli.programs import ProgramReader
from backline.errors import InputError
from cli import hostile


def read(*paths) -> list[tuple[str, QuantumCircuit | None, str]]:
    """Name, circuit and message of each program."""
    found = []
    with ProgramReader([str(path) for path in paths]) as reader:
        for program in reader.programs():
            circuit = None
            if program.path is not None:
                (circuit,) = qpy.load(io.BytesIO(program.path.read_bytes()))
            message = "" if program.failure is None else program.failure.message
            found.append((Path(program.name).name, circuit, message))
    return found


def test_good_files_are_read_in_order(tmp_path: Path) -> None:
    for name, content in (
        ("a.qasm", hostile.GHZ2.encode()),
        ("b.qasm", hostile.GHZ3.encode()),
        ("c.qpy", hostile.qpy_bytes(2)),
    ):
        (tmp_path / name).write_bytes(content)
    programs = read(tmp_path / "c.qpy", tmp_path / "a.qasm", tmp_path / "b.qasm")
    assert [name for name, _, _ in programs] == [
        "c.qpy[0]",
        "c.qpy[1]",
        "a.qasm",
        "b.qasm",
    ]
    for name, circuit, message in programs:
        assert message == ""
        assert dict(circuit.count_ops()) == {"h": 1, "cx": 2, "measure": 3} | (
            {"barrier": 1} if "qpy" in name else {}
        )


def test_programs_of_every_kind_survive_the_way_back(tmp_path: Path) -> None:
    (tmp_path / "own-gate.qasm").write_text(
        hostile.QASM2 + "gate pair a,b {h a; cx a,b;} qreg q[2]; creg c[2]; pair q[0],q[1];"
        "measure q->c; if (c==3) x q[0];"
    )
    (tmp_path / "flow.qasm").write_text(
        hostile.QASM3 + "qubit[2] q; bit[2] c; for int i in [0:2] { x q[0]; } "
        "c[0] = measure q[0]; if (c[0]) { x q[1]; } else { h q[1]; } c[1] = measure q[1];"
    )
    own, flow = (circuit for _, circuit, _ in read(*sorted(tmp_path.iterdir(), reverse=True)))
    assert dict(own.decompose("pair").count_ops())["cx"] == 1
    assert check_size(own, ProgramLimits()) == 5
    # 3 times x; a measurement; both branches of the condition; a measurement
    assert check_size(flow, ProgramLimits()) == 3 + 1 + 2 + 1


def test_every_hostile_file_is_a_message_and_the_good_one_is_read(tmp_path: Path) -> None:
    paths = hostile.write_all(tmp_path)
    good = tmp_path / "good.qasm"
    good.write_text(hostile.GHZ2)
    start = time.monotonic()
    programs = read(*paths, good)
    assert time.monotonic() - start < 100
    for (name, _, message), (_, words) in zip(programs, hostile.FILES.values(), strict=False):
        assert words in message, name
        assert len(message) < 400
        assert message.isprintable()
    assert programs[-1][1].num_qubits == 3


def test_what_takes_too_long_ends_and_the_next_file_is_read(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("backline.cli.programs._SHORTEST", 2.0)
    (tmp_path / "bomb.qasm").write_text(hostile.doubling_gates(50))
    (tmp_path / "good.qasm").write_text(hostile.GHZ2)
    bomb, good = read(tmp_path / "bomb.qasm", tmp_path / "good.qasm")
    assert "takes more than 2 s" in bomb[2]
    assert good[1].num_qubits == 3


def test_what_takes_too_much_memory_ends(tmp_path, monkeypatch) -> None:
    if os.name == "nt":
        pytest.skip("Windows has no limit of address space for a process")
    monkeypatch.setattr("backline.cli.programs._MEMORY", 1 << 30)
    registers = "".join(f"qreg q{k}[99999];" for k in range(200))
    (tmp_path / "wide.qasm").write_text(f"OPENQASM 2.0; {registers}")
    ((_, circuit, message),) = read(tmp_path / "wide.qasm")
    assert circuit is None
    assert any(words in message for words in ("too much memory", "too large"))


def test_folders_missing_files_and_pipes_are_told_apart(tmp_path: Path) -> None:
    folder, missing = read(tmp_path, tmp_path / "missing.qasm")
    assert "is a folder" in folder[2]
    assert "No such file" in missing[2]
    if hasattr(os, "mkfifo"):
        hostile.make_fifo(tmp_path / "pipe")
        with pytest.raises(InputError, match="no ordinary file"):
            kind_of(tmp_path / "pipe")


def test_a_file_over_the_size_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.qasm"
    with path.open("wb") as stream:
        stream.write(b"OPENQASM 2.0;")
        stream.truncate(1 << 40)  # sparse: takes no room
    with pytest.raises(InputError, match="has 1099511627776 bytes"):
        kind_of(path)
    path.write_text("OPENQASM 3.0;" + " " * (3 << 20))
    with pytest.raises(InputError, match="of OpenQASM 3 at most 2097152"):
        kind_of(path)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("OPENQASM 2.0;", "qasm2"),
        ("// OPENQASM 2.0;\nOPENQASM 3;", "qasm3"),
        ("/* OPENQASM 2.0; */ OPENQASM 3.1;", "qasm3"),
        ("\ufeffOPENQASM 2.0;", "qasm2"),
        ('include "qelib1.inc"; qreg q[1];', "qasm2"),
        ("qubit q;", "qasm3"),
    ],
)
def test_kinds_are_told_by_content(tmp_path: Path, text: str, kind: str) -> None:
    path = tmp_path / "program"
    path.write_text(text, encoding="utf-8")
    assert kind_of(path) == kind


def looped(indices) -> QuantumCircuit:
    circuit = QuantumCircuit(1)
    with circuit.for_loop(indices):
        circuit.x(0)
    return circuit


@pytest.mark.parametrize(
    "indices",
    [range(10), range(0, 10, 3), range(10, 0, -3), range(5, 5), range(7, 2), (1, 2, 9)],
)
def test_loops_count_as_often_as_they_run(indices) -> None:
    assert check_size(looped(indices), ProgramLimits()) == max(1, len(indices))


def test_sizes_at_the_limit_pass_and_above_it_do_not() -> None:
    limits = ProgramLimits(qubits=2, clbits=1, instructions=3)
    circuit = QuantumCircuit(2, 1)
    for _ in range(3):
        circuit.x(0)
    assert check_size(circuit, limits) == 3
    circuit.x(0)
    with pytest.raises(InputError, match="more than 3 instructions"):
        check_size(circuit, limits)
    with pytest.raises(InputError, match="3 qubits; at most 2"):
        check_size(QuantumCircuit(3), limits)
    with pytest.raises(InputError, match="2 classical bits; at most 1"):
        check_size(QuantumCircuit(1, 2), limits)
    with pytest.raises(InputError, match="more than 3"):
        check_size(looped(range(10**18)), limits)


def test_definitions_are_written_out() -> None:
    inner = QuantumCircuit(1)
    for _ in range(5):
        inner.h(0)
    gate = Gate("five", 1, [])
    gate.definition = inner
    circuit = QuantumCircuit(1)
    circuit.append(gate, [0])
    circuit.append(gate, [0])
    assert check_size(circuit, ProgramLimits()) == 10
