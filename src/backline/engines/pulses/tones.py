"""From tracks to what acts on each site: tones, sample by sample.

A track plays Re[s exp(i (2π f t + φ))]. On a site, in the common frame and without the terms that
rotate at twice the carrier (rotating-wave approximation), it is the Hamiltonian
``c exp(i δ t) a + h.c.`` with c = π Ω dt g s exp(i φ) and δ = 2π (f - reference) dt, t in samples.
"""

from __future__ import annotations

import cmath
import math
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

    def of(self, site: int) -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
        """Detunings and amplitudes of one site's tones, two arrays (tones, samples)."""
        if self.sites == (site,):
            return self.detunings, self.amplitudes
        own = [k for k, owner in enumerate(self.sites) if owner == site]
        return self.detunings[own], self.amplitudes[own]

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
    detunings = np.empty((len(pairs), stop - start))
    amplitudes = np.empty(detunings.shape, dtype=np.complex128)
    for k, (track, drive) in enumerate(pairs):
        factors = factors_between(track, drive, undriven, start, stop)
        np.multiply(envelopes_between(track, start, stop), factors, out=amplitudes[k])
        turning = 2 * np.pi * undriven.dt * (track.frequencies - undriven.reference)
        if len(turning) > 1:
            turning = turning[_frames(track, start, stop)]
        np.multiply(turning, amplitudes[k] != 0, out=detunings[k])
    return Tones(
        start=start,
        sites=tuple(drive.site for _, drive in pairs),
        detunings=detunings,
        amplitudes=amplitudes,
    )


def check_program(model: PulseModel, waveforms: Waveforms) -> None:
    """Refuse a program that the model cannot carry.

    Raises:
        EngineError: If a channel plays that drives no site of the model, or a qubit is acquired
            that is not in it.
    """
    driven = {drive.channel for drive in model.drives}
    for track in waveforms.tracks:
        if track.channel not in driven:
            raise _unknown("channel", track.channel, driven)
    if waveforms.acquisitions:
        qubits = {site.qubit for site in (*model.sites, *model.resting)}
        for item in waveforms.acquisitions:
            if item.qubit not in qubits:
                raise _unknown("acquired qubit", item.qubit, qubits)


def _unknown(what: str, name: Name, known: set[Name]) -> EngineError:
    allowed = ", ".join(str(item) for item in sorted(known)) or "none"
    return EngineError(f"{what} {name} is not in the model: it has {allowed}")


def envelopes_between(track: Track, start: int, stop: int) -> NDArray[np.complex128]:
    """What a track plays between two samples, before its frames; array (samples,), read-only."""
    if len(track.envelopes) == 1 and track.starts[0] == start:
        (envelope,) = track.envelopes
        if len(envelope) == stop - start:
            return envelope
    found = np.zeros(stop - start, dtype=np.complex128)
    for first, envelope in zip(track.starts.tolist(), track.envelopes, strict=True):
        low, high = max(first, start), min(first + len(envelope), stop)
        if low < high:
            found[low - start : high - start] = envelope[low - first : high - first]
    return found


def factors_between(
    track: Track, drive: Drive, undriven: Undriven, start: int, stop: int
) -> complex | NDArray[np.complex128]:
    """What makes amplitudes of envelopes: an array (samples,), or a number if all are equal."""
    scale = math.pi * drive.strength * undriven.dt * drive.gain
    if len(track.phases) == 1:
        return scale * cmath.exp(1j * float(track.phases[0]))
    factors: NDArray[np.complex128] = scale * np.exp(1j * track.phases)
    return factors[_frames(track, start, stop)]


def _frames(track: Track, start: int, stop: int) -> NDArray[np.int64]:
    """The frame that holds at each sample."""
    edges = np.clip([start, *track.frame_starts[1:].tolist(), stop], start, stop)
    return np.repeat(np.arange(len(track.frame_starts)), np.diff(edges))
