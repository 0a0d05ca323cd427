"""Jobs that are kept: found again, restored, taken up."""

import copy
import gc
import os
import pickle
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.providers import JobStatus

import backline
from backends.lasting import Lasting, flips, lasting
from backends.toy import Toy
from backline import pulse
from backline.backends import BackendJob, DeviceProvider
from backline.backends.launching import queued
from backline.backends.packing import pack, unpack
from backline.backends.stored_job import StoredJob
from backline.backends.stored_results import decode_result, encode_result
from backline.contract.options import merged
from backline.errors import (
    JobCancelledError,
    JobError,
    JobNotFoundError,
    JobTimeoutError,
    OptionValueError,
    StoreError,
)
from backline.jobs import Event, JobPlan, TaskStatus, utc_now
from backline.jobs.keeper import keeper_of
from backline.jobs.store import MemoryStore, open_store
from backline.jobs.workers import processes


@pytest.fixture
def store(tmp_path):
    made = open_store(tmp_path / "jobs.db")
    yield made
    made.close()


def restored(backend, job_id):
    """The job as a later process finds it."""
    keeper_of(backend.store).jobs.pop(job_id, None)
    job = backend.job(job_id)
    assert isinstance(job, StoredJob)
    return job


def counts(result):
    return [result.get_counts(k) for k in range(len(result.results))]


def test_a_living_job_is_found_as_itself_and_a_forgotten_one_in_the_store(store):
    backend = lasting(store)
    job = backend.run([flips(0), flips(1)], shots=7, tags=["x", "y"], priority=3)
    assert backend.job(job.job_id()) is job
    result = job.result(10)
    job_id = job.job_id()
    del job
    gc.collect()
    found = backend.job(job_id)
    assert isinstance(found, StoredJob)
    assert found.result(0).to_dict() == result.to_dict()
    assert found.status() is JobStatus.DONE
    assert found.backend() is backend
    assert found.progress() == (2, 2)
    assert (found.tags, found.priority) == (("x", "y"), 3)
    assert found.options["shots"] == 7
    assert found.versions["backline"] == backline.__version__
    assert found.errors() == {}
    assert found.cancel() is False
    assert [program.name for program in found.programs()] == [
        entry.header["name"] for entry in result.results
    ]
    assert repr(found) == f"<StoredJob {job_id} on 'toy': done, 2 of 2 experiments>"
    with pytest.raises(JobError, match="submitted before"):
        found.submit()
    with pytest.raises(JobError, match="cannot be taken up here, it is done"):
        found.resume()
    texts = [event.text for event in found.history()]
    assert [text.split(" ")[0] for text in texts] == ["accepted", "attempt", "done"]


def test_a_restored_result_finds_experiments_by_program_and_keeps_metadata(store):
    backend = lasting(store)
    circuit = flips(0, name="mine", thing=object(), number=3, pair=(1, 2))
    job = backend.run(circuit, shots=5, memory=True)
    live, found = job.result(10), restored(backend, job.job_id()).result()
    assert found.get_counts(circuit) == live.get_counts(circuit) == {"001": 5}
    assert found.get_memory("mine") == live.get_memory("mine")
    metadata = found.results[0].header["metadata"]
    assert metadata["number"] == 3
    assert metadata["pair"] == [1, 2]
    assert metadata["thing"].startswith("<object object")


def test_failures_say_the_same_when_they_are_restored(store):
    backend = lasting(store, at_once=1)
    bad = flips(name="bad", entry=ValueError("no luck"))
    worse = flips(name="worse", entry=JobTimeoutError("too late"))
    job = backend.run([flips(0), bad, worse], shots=3)
    with pytest.raises(JobError) as live:
        job.result(10)
    found = restored(backend, job.job_id())
    with pytest.raises(JobError) as stored:
        found.result()
    assert "ValueError: no luck" in str(stored.value)
    assert stored.value.details["indices"] == live.value.details["indices"] == [1, 2]
    for stored_entry, entry in zip(
        found.result(partial=True).results, job.result(partial=True).results, strict=True
    ):
        assert stored_entry.status == entry.status
        assert stored_entry.data.to_dict() == entry.data.to_dict()
    assert isinstance(found.errors()[2], JobTimeoutError)
    assert str(found.errors()[2]) == "too late"
    assert found.status() is JobStatus.ERROR
    assert "1 ('bad'): ValueError: no luck" in found.record().error


def test_a_cancelled_job_keeps_what_there_is(store):
    backend = lasting(store, at_once=1)
    job = backend.run([flips(0), flips(1)], seconds=0.2, shots=2)
    while job.progress().done < 1:
        time.sleep(0.01)
    assert job.cancel()
    job.wait_for_final_state(10)
    found = restored(backend, job.job_id())
    assert found.status() is JobStatus.CANCELLED
    with pytest.raises(JobCancelledError, match="after 1 of 2"):
        found.result()
    assert found.result(partial=True).get_counts(0) == {"001": 2}


def test_another_handle_follows_a_running_job_and_cancels_it(store):
    backend = lasting(store)
    job = backend.run([flips(0), flips(1)], seconds=0.4, shots=2)
    other = StoredJob(store, store.get(job.job_id()), lambda head: backend)
    with pytest.raises(JobTimeoutError, match=r"not over after 0\.01 s"):
        other.result(0.01)
    told = []
    assert other.result(10, progress=told.append).get_counts(0) == {"001": 2}
    assert told
    endless = backend.run(flips(0), seconds=60)
    other = StoredJob(store, store.get(endless.job_id()), lambda head: backend)
    keeper_of(store).jobs.pop(endless.job_id())  # as if it were another process's
    while other.status() is not JobStatus.RUNNING:
        time.sleep(0.01)
    assert other.cancel()
    other.wait_for_final_state(10)
    assert endless.status() is JobStatus.CANCELLED


def test_jobs_are_listed_by_what_is_known_of_them(store):
    backend = lasting(store)
    jobs = [backend.run(flips(k), tags=[f"t{k}", "all"]) for k in range(3)]
    for job in jobs:
        job.result(10)
    failed = backend.run(flips(entry=ValueError("no")))
    failed.wait_for_final_state(10)
    listed = [job.job_id() for job in backend.jobs()]
    assert listed == [job.job_id() for job in (failed, *jobs[::-1])]
    assert [job.job_id() for job in backend.jobs(tags="t1")] == [jobs[1].job_id()]
    assert len(backend.jobs(tags=["all"], limit=2)) == 2
    assert backend.jobs(status="error") == [failed]
    assert backend.jobs(status=JobStatus.ERROR) == [failed]
    assert len(backend.jobs(status=["done", "error"])) == 4
    now = datetime.now(UTC)
    assert backend.jobs(since=now + timedelta(hours=1)) == []
    assert len(backend.jobs(since=datetime.now() - timedelta(hours=1))) == 4
    provider = DeviceProvider(store=store)
    assert len(provider.jobs(backend="toy")) == 4
    assert provider.jobs(backend="manila") == []
    for wrong in ({"status": "over"}, {"since": "today"}, {"limit": -1}):
        with pytest.raises(OptionValueError):
            provider.jobs(**wrong)
    with pytest.raises(JobNotFoundError):
        provider.job("nowhere")
    with pytest.raises(OptionValueError, match="is a text"):
        provider.job(3)


def test_without_a_store_nothing_is_kept():
    with pytest.raises(JobError, match="backend 'toy' keeps no jobs: give it a store"):
        Toy().jobs()
    with pytest.raises(JobError, match="this provider keeps no jobs"):
        DeviceProvider().job("a")
    assert Toy().store is None


def test_a_job_that_the_store_does_not_take_is_not_run(tmp_path):
    class Full(MemoryStore):
        def add(self, *args):
            raise StoreError("the disk is full")

    log = tmp_path / "log"
    with pytest.raises(StoreError, match="full"):
        lasting(Full()).run(flips(), log=str(log))
    time.sleep(0.05)
    assert not log.exists()


@pytest.mark.parametrize(
    "wrong", [{"priority": 1.5}, {"time_limit": 0}, {"retries": -1}, {"tags": [""]}]
)
def test_plans_are_checked_before_anything_runs(wrong):
    backend = Toy()
    with pytest.raises(OptionValueError):
        backend.run(flips(), **wrong)
    assert backend.calls == []


def test_a_time_limit_ends_a_job(store):
    backend = lasting(store, at_once=1)
    job = backend.run([flips(0), flips(1), flips(2)], seconds=0.2, time_limit=0.3, shots=2)
    with pytest.raises(JobError, match=r"time limit of 0\.3 s"):
        job.result(10)
    assert job.result(partial=True).get_counts(0) == {"001": 2}
    assert restored(backend, job.job_id()).record().time_limit == 0.3


def test_retries_are_made_and_kept_in_the_history(store, tmp_path):
    fails = tmp_path / "fails"
    fails.write_text("2")
    backend = lasting(store)
    job = backend.run(flips(0), fails=str(fails), retries=2, shots=2)
    assert job.result(20).get_counts() == {"001": 2}
    texts = [event.text for event in restored(backend, job.job_id()).history()]
    assert [text for text in texts if text.startswith("tried again")] == [
        "tried again: 0, after ConnectionError: 2 left",
        "tried again: 0, after ConnectionError: 1 left",
    ]
    fails.write_text("1")
    with pytest.raises(JobError, match="ConnectionError: 1 left"):
        backend.run(flips(0), fails=str(fails)).result(10)


def test_backends_with_stores_copy_and_pickle(store):
    backend = lasting(store)
    for other in (copy.copy(backend), copy.deepcopy(backend), pickle.loads(pickle.dumps(backend))):
        assert other.store is store
        job = other.run(flips(0), shots=2)
        assert job.result(10).get_counts() == {"001": 2}
        assert backend.job(job.job_id()) is job
    with pytest.raises(OptionValueError, match="on_restart"):
        lasting(store, on_restart="perhaps")


SCRIPT = """
    import os, signal, sys, time
    from pathlib import Path
    from backends.lasting import flips, lasting
    backend = lasting(sys.argv[1], on_restart=sys.argv[2])
    first = backend.run([flips(0), flips(1)], shots=4, seconds=60, seed_simulator=5)
    rest = [backend.run(flips(2), shots=4, log=sys.argv[3]) for _ in range(6)]
    while not first.running():
        time.sleep(0.01)
    print(first.job_id(), *(job.job_id() for job in rest), flush=True)
    {end}
"""


def left_behind(tmp_path, on_restart="resume", end="os.kill(os.getpid(), signal.SIGKILL)"):
    """Ids of jobs, the first of which ran, whose process ended."""
    script = textwrap.dedent(SCRIPT.format(end=end))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ended = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "jobs.db", on_restart, tmp_path / "log"],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
    )
    return ended.stdout.split()


class Quick(Lasting):
    """What lasted for a minute takes no time here."""

    def one(self, experiment, options):
        return super().one(experiment, merged(options, {"seconds": 0.0}))


def test_what_a_killed_process_left_is_taken_up_under_the_same_id(tmp_path, store):
    first, *rest = left_behind(tmp_path)
    backend = Quick(store=store)
    jobs = {job.job_id(): job for job in backend.resume()}
    assert first in jobs
    for job in jobs.values():
        assert isinstance(job, BackendJob)
        job.result(20)
    record = store.get(first)
    assert (record.attempts, record.losses, record.status.value) == (2, 1, "done")
    result = restored(backend, first).result()
    assert counts(result) == [{"001": 4}, {"010": 4}]
    assert result.results[0].seed_simulator == 5
    texts = [event.text for event in store.history(first)]
    assert [text.split(" in ")[0] for text in texts if text.startswith("attempt")] == [
        "attempt 1 begins",
        "attempt 2 begins",
    ]
    assert any("queued again" in text and "is lost" in text for text in texts)
    assert all(store.get(job_id).status.value == "done" for job_id in rest)
    # A line is written just after an attempt is counted: the kill may have come between the two.
    begun, lost = (
        sum(getattr(store.get(job_id), name) for job_id in rest) for name in ("attempts", "losses")
    )
    lines = (tmp_path / "log").read_text().splitlines()
    assert begun - lost <= len(lines) <= begun
    ours = [line for line in lines if line.endswith(f" {os.getpid()}")]
    assert len(ours) == len(set(ours)) == len(jobs) - 1


def test_asking_for_the_result_takes_a_job_up(tmp_path, store):
    first, *_ = left_behind(tmp_path)
    backend = Quick(store=store)
    job = backend.job(first)
    assert job.status() is JobStatus.QUEUED
    assert counts(job.result(20)) == [{"001": 4}, {"010": 4}]


def test_marked_jobs_are_errors_and_what_waited_is_run(tmp_path, store):
    first, *rest = left_behind(tmp_path, "mark")
    backend = Quick(store=store)
    resumed = [job.job_id() for job in backend.resume()]
    assert first not in resumed
    job = backend.job(first)
    assert job.status() is JobStatus.ERROR
    with pytest.raises(JobError, match="its process ended while it ran"):
        job.result()
    with pytest.raises(JobError, match="its process ended while it ran"):
        job.result(partial=True)
    assert job.errors() == {}
    for job_id in rest:
        record = store.get(job_id)
        if record.losses:  # it ran too, on the other thread
            assert (record.status.value, record.attempts) == ("error", 1)
        else:
            backend.job(job_id).result(20)


def test_a_process_that_ends_in_order_gives_its_jobs_back(tmp_path, store):
    first, *rest = left_behind(tmp_path, "mark", end="pass")
    waiting = [store.get(job_id) for job_id in (first, *rest)]
    assert waiting[0].status.value == "queued"
    assert (waiting[0].losses, waiting[0].owner) == (0, None)
    assert "let go" in store.history(first)[-1].text
    backend = Quick(store=store)
    for job in backend.resume():
        job.result(20)
    assert all(store.get(job_id).status.value == "done" for job_id in (first, *rest))


def test_what_cannot_be_taken_up_says_why(store):
    backend = backline.load("manila", store=store)
    from qiskit_aer.noise import NoiseModel

    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    job = backend.run(circuit, noise_model=NoiseModel(), shots=10)
    job.result(20)
    record = store.get(job.job_id())
    payload = store.payload(record.id)
    again = replace(record, id="again", status=TaskStatus.QUEUED, ended=None, attempts=0)
    store.add(again, payload, Event(utc_now(), "accepted"))
    with pytest.raises(JobError, match="its option 'noise_model' is an object"):
        backend.job("again").resume()
    assert backend.job("again").status() is JobStatus.ERROR


def test_a_device_is_loaded_again_for_its_jobs_and_another_of_its_name_is_not_taken(
    store, tmp_path, monkeypatch
):
    backend = backline.load("manila", store=store)
    circuit = QuantumCircuit(1, 1, name="one")
    circuit.x(0)
    circuit.measure(0, 0)
    plan = JobPlan(tags=("t",))
    job_id = queued(store, backend, circuit, plan=plan, shots=50, seed_simulator=3)
    assert backend.subset([0, 1]).resume() == []
    provider = DeviceProvider(store=store)
    job = provider.job(job_id)
    assert job.backend().name == "manila"
    expected = backline.load("manila").run(circuit, shots=50, seed_simulator=3).result()
    assert job.result(20).get_counts() == expected.get_counts()
    toy = lasting(store).run(flips())
    toy.result(10)
    keeper_of(store).jobs.pop(toy.job_id())
    with pytest.raises(backline.errors.BackendNotFoundError, match="made by a program"):
        provider.job(toy.job_id()).backend()
    assert provider.job(toy.job_id()).result().get_counts() == {"000": 1024}


def test_load_takes_up_what_waits(store):
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    job_id = queued(store, backline.load("manila"), circuit, plan=JobPlan(), shots=10)
    backend = backline.load("manila", store=store)
    assert isinstance(backend.job(job_id), BackendJob | StoredJob)
    assert backend.job(job_id).result(20).results[0].shots == 10


@pytest.mark.parametrize(("level", "returned"), [(0, "avg"), (0, "single"), (1, "single")])
@pytest.mark.filterwarnings("ignore::backline.errors.DeviceWarning")
def test_traces_and_points_are_restored_bit_by_bit(store, level, returned):
    backend = backline.load("armonk", store=store)
    with pulse.build(backend, name="half") as program:
        pulse.play(pulse.Gaussian(160, 0.1, 40), pulse.drive_channel(0))
        pulse.barrier(0)
        pulse.measure(0)
    job = backend.run(program, meas_level=level, meas_return=returned, shots=3)
    live, found = job.result(60), restored(backend, job.job_id())
    assert np.array_equal(found.result().get_memory(), live.get_memory())
    assert found.result().to_dict() == live.to_dict()
    assert found.programs() == [program]


def test_damaged_results_and_programs_are_said():
    packed = pack({"a": [1, None, "ü"]}, [b"", b"\0\1"])
    assert unpack(packed, "it") == ({"a": [1, None, "ü"]}, [b"", b"\0\1"])
    for place in range(0, len(packed), 3):
        broken = bytearray(packed)
        broken[place] ^= 0x55
        with pytest.raises(StoreError, match="it is damaged in its store"):
            unpack(bytes(broken), "it")
    with pytest.raises(StoreError, match="a result is damaged"):
        decode_result(packed[:-3])


def test_results_survive_encoding(store):
    result = lasting(store).run([flips(0), flips()], shots=3, memory=True).result(10)
    again, failures = decode_result(encode_result(result, {}))
    assert again.to_dict() == result.to_dict()
    assert failures == {}


# Workers.


@pytest.fixture(scope="module")
def workers():
    made = processes(2)
    yield made
    made.close()


def programs_for(backend):
    circuits = []
    for angle in (0.1, 0.7, 2.0):
        circuit = QuantumCircuit(2, 2)
        circuit.sx(0)
        circuit.rz(angle, 0)
        circuit.sx(0)
        circuit.cx(0, 1)
        circuit.measure([0, 1], [0, 1])
        circuits.append(circuit)
    return circuits


@pytest.mark.parametrize("engine", ["gates", "pulses"])
@pytest.mark.filterwarnings("ignore::backline.errors.DeviceWarning")
def test_processes_give_what_threads_give(engine, workers):
    here = backline.load("manila")
    there = backline.load("manila", workers=workers)
    programs = programs_for(here)
    options = {"engine": engine, "seed_simulator": 11, "shots": 200, "memory": True}
    first = here.run(programs, **options).result(120)
    second = there.run(programs, **options).result(120)
    for k in range(len(programs)):
        assert first.get_memory(k) == second.get_memory(k)
        assert first.results[k].header == second.results[k].header


def test_a_process_that_dies_under_a_job_is_replaced_and_kept_in_its_history(
    store, workers, tmp_path
):
    dies = tmp_path / "dies"
    dies.write_text("")
    backend = Lasting(store=store, workers=workers)
    job = backend.run([flips(0), flips(1)], dies=str(dies), shots=3)
    assert counts(job.result(60)) == [{"001": 3}, {"010": 3}]
    texts = [event.text for event in restored(backend, job.job_id()).history()]
    assert any("worker process" in text and "is run again" in text for text in texts)


def test_failures_in_processes_are_those_of_their_experiment(workers):
    backend = Lasting(workers=workers)
    job = backend.run([flips(0), flips(entry=ValueError("no")), flips(2)], shots=2)
    with pytest.raises(JobError, match=r"1 of 3 experiments failed: 1 .*ValueError: no"):
        job.result(60)
    assert job.result(partial=True).get_counts(2) == {"100": 2}


def test_cancel_ends_work_in_processes(workers):
    backend = backline.load("manila", workers=workers, noise=False)
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    with circuit.while_loop((circuit.clbits[0], 0)):
        circuit.reset(0)
        circuit.measure(0, 0)
    job = backend.run(circuit, method="statevector", shots=10)
    time.sleep(2.0)
    asked = time.monotonic()
    job.cancel()
    job.wait_for_final_state(30)
    assert job.status() is JobStatus.CANCELLED
    assert time.monotonic() - asked < 3


def test_a_job_that_cannot_be_read_keeps_no_other_from_running(store, caplog):
    """It is of a later Backline, say; or the disk damaged it."""
    job = lasting(store).run(flips(0), shots=3)
    job.result(10)
    payload, known = store.payload(job.job_id()), store.get(job.job_id())
    fresh = {"status": TaskStatus.QUEUED, "ended": None, "attempts": 0}
    store.add(replace(known, id="damaged", **fresh), b"nonsense", Event(utc_now(), "accepted"))
    store.add(replace(known, id="sound", **fresh), payload, Event(utc_now(), "accepted"))
    (taken,) = lasting(store).resume()
    assert taken.job_id() == "sound"
    assert taken.result(10).get_counts() == {"001": 3}
    assert store.get("damaged").status is TaskStatus.QUEUED
    assert "job damaged is left as it is: a job is damaged in its store" in caplog.text


def test_who_waits_for_a_job_that_nobody_can_run_is_told(store, caplog):
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    job_id = queued(store, backline.load("manila"), circuit, plan=JobPlan(), shots=10)
    other = backline.load("nairobi")
    job = StoredJob(store, store.get(job_id), lambda head: copy.copy(other))
    job.backend()._store = store
    with pytest.raises(JobTimeoutError, match=r"it cannot be taken up here: job .* it is queued"):
        job.result(0.2)
    assert caplog.text.count("cannot be taken up here, it is queued") == 1
