"""Why a gate stays below what it should reach, as precisely as the model can tell."""

from __future__ import annotations

from collections.abc import Iterator

from backline.calibration.judging import best_with_rotations, judge
from backline.calibration.programs import PairProgram, rotation_program
from backline.calibration.results import ENOUGH
from backline.device.model import Device
from backline.errors import BacklineError

_GOOD_ROTATION = 0.995
_MUCH_LEAKAGE = 0.002


def why_below(device: Device, program: PairProgram, gain: complex) -> str:
    """What keeps a fitted gate from being better.

    Args:
        device: The device.
        program: The gate's schedule.
        gain: Of its control line.
    """
    said = list(_findings(device, program, gain))
    return "; ".join(said)


def _findings(device: Device, program: PairProgram, gain: complex) -> Iterator[str]:
    blocks = program.blocks(gain)
    leakage = float(judge(blocks, program.wanted).leakages[0])
    if leakage > _MUCH_LEAKAGE:
        yield f"{leakage:.1%} leaves the qubit levels"
    for qubit in program.qubits:
        if device.qubits[qubit].anharmonicity is None:
            yield f"the anharmonicity of qubit {qubit} is not known, it has two levels"
    yield from _poor_rotations(device, program.qubits)
    best = best_with_rotations(blocks[0], program.wanted)
    what = "single-qubit rotations are off" if best >= ENOUGH else "what entangles is off"
    yield f"with any rotations of the single qubits it were {best:.4f}: {what}"


def _poor_rotations(device: Device, qubits: tuple[int, int]) -> Iterator[str]:
    """The qubits' own x and sx, where they are off beside the other qubit."""
    for qubit, beside in (qubits, qubits[::-1]):
        for gate in ("x", "sx"):
            if (gate, (qubit,)) not in device.calibrations:
                continue
            try:
                program = rotation_program(device, gate, qubit, qubits)
            except BacklineError:
                continue  # a rotation that cannot be played tells nothing
            fidelity = float(judge(program.blocks(1.0), program.wanted).fidelities[0])
            if fidelity < _GOOD_ROTATION:
                yield f"{gate} on qubit {qubit} beside {beside} is {fidelity:.4f}"
