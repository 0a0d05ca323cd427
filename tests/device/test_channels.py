"""Frequencies of channels, and which channel serves which qubits."""

import pytest

from backline.device.channels import channel_frequencies, control_channels, frame_channels
from backline.device.model import ControlLine, Device, Qubit, Readout
from backline.errors import InputError, QubitError


@pytest.fixture
def device() -> Device:
    return Device(
        name="three",
        qubits=(
            Qubit(frequency=5.0e9, readout=Readout(frequency=7.0e9)),
            Qubit(frequency=5.2e9),
            Qubit(),
        ),
        control_lines=(
            ControlLine(index=0, qubits=(0, 1), lo=((1, 1.0),)),
            ControlLine(index=1, qubits=(0, 1), lo=((1, 0.5), (0, 0.5))),
            ControlLine(index=2, qubits=(1, 2), lo=((2, 1.0),)),
            ControlLine(index=3, qubits=(1, 0)),
        ),
    )


def test_frequencies(device: Device) -> None:
    # u2 has the frequency of qubit 2, u3 has no LO: neither is known.
    assert channel_frequencies(device) == {
        "d0": 5.0e9,
        "m0": 7.0e9,
        "d1": 5.2e9,
        "u0": 5.2e9,
        "u1": pytest.approx(5.1e9),
    }


def test_control_channels(device: Device) -> None:
    assert control_channels(device, (0, 1)) == (0, 1)
    assert control_channels(device, (1, 2)) == (2,)
    with pytest.raises(InputError, match=r"no control channel for \(1, 1\): .* \(1, 0\), \(1, 2\)"):
        control_channels(device, (1, 1))
    with pytest.raises(InputError, match=r"from qubit 2 there are none"):
        control_channels(device, (2, 1))
    with pytest.raises(QubitError, match="qubit 3"):
        control_channels(device, (3, 0))


def test_frames(device: Device) -> None:
    assert frame_channels(device, 1) == (("d1", 1.0), ("u0", 1.0), ("u1", 0.5))
    assert frame_channels(device, 2) == (("d2", 1.0), ("u2", 1.0))
    with pytest.raises(QubitError, match="qubit -1"):
        frame_channels(device, -1)
