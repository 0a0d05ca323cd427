"""What was fitted to a device, and its file."""

import pytest

from backline import pulse
from backline.device.model import (
    ControlLine,
    Coupling,
    Device,
    DriveLine,
    Qubit,
)
from backline.device.twins import FittedLine, FrameCorrection, Twin, with_twin
from backline.errors import DeviceError, FormatError
from backline.formats import twins
from backline.pulse.calibration_entries import ScheduleEntry

LINE = FittedLine(index=0, gain=1.2 - 0.3j, fidelity_before=0.41, fidelity_after=0.995)
FRAME = FrameCorrection(gate="cx", qubits=(0, 1), angles=(0.0, 0.25))


def pair(program=None):
    if program is None:
        program = pulse.Schedule((16, pulse.Play(pulse.Constant(64, 0.1), pulse.ControlChannel(0))))
    return Device(
        name="pair",
        qubits=(Qubit(frequency=5e9), Qubit(frequency=5.1e9)),
        couplings=(Coupling(qubits=(0, 1), strength=2e6),),
        drive_lines=(DriveLine(qubit=0, strength=1e8), DriveLine(qubit=1, strength=1e8)),
        control_lines=(
            ControlLine(index=0, qubits=(0, 1), drives=0, strength=1e8, lo=((1, 1.0),)),
        ),
        calibrations={("cx", (0, 1)): ScheduleEntry(program, user_provided=False)},
    )


def test_gains_and_fidelities_are_in_the_lines():
    (line,) = with_twin(pair(), Twin(lines=(LINE,))).control_lines
    assert line.reconciled
    assert (line.gain, line.fidelity_before, line.fidelity_after) == (1.2 - 0.3j, 0.41, 0.995)


def test_frames_are_turned_on_all_channels_of_a_qubit():
    device = with_twin(pair(), Twin(lines=(LINE,), corrections=(FRAME,)))
    entry = device.calibrations["cx", (0, 1)]
    assert not entry.user_provided
    assert entry.get_schedule().instructions[1:] == (
        (80, pulse.ShiftPhase(0.25, pulse.DriveChannel(1), name="frame correction")),
        (80, pulse.ShiftPhase(0.25, pulse.ControlChannel(0), name="frame correction")),
    )
    assert len(pair().calibrations["cx", (0, 1)].get_schedule().instructions) == 1


def test_frames_of_a_block_are_turned_after_its_pulses():
    with pulse.build() as block:
        pulse.play(pulse.Constant(64, 0.1), pulse.ControlChannel(0))
    device = with_twin(pair(block), Twin(lines=(LINE,), corrections=(FRAME,)))
    schedule = pulse.transforms.block_to_schedule(device.calibrations["cx", (0, 1)].get_schedule())
    shifts = {
        (start, item.channel.name)
        for start, item in schedule.instructions
        if isinstance(item, pulse.ShiftPhase)
    }
    assert (64, "u0") in shifts
    assert len(block.blocks) == 1


def test_entries_are_equal_by_what_they_give():
    once, again = (with_twin(pair(), Twin(lines=(LINE,), corrections=(FRAME,))) for _ in range(2))
    assert once.calibrations == again.calibrations
    assert once.calibrations != pair().calibrations


def test_nothing_fitted_is_the_same_device():
    device = pair()
    assert with_twin(device, Twin()) is device


def test_a_line_or_schedule_that_there_is_not_is_refused():
    other = FittedLine(index=3, gain=1.0, fidelity_before=0.4, fidelity_after=0.9)
    with pytest.raises(DeviceError, match="no control line u3"):
        with_twin(pair(), Twin(lines=(other,)))
    frame = FrameCorrection(gate="ecr", qubits=(0, 1), angles=(0.0, 0.1))
    with pytest.raises(DeviceError, match=r"no schedule of ecr on \(0, 1\)"):
        with_twin(pair(), Twin(lines=(LINE,), corrections=(frame,)))


def test_impossible_numbers_are_refused():
    with pytest.raises(DeviceError, match="fidelity_after of control line u0"):
        FittedLine(index=0, gain=1.0, fidelity_before=0.4, fidelity_after=1.2)
    with pytest.raises(DeviceError, match="an angle in rad for each"):
        FrameCorrection(gate="cx", qubits=(0, 1), angles=(0.0, float("nan")))
    with pytest.raises(DeviceError, match="fidelity_before of control line u2"):
        ControlLine(index=2, qubits=(0, 1), fidelity_before=float("nan"))
    with pytest.raises(DeviceError, match="gain of control line u2 must be finite"):
        ControlLine(index=2, qubits=(0, 1), gain=complex("inf"))


def test_a_twin_comes_back_from_its_file():
    twin = Twin(lines=(LINE,), corrections=(FRAME,))
    assert twins.loads(twins.dumps(twin)) == twin


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"lines": []}', '{"lines": [], "frames": [], "version": 2}']
)
def test_another_text_is_refused(text):
    with pytest.raises(FormatError, match="this is no twin"):
        twins.loads(text)
