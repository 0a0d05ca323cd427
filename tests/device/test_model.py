"""What a device's description refuses, and that it travels."""

import pickle
from copy import deepcopy

import numpy as np
import pytest

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
from backline.errors import DeviceError, QubitError

NAN = float("nan")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Qubit(t1=1e-4, t2=2.1e-4), "t2 must be at most twice t1"),
        (lambda: Qubit(t1=-1.0), "t1 must be positive"),
        (lambda: Qubit(frequency=NAN), "frequency must be positive"),
        (lambda: Qubit(anharmonicity=float("inf")), "anharmonicity must be a number"),
        (lambda: Qubit(levels=1), "levels must be"),
        (lambda: Qubit(levels=True), "levels must be"),
        (lambda: Readout(p1_given_0=1.1), "p1_given_0 must be a probability"),
        (lambda: Readout(error=NAN), "error must be a probability"),
        (lambda: Readout(duration=0.0), "duration must be positive"),
        (lambda: Readout(kappa=0.0), "kappa must be positive"),
        (lambda: Readout(chi=NAN), "chi must be a number of Hz"),
        (lambda: Readout(chi=0.0), "chi must not be 0"),
        (lambda: Coupling(qubits=(1, 0), strength=1.0), "smaller first"),
        (lambda: Coupling(qubits=(0, 0), strength=1.0), "two different qubits"),
        (lambda: Coupling(qubits=(0, 1), strength=NAN), "number of Hz"),
        (lambda: DriveLine(qubit=0, strength=-1.0), "0 Hz or more"),
        (lambda: ControlLine(index=-1, qubits=(0, 1)), "0 or more"),
        (lambda: ControlLine(index=0, qubits=(0, 1), strength=NAN), "0 Hz or more"),
        (lambda: Gate(name="x", qubits=(0,), error=1.5), "error of x on"),
        (lambda: Gate(name="x", qubits=(0,), duration=-1.0), "0 s or more"),
        (lambda: Gate(name="x", qubits=()), "at least one qubit, each once"),
        (lambda: Gate(name="cx", qubits=(1, 1)), "at least one qubit, each once"),
        (lambda: Timing(dt=0.0), "dt must be positive"),
        (lambda: Timing(granularity=0), "granularity must be a whole number from 1 to"),
        (lambda: Timing(min_length=2**31), "min_length must be a whole number from 1 to"),
        (lambda: Device(name="a", qubits=(Qubit(),), max_shots=0), "max_shots must be"),
        (lambda: Qubit(t1="a"), "t1 must be positive, got 'a'"),
        (lambda: Qubit(frequency=True), "frequency must be positive, got True"),
        (lambda: Gate(name="x", qubits=0), "gate 'x' needs the numbers of its qubits, got 0"),
        (lambda: Gate(name="x", qubits="0"), "needs the numbers of its qubits"),
        (lambda: Gate(name="x", qubits=(0.0,)), "needs the numbers of its qubits"),
        (lambda: Coupling(qubits=(0, 1), strength=None), "needs its strength"),
        (lambda: DriveLine(qubit=0, strength="1"), "d0 must be 0 Hz or more, got '1'"),
        (lambda: Device(name="a", qubits=3), "qubits must be a tuple of Qubit, got 3"),
        (lambda: Device(name="a", qubits=(Qubit(),), basis_gates="x"), "a tuple of str"),
        (lambda: Device(name="a", qubits=(Qubit(),), gates=("x",)), "tuple of Gate, got 'x'"),
        (lambda: Device(name="a", qubits=(Qubit(),), timing=3), "timing must be a Timing"),
        (lambda: Device(name="a", qubits=(Qubit(),), meas_map=(0,)), "a group of meas_map needs"),
        (lambda: Device(name="a", qubits=(Qubit(),), max_circuits=1.5), "max_circuits must be"),
        (lambda: Device(name="none", qubits=()), "has no qubits"),
    ],
)
def test_impossible_values_are_refused(make, said) -> None:
    with pytest.raises(DeviceError, match=said):
        make()


@pytest.mark.parametrize(
    "fields",
    [
        {"gates": (Gate(name="x", qubits=(2,)),)},
        {"couplings": (Coupling(qubits=(0, 5), strength=1.0),)},
        {"drive_lines": (DriveLine(qubit=7, strength=1.0),)},
        {"control_lines": (ControlLine(index=0, qubits=(0, 9)),)},
        {"control_lines": (ControlLine(index=0, qubits=(0, 1), lo=((4, 1.0),)),)},
        {"control_lines": (ControlLine(index=0, qubits=(0, 1), drives=3),)},
        {"meas_map": ((0, 1), (2,))},
    ],
)
def test_qubits_that_do_not_exist_are_refused(fields) -> None:
    with pytest.raises(QubitError, match=r"its qubits are 0 to 1"):
        Device(name="pair", qubits=(Qubit(), Qubit()), **fields)


def test_every_part_may_be_missing() -> None:
    device = Device(name="bare", qubits=(Qubit(),))
    assert device.num_qubits == 1
    assert device.couplings is None
    assert device.timing.dt is None


def test_a_device_is_frozen_and_travels() -> None:
    device = Device(name="pair", qubits=(Qubit(t1=1e-4), Qubit()), source={"format": "mine"})
    with pytest.raises(AttributeError):
        device.name = "other"
    with pytest.raises(TypeError):
        device.source["format"] = "other"
    for copy in (pickle.loads(pickle.dumps(device)), deepcopy(device)):
        assert copy.qubits == device.qubits
        assert dict(copy.source) == {"format": "mine"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"gates": (Gate(name="x", qubits=(0,), error=0.1), Gate(name="x", qubits=(0,)))}, "gate"),
        ({"couplings": (Coupling(qubits=(0, 1), strength=1.0),) * 2}, "coupling"),
        ({"drive_lines": (DriveLine(qubit=1, strength=1.0),) * 2}, "drive line d1"),
        ({"control_lines": (ControlLine(index=3, qubits=(0, 1)),) * 2}, "control line u3"),
    ],
)
def test_nothing_is_described_twice(fields, said) -> None:
    with pytest.raises(DeviceError, match=f"describes the {said}.* 2 times"):
        Device(name="pair", qubits=(Qubit(), Qubit()), **fields)


@pytest.mark.parametrize("places", [((0, 0),), ((0, 0), (1, 0), (2, 0))])
def test_every_qubit_has_coordinates_or_none(places) -> None:
    with pytest.raises(DeviceError, match=r"2 qubits, and [13] of them have coordinates"):
        Device(name="pair", qubits=(Qubit(), Qubit()), coordinates=places)


def test_a_bare_schedule_is_no_calibration() -> None:
    with pytest.raises(DeviceError, match=r"x on \(0,\) must be a CalibrationEntry"):
        Device(name="one", qubits=(Qubit(),), calibrations={("x", (0,)): pulse.Schedule()})


def test_any_sequence_becomes_a_tuple():
    device = Device(
        name="a",
        qubits=[Qubit(), Qubit()],
        gates=[Gate(name="cx", qubits=np.array([0, 1]))],
        meas_map=[[0, 1]],
    )
    assert device.qubits == (Qubit(), Qubit())
    assert device.gates[0].qubits == (0, 1)
    assert type(device.gates[0].qubits[0]) is int
    assert device.meas_map == ((0, 1),)
