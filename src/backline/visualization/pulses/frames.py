"""Phases and frequencies of a channel: what changes at one time is one change."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from backline.pulse import SetFrequency, SetPhase, ShiftFrequency, ShiftPhase
from backline.pulse.values import is_free
from backline.visualization.pulses import wording

Frame = ShiftPhase | SetPhase | ShiftFrequency | SetFrequency
FRAMES = (ShiftPhase, SetPhase, ShiftFrequency, SetFrequency)

_TURN = 2 * math.pi


@dataclass(frozen=True, slots=True)
class FrameChange:
    """All that changes in a channel's frame at one time.

    Attributes:
        time: When, in samples.
        phase: By or to which phase, in words; empty where it stays.
        frequency: By or to which frequency, in words; empty where it stays.
        sets_phase: Whether the phase is set, not shifted.
    """

    time: int
    phase: str
    frequency: str
    sets_phase: bool

    @property
    def label(self) -> str:
        """Both in words."""
        return ", ".join(filter(None, (self.phase, self.frequency)))


def frame_changes(
    instructions: Iterable[tuple[int, Frame]], lo: float | None
) -> tuple[FrameChange, ...]:
    """The changes of one channel's frame.

    Phases of one time are summed; a frequency is absolute as soon as it is known, which it is from
    the start where the oscillator's is, and otherwise after it is set.

    Args:
        instructions: (time, instruction) of one channel, by time.
        lo: Frequency of its oscillator, in Hz; None where not known.
    """
    state = _State(lo)
    return tuple(
        state.change(time, [instruction for _, instruction in group])
        for time, group in groupby(instructions, key=lambda item: item[0])
    )


class _State:
    """The frequency of a channel while its changes are gone through."""

    def __init__(self, lo: float | None) -> None:
        self._frequency: Any = lo

    def change(self, time: int, instructions: list[Frame]) -> FrameChange:
        phases = [i for i in instructions if isinstance(i, ShiftPhase | SetPhase)]
        tunings = [i for i in instructions if isinstance(i, ShiftFrequency | SetFrequency)]
        return FrameChange(
            time,
            _phase(phases) if phases else "",
            self._tuned(tunings) if tunings else "",
            any(isinstance(i, SetPhase) for i in phases),
        )

    def _tuned(self, tunings: list[ShiftFrequency | SetFrequency]) -> str:
        moved: Any = 0.0
        for tuning in tunings:
            if isinstance(tuning, SetFrequency):
                self._frequency = tuning.frequency
            else:
                moved = moved + tuning.frequency
                if self._frequency is not None:
                    self._frequency = self._frequency + tuning.frequency
        if self._frequency is None:
            return wording.frequency(moved, signed=True)
        return f"f={wording.frequency(self._frequency)}"


def _phase(phases: list[ShiftPhase | SetPhase]) -> str:
    total: Any = 0.0
    sets = False
    for change in phases:
        if isinstance(change, SetPhase):
            total, sets = change.phase, True
        else:
            total = total + change.phase
    if not is_free(total) and abs(total) > _TURN * (1 + 1e-9):
        total = math.remainder(total, _TURN)
    return f"φ={wording.angle(total)}" if sets else wording.angle(total, signed=True)
