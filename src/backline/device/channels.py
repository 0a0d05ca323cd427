"""Which channel does what on a device."""

from __future__ import annotations

from backline.device.model import Device
from backline.errors import InputError


def channel_frequencies(device: Device) -> dict[str, float]:
    """The LO frequency, in Hz, of every channel for which it is known.

    A drive channel has its qubit's frequency, a measure channel that of the readout, a control
    channel the scaled sum that its `lo` names.

    Args:
        device: The device.

    >>> from backline.device.model import ControlLine, Qubit
    >>> line = ControlLine(index=0, qubits=(0, 1), lo=((1, 1.0),))
    >>> qubits = (Qubit(frequency=5.0e9), Qubit(frequency=5.1e9))
    >>> channel_frequencies(Device(name="pair", qubits=qubits, control_lines=(line,)))
    {'d0': 5000000000.0, 'd1': 5100000000.0, 'u0': 5100000000.0}
    """
    frequencies: dict[str, float] = {}
    for index, qubit in enumerate(device.qubits):
        if qubit.frequency is not None:
            frequencies[f"d{index}"] = qubit.frequency
        if qubit.readout.frequency is not None:
            frequencies[f"m{index}"] = qubit.readout.frequency
    for line in device.control_lines:
        parts = [(device.qubits[qubit].frequency, scale) for qubit, scale in line.lo]
        if parts and all(frequency is not None for frequency, _ in parts):
            total = sum(complex(scale) * (frequency or 0.0) for frequency, scale in parts)
            frequencies[f"u{line.index}"] = total.real
    return frequencies


def control_channels(device: Device, qubits: tuple[int, int]) -> tuple[int, ...]:
    """Indices of the control channels of a pair.

    Args:
        device: The device.
        qubits: (control, target).

    Raises:
        QubitError: If the device does not have one of the qubits.
        InputError: If the pair has no control channel; names the pairs of the first that have.
    """
    device.check_qubits(qubits, "a control channel")
    found = tuple(line.index for line in device.control_lines if line.qubits == qubits)
    if not found:
        pairs = sorted(
            {line.qubits for line in device.control_lines if line.qubits[0] == qubits[0]}
        )
        raise InputError(
            f"device {device.name!r} has no control channel for {qubits}: "
            f"from qubit {qubits[0]} there are {', '.join(map(str, pairs)) or 'none'}",
            qubits=qubits,
        )
    return found


def frame_channels(device: Device, qubit: int) -> tuple[tuple[str, float], ...]:
    """The channels that carry a qubit's frame: a virtual rz shifts the phase of each.

    Args:
        device: The device.
        qubit: A qubit.

    Returns:
        Names of channels, each with the number of times that the qubit's phase counts in it.
    """
    device.check_qubits((qubit,), "a frame")
    frames = [(f"d{qubit}", 1.0)]
    for line in device.control_lines:
        scale = sum(complex(scale).real for who, scale in line.lo if who == qubit)
        if scale:
            frames.append((f"u{line.index}", scale))
    return tuple(frames)
