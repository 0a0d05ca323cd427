"""Measurements on their way to the engine: stimuli, kernels, discriminators, resonators."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import backline
from backline import lowering, pulse
from backline.device.channels import channel_frequencies
from backline.device.model import Device, Qubit, Readout, Timing
from backline.engines.pulses.readout.calibrated import calibrated
from backline.engines.pulses.readout.discriminators import Gaussians, Threshold, Trained
from backline.engines.pulses.readout.kernels import Boxcar, Weighted
from backline.engines.pulses.readout.resonator import default_kappa
from backline.engines.pulses.readout.response import response
from backline.errors import DeviceError, InputError, QubitError
from backline.lowering.processing import read_discriminator, read_kernel
from backline.pulse import Discriminator, Kernel
from backline.pulse.calibration_entries import ScheduleEntry

DT = 1e-9
M0, M1, A0 = pulse.MeasureChannel(0), pulse.MeasureChannel(1), pulse.AcquireChannel(0)
SQUARE = pulse.Constant(100, 0.5)


def acquire(duration=100, qubit=0, slot=0, **processing):
    return pulse.Acquire(
        duration, pulse.AcquireChannel(qubit), pulse.MemorySlot(slot), **processing
    )


def lower(*parts, frequencies=None):
    return lowering.compile(
        pulse.Schedule(*parts), dt=DT, frequencies=frequencies or {"m0": 7e9, "d0": 5e9}
    )


def device(*parts, qubits=1, dtm=None, **readout):
    calibrations = {}
    if parts:
        schedule = pulse.Schedule(*parts, name="measure")
        calibrations = {("measure", tuple(range(qubits))): ScheduleEntry(schedule)}
    return Device(
        name="bench",
        qubits=(Qubit(frequency=5e9, readout=Readout(**readout)),) * qubits,
        calibrations=calibrations,
        timing=Timing(dt=DT, dtm=dtm),
    )


# Stimuli


def test_stimuli_of_acquired_qubits_are_kept():
    waves = lower((0, pulse.Play(SQUARE, M0)), (5, pulse.Play(SQUARE, M1)), (3, acquire()))
    (track,) = waves.stimuli
    assert waves.tracks == ()
    assert track.channel == "m0"
    assert track.starts.tolist() == [0]
    np.testing.assert_array_equal(track.envelopes[0], np.full(100, 0.5))
    assert track.frequencies.tolist() == [7e9]


def test_without_a_pulse_there_is_no_stimulus():
    assert lower((0, pulse.ShiftPhase(1.0, M0)), (0, acquire())).stimuli == ()
    assert lower((0, pulse.Play(SQUARE, M0))).stimuli == ()


def test_stimuli_have_frames():
    (track,) = lower(
        (0, pulse.ShiftPhase(0.5, M0)),
        (0, pulse.Play(SQUARE, M0)),
        (200, pulse.SetFrequency(7.1e9, M0)),
        (200, pulse.Play(SQUARE, M0)),
        (0, acquire(400)),
    ).stimuli
    assert track.frame_starts.tolist() == [0, 200]
    assert track.frequencies.tolist() == [7e9, 7.1e9]
    assert track.phases[0] == 0.5


def test_a_measure_channel_of_unknown_frequency_may_shift_it_and_not_set_it():
    frequencies = {"d0": 5e9}
    played = [(10, pulse.Play(SQUARE, M0)), (10, acquire())]
    shift, fix = pulse.ShiftFrequency(2e6, M0), pulse.SetFrequency(7e9, M0)
    (track,) = lower((0, shift), *played, frequencies=frequencies).stimuli
    assert track.frequencies.tolist() == [2e6]
    (one,) = lowering.resonators(device(), (0,))
    assert one.frequency == 0.0
    with pytest.raises(InputError, match="m0 is used, and its frequency is not known"):
        lower((0, fix), *played, frequencies=frequencies)
    with pytest.raises(InputError, match="m0 is used, and its frequency is not known"):
        lower((0, shift), (1, fix), *played, frequencies=frequencies)


def test_when_the_probe_changes_its_frequency_does_not_matter_before_it_plays():
    """The trace is demodulated by the running oscillator, whose phase stays continuous."""
    (one,) = lowering.resonators(device(frequency=7e9), (0,))
    answers = []
    for time in (0, 137, 390):
        (track,) = lower(
            (time, pulse.ShiftFrequency(1.7e6, M0)),
            (400, pulse.Play(SQUARE, M0)),
            (400, acquire()),
        ).stimuli
        answers.append(response(one, track, 400, 100, levels=2, dt=DT))
    np.testing.assert_allclose(answers[1], answers[0], rtol=1e-5)
    np.testing.assert_allclose(answers[2], answers[0], rtol=1e-5)


# Kernels and discriminators


def test_acquisitions_carry_their_processing():
    (own,) = lower((0, acquire())).acquisitions
    assert (own.kernel, own.discriminator, own.classified) == (None, None, False)
    (item,) = lower(
        (
            0,
            acquire(
                kernel=Kernel("boxcar", start_window=10, stop_window=90),
                discriminator=Discriminator("linear_discriminator", threshold=0.25),
            ),
        )
    ).acquisitions
    assert item.kernel == Boxcar(start=10, stop=90)
    assert item.discriminator == Threshold(threshold=0.25)
    assert item.classified


@pytest.mark.parametrize(
    ("given", "kernel"),
    [
        (None, None),
        (Kernel(), None),
        (Kernel("hw_qmfk"), None),
        (Kernel("hw_boxcar"), None),
        (Kernel("boxcar"), Boxcar()),
        (Kernel("boxcar", start_window=5.0), Boxcar(start=5)),
        (Kernel("boxcar", start_window=np.int64(5), stop_window=9), Boxcar(start=5, stop=9)),
        (Kernel("mine", weights=[1, 2j]), Weighted(samples=np.array([1, 2j]))),
        (Kernel(weights=np.ones(3)), Weighted(samples=np.ones(3, complex))),
    ],
)
def test_kernels(given, kernel):
    assert read_kernel(given, 0) == kernel


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (Kernel("gauss"), "'gauss' of qubit 3 is not known: allowed are 'boxcar'"),
        (Kernel("hw_qmfk", window=3), "'hw_qmfk' of qubit 3 is not known"),
        (Kernel("boxcar", start=3), "has no start: it takes start_window and stop_window"),
        (Kernel("boxcar", weights=[1], stop_window=3), "has no stop_window: it takes weights"),
        (Kernel("boxcar", start_window=2.5), "start_window of .* a whole number of samples"),
        (Kernel("boxcar", stop_window="end"), "stop_window of .* finite number, got 'end'"),
        (Kernel("mine", weights=[[1, 2]]), "weights of .* must be a list of finite numbers"),
        (Kernel("mine", weights=[1, np.nan]), "finite numbers"),
        (Kernel("mine", weights="abc"), "finite numbers"),
    ],
)
def test_kernels_that_do_not_exist(given, text):
    with pytest.raises(InputError, match=text):
        read_kernel(given, 3)


ROUND = ((1.0, 0.0), (0.0, 1.0))


@pytest.mark.parametrize(
    ("given", "discriminator"),
    [
        (None, None),
        (Discriminator(), None),
        (Discriminator("hw_centroid"), None),
        (Discriminator("linear_discriminator"), Trained()),
        (Discriminator("linear_discriminator", neighborhoods=[], resample=False), Trained()),
        (Discriminator("linear_discriminator", angle=1), Threshold(angle=1.0)),
        (Discriminator("quadratic_discriminator"), Trained()),
        (
            Discriminator("quadratic_discriminator", means=[-1, 1j], covariances=[ROUND, ROUND]),
            Gaussians(means=(-1, 1j), covariances=(ROUND, ROUND)),
        ),
    ],
)
def test_discriminators(given, discriminator):
    assert read_discriminator(given, 0) == discriminator


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (Discriminator("svm"), "'svm' of qubit 3 is not known: allowed are 'linear_discr"),
        (Discriminator("linear_discriminator", slope=1), "no slope: it takes angle and threshold"),
        (Discriminator("linear_discriminator", angle="up"), "angle of .* finite number"),
        (Discriminator("quadratic_discriminator", means=[0, 1]), "covariance for each"),
        (
            Discriminator("quadratic_discriminator", means=[0, 1], covariances=[1, 2, 3]),
            "must be a 2 by 2 matrix for each outcome",
        ),
    ],
)
def test_discriminators_that_do_not_exist(given, text):
    with pytest.raises(InputError, match=text):
        read_discriminator(given, 3)


# Resonators


def test_a_device_s_own_measurement_tunes_its_instruments():
    made = device(
        (4, pulse.Play(SQUARE, M0)), (0, acquire(80)), frequency=7.2e9, dtm=4e-9, duration=5e-6
    )
    (one,) = lowering.resonators(made, (0,))
    assert (one.start, one.duration, one.frequency, one.dtm) == (0, 80, 7.2e9, 4e-9)
    assert one.stimulus.starts.tolist() == [4]
    assert one.kappa == pytest.approx(default_kappa(100 * DT))  # of the stimulus that is played
    assert one.chi == one.kappa / 2
    assert calibrated(one, 3, DT).weights.shape == (20,)


def test_kappa_and_chi_of_the_description_count():
    (one,) = lowering.resonators(device(kappa=2e6, chi=-3e5), (0,))
    assert (one.kappa, one.chi) == (2e6, -3e5)
    (half,) = lowering.resonators(device(kappa=2e6), (0,))
    assert half.chi == 1e6


@pytest.mark.parametrize(("duration", "samples"), [(3e-7, 300), (None, 1000)])
def test_without_a_calibration_the_stimulus_is_square(duration, samples):
    (one,) = lowering.resonators(device(duration=duration, frequency=7e9), (0,))
    assert one.duration == samples
    np.testing.assert_array_equal(one.stimulus.envelopes[0], np.ones(samples))
    assert one.stimulus.frequencies.tolist() == [7e9]


@pytest.mark.parametrize("left_out", ["stimulus", "acquisition", "slot"])
def test_a_calibration_that_lacks_its_half_is_not_used(left_out):
    parts = {
        "stimulus": [(0, acquire())],
        "acquisition": [(0, pulse.Play(SQUARE, M0))],
        "slot": [
            (0, pulse.Play(SQUARE, M0)),
            (0, pulse.Acquire(100, A0, reg_slot=pulse.RegisterSlot(0))),
        ],
    }[left_out]
    (one,) = lowering.resonators(device(*parts, duration=3e-7), (0,))
    assert one.duration == 300


def test_resonators_are_made_once_for_a_device():
    made = device(
        (0, pulse.Play(SQUARE, M0)),
        (0, pulse.Play(SQUARE, M1)),
        (0, acquire()),
        (0, acquire(qubit=1, slot=1)),
        qubits=2,
    )
    one, other = lowering.resonators(made, (0, 1))
    assert (one.qubit, other.qubit) == (0, 1)
    assert lowering.resonators(made, (1, 0)) == (other, one)
    assert lowering.resonators(made, (1,))[0] is other
    assert lowering.resonators(replace(made), (1,))[0] is not other


def test_readouts_of_nothing():
    with pytest.raises(QubitError, match="a readout names qubit 1"):
        lowering.resonators(device(), (1,))
    with pytest.raises(DeviceError, match="dt of device 'bench' is not known"):
        lowering.resonators(replace(device(), timing=Timing()), (0,))


@pytest.mark.parametrize("name", backline.devices())
def test_bundled_devices_tell_their_levels_apart(name):
    """Every qubit: -1 and 1 by convention, and level 2 at a distance from both."""
    made = backline.load(name).device
    for one in lowering.resonators(made, range(made.num_qubits)):
        tuned = calibrated(one, 3, made.timing.dt)
        assert one.frequency == channel_frequencies(made)[f"m{one.qubit}"]
        assert len(tuned.weights) == one.duration
        assert tuned.centers[:2].tolist() == [-1, 1]
        assert np.abs(tuned.centers[2] - tuned.centers[:2]).min() > 0.8
