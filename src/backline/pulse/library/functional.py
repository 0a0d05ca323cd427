"""Pulses from functions that give samples."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from backline.pulse.library.waveform import Waveform


def functional_pulse(func: Callable[..., Any]) -> Callable[..., Waveform]:
    """Make a function that gives samples one that gives a Waveform.

    Args:
        func: Takes a duration in samples and further arguments; gives an array (duration,).

    Returns:
        A function of the same arguments, and `name` for the waveform's name.
    """

    @functools.wraps(func)
    def to_pulse(duration: int, *args: Any, name: str | None = None, **kwargs: Any) -> Waveform:
        return Waveform(func(duration, *args, **kwargs), name=name)

    return to_pulse
