"""What repr shows evaluates to an equal object; further examples are in the laws."""

import numpy as np
import pytest
from qiskit.circuit import Parameter

from backline import pulse

D0, D1 = pulse.DriveChannel(0), pulse.DriveChannel(1)
THIRD = 0.1 + 0.2  # needs 17 digits
ROW = np.array([0.1 + 0.2j, THIRD, -1e-17j])


def evaluated(value):
    return eval(repr(value), {**vars(pulse), "array": np.array})


@pytest.mark.parametrize(
    "value",
    [
        pulse.SetFrequency(5.123456789012345e9, D0),
        pulse.ShiftPhase(THIRD, D0, name='it\'s "quoted"'),
        pulse.Snapshot("a label", "a type", name="shown"),
        pulse.Reference("key", "it's"),
        pulse.RelativeBarrier(D0, D1, name="b"),
        pulse.Acquire(
            10,
            pulse.AcquireChannel(1),
            pulse.MemorySlot(2),
            pulse.RegisterSlot(3),
            pulse.Kernel("k", weights=ROW, offset=THIRD),
            pulse.Discriminator("d", name_of="level", nested={"a": [1, None, True]}),
            "n",
        ),
        pulse.Play(pulse.Waveform(ROW), D0),
        pulse.Waveform([]),
        pulse.Waveform([3.0, 2j], limit_amplitude=False),
        pulse.Constant(10, 3.0, limit_amplitude=False),
        pulse.Sech(10, THIRD, 3, zero_ends=False, limit_amplitude=False),
        pulse.gaussian_square_echo(100, 0.1, 8, 60, active_amp=THIRD, name="echo"),
        pulse.SnapshotChannel(),
        pulse.LoRange(4.123456789e9, 5e9),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values(value):
    again = evaluated(value)
    assert again == value
    assert repr(again) == repr(value)
    assert getattr(again, "limit_amplitude", None) == getattr(value, "limit_amplitude", None)


def test_programs():
    with pulse.build(name="it's", default_alignment="right") as block:
        pulse.play(pulse.Drag(160, THIRD, 40, -0.6), D0)
        with pulse.align_sequential():
            pulse.shift_phase(THIRD, D1)
            pulse.reference("later", "q0")
        with pulse.align_equispaced(300):
            pulse.call(pulse.ScheduleBlock() + pulse.Delay(3, D0), name="sub")
    assert evaluated(block) == block
    assert evaluated(block).name == "it's"
    assert repr(pulse.ScheduleBlock("b") + pulse.Delay(3, D0)) == (
        "ScheduleBlock(name='b', alignment_context=transforms.AlignLeft()) "
        "+ Delay(3, DriveChannel(0))"
    )
    schedule = pulse.Schedule((3, pulse.Schedule((4, pulse.Delay(5, D0)))), name="s")
    assert repr(schedule) == "Schedule((7, Delay(5, DriveChannel(0))), name='s')"
    assert evaluated(schedule) == schedule


def test_what_is_long_is_abbreviated_and_says_so():
    assert "..." not in repr(pulse.Waveform(np.full(50, 0.1)))
    assert "..." in repr(pulse.Waveform(np.full(51, 0.1)))
    block = pulse.ScheduleBlock()
    for n in range(51):
        block.append(pulse.Delay(n, D0))
    assert repr(block).count("Delay") == 50
    assert repr(block).endswith("+ ...")


def test_parameters_are_shown_as_formulas():
    amp = Parameter("amp")
    assert repr(pulse.ShiftPhase(2 * amp, D0)) == "ShiftPhase(2*amp, DriveChannel(0))"
    assert "amp=amp" in repr(pulse.Constant(3, amp))
