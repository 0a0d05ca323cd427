"""The flat pulse program: what is played where and when, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from backline.engines.pulses.readout.discriminators import Discriminator
    from backline.engines.pulses.readout.kernels import Kernel


@dataclass(frozen=True, kw_only=True, eq=False)
class Track:
    """Everything that one channel plays.

    At sample k the channel plays Re[s_k exp(i (2π f t + φ))] with the frame (f, φ) that holds at
    k. A change of frequency keeps the phase continuous: φ already contains what that takes.

    Attributes:
        channel: Its name, "d0" or "u3".
        starts: int64 array (pulses,), first sample of each pulse, ascending.
        envelopes: One complex128 array (samples,) a pulse; pulses do not overlap.
        frame_starts: int64 array (frames,), first sample of each frame; the first is 0.
        frequencies: float64 array (frames,), f in Hz.
        phases: float64 array (frames,), φ in rad.
    """

    channel: str
    starts: NDArray[np.int64]
    envelopes: tuple[NDArray[np.complex128], ...]
    frame_starts: NDArray[np.int64]
    frequencies: NDArray[np.float64]
    phases: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Acquisition:
    """One acquisition.

    Attributes:
        qubit: The device's qubit.
        slot: The memory slot that gets the result.
        start: First sample.
        duration: In samples.
        kernel: How its trace becomes a point; None for the device's own kernel.
        discriminator: How its point becomes an outcome; None for the device's own.
    """

    qubit: int
    slot: int
    start: int
    duration: int
    kernel: Kernel | None = None
    discriminator: Discriminator | None = None

    @property
    def classified(self) -> bool:
        """Whether its outcomes come from points, and not from the device's published confusion."""
        return self.kernel is not None or self.discriminator is not None


@dataclass(frozen=True, kw_only=True, eq=False)
class Waveforms:
    """A whole pulse program.

    Attributes:
        dt: Length of a sample, in s.
        duration: Of the program, in samples.
        tracks: One for each drive or control channel that plays something.
        acquisitions: In order of their start.
        num_slots: Number of memory slots of the result.
        stimuli: One for each measure channel of an acquired qubit that plays something.
    """

    dt: float
    duration: int
    tracks: tuple[Track, ...]
    acquisitions: tuple[Acquisition, ...]
    num_slots: int
    stimuli: tuple[Track, ...] = ()
