"""Schedules written by hand."""

from __future__ import annotations

from typing import Any

from qiskit.circuit import Parameter

from golden.written import table

PROGRAMS, program = table()


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


@program
def schedule_as_written(pulse: Any) -> Any:
    return _base(pulse)


@program
def schedule_shifted(pulse: Any) -> Any:
    return (_base(pulse) << 7).shift(-2)


@program
def schedule_shifted_in_place(pulse: Any) -> Any:
    program = _base(pulse)
    program.shift(11, inplace=True)
    return program


@program
def schedule_added(pulse: Any) -> Any:
    program = _base(pulse)
    return program + pulse.Delay(4, pulse.DriveChannel(1)) + program


@program
def schedule_merged(pulse: Any) -> Any:
    other = pulse.Schedule((2, pulse.Delay(4, pulse.DriveChannel(3))))
    return _base(pulse) | other | (other << 9)


@program
def schedule_nested(pulse: Any) -> Any:
    inner = _base(pulse)
    return pulse.Schedule((0, inner), (40, pulse.Schedule((5, inner))), name="outer")


@program
def schedule_inserted(pulse: Any) -> Any:
    program = pulse.Schedule()
    program.insert(50, _base(pulse), inplace=True)
    program.insert(0, pulse.SetFrequency(5e9, pulse.DriveChannel(0)), inplace=True)
    program.append(pulse.Delay(3, pulse.DriveChannel(0)), inplace=True)
    return program


@program
def schedule_of_instructions(pulse: Any) -> Any:
    delay = pulse.Delay(10, pulse.DriveChannel(0))
    return (delay + delay).insert(30, delay | pulse.Delay(5, pulse.DriveChannel(1)))


@program
def schedule_filtered_by_channel(pulse: Any) -> Any:
    return _base(pulse).filter(channels=[pulse.DriveChannel(0)])


@program
def schedule_filtered_by_type(pulse: Any) -> Any:
    return _base(pulse).filter(instruction_types=[pulse.Play, pulse.Acquire])


@program
def schedule_filtered_by_time(pulse: Any) -> Any:
    return _base(pulse).filter(time_ranges=[(3, 15), (0, 4)], channels=[pulse.DriveChannel(0)])


@program
def schedule_filtered_by_function(pulse: Any) -> Any:
    return _base(pulse).filter(lambda item: item[0] > 0, lambda item: item[1].duration > 5)


@program
def schedule_excluded(pulse: Any) -> Any:
    return _base(pulse).exclude(channels=[pulse.DriveChannel(0)], intervals=[(10, 15)])


@program
def schedule_replaced(pulse: Any) -> Any:
    d1 = pulse.DriveChannel(1)
    return _base(pulse).replace(
        pulse.Play(pulse.Constant(7, 0.3), d1), pulse.Delay(70, d1), inplace=True
    )


@program
def schedule_padded(pulse: Any) -> Any:
    return pulse.transforms.pad(_base(pulse))


@program
def schedule_padded_until(pulse: Any) -> Any:
    channels = [pulse.DriveChannel(1), pulse.ControlChannel(3)]
    return pulse.transforms.pad(_base(pulse), channels=channels, until=50)


@program
def schedule_padded_short(pulse: Any) -> Any:
    return pulse.transforms.pad(_base(pulse), until=12)


@program
def schedule_with_parameters(pulse: Any) -> Any:
    amp, phase = Parameter("amp"), Parameter("phase")
    program = pulse.Schedule(
        (0, pulse.ShiftPhase(-phase, pulse.DriveChannel(0))),
        (0, pulse.Play(pulse.GaussianSquare(90, amp**2, 8, width=40), pulse.DriveChannel(0))),
    )
    return program.assign_parameters({amp: 0.7, phase: 0.1})


@program
def schedule_with_complex_amplitude(pulse: Any) -> Any:
    amp = Parameter("amp")
    program = pulse.Schedule(pulse.Play(pulse.Gaussian(40, amp, 8), pulse.DriveChannel(0)))
    return program.assign_parameters({amp: 0.3 - 0.4j})


@program
def schedule_with_implicit_acquires(pulse: Any) -> Any:
    acquire = pulse.Acquire(9, pulse.AcquireChannel(1), pulse.MemorySlot(1))
    return pulse.transforms.add_implicit_acquires(pulse.Schedule((4, acquire)), [[0, 1], [2]])


@program
def directives_kept_by_flatten(pulse: Any) -> Any:
    d0, d1 = pulse.DriveChannel(0), pulse.DriveChannel(1)
    with pulse.build() as block:
        pulse.delay(3, d0)
        pulse.barrier(d0, d1)
        pulse.call(pulse.Schedule((6, pulse.Delay(2, d1))))
    return pulse.transforms.flatten(pulse.transforms.block_to_schedule(block))
