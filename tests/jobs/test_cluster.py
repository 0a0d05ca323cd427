"""Workers of a Dask cluster, which is started here."""

import os
import pickle
import signal
import sys
import threading
import time

import pytest
from qiskit import QuantumCircuit

import backline
from backends.lasting import Lasting, flips
from backline.errors import EngineError, OptionValueError, WorkerLostError
from backline.jobs import Batch, TaskRun, TaskStatus
from backline.jobs.workers import chosen_workers, dask
from jobs import work

distributed = pytest.importorskip("distributed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="uses signals"),
    pytest.mark.filterwarnings("ignore:::distributed"),
]


@pytest.fixture(scope="module")
def cluster():
    # Its workers import our tests' modules, as a user's would have theirs.
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as made:
        yield made


@pytest.fixture
def workers(cluster):
    cluster.scale(2)
    cluster.wait_for_workers(2, timeout=60)  # one that was killed is made again
    return dask(cluster)


def in_a_run(function, items, workers, **more):
    run = TaskRun([Batch(len(items), lambda: workers.map(function, items))], **more)
    run.start(workers.drivers().submit)
    return run


def test_results_and_errors_come_in_order(workers):
    assert list(workers.map(work.double, range(20))) == list(range(0, 40, 2))
    zero, one, two, *_ = workers.map(work.fails, [0, 1, 2])
    assert zero == 0
    assert isinstance(one, ValueError)
    assert isinstance(two, EngineError)
    assert "Unreadable: a b" in str(two)


def test_what_a_lost_worker_had_is_run_again_and_noted(workers, cluster):
    list(workers.map(work.slowly, range(4)))  # all is imported
    run = in_a_run(work.slowly, list(range(20)), workers)
    deadline = time.monotonic() + 30
    while run.progress.done < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    with distributed.Client(cluster, set_as_default=False) as client:
        busy = max(client.processing().items(), key=lambda item: len(item[1]))[0]
    (nanny,) = [nanny for nanny in cluster.workers.values() if nanny.worker_address == busy]
    os.kill(nanny.pid, signal.SIGKILL)
    assert run.wait(60)
    assert run.entries() == tuple(value * value for value in range(20))
    assert any("were run again: a worker of the cluster died" in e.text for e in run.history())


def test_what_kills_its_workers_is_given_up(workers):
    with distributed.Client(workers.address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
    (error,) = workers.map(work.dies, [0])
    assert isinstance(error, WorkerLostError)


def test_cancel_reaches_into_running_work(workers, cluster, tmp_path):
    path = tmp_path / "pid"
    run = in_a_run(work.polite, [str(path)], workers)
    end = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    asked = time.monotonic()
    run.cancel()
    assert run.wait(10)
    assert run.status is TaskStatus.CANCELLED
    assert list(workers.map(work.double, range(4))) == [0, 2, 4, 6]  # both workers are free again
    assert time.monotonic() - asked < 10


def test_seeds_give_what_they_give_here(workers):
    circuit = QuantumCircuit(2, 2)
    circuit.sx(0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    options = {"seed_simulator": 4, "shots": 300, "memory": True}
    here, there = backline.load("manila"), backline.load("manila", workers=workers)
    for engine in ("gates", "pulses"):
        first = here.run([circuit] * 3, engine=engine, **options).result(120)
        second = there.run([circuit] * 3, engine=engine, **options).result(120)
        for k in range(3):
            assert first.get_memory(k) == second.get_memory(k)


def test_jobs_survive_kill_9_of_workers_at_random_moments(workers, cluster):
    backend, over = Lasting(workers=workers), threading.Event()
    killed = []

    def kill():
        while not over.wait(8.0):
            alive = [item for item in cluster.workers.values() if item.status.name == "running"]
            if alive:
                os.kill(alive[0].pid, signal.SIGKILL)
                killed.append(alive[0].pid)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        while len(killed) < 3:
            job = backend.run([flips(k % 3) for k in range(8)], seconds=0.1, shots=2, retries=2)
            result = job.result(120)
            expected = ["001", "010", "100"]
            assert [result.get_counts(k) for k in range(8)] == [
                {expected[k % 3]: 2} for k in range(8)
            ]
    finally:
        over.set()
        killer.join()


def test_clusters_are_given_by_address_client_or_object(cluster):
    address = cluster.scheduler_address
    with distributed.Client(cluster, set_as_default=False) as client:
        assert dask(client) == dask(cluster) == dask(address) == chosen_workers(address)
    assert hash(dask(address)) == hash(dask(address))
    assert pickle.loads(pickle.dumps(dask(address))) == dask(address)
    assert repr(dask(address)) == f"dask({address!r})"
    with pytest.raises(OptionValueError, match="address of a Dask scheduler"):
        dask(3)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_waits_with_threads_of_its_own(workers):
    assert list(workers.map(work.double, [2])) == [4]
    over = threading.Event()
    workers.drivers().submit(over.set)
    assert over.wait(10)
    pid = os.fork()
    if pid == 0:
        again = threading.Event()
        workers.drivers().submit(again.set)
        os._exit(0 if again.wait(5) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
