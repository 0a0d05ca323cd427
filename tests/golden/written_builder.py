"""What the builder makes: every instruction, contexts inside contexts, references, subroutines."""

from __future__ import annotations

from typing import Any

from qiskit.circuit import Parameter, ParameterVector

from golden.written import table

PROGRAMS, program = table()


@program
def every_instruction(pulse: Any) -> Any:
    d0, m0, u2 = pulse.DriveChannel(0), pulse.MeasureChannel(0), pulse.ControlChannel(2)
    with pulse.build(name="every") as block:
        pulse.set_frequency(5.1e9, d0)
        pulse.shift_frequency(-2e6, u2, name="detune")
        pulse.set_phase(0.25, d0)
        pulse.shift_phase(-0.5, u2)
        pulse.play(pulse.Drag(32, 0.2, 8, 1.5), d0)
        pulse.play([0.1, 0.2j, -0.3], u2, name="samples")
        pulse.barrier(d0, m0, u2)
        pulse.delay(17, m0)
        pulse.play(pulse.GaussianSquare(100, 0.4, 10, width=60), m0)
        pulse.acquire(90, 0, pulse.MemorySlot(3), kernel=pulse.Kernel("k", a=1))
        pulse.acquire(20, pulse.AcquireChannel(1), pulse.RegisterSlot(2))
        pulse.snapshot("end", "statevector")
        pulse.builder.append_instruction(pulse.instructions.TimeBlockade(9, d0))
        pulse.delay(2, pulse.MemorySlot(8))
        pulse.call(pulse.Schedule((4, pulse.Delay(3, d0))))
    return block


@program
def every_context(pulse: Any) -> Any:
    d0, d1, d2 = (pulse.DriveChannel(q) for q in range(3))

    def wait(*pairs: tuple[int, Any]) -> None:
        for duration, line in pairs:
            pulse.delay(duration, line)

    with pulse.build() as block:
        with pulse.align_right():
            wait((3, d0), (9, d1))
            with pulse.align_left():
                wait((5, d2), (2, d0))
            with pulse.align_sequential():
                wait((4, d1), (6, d2))
        with pulse.align_sequential(), pulse.align_equispaced(31):
            wait((5, d0), (7, d0), (3, d0))
        with pulse.align_sequential(), pulse.align_func(80, lambda j: (2 * j - 1) / 6):
            wait((5, d1), (8, d1), (3, d1))
        with pulse.builder.general_transforms(pulse.transforms.AlignRight()):
            wait((1, d0), (2, d2))
    return block


@program
def equispaced_inside_equispaced(pulse: Any) -> Any:
    d0 = pulse.DriveChannel(0)
    with pulse.build(default_alignment=pulse.transforms.AlignEquispaced(120)) as block:
        pulse.delay(10, d0)
        with pulse.align_equispaced(50):
            pulse.delay(7, d0)
            pulse.delay(7, d0)
        pulse.delay(11, d0)
    return block


@program
def func_inside_sequential(pulse: Any) -> Any:
    with pulse.build(default_alignment="sequential") as block:
        for line in (pulse.DriveChannel(0), pulse.MeasureChannel(1)):
            with pulse.align_func(100, lambda number: number / 4):
                for _ in range(3):
                    pulse.play(pulse.Constant(9, 0.2), line)
    return block


@program
def equispaced_by_parameter(pulse: Any) -> Any:
    duration = Parameter("duration")
    with pulse.build(default_alignment="sequential") as block, pulse.align_equispaced(duration):
        pulse.delay(10, pulse.DriveChannel(0))
        pulse.delay(20, pulse.DriveChannel(0))
    return block.assign_parameters({duration: 55}, inplace=False)


@program
def func_by_parameter(pulse: Any) -> Any:
    duration = Parameter("duration")
    context = pulse.transforms.AlignFunc(2 * duration, lambda number: number / 3)
    with pulse.build(default_alignment=context) as block:
        pulse.delay(10, pulse.DriveChannel(0))
        pulse.delay(20, pulse.DriveChannel(0))
    return block.assign_parameters({"duration": 60}, inplace=False)


@program
def contexts_without_anything(pulse: Any) -> Any:
    with pulse.build() as block:
        with pulse.align_right(), pulse.align_sequential():
            pass
        pulse.call(pulse.ScheduleBlock())
        pulse.call(pulse.Schedule(), name="nothing")
        pulse.delay(3, pulse.DriveChannel(0))
    return block


@program
def references_inside_references(pulse: Any) -> Any:
    amp = Parameter("amp")
    with pulse.build() as innermost:
        pulse.play(pulse.Gaussian(30, amp, 7), pulse.DriveChannel(0))
    with pulse.build(default_alignment="right") as inner:
        pulse.reference("innermost", "q0")
        pulse.delay(50, pulse.DriveChannel(1))
    with pulse.build() as outer:
        pulse.reference("inner")
        pulse.delay(8, pulse.DriveChannel(1))
        pulse.reference("inner")
    inner.assign_references({("innermost", "q0"): innermost})
    outer.assign_references({("inner",): inner})
    return outer.assign_parameters({amp: 0.31}, inplace=False)


@program
def a_reference_used_twice(pulse: Any) -> Any:
    with pulse.build() as sub:
        pulse.delay(7, pulse.DriveChannel(0))
        pulse.shift_phase(0.5, pulse.DriveChannel(1))
    with pulse.build(default_alignment="sequential") as block:
        pulse.reference("sub", "q0", "q1")
        with pulse.align_left():
            pulse.delay(4, pulse.DriveChannel(1))
            pulse.reference("sub", "q0", "q1")
    return block.assign_references({("sub", "q0", "q1"): sub}, inplace=False)


@program
def parameters_of_one_name_in_two_subroutines(pulse: Any) -> Any:
    blocks = []
    for line in (pulse.DriveChannel(0), pulse.DriveChannel(1)):
        with pulse.build() as block:
            pulse.play(pulse.Constant(Parameter("length"), 0.25), line)
        blocks.append(block)
    with pulse.build(default_alignment="sequential") as program:
        pulse.call(blocks[0], length=12)
        pulse.call(blocks[1], length=13)
        pulse.call(blocks[0], value_dict={blocks[0].get_parameters("length")[0]: 14})
    return program


@program
def a_vector_of_amplitudes(pulse: Any) -> Any:
    amps = ParameterVector("amps", 4)
    with pulse.build() as block:
        for amp in amps:
            pulse.play(pulse.Drag(40, amp / 2, 9, 10 * amp), pulse.DriveChannel(2))
            pulse.shift_phase(-3 * amp + 1, pulse.DriveChannel(2))
    return block.assign_parameters({"amps": [0.1, -0.2, 0.3, 0.4]}, inplace=False)


@program
def assigned_in_steps(pulse: Any) -> Any:
    a, b, c = Parameter("a"), Parameter("b"), Parameter("c")
    with pulse.build() as block:
        pulse.delay(a + 2 * b, pulse.DriveChannel(0))
        pulse.play(pulse.Gaussian(40 + b, c * a / 10, 3 * b), pulse.DriveChannel(0))
    half = block.assign_parameters({a: 2 * b}, inplace=False)
    return half.assign_parameters({b: 4}, inplace=False).assign_parameters({c: 0.5})


@program
def macros_inside_contexts(pulse: Any) -> Any:
    @pulse.macro
    def echo(line: Any, length: int) -> int:
        for sign in (1, -1):
            pulse.play(pulse.Constant(length, 0.1 * sign), line)
        return 2 * length

    with pulse.build(default_alignment="right") as block:
        total = echo(pulse.DriveChannel(0), 11)
        with pulse.align_sequential(), pulse.phase_offset(0.75, pulse.DriveChannel(1)):
            echo(pulse.DriveChannel(1), total)
    return block


@program
def offsets_inside_offsets(pulse: Any) -> Any:
    d0, u1 = pulse.DriveChannel(0), pulse.ControlChannel(1)
    with pulse.build() as block, pulse.phase_offset(0.25, d0, u1):
        pulse.play(pulse.Constant(8, 0.1), u1)
        with pulse.phase_offset(-1.5, d0), pulse.frequency_offset(3e6, u1, d0):
            pulse.play(pulse.Constant(8, 0.1), d0)
        pulse.play(pulse.Constant(4, 0.1), d0)
    return block


@program
def a_block_continued_by_another_alignment(pulse: Any) -> Any:
    with pulse.build(default_alignment="sequential") as block:
        pulse.delay(10, pulse.DriveChannel(0))
        pulse.delay(20, pulse.DriveChannel(1))
    with pulse.build(schedule=block, default_alignment="right"):
        pulse.delay(5, pulse.DriveChannel(0))
        pulse.delay(9, pulse.DriveChannel(1))
    return block


@program
def a_schedule_continued(pulse: Any) -> Any:
    first = pulse.Schedule((5, pulse.Delay(6, pulse.DriveChannel(0))), name="first")
    with pulse.build(schedule=first, name="second") as block:
        pulse.delay(7, pulse.DriveChannel(0))
        pulse.delay(8, pulse.DriveChannel(1))
    return block


@program
def barriers_of_every_size(pulse: Any) -> Any:
    lines = [pulse.DriveChannel(q) for q in range(4)]
    with pulse.build() as block:
        for count in range(5):
            for number, line in enumerate(lines):
                pulse.delay(3 * number + count, line)
            pulse.barrier(*lines[:count])
    return block
