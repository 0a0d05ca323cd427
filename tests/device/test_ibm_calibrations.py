"""Stored schedules become the schedules that Qiskit 1.4 makes of them."""

import math
import pickle
from typing import Any

import numpy as np
import pytest

from backline import pulse
from backline.errors import FormatError
from backline.formats.catalog import read_device
from backline.formats.ibm import device_from_dicts
from backline.pulse.calibration_entries import StoredEntry
from small_snapshot import conf, defs, props


def small():
    return device_from_dicts(conf(), props(), defs())


def one(sequence: list[dict[str, Any]], name: str = "x", qubits: tuple[int, ...] = (0,)):
    """The schedule of one stored sequence."""
    changed = defs()
    changed["cmd_def"] = [{"name": name, "qubits": list(qubits), "sequence": sequence}]
    return device_from_dicts(conf(), props(), changed).calibrations[name, qubits].get_schedule()


def test_loading_decodes_nothing() -> None:
    device = read_device("sherbrooke", reconcile=False)
    entries = device.calibrations.values()
    assert len(entries) == 1161
    assert all(isinstance(entry, StoredEntry) and not entry.decoded for entry in entries)
    assert not any(entry.user_provided for entry in entries)


def test_a_complex_amplitude_becomes_amp_and_angle() -> None:
    schedule = small().calibrations["cx", (0, 1)].get_schedule()
    expected = pulse.GaussianSquare(64, amp=0.5, sigma=8, width=32, angle=math.pi / 2)
    by_channel = {str(inst.channel.name): inst for _, inst in schedule.instructions[:2]}
    assert by_channel["d0"] == pulse.ShiftPhase(1.5, pulse.DriveChannel(0))
    np.testing.assert_allclose(
        by_channel["u0"].pulse.get_waveform().samples,
        expected.get_waveform().samples,
        atol=1e-15,
    )
    assert schedule.instructions[2] == (64, pulse.Delay(16, pulse.ControlChannel(0)))
    assert schedule.duration == 80


def test_an_amplitude_with_an_angle_of_its_own() -> None:
    parameters = {"amp": 0.3, "angle": 0.25, "duration": 64, "sigma": 16}
    item = {"name": "parametric_pulse", "t0": 0, "ch": "d0", "pulse_shape": "gaussian"}
    schedule = one([{**item, "parameters": parameters}])
    played = schedule.instructions[0][1].pulse
    assert (played.amp, played.angle) == (0.3, 0.25)


def test_named_pulses_come_from_the_library() -> None:
    schedule = small().calibrations["x", (1,)].get_schedule()
    ((start, play),) = schedule.instructions
    assert start == 0
    assert play.name == "X_d1"
    np.testing.assert_array_equal(play.pulse.samples, np.full(32, 0.25 + 0j))


def test_parameters_are_named_as_in_qiskit_and_assigned_in_order() -> None:
    entry = small().calibrations["u3", (0,)]
    assert list(entry.get_signature().parameters) == ["P0", "P1", "P2"]
    schedule = entry.get_schedule(0.1, 0.2, 0.3)
    phases = [
        (start, instruction.phase)
        for start, instruction in schedule.instructions
        if isinstance(instruction, pulse.ShiftPhase)
    ]
    assert phases == [(0, -0.3), (32, -0.1), (64, -0.2)]


def test_one_name_is_one_parameter() -> None:
    schedule = small().calibrations["rz", (0,)].get_schedule()
    assert len(schedule.parameters) == 1
    assert {i.channel for _, i in schedule.instructions} == {
        pulse.DriveChannel(0),
        pulse.ControlChannel(1),
    }


def test_phase_and_frequency_instructions() -> None:
    schedule = one(
        [
            {"name": "setf", "t0": 0, "ch": "d0", "frequency": 5.1},
            {"name": "shiftf", "t0": 1, "ch": "m0", "frequency": "P0/2"},
            {"name": "setp", "t0": 2, "ch": "u0", "phase": "pi/2"},
            {"name": "fc", "t0": 3, "ch": "d0", "phase": 0.5},
        ]
    )
    first, second, third, fourth = (instruction for _, instruction in schedule.instructions)
    assert first == pulse.SetFrequency(5.1e9, pulse.DriveChannel(0))
    assert isinstance(second, pulse.ShiftFrequency)
    (parameter,) = schedule.parameters
    assert second.frequency.bind({parameter: 4.0}) == 2e9
    assert third == pulse.SetPhase(math.pi / 2, pulse.ControlChannel(0))
    assert fourth == pulse.ShiftPhase(0.5, pulse.DriveChannel(0))


def test_a_common_measurement_has_a_part_for_each_qubit() -> None:
    """As poughkeepsie, which measures all qubits at once only."""
    device = small()
    both = device.calibrations["measure", (0, 1)].get_schedule()
    assert len(both.instructions) == 4
    second = device.calibrations["measure", (1,)].get_schedule()
    assert {type(i).__name__: (t, i.channels) for t, i in second.instructions} == {
        "Play": (0, (pulse.MeasureChannel(1),)),
        "Acquire": (8, (pulse.AcquireChannel(1), pulse.MemorySlot(1))),
    }


def test_schedules_without_their_samples_are_left_out() -> None:
    """As cz of torino, whose pulse library is empty."""
    changed = defs()
    changed["pulse_library"] = []
    device = device_from_dicts(conf(), props(), changed)
    assert ("x", (1,)) not in device.calibrations
    assert ("x", (0,)) in device.calibrations
    assert device.notes == (
        "1 schedules of x are left out: the samples of their pulses are not there",
    )


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"name": "fc", "t0": 0, "ch": "d0"}, r"x on \(0,\), instruction 0: field 'phase' is miss"),
        ({"name": "fc", "t0": 0, "ch": "q0", "phase": 1}, r"channel 'q0' is none of d0"),
        ({"name": "fc", "t0": 0.5, "ch": "d0", "phase": 1}, r"t0 must be a whole number"),
        ({"name": "fc", "t0": 0, "ch": "d0", "phase": None}, r"a number or an expression"),
        ({"name": "fc", "t0": 0, "ch": "d0", "phase": "P0**9**9"}, r"is not allowed in an expr"),
        ({"name": "fc", "t0": 0, "ch": "d0", "phase": "print(1)"}, r"is not allowed in an expr"),
        ({"name": "fc", "t0": 0, "ch": "d0", "phase": "1/0"}, r"cannot be read"),
        ({"name": "fc", "t0": 0, "ch": "d0", "phase": "-(P0"}, r"cannot be read"),
        ({"name": "fc", "t0": 0, "ch": "d0", "phase": "1" * 2000}, r"at most 1000 characters"),
        ({"name": "fc", "t0": 0, "ch": "d0", "phase": "1e999"}, r"no finite number"),
        (
            {
                "name": "parametric_pulse",
                "t0": 0,
                "ch": "d0",
                "pulse_shape": "spiral",
                "parameters": {"amp": 1.0},
            },
            r"pulse shape 'spiral' is not known; known are",
        ),
        (
            {"name": "acquire", "t0": 0, "duration": 8, "qubits": [0, 1], "memory_slot": [0]},
            r"2 qubits need as many slots",
        ),
    ],
)
def test_what_cannot_be_decoded_says_where(item: dict[str, Any], said: str) -> None:
    with pytest.raises(FormatError, match=said):
        one([item])


def test_stored_calibrations_travel() -> None:
    device = pickle.loads(pickle.dumps(small()))
    assert device.calibrations["x", (0,)] == small().calibrations["x", (0,)]


def test_manila_cx_is_what_qiskit_1_4_reads() -> None:
    """Values printed by Qiskit 1.4's `PulseDefaults.from_dict` for the same file."""
    published = read_device("manila", reconcile=False)
    schedule = published.calibrations["cx", (0, 1)].get_schedule()
    plays = {
        (start, inst.channel.name): inst.pulse
        for start, inst in schedule.instructions
        if isinstance(inst, pulse.Play)
    }
    drag = plays[0, "d0"]
    assert (drag.duration, drag.sigma, drag.name) == (160, 40, "Ym_d0")
    assert drag.amp == pytest.approx(0.19874026577202114, rel=1e-15)
    assert drag.angle == pytest.approx(-1.5707963267948968, rel=1e-15)
    cross = plays[160, "u0"]
    assert (cross.duration, cross.sigma, cross.width) == (464, 64, 208)
    assert cross.amp == pytest.approx(0.7974271012901333, rel=1e-15)
    assert cross.angle == pytest.approx(2.8152193806219357, rel=1e-15)
    assert len(schedule.instructions) == 9
    assert schedule.duration == 1248
