"""A part of a device is a device with the same pulses."""

import pickle

import numpy as np
import pytest

from backline import pulse
from backline.device.channels import channel_frequencies
from backline.device.model import ControlLine, Coupling, Device, Gate, Qubit
from backline.device.subset import subset
from backline.device.target import build_target
from backline.errors import DeviceError, QubitError
from backline.formats.catalog import read_device
from backline.pulse.calibration_entries import CallableEntry, ScheduleEntry


@pytest.fixture(scope="module")
def manila() -> Device:
    return read_device("manila")


@pytest.fixture(scope="module")
def part(manila: Device) -> Device:
    return subset(manila, [3, 2])


def samples(schedule: pulse.Schedule, channel: pulse.channels.Channel) -> list[np.ndarray]:
    return [
        instruction.pulse.get_waveform().samples
        for _, instruction in schedule.filter(channels=[channel]).instructions
        if isinstance(instruction, pulse.Play)
    ]


def test_qubits_are_numbered_in_the_order_given(manila: Device, part: Device) -> None:
    assert part.qubits == (manila.qubits[3], manila.qubits[2])
    assert {gate.qubits for gate in part.gates if gate.name == "cx"} == {(0, 1), (1, 0)}
    (coupling,) = part.couplings
    assert coupling.qubits == (0, 1)
    assert [line.qubit for line in part.drive_lines] == [1, 0]
    assert part.meas_map == ((1, 0),)
    assert part.coordinates == (manila.coordinates[3], manila.coordinates[2])
    assert part.notes[-1] == "qubits 3, 2 of 'manila'"


def test_control_channels_are_numbered_anew(manila: Device, part: Device) -> None:
    # u4 drives 2 at the frequency of 3, u5 drives 3 at that of 2.
    assert [(line.index, line.qubits, line.drives) for line in part.control_lines] == [
        (0, (1, 0), 1),
        (1, (0, 1), 0),
    ]
    before, after = channel_frequencies(manila), channel_frequencies(part)
    assert after["u0"] == before["u4"] == before["d3"] == after["d0"]
    assert after["u1"] == before["u5"]


def test_the_pulses_are_the_same_on_the_new_channels(manila: Device, part: Device) -> None:
    whole = manila.calibrations["cx", (2, 3)].get_schedule()
    moved = part.calibrations["cx", (1, 0)].get_schedule()
    assert moved.duration == whole.duration
    for old, new in (
        (pulse.DriveChannel(2), pulse.DriveChannel(1)),
        (pulse.DriveChannel(3), pulse.DriveChannel(0)),
        (pulse.ControlChannel(4), pulse.ControlChannel(0)),
        (pulse.ControlChannel(5), pulse.ControlChannel(1)),
    ):
        before, after = samples(whole, old), samples(moved, new)
        assert len(before) == len(after)
        for one, other in zip(before, after, strict=True):
            np.testing.assert_array_equal(one, other)


def test_what_is_on_channels_that_are_gone_is_left_out(part: Device) -> None:
    rz = part.calibrations["rz", (1,)].get_schedule(0.5)
    # rz on qubit 2 shifts d2, u3 and u5 (u3 belongs to qubit 1).
    assert {i.channel.name for _, i in rz.instructions} == {"d1", "u1"}
    assert {i.phase for _, i in rz.instructions} == {-0.5}
    measure = part.calibrations["measure", (0,)].get_schedule()
    slots = {i.mem_slot for _, i in measure.instructions if isinstance(i, pulse.Acquire)}
    assert slots == {pulse.MemorySlot(0), pulse.MemorySlot(1)}
    assert ("measure", (0, 1, 2, 3, 4)) not in part.calibrations


def test_what_speaks_of_qubits_by_number_is_not_kept(manila: Device, part: Device) -> None:
    assert "qubits" in manila.source
    assert "qubits" not in part.source
    assert part.source["device"] == manila.source["device"]


def test_a_subset_of_a_subset(manila: Device, part: Device) -> None:
    inner = subset(part, [1])
    assert inner.qubits == (manila.qubits[2],)
    once = manila.calibrations["x", (2,)].get_schedule()
    twice = inner.calibrations["x", (0,)].get_schedule()
    (before,), (after,) = (
        samples(once, pulse.DriveChannel(2)),
        samples(twice, pulse.DriveChannel(0)),
    )
    np.testing.assert_array_equal(before, after)


def test_it_travels_and_has_a_target(part: Device) -> None:
    again = pickle.loads(pickle.dumps(part))
    target = build_target(again)
    assert target.num_qubits == 2
    assert sorted(target["cx"]) == [(0, 1), (1, 0)]
    assert target.get_calibration("x", (0,)) == part.calibrations["x", (0,)].get_schedule()


def test_all_qubits_in_order_is_the_same_device(manila: Device) -> None:
    same = subset(manila, range(5))
    assert same.qubits == manila.qubits
    assert set(same.gates) == set(manila.gates)
    assert same.control_lines == manila.control_lines
    for key, entry in manila.calibrations.items():
        assert same.calibrations[key].get_schedule() == entry.get_schedule()


def test_calibrations_of_any_kind_move() -> None:
    def function(angle: float) -> pulse.Schedule:
        return pulse.Schedule(pulse.ShiftPhase(angle, pulse.DriveChannel(1)), name="f")

    with pulse.build(name="b") as block, pulse.align_right():
        pulse.play(pulse.Constant(8, 0.5), pulse.DriveChannel(1))
        pulse.play(pulse.Constant(4, 0.5), pulse.DriveChannel(0))
    device = Device(
        name="pair",
        qubits=(Qubit(), Qubit(t1=1e-4)),
        calibrations={
            ("f", (1,)): CallableEntry(function),
            ("b", (1,)): ScheduleEntry(block),
        },
    )
    part = subset(device, [1])
    moved = part.calibrations["f", (0,)].get_schedule(0.25)
    assert moved.instructions == ((0, pulse.ShiftPhase(0.25, pulse.DriveChannel(0))),)
    flat = pulse.transforms.target_qobj_transform(part.calibrations["b", (0,)].get_schedule())
    ((start, play),) = flat.instructions
    assert (start, play.channel, play.duration) == (0, pulse.DriveChannel(0), 8)
    assert part.calibrations["f", (0,)].user_provided


def test_lines_of_other_qubits_go() -> None:
    line = ControlLine(index=0, qubits=(0, 1), drives=0, lo=((1, 1.0), (2, 1.0)))
    device = Device(
        name="three",
        qubits=(Qubit(), Qubit(), Qubit()),
        couplings=(Coupling(qubits=(0, 2), strength=1e6),),
        control_lines=(line,),
        gates=(Gate(name="ccx", qubits=(0, 1, 2)),),
    )
    part = subset(device, [0, 1])
    assert part.control_lines == ()
    assert part.couplings == ()
    assert part.gates == ()
    assert subset(device, [2, 0]).couplings == (Coupling(qubits=(0, 1), strength=1e6),)


@pytest.mark.parametrize("qubits", [[], [1, 1]])
def test_impossible_subsets(manila: Device, qubits: list[int]) -> None:
    with pytest.raises(DeviceError, match="some qubits, each once"):
        subset(manila, qubits)


def test_qubits_that_do_not_exist(manila: Device) -> None:
    for qubit in (5, -1):
        with pytest.raises(QubitError, match="its qubits are 0 to 4"):
            subset(manila, [0, qubit])


@pytest.mark.parametrize("qubits", [[1.5], ["a"], "01", 3, None, [0, None]])
def test_what_is_no_number_of_a_qubit_is_refused(manila: Device, qubits: object) -> None:
    with pytest.raises(DeviceError, match="takes the numbers of some qubits"):
        subset(manila, qubits)  # type: ignore[arg-type]  # what a user could write


def test_numbers_of_numpy_are_numbers(manila: Device) -> None:
    part = subset(manila, np.array([2, 0]))  # type: ignore[arg-type]  # as good as a list
    assert part.qubits == (manila.qubits[2], manila.qubits[0])
