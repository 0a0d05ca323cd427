"""What a device's map shows of edges and readout."""

from __future__ import annotations

from dataclasses import dataclass

from backline.device.model import Device


@dataclass(frozen=True, slots=True)
class EdgeError:
    """What is known of two neighbors.

    Attributes:
        error: Of their best two-qubit gate, in [0, 1]; None where not known.
        broken: Whether all their gates are broken.
    """

    error: float | None
    broken: bool


def edges_of(device: Device) -> dict[tuple[int, int], EdgeError]:
    """The device's edges, smaller qubit first, from its two-qubit gates and its couplings.

    Example:
        >>> from backline.device.model import Device, Gate, Qubit
        >>> gates = (Gate(name="cx", qubits=(1, 0), error=0.01),)
        >>> edges_of(Device(name="pair", qubits=(Qubit(), Qubit()), gates=gates))
        {(0, 1): EdgeError(error=0.01, broken=False)}
    """
    errors: dict[tuple[int, int], list[float | None]] = {
        coupling.qubits: [] for coupling in device.couplings or ()
    }
    for gate in device.gates:
        if len(gate.qubits) == 2:
            low, high = sorted(gate.qubits)
            errors.setdefault((low, high), []).append(gate.error)
    return {pair: _edge(found) for pair, found in sorted(errors.items())}


def readout_error(device: Device, qubit: int) -> float | None:
    """The mean probability of misreading a qubit, in [0, 1]; None where not known."""
    readout = device.qubits[qubit].readout
    if readout.p1_given_0 is not None and readout.p0_given_1 is not None:
        return (readout.p1_given_0 + readout.p0_given_1) / 2
    if readout.error is not None:
        return readout.error
    for gate in device.gates:
        if gate.name == "measure" and gate.qubits == (qubit,):
            return gate.error
    return None


def _edge(found: list[float | None]) -> EdgeError:
    known = [error for error in found if error is not None]
    working = [error for error in known if error < 1]
    if working:
        return EdgeError(min(working), False)
    return EdgeError(None, bool(known) and len(known) == len(found))
