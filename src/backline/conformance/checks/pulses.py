"""K40 and K43: runs of pulse programs, where a backend plays them."""

from __future__ import annotations

from typing import Any

from backline import pulse
from backline.conformance import probes
from backline.conformance.capabilities import calibrated
from backline.conformance.outcome import Skipped, expect
from backline.conformance.registry import Basis, check
from backline.conformance.subject import Subject

_NEEDS = ("run", "pulses", "calibrations", "shots")
SHOTS = 64


def _schedule(subject: Subject) -> Any:
    """A qubit is measured, as its calibration does it."""
    for name, qubits in calibrated(subject):
        if name == "measure":
            found = subject.facts.target.get_calibration(name, qubits)
            return pulse.Schedule(found, name="readout", metadata={"probe": "readout"})
    raise Skipped("it has no calibrated measurement")


def _block(subject: Subject) -> Any:
    schedule = _schedule(subject)
    with pulse.build(name="block") as block:
        pulse.call(schedule)
    return block


def _runs(subject: Subject, key: str, programs: Any) -> Any:
    def make() -> Any:
        return subject.run(programs, **subject.settings(probes.SEED, shots=SHOTS)).result()

    return subject.kept(f"pulses.{key}", make)


def _sum(result: Any, key: Any) -> int:
    return int(sum(result.get_counts(key).values()))


@check("K40.d", "run takes a Schedule", basis=Basis.REFERENCE, source="BackendV2.run", needs=_NEEDS)
def schedule(subject: Subject) -> None:
    """It is half of what run_input may be."""
    found = _sum(_runs(subject, "schedule", _schedule(subject)), 0)
    expect(found == SHOTS, f"of {SHOTS} shots it counts {found}")


@check(
    "K40.e",
    "run takes a ScheduleBlock",
    basis=Basis.REFERENCE,
    source="BackendV2.run",
    needs=_NEEDS,
)
def block(subject: Subject) -> None:
    """It is what the pulse builder gives."""
    found = _sum(_runs(subject, "block", _block(subject)), 0)
    expect(found == SHOTS, f"of {SHOTS} shots it counts {found}")


@check(
    "K40.f",
    "run takes a list of circuits and schedules",
    basis=Basis.BACKLINE,
    source="K40",
    needs=_NEEDS,
)
def mixed(subject: Subject) -> None:
    """Comparing a gate with its pulse is one job."""
    programs = [probes.flip(subject), _schedule(subject)]
    result = _runs(subject, "mixed", programs)
    found = [_sum(result, k) for k in range(len(result.results))]
    expect(found == [SHOTS, SHOTS], f"twice {SHOTS} shots are counted as {found}")


@check(
    "K43.s",
    "results are found by schedule",
    basis=Basis.BACKLINE,
    source="Result.get_counts",
    needs=_NEEDS,
)
def found_by(subject: Subject) -> None:
    """As circuits are."""
    program = _schedule(subject)
    found = _sum(_runs(subject, "schedule", program), program)
    expect(found == SHOTS, f"of {SHOTS} shots it counts {found}")


@check(
    "K44.k",
    "a pulse on a channel that does not exist is refused",
    basis=Basis.BACKLINE,
    source="K44",
    needs=_NEEDS,
)
def no_channel(subject: Subject) -> None:
    """It would be played nowhere."""
    program = _schedule(subject)
    line = pulse.DriveChannel(subject.facts.width + 1)
    program = program.insert(0, pulse.Play(pulse.Constant(160, 0.1), line))
    found = subject.refusal(program, **subject.settings(shots=SHOTS))
    expect(found is not None, f"a pulse on {line.name} ran")
