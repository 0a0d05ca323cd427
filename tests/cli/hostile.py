"""Files that no one should be able to crash the command with."""

from __future__ import annotations

import io
import os
from functools import cache
from pathlib import Path

from qiskit import QuantumCircuit, qpy

QASM2 = 'OPENQASM 2.0; include "qelib1.inc"; '
QASM3 = 'OPENQASM 3.0; include "stdgates.inc"; '
GHZ2 = QASM2 + "qreg q[3]; creg c[3]; h q[0]; cx q[0],q[1]; cx q[1],q[2]; measure q->c;"
GHZ3 = QASM3 + "qubit[3] q; bit[3] c; h q[0]; cx q[0],q[1]; cx q[1],q[2]; c = measure q;"


def ghz(*, measured: bool = True) -> QuantumCircuit:
    circuit = QuantumCircuit(3)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.cx(1, 2)
    if measured:
        circuit.measure_all()
    return circuit


@cache
def qpy_bytes(programs: int = 1) -> bytes:
    stream = io.BytesIO()
    qpy.dump([ghz()] * programs, stream)
    return stream.getvalue()


def with_version(number: int) -> bytes:
    whole = bytearray(qpy_bytes())
    whole[len(b"QISKIT")] = number
    return bytes(whole)


def doubling_gates(levels: int) -> str:
    """Gates that each call the one before twice: 2**levels x gates in a few lines."""
    gates = "gate a0 q {x q; x q;} " + "".join(
        f"gate a{k} q {{a{k - 1} q; a{k - 1} q;}} " for k in range(1, levels)
    )
    return f"{QASM2}{gates} qreg q[1]; creg c[1]; a{levels - 1} q[0]; measure q->c;"


def nested(depth: int) -> str:
    return f"{QASM2} qreg q[1]; rx({'(' * depth}1{')' * depth}) q[0];"


def parens(depth: int) -> bytes:
    return b"(" * depth


# name: (content, words of the message)
FILES: dict[str, tuple[bytes, str]] = {
    "cut-short.qpy": (qpy_bytes()[: len(qpy_bytes()) // 2], "damaged or was cut short"),
    "header-only.qpy": (b"QISKIT", "cut short"),
    "old.qpy": (with_version(12), "QPY version 12; versions 13 to"),
    "future.qpy": (with_version(99), "QPY version 99"),
    "edited.qpy": (
        qpy_bytes()[:40] + b"\xff" * 8 + qpy_bytes()[48:],
        "damaged or was cut short",
    ),
    "nested-10mb.qasm": (nested(5 << 20).encode(), "more than 500 deep"),
    "parentheses.qasm": (parens(10 << 20), "more than 500 deep"),
    "nested-blocks.qasm": (
        (QASM3 + "qubit[1] q; bit c; " + "if (c == 1) {" * 300 + "x q[0];" + "}" * 300).encode(),
        "nested too deeply",
    ),
    "wide-2.qasm": (b"OPENQASM 2.0; qreg q[1000000000];", "register of 1000000000 bits"),
    "wide-3.qasm": (b"OPENQASM 3.0; qubit[1000000000] q;", "register of 1000000000 bits"),
    "wide-text.qasm": (b"OPENQASM 3.0; qubit[" + b"9" * 10_000 + b"] q;", "at most 100000"),
    "many-qubits.qasm": (b"OPENQASM 2.0; qreg q[99999];", "99999 qubits; at most 10000"),
    "loop.qasm": (
        (QASM3 + "qubit[1] q; for int i in [0:1000000000000] { x q[0]; }").encode(),
        "more than 1000000 instructions",
    ),
    "loops.qasm": (
        (
            QASM3 + "qubit[1] q; for int i in [0:2000] { for int j in [0:2000] { x q[0]; } }"
        ).encode(),
        "more than 1000000 instructions",
    ),
    "comments.qasm": (b"/*" * 500_000, "no valid OpenQASM 3"),
    "junk.bin": (bytes([0xFF]) + bytes(range(256)) * 20, "neither OpenQASM"),
    "null.qasm": (b"OPENQASM 2.0;\x00\x00", "binary data"),
    "latin-1.qasm": ("OPENQASM 2.0; // caf\xe9".encode("latin-1"), "byte 20 is no text"),
    "empty.qasm": (b"", "is empty"),
    "prose.txt": (b"hello world", "no valid OpenQASM 3"),
    "next.qasm": (b"OPENQASM 4.0;", "OpenQASM 4; versions 2 and 3"),
    "syntax-2.qasm": (b"OPENQASM 2.0; qreg q[2]; frob q[0];", "'frob' is not defined"),
    "syntax-3.qasm": (b"OPENQASM 3.0; qubit[2] q; frob q[0];", "'frob' is not defined"),
    "include.qasm": (b'OPENQASM 2.0; include "/dev/zero";', "unable to find"),
}


def write_all(folder: Path) -> list[Path]:
    paths = []
    for name, (content, _) in FILES.items():
        path = folder / name
        path.write_bytes(content)
        paths.append(path)
    return paths


def make_fifo(path: Path) -> None:
    os.mkfifo(path)
