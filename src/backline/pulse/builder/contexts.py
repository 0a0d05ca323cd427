"""Contexts inside `build`: alignments, and offsets of phase and frequency."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from backline.pulse.alignments import (
    AlignEquispaced,
    AlignFunc,
    AlignLeft,
    AlignmentKind,
    AlignRight,
    AlignSequential,
)
from backline.pulse.block import ScheduleBlock
from backline.pulse.builder.state import active_builder
from backline.pulse.channels import PulseChannel
from backline.pulse.instructions import ShiftFrequency, ShiftPhase
from backline.pulse.values import Value, is_free


@contextmanager
def general_transforms(alignment_context: AlignmentKind) -> Iterator[None]:
    """Align what is added inside.

    Args:
        alignment_context: The alignment.
    """
    with active_builder().inside(ScheduleBlock(alignment_context=alignment_context)):
        yield


@contextmanager
def align_left() -> Iterator[None]:
    """Start what is added inside as early as its channels allow."""
    with general_transforms(AlignLeft()):
        yield


@contextmanager
def align_right() -> Iterator[None]:
    """Start what is added inside as late as its channels allow."""
    with general_transforms(AlignRight()):
        yield


@contextmanager
def align_sequential() -> Iterator[None]:
    """Put what is added inside one after the other, whatever the channels."""
    with general_transforms(AlignSequential()):
        yield


@contextmanager
def align_equispaced(duration: Value) -> Iterator[None]:
    """Put equal waits between what is added inside.

    Args:
        duration: Of the whole, in samples.
    """
    with general_transforms(AlignEquispaced(duration)):
        yield


@contextmanager
def align_func(duration: Value, func: Callable[[int], float]) -> Iterator[None]:
    """Center what is added inside where a function says.

    Args:
        duration: Of the whole, in samples.
        func: Gives the center of element 1, 2, … as a fraction of the duration.
    """
    with general_transforms(AlignFunc(duration, func)):
        yield


@contextmanager
def phase_offset(phase: Value, *channels: PulseChannel) -> Iterator[None]:
    """Shift phases for what is added inside, and back afterwards.

    Args:
        phase: In rad.
        *channels: The channels.
    """
    builder = active_builder()
    with builder.undone_if_raised():
        for channel in channels:
            builder.append(ShiftPhase(phase, channel))
        yield
        for channel in channels:
            builder.append(ShiftPhase(-phase, channel))


@contextmanager
def frequency_offset(
    frequency: Value, *channels: PulseChannel, compensate_phase: bool = False
) -> Iterator[None]:
    """Shift frequencies for what is added inside, and back afterwards.

    Args:
        frequency: In Hz.
        *channels: The channels.
        compensate_phase: Whether to shift the phase back by what the offset has turned it, too.

    Raises:
        BackendNotSet: If the phase is to be compensated without a backend, which knows dt.
    """
    builder = active_builder()
    dt: Any = builder.backend.dt if compensate_phase else None
    start = builder.context.duration if compensate_phase else 0
    with builder.undone_if_raised():
        for channel in channels:
            builder.append(ShiftFrequency(frequency, channel))
        yield
        turned: Any = 0.0
        if compensate_phase:
            seconds = (builder.context.duration - start) * dt
            turned = 2 * math.pi * frequency * seconds
            if not is_free(frequency):
                turned %= 2 * math.pi
        for channel in channels:
            if compensate_phase:
                builder.append(ShiftPhase(-turned, channel))
            builder.append(ShiftFrequency(-frequency, channel))
