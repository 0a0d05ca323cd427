"""Our own files: exact round trips, and what is refused."""

import functools
import gzip
import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.circuit import Parameter

from backline import pulse
from backline.device.model import (
    ControlLine,
    Coupling,
    Device,
    DriveLine,
    Gate,
    Qubit,
    Readout,
    Timing,
)
from backline.device.target import build_target
from backline.errors import DeviceError, FormatError
from backline.formats import native, snapshots
from backline.formats.catalog import read_device
from backline.pulse.calibration_entries import CallableEntry, ScheduleEntry

PAGE = Path(__file__).parents[2] / "docs" / "device-format.md"


def assert_same(one: Device, other: Device) -> None:
    """Every field equal, every schedule equal."""
    for name in one.__dataclass_fields__:
        if name != "calibrations":
            assert getattr(one, name) == getattr(other, name), name
    assert list(one.calibrations) == list(other.calibrations)
    for key, entry in one.calibrations.items():
        assert entry.get_schedule() == other.calibrations[key].get_schedule(), key
        assert entry.user_provided == other.calibrations[key].user_provided
        one_takes, other_takes = entry.get_signature(), other.calibrations[key].get_signature()
        assert list(one_takes.parameters) == list(other_takes.parameters)


@functools.cache
def whole() -> Device:
    """A device with every field set."""
    beta, alpha = Parameter("beta"), Parameter("alpha")
    schedule = pulse.Schedule(name="u2")
    channel = pulse.DriveChannel(0)
    schedule.insert(0, pulse.ShiftPhase(-beta, channel), inplace=True)
    schedule.insert(0, pulse.Play(pulse.Drag(32, 0.1, 8, 1 / 3, angle=0.7), channel), inplace=True)
    schedule.insert(32, pulse.ShiftPhase(2 * alpha, channel), inplace=True)
    return Device(
        name="whole",
        qubits=(
            Qubit(
                frequency=5e9 + 1 / 3,
                anharmonicity=-math.pi * 1e8,
                t1=1e-4 / 3,
                t2=2e-4 / 3,
                levels=5,
                readout=Readout(
                    frequency=7.1e9,
                    p1_given_0=0.1,
                    p0_given_1=0.2,
                    error=0.15,
                    duration=1e-6,
                    kappa=1e6 / 3,
                    chi=-2e5 / 3,
                ),
            ),
            Qubit(operational=False),
        ),
        basis_gates=("rz", "wobble"),
        gates=(Gate(name="wobble", qubits=(1, 0), duration=0.1, error=1.0, parameters=("a",)),),
        couplings=(Coupling(qubits=(0, 1), strength=-2e6),),
        drive_lines=(DriveLine(qubit=0, strength=1e8, reconciled=True),),
        control_lines=(
            ControlLine(
                index=3,
                qubits=(0, 1),
                drives=0,
                strength=1e8,
                lo=((1, 1.0 + 0.5j),),
                gain=0.1 - 1j / 3,
                reconciled=True,
            ),
        ),
        calibrations={
            ("u2", (0,)): ScheduleEntry(schedule, arguments=("beta", "alpha")),
            ("wobble", (1, 0)): ScheduleEntry(schedule, user_provided=False),
        },
        timing=Timing(
            dt=2 / 9 * 1e-9,
            dtm=1e-9,
            granularity=16,
            min_length=64,
            pulse_alignment=4,
            acquire_alignment=8,
        ),
        meas_map=((0,), (1,)),
        max_circuits=300,
        max_shots=1000,
        description='Ünïcode, "quotes"',
        backend_version="1.0",
        online_date=datetime(2024, 2, 29, 12, 30, 1, 5, tzinfo=UTC),
        coordinates=((0.5, 1.0), (2.0, 1.0)),
        notes=("a note",),
        source={"device": {"a": [1, 2.5, None, True, "b"]}},
    )


@pytest.mark.parametrize("suffix", [".json", ".json.gz"])
def test_a_device_with_every_field_comes_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"whole{suffix}"
    native.write(whole(), path)
    again = native.read(path)
    assert_same(whole(), again)
    assert native.dumps(again) == native.dumps(whole())


@pytest.mark.parametrize("name", ["armonk", "manila", "nairobi", "guadalupe"])
def test_bundled_devices_come_back(name: str, tmp_path: Path) -> None:
    device = read_device(name)
    path = tmp_path / f"{name}.json"
    native.write(device, path)
    again = read_device(path)
    assert_same(device, again)
    assert build_target(again) == build_target(device)


def test_the_least_device_is_a_short_file() -> None:
    device = Device(name="bare", qubits=(Qubit(),))
    assert json.loads(native.dumps(device)) == {
        "format": "backline.device",
        "version": 1,
        "name": "bare",
        "qubits": [{}],
    }
    assert_same(native.loads(native.dumps(device)), device)


def test_no_hamiltonian_and_no_couplings_stay_apart() -> None:
    none = Device(name="a", qubits=(Qubit(),), couplings=None)
    empty = Device(name="a", qubits=(Qubit(),), couplings=())
    assert native.loads(native.dumps(none)).couplings is None
    assert native.loads(native.dumps(empty)).couplings == ()


def test_the_same_device_is_the_same_file(tmp_path: Path) -> None:
    one, two = tmp_path / "one.json.gz", tmp_path / "two.json.gz"
    native.write(whole(), one)
    native.write(whole(), two)
    assert one.read_bytes() == two.read_bytes()


@settings(max_examples=60, deadline=None)
@given(
    frequency=st.floats(min_value=1e-300, max_value=1e300),
    anharmonicity=st.floats(allow_nan=False, allow_infinity=False),
    real=st.floats(allow_nan=False, allow_infinity=False),
    imag=st.floats(allow_nan=False, allow_infinity=False),
    name=st.text(),
)
def test_every_number_comes_back_to_the_last_bit(
    frequency: float, anharmonicity: float, real: float, imag: float, name: str
) -> None:
    device = Device(
        name=name,
        qubits=(Qubit(frequency=frequency, anharmonicity=anharmonicity), Qubit()),
        control_lines=(ControlLine(index=0, qubits=(0, 1), gain=complex(real, imag)),),
    )
    assert_same(device, native.loads(native.dumps(device)))


def example() -> dict[str, Any]:
    text = PAGE.read_text(encoding="utf-8")
    return json.loads(text.split("```json", 1)[1].split("```", 1)[0])


def test_the_example_of_the_documentation_is_a_whole_device() -> None:
    device = native.loads(json.dumps(example()))
    assert device.num_qubits == 2
    target = build_target(device)
    x = target.get_calibration("x", (0,))
    assert x.duration == 32
    assert target.get_calibration("rz", (1,), 0.5).duration == 0
    assert_same(device, native.loads(native.dumps(device)))


def test_the_documentation_names_every_field() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name in Device.__dataclass_fields__:
        assert f"`{name}`" in text


def edited(**changes: Any) -> str:
    return json.dumps(json.loads(native.dumps(whole())) | changes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"the text ends too early"),
        ("{", r"the text ends too early"),
        (edited()[:300], r"the text (ends too early|is no JSON)"),
        ("[]", r"must hold a JSON object, got list"),
        ('{"a": 1}', r"its 'format' must be 'backline\.device', got None"),
        (edited(format="qobj"), r"got 'qobj'"),
        (edited(version=2), r"has version 2, and this Backline reads 1"),
        (edited(version="1"), r"has version '1'"),
        (edited(colour="red"), r"colour: there is no such field"),
        (edited(qubits=[]), r"device 'whole' has no qubits"),
        (edited(qubits=[{"t1": "long"}]), r"qubits\.0\.t1: input should be a valid number"),
        (edited(qubits=[{"T1": 1.0}]), r"qubits\.0\.T1: there is no such field"),
        (edited(qubits=[{"t1": 1.0, "t2": 3.0}, {}]), r"qubits\.0: t2 must be at most twice t1"),
        (edited(qubits=[{"levels": 2.5}]), r"qubits\.0\.levels: input should be a valid integer"),
        (edited(qubits=[{"readout": {"error": 2}}]), r"qubits\.0\.readout: error must be a prob"),
        (edited(gates=[{"qubits": [0]}]), r"gates\.0\.name: this field is required"),
        (edited(gates=[{"name": "x", "qubits": [0], "error": -1}]), r"gates\.0: error of x on"),
        (edited(gates=[{"name": "x", "qubits": [9]}]), r"x names qubit 9, which device 'whole'"),
        (edited(meas_map=[[0, 2]]), r"meas_map names qubit 2"),
        (edited(timing={"dt": -1}), r"timing: dt must be positive"),
        (edited(timing={"dt": True}), r"timing\.dt: input should be a valid number"),
        (edited(online_date="soon"), r"online_date: "),
        (
            edited(control_lines=[{"index": 0, "qubits": [0, 1], "gain": "1+2j"}]),
            r"control_lines\.0\.gain: a complex number is written \[real, imaginary\]",
        ),
        (
            edited(calibrations=[{"gate": "x", "qubits": [5], "schedule": {}}]),
            r"a calibration of x names qubit 5, and the qubits are 0 to 1",
        ),
        (edited(qubits=[{"t1": float("nan")}]), r"qubits\.0\.t1: input should be a finite number"),
    ],
)
def test_what_is_no_device_file_is_refused(text: str, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        native.loads(text)


def test_an_infinite_number_is_refused() -> None:
    text = native.dumps(whole()).replace('"max_shots": 1000', '"max_shots": 1e999')
    with pytest.raises(FormatError, match="max_shots"):
        native.loads(text)


def test_a_schedule_that_makes_no_sense_is_refused_when_asked_for() -> None:
    device = native.loads(edited(calibrations=[{"gate": "x", "qubits": [0], "schedule": {"a": 1}}]))
    with pytest.raises(FormatError, match=r"the schedule of x on \(0,\)"):
        device.calibrations["x", (0,)].get_schedule()


def test_files_that_are_too_big(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "MOST_BYTES", 1000)
    plain, packed = tmp_path / "big.json", tmp_path / "big.json.gz"
    plain.write_text(" " * 1001)
    packed.write_bytes(gzip.compress(b" " * 1001))
    for path in (plain, packed):
        with pytest.raises(FormatError, match=r"is too big"):
            native.read(path)


def test_a_compressed_file_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "cut.json.gz"
    native.write(whole(), path)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(FormatError, match=r"cut\.json\.gz cannot be uncompressed"):
        native.read(path)


def test_what_has_no_form_in_json_is_said() -> None:
    function = CallableEntry(lambda angle: pulse.Schedule())
    device = Device(name="a", qubits=(Qubit(),), calibrations={("f", (0,)): function})
    with pytest.raises(DeviceError, match=r"the calibration of f on \(0,\) has no form in JSON"):
        native.dumps(device)
    for value in (object(), float("nan"), {1, 2}):
        with pytest.raises(DeviceError, match=r"device 'a' cannot be written"):
            native.dumps(Device(name="a", qubits=(Qubit(),), source={"device": value}))


def test_reading_says_nothing_of_old_notes(tmp_path: Path) -> None:
    """The notes of an earlier reading are kept, and warned about no more."""
    path = tmp_path / "sherbrooke.json"
    native.write(whole(), path)
    assert read_device(path).notes[0] == "a note"
