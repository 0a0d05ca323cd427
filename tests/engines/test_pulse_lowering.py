"""Pulse programs to waveforms, and devices to models."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.circuit import Parameter

from backline import pulse
from backline.device.model import ControlLine, Coupling, Device, DriveLine, Qubit, Readout
from backline.engines.pulses import PulseEngine
from backline.engines.pulses.undriven import undriven
from backline.errors import (
    DeviceError,
    InputError,
    PulseError,
    QubitError,
    UnassignedReferenceError,
)
from backline.lowering import compile, pulse_model, touched_qubits
from backline.lowering.model import bare_frequencies

D0, D1, U0 = pulse.DriveChannel(0), pulse.DriveChannel(1), pulse.ControlChannel(0)
A0, A1 = pulse.AcquireChannel(0), pulse.AcquireChannel(1)
DT = 1e-9
FREQUENCIES = {"d0": 5e9, "d1": 5.1e9, "u0": 5.1e9}


def lower(*timed, **options):
    return compile(pulse.Schedule(*timed), dt=DT, frequencies=FREQUENCIES, **options)


def device(**changes):
    values = {
        "name": "pair",
        "qubits": (
            Qubit(frequency=5e9, anharmonicity=-3e8, t1=1e-4, readout=Readout(error=0.03)),
            Qubit(
                frequency=5.1e9,
                anharmonicity=-3.2e8,
                levels=4,
                readout=Readout(p1_given_0=0.01, p0_given_1=0.02),
            ),
            Qubit(frequency=5.2e9),
        ),
        "couplings": (Coupling(qubits=(0, 1), strength=2e6), Coupling(qubits=(1, 2), strength=1e6)),
        "drive_lines": (
            DriveLine(qubit=0, strength=1e8),
            DriveLine(qubit=1, strength=1.1e8),
            DriveLine(qubit=2, strength=1.2e8),
        ),
        "control_lines": (
            ControlLine(
                index=0, qubits=(0, 1), drives=0, strength=9e7, lo=((1, 1.0),), gain=1.1 + 0.2j
            ),
            ControlLine(index=1, qubits=(1, 2), drives=1, strength=8e7, lo=((2, 1.0),)),
        ),
    }
    return Device(**(values | changes))


def test_envelopes_and_starts():
    waveform = pulse.Gaussian(16, 0.3, 4, angle=0.5)
    result = lower((3, pulse.Play(waveform, D0)), (40, pulse.Play(pulse.Constant(5, 0.1), D0)))
    (track,) = result.tracks
    assert track.channel == "d0"
    assert track.starts.tolist() == [3, 40]
    np.testing.assert_array_equal(track.envelopes[0], waveform.get_waveform().samples)
    np.testing.assert_allclose(track.envelopes[1], np.full(5, 0.1))
    assert result.duration == 45
    assert result.dt == DT
    assert result.acquisitions == ()
    assert result.num_slots == 0
    assert track.frame_starts.tolist() == [0]
    assert track.frequencies.tolist() == [5e9]


def frame(track, sample):
    k = np.searchsorted(track.frame_starts, sample, side="right") - 1
    return track.frequencies[k], track.phases[k]


def test_phases_hold_for_a_pulse_that_starts_with_them():
    played = pulse.Play(pulse.Constant(10, 0.1), D0)
    result = lower(
        (0, pulse.ShiftPhase(0.5, D0)),
        (0, played),
        (10, played),
        (10, pulse.ShiftPhase(0.25, D0)),  # listed after the pulse, and in force at its start
        (20, pulse.SetPhase(2.0, D0)),
        (20, pulse.ShiftPhase(0.1, D0)),
        (20, played),
    )
    (track,) = result.tracks
    assert [frame(track, k)[1] for k in (0, 9, 10, 19, 20, 29)] == pytest.approx(
        [0.5, 0.5, 0.75, 0.75, 2.1, 2.1]
    )


def test_the_order_of_phases_at_one_time_is_the_programs_own():
    played = pulse.Play(pulse.Constant(4, 0.1), D0)
    (track,) = lower(
        (0, pulse.ShiftPhase(0.5, D0)), (0, pulse.SetPhase(1.0, D0)), (0, played)
    ).tracks
    assert frame(track, 0)[1] == 1.0


def test_frequency_changes_keep_the_phase_continuous():
    played = pulse.Play(pulse.Constant(10, 0.1), D0)
    (track,) = lower(
        (0, played),
        (10, pulse.ShiftFrequency(3e6, D0)),
        (10, played),
        (33, pulse.SetFrequency(4.9e9, D0)),
        (33, pulse.ShiftPhase(0.2, D0)),
        (33, played),
    ).tracks
    assert [frame(track, k)[0] for k in (0, 10, 33)] == [5e9, 5.003e9, 4.9e9]
    for time, jump in ((10, 0.0), (33, 0.2)):
        (f0, p0), (f1, p1) = frame(track, time - 1), frame(track, time)
        before = 2 * np.pi * f0 * time * DT + p0
        after = 2 * np.pi * f1 * time * DT + p1
        assert after - before == pytest.approx(jump, abs=1e-6)


def test_set_phase_is_on_top_of_the_running_carrier():
    """Setting the phase to what it is changes nothing, also after a change of frequency."""
    played = pulse.Play(pulse.Constant(10, 0.1), D0)
    start = [(0, played), (10, pulse.ShiftFrequency(3e6, D0))]
    (a,) = lower(*start, (20, played)).tracks
    (b,) = lower(*start, (20, pulse.SetPhase(0.0, D0)), (20, played)).tracks
    assert frame(a, 25) == frame(b, 25)


def test_a_ramsey_fringe_by_virtual_z():
    """Two X90 with a shift of phase by φ between: P(1) = cos²(φ/2)."""
    model = pulse_model(device(), (0,))
    area = abs(pulse.Drag(80, 1.0, 16, 0.0).get_waveform().samples.sum())
    half = pulse.Drag(80, 0.25 / (1e8 * DT * area), 16, 1 / (2 * np.pi * -3e8 * DT) / 2)
    for phi in (0.0, 1.0, np.pi / 2, -2.0, np.pi):
        program = lower(
            (0, pulse.Play(half, D0)), (80, pulse.ShiftPhase(phi, D0)), (80, pulse.Play(half, D0))
        )
        found = PulseEngine(model, relaxation=False).populations(program)[1]
        assert found == pytest.approx(np.cos(phi / 2) ** 2, abs=2e-3)


def test_blocks_are_scheduled_and_acquisitions_sorted():
    with pulse.build() as block, pulse.align_sequential():
        pulse.play(pulse.Constant(16, 0.1), D0)
        pulse.acquire(100, A1, pulse.MemorySlot(4))
        pulse.acquire(100, A0, pulse.MemorySlot(0))
    result = compile(block, dt=DT, frequencies=FREQUENCIES, num_slots=6)
    assert [(a.qubit, a.slot, a.start, a.duration) for a in result.acquisitions] == [
        (1, 4, 16, 100),
        (0, 0, 116, 100),
    ]
    assert result.num_slots == 6
    assert compile(block, dt=DT, frequencies=FREQUENCIES).num_slots == 5


def test_measurement_stimuli_and_silent_channels_leave_no_track():
    result = lower(
        (0, pulse.Play(pulse.Constant(16, 0.1), pulse.MeasureChannel(0))),
        (0, pulse.Delay(30, D0)),
        (0, pulse.ShiftPhase(1.0, D1)),
    )
    assert result.tracks == ()
    assert result.duration == 30


def test_bad_programs_say_what_is_wrong():
    amp = Parameter("amp")
    with pytest.raises(PulseError, match="amp"):
        lower((0, pulse.Play(pulse.Constant(16, amp), D0)))
    with pytest.raises(InputError, match=r"d7 is used, and its frequency is not known"):
        lower((0, pulse.Play(pulse.Constant(16, 0.1), pulse.DriveChannel(7))))
    twice = [
        (0, pulse.Acquire(5, A0, pulse.MemorySlot(1))),
        (9, pulse.Acquire(5, A1, pulse.MemorySlot(1))),
    ]
    with pytest.raises(InputError, match="memory slot 1"):
        lower(*twice)
    with pytest.raises(InputError, match="only 1"):
        lower(twice[0], num_slots=1)
    with pytest.raises(InputError, match="dt"):
        compile(pulse.Schedule(), dt=float("nan"), frequencies={})
    with pulse.build() as block:
        pulse.reference("later")
    with pytest.raises(UnassignedReferenceError):
        compile(block, dt=DT, frequencies=FREQUENCIES)


def test_touched_qubits():
    played = pulse.Constant(16, 0.1)
    two = device()
    assert touched_qubits(pulse.Schedule((0, pulse.Play(played, D1))), two) == (1,)
    assert touched_qubits(pulse.Schedule((0, pulse.Play(played, U0))), two) == (0, 1)
    assert touched_qubits(
        pulse.Schedule(
            (0, pulse.Play(played, D0)), (16, pulse.Acquire(5, A1, pulse.MemorySlot(0)))
        ),
        two,
    ) == (0,)
    silent = pulse.Schedule(
        (0, pulse.Delay(16, D0)),
        (0, pulse.ShiftPhase(1.0, U0)),
        (0, pulse.Play(played, pulse.MeasureChannel(2))),
    )
    assert touched_qubits(silent, two) == ()
    with pytest.raises(QubitError, match="qubit 5"):
        touched_qubits(pulse.Schedule((0, pulse.Play(played, pulse.DriveChannel(5)))), two)
    with pytest.raises(QubitError, match=r"u9 plays.*it has u0, u1"):
        touched_qubits(pulse.Schedule((0, pulse.Play(played, pulse.ControlChannel(9)))), two)


def test_models_hold_the_chosen_qubits_alone():
    model = pulse_model(device(), (1, 0))
    assert [site.qubit for site in model.sites] == [0, 1]
    assert [site.levels for site in model.sites] == [3, 4]
    assert [site.anharmonicity for site in model.sites] == [-3e8, -3.2e8]
    assert [(site.p1_given_0, site.p0_given_1) for site in model.sites] == [
        (0.03, 0.03),
        (0.01, 0.02),
    ]
    assert [(e.sites, e.strength) for e in model.exchanges] == [((0, 1), 2e6)]
    assert [(d.channel, d.site, d.strength, d.gain) for d in model.drives] == [
        ("d0", 0, 1e8, 1.0),
        ("d1", 1, 1.1e8, 1.0),
        ("u0", 0, 9e7, 1.1 + 0.2j),
        ("u1", 1, 8e7, 1.0),
    ]
    assert [d.channel for d in pulse_model(device(), (1,)).drives] == ["d1", "u1"]


def test_resting_qubits_are_read_and_not_simulated():
    model = pulse_model(device(), (0,), resting=(0, 1, 2))
    assert [site.qubit for site in model.sites] == [0]
    assert [site.qubit for site in model.resting] == [1, 2]
    assert (model.resting[0].p1_given_0, model.resting[0].p0_given_1) == (0.01, 0.02)
    assert model.exchanges == ()
    with pytest.raises(QubitError, match="qubit 9"):
        pulse_model(device(), (0,), resting=(9,))


def test_a_qubit_of_unknown_anharmonicity_has_two_levels():
    """Some devices publish 0 for all of them (kyiv, geneva)."""
    qubits = (Qubit(frequency=5e9, levels=4), Qubit(frequency=5.1e9, anharmonicity=-3e8), Qubit())
    model = pulse_model(device(qubits=qubits), (0, 1))
    assert [(site.levels, site.anharmonicity) for site in model.sites] == [(2, 0.0), (3, -3e8)]


def test_dressed_transitions_are_the_published_ones():
    model = pulse_model(device(), (0, 1))
    static = undriven(model, DT)
    dressed = static.reference + static.transitions / (2 * np.pi * DT)
    np.testing.assert_allclose(dressed, [5e9, 5.1e9], atol=1.0)
    assert model.sites[0].frequency - 5e9 == pytest.approx(2e6**2 / 1e8, rel=1e-2)


def test_frequencies_that_no_coupling_allows_stay_as_published():
    published = np.array([5e9, 5e9 + 1e6])
    assert bare_frequencies(published, [(0, 1, 2e6)]).tolist() == published.tolist()


@pytest.mark.parametrize(
    ("changes", "qubits", "text"),
    [
        ({"drive_lines": ()}, (0,), "the drive strength of qubit 0"),
        ({"couplings": None}, (0, 1), "no Hamiltonian"),
        ({"qubits": (Qubit(anharmonicity=-3e8), Qubit(), Qubit())}, (0,), "frequency of qubit 0"),
    ],
)
def test_what_is_not_known_is_named(changes, qubits, text):
    with pytest.raises(DeviceError, match=text):
        pulse_model(device(**changes), qubits)
    with pytest.raises(QubitError, match="qubit 3"):
        pulse_model(device(), (3,))
