"""K41: a job of a backend, as Qiskit's clients know it."""

import threading

import numpy as np
import pytest
from qiskit.providers import JobError as QiskitJobError
from qiskit.providers import JobStatus, JobTimeoutError, JobV1

from backends.toy import PanicException, Toy, flips
from backline.engines.outcomes import Outcomes
from backline.errors import EngineError, JobCancelledError, JobError


class Gate:
    """Work that waits until it is let through."""

    def __init__(self):
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self):
        self.begun.set()
        assert self.go.wait(10)


def test_K41_a_job_that_is_done():
    backend = Toy()
    job = backend.run([flips(), flips(1)])
    assert isinstance(job, JobV1)
    job.wait_for_final_state(10)
    assert job.status() is JobStatus.DONE
    assert (job.done(), job.running(), job.cancelled(), job.in_final_state()) == (
        True,
        False,
        False,
        True,
    )
    assert job.backend() is backend
    assert len(job.job_id()) == 36
    assert job.progress() == (2, 2)
    assert job.errors() == {}
    assert job.cancel() is False
    assert repr(job) == f"<BackendJob {job.job_id()} on 'toy': done, 2 of 2 experiments>"


def test_K41_a_job_that_runs():
    gate = Gate()
    job = Toy().run([flips(), flips(call=gate)])
    assert gate.begun.wait(10)
    assert job.status() is JobStatus.RUNNING
    assert job.running()
    assert not job.in_final_state()
    assert job.progress() == (1, 2)
    with pytest.raises(JobTimeoutError, match=r"is running, with 1 of 2 experiments done"):
        job.result(timeout=0.01)
    gate.go.set()
    assert job.result(10).success


def test_K41_wait_for_final_state_calls_back_while_it_waits():
    gate, seen = Gate(), []
    job = Toy().run(flips(call=gate))

    def callback(*told):
        seen.append(told)
        if len(seen) == 3:
            gate.go.set()

    job.wait_for_final_state(timeout=10, wait=0.01, callback=callback)
    assert job.done()
    assert len(seen) >= 3
    assert {(told[0], told[2]) for told in seen} == {(job.job_id(), job)}
    assert seen[2][1] in (JobStatus.QUEUED, JobStatus.RUNNING)


def test_K41_wait_for_final_state_has_a_limit():
    gate = Gate()
    job = Toy().run(flips(call=gate))
    with pytest.raises(JobTimeoutError, match=r"0\.02 s"):
        job.wait_for_final_state(timeout=0.02, wait=0.005)
    gate.go.set()
    job.wait_for_final_state(10)


@pytest.mark.parametrize("fail", ["entry", "raises"])
def test_K41_one_failing_experiment_reports_its_index_and_loses_none_of_the_others(fail):
    circuits = [flips(0), flips(name="bad", **{fail: ValueError("no luck")}), flips(2)]
    job = Toy(at_once=1).run(circuits, shots=4)
    with pytest.raises(JobError, match=r"1 of 3 experiments failed: 1 \('bad'\).*no luck") as info:
        job.result(10)
    assert isinstance(info.value, QiskitJobError)
    assert info.value.details["indices"] == [1]
    assert "no luck" in str(info.value.__cause__)
    assert job.status() is JobStatus.ERROR
    assert list(job.errors()) == [1]

    result = job.result(partial=True)
    assert not result.success
    assert [entry.success for entry in result.results] == [True, False, True]
    assert result.get_counts(0) == {"001": 4}
    assert result.get_counts(2) == {"100": 4}
    assert "no luck" in result.results[1].status
    assert result.results[1].header["name"] == "bad"
    with pytest.raises(Exception, match="no luck"):
        result.get_counts(1)


def test_K41_an_exception_value_spares_the_rest_of_its_batch():
    job = Toy().run([flips(entry=PanicException("rust")), flips(1)], shots=2)
    with pytest.raises(JobError, match="PanicException: rust"):
        job.result(10)
    assert job.result(partial=True).get_counts(1) == {"010": 2}


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, PanicException])
def test_a_worker_that_dies_is_an_error_that_says_so(error):
    job = Toy().run([flips(), flips(raises=error("gone")), flips()])
    with pytest.raises(JobError, match=rf"1 \(.*died after 1 of 3.*{error.__name__}: gone"):
        job.result(10)
    assert list(job.errors()) == [1, 2]
    assert job.result(partial=True).get_counts(0) == {"000": 1024}


def test_many_failures_are_counted_and_not_all_told():
    job = Toy().run([flips(entry=ValueError("no"))] * 8)
    with pytest.raises(JobError, match=r"^8 of 8 experiments failed: 0 .*; and 3 more$") as info:
        job.result(10)
    assert info.value.details["indices"] == list(range(8))


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (None, "must be Outcomes or an exception, got NoneType"),
        ({"000": 3}, "must be Outcomes or an exception, got dict"),
        (Outcomes(shots=3), "no bits came back"),
        (
            Outcomes(shots=1, bits=np.zeros((1, 2), dtype=np.uint8)),
            "2 bits a shot came back of 'odd', which has 3",
        ),
    ],
)
def test_what_is_no_outcome_fails_its_experiment_alone(entry, message):
    job = Toy().run([flips(entry=entry, name="odd"), flips()])
    with pytest.raises(JobError, match=message):
        job.result(10)
    assert isinstance(job.errors()[0], EngineError)
    assert list(job.errors()) == [0]


def test_K41_cancel_between_experiments():
    gate = Gate()
    job = Toy().run([flips(0), flips(call=gate), flips(2)], shots=2)
    assert gate.begun.wait(10)
    assert job.cancel() is True
    gate.go.set()
    job.wait_for_final_state(10)
    assert job.status() is JobStatus.CANCELLED
    assert job.cancelled()
    with pytest.raises(JobCancelledError, match="was cancelled after 2 of 3 experiments"):
        job.result()
    assert job.progress() == (2, 3)
    assert repr(job).endswith("cancelled, 2 of 3 experiments>")
    result = job.result(partial=True)
    assert [entry.success for entry in result.results] == [True, True, False]
    assert result.get_counts(0) == {"001": 2}


def test_a_job_is_submitted_once():
    job = Toy().run(flips())
    with pytest.raises(JobError, match="runs once"):
        job.submit()
    assert job.result(10).success


def test_the_job_knows_its_options():
    job = Toy(gain=2.0).run(flips(), shots=3)
    assert (job.options["gain"], job.options["shots"]) == (2.0, 3)
    assert isinstance(job.options["seed_simulator"], int)
    job.options["shots"] = 9
    assert job.options["shots"] == 3
    job.result(10)
