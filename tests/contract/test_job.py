"""K41: jobs keep Qiskit's meaning."""

import time

import pytest
from qiskit.providers import JobStatus, JobV1
from qiskit.providers import JobTimeoutError as QiskitJobTimeoutError

from backline.errors import JobCancelledError, JobError, JobTimeoutError
from contract.line import LineJob

Q, R, D = JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.DONE


def job(*statuses, outcome=None):
    return LineJob("the backend", "7", statuses, outcome)


def test_K41_identity():
    made = job(D)
    assert isinstance(made, JobV1)
    assert made.job_id() == "7"
    assert made.backend() == "the backend"


@pytest.mark.parametrize("status", list(JobStatus))
def test_K41_questions_follow_the_status(status):
    made = job(status)
    assert made.done() is (status is JobStatus.DONE)
    assert made.running() is (status is JobStatus.RUNNING)
    assert made.cancelled() is (status is JobStatus.CANCELLED)
    final = {JobStatus.DONE, JobStatus.CANCELLED, JobStatus.ERROR}
    assert made.in_final_state() is (status in final)


@pytest.mark.parametrize("member", ["submit", "status", "result", "cancel"])
def test_K41_a_job_must_give_every_abstract_member(member):
    members = {n: lambda self: None for n in ("submit", "status", "result", "cancel")}
    del members[member]
    kind = type("Lacking", (LineJob.__mro__[1],), members)
    with pytest.raises(TypeError, match=member):
        kind(None, "1")


def test_K41_waiting_calls_back_after_each_look():
    seen = []
    made = job(Q, R, R, D)
    made.wait_for_final_state(wait=0, callback=lambda *found: seen.append(found))
    assert seen == [("7", Q, made), ("7", R, made), ("7", R, made)]
    assert made.looks == 4


@pytest.mark.parametrize("status", [JobStatus.DONE, JobStatus.ERROR, JobStatus.CANCELLED])
def test_K41_waiting_for_what_is_over_returns_at_once(status):
    start = time.monotonic()
    job(status).wait_for_final_state(timeout=0, wait=60)
    assert time.monotonic() - start < 1


def test_K41_waiting_ends_at_the_timeout():
    start = time.monotonic()
    with pytest.raises(JobTimeoutError, match=r"job 7 is not over after 0\.05 s: it is running"):
        job(R).wait_for_final_state(timeout=0.05, wait=60)
    assert 0.04 < time.monotonic() - start < 5
    with pytest.raises(QiskitJobTimeoutError):
        job(R).wait_for_final_state(timeout=0)


def test_K41_a_failed_job_raises_with_the_cause():
    with pytest.raises(JobError, match="boom") as caught:
        job(JobStatus.ERROR, outcome=ValueError("boom")).result()
    assert isinstance(caught.value.__cause__, ValueError)
    with pytest.raises(JobCancelledError):
        job(JobStatus.CANCELLED).result()
