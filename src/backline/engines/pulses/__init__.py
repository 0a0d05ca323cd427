"""Pulses on a device's Hamiltonian: arrays in, arrays out."""

from backline.engines.pulses.engine import PulseEngine
from backline.engines.pulses.history import History
from backline.engines.pulses.model import ZZ, Coupling, Drive, Exchange, PulseModel, Site
from backline.engines.pulses.waveforms import Acquisition, Track, Waveforms
from backline.engines.watching import look, watched

__all__ = [
    "ZZ",
    "Acquisition",
    "Coupling",
    "Drive",
    "Exchange",
    "History",
    "PulseEngine",
    "PulseModel",
    "Site",
    "Track",
    "Waveforms",
    "look",
    "watched",
]
