"""Fits against what was put in, on real data."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

import backline
from backline import pulse
from backline.calibration import reconcile
from backline.calibration.programs import pair_program
from backline.calibration.reasons import why_below
from backline.errors import CalibrationError, DeviceWarning, InputError
from backline.formats import read_device
from calibration.helpers import (
    scaled_on_controls,
    stored_fidelity,
    stripped,
    with_schedule,
)


@pytest.fixture(scope="module")
def manila():
    return read_device("manila")


@pytest.fixture(scope="module")
def fitted(manila):
    """One pair, from the lines and frames as they were published."""
    told = []
    published = read_device("manila", reconcile=False)
    found = reconcile(published, pairs=[(2, 1)], progress=told.append)
    assert told == [1.0]
    return found


def test_a_fit_of_what_is_published_gives_what_is_bundled(manila, fitted):
    (line,) = fitted.lines
    (bundled,) = (item for item in manila.control_lines if item.index == line.line)
    assert line.gain == pytest.approx(bundled.gain, abs=3e-4)
    first = line.gates[0]
    assert first.fitted
    assert (first.before, first.after) == pytest.approx(
        (bundled.fidelity_before, bundled.fidelity_after), abs=1e-6
    )


def test_what_it_reports_is_what_the_device_does(fitted):
    for gate in fitted.lines[0].gates:
        found = stored_fidelity(fitted.device, gate.name, gate.qubits)
        assert found == pytest.approx(gate.after, abs=2e-6)


def test_the_direction_that_was_not_fitted_gains_as_much(manila):
    """Pair (3, 4) is at 0.37 as published; only cx (4, 3) is fitted."""
    (line,) = reconcile(stripped(manila), pairs=[(4, 3)]).lines
    fitted, other = line.gates
    assert (fitted.fitted, other.fitted) == (True, False)
    assert other.qubits == fitted.qubits[::-1]
    assert fitted.before < 0.4
    assert other.before < 0.4
    assert min(fitted.after, other.after) > 0.99
    assert line.reached
    assert line.reason is None


@pytest.fixture(scope="module")
def single():
    """A pair of nairobi with one schedule alone, whose gain has no second hill near it."""
    device = read_device("nairobi")
    alone = {key: e for key, e in device.calibrations.items() if key != ("cx", (4, 5))}
    return replace(device, calibrations=alone)


@pytest.mark.parametrize("seed", range(3))
def test_a_gain_that_was_put_in_is_found_again(single, seed):
    """Pulses z times as large were calibrated on a line whose gain is larger by 1/z."""
    random = np.random.default_rng(seed)
    factor = random.uniform(0.6, 1.0) * np.exp(1j * random.uniform(-np.pi, np.pi))
    other = with_schedule(single, "cx", (5, 4), scaled_on_controls(factor))
    found = reconcile(other, pairs=[(4, 5)])
    assert "1 have no other schedule to judge the fit on" in found.summary()
    (line,) = found.lines
    (bundled,) = (item for item in single.control_lines if item.index == line.line)
    assert line.gain == pytest.approx(bundled.gain / factor, abs=3e-4)
    assert line.gates[0].after == pytest.approx(bundled.fidelity_after, abs=1e-6)


def test_fitting_again_changes_nothing(manila):
    again = reconcile(manila, pairs=[(1, 2)])
    (line,) = again.lines
    (before,) = (item for item in manila.control_lines if item.index == line.line)
    assert line.gain == pytest.approx(before.gain, abs=3e-4)
    assert all(angles == (0.0, 0.0) for angles in (gate.angles for gate in line.gates))


def test_what_was_not_named_stays_as_it_was(manila, fitted):
    published = read_device("manila", reconcile=False)
    untouched = [line for line in fitted.device.control_lines if line.index != fitted.lines[0].line]
    assert all(line.gain == 1.0 and not line.reconciled for line in untouched)
    assert len(untouched) == len(published.control_lines) - 1
    assert all(line.reconciled for line in fitted.device.drive_lines)
    assert "fitted to their two-qubit schedules: 1, " in fitted.device.notes[-1]


def test_a_device_travels_with_its_fit(fitted, tmp_path):
    backline.formats.write(fitted.device, tmp_path / "twin.json")
    back = backline.formats.read(tmp_path / "twin.json")
    assert back.control_lines == fitted.device.control_lines
    for gate in fitted.lines[0].gates:
        assert stored_fidelity(back, gate.name, gate.qubits) == pytest.approx(gate.after, abs=2e-6)


def test_the_report_is_a_table_and_json(fitted):
    text = str(fitted)
    assert "u2" in text
    assert "not fitted" in text
    assert "1 of 1 pairs are fitted; 2 of 2 gates reach 0.99" in text
    (line,) = fitted.to_dict()["lines"]
    assert line["qubits"] == [1, 2]
    assert complex(*line["gain"]) == fitted.lines[0].gain
    assert [gate["fitted"] for gate in line["gates"]] == [True, False]


# What cannot be fitted


def test_a_device_without_pairs_is_refused():
    with pytest.raises(CalibrationError, match=r"'armonk' cannot be reconciled.*couplings"):
        reconcile(read_device("armonk"))


def test_a_device_without_lines_or_schedules_is_refused(manila):
    with pytest.raises(CalibrationError, match="no control lines"):
        reconcile(replace(manila, control_lines=()))
    single = {key: entry for key, entry in manila.calibrations.items() if len(key[1]) == 1}
    with pytest.raises(CalibrationError, match="no two-qubit schedules"):
        reconcile(replace(manila, calibrations=single))


def test_pairs_that_there_are_not_are_refused(manila):
    with pytest.raises(InputError, match=r"\(0, 2\) is no pair of device 'manila'.*\(0, 1\)"):
        reconcile(manila, pairs=[(0, 2)])
    with pytest.raises(InputError, match="no pair was named"):
        reconcile(manila, pairs=[])


def test_pairs_that_lack_something_are_listed_with_the_reason(manila):
    """Schedules of (0, 1) are gone, the coupling of (2, 3), the strength of u2 and the drive d4."""
    device = replace(
        manila,
        calibrations={k: v for k, v in manila.calibrations.items() if set(k[1]) != {0, 1}},
        couplings=tuple(item for item in manila.couplings if item.qubits != (2, 3)),
        control_lines=tuple(
            replace(line, strength=None) if line.index == 2 else line
            for line in manila.control_lines
        ),
        drive_lines=manila.drive_lines[:4],
    )
    found = reconcile(device)
    reasons = {line.qubits: line.reason for line in found.lines}
    assert reasons[0, 1] == "there is no schedule of cx or ecr"
    assert "plays on u2, of which the Hamiltonian gives no strength" in reasons[1, 2]
    assert "the Hamiltonian has no coupling between them" in reasons[2, 3]
    assert "drive strength of qubit 4" in reasons[3, 4]
    assert found.device.control_lines == device.control_lines
    assert not any(line.reached for line in found.lines)
    assert all(line.worst is None for line in found.lines)
    assert reasons[2, 3] in str(found)
    assert "0 of 4 pairs" in found.summary()


def test_a_tone_on_another_qubit_is_a_reason(manila):
    def elsewhere(instruction):
        if isinstance(instruction, pulse.Play) and instruction.channel == pulse.DriveChannel(2):
            return pulse.Play(instruction.pulse, pulse.DriveChannel(4))
        return instruction

    device = with_schedule(manila, "cx", (1, 2), elsewhere)
    device = with_schedule(device, "cx", (2, 1), elsewhere)
    (line,) = reconcile(device, pairs=[(1, 2)]).lines
    assert "it plays on d4, a qubit outside of the pair" in line.reason


def test_a_frame_that_is_set_is_a_reason(manila):
    def fixed(instruction):
        if isinstance(instruction, pulse.ShiftPhase):
            return pulse.SetPhase(instruction.phase, instruction.channel)
        return instruction

    device = with_schedule(manila, "cx", (1, 2), fixed)
    device = with_schedule(device, "cx", (2, 1), fixed)
    (line,) = reconcile(device, pairs=[(1, 2)]).lines
    assert "it has SetPhase on d" in line.reason


def test_a_poor_rotation_is_named_as_the_reason(manila):
    """Every pulse on d2 is a third too strong: the gates and qubit 2's own x suffer."""

    def stronger(instruction):
        if isinstance(instruction, pulse.Play) and instruction.channel == pulse.DriveChannel(2):
            samples = 1.33 * instruction.pulse.get_waveform().samples
            return pulse.Play(pulse.Waveform(samples), instruction.channel)
        return instruction

    device = manila
    for gate, qubits in [("cx", (1, 2)), ("cx", (2, 1)), ("x", (2,)), ("sx", (2,))]:
        device = with_schedule(device, gate, qubits, stronger)
    found = reconcile(device, pairs=[(1, 2)])
    (line,) = found.lines
    assert not line.reached
    assert "x on 2 beside 1 is 0." in line.reason
    assert "below 0.99: " in str(found)


def test_unknown_anharmonicity_is_named_as_a_reason(manila):
    """Two levels have another cross resonance: the best gain for three is poor for them."""
    qubits = tuple(replace(qubit, anharmonicity=None) for qubit in manila.qubits)
    device = replace(manila, qubits=qubits)
    (gain,) = (line.gain for line in manila.control_lines if line.index == 4)
    said = why_below(device, pair_program(device, "cx", (2, 3)), gain)
    assert "the anharmonicity of qubit 2 is not known: it has two levels" in said


def test_leakage_and_its_resonance_are_named_as_reasons():
    """On sherbrooke (81, 82) the tone is 8 MHz from where two photons take 81 to its level 2."""
    device = read_device("sherbrooke")
    (line,) = (line for line in device.control_lines if line.index == 186)
    said = why_below(device, pair_program(device, "ecr", (81, 82)), line.gain)
    assert "leaves the qubit levels" in said
    assert "from the transition 0-2 by two photons of qubit 81" in said


def test_lines_that_were_fitted_are_not_warned_of(manila):
    backend = backline.DeviceBackend(replace(manila, name="fitted manila"))
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeviceWarning)
        backend.solve(backend.target.get_calibration("cx", (2, 3)))


def test_lines_that_stay_poor_are_warned_of(manila):
    lines = tuple(replace(line, fidelity_after=0.83) for line in manila.control_lines)
    backend = backline.DeviceBackend(replace(manila, name="poor manila", control_lines=lines))
    with pytest.warns(DeviceWarning, match=r"reach an average gate fidelity of 0\.830 only"):
        backend.solve(backend.target.get_calibration("cx", (2, 3)))
