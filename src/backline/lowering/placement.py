"""When each part of a circuit starts: as soon, or as late, as its bits allow."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from backline.pulse import Instruction, Schedule


class Part(NamedTuple):
    """One gate, delay, barrier or common measurement of a circuit.

    Attributes:
        bits: Qubits and memory slots that it takes up for all of its duration.
        program: What is played; None for a barrier, which only aligns.
        duration: In samples.
    """

    bits: tuple[Hashable, ...]
    program: Schedule | Instruction | None
    duration: int


def as_soon(parts: Sequence[Part]) -> list[int]:
    """Start of each part in samples: as soon as all its bits are free."""
    free: dict[Hashable, int] = {}
    starts = []
    for bits, _, duration in parts:
        start = 0
        for bit in bits:
            earliest = free.get(bit, 0)
            if earliest > start:
                start = earliest
        starts.append(start)
        for bit in bits:
            free[bit] = start + duration
    return starts


def as_late(parts: Sequence[Part]) -> list[int]:
    """Start of each part in samples: as late as it can without making the whole longer.

    That is `as_soon` of the reversed program, in reversed time. Every qubit's last part ends
    with the program, also a qubit's that is not measured (as Qiskit 1.4).
    """
    backwards = as_soon(parts[::-1])[::-1]
    ends = [start + part.duration for start, part in zip(backwards, parts, strict=True)]
    length = max(ends, default=0)
    return [length - end for end in ends]
