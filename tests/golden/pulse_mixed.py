"""Random pulse programs of everything: all instructions and shapes, all alignments, parameters,
references, subroutines and offsets. A program is plain data, as in `pulse_programs.py`.

Contexts of a fixed duration (equispaced and func) have free time only where they are the whole
program; inside others their elements fill them, on one channel. Elsewhere we differ from Qiskit 1.4
on purpose (docs/decisions/pulse-differences.md).
"""

from __future__ import annotations

import random
from typing import Any

from qiskit.circuit import Parameter

from golden.pulse_programs import Description, channel, instruction

_LINES = ["d0", "d1", "d2", "u0", "u3", "m0", "m1"]
_PARAMETERS = {"size": 0.5, "turn": -0.75, "wait": 11, "line": 1}
_SHAPES = {
    "Gaussian": {"sigma": 4},
    "Drag": {"sigma": 5, "beta": 1.5},
    "GaussianSquare": {"sigma": 2, "width": 6},
    "GaussianSquareDrag": {"sigma": 2, "width": 6, "beta": -0.5},
    "gaussian_square_echo": {"sigma": 2, "width": 10, "active_amp": 0.1},
    "GaussianDeriv": {"sigma": 6},
    "Sech": {"sigma": 3},
    "SechDeriv": {"sigma": 7},
    "Sin": {"phase": 0.2},
    "Cos": {"phase": -0.4, "freq": 0.11},
    "Sawtooth": {"phase": 1.0},
    "Triangle": {"phase": 0.0, "freq": 0.07},
    "Square": {"phase": 0.3},
}


def mixed_description(seed: int) -> Description:
    """What the program of a seed is."""
    rng = random.Random(f"mixed {seed}")
    whole = _block(rng, depth=rng.choice((1, 2, 3)))
    whole["subroutines"] = {
        "first": _block(rng, depth=1, references=False),
        "second": _block(rng, depth=0, references=False),
    }
    return _fixed(rng, _LINES, spare=rng.randint(0, 60)) if seed % 4 == 0 else whole


def _block(rng: random.Random, depth: int, references: bool = True) -> Description:
    items = [_item(rng, depth, references) for _ in range(rng.randint(2, 6))]
    return {"align": rng.choice(("left", "right", "sequential")), "items": items}


def _item(rng: random.Random, depth: int, references: bool) -> list[Any]:
    kind = rng.random()
    if kind < 0.5:
        return _instruction(rng)
    if kind < 0.58:
        return ["barrier", rng.sample(_LINES, rng.randint(2, 3))]
    if kind < 0.68:
        lines = rng.sample(_LINES, rng.randint(1, 2))
        inside = [_instruction(rng) for _ in range(rng.randint(1, 3))]
        return ["phase_offset", round(rng.uniform(-2, 2), 3), lines, inside]
    if kind < 0.8 and references:
        return ["reference", rng.choice(("first", "second"))]
    if depth == 0:
        return _instruction(rng)
    if kind < 0.88:
        return ["block", _fixed(rng, lines=[rng.choice(_LINES)])]
    return ["block", _block(rng, depth - 1, references)]


def _fixed(rng: random.Random, lines: list[str], spare: int = 0) -> Description:
    """A context of fixed duration; without spare time its elements fill it."""
    items = [_timed(rng, rng.choice(lines)) for _ in range(rng.randint(1, 4))]
    lengths = [item[1] for item in items]
    duration = sum(lengths) + spare
    if rng.random() < 0.5:
        align: list[Any] = ["equispaced", duration]
    else:
        # A quarter of a sample beyond the center that is meant: the start is rounded down.
        starts = [sum(lengths[:n]) + spare * (n + 1) // (len(items) + 1) for n in range(len(items))]
        middles = [start + length / 2 + 0.25 for start, length in zip(starts, lengths, strict=True)]
        align = ["func", duration, [middle / duration for middle in middles]]
    return {"align": align, "items": items}


def _timed(rng: random.Random, line: str) -> list[Any]:
    """An instruction whose second entry is its duration, over 0."""
    if rng.random() < 0.7:
        return ["play", rng.randint(1, 30), round(rng.uniform(-1, 1), 3), line]
    return ["delay", rng.randint(1, 30), line]


def _instruction(rng: random.Random) -> list[Any]:
    kind, line = rng.random(), rng.choice(_LINES)
    if kind < 0.2:
        return _timed(rng, line)
    if kind < 0.45:
        shape = rng.choice(sorted(_SHAPES))
        amp = rng.choice((round(rng.uniform(-0.6, 0.6), 3), "size"))
        arguments = _SHAPES[shape] | {"angle": rng.choice((0.0, 0.7, "turn"))}
        return ["shape", shape, rng.randint(20, 40), amp, arguments, line]
    if kind < 0.5:
        samples = [round(rng.uniform(-0.9, 0.9), 3) for _ in range(rng.randint(1, 9))]
        return ["samples", samples, line]
    if kind < 0.6:
        processed = rng.choice((["kernel"], ["discriminator"], ["kernel", "discriminator"], []))
        return ["processed", rng.randint(1, 30), rng.randint(0, 2), rng.randint(0, 2), processed]
    if kind < 0.65:
        return ["snapshot", f"label {rng.randint(0, 9)}"]
    if kind < 0.7:
        return ["blockade", rng.randint(1, 20), line]
    if kind < 0.75:
        return ["delay by parameter", rng.randint(0, 5), line[0]]
    name = rng.choice(("shift_phase", "set_phase", "shift_frequency", "set_frequency"))
    return [name, rng.choice((round(rng.uniform(-3, 3), 3), "turn")), line]


def mixed(pulse: Any, description: Description) -> Any:
    """The block that a description describes, with its references and parameters assigned."""
    free = {name: Parameter(name) for name in _PARAMETERS}
    program = _built(pulse, description, free)
    for name, subroutine in description.get("subroutines", {}).items():
        if (name, "q") in program.references:
            made = _built(pulse, subroutine, free)
            program.assign_references({(name, "q"): made}, inplace=True)
    return program.assign_parameters(
        {free[name]: value for name, value in _PARAMETERS.items()}, inplace=False
    )


def _built(pulse: Any, description: Description, free: dict[str, Any]) -> Any:
    with pulse.build(default_alignment=_alignment(pulse, description["align"])) as block:
        for item in description["items"]:
            _add(pulse, item, free)
    return block


def _alignment(pulse: Any, given: Any) -> Any:
    if isinstance(given, str):
        return given
    if given[0] == "equispaced":
        return pulse.transforms.AlignEquispaced(given[1])
    centers = given[2]
    return pulse.transforms.AlignFunc(given[1], lambda number: centers[number - 1])


def _add(pulse: Any, item: list[Any], free: dict[str, Any]) -> None:
    kind = item[0]
    if kind == "block":
        pulse.builder.append_schedule(_built(pulse, item[1], free))
    elif kind == "barrier":
        pulse.barrier(*(channel(pulse, name) for name in item[1]))
    elif kind == "reference":
        pulse.reference(item[1], "q")
    elif kind == "phase_offset":
        lines = [channel(pulse, name) for name in item[2]]
        with pulse.phase_offset(item[1], *lines):
            for inside in item[3]:
                _add(pulse, inside, free)
    else:
        pulse.builder.append_instruction(_made(pulse, item, free))


def _made(pulse: Any, item: list[Any], free: dict[str, Any]) -> Any:
    kind, *operands = item
    if kind == "shape":
        shape, duration, amp, arguments, line = operands
        given = {name: free.get(value, value) for name, value in arguments.items()}
        played = getattr(pulse, shape)(duration, free.get(amp, amp), **given)
        return pulse.Play(played, channel(pulse, line))
    if kind == "samples":
        return pulse.Play(pulse.Waveform(operands[0]), channel(pulse, operands[1]))
    if kind == "processed":
        duration, qubit, register, steps = operands
        chosen = {step: getattr(pulse, step.capitalize())(f"a {step}", n=qubit) for step in steps}
        slots = {"mem_slot": pulse.MemorySlot(qubit), "reg_slot": pulse.RegisterSlot(register)}
        return pulse.Acquire(duration, pulse.AcquireChannel(qubit), **slots, **chosen)
    if kind == "snapshot":
        return pulse.Snapshot(operands[0])
    if kind == "blockade":
        return pulse.instructions.TimeBlockade(operands[0], channel(pulse, operands[1]))
    if kind == "delay by parameter":
        line = {"d": pulse.DriveChannel, "u": pulse.ControlChannel, "m": pulse.MeasureChannel}
        return pulse.Delay(free["wait"] + operands[0], line[operands[1]](free["line"]))
    if operands[0] == "turn":
        name = "".join(part.capitalize() for part in kind.split("_"))
        return getattr(pulse, name)(2 * free["turn"], channel(pulse, operands[1]))
    return instruction(pulse, item)
