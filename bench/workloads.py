"""What is measured, written once: the same code runs on Qiskit 1.4 and on Backline.

A workload prepares what it needs, untimed, from a `Side` and gives the function that is timed.
What that function returns is boiled down to plain facts, which both sides must agree on.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qiskit.circuit import Parameter, QuantumCircuit

QUBITS = 100
DEPTH = 100
DT = 0.2e-9


@dataclass(frozen=True)
class Side:
    """One of the two that are compared.

    Attributes:
        pulse: The module `qiskit.pulse` of 1.4 or `backline.pulse`.
        schedule: `qiskit.compiler.schedule` of 1.4 or `backline.schedule`.
    """

    pulse: Any
    schedule: Callable[..., Any]


@dataclass(frozen=True)
class Workload:
    """Something to measure.

    Attributes:
        title: What it is, in words.
        prepare: Gives the function that is timed.
        facts: Makes numbers and text of what that function returns.
        to_reach: How many times faster than Qiskit 1.4 it must be; None where nothing is promised.
    """

    title: str
    prepare: Callable[[Side], Callable[[], Any]]
    facts: Callable[[Any], Any]
    to_reach: float | None = None


# Sampling

DRAGS = 100


def sample_drags(side: Side) -> Callable[[], Any]:
    drags = [side.pulse.Drag(1600, 0.3, 400, -0.5) for _ in range(DRAGS)]
    return lambda: [drag.get_waveform().samples for drag in drags]


def make_and_sample_drags(side: Side) -> Callable[[], Any]:
    drag = side.pulse.Drag
    return lambda: [drag(1600, 0.3, 400, -0.5).get_waveform().samples for _ in range(DRAGS)]


def samples_facts(rows: list[Any]) -> Any:
    total = sum(complex(row.sum()) for row in rows)
    return len(rows), len(rows[0]), round(total.real, 6), round(total.imag, 6)


# Building

ROUNDS = 20


def build_program(pulse: Any) -> Any:
    """100 drive channels, 20 rounds of one instruction a channel: 2,000 instructions."""
    drives = [pulse.DriveChannel(qubit) for qubit in range(QUBITS)]
    with pulse.build(name="rounds") as program, pulse.align_left():
        for number in range(ROUNDS):
            for drive in drives:
                kind = number % 4
                if kind == 0:
                    pulse.play(pulse.Drag(160, 0.1 + 0.001 * drive.index, 40, -0.5), drive)
                elif kind == 1:
                    pulse.shift_phase(0.01 * drive.index, drive)
                elif kind == 2:
                    pulse.play(pulse.Gaussian(320, 0.2, 80), drive)
                else:
                    pulse.delay(16 * (1 + drive.index % 3), drive)
    return program


def build_and_flatten(side: Side) -> Callable[[], Any]:
    pulse = side.pulse
    return lambda: pulse.transforms.target_qobj_transform(build_program(pulse)).instructions


def instructions_facts(instructions: Any) -> Any:
    """Times, kinds, durations and channels; sorted, for what is at one time has no order."""
    rows = sorted(
        (time, type(inst).__name__, inst.duration, *(str(channel) for channel in inst.channels))
        for time, inst in instructions
    )
    return len(rows), rows[-1], sum(hash_of_text(str(row)) for row in rows)


def hash_of_text(text: str) -> int:
    """Python's own differs from one process to the next."""
    value = 0
    for letter in text.encode():
        value = (31 * value + letter) % (2**31 - 1)
    return value


# Scheduling


def calibrations(pulse: Any) -> Any:
    """x, sx, rz, cx (echoed cross resonance) and measure on a line of 100 qubits."""
    table = pulse.InstructionScheduleMap()
    for qubit in range(QUBITS):
        drive = pulse.DriveChannel(qubit)
        for name, amp in (("x", 0.2), ("sx", 0.1)):
            drag = pulse.Drag(160, amp + 0.0001 * qubit, 40, -0.6)
            table.add(name, qubit, pulse.Schedule(pulse.Play(drag, drive), name=name))
        table.add("rz", qubit, turn(pulse, qubit))
        table.add("measure", qubit, readout(pulse, qubit))
    for qubit in range(QUBITS - 1):
        table.add("cx", (qubit, qubit + 1), echo(pulse, qubit))
    return table


def turn(pulse: Any, qubit: int) -> Any:
    """A phase on the qubit's drive, and on the control line that drives its neighbor."""
    angle = Parameter("angle")
    rz = pulse.Schedule(name="rz")
    rz.insert(0, pulse.ShiftPhase(-angle, pulse.DriveChannel(qubit)), inplace=True)
    rz.insert(0, pulse.ShiftPhase(-angle, pulse.ControlChannel(qubit)), inplace=True)
    return rz


def readout(pulse: Any, qubit: int) -> Any:
    measure = pulse.Schedule(name="measure")
    stimulus = pulse.GaussianSquare(16000, 0.1, 64, width=15744)
    measure.insert(0, pulse.Play(stimulus, pulse.MeasureChannel(qubit)), inplace=True)
    slot = pulse.MemorySlot(qubit)
    measure.insert(0, pulse.Acquire(16000, pulse.AcquireChannel(qubit), slot), inplace=True)
    return measure


def echo(pulse: Any, qubit: int) -> Any:
    control, target = pulse.DriveChannel(qubit), pulse.DriveChannel(qubit + 1)
    line = pulse.ControlChannel(qubit)
    cx = pulse.Schedule(name="cx")
    cx.insert(0, pulse.ShiftPhase(-math.pi / 2, control), inplace=True)
    cx.insert(0, pulse.ShiftPhase(-math.pi / 2, line), inplace=True)
    cx.insert(0, pulse.Play(pulse.Drag(160, 0.1, 40, -0.6, angle=0.1), target), inplace=True)
    for start, sign in ((160, 1), (1120, -1)):
        strong = pulse.GaussianSquare(800, sign * 0.4, 64, width=544)
        weak = pulse.GaussianSquare(800, sign * 0.03, 64, width=544)
        cx.insert(start, pulse.Play(strong, line), inplace=True)
        cx.insert(start, pulse.Play(weak, target), inplace=True)
    for start in (960, 1920):
        cx.insert(start, pulse.Play(pulse.Drag(160, 0.2, 40, -0.6), control), inplace=True)
    return cx


def brick_circuit() -> QuantumCircuit:
    """100 qubits, depth 100: rounds of sx, rz, x, cx on even pairs and cx on odd ones, measured."""
    circuit = QuantumCircuit(QUBITS, QUBITS, name="bricks")
    for layer in range(DEPTH - 1):
        kind = layer % 5
        if kind > 2:
            for qubit in range(kind - 3, QUBITS - 1, 2):
                circuit.cx(qubit, qubit + 1)
            continue
        for qubit in range(QUBITS):
            if kind == 0:
                circuit.sx(qubit)
            elif kind == 1:
                circuit.rz(0.001 * (1 + layer * QUBITS + qubit), qubit)
            else:
                circuit.x(qubit)
    circuit.measure(range(QUBITS), range(QUBITS))
    if circuit.depth() != DEPTH:
        raise ValueError(f"the circuit has depth {circuit.depth()}")
    return circuit


def schedule_circuit(side: Side) -> Callable[[], Any]:
    table, circuit = calibrations(side.pulse), brick_circuit()
    meas_map = [[qubit] for qubit in range(QUBITS)]

    def run() -> Any:
        made = side.schedule(circuit, None, inst_map=table, meas_map=meas_map, dt=DT)
        return made.instructions

    return run


# Assigning

SETS = 1000


def template(pulse: Any) -> tuple[Any, list[Parameter]]:
    """20 instructions with six parameters: amplitude, angle, phase, frequency, length, channel."""
    names = ("amp", "angle", "phase", "frequency", "length", "qubit")
    amp, angle, phase, frequency, length, qubit = free = [Parameter(name) for name in names]
    block = pulse.ScheduleBlock(name="template")
    first, second = pulse.DriveChannel(qubit), pulse.DriveChannel(10)
    for number in range(4):
        scaled = amp / (number + 1)
        for instruction in (
            pulse.ShiftPhase(phase * (number + 1), first),
            pulse.Play(pulse.Gaussian(length, scaled, 40, angle=angle), first),
            pulse.SetFrequency(frequency, second),
            pulse.Delay(length * 2, second),
            pulse.Play(pulse.Drag(160, 0.1, 40, -0.5), second),
        ):
            block.append(instruction, inplace=True)
    return block, free


def value_sets(free: list[Parameter]) -> list[dict[Parameter, Any]]:
    return [
        dict(
            zip(
                free,
                (0.001 * n / 2, 0.002 * n, 0.003 * n, 5e9 + n, 160 + 16 * (n % 10), n % 5),
                strict=True,
            )
        )
        for n in range(SETS)
    ]


def assign(side: Side) -> Callable[[], Any]:
    block, free = template(side.pulse)
    sets = value_sets(free)
    return lambda: [block.assign_parameters(values, inplace=False) for values in sets]


def assign_and_flatten(side: Side) -> Callable[[], Any]:
    assigned = assign(side)
    flat = side.pulse.transforms.target_qobj_transform
    return lambda: [flat(block).instructions for block in assigned()]


def blocks_facts(blocks: list[Any]) -> Any:
    durations = [block.duration for block in blocks]
    first_play = [block.blocks[1] for block in blocks]
    amps = sum(play.pulse.amp for play in first_play)
    return len(blocks), sum(durations), round(float(amps), 9), str(first_play[3].channel)


def flat_facts(programs: list[Any]) -> Any:
    return len(programs), [instructions_facts(programs[n]) for n in (0, 1, SETS - 1)]


# What else a program does often


def insert_in_place(side: Side) -> Callable[[], Any]:
    pulse = side.pulse
    drives = [pulse.DriveChannel(qubit) for qubit in range(10)]

    def run() -> Any:
        whole = pulse.Schedule(name="whole")
        for number in range(10_000):
            phase = pulse.ShiftPhase(0.1, drives[number % 10])
            whole.insert(16 * number, phase, inplace=True)
        return whole.instructions

    return run


def append_to_copies(side: Side) -> Callable[[], Any]:
    pulse = side.pulse
    wait = pulse.Delay(16, pulse.DriveChannel(0))

    def run() -> Any:
        whole = pulse.Schedule(name="whole")
        for _ in range(500):
            whole += wait
        return whole.instructions

    return run


def compare_schedules(side: Side) -> Callable[[], Any]:
    flat = side.pulse.transforms.target_qobj_transform
    one, other = flat(build_program(side.pulse)), flat(build_program(side.pulse))
    return lambda: one == other


def nest_deeply(side: Side) -> Callable[[], Any]:
    pulse = side.pulse

    def run() -> Any:
        block = pulse.ScheduleBlock(name="inner")
        block.append(pulse.Delay(16, pulse.DriveChannel(0)), inplace=True)
        for _ in range(50):
            outer = pulse.ScheduleBlock(name="outer")
            outer.append(block, inplace=True)
            outer.append(pulse.Delay(16, pulse.DriveChannel(0)), inplace=True)
            block = outer
        return pulse.transforms.target_qobj_transform(block).instructions

    return run


WORKLOADS = {
    "sample": Workload(
        f"sample a 1,600-sample Drag ({DRAGS} of them)", sample_drags, samples_facts, 40
    ),
    "make_and_sample": Workload(
        f"make and sample a 1,600-sample Drag ({DRAGS} of them)",
        make_and_sample_drags,
        samples_facts,
        40,
    ),
    "build": Workload(
        "build and flatten 2,000 instructions on 100 channels",
        build_and_flatten,
        instructions_facts,
        10,
    ),
    "schedule": Workload(
        "schedule a circuit of 100 qubits and depth 100", schedule_circuit, instructions_facts, 50
    ),
    "assign": Workload(
        "assign 1,000 sets of values to a block of 20 instructions", assign, blocks_facts, 20
    ),
    "assign_and_flatten": Workload(
        "assign and flatten each of them", assign_and_flatten, flat_facts, 20
    ),
    "insert": Workload("insert 10,000 instructions in place", insert_in_place, instructions_facts),
    "append": Workload("append 500 instructions, each to a copy", append_to_copies, len),
    "equal": Workload("compare two equal schedules of 2,000 instructions", compare_schedules, bool),
    "nest": Workload("nest 50 blocks and flatten them", nest_deeply, instructions_facts),
}
