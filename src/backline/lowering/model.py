"""Which part of a device a pulse program touches, and that part as a model for the engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from backline.device.model import Coupling, Device, Readout
from backline.engines.pulses import Drive, Exchange, PulseModel, Site
from backline.engines.pulses.labels import labelled
from backline.errors import DeviceError, QubitError
from backline.lowering.flat import flat_instructions
from backline.pulse import (
    ControlChannel,
    DriveChannel,
    Play,
    Schedule,
    ScheduleBlock,
)

_CLOSE = 1.0
_ROUNDS = 50


def touched_qubits(schedule: Schedule | ScheduleBlock, device: Device) -> tuple[int, ...]:
    """The qubits that a pulse program needs in its simulation, ascending.

    They are those whose drive lines play, and those that a playing control line drives, couples or
    takes its frequency from. Qubits that are acquired and no more rest in their ground state.

    Args:
        schedule: The program.
        device: The device.

    Raises:
        QubitError: If a channel belongs to no qubit of the device.
        PulseError: If the program still has unbound parameters or references.
    """
    return driven_qubits(
        (
            instruction.channel.name
            for _, instruction in flat_instructions(schedule)
            if isinstance(instruction, Play)
            and isinstance(instruction.channel, DriveChannel | ControlChannel)
        ),
        device,
    )


def driven_qubits(channels: Iterable[str], device: Device) -> tuple[int, ...]:
    """The qubits that some drive and control channels need in a simulation, ascending.

    Args:
        channels: Names of channels that play, "d0" or "u3".
        device: The device.

    Raises:
        QubitError: If a channel belongs to no qubit of the device.
    """
    lines = {line.index: line for line in device.control_lines}
    touched: set[int] = set()
    for channel in set(channels):
        kind, index = channel[0], int(channel[1:])
        if kind == "d":
            touched.add(index)
        elif index not in lines:
            raise QubitError(
                f"{channel} plays, and device {device.name!r} has no such control line: "
                f"it has {', '.join(f'u{index}' for index in sorted(lines)) or 'none'}"
            )
        else:
            line = lines[index]
            touched.update(line.qubits)
            touched.update(qubit for qubit, _ in line.lo)
            touched.update(() if line.drives is None else (line.drives,))
    device.check_qubits(tuple(sorted(touched)), "the program")
    return tuple(sorted(touched))


def pulse_model(
    device: Device, qubits: Sequence[int], *, resting: Sequence[int] = ()
) -> PulseModel:
    """The Hamiltonian of some qubits of a device.

    Published frequencies are measured ones, of qubits dressed by their neighbours. The bare
    frequencies of the model are chosen so that its dressed transitions are the published ones
    (where that is impossible, because two coupled qubits are published closer than their coupling
    allows, they are the published ones themselves).

    A qubit whose anharmonicity is not known has two levels.

    Args:
        device: The device.
        qubits: Which qubits; the model holds them in ascending order.
        resting: Other qubits, that are read and not simulated: they stay in their ground state.

    Raises:
        QubitError: If the device does not have one of the qubits.
        DeviceError: If a frequency, a drive strength or the couplings are not known.
    """
    chosen = tuple(sorted({int(qubit) for qubit in qubits}))
    device.check_qubits((*chosen, *resting), "the pulse model")
    if len(chosen) > 1 and device.couplings is None:
        raise DeviceError(
            f"device {device.name!r} has no Hamiltonian: the couplings of qubits {chosen} are not "
            f"known, so that pulses on them cannot be simulated"
        )
    place = {qubit: site for site, qubit in enumerate(chosen)}
    couplings = [item for item in device.couplings or () if set(item.qubits) <= set(chosen)]
    published = np.array([_frequency(device, qubit) for qubit in chosen])
    bare = bare_frequencies(published, [_placed(item, place) for item in couplings])
    return PulseModel(
        sites=tuple(
            _site(device, qubit, float(frequency))
            for qubit, frequency in zip(chosen, bare, strict=True)
        ),
        exchanges=tuple(
            Exchange(sites=(place[item.qubits[0]], place[item.qubits[1]]), strength=item.strength)
            for item in couplings
        ),
        drives=_drives(device, place),
        resting=tuple(_site(device, qubit, 0.0) for qubit in sorted(set(resting) - set(chosen))),
    )


def bare_frequencies(
    published: NDArray[np.float64], couplings: Sequence[tuple[int, int, float]]
) -> NDArray[np.float64]:
    """Bare frequencies whose dressed transitions are the published ones, in Hz.

    The exchange conserves the number of excitations, so that the dressed 0-1 transitions are the
    eigenvalues of the block with one excitation, ``diag(bare) + J``.

    Args:
        published: Array (n,).
        couplings: (one, other, J in Hz) for each coupled pair.

    Returns:
        Array (n,): within 1 Hz, or `published` itself where there is no solution.
    """
    exchange = np.zeros((len(published),) * 2)
    for one, other, strength in couplings:
        exchange[one, other] = exchange[other, one] = strength
    bare = published.copy()
    for _ in range(_ROUNDS):
        values, vectors = np.linalg.eigh(np.diag(bare - published.mean()) + exchange)
        excess = values[labelled(np.abs(vectors))] + published.mean() - published
        if np.abs(excess).max() < _CLOSE:
            return bare
        bare = bare - excess
    return published.copy()


def _placed(item: Coupling, place: dict[int, int]) -> tuple[int, int, float]:
    return place[item.qubits[0]], place[item.qubits[1]], item.strength


def _site(device: Device, qubit: int, frequency: float) -> Site:
    described = device.qubits[qubit]
    anharmonicity = described.anharmonicity
    return Site(
        qubit=qubit,
        # Where nobody knows where the higher levels are, there are none.
        levels=2 if anharmonicity is None else described.levels,
        frequency=frequency,
        anharmonicity=anharmonicity or 0.0,
        t1=described.t1,
        t2=described.t2,
        p1_given_0=_misread(described.readout, described.readout.p1_given_0),
        p0_given_1=_misread(described.readout, described.readout.p0_given_1),
    )


def _misread(readout: Readout, probability: float | None) -> float:
    if probability is not None:
        return probability
    return 0.0 if readout.error is None else readout.error


def _frequency(device: Device, qubit: int) -> float:
    frequency = device.qubits[qubit].frequency
    if frequency is None:
        raise DeviceError(
            f"the frequency of qubit {qubit} of device {device.name!r} is not known, so that "
            f"pulses on it cannot be simulated",
            qubit=qubit,
        )
    return frequency


def _drives(device: Device, place: dict[int, int]) -> tuple[Drive, ...]:
    strengths = {line.qubit: line.strength for line in device.drive_lines}
    for qubit in place:
        if qubit not in strengths:
            raise DeviceError(
                f"the drive strength of qubit {qubit} of device {device.name!r} is not known, so "
                f"that pulses on it cannot be simulated",
                qubit=qubit,
            )
    drives = [
        Drive(channel=f"d{qubit}", site=site, strength=strengths[qubit])
        for qubit, site in place.items()
    ]
    for line in device.control_lines:
        if line.drives in place and line.strength is not None:
            drives.append(
                Drive(
                    channel=f"u{line.index}",
                    site=place[line.drives],
                    strength=line.strength,
                    gain=line.gain,
                )
            )
    return tuple(drives)
