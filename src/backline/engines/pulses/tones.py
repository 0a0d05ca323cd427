"""From tracks to what acts on each site: tones, sample by sample.

A track plays Re[s exp(i (2π f t + φ))]. On a site, in the common frame and without the terms that
rotate at twice the carrier (rotating-wave approximation), it is the Hamiltonian
``c exp(i δ t) a + h.c.`` with c = π Ω dt g s exp(i φ) and δ = 2π (f - reference) dt, t in samples.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses.model import Drive, PulseModel
from backline.engines.pulses.undriven import Undriven
from backline.engines.pulses.waveforms import Track, Waveforms
from backline.errors import EngineError

Name = TypeVar("Name", str, int)


@dataclass(frozen=True, kw_only=True, eq=False)
class Tones:
    """All tones of a stretch of samples.

    Attributes:
        start: The first sample.
        sites: The site of each tone.
        detunings: float64 array (tones, samples): δ, in rad per sample; 0 where silent.
        amplitudes: complex128 array (tones, samples): c, in rad per sample.
    """

    start: int
    sites: tuple[int, ...]
    detunings: NDArray[np.float64]
    amplitudes: NDArray[np.complex128]

    @property
    def stop(self) -> int:
        """One after the last sample."""
        return self.start + self.amplitudes.shape[1]

    def several_carriers(self) -> bool:
        """Whether two carriers play on one site at once."""
        if len(set(self.sites)) == len(self.sites):
            return False
        owners = np.array(self.sites)
        for site in set(self.sites):
            sounds = self.amplitudes[owners == site] != 0
            detunings = self.detunings[owners == site]
            highest = np.where(sounds, detunings, -np.inf).max(axis=0)
            if (sounds & (detunings != highest)).any():
                return True
        return False

    def cut(self, start: int, stop: int) -> Tones:
        """The samples from `start` to `stop` alone."""
        part = slice(start - self.start, stop - self.start)
        return Tones(
            start=start,
            sites=self.sites,
            detunings=self.detunings[:, part],
            amplitudes=self.amplitudes[:, part],
        )


def active_stretches(waveforms: Waveforms) -> list[tuple[int, int]]:
    """Where something plays: (start, stop) in samples, ascending and apart from each other."""
    played = sorted(
        (int(start), int(start) + len(envelope))
        for track in waveforms.tracks
        for start, envelope in zip(track.starts, track.envelopes, strict=True)
    )
    merged: list[tuple[int, int]] = []
    for start, stop in played:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def tones_between(
    model: PulseModel, undriven: Undriven, waveforms: Waveforms, start: int, stop: int
) -> Tones:
    """All tones between two samples.

    Args:
        model: Says which channel acts on which site, and how strongly.
        undriven: Gives the common frame.
        waveforms: The program.
        start: The first sample.
        stop: One after the last sample.
    """
    pairs = [
        (track, drive)
        for track in waveforms.tracks
        for drive in model.drives
        if drive.channel == track.channel
    ]
    rows = [_tone(track, drive, undriven, start, stop) for track, drive in pairs]
    shape = (len(pairs), stop - start)
    return Tones(
        start=start,
        sites=tuple(drive.site for _, drive in pairs),
        detunings=np.array([row[0] for row in rows]).reshape(shape),
        amplitudes=np.array([row[1] for row in rows]).reshape(shape),
    )


def check_program(model: PulseModel, waveforms: Waveforms) -> None:
    """Refuse a program that the model cannot carry.

    Raises:
        EngineError: If a channel plays that drives no site of the model, or a qubit is acquired
            that is not in it.
    """
    _check_names(
        "channel", (t.channel for t in waveforms.tracks), {drive.channel for drive in model.drives}
    )
    _check_names(
        "acquired qubit",
        (acquisition.qubit for acquisition in waveforms.acquisitions),
        {site.qubit for site in (*model.sites, *model.resting)},
    )


def _check_names(what: str, used: Iterable[Name], known: set[Name]) -> None:
    for name in used:
        if name not in known:
            allowed = ", ".join(str(item) for item in sorted(known)) or "none"
            raise EngineError(f"{what} {name} is not in the model: it has {allowed}")


def _tone(
    track: Track, drive: Drive, undriven: Undriven, start: int, stop: int
) -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
    scale = np.pi * drive.strength * undriven.dt * drive.gain
    amplitudes = np.zeros(stop - start, dtype=np.complex128)
    for first, envelope in zip(track.starts, track.envelopes, strict=True):
        low, high = max(int(first), start), min(int(first) + len(envelope), stop)
        if low < high:
            amplitudes[low - start : high - start] = envelope[low - first : high - first]
    frequencies, phases = track.frequencies, track.phases
    if len(track.frame_starts) > 1:
        frames = np.searchsorted(track.frame_starts, np.arange(start, stop), side="right") - 1
        frequencies, phases = frequencies[frames], phases[frames]
    detunings = 2 * np.pi * undriven.dt * (frequencies - undriven.reference)
    amplitudes *= scale * np.exp(1j * phases)
    return np.where(amplitudes == 0, 0.0, detunings), amplitudes
