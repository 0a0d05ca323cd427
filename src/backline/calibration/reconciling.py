"""Fitting a device's control lines to its own two-qubit calibrations."""

from __future__ import annotations

from collections.abc import Iterable

from backline.backends import DeviceBackend
from backline.backends.progress import Report, shown
from backline.calibration.pairs import fit_pair, known_pairs
from backline.calibration.results import LineFit, Reconciliation, twin_of
from backline.device.drives import reconcile_drives
from backline.device.model import Device
from backline.device.twins import with_twin
from backline.device.values import qubit_tuple
from backline.errors import CalibrationError, InputError
from backline.jobs import raise_if_stopping


def reconcile(
    device: Device | DeviceBackend,
    *,
    pairs: Iterable[tuple[int, int]] | None = None,
    progress: bool | Report = False,
) -> Reconciliation:
    """Make a twin of a device: fit the complex gain of each control line.

    How a control line transfers a signal at its target's frequency is not published. The device's
    own two-qubit schedules were calibrated on the true lines, so that the gain with which a
    schedule makes its gate best is the line's. Only the shorter of a pair's schedules is fitted;
    the others are judged. Z angles that are left over after a gate become frame corrections: phase
    shifts at the end of its stored schedule. Drive strengths are taken from the calibrated x
    pulses first, where that was not done (`reconcile_drives`).

    Fidelities are average gate fidelities of the whole propagator of both transmons, in the
    dressed basis and the qubits' own frames.

    Args:
        device: The device, or the backend of one.
        pairs: Which pairs, in either order; by default all.
        progress: True for a bar that appears after a second, or a function that takes the part
            that is done, from 0 to 1.

    Returns:
        The reconciled device, and what was found for each pair, also where nothing can be fitted.

    Raises:
        CalibrationError: If the device has nothing to fit, or nothing to fit it to.
        InputError: If a pair is no pair of the device.

    Example:
        >>> from backline.formats import read_device
        >>> found = reconcile(read_device("manila"), pairs=[(0, 1)])
        >>> (line,) = found.lines
        >>> line.line, line.reached, [gate.qubits for gate in line.gates]
        (0, True, [(0, 1), (1, 0)])
    """
    described = reconcile_drives(device.device if isinstance(device, DeviceBackend) else device)
    _check_any(described)
    chosen = _chosen(described, pairs)
    lines: list[LineFit] = []
    with shown(progress, f"fitting {described.name}") as report:
        for done, pair in enumerate(chosen):
            raise_if_stopping()
            lines.extend(fit_pair(described, pair))
            report((done + 1) / len(chosen))
    fitted = tuple(lines)
    return Reconciliation(device=with_twin(described, twin_of(fitted)), lines=fitted)


def _check_any(device: Device) -> None:
    """Refuse a device of which nothing can be fitted, saying what it lacks."""
    for lacks, what in (
        (not device.couplings, "couplings: no Hamiltonian of two qubits is known"),
        (not device.control_lines, "control lines"),
        (not any(len(q) == 2 for _, q in device.calibrations), "two-qubit schedules"),
    ):
        if lacks:
            raise CalibrationError(
                f"device {device.name!r} cannot be reconciled, it has no {what}; needed are "
                "couplings, control lines and calibrated schedules of two-qubit gates"
            )


def _chosen(device: Device, pairs: Iterable[tuple[int, int]] | None) -> tuple[tuple[int, int], ...]:
    known = known_pairs(device)
    if pairs is None:
        return known
    chosen = []
    for pair in pairs:
        qubits = tuple(sorted(qubit_tuple("a pair", pair)))
        if len(qubits) != 2 or qubits not in known:
            near = [other for other in known if set(other) & set(qubits)] or known
            shown_pairs = ", ".join(map(str, near[:8])) + (", …" if len(near) > 8 else "")
            raise InputError(
                f"{tuple(pair)} is no pair of device {device.name!r}: there are {shown_pairs}"
            )
        chosen.append((qubits[0], qubits[1]))
    if not chosen:
        raise InputError("no pair was named: leave `pairs` out to fit all")
    return tuple(dict.fromkeys(chosen))
