"""Pulses on a device's Hamiltonian: arrays in, arrays out."""

from backline.engines.pulses.engine import PulseEngine
from backline.engines.pulses.model import Drive, Exchange, PulseModel, Site
from backline.engines.pulses.waveforms import Acquisition, Track, Waveforms

__all__ = [
    "Acquisition",
    "Drive",
    "Exchange",
    "PulseEngine",
    "PulseModel",
    "Site",
    "Track",
    "Waveforms",
]
