"""Drive strengths from the calibrated pulses."""

import math
from dataclasses import replace

import pytest
from qiskit.circuit import Parameter

from backline import pulse
from backline.device.drives import reconcile_drives
from backline.device.model import ControlLine, Device, DriveLine, Qubit, Timing
from backline.formats.catalog import read_device
from backline.formats.ibm import device_from_dicts
from backline.pulse.calibration_entries import ScheduleEntry
from small_snapshot import conf, defs, props


def constant(name: str, qubit: int, samples: int, amp: float) -> ScheduleEntry:
    schedule = pulse.Schedule(name=name)
    play = pulse.Play(pulse.Constant(samples, amp), pulse.DriveChannel(qubit))
    return ScheduleEntry(schedule.insert(0, play))


def pair(**calibrations: ScheduleEntry) -> Device:
    return Device(
        name="pair",
        qubits=(Qubit(frequency=5e9), Qubit(frequency=5.1e9)),
        timing=Timing(dt=1e-9),
        drive_lines=(DriveLine(qubit=0, strength=1e8), DriveLine(qubit=1, strength=1e8)),
        control_lines=(
            ControlLine(index=0, qubits=(0, 1), drives=0, strength=3e7, lo=((1, 1.0),)),
            ControlLine(index=1, qubits=(1, 0), drives=1, strength=4e7, lo=((0, 1.0),)),
        ),
        calibrations={(name[:-1], (int(name[-1]),)): entry for name, entry in calibrations.items()},
    )


def test_a_constant_x_by_hand() -> None:
    # π in 50 ns at amplitude 0.2: a full turn takes 100 ns there, 20 ns at amplitude 1.
    device = reconcile_drives(pair(x0=constant("x", 0, 50, 0.2)))
    first, second = device.drive_lines
    assert first.strength == pytest.approx(50e6, rel=1e-12)
    assert first.reconciled
    assert type(first.strength) is float
    assert (second.strength, second.reconciled) == (1e8, False)


def test_control_lines_follow_the_drive_line_of_the_qubit_in_their_lo() -> None:
    device = reconcile_drives(pair(x0=constant("x", 0, 50, 0.2)))
    untouched, scaled = device.control_lines
    assert untouched.strength == 3e7
    assert scaled.strength == pytest.approx(2e7, rel=1e-12)  # 4e7, halved as d0 was


def test_without_x_the_half_turn_counts() -> None:
    device = reconcile_drives(pair(sx1=constant("sx", 1, 25, 0.2)))
    assert device.drive_lines[1].strength == pytest.approx(50e6, rel=1e-12)


def test_phases_between_pulses_count() -> None:
    schedule = pulse.Schedule(name="x")
    channel = pulse.DriveChannel(0)
    schedule.insert(0, pulse.Play(pulse.Constant(50, 0.2), channel), inplace=True)
    schedule.insert(50, pulse.ShiftPhase(math.pi / 2, channel), inplace=True)
    schedule.insert(50, pulse.Play(pulse.Constant(50, 0.2), channel), inplace=True)
    device = reconcile_drives(pair(x0=ScheduleEntry(schedule)))
    # |10 + 10i| samples of amplitude: 1 / (2 · 14.14 · 1 ns)
    assert device.drive_lines[0].strength == pytest.approx(1 / (2 * 200**0.5 * 1e-9), rel=1e-12)


def test_it_is_said_and_done_once() -> None:
    once = reconcile_drives(pair(x0=constant("x", 0, 50, 0.2)))
    assert once.notes == (
        "drive strengths of 1 of 2 qubits are from their own x pulses: 0.5 to 0.5 times the "
        "published ones; control lines scaled alike",
    )
    assert reconcile_drives(once) is once


def test_nothing_to_go_by_changes_nothing() -> None:
    bare = pair()
    assert reconcile_drives(bare) is bare
    untimed = replace(pair(x0=constant("x", 0, 50, 0.2)), timing=Timing())
    assert reconcile_drives(untimed) is untimed
    silent = pair(x0=constant("x", 0, 50, 0.0))
    assert reconcile_drives(silent) is silent
    endless = pair(x0=constant("x", 0, 10**12, 0.1))
    assert reconcile_drives(endless) is endless
    schedule = pulse.Schedule(name="x")
    schedule.insert(0, pulse.ShiftPhase(Parameter("a"), pulse.DriveChannel(0)), inplace=True)
    open_ended = pair(x0=ScheduleEntry(schedule))
    assert reconcile_drives(open_ended) is open_ended


def test_an_unknown_strength_becomes_known() -> None:
    """As on poughkeepsie, which publishes 0; its control lines stay unknown."""
    zero = conf()
    zero["hamiltonian"]["vars"] |= {"omegad0": 0, "omegad1": 0}
    device = reconcile_drives(device_from_dicts(zero, props(), defs()))
    # x on qubit 1 is 32 samples of 0.25 and 0.5 ns: π in 8 · 0.5 ns.
    assert device.drive_lines[1].strength == pytest.approx(1 / (2 * 8 * 0.5e-9), rel=1e-12)
    assert [line.strength for line in device.control_lines] == [None, None]


def test_a_calibration_that_cannot_be_read_tells_nothing() -> None:
    broken = defs()
    broken["cmd_def"][0]["sequence"][0]["pulse_shape"] = "spiral"
    device = reconcile_drives(device_from_dicts(conf(), props(), broken))
    assert [line.reconciled for line in device.drive_lines] == [False, True]


@pytest.mark.parametrize("name", ["manila", "nairobi", "guadalupe", "sherbrooke"])
def test_the_published_strengths_are_1_156_times_too_high(name: str) -> None:
    published = read_device(name, reconcile=False)
    reconciled = read_device(name)
    ratios = [
        before.strength / after.strength
        for before, after in zip(published.drive_lines, reconciled.drive_lines, strict=True)
    ]
    assert min(ratios) > 1.15
    assert max(ratios) < 1.16
    assert all(line.reconciled for line in reconciled.drive_lines)
    assert "drive strengths of" in reconciled.notes[-2]
    assert "gains of" in reconciled.notes[-1]
