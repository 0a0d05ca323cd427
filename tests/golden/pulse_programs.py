"""Random pulse programs from plain data: nested contexts, barriers, schedules called in blocks."""

from __future__ import annotations

import random
from typing import Any

Description = dict[str, Any]


def random_description(seed: int) -> Description:
    """A program with nested contexts on a few channels; what it is, is fixed by the seed."""
    rng = random.Random(seed)
    return _random_block(rng, depth=rng.choice((1, 2, 2, 3)))


def _random_block(rng: random.Random, depth: int) -> Description:
    items: list[Any] = []
    for _ in range(rng.randint(2, 6)):
        kind = rng.random()
        if depth > 0 and kind < 0.3:
            items.append(["block", _random_block(rng, depth - 1)])
        elif kind < 0.43:
            items.append(["barrier", rng.sample(_CHANNELS, rng.randint(2, 3))])
        elif kind < 0.5:
            start = rng.randint(0, 9)
            timed = [[start, _random_instruction(rng)], [start + 100, _random_instruction(rng)]]
            items.append(["call", timed])
        else:
            items.append(_random_instruction(rng))
    return {"align": rng.choice(("left", "right", "sequential")), "items": items}


_CHANNELS = ["d0", "d1", "d2", "u0", "m0", "m1"]


def _random_instruction(rng: random.Random) -> list[Any]:
    channel = rng.choice(_CHANNELS)
    kind = rng.random()
    if kind < 0.4:
        return ["play", rng.randint(1, 30), round(rng.uniform(-1, 1), 3), channel]
    if kind < 0.55:
        return ["delay", rng.randint(0, 30), channel]
    if kind < 0.65:
        return ["acquire", rng.randint(1, 30), rng.randint(0, 2), rng.randint(0, 2)]
    name = rng.choice(("shift_phase", "set_phase", "shift_frequency", "set_frequency"))
    return [name, round(rng.uniform(-3, 3), 3), channel]


def described(pulse: Any, description: Description) -> Any:
    """The block that a description describes."""
    with pulse.build(default_alignment=description["align"]) as block:
        for item in description["items"]:
            _add(pulse, item)
    return block


def _add(pulse: Any, item: list[Any]) -> None:
    kind = item[0]
    if kind == "block":
        pulse.builder.append_schedule(described(pulse, item[1]))
    elif kind == "barrier":
        pulse.barrier(*(channel(pulse, name) for name in item[1]))
    elif kind == "call":
        pulse.call(pulse.Schedule(*((t, instruction(pulse, inst)) for t, inst in item[1])))
    else:
        pulse.builder.append_instruction(instruction(pulse, item))


def channel(pulse: Any, name: str) -> Any:
    kinds = {"d": "DriveChannel", "u": "ControlChannel", "m": "MeasureChannel"}
    return getattr(pulse, kinds[name[0]])(int(name[1:]))


def instruction(pulse: Any, item: list[Any]) -> Any:
    kind, *operands = item
    if kind == "play":
        duration, amp, name = operands
        return pulse.Play(pulse.Constant(duration, amp), channel(pulse, name))
    if kind == "delay":
        return pulse.Delay(operands[0], channel(pulse, operands[1]))
    if kind == "acquire":
        duration, qubit, slot = operands
        return pulse.Acquire(duration, pulse.AcquireChannel(qubit), pulse.MemorySlot(slot))
    name = "".join(part.capitalize() for part in kind.split("_"))
    return getattr(pulse, name)(operands[0], channel(pulse, operands[1]))
