"""K20: calibrations in the target."""

from __future__ import annotations

import copy
import math
import pickle

from backline.conformance.capabilities import calibrated
from backline.conformance.outcome import Skipped, expect, expect_error, shown
from backline.conformance.registry import Basis, check
from backline.conformance.subject import Subject

_NEEDS = ("calibrations",)


@check(
    "K20.i",
    "get_calibration gives a schedule wherever has_calibration says so",
    basis=Basis.BACKLINE,
    source="Target.get_calibration",
    needs=_NEEDS,
)
def gives(subject: Subject) -> None:
    """Lowering a circuit to pulses asks the one, then the other."""
    target = subject.facts.target
    seen = set()
    for name, qubits in calibrated(subject):
        if name in seen:
            continue
        seen.add(name)
        parameters = [0.1] * len(subject.facts.operations[name].params)
        found = target.get_calibration(name, qubits, *parameters)
        expect(hasattr(found, "instructions"), f"{name} on {qubits} gives {shown(found)}")


@check(
    "K20.j",
    "a calibration is as long as its instruction",
    basis=Basis.BACKLINE,
    source="InstructionProperties",
    needs=_NEEDS,
)
def duration(subject: Subject) -> None:
    """Circuits are scheduled by the one and played by the other."""
    target = subject.facts.target
    if target.dt is None:
        raise Skipped("the target has no dt")
    for name, qubits in calibrated(subject)[:40]:
        entry = target[name][qubits]
        if entry is None or entry.duration is None or name == "measure":
            continue  # a readout may last longer than its pulse
        parameters = [0.1] * len(subject.facts.operations[name].params)
        found = target.get_calibration(name, qubits, *parameters)
        expect(
            math.isclose(found.duration * target.dt, entry.duration, rel_tol=1e-6, abs_tol=1e-12),
            f"{name} on {qubits} takes {entry.duration} s, its schedule {found.duration} samples",
        )


@check(
    "K20.k",
    "a calibration that is not there is a KeyError",
    basis=Basis.BACKLINE,
    source="Target.get_calibration",
    needs=_NEEDS,
)
def missing(subject: Subject) -> None:
    """Qiskit 1.4 raised it, and code that falls back to a default catches it."""
    target = subject.facts.target
    expect(not target.has_calibration("no such gate", (0,)), "it has one of 'no such gate'")
    expect_error(
        lambda: target.get_calibration("no such gate", (0,)),
        KeyError,
        "get_calibration('no such gate', (0,))",
    )


@check(
    "K20.l",
    "copies of the target keep calibrations",
    basis=Basis.BACKLINE,
    source="K20",
    needs=_NEEDS,
)
def copies(subject: Subject) -> None:
    """Process pools pickle targets; a lost calibration is a gate of the wrong pulse."""
    name, qubits = calibrated(subject)[0]
    target = subject.facts.target
    for how, copied in (
        ("deepcopy", copy.deepcopy(target)),
        ("pickle", pickle.loads(pickle.dumps(target))),
    ):
        expect(copied.has_calibration(name, qubits), f"{how} loses that of {name} on {qubits}")


@check(
    "K20.m",
    "the target takes schedules of a map",
    basis=Basis.BACKLINE,
    source="Target.update_from_instruction_schedule_map",
    needs=_NEEDS,
)
def update(subject: Subject) -> None:
    """It is how measured calibrations come into a device."""
    target = copy.deepcopy(subject.facts.target)
    name, qubits = next(
        (entry for entry in calibrated(subject) if entry[0] != "measure"), calibrated(subject)[0]
    )
    parameters = [0.1] * len(subject.facts.operations[name].params)
    schedule = target.get_calibration(name, qubits, *parameters)
    schedules = type(target.instruction_schedule_map())()
    changed = schedule | schedule.shift(schedule.duration)
    schedules.add(name, qubits, changed)
    target.update_from_instruction_schedule_map(schedules)
    found = target.get_calibration(name, qubits)
    expect(
        found.duration == changed.duration,
        f"given a schedule of {changed.duration} samples for {name} on {qubits}, it has one of "
        f"{found.duration}",
    )
