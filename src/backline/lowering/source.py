"""What scheduling a circuit needs to know of a device."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from qiskit.transpiler import Target as QiskitTarget

from backline.contract.target import Target
from backline.errors import CalibrationError, InputError
from backline.lowering.calibrated import Calibrations
from backline.pulse import InstructionScheduleMap


@dataclass(frozen=True, slots=True)
class Source:
    """Where the pulses of gates come from, and how long a sample is.

    Attributes:
        calibrations: The schedules of gates.
        dt: Length of a sample, in s; None where delays in seconds cannot be converted.
        step: What follows a delay starts at multiples of this, in samples.
        num_qubits: Of the device; None for any number.
    """

    calibrations: Calibrations
    dt: float | None
    step: int
    num_qubits: int | None


def source_of(
    backend: Any,
    inst_map: InstructionScheduleMap | None = None,
    meas_map: Iterable[Sequence[int]] | None = None,
    dt: float | None = None,
) -> Source:
    """Collect what is given, and ask the backend for the rest.

    Args:
        backend: A backend, a `Target`, what this function gave for one, or None where `inst_map`
            is given.
        inst_map: Calibrations to use instead of the backend's.
        meas_map: Groups of qubits measured together, instead of the backend's.
        dt: Length of a sample in s, instead of the backend's.

    Raises:
        CalibrationError: If there are no calibrations at all.
        InputError: If `dt` is no positive number.
    """
    if isinstance(backend, Source):
        return backend
    if dt is not None and not (math.isfinite(dt) and dt > 0):
        raise InputError(f"dt must be a positive number of seconds, got {dt}")
    target = backend if isinstance(backend, QiskitTarget) else getattr(backend, "target", None)
    table = inst_map if inst_map is not None else _table(backend, target)
    return Source(
        calibrations=Calibrations(table, _groups(target) if meas_map is None else meas_map),
        dt=dt if dt is not None or target is None else target.dt,
        step=_step(target),
        num_qubits=None if target is None else target.num_qubits,
    )


def _table(backend: Any, target: Any) -> InstructionScheduleMap:
    if isinstance(target, Target):
        return target.instruction_schedule_map()
    found = getattr(backend, "instruction_schedule_map", None)
    if isinstance(found, InstructionScheduleMap):
        return found
    if backend is None:
        raise CalibrationError("scheduling needs a backend, or an inst_map with calibrations")
    kind = type(backend)
    raise CalibrationError(
        f"a {kind.__module__}.{kind.__name__} has no calibrations: give a backend of Backline, "
        "a backline.Target, or an inst_map"
    )


def _groups(target: Any) -> Iterable[Sequence[int]]:
    groups = None if target is None else target.concurrent_measurements
    return groups or ()


def _step(target: Any) -> int:
    if target is None:
        return 1
    return math.lcm(int(target.pulse_alignment or 1), int(target.acquire_alignment or 1))
