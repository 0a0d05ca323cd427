"""Pulse programs, written once and run with Qiskit 1.4 and with Backline.

Each function takes a pulse module and returns a program. `random_program` makes one from plain
data; `written_programs` are written by hand for what chance does not reach.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from qiskit.circuit import Parameter, ParameterVector

Description = dict[str, Any]


# Programs from plain data


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
    alignment = description["align"]
    transforms = pulse.transforms
    if isinstance(alignment, list):
        context = transforms.AlignEquispaced(alignment[1])
    else:
        context = {
            "left": transforms.AlignLeft,
            "right": transforms.AlignRight,
            "sequential": transforms.AlignSequential,
        }[alignment]()
    with pulse.build(default_alignment=context) as block:
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


# Programs written by hand

written_programs: dict[str, Callable[[Any], Any]] = {}


def _program(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    written_programs[function.__name__] = function
    return function


@_program
def rabi(pulse: Any) -> Any:
    amp = Parameter("amp")
    with pulse.build(name="rabi") as program:
        pulse.play(pulse.Drag(160, amp, 40, -0.6), pulse.DriveChannel(0))
        pulse.barrier(pulse.DriveChannel(0), pulse.MeasureChannel(0), pulse.AcquireChannel(0))
        pulse.play(pulse.GaussianSquare(400, 0.3, 20, width=320), pulse.MeasureChannel(0))
        pulse.acquire(400, 0, pulse.MemorySlot(0))
    return program.assign_parameters({amp: 0.25}, inplace=False)


@_program
def ramsey_with_expressions(pulse: Any) -> Any:
    delay, detuning = Parameter("delay"), Parameter("detuning")
    with pulse.build() as program:
        pulse.play(pulse.Gaussian(64, 0.1, 16), pulse.DriveChannel(1))
        pulse.delay(2 * delay + 1, pulse.DriveChannel(1))
        pulse.shift_phase(detuning * delay / 8, pulse.DriveChannel(1))
        pulse.play(pulse.Gaussian(delay + 24, 0.1, delay / 3), pulse.DriveChannel(1))
    return program.assign_parameters({delay: 30, "detuning": -0.37})


@_program
def channels_and_slots_by_parameter(pulse: Any) -> Any:
    vector = ParameterVector("v", 3)
    with pulse.build() as program:
        pulse.play(pulse.Constant(10, vector[0]), pulse.DriveChannel(vector[1]))
        pulse.play(pulse.Constant(10, 0.2), pulse.DriveChannel(vector[1] + 1))
        pulse.acquire(20, pulse.AcquireChannel(vector[2]), pulse.MemorySlot(vector[2]))
    return program.assign_parameters({vector: [0.3, 2, 4]})


@_program
def echoed_cross_resonance(pulse: Any) -> Any:
    d0, d1, u0 = pulse.DriveChannel(0), pulse.DriveChannel(1), pulse.ControlChannel(0)
    with pulse.build() as program, pulse.align_sequential():
        for sign in (1, -1):
            with pulse.align_left():
                pulse.play(pulse.GaussianSquare(704, 0.04 * sign, 64, width=448, angle=0.1), d1)
                pulse.play(pulse.GaussianSquare(704, 0.5 * sign, 64, width=448), u0)
            pulse.play(pulse.Drag(160, 0.2, 40, 1.5), d0)
    return program


@_program
def offsets(pulse: Any) -> Any:
    d0, d1 = pulse.DriveChannel(0), pulse.DriveChannel(1)
    with pulse.build() as program:
        with pulse.phase_offset(0.5, d0, d1):
            pulse.play(pulse.Constant(10, 0.1), d0)
            with pulse.frequency_offset(-2e6, d1):
                pulse.play(pulse.Constant(15, 0.1), d1)
        pulse.play(pulse.Constant(5, 0.1), d0)
    return program


@_program
def right_then_left(pulse: Any) -> Any:
    d0, d1, d2 = (pulse.DriveChannel(i) for i in range(3))
    with pulse.build(default_alignment="right") as program:
        pulse.shift_phase(0.1, d0)
        pulse.play(pulse.Constant(30, 0.1), d0)
        with pulse.align_left():
            pulse.set_phase(0.2, d1)
            pulse.play(pulse.Constant(7, 0.2), d1)
            pulse.play(pulse.Constant(50, 0.3), d2)
        pulse.shift_phase(0.3, d1)
        pulse.set_phase(0.4, d1)
    return program


@_program
def equispaced_at_the_top(pulse: Any) -> Any:
    with pulse.build(default_alignment=pulse.transforms.AlignEquispaced(103)) as program:
        for index, duration in enumerate((10, 20, 5, 0, 7)):
            pulse.delay(duration, pulse.DriveChannel(index % 3))
    return program


@_program
def equispaced_too_long(pulse: Any) -> Any:
    with pulse.build(default_alignment=pulse.transforms.AlignEquispaced(10)) as program:
        pulse.delay(10, pulse.DriveChannel(0))
        pulse.delay(11, pulse.DriveChannel(1))
    return program


def _pair(pulse: Any, index: int, duration: int) -> None:
    with pulse.align_equispaced(duration):
        pulse.delay(3, pulse.DriveChannel(index))
        pulse.delay(4, pulse.DriveChannel(index))


@_program
def equispaced_in_a_row(pulse: Any) -> Any:
    with pulse.build(default_alignment="sequential") as program:
        _pair(pulse, 0, 60)
        pulse.delay(7, pulse.DriveChannel(1))
        _pair(pulse, 1, 61)
    return program


@_program
def equispaced_to_the_left(pulse: Any) -> Any:
    with pulse.build(default_alignment="left") as program:
        pulse.delay(7, pulse.DriveChannel(1))
        _pair(pulse, 1, 61)
        _pair(pulse, 0, 60)
        pulse.delay(8, pulse.DriveChannel(0))
    return program


@_program
def equispaced_to_the_right(pulse: Any) -> Any:
    with pulse.build(default_alignment="right") as program:
        _pair(pulse, 1, 61)
        with pulse.align_sequential():
            _pair(pulse, 0, 60)
        pulse.delay(8, pulse.DriveChannel(0))
    return program


def _right(pulse: Any, *after: tuple[int, int], before: tuple[int, int]) -> Any:
    with pulse.build(default_alignment="right") as program:
        pulse.delay(before[0], pulse.DriveChannel(before[1]))
        with pulse.align_sequential():
            for duration, index in ((5, 0), (100, 1), (2, 0), (7, 2)):
                pulse.delay(duration, pulse.DriveChannel(index))
        for duration, index in after:
            pulse.delay(duration, pulse.DriveChannel(index))
    return program


@_program
def right_beyond_the_next(pulse: Any) -> Any:
    return _right(pulse, (10, 0), before=(3, 3))


@_program
def right_beyond_all(pulse: Any) -> Any:
    return _right(pulse, (1, 3), (30, 1), before=(4, 3))


@_program
def right_of_a_channel_of_its_own(pulse: Any) -> Any:
    return _right(pulse, (1, 3), (3, 3), before=(4, 2))


@_program
def uhrig(pulse: Any) -> Any:
    import math

    def center(number: int) -> float:
        return math.sin(math.pi * number / 8) ** 2

    with pulse.build(default_alignment=pulse.transforms.AlignFunc(1001, center)) as program:
        for _ in range(3):
            pulse.play(pulse.Gaussian(33, 0.3, 8), pulse.DriveChannel(0))
    return program


@_program
def subroutines(pulse: Any) -> Any:
    amp = Parameter("amp")
    with pulse.build(name="sub") as sub:
        pulse.play(pulse.Constant(10, amp), pulse.DriveChannel(0))
        pulse.delay(3, pulse.DriveChannel(1))
    with pulse.build() as program:
        pulse.call(sub, amp=0.3)
        with pulse.align_right():
            pulse.call(sub, value_dict={amp: 0.4}, name="named")
            pulse.delay(20, pulse.DriveChannel(2))
        pulse.call(sub)
    return program.assign_parameters({amp: 0.5})


@_program
def references_assigned_later(pulse: Any) -> Any:
    with pulse.build(name="x_q0") as x_q0:
        pulse.play(pulse.Constant(12, 0.3), pulse.DriveChannel(0))
    with pulse.build(name="x_q1") as x_q1:
        pulse.play(pulse.Constant(9, 0.3), pulse.DriveChannel(1))
    with pulse.build() as program:
        pulse.reference("x", "q0")
        with pulse.align_right():
            pulse.reference("x", "q1")
            pulse.reference("x", "q0")
    return program.assign_references({("x", "q0"): x_q0, ("x", "q1"): x_q1}, inplace=False)


@_program
def a_macro(pulse: Any) -> Any:
    @pulse.macro
    def wait_and_play(wait: int) -> int:
        pulse.delay(wait, pulse.DriveChannel(0))
        pulse.play(pulse.Constant(4, 0.5), pulse.DriveChannel(0))
        return wait + 1

    with pulse.build() as program:
        wait_and_play(wait_and_play(7))
    return program


@_program
def continued(pulse: Any) -> Any:
    with pulse.build(name="first") as first:
        pulse.delay(10, pulse.DriveChannel(0))
    with pulse.build(schedule=first, default_alignment="right") as program:
        pulse.delay(10, pulse.DriveChannel(0))
        pulse.delay(3, pulse.DriveChannel(1))
    return program


@_program
def filtered_block(pulse: Any) -> Any:
    program = right_then_left(pulse)
    return program.filter(channels=[pulse.DriveChannel(1), pulse.DriveChannel(2)])


@_program
def replaced_in_block(pulse: Any) -> Any:
    program = echoed_cross_resonance(pulse).blocks[0]
    old = pulse.Play(pulse.Drag(160, 0.2, 40, 1.5), pulse.DriveChannel(0))
    return program.replace(old, pulse.Delay(3, pulse.DriveChannel(0)), inplace=False)


# Schedules


def _base(pulse: Any) -> Any:
    play, constant = pulse.Play, pulse.Constant
    d0, d1 = pulse.DriveChannel(0), pulse.DriveChannel(1)
    return pulse.Schedule(
        (10, play(constant(5, 0.1), d0)),
        (0, play(constant(10, 0.2), d0)),
        (3, play(constant(7, 0.3), d1)),
        (10, pulse.ShiftPhase(0.1, d0)),
        (10, pulse.SetPhase(0.2, d0)),
        (20, pulse.Acquire(9, pulse.AcquireChannel(0), pulse.MemorySlot(1))),
        name="base",
    )


@_program
def schedule_as_written(pulse: Any) -> Any:
    return _base(pulse)


@_program
def schedule_shifted(pulse: Any) -> Any:
    return (_base(pulse) << 7).shift(-2)


@_program
def schedule_shifted_in_place(pulse: Any) -> Any:
    program = _base(pulse)
    program.shift(11, inplace=True)
    return program


@_program
def schedule_added(pulse: Any) -> Any:
    program = _base(pulse)
    return program + pulse.Delay(4, pulse.DriveChannel(1)) + program


@_program
def schedule_merged(pulse: Any) -> Any:
    other = pulse.Schedule((2, pulse.Delay(4, pulse.DriveChannel(3))))
    return _base(pulse) | other | (other << 9)


@_program
def schedule_nested(pulse: Any) -> Any:
    inner = _base(pulse)
    return pulse.Schedule((0, inner), (40, pulse.Schedule((5, inner))), name="outer")


@_program
def schedule_inserted(pulse: Any) -> Any:
    program = pulse.Schedule()
    program.insert(50, _base(pulse), inplace=True)
    program.insert(0, pulse.SetFrequency(5e9, pulse.DriveChannel(0)), inplace=True)
    program.append(pulse.Delay(3, pulse.DriveChannel(0)), inplace=True)
    return program


@_program
def schedule_of_instructions(pulse: Any) -> Any:
    delay = pulse.Delay(10, pulse.DriveChannel(0))
    return (delay + delay).insert(30, delay | pulse.Delay(5, pulse.DriveChannel(1)))


@_program
def schedule_filtered_by_channel(pulse: Any) -> Any:
    return _base(pulse).filter(channels=[pulse.DriveChannel(0)])


@_program
def schedule_filtered_by_type(pulse: Any) -> Any:
    return _base(pulse).filter(instruction_types=[pulse.Play, pulse.Acquire])


@_program
def schedule_filtered_by_time(pulse: Any) -> Any:
    return _base(pulse).filter(time_ranges=[(3, 15), (0, 4)], channels=[pulse.DriveChannel(0)])


@_program
def schedule_filtered_by_function(pulse: Any) -> Any:
    return _base(pulse).filter(lambda item: item[0] > 0, lambda item: item[1].duration > 5)


@_program
def schedule_excluded(pulse: Any) -> Any:
    return _base(pulse).exclude(channels=[pulse.DriveChannel(0)], intervals=[(10, 15)])


@_program
def schedule_replaced(pulse: Any) -> Any:
    d1 = pulse.DriveChannel(1)
    return _base(pulse).replace(
        pulse.Play(pulse.Constant(7, 0.3), d1), pulse.Delay(70, d1), inplace=True
    )


@_program
def schedule_padded(pulse: Any) -> Any:
    return pulse.transforms.pad(_base(pulse))


@_program
def schedule_padded_until(pulse: Any) -> Any:
    channels = [pulse.DriveChannel(1), pulse.ControlChannel(3)]
    return pulse.transforms.pad(_base(pulse), channels=channels, until=50)


@_program
def schedule_padded_short(pulse: Any) -> Any:
    return pulse.transforms.pad(_base(pulse), until=12)


@_program
def schedule_with_parameters(pulse: Any) -> Any:
    amp, phase = Parameter("amp"), Parameter("phase")
    program = pulse.Schedule(
        (0, pulse.ShiftPhase(-phase, pulse.DriveChannel(0))),
        (0, pulse.Play(pulse.GaussianSquare(90, amp**2, 8, width=40), pulse.DriveChannel(0))),
    )
    return program.assign_parameters({amp: 0.7, phase: 0.1})


@_program
def schedule_with_complex_amplitude(pulse: Any) -> Any:
    amp = Parameter("amp")
    program = pulse.Schedule(pulse.Play(pulse.Gaussian(40, amp, 8), pulse.DriveChannel(0)))
    return program.assign_parameters({amp: 0.3 - 0.4j})


@_program
def schedule_with_implicit_acquires(pulse: Any) -> Any:
    acquire = pulse.Acquire(9, pulse.AcquireChannel(1), pulse.MemorySlot(1))
    return pulse.transforms.add_implicit_acquires(pulse.Schedule((4, acquire)), [[0, 1], [2]])


@_program
def directives_kept_by_flatten(pulse: Any) -> Any:
    d0, d1 = pulse.DriveChannel(0), pulse.DriveChannel(1)
    with pulse.build() as block:
        pulse.delay(3, d0)
        pulse.barrier(d0, d1)
        pulse.call(pulse.Schedule((6, pulse.Delay(2, d1))))
    return pulse.transforms.flatten(pulse.transforms.block_to_schedule(block))
