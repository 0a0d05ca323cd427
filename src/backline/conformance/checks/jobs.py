"""K41: jobs."""

from __future__ import annotations

from qiskit.providers import JobStatus

from backline.conformance import probes
from backline.conformance.outcome import Skipped, expect, expect_error, shown
from backline.conformance.refusing import too_wide
from backline.conformance.registry import Basis, check
from backline.conformance.subject import Subject

_NEEDS = ("run", "shots")


@check("K41.a", "after result() the status is DONE", source="Job.status", needs=_NEEDS)
def done(subject: Subject) -> None:
    """Loops that wait for it would wait for ever."""
    job = probes.short(subject)
    job.result()
    expect(job.status() is JobStatus.DONE, f"it is {shown(job.status())}")


@check("K41.b", "job_id is a text, each job's own", source="Job.job_id", needs=_NEEDS)
def job_id(subject: Subject) -> None:
    """Jobs are found again by it."""
    job, other = probes.short(subject), probes.panel(subject).job
    found = job.job_id()
    expect(isinstance(found, str) and bool(found), f"job_id() is {shown(found)}")
    expect(found == job.job_id(), "it is another one at every look")
    expect(found != other.job_id(), f"two jobs have the id {found!r}")


@check("K41.c", "backend() is the backend", source="Job.backend", needs=_NEEDS)
def backend(subject: Subject) -> None:
    """Results are judged by the device that they came from."""
    found = probes.short(subject).backend()
    expect(
        found is subject.backend or getattr(found, "name", None) == subject.backend.name,
        f"backend() is {shown(found)}",
    )


@check(
    "K41.d",
    "done, running, cancelled and in_final_state say what status says",
    source="Job.done",
    needs=_NEEDS,
)
def questions(subject: Subject) -> None:
    """Four ways to ask one thing must agree."""
    job = probes.short(subject)
    job.result()
    found = job.done(), job.running(), job.cancelled(), job.in_final_state()
    expect(
        found == (True, False, False, True),
        f"of a finished job done, running, cancelled, in_final_state are {found}",
    )


@check(
    "K41.e",
    "wait_for_final_state returns when the job is over",
    source="Job.wait_for_final_state",
    needs=_NEEDS,
)
def waits(subject: Subject) -> None:
    """It is how scripts wait."""
    job = probes.short(subject)
    job.wait_for_final_state(timeout=600, wait=0.05)
    expect(job.in_final_state(), f"it returned, and the job is {shown(job.status())}")


@check("K41.f", "result() gives the same again", source="Job.result", needs=_NEEDS)
def again(subject: Subject) -> None:
    """A second look is no second run."""
    job = probes.short(subject)
    first, second = job.result().get_counts(), job.result().get_counts()
    expect(first == second, f"first {shown(first)}, then {shown(second)}")


@check(
    "K41.g",
    "cancel after the end changes nothing",
    basis=Basis.BACKLINE,
    source="K41",
    needs=_NEEDS,
)
def late_cancel(subject: Subject) -> None:
    """A result that is there stays there, and cancel must not claim otherwise."""
    job = subject.run(probes.flip(subject), **subject.settings(shots=16))
    job.result()
    said = job.cancel()
    expect(not said, f"cancel() of a finished job says {said!r}")
    expect(job.status() is JobStatus.DONE, f"after cancel() its status is {shown(job.status())}")
    job.result()


@check(
    "K41.h",
    "the status of a job that failed is ERROR, and result() raises",
    source="Job.result",
    needs=_NEEDS,
)
def failed(subject: Subject) -> None:
    """A failed job that looks finished gives somebody an empty result."""
    refusal = too_wide(subject)
    if refusal is None or refusal.job is None:
        raise Skipped("what can be made to fail is refused before there is a job")
    job = refusal.job
    expect(job.status() is JobStatus.ERROR, f"its status is {shown(job.status())}")
    expect_error(job.result, Exception, "result() of a failed job")


@check("K41.i", "status() is a JobStatus", source="Job.status", needs=_NEEDS)
def status(subject: Subject) -> None:
    """Texts that look like one compare unequal to it."""
    job = subject.run(probes.flip(subject), **subject.settings(shots=16))
    found = job.status()
    job.result()
    expect(isinstance(found, JobStatus), f"it is {shown(found)}")


@check(
    "K41.j",
    "wait_for_final_state raises at its timeout, or is in time",
    basis=Basis.BACKLINE,
    source="K41",
    needs=_NEEDS,
)
def timeout(subject: Subject) -> None:
    """A wait that returns early, without a word, is taken for the end."""
    from qiskit.providers import JobTimeoutError

    job = subject.run([probes.flip(subject)] * 3, **subject.settings(shots=100))
    try:
        job.wait_for_final_state(timeout=0, wait=0)
    except JobTimeoutError:
        job.result()
        return
    over = job.in_final_state()
    job.result()
    expect(over, "it returned at once, and the job was not over")
