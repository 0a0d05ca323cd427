"""Bad input to pulse programs, before any backend is asked to run them.

The class of each error is the one of Qiskit 1.4, or derives from it, except where
docs/decisions/pulse-differences.md says otherwise.
"""

import math

from qiskit.circuit import Parameter, ParameterVector

import backline
from backline import errors, pulse
from backline.pulse import transforms
from bad_input.case import Case

D0, A0, M0 = pulse.DriveChannel(0), pulse.AcquireChannel(0), pulse.MemorySlot(0)
AMP, LENGTH, VECTOR = Parameter("amp"), Parameter("length"), ParameterVector("v", 3)
NAN = math.nan


def x_pulse(amp=0.2):
    return pulse.Play(pulse.Gaussian(160, amp, 40), D0)


def acquire(qubit=0):
    return pulse.Acquire(160, pulse.AcquireChannel(qubit), pulse.MemorySlot(qubit))


def schedule(*parts):
    return pulse.Schedule(*parts, name="mine")


def block(*elements, alignment=None):
    made = pulse.ScheduleBlock("mine", alignment_context=alignment)
    for element in elements:
        made.append(element)
    return made


def sub(duration):
    return pulse.ScheduleBlock(f"wait {duration}") + pulse.Delay(duration, D0)


def with_reference():
    return block(pulse.Reference("x", "q0"))


def assigned_twice():
    program = with_reference()
    program.assign_references({("x", "q0"): sub(160)})
    program.assign_references({("x", "q0"): sub(320)})


def called_twice():
    with pulse.build(name="mine"):
        pulse.call(sub(160), name="wait")
        pulse.call(sub(320), name="wait")


def built(do, backend=None):
    with pulse.build(backend, name="mine"):
        do()


def on_manila(do):
    built(do, backline.load("manila"))


def fixed(duration, alignment=None):
    """A block of fixed duration that is too short for what is in it, inside another."""
    alignment = alignment or transforms.AlignEquispaced(duration)
    inner = block(pulse.Delay(160, D0), alignment=alignment)
    return block(inner).duration


def stored(text):
    return pulse.from_json(text)


PULSE_CASES = {
    "Values in pulse programs": [
        Case(
            "a sample of a waveform over 1",
            lambda: pulse.Waveform([0.1, 1.2]),
            errors.PulseError,
            ("sample 1", "1.2", "at most 1"),
        ),
        Case(
            "an amplitude over 1, given by a parameter",
            lambda: schedule(x_pulse(AMP)).assign_parameters({AMP: 1.5}),
            errors.PulseError,
            ("Gaussian", "1.5", "at most 1"),
        ),
        Case(
            "a complex amplitude",
            lambda: pulse.Gaussian(160, 0.1j, 40),
            errors.PulseError,
            ("0.1j", "angle"),
        ),
        Case(
            "a sample that is no number",
            lambda: pulse.Waveform([0.1, NAN]),
            errors.PulseError,
            ("sample 1", "nan"),
        ),
        Case(
            "samples that are no row",
            lambda: pulse.Waveform([[0.1, 0.2]]),
            errors.PulseError,
            ("one row", "(1, 2)"),
        ),
        Case(
            "a phase that is no number",
            lambda: pulse.ShiftPhase(NAN, D0),
            errors.PulseError,
            ("phase", "nan"),
        ),
        Case(
            "a frequency that is infinite",
            lambda: pulse.SetFrequency(math.inf, D0),
            errors.PulseError,
            ("frequency", "inf"),
        ),
        Case(
            "a parameter that is given no number",
            lambda: schedule(x_pulse(AMP)).assign_parameters({AMP: NAN}),
            errors.PulseError,
            ("amp", "nan"),
        ),
        Case(
            "a width of 0",
            lambda: pulse.Gaussian(160, 0.1, 0),
            errors.PulseError,
            ("sigma", "over 0"),
        ),
        Case(
            "a flat part that is longer than the pulse",
            lambda: pulse.GaussianSquare(160, 0.1, 10, width=200),
            errors.PulseError,
            ("width", "160", "200"),
        ),
        Case(
            "a wave that no sample can follow",
            lambda: pulse.Sin(160, 0.1, 0, freq=0.6),
            errors.PulseError,
            ("freq", "0.5", "0.6"),
        ),
        Case(
            "a negative duration",
            lambda: pulse.Delay(-16, D0),
            errors.PulseError,
            ("duration", "DriveChannel(0)", "-16", "0 or more"),
        ),
        Case(
            "a duration that is a fraction",
            lambda: pulse.Constant(160.5, 0.1),
            errors.PulseError,
            ("duration", "160.5", "whole number of samples"),
        ),
        Case(
            "a start that is a fraction",
            lambda: schedule((2.5, x_pulse())),
            errors.PulseError,
            ("2.5", "whole number of samples"),
        ),
        Case(
            "a shift to before the start",
            lambda: schedule((10, x_pulse())).shift(-20),
            errors.PulseError,
            ("'mine'", "-10", "before 0"),
        ),
        Case(
            "a negative channel",
            lambda: pulse.DriveChannel(-1),
            errors.PulseError,
            ("DriveChannel", "-1", "0 or more"),
        ),
        Case(
            "a pulse on a line that is only listened on",
            lambda: pulse.Play(pulse.Constant(160, 0.1), A0),
            errors.PulseError,
            ("AcquireChannel(0)", "DriveChannel"),
        ),
        Case(
            "an acquisition that goes nowhere",
            lambda: pulse.Acquire(160, A0),
            errors.PulseError,
            ("AcquireChannel(0)", "mem_slot"),
        ),
        Case(
            "a kernel by its name",
            lambda: pulse.Acquire(160, A0, M0, kernel="boxcar"),
            errors.PulseError,
            ("kernel", "'boxcar'"),
        ),
    ],
    "Parameters and references": [
        Case(
            "an unbound duration in a schedule",
            lambda: schedule(pulse.Delay(LENGTH, D0)),
            errors.UnassignedDurationError,
            ("length", "DriveChannel(0)"),
        ),
        Case(
            "an unbound duration in a block that is scheduled",
            lambda: block(pulse.Delay(LENGTH, D0)).duration,
            errors.UnassignedDurationError,
            ("length", "'mine'"),
        ),
        Case(
            "the samples of a pulse with an unbound amplitude",
            lambda: pulse.Gaussian(160, AMP, 40).get_waveform(),
            errors.PulseError,
            ("amp",),
        ),
        Case(
            "a parameter that the program does not have",
            lambda: block(pulse.Delay(LENGTH, D0)).assign_parameters({"lenght": 160}),
            errors.PulseError,
            ("'lenght'", "length"),
        ),
        Case(
            "two values for a vector of three",
            lambda: block(pulse.Delay(VECTOR[0], D0)).assign_parameters({"v": [16, 32]}),
            errors.PulseError,
            ("'v'", "3", "2"),
        ),
        Case(
            "a text for a number",
            lambda: block(pulse.Delay(LENGTH, D0)).assign_parameters({LENGTH: "long"}),
            errors.PulseError,
            ("length", "'long'"),
        ),
        Case(
            "a reference that nobody has assigned",
            lambda: with_reference().duration,
            errors.UnassignedReferenceError,
            ("('x', 'q0')", "'mine'", "assign_references"),
        ),
        Case(
            "a subroutine for a reference that is not there",
            lambda: with_reference().assign_references({("x", "q1"): sub(160)}),
            errors.PulseError,
            ("('x', 'q1')", "('x', 'q0')"),
        ),
        Case(
            "a second subroutine for one reference",
            assigned_twice,
            errors.PulseError,
            ("different", "('x', 'q0')", "wait 160"),
        ),
        Case(
            "two subroutines that are called by one name",
            called_twice,
            errors.PulseError,
            ("different", "('wait',)"),
        ),
        Case(
            "a schedule as a subroutine",
            lambda: with_reference().assign_references({("x", "q0"): schedule()}),
            errors.PulseError,
            ("ScheduleBlock", "Schedule"),
        ),
        Case(
            "a reference with a reserved mark",
            lambda: pulse.Reference("x::q0"),
            errors.PulseError,
            ("'::'", "'x::q0'"),
        ),
    ],
    "Building, aligning and storing pulse programs": [
        Case(
            "a block inside a schedule",
            lambda: schedule(sub(160)),
            errors.PulseError,
            ("block_to_schedule",),
        ),
        Case(
            "a schedule inside a block",
            lambda: block(schedule()),
            errors.PulseError,
            ("call",),
        ),
        Case(
            "a replacement that is too long",
            lambda: schedule((0, pulse.Delay(16, D0)), (16, x_pulse())).replace(
                pulse.Delay(16, D0), pulse.Delay(32, D0)
            ),
            errors.PulseError,
            ("Delay(32", "overlaps", "DriveChannel(0)"),
        ),
        Case(
            "a block that is longer than its fixed duration",
            lambda: fixed(100),
            errors.PulseError,
            ("160", "100", "AlignEquispaced"),
        ),
        Case(
            "a function that puts something behind the end",
            lambda: fixed(160, transforms.AlignFunc(1000, lambda _: 3.0)),
            errors.PulseError,
            ("element 1", "2920", "1000"),
        ),
        Case(
            "an alignment that does not exist",
            lambda: pulse.build(default_alignment="middle").__enter__(),
            errors.PulseError,
            ("'middle'", "left, right, sequential"),
        ),
        Case(
            "measurements aligned to a negative time",
            lambda: transforms.align_measures([schedule(acquire())], align_time=-16),
            errors.PulseError,
            ("align_time", "-16"),
        ),
        Case(
            "acquisitions of a group that begin one after the other",
            lambda: transforms.add_implicit_acquires(
                schedule((0, acquire(0)), (80, acquire(1))), [[0, 1]]
            ),
            errors.PulseError,
            ("AcquireChannel(0)", "80"),
        ),
        Case(
            "padding with what is no instruction",
            lambda: transforms.pad(schedule(x_pulse()), pad_with=D0),
            errors.PulseError,
            ("pad_with", "Delay"),
        ),
        Case(
            "a stored program that is cut short",
            lambda: stored('{"format": "backline.pulse", "ver'),
            errors.PulseError,
            ("no JSON", "line 1 column 30"),
        ),
        Case(
            "a stored program of a later version",
            lambda: stored('{"format": "backline.pulse", "version": 99}'),
            errors.PulseError,
            ("99", "version 1"),
        ),
        Case(
            "another file in place of a stored program",
            lambda: stored('{"qasm": 3}'),
            errors.PulseError,
            ("no stored pulse program",),
        ),
        Case(
            "a program with a function, to be stored",
            lambda: pulse.to_json(block(alignment=transforms.AlignFunc(160, abs))),
            errors.PulseError,
            ("function", "AlignFunc"),
        ),
    ],
    "Pulse programs and what a backend has": [
        Case(
            "a qubit's channel without a backend",
            lambda: built(lambda: pulse.drive_channel(0)),
            errors.BackendNotSet,
            ("pulse.build(backend)",),
        ),
        Case(
            "the drive channel of a qubit that does not exist, in the builder",
            lambda: on_manila(lambda: pulse.play(pulse.Constant(16, 0.1), pulse.drive_channel(9))),
            errors.QubitError,
            ("qubit 9", "manila", "0 to 4"),
        ),
        Case(
            "the control channel of qubits that are not coupled, in the builder",
            lambda: on_manila(lambda: pulse.control_channels(0, 2)),
            errors.QubitError,
            ("(0, 2)", "(0, 1)"),
        ),
        Case(
            "a measurement of a qubit that does not exist",
            lambda: on_manila(lambda: pulse.measure(9)),
            errors.PulseError,
            ("qubit 9", "measure"),
        ),
        Case(
            "two qubits measured into one register",
            lambda: on_manila(lambda: pulse.measure([0, 1], [M0])),
            errors.PulseError,
            ("2 qubits", "got 1"),
        ),
        Case(
            "a qubit that is measured twice at once",
            lambda: on_manila(lambda: pulse.measure([0, 0], [M0, pulse.MemorySlot(1)])),
            errors.PulseError,
            ("qubit 0", "twice"),
        ),
        Case(
            "a gate that a schedule map does not have",
            lambda: backline.load("manila").instruction_schedule_map.get("h", 0),
            errors.PulseError,
            ("'h'", "not defined"),
        ),
        Case(
            "a gate on qubits where a schedule map does not have it",
            lambda: backline.load("manila").instruction_schedule_map.get("cx", (0, 2)),
            errors.PulseError,
            ("'cx'", "(0, 1)", "(0, 2)"),
        ),
        Case(
            "an oscillator out of its range",
            lambda: pulse.LoConfig({D0: 5e9}, {D0: (6e9, 7e9)}),
            errors.PulseError,
            ("5000000000.0 Hz", "DriveChannel(0)", "6000000000.0"),
        ),
        Case(
            "a program with a reference that nobody has assigned, to be run",
            lambda: backline.load("manila").run(with_reference()),
            errors.InputError,
            ("mine", "('x', 'q0')"),
        ),
        Case(
            "a program with an unbound duration, to be run",
            lambda: backline.load("manila").run(block(pulse.Delay(LENGTH, D0))),
            errors.InputError,
            ("mine", "length"),
        ),
        Case(
            "an acquisition of a qubit that does not exist, to be run",
            lambda: backline.load("manila").run(schedule(acquire(9))),
            errors.InputError,
            ("a9", "manila", "0 to 4"),
        ),
        Case(
            "a pulse whose length is off the timing grid, to be run",
            lambda: backline.load("manila").run(schedule(pulse.Play(pulse.Constant(17, 0.1), D0))),
            errors.InputError,
            ("d0", "17", "multiple of 16"),
        ),
    ],
}
