"""The propagator of a pair, against the engine that runs programs."""

import numpy as np
import pytest

from backline.calibration.motion import PairMotion
from backline.device.channels import channel_frequencies
from backline.engines.pulses import Drive, Exchange, PulseEngine, PulseModel, Site, Track, Waveforms
from backline.errors import EngineError
from backline.formats import read_device
from backline.lowering import compile, pulse_model


def toy(levels=(3, 3), gain=1.0):
    sites = (
        Site(qubit=0, levels=levels[0], frequency=5.00e9, anharmonicity=-3.3e8),
        Site(qubit=1, levels=levels[1], frequency=5.13e9, anharmonicity=-3.1e8),
    )
    return PulseModel(
        sites=sites,
        exchanges=(Exchange(sites=(0, 1), strength=2.5e6),),
        drives=(
            Drive(channel="d0", site=0, strength=1.2e8),
            Drive(channel="d1", site=1, strength=1.1e8),
            Drive(channel="u0", site=0, strength=1.1e8, gain=gain),
        ),
    )


def track(channel, start, envelope, frequency, phase=0.0):
    return Track(
        channel=channel,
        starts=np.array([start]),
        envelopes=(np.asarray(envelope, dtype=complex),),
        frame_starts=np.array([0]),
        frequencies=np.array([frequency]),
        phases=np.array([phase]),
    )


def program(*tracks, duration=300):
    return Waveforms(
        dt=2 / 9 * 1e-9, duration=duration, tracks=tracks, acquisitions=(), num_slots=0
    )


def echoed():
    """A control line alone, with a rotary tone, and beside a pulse of another carrier."""
    rise = np.sin(np.linspace(0.05, np.pi - 0.05, 120)) ** 2
    return program(
        track("d0", 100, 0.2 * rise, 5.00e9, 0.3),
        track("d1", 0, 0.05 * rise, 5.13e9, 1.1),
        track("u0", 40, 0.4 * np.concatenate([rise, np.full(60, 0.6)]), 5.13e9, -0.4),
    )


def exact(model, waveforms):
    return PulseEngine(model, relaxation=False, accuracy=1e-9).propagator(waveforms)


@pytest.mark.parametrize("qubits", [(0, 1), (1, 0), (4, 3)])
def test_a_calibrated_cx_agrees_with_the_engine(qubits):
    device = read_device("manila")
    schedule = device.calibrations["cx", qubits].get_schedule()
    waveforms = compile(schedule, dt=device.timing.dt, frequencies=channel_frequencies(device))
    model = pulse_model(device, qubits)
    (line,) = (track.channel for track in waveforms.tracks if track.channel[0] == "u")
    (gain,) = (drive.gain for drive in model.drives if drive.channel == line)
    found = PairMotion(model, waveforms, line).propagators(np.array([gain]))[0]
    assert np.abs(found - exact(model, waveforms)).max() < 1e-6


@pytest.mark.parametrize("levels", [(3, 3), (2, 4)])
def test_gains_and_beating_carriers_agree_with_the_engine(levels):
    gains = np.array([1.0, 0.6 + 0.9j, -1.4j])
    found = PairMotion(toy(levels), echoed(), "u0").propagators(gains)
    for gain, propagator in zip(gains, found, strict=True):
        wanted = exact(toy(levels, complex(gain)), echoed())
        assert np.abs(propagator - wanted).max() < 1e-6


def test_propagators_are_unitary():
    found = PairMotion(toy(), echoed(), "u0").propagators(np.array([1.3j]))[0]
    assert np.abs(found.conj().T @ found - np.eye(9)).max() < 1e-12


def test_without_an_open_line_each_line_has_its_own_gain():
    gained = PairMotion(toy(gain=0.7j), echoed()).propagators(np.ones(2, dtype=complex))
    opened = PairMotion(toy(), echoed(), "u0").propagators(np.array([0.7j]))
    assert gained.shape == (2, 9, 9)
    assert np.abs(gained - opened).max() < 1e-12


def test_silence_turns_nothing_in_the_own_frames():
    found = PairMotion(toy((2, 2)), program(duration=5000)).propagators(np.ones(1, dtype=complex))[
        0
    ]
    assert np.abs(found[:3, :3] - np.eye(3)).max() < 1e-9


def test_a_program_of_no_time_does_nothing():
    found = PairMotion(toy(), program(duration=0)).propagators(np.ones(1, dtype=complex))
    assert np.abs(found[0] - np.eye(9)).max() < 1e-12


def test_a_pair_is_two_sites():
    alone = PulseModel(sites=(Site(qubit=0, levels=3, frequency=5e9, anharmonicity=-3e8),))
    with pytest.raises(EngineError, match="two sites, got 1"):
        PairMotion(alone, program())
