"""What was fitted, and how well gates come out: before and after."""

from __future__ import annotations

import cmath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from backline.device.model import Device
from backline.device.twins import FittedLine, FrameCorrection, Twin

ENOUGH = 0.99
"""The average gate fidelity that a reconciled gate should reach."""

Row: TypeAlias = tuple[str, str, str, str, str, str, str, str]

TABLE_HEAD: Row = ("pair", "line", "size", "phase/pi", "gate", "before", "after", "")
"""What the columns of `table_rows` are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedGate:
    """One two-qubit schedule on the Hamiltonian of its qubits, before and after.

    Attributes:
        name: The gate.
        qubits: In its order.
        fitted: Whether the gain was fitted to this schedule; the others of the line are judged.
        before: Average gate fidelity with the line as published, best local Z angles after it.
        after: Average gate fidelity with the fitted gain and `angles`.
        leakage: What leaves the qubit levels after fitting, averaged over all states.
        angles: Frame corrections of both qubits, in rad; 0 where none is worth it.
    """

    name: str
    qubits: tuple[int, int]
    fitted: bool
    before: float
    after: float
    leakage: float
    angles: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFit:
    """One control line, or a pair that none could be fitted for.

    Attributes:
        qubits: The pair, smaller first.
        line: Index of the control line; None where none was fitted.
        gain: Its complex gain; None where none was fitted.
        gates: Its schedules, the fitted one first.
        reason: Why nothing was fitted, or why a gate stays below `ENOUGH`; None where all is well.
    """

    qubits: tuple[int, int]
    line: int | None = None
    gain: complex | None = None
    gates: tuple[JudgedGate, ...] = ()
    reason: str | None = None

    @property
    def worst(self) -> float | None:
        """The lowest fidelity of its gates after fitting; None where nothing was fitted."""
        return min((gate.after for gate in self.gates), default=None)

    @property
    def reached(self) -> bool:
        """Whether every gate of the pair reaches `ENOUGH`."""
        return self.worst is not None and self.worst >= ENOUGH


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reconciliation:
    """A device that was brought together with its model, and what was found on the way.

    Attributes:
        device: The device with fitted gains and corrected frames.
        lines: What was found for each pair, in order of its qubits.
    """

    device: Device
    lines: tuple[LineFit, ...]

    @property
    def twin(self) -> Twin:
        """The fitted numbers alone."""
        return twin_of(self.lines)

    def __str__(self) -> str:
        rows = [TABLE_HEAD]
        for line in self.lines:
            rows.extend(table_rows(line))
        widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
        lines = (
            "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) for row in rows
        )
        return "\n".join([*(line.rstrip() for line in lines), self.summary()])

    def summary(self) -> str:
        """How many pairs were fitted, how many gates reach `ENOUGH`, and what is not judged."""
        gates = [gate for line in self.lines for gate in line.gates]
        pairs = {line.qubits for line in self.lines}
        fitted = {line.qubits for line in self.lines if line.gates}
        good = sum(gate.after >= ENOUGH for gate in gates)
        alone = sum(len(line.gates) == 1 for line in self.lines)
        unjudged = f"; {alone} have no other schedule to judge the fit on" if alone else ""
        return (
            f"{len(fitted)} of {len(pairs)} pairs are fitted; "
            f"{good} of {len(gates)} gates reach {ENOUGH} average gate fidelity{unjudged}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Everything but the device, as JSON values; complex numbers as [real, imaginary]."""
        return {"device": self.device.name, "lines": [_values(line) for line in self.lines]}


def twin_of(lines: tuple[LineFit, ...]) -> Twin:
    """The numbers that make a twin of a device."""
    return Twin(
        lines=tuple(
            FittedLine(
                index=line.line,
                gain=line.gain,
                fidelity_before=line.gates[0].before,
                fidelity_after=line.gates[0].after,
            )
            for line in lines
            if line.line is not None and line.gain is not None
        ),
        corrections=tuple(
            FrameCorrection(gate=gate.name, qubits=gate.qubits, angles=gate.angles)
            for line in lines
            for gate in line.gates
            if any(gate.angles)
        ),
    )


def table_rows(line: LineFit) -> Iterator[Row]:
    """A row of the table for each gate of a line, in the columns of `TABLE_HEAD`."""
    pair = f"{line.qubits[0]}, {line.qubits[1]}"
    if line.gain is None:
        yield pair, "-", "-", "-", "-", "-", "-", line.reason or ""
        return
    size, phase = cmath.polar(line.gain)
    for k, gate in enumerate(line.gates):
        yield (
            "" if k else pair,
            "" if k else f"u{line.line}",
            "" if k else f"{size:.3f}",
            "" if k else f"{phase / cmath.pi:+.3f}",
            f"{gate.name} {gate.qubits[0]}, {gate.qubits[1]}",
            f"{gate.before:.4f}",
            f"{gate.after:.4f}",
            _remark(line, gate),
        )


def _remark(line: LineFit, gate: JudgedGate) -> str:
    if gate.after < ENOUGH:
        return f"below {ENOUGH}: {line.reason}" if line.reason else f"below {ENOUGH}"
    return "" if gate.fitted else "not fitted"


def _values(line: LineFit) -> dict[str, Any]:
    return {
        "qubits": list(line.qubits),
        "line": line.line,
        "gain": None if line.gain is None else [line.gain.real, line.gain.imag],
        "reached": line.reached,
        "reason": line.reason,
        "gates": [
            {
                "name": gate.name,
                "qubits": list(gate.qubits),
                "fitted": gate.fitted,
                "before": gate.before,
                "after": gate.after,
                "leakage": gate.leakage,
                "angles": list(gate.angles),
            }
            for gate in line.gates
        ],
    }
