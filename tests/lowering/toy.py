"""A made-up device of four qubits, and circuits for it, the same for us and for Qiskit 1.4.

Nothing here imports a pulse module: `write_schedules.py` gives Qiskit 1.4's, the tests give ours.
"""

from __future__ import annotations

import random
from typing import Any

QUBITS = 4
EDGES = ((0, 1), (1, 0), (1, 2), (2, 3))
CONTROL = {edge: index for index, edge in enumerate(EDGES)}


def calibrations(pulse: Any, parameter: Any) -> dict[tuple[str, tuple[int, ...]], Any]:
    """Schedules of the toy's gates, made with `pulse`; `parameter` is its class of parameters."""
    found = {}
    for q in range(QUBITS):
        drive = pulse.DriveChannel(q)
        frames = [drive] + [pulse.ControlChannel(i) for e, i in CONTROL.items() if e[1] == q]
        x = pulse.Schedule((0, pulse.Play(pulse.Constant(16 + 16 * q, 0.1), drive)), name="x")
        sx = pulse.Schedule(
            (0, pulse.Play(pulse.Constant(16, 0.05), drive)),
            (16, pulse.ShiftPhase(0.25, drive)),
            name="sx",
        )
        angle = parameter("P0")
        rz = pulse.Schedule(*((0, pulse.ShiftPhase(-angle, c)) for c in frames), name="rz")
        tilt, height = parameter("P0"), parameter("P1")
        tilted = pulse.Schedule(
            (0, pulse.ShiftPhase(tilt, drive)),
            (0, pulse.Play(pulse.Constant(32, height), drive)),
            (32, pulse.ShiftPhase(-tilt, drive)),
            name="tilted",
        )
        measure = pulse.Schedule(name="measure")
        for k in range(QUBITS):
            channel = pulse.MeasureChannel(k)
            measure |= pulse.Schedule(
                (k, pulse.ShiftPhase(0.1, channel)),
                (k, pulse.Play(pulse.Constant(96 + 16 * q + k, 0.2), channel)),
                (k, pulse.Delay(8, pulse.DriveChannel(k))),
            )
            measure |= pulse.Schedule(
                (7 + q, pulse.Acquire(80, pulse.AcquireChannel(k), pulse.MemorySlot(k)))
            )
        found |= {("x", (q,)): x, ("sx", (q,)): sx, ("rz", (q,)): rz}
        found |= {("tilted", (q,)): tilted, ("measure", (q,)): measure}
    for (a, b), u in CONTROL.items():
        found["cx", (a, b)] = pulse.Schedule(
            (0, pulse.Play(pulse.Constant(48, 0.1), pulse.DriveChannel(a))),
            (48, pulse.Play(pulse.Constant(100 + 16 * u, 0.3), pulse.ControlChannel(u))),
            (64, pulse.Play(pulse.Constant(32, 0.1), pulse.DriveChannel(b))),
            (64, pulse.ShiftPhase(0.5, pulse.DriveChannel(b))),
            name="cx",
        )
    return found


def circuits() -> dict[str, list[list[Any]]]:
    """Circuits by name, as lists of [name, qubits, slots or parameters or samples]."""
    by_hand = {
        "empty": [],
        "ghz": [["sx", [0], []], ["cx", [0, 1], []], ["cx", [1, 2], []], *_all_measured()],
        "measured apart": [["measure", [0], [0]], ["x", [1], []], ["measure", [1], [1]]],
        "measured twice": [["measure", [0], [0]], ["measure", [0], [1]]],
        "measured, used, measured": [
            ["measure", [0], [0]],
            ["measure", [2], [2]],
            ["cx", [0, 1], []],
            ["measure", [1], [1]],
            ["measure", [0], [3]],
        ],
        "into one slot": [["measure", [0], [0]], ["measure", [1], [0]]],
        "barrier after a measurement": [
            ["measure", [3], [3]],
            ["barrier", [3, 0], []],
            ["x", [0], []],
            ["measure", [0], [0]],
        ],
        "only virtual": [["rz", [1], [0.5]], ["rz", [1], [-0.25]]],
        "delays": [
            ["x", [0], []],
            ["delay", [0], [17]],
            ["x", [0], []],
            ["delay", [1], [30]],
            ["x", [1], []],
        ],
        "parameters": [
            ["tilted", [2], [0.3, 0.4]],
            ["rz", [2], [1.5]],
            ["tilted", [2], [1.0, 0.1]],
        ],
    }
    return by_hand | {f"random {seed}": _random(seed) for seed in range(20)}


def build(circuit: Any, gate: Any, operations: list[list[Any]]) -> Any:
    """Fill a circuit of four qubits and slots; `gate` is Qiskit's class of gates."""
    for name, qubits, values in operations:
        if name == "measure":
            circuit.measure(qubits[0], values[0])
        elif name == "delay":
            circuit.delay(values[0], qubits[0], "dt")
        elif name == "barrier":
            circuit.barrier(qubits)
        elif name == "tilted":
            circuit.append(gate("tilted", 1, values), qubits)
        else:
            getattr(circuit, name)(*values, *qubits)
    return circuit


def facts(schedule: Any) -> list[list[Any]]:
    """What a schedule plays, in JSON values, in an order that does not depend on its own."""
    found = []
    for time, instruction in schedule.instructions:
        slot = getattr(instruction, "mem_slot", None)
        played = getattr(instruction, "pulse", None)
        phase = getattr(instruction, "phase", None)
        found.append(
            [
                time,
                type(instruction).__name__,
                instruction.duration,
                instruction.channels[0].name,
                None if slot is None else slot.index,
                None if phase is None else round(float(phase), 9),
                None if played is None else round(abs(complex(played.amp)), 9),
            ]
        )
    return sorted(found, key=str)


def _all_measured() -> list[list[Any]]:
    return [["measure", [q], [q]] for q in range(QUBITS)]


def _random(seed: int) -> list[list[Any]]:
    source = random.Random(seed)
    made: list[list[Any]] = []
    for _ in range(25):
        q = source.randrange(QUBITS)
        kind = source.choice(["x", "sx", "rz", "cx", "cx", "delay", "barrier", "measure", "tilted"])
        if kind == "cx":
            made.append(["cx", list(source.choice(EDGES)), []])
        elif kind == "rz":
            made.append(["rz", [q], [round(source.uniform(-3, 3), 3)]])
        elif kind == "delay":
            made.append(["delay", [q], [source.choice([1, 16, 50, 160])]])
        elif kind == "barrier":
            made.append(["barrier", source.sample(range(QUBITS), source.randint(1, QUBITS)), []])
        elif kind == "tilted":
            made.append(["tilted", [q], [round(source.random(), 3), round(source.random(), 3)]])
        elif kind == "measure":
            # A slot always goes to the same qubit: Qiskit 1.4 lets others collide in time.
            made.append(["measure", [q], [q]])
        else:
            made.append([kind, [q], []])
    return made
