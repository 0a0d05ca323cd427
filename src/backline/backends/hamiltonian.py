"""A device's Hamiltonian as IBM wrote it, for code that was written for BackendV1."""

from __future__ import annotations

import math
from typing import Any

from backline.device.model import ControlLine, Device

_TWO_PI = 2 * math.pi


def hamiltonian_dict(device: Device) -> dict[str, Any] | None:
    """The Hamiltonian as terms and variables, as `configuration().hamiltonian` had it.

    What is not known of a qubit or line has no term.

    Args:
        device: The device.

    Returns:
        `h_str`, `osc`, `qub` and `vars`, these in rad/s; None where no Hamiltonian is known.

    Example:
        >>> from backline.device.model import Coupling, DriveLine, Qubit
        >>> qubits = (Qubit(frequency=5e9), Qubit(frequency=5.1e9))
        >>> device = Device(
        ...     name="pair",
        ...     qubits=qubits,
        ...     drive_lines=(DriveLine(qubit=0, strength=1e7),),
        ...     couplings=(Coupling(qubits=(0, 1), strength=2e6),),
        ... )
        >>> hamiltonian_dict(device)["h_str"]
        ['wq0/2*(I0-Z0)', 'wq1/2*(I1-Z1)', 'omegad0*X0||D0', 'jq0q1*Sp0*Sm1', 'jq0q1*Sm0*Sp1']
    """
    if device.couplings is None:
        return None
    terms: list[str] = []
    values: dict[str, float] = {}
    for q, qubit in enumerate(device.qubits):
        if qubit.frequency is not None:
            terms.append(f"wq{q}/2*(I{q}-Z{q})")
            values[f"wq{q}"] = qubit.frequency
        if qubit.anharmonicity is not None:
            terms += [f"delta{q}/2*O{q}*O{q}", f"-delta{q}/2*O{q}"]
            values[f"delta{q}"] = qubit.anharmonicity
    for drive in device.drive_lines:
        q = drive.qubit
        terms.append(f"omegad{q}*X{q}||D{q}")
        values[f"omegad{q}"] = drive.strength
    for coupling in device.couplings:
        a, b = coupling.qubits
        terms += [f"jq{a}q{b}*Sp{a}*Sm{b}", f"jq{a}q{b}*Sm{a}*Sp{b}"]
        values[f"jq{a}q{b}"] = coupling.strength
    for line in device.control_lines:
        if line.drives is not None:
            name = _strength_name(line, values)
            terms.append(f"{name}*X{line.drives}||U{line.index}")
            values[name] = line.strength or 0.0
    return {
        "h_str": terms,
        "osc": {},
        "qub": {str(q): qubit.levels for q, qubit in enumerate(device.qubits)},
        "vars": {name: _TWO_PI * value for name, value in values.items()},
    }


def _strength_name(line: ControlLine, values: dict[str, float]) -> str:
    """IBM names a control line's strength after the drive line of the qubit in its LO."""
    if len(line.lo) == 1:
        name = f"omegad{line.lo[0][0]}"
        if values.get(name) == (line.strength or 0.0):
            return name
    return f"omegau{line.index}"
