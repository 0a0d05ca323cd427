"""Pulse programs for Hypothesis: channels, values, pulses, instructions, schedules, blocks.

`bound` ones have no free parameters; `free` ones may contain those of `PARAMETERS`.
"""

from hypothesis import strategies as st
from qiskit.circuit import Parameter, ParameterVector

from backline import pulse
from backline.pulse.transforms import AlignEquispaced, AlignLeft, AlignRight, AlignSequential

DURATION, AMP, PHASE, VECTOR = (
    Parameter("duration"),
    Parameter("amp"),
    Parameter("phase"),
    ParameterVector("v", 2),
)
VALUES = {DURATION: 24, AMP: 0.25, PHASE: -1.5, VECTOR: [0.125, 3]}
"""One value for each parameter, such that every program can be bound with them."""

names = st.one_of(st.none(), st.text(max_size=5))
times = st.integers(0, 40)
durations = st.integers(0, 30)
phases = st.floats(-10, 10)
frequencies = st.floats(-1e10, 1e10)
amps = st.floats(-0.5, 0.5)
angles = st.floats(-7, 7)
sigmas = st.floats(0.5, 100)

drives = st.integers(0, 2).map(pulse.DriveChannel)
lines = st.one_of(
    drives,
    st.integers(0, 1).map(pulse.ControlChannel),
    st.integers(0, 1).map(pulse.MeasureChannel),
)
slots = st.integers(0, 2).map(pulse.MemorySlot)
channels = st.one_of(
    lines,
    slots,
    st.integers(0, 2).map(pulse.AcquireChannel),
    st.integers(0, 2).map(pulse.RegisterSlot),
    st.just(pulse.SnapshotChannel()),
)


# Pulses


def _shapes(length, amp, angle):
    """Every shape; `length`, `amp` and `angle` may be strategies of expressions."""
    scaled = {"duration": length, "amp": amp, "angle": angle, "name": names}
    wave = {**scaled, "phase": phases, "freq": st.floats(0.01, 0.49)}
    flat = {**scaled, "sigma": sigmas, "width": st.floats(0, 10)}
    narrow = {**scaled, "sigma": sigmas}
    betas = st.floats(-0.5, 0.5)
    arguments = {
        pulse.Constant: scaled,
        pulse.Gaussian: narrow,
        pulse.Drag: {**narrow, "beta": betas},
        pulse.GaussianDeriv: {**narrow, "sigma": st.floats(2, 50)},
        pulse.Sech: {**narrow, "zero_ends": st.booleans()},
        pulse.SechDeriv: {**narrow, "sigma": st.floats(2, 50)},
        pulse.GaussianSquare: flat,
        pulse.GaussianSquareDrag: {**flat, "beta": betas},
        pulse.gaussian_square_echo: {**flat, "active_amp": st.floats(-0.4, 0.4)},
        pulse.Sin: wave,
        pulse.Cos: wave,
        pulse.Sawtooth: wave,
        pulse.Triangle: wave,
        pulse.Square: wave,
    }
    return st.one_of([st.builds(shape, **given) for shape, given in arguments.items()])


_samples = st.lists(
    st.complex_numbers(max_magnitude=1.0, allow_nan=False, allow_infinity=False), max_size=60
)
waveforms = st.one_of(
    st.builds(pulse.Waveform, _samples, names),
    st.builds(
        pulse.Waveform,
        st.lists(st.floats(-5, 5), min_size=1, max_size=9),
        limit_amplitude=st.just(False),
    ),
)
high_pulses = st.builds(
    pulse.Constant, st.integers(1, 9), st.floats(1.5, 3), limit_amplitude=st.just(False)
)
bound_pulses = st.one_of(_shapes(st.integers(12, 30), amps, angles), waveforms, high_pulses)

free_amps = st.sampled_from([AMP, AMP / 2, AMP * VECTOR[0], 1 - 3 * AMP])
free_phases = st.sampled_from([PHASE, 2 * PHASE + 0.5, PHASE * VECTOR[0], PHASE.sin()])
free_durations = st.sampled_from([DURATION, DURATION + 3, VECTOR[1] * 5])
free_pulses = _shapes(
    st.one_of(st.integers(12, 30), st.just(DURATION)),
    st.one_of(amps, free_amps),
    st.one_of(angles, free_phases),
)


# Instructions

kernels = st.builds(pulse.Kernel, st.text(max_size=3), a=st.integers(0, 3), b=st.lists(phases))
discriminators = st.builds(pulse.Discriminator, st.text(max_size=3))


def _instructions(pulses, length, angle):
    acquires = st.builds(
        pulse.Acquire,
        length,
        st.integers(0, 2).map(pulse.AcquireChannel),
        slots,
        reg_slot=st.one_of(st.none(), st.integers(0, 1).map(pulse.RegisterSlot)),
        kernel=st.one_of(st.none(), kernels),
        discriminator=st.one_of(st.none(), discriminators),
        name=names,
    )
    return st.one_of(
        st.builds(pulse.Play, pulses, lines, names),
        st.builds(pulse.Delay, length, channels, names),
        st.builds(pulse.ShiftPhase, angle, lines, names),
        st.builds(pulse.SetPhase, angle, lines, names),
        st.builds(pulse.ShiftFrequency, frequencies, lines, names),
        st.builds(pulse.SetFrequency, frequencies, lines, names),
        acquires,
        st.builds(pulse.Snapshot, st.text(max_size=4), name=names),
        st.builds(pulse.TimeBlockade, durations, channels, names),
        st.lists(channels, max_size=3, unique=True).map(lambda cs: pulse.RelativeBarrier(*cs)),
    )


instructions = _instructions(bound_pulses, durations, phases)
free_instructions = _instructions(
    st.one_of(bound_pulses, free_pulses),
    st.one_of(durations, free_durations),
    st.one_of(phases, free_phases),
)
free_instants = _instructions(bound_pulses, durations, st.one_of(phases, free_phases))
"""With free parameters, but none in a duration: for schedules."""


# Programs


@st.composite
def schedules(draw, parts=instructions, depth=1):
    """Schedules, nested up to a depth; what overlaps is appended instead."""
    made = pulse.Schedule(name=draw(st.text(max_size=4)))
    inner = parts if depth == 0 else st.one_of(parts, schedules(parts, depth - 1))
    for part in draw(st.lists(inner, max_size=5)):
        start = draw(times)
        try:
            made.insert(start, part, inplace=True)
        except pulse.PulseError:
            made.append(part, inplace=True)
    return made


alignments = st.sampled_from([AlignLeft(), AlignRight(), AlignSequential()])
metadata = st.dictionaries(st.sampled_from("abc"), st.one_of(phases, st.text(max_size=3)))


@st.composite
def blocks(draw, parts=instructions, depth=2, alignment=alignments):
    """Blocks of blocks and instructions."""
    name, about = draw(st.text(max_size=4)), draw(metadata)
    made = pulse.ScheduleBlock(name, about, alignment_context=draw(alignment))
    inner = parts if depth == 0 else st.one_of(parts, parts, blocks(parts, depth - 1))
    for part in draw(st.lists(inner, max_size=5)):
        made.append(part)
    return made


@st.composite
def whole_blocks(draw):
    """Blocks with all that a block may have: free parameters, references, fixed durations."""
    any_alignment = st.one_of(
        alignments, st.one_of(st.just(500), free_durations).map(AlignEquispaced)
    )
    made = draw(blocks(free_instructions, alignment=any_alignment))
    for key in draw(st.lists(st.sampled_from(["x", "y", "z"]), unique=True)):
        made.append(pulse.Reference(key, "q0"))
        if draw(st.booleans()):
            made.assign_references({(key, "q0"): draw(blocks(free_instructions, depth=0))})
    return made


programs = st.one_of(schedules(), schedules(free_instants), blocks(), whole_blocks())
