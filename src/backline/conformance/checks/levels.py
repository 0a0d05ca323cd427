"""K43: measurement levels, where run has the option."""

from __future__ import annotations

from typing import Any

import numpy as np

from backline.conformance import probes
from backline.conformance.capabilities import calibrated
from backline.conformance.outcome import Skipped, expect, worded
from backline.conformance.registry import Basis, check
from backline.conformance.subject import Subject

_NEEDS = ("run", "levels", "shots")
SHOTS = 20


def _read(subject: Subject, level: int, how: str) -> Any:
    """Data of one flipped qubit: of a circuit, or of its measurement as pulses."""

    def make() -> Any:
        options = subject.settings(probes.SEED, meas_level=level, meas_return=how, shots=SHOTS)
        programs: list[Any] = [probes.flip(subject)]
        for name, qubits in calibrated(subject):
            if name == "measure":
                programs.append(subject.facts.target.get_calibration(name, qubits))
                break
        refused = ""
        for program in programs:
            try:
                return subject.run(program, **options).result()
            except Skipped:
                raise
            except Exception as error:
                refused = refused or worded(error)
        raise Skipped(f"measurement level {level} is refused: {refused}")

    result = subject.kept(f"levels.{level}.{how}", make)
    entry = result.results[0]
    return entry, np.asarray(result.get_memory(0))


@check(
    "K43.o",
    "level 1, single: a complex number a shot and slot",
    basis=Basis.BACKLINE,
    source="meas_level",
    needs=_NEEDS,
)
def single(subject: Subject) -> None:
    """Discriminators are trained on these points."""
    _, found = _read(subject, 1, "single")
    expect(
        found.ndim == 2 and found.shape[0] == SHOTS and np.iscomplexobj(found),
        f"of {SHOTS} shots it gives {found.dtype} of shape {found.shape}",
    )


@check(
    "K43.p",
    "level 1, averaged: a complex number a slot",
    basis=Basis.BACKLINE,
    source="meas_level",
    needs=_NEEDS,
)
def averaged(subject: Subject) -> None:
    """Sweeps look at the mean alone, and expect no axis of shots."""
    _, found = _read(subject, 1, "avg")
    expect(found.ndim == 1 and np.iscomplexobj(found), f"it gives {found.dtype} of {found.shape}")


@check("K43.q", "level 0: a trace a slot", basis=Basis.BACKLINE, source="meas_level", needs=_NEEDS)
def traces(subject: Subject) -> None:
    """Kernels are found from traces."""
    _, found = _read(subject, 0, "avg")
    expect(
        found.ndim == 2 and found.shape[1] > 1 and np.iscomplexobj(found),
        f"averaged it gives {found.dtype} of shape {found.shape}",
    )


@check(
    "K43.r",
    "the result says its level and kind of average",
    basis=Basis.BACKLINE,
    source="ExperimentResult.meas_level",
    needs=_NEEDS,
)
def says(subject: Subject) -> None:
    """Points, traces and outcomes are told apart by it."""
    entry, _ = _read(subject, 1, "single")
    found = int(entry.meas_level), getattr(entry.meas_return, "value", entry.meas_return)
    expect(found == (1, "single"), f"asked for level 1 and single shots, it says {found}")
