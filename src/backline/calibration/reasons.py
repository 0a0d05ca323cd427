"""Why a gate stays below what it should reach, as precisely as the model can tell."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from backline.calibration.judging import best_with_rotation_after, best_with_rotations, judge
from backline.calibration.pair import Complex
from backline.calibration.programs import PairProgram, rotation_program
from backline.calibration.results import ENOUGH
from backline.device.model import Device
from backline.errors import BacklineError
from backline.pulse import Drag, Play

_GOOD_ROTATION = 0.998
_MUCH_LEAKAGE = 0.002
_NEAR = 20e6  # Hz; a strong tone shifts transitions by so much


def why_below(device: Device, program: PairProgram, gain: complex) -> str:
    """What keeps a fitted gate from being better.

    Args:
        device: The device.
        program: The gate's schedule.
        gain: Of its control line.
    """
    blocks = program.blocks(gain)
    leakage = float(judge(blocks, program.wanted).leakages[0])
    return "; ".join(
        [
            *_of_leakage(device, program, leakage),
            *_of_levels(device, program),
            *_of_rotations(device, program.qubits),
            _of_what_is_left(program, blocks[0]),
        ]
    )


def _of_leakage(device: Device, program: PairProgram, leakage: float) -> Iterator[str]:
    if leakage < _MUCH_LEAKAGE:
        return
    yield f"{leakage:.1%} leaves the qubit levels"
    line = next((line for line in device.control_lines if line.index == program.line), None)
    if line is None or line.drives is None or len(line.lo) != 1:
        return
    driven, tone = device.qubits[line.drives], device.qubits[line.lo[0][0]].frequency
    if driven.frequency is None or driven.anharmonicity is None or tone is None:
        return
    for levels, resonance in (
        ("1-2", driven.frequency + driven.anharmonicity),
        ("0-2 by two photons", driven.frequency + driven.anharmonicity / 2),
    ):
        if abs(away := tone - resonance) < _NEAR:
            yield (
                f"the tone of u{line.index} is {away / 1e6:+.1f} MHz from the transition {levels} "
                f"of qubit {line.drives}"
            )


def _of_levels(device: Device, program: PairProgram) -> Iterator[str]:
    for qubit in program.qubits:
        if device.qubits[qubit].anharmonicity is None:
            yield f"the anharmonicity of qubit {qubit} is not known: it has two levels"


def _of_rotations(device: Device, qubits: tuple[int, int]) -> Iterator[str]:
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
                yield f"{gate} on {qubit} beside {beside} is {fidelity:.4f}" + _drag(
                    device, gate, qubit
                )


def _drag(device: Device, gate: str, qubit: int) -> str:
    """The derivative part of a pulse, beside what suits the transmon to first order.

    1/(2π α dt), Motzoi, Gambetta, Rebentrost, Wilhelm, PRL 103, 110501, 2009.
    """
    anharmonicity, dt = device.qubits[qubit].anharmonicity, device.timing.dt
    schedule = device.calibrations[gate, (qubit,)].get_schedule()
    betas = [
        float(item.pulse.parameters["beta"])
        for _, item in schedule.instructions
        if isinstance(item, Play) and isinstance(item.pulse, Drag)
    ]
    if not betas or not anharmonicity or dt is None:
        return ""
    suits = 1 / (2 * math.pi * anharmonicity * dt)
    return f" (DRAG beta {betas[0]:.1f}, for its anharmonicity {suits:.1f})"


def _of_what_is_left(program: PairProgram, block: Complex) -> str:
    single = best_with_rotation_after(block, program.wanted)
    better = int(np.argmax(single))
    if single[better] >= ENOUGH:
        return (
            f"a rotation of qubit {program.qubits[better]} after it would make {single[better]:.4f}"
        )
    best = best_with_rotations(block, program.wanted)
    if best >= ENOUGH:
        return f"rotations of both qubits before and after it would make {best:.4f}"
    return f"no rotations of the single qubits would make more than {best:.4f}"
