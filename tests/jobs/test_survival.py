"""No accepted job is lost, no result is altered, nothing is run twice unnoticed."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest

import postgres
from backends.lasting import flips, lasting
from backline.backends.launching import queued
from backline.jobs import JobPlan, TaskStatus
from backline.jobs.recovery import MOST_LOSSES
from backline.jobs.store import JobQuery, open_store
from backline.jobs.workers import processes
from jobs.killing import kills
from jobs.test_workers import lives

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork and no kill -9"),
]
HERE = Path(__file__).parent
BITS = ("001", "010", "100")
OPEN = (TaskStatus.QUEUED, TaskStatus.RUNNING)


def started(script, *arguments):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(
        [sys.executable, HERE / script, *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def url_of(kind, folder):
    if kind == "sqlite":
        yield str(folder / "jobs.db")
    else:
        with postgres.running() as url:
            yield url


def settled(store, backend):
    """Take up what waits until nothing does.

    A database's server may still do what a process asked of it just before it was killed, and so
    after the first look: a begun job of a dead process is found at the second.
    """
    for _ in range(3):
        for job in backend.resume():
            job.wait_for_final_state(60)
    assert store.find(JobQuery(statuses=OPEN)) == []


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
@pytest.mark.timeout(600)
def test_kill_9_at_a_hundred_random_moments(kind, tmp_path):
    with url_of(kind, tmp_path) as url:
        driver = started("killed.py", url, tmp_path, 100, 11)
        _, errors = driver.communicate(timeout=400)
        assert driver.returncode == 0, errors
        store = open_store(url)
        backend = lasting(store)
        settled(store, backend)
        accepted = [line.split() for line in (tmp_path / "accepted").read_text().splitlines()]
        assert len(accepted) > 300
        begun = Counter(line.split()[0] for line in (tmp_path / "log").read_text().splitlines())
        again = 0
        for job_id, flipped, name in accepted:
            record = store.get(job_id)
            begins = [item for item in store.history(job_id) if "begins" in item.text]
            assert len(begins) == record.attempts >= begun[name]
            again += record.attempts > 1
            if record.status is TaskStatus.ERROR:
                assert record.losses >= MOST_LOSSES
                assert "its process ended each" in record.error
                continue
            assert record.status is TaskStatus.DONE
            result = backend.job(job_id).result()
            assert result.get_counts(name) == {BITS[int(flipped)]: 4}
            assert record.attempts == record.losses + 1
        assert again > 10  # the kills did hit running jobs
        store.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
@pytest.mark.timeout(900)
def test_kill_9_of_workers_at_a_hundred_random_moments(kind, tmp_path):
    chance, workers, log = random.Random(5), processes(2), tmp_path / "log"
    with url_of(kind, tmp_path) as url:
        store = open_store(url)
        backend, jobs = lasting(store, workers=workers), []
        with kills(workers, chance, 0.0, 1.5) as killed:
            while len(killed) < 100:
                name = f"n{len(jobs)}"
                circuits = [flips(k, name=f"{name}-{k}") for k in range(3)]
                jobs.append(backend.run(circuits, shots=4, seconds=0.1, log=str(log)))
                jobs[-1].wait_for_final_state(120)
        begun = Counter(line.split()[0] for line in log.read_text().splitlines())
        again = 0
        for number, job in enumerate(jobs):
            known = store.get(job.job_id())
            assert known.attempts == 1
            texts = [item.text for item in store.history(known.id)]
            noted = sum("what it ran is run again" in text for text in texts)
            again += noted
            ran = sum(begun[f"n{number}-{k}"] for k in range(3))
            assert ran <= 3 + noted  # nothing is run twice unnoticed
            if known.status is TaskStatus.ERROR:  # three kills of one experiment are bad luck
                assert "died each of the 3 times" in known.error
                continue
            assert known.status is TaskStatus.DONE
            result = backend.job(known.id).result()
            assert [result.get_counts(k) for k in range(3)] == [{bits: 4} for bits in BITS]
        assert again > 20  # the kills did hit running experiments
        workers.close()
        store.close()


@pytest.mark.timeout(600)
def test_no_worker_outlives_a_process_that_is_killed_at_a_random_moment(tmp_path):
    driver = started("killed.py", tmp_path / "jobs.db", tmp_path, 9, 3, 2)
    _, errors = driver.communicate(timeout=400)
    assert driver.returncode == 0, errors
    pids = {int(line) for line in (tmp_path / "workers").read_text().split()}
    assert len(pids) > 4
    end = time.monotonic() + 5
    while left := [pid for pid in pids if lives(pid)]:
        assert time.monotonic() < end, left
        time.sleep(0.1)
    store = open_store(tmp_path / "jobs.db")
    backend = lasting(store)
    settled(store, backend)
    for line in (tmp_path / "accepted").read_text().splitlines():
        job_id, flipped, name = line.split()
        known = store.get(job_id)
        if known.status is TaskStatus.ERROR:
            assert known.losses >= MOST_LOSSES
        else:
            assert backend.job(job_id).result().get_counts(name) == {BITS[int(flipped)]: 4}
    store.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_two_processes_on_one_store_never_run_a_job_twice(kind, tmp_path):
    with url_of(kind, tmp_path) as url:
        store = open_store(url)
        backend = lasting(store)
        log = tmp_path / "log"
        ids = [
            queued(
                store,
                backend,
                flips(k % 3, name=f"n{k}"),
                plan=JobPlan(),
                log=str(log),
                seconds=0.002,
                shots=4,
            )
            for k in range(400)
        ]
        both = [started("shared.py", url, tmp_path) for _ in range(2)]
        for process in both:
            assert process.stdout.readline() == "ready\n"
        (tmp_path / "go").write_text("")
        ran = [int(process.communicate(timeout=200)[0]) for process in both]
        assert sum(ran) == len(ids)
        assert min(ran) > 0
        lines = [line.split() for line in log.read_text().splitlines()]
        assert sorted(name for name, _ in lines) == sorted(f"n{k}" for k in range(400))
        for k, job_id in enumerate(ids):
            assert store.get(job_id).attempts == 1
            assert backend.job(job_id).result().get_counts() == {BITS[k % 3]: 4}
        store.close()


@pytest.mark.timeout(600)
def test_ten_thousand_jobs(tmp_path):
    store = open_store(tmp_path / "jobs.db")
    backend, chance = lasting(store), random.Random(3)
    jobs = [backend.run(flips(k % 3), shots=2, tags=[f"t{k % 10}"]) for k in range(10_000)]
    for job in jobs:
        job.wait_for_final_state(120)
    ids = [job.job_id() for job in jobs]
    del jobs, job
    assert [found.id for found in store.find(JobQuery())] == ids[::-1]
    done = store.find(JobQuery(statuses=(TaskStatus.DONE,), tags=("t3",)))
    assert len(done) == 1000
    assert {found.attempts for found in done} == {1}
    for k in chance.sample(range(10_000), 200):
        assert backend.job(ids[k]).result().get_counts() == {BITS[k % 3]: 2}
    assert store.remove(ids) == 10_000
    assert store.find(JobQuery()) == []


def test_a_job_in_processes_is_taken_up_when_its_process_is_killed(tmp_path):
    """Both at once: the process dies, and the workers with it."""
    store = open_store(tmp_path / "jobs.db")
    script = (
        "import os, signal, sys, time\n"
        "from backends.lasting import flips, lasting\n"
        "from backline.jobs.workers import processes\n"
        "backend = lasting(sys.argv[1], workers=processes(2))\n"
        "job = backend.run([flips(k) for k in (0, 1, 2)], seconds=0.5, shots=4)\n"
        "while job.progress().done < 1: time.sleep(0.01)\n"
        "print(job.job_id(), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    path = tmp_path / "script.py"
    path.write_text(script)
    process = started(path, tmp_path / "jobs.db")
    job_id = process.communicate(timeout=120)[0].strip()
    workers = processes(2)
    backend = lasting(store, workers=workers)
    (job,) = backend.resume()
    assert job.job_id() == job_id
    result = job.result(60)
    assert [result.get_counts(k) for k in range(3)] == [{bits: 4} for bits in BITS]
    assert store.get(job_id).attempts == 2
    workers.close()
