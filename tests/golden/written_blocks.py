"""Blocks written by hand, for what chance does not reach."""

from __future__ import annotations

from typing import Any

from qiskit.circuit import Parameter, ParameterVector

from golden.written import table

PROGRAMS, program = table()


@program
def rabi(pulse: Any) -> Any:
    amp = Parameter("amp")
    with pulse.build(name="rabi") as program:
        pulse.play(pulse.Drag(160, amp, 40, -0.6), pulse.DriveChannel(0))
        pulse.barrier(pulse.DriveChannel(0), pulse.MeasureChannel(0), pulse.AcquireChannel(0))
        pulse.play(pulse.GaussianSquare(400, 0.3, 20, width=320), pulse.MeasureChannel(0))
        pulse.acquire(400, 0, pulse.MemorySlot(0))
    return program.assign_parameters({amp: 0.25}, inplace=False)


@program
def ramsey_with_expressions(pulse: Any) -> Any:
    delay, detuning = Parameter("delay"), Parameter("detuning")
    with pulse.build() as program:
        pulse.play(pulse.Gaussian(64, 0.1, 16), pulse.DriveChannel(1))
        pulse.delay(2 * delay + 1, pulse.DriveChannel(1))
        pulse.shift_phase(detuning * delay / 8, pulse.DriveChannel(1))
        pulse.play(pulse.Gaussian(delay + 24, 0.1, delay / 3), pulse.DriveChannel(1))
    return program.assign_parameters({delay: 30, "detuning": -0.37})


@program
def channels_and_slots_by_parameter(pulse: Any) -> Any:
    vector = ParameterVector("v", 3)
    with pulse.build() as program:
        pulse.play(pulse.Constant(10, vector[0]), pulse.DriveChannel(vector[1]))
        pulse.play(pulse.Constant(10, 0.2), pulse.DriveChannel(vector[1] + 1))
        pulse.acquire(20, pulse.AcquireChannel(vector[2]), pulse.MemorySlot(vector[2]))
    return program.assign_parameters({vector: [0.3, 2, 4]})


@program
def echoed_cross_resonance(pulse: Any) -> Any:
    d0, d1, u0 = pulse.DriveChannel(0), pulse.DriveChannel(1), pulse.ControlChannel(0)
    with pulse.build() as program, pulse.align_sequential():
        for sign in (1, -1):
            with pulse.align_left():
                pulse.play(pulse.GaussianSquare(704, 0.04 * sign, 64, width=448, angle=0.1), d1)
                pulse.play(pulse.GaussianSquare(704, 0.5 * sign, 64, width=448), u0)
            pulse.play(pulse.Drag(160, 0.2, 40, 1.5), d0)
    return program


@program
def offsets(pulse: Any) -> Any:
    d0, d1 = pulse.DriveChannel(0), pulse.DriveChannel(1)
    with pulse.build() as program:
        with pulse.phase_offset(0.5, d0, d1):
            pulse.play(pulse.Constant(10, 0.1), d0)
            with pulse.frequency_offset(-2e6, d1):
                pulse.play(pulse.Constant(15, 0.1), d1)
        pulse.play(pulse.Constant(5, 0.1), d0)
    return program


@program
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


@program
def equispaced_at_the_top(pulse: Any) -> Any:
    with pulse.build(default_alignment=pulse.transforms.AlignEquispaced(103)) as program:
        for index, duration in enumerate((10, 20, 5, 0, 7)):
            pulse.delay(duration, pulse.DriveChannel(index % 3))
    return program


@program
def equispaced_too_long(pulse: Any) -> Any:
    with pulse.build(default_alignment=pulse.transforms.AlignEquispaced(10)) as program:
        pulse.delay(10, pulse.DriveChannel(0))
        pulse.delay(11, pulse.DriveChannel(1))
    return program


def _pair(pulse: Any, index: int, duration: int) -> None:
    with pulse.align_equispaced(duration):
        pulse.delay(3, pulse.DriveChannel(index))
        pulse.delay(4, pulse.DriveChannel(index))


@program
def equispaced_in_a_row(pulse: Any) -> Any:
    with pulse.build(default_alignment="sequential") as program:
        _pair(pulse, 0, 60)
        pulse.delay(7, pulse.DriveChannel(1))
        _pair(pulse, 1, 61)
    return program


@program
def equispaced_to_the_left(pulse: Any) -> Any:
    with pulse.build(default_alignment="left") as program:
        pulse.delay(7, pulse.DriveChannel(1))
        _pair(pulse, 1, 61)
        _pair(pulse, 0, 60)
        pulse.delay(8, pulse.DriveChannel(0))
    return program


@program
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


@program
def right_beyond_the_next(pulse: Any) -> Any:
    return _right(pulse, (10, 0), before=(3, 3))


@program
def right_beyond_all(pulse: Any) -> Any:
    return _right(pulse, (1, 3), (30, 1), before=(4, 3))


@program
def right_of_a_channel_of_its_own(pulse: Any) -> Any:
    return _right(pulse, (1, 3), (3, 3), before=(4, 2))


@program
def uhrig(pulse: Any) -> Any:
    import math

    def center(number: int) -> float:
        return math.sin(math.pi * number / 8) ** 2

    with pulse.build(default_alignment=pulse.transforms.AlignFunc(1001, center)) as program:
        for _ in range(3):
            pulse.play(pulse.Gaussian(33, 0.3, 8), pulse.DriveChannel(0))
    return program


@program
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


@program
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


@program
def a_macro(pulse: Any) -> Any:
    @pulse.macro
    def wait_and_play(wait: int) -> int:
        pulse.delay(wait, pulse.DriveChannel(0))
        pulse.play(pulse.Constant(4, 0.5), pulse.DriveChannel(0))
        return wait + 1

    with pulse.build() as program:
        wait_and_play(wait_and_play(7))
    return program


@program
def continued(pulse: Any) -> Any:
    with pulse.build(name="first") as first:
        pulse.delay(10, pulse.DriveChannel(0))
    with pulse.build(schedule=first, default_alignment="right") as program:
        pulse.delay(10, pulse.DriveChannel(0))
        pulse.delay(3, pulse.DriveChannel(1))
    return program


@program
def filtered_block(pulse: Any) -> Any:
    program = right_then_left(pulse)
    return program.filter(channels=[pulse.DriveChannel(1), pulse.DriveChannel(2)])


@program
def replaced_in_block(pulse: Any) -> Any:
    program = echoed_cross_resonance(pulse).blocks[0]
    old = pulse.Play(pulse.Drag(160, 0.2, 40, 1.5), pulse.DriveChannel(0))
    return program.replace(old, pulse.Delay(3, pulse.DriveChannel(0)), inplace=False)
