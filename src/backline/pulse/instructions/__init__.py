"""The instructions of pulse programs."""

from backline.pulse.instructions.acquire import Acquire
from backline.pulse.instructions.base import Instruction
from backline.pulse.instructions.directives import Directive, RelativeBarrier, TimeBlockade
from backline.pulse.instructions.play import Play
from backline.pulse.instructions.reference import Reference
from backline.pulse.instructions.simple import (
    Delay,
    SetFrequency,
    SetPhase,
    ShiftFrequency,
    ShiftPhase,
)
from backline.pulse.instructions.snapshot import Snapshot

__all__ = [
    "Acquire",
    "Delay",
    "Directive",
    "Instruction",
    "Play",
    "Reference",
    "RelativeBarrier",
    "SetFrequency",
    "SetPhase",
    "ShiftFrequency",
    "ShiftPhase",
    "Snapshot",
    "TimeBlockade",
]
