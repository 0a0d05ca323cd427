"""The parts of a circuit, each by its simulator, and their bits together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from backline.engines.gates.reading import Reading
from backline.engines.gates.simulators import Simulator
from backline.engines.seeds import spawned


def simulated(
    reading: Reading,
    choices: Sequence[Simulator],
    *,
    shots: int,
    seed: int,
    double: bool = False,
) -> NDArray[np.uint8]:
    """Run a circuit.

    Every simulator gives its shots in a random order, so that row by row together they are shots
    of the whole.

    Args:
        reading: The circuit.
        choices: A simulator for each of its parts.
        shots: How many.
        seed: Of the random numbers; each part gets one of its own that follows from it.
        double: Whether simulators that would take single-precision numbers take double ones.

    Returns:
        Array (shots, slots of the circuit) of 0 and 1; slots that nothing writes are 0.
    """
    whole = np.zeros((shots, reading.num_slots), dtype=np.uint8)
    for index, (part, simulator) in enumerate(zip(reading.parts, choices, strict=True)):
        run = simulator.in_double if double and simulator.in_double else simulator.run
        bits = run(part.program, shots, spawned(seed, index))
        if part.slots == tuple(range(reading.num_slots)):
            return bits
        whole[:, part.slots] = bits
    return whole


def in_order(
    reading: Reading,
    choices: Sequence[Simulator],
    *,
    shots: int,
    seed: int,
    double: bool = False,
) -> tuple[NDArray[np.uint8], None]:
    """Run a circuit: `simulated`, in the form of `in_any_order`."""
    return simulated(reading, choices, shots=shots, seed=seed, double=double), None


def in_any_order(
    reading: Reading,
    choices: Sequence[Simulator],
    *,
    shots: int,
    seed: int,
    double: bool = False,
) -> tuple[NDArray[np.uint8], NDArray[np.int64] | None]:
    """Run a circuit whose shots nobody asks the order of: the same shots as of `simulated`.

    Returns:
        Arrays (rows, slots of the circuit), and (rows,): how often each came; None where every row
        is one shot, because parts are joined shot by shot or shots come one by one anyway.
    """
    if len(reading.parts) != 1 or choices[0].run_counts is None:
        return in_order(reading, choices, shots=shots, seed=seed, double=double)
    (part,) = reading.parts
    bits, repeats = choices[0].run_counts(part.program, shots, spawned(seed, 0))
    if part.slots != tuple(range(reading.num_slots)):
        whole = np.zeros((len(bits), reading.num_slots), dtype=np.uint8)
        whole[:, part.slots] = bits
        bits = whole
    return bits, repeats
