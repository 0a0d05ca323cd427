"""Drive and control lines of an IBM snapshot."""

from __future__ import annotations

import re

from backline.device.model import ControlLine, DriveLine
from backline.formats.ibm_hamiltonian import Hamiltonian
from backline.formats.ibm_schema import Conf
from backline.formats.notes import Notes

_CONTROL = re.compile(r"u(\d+)")


def read_drive_lines(hamiltonian: Hamiltonian, notes: Notes) -> tuple[DriveLine, ...]:
    """The drive lines that the Hamiltonian knows; strength 0 where it is not published.

    Args:
        hamiltonian: The snapshot's.
        notes: Takes what was left out.
    """
    lines = []
    for channel, (qubit, strength) in sorted(hamiltonian.drives.items()):
        if channel != qubit:
            notes.add(f"drive channel d{channel} drives qubit {qubit}: left out")
            continue
        if not strength:
            notes.about_qubit("drive strength is not known (0 in file)", qubit)
        lines.append(DriveLine(qubit=qubit, strength=strength))
    return tuple(lines)


def read_control_lines(
    conf: Conf, hamiltonian: Hamiltonian, notes: Notes
) -> tuple[ControlLine, ...]:
    """The control lines, with what the channel list, the LO list and the Hamiltonian say of them.

    Where the channel list is silent, the control qubit is the one that the line drives, and the
    target the one whose frequency it has.

    Args:
        conf: The configuration.
        hamiltonian: Its Hamiltonian.
        notes: Takes what was left out.
    """
    listed = {
        int(match[1]): _operates_on(channel.operates)
        for name, channel in (conf.channels or {}).items()
        if (match := _CONTROL.fullmatch(name))
    }
    los = dict(enumerate(conf.u_channel_lo or ()))
    lines = []
    for index in sorted({*listed, *los, *hamiltonian.controls}):
        drives, strength = hamiltonian.controls.get(index, (None, None))
        lo = tuple((term.q, complex(*term.scale)) for term in los.get(index, ()))
        qubits = listed.get(index)
        if qubits is None and drives is not None and len(lo) == 1:
            qubits = (drives, lo[0][0])
        if qubits is None:
            notes.add(f"control channel u{index} is left out: the file does not say for whom it is")
            continue
        lines.append(
            ControlLine(index=index, qubits=qubits, drives=drives, strength=strength or None, lo=lo)
        )
    return tuple(lines)


def _operates_on(operates: dict[str, object] | None) -> tuple[int, int] | None:
    qubits = (operates or {}).get("qubits")
    match qubits:
        case [int() as control, int() as target]:
            return control, target
    return None
