"""A part of a device, as a device of its own."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from backline.device.model import Device
from backline.device.remap import RemappedEntry, Remapping
from backline.errors import DeviceError

_Item = TypeVar("_Item")


def subset(device: Device, qubits: Sequence[int]) -> Device:
    """The device that is left when all but some qubits are taken away.

    Qubits are numbered anew, in the order given; so are the control channels that stay, which are
    those between two of these qubits. Calibrations stay the same pulses on the new channels, and
    are not decoded before they are asked for; their instructions on channels that are no longer
    there are left out. So is `source["qubits"]`, whose numbers are those of the whole device.

    Args:
        device: The device.
        qubits: Some of its qubits, each once.

    Raises:
        QubitError: If it does not have one of them.
        DeviceError: If there is none, or one twice, or what is given is no number of a qubit.

    >>> from backline.device.model import Gate, Qubit
    >>> gates = (Gate(name="cx", qubits=(0, 1)), Gate(name="cx", qubits=(1, 2)))
    >>> line = Device(name="line", qubits=tuple(Qubit(t1=t) for t in (1.0, 2.0, 3.0)), gates=gates)
    >>> part = subset(line, [2, 1])
    >>> [qubit.t1 for qubit in part.qubits], [gate.qubits for gate in part.gates]
    ([3.0, 2.0], [(1, 0)])
    """
    try:
        chosen = tuple(operator.index(qubit) for qubit in qubits)
    except TypeError:
        raise DeviceError(f"a subset takes the numbers of some qubits, got {qubits!r}") from None
    device.check_qubits(chosen, "a subset")
    if not chosen or len(set(chosen)) != len(chosen):
        raise DeviceError(f"a subset needs some qubits, each once, got {list(chosen)}")
    new = {old: index for index, old in enumerate(chosen)}

    def inside(places: Sequence[int]) -> bool:
        return all(qubit in new for qubit in places)

    def renumbered(places: Sequence[int]) -> tuple[int, ...]:
        return tuple(new[qubit] for qubit in places)

    lines = [
        line
        for line in device.control_lines
        if inside(line.qubits) and inside([qubit for qubit, _ in line.lo])
    ]
    controls = {line.index: index for index, line in enumerate(lines)}
    remapping = Remapping(new, controls)
    return replace(
        device,
        qubits=tuple(device.qubits[old] for old in chosen),
        gates=tuple(
            replace(gate, qubits=renumbered(gate.qubits))
            for gate in device.gates
            if inside(gate.qubits)
        ),
        couplings=None
        if device.couplings is None
        else tuple(
            replace(coupling, qubits=_pair(renumbered(coupling.qubits)))
            for coupling in device.couplings
            if inside(coupling.qubits)
        ),
        drive_lines=tuple(
            replace(line, qubit=new[line.qubit]) for line in device.drive_lines if line.qubit in new
        ),
        control_lines=tuple(
            replace(
                line,
                index=controls[line.index],
                qubits=_two(renumbered(line.qubits)),
                drives=None if line.drives is None else new.get(line.drives),
                lo=tuple((new[qubit], scale) for qubit, scale in line.lo),
            )
            for line in lines
        ),
        calibrations={
            (name, renumbered(places)): RemappedEntry(entry, remapping)
            for (name, places), entry in device.calibrations.items()
            if inside(places)
        },
        meas_map=None
        if device.meas_map is None
        else tuple(
            tuple(new[qubit] for qubit in group if qubit in new)
            for group in device.meas_map
            if any(qubit in new for qubit in group)
        ),
        coordinates=None
        if device.coordinates is None
        else tuple(device.coordinates[old] for old in chosen),
        notes=(*device.notes, f"qubits {', '.join(map(str, chosen))} of {device.name!r}"),
        source={key: value for key, value in device.source.items() if key != "qubits"},
    )


def _two(qubits: tuple[int, ...]) -> tuple[int, int]:
    control, target = qubits
    return control, target


def _pair(qubits: tuple[int, ...]) -> tuple[int, int]:
    return min(qubits), max(qubits)
