"""All control lines of one pair: fitted, judged and explained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from backline.calibration.fitting import DIGITS, fitted_gain
from backline.calibration.judging import judge
from backline.calibration.programs import PairProgram, pair_program, schedules_of
from backline.calibration.reasons import why_below
from backline.calibration.results import ENOUGH, JudgedGate, LineFit
from backline.device.model import Device
from backline.errors import BacklineError

_WORTH = 1e-6  # fidelity for which a frame is corrected
_SHOWN = 6  # decimals of fidelities


def known_pairs(device: Device) -> tuple[tuple[int, int], ...]:
    """Every pair that a coupling, a control line or a two-qubit gate speaks of, smaller first."""
    named = [coupling.qubits for coupling in device.couplings or ()]
    named += [line.qubits for line in device.control_lines]
    named += [(a, b) for gate in device.gates if len(gate.qubits) == 2 for a, b in [gate.qubits]]
    return tuple(sorted({(min(a, b), max(a, b)) for a, b in named if a != b}))


def fit_pair(device: Device, pair: tuple[int, int]) -> tuple[LineFit, ...]:
    """Fit the control lines that a pair's two-qubit schedules play on.

    Of the schedules of one line the shortest is fitted, and the others are judged.

    Args:
        device: The device.
        pair: Two qubits, smaller first.

    Returns:
        One for each line; one that says why, where none can be fitted.
    """
    lines: dict[int | None, list[PairProgram]] = defaultdict(list)
    refused: list[str] = []
    for gate, qubits in schedules_of(device, pair):
        try:
            program = pair_program(device, gate, qubits)
        except BacklineError as error:
            refused.append(f"{gate} on {qubits}: {error.message}")
        else:
            lines[program.line].append(program)
    if not lines:
        reason = "; ".join(refused) or "there is no schedule of cx or ecr"
        return (LineFit(qubits=pair, reason=reason),)
    return tuple(_fit_line(device, pair, programs) for programs in lines.values())


def _fit_line(device: Device, pair: tuple[int, int], programs: Sequence[PairProgram]) -> LineFit:
    shortest, *others = sorted(programs, key=lambda p: (p.duration, p.gate, p.qubits))
    gain = fitted_gain(shortest)
    gates = tuple(_judged(p, gain, fitted=p is shortest) for p in (shortest, *others))
    low = [p for p, g in zip((shortest, *others), gates, strict=True) if g.after < ENOUGH]
    return LineFit(
        qubits=pair,
        line=shortest.line,
        gain=gain,
        gates=gates,
        reason=why_below(device, low[0], gain) if low else None,
    )


def _judged(program: PairProgram, gain: complex, *, fitted: bool) -> JudgedGate:
    before = judge(program.blocks(1.0), program.wanted)
    blocks = program.blocks(gain)
    free, plain = (judge(blocks, program.wanted, turned=turned) for turned in (True, False))
    worth = free.fidelities[0] - plain.fidelities[0] > _WORTH
    first, second = np.round(free.angles[0], DIGITS) if worth else (0.0, 0.0)
    return JudgedGate(
        name=program.gate,
        qubits=program.qubits,
        fitted=fitted,
        before=_rounded(before.fidelities[0]),
        after=_rounded(free.fidelities[0] if worth else plain.fidelities[0]),
        leakage=_rounded(free.leakages[0]),
        angles=(float(first), float(second)),
    )


def _rounded(value: float) -> float:
    return round(float(value), _SHOWN)
