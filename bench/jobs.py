"""What keeping jobs costs: 10,000 small ones through SQLite, and lists of 100,000.

To submit is measured twice: by itself, while all workers wait for something else, and while they
run what was submitted, in the same interpreter and with the same lock.
"""

import statistics
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Measure
from qiskit.circuit.library import XGate

from backline import BackendBase, Outcomes, Target
from backline.jobs import Event, TaskStatus, shared_pool
from backline.jobs.store import JobQuery, JobRecord, open_store, schema

JOBS = 10_000
FEWER = 2_000
LISTED = 100_000
SUBMIT, LIST = 2e-3, 20e-3  # to reach, in s


class Still(BackendBase):
    """Gives zeros: all that is measured is what is around it."""

    def __init__(self, **more):
        super().__init__(name="still", **more)
        self._target = Target(num_qubits=2)
        for gate in (XGate(), Measure()):
            self._target.add_instruction(gate, {(qubit,): None for qubit in range(2)})

    @property
    def target(self):
        return self._target

    def execute(self, experiments, options):
        for experiment in experiments:
            width = experiment.program.num_clbits
            bits = np.zeros((options.shots, width), dtype=np.uint8)
            yield Outcomes(shots=options.shots, bits=bits)


def small():
    circuit = QuantumCircuit(2, 2)
    circuit.x(0)
    circuit.measure([0, 1], [0, 1])
    return circuit


def submitting(backend, count):
    """Seconds of each submission on a clock, of all of them of this thread's processor, and from
    the first to the end of the last job."""
    begin = time.perf_counter()
    jobs, taken, work = submitted(backend, count)
    for job in jobs:
        job.result()
    return taken, work, time.perf_counter() - begin


def submitted(backend, count):
    """Jobs, seconds of each submission on a clock, and of this thread's processor for all."""
    circuit, taken, jobs = small(), [], []
    work = time.thread_time()
    for _ in range(count):
        start = time.perf_counter()
        jobs.append(backend.run(circuit, shots=16))
        taken.append(time.perf_counter() - start)
    return jobs, taken, time.thread_time() - work


@contextmanager
def workers_that_wait():
    """All threads of the pool wait, so that nothing that is submitted is begun."""
    pool, go = shared_pool(), threading.Event()
    ready = threading.Barrier(pool.size + 1)

    def wait():
        ready.wait()
        go.wait()

    for _ in range(pool.size):
        pool.submit(wait, priority=1)
    ready.wait()
    try:
        yield
    finally:
        go.set()


def by_itself(backend, count):
    """Seconds of each submission while no worker runs anything of ours, and of its work alone."""
    with workers_that_wait():
        jobs, taken, work = submitted(backend, count)
    for job in jobs:
        job.result()
    return taken, work / count


def fill(store, count):
    """Put records into a database, quicker than by accepting jobs."""
    now = int(time.time() * 1e6)
    statuses = [status.value for status in TaskStatus]
    rows = [
        {
            "id": f"filled-{k:08}",
            "backend": f"device-{k % 7}",
            "status": statuses[k % 5],
            "created": now + k,
            "priority": 0,
            "tags": "[]",
            "done": 1,
            "total": 1,
            "attempts": 1,
            "losses": 0,
            "on_restart": "resume",
            "cancel_asked": False,
        }
        for k in range(count)
    ]
    with store._changing() as connection:
        connection.execute(schema.jobs.insert(), rows)


def listing(store, rounds=50, **query):
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        found = store.find(JobQuery(limit=100, **query))
        taken.append(time.perf_counter() - start)
        assert len(found) == 100
    return statistics.median(taken)


def main():
    fine = True
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "jobs.db")
        submitting(Still(store=open_store("memory:warm")), 200)
        print("jobs of one small circuit each:")
        for name, backend, count in (
            ("no store", Still(), FEWER),
            ("memory", Still(store="memory:bench"), FEWER),
            ("SQLite", Still(store=store), JOBS),
        ):
            single, single_work = by_itself(backend, FEWER)
            taken, work, whole = submitting(backend, count)
            for when, times, processor in (
                ("by itself", single, single_work),
                ("while they run", taken, work / count),
            ):
                middle, mean = statistics.median(times), statistics.mean(times)
                fine &= middle < SUBMIT
                last = statistics.quantiles(times, n=100)[-1]
                print(
                    f"  {name:8}  to submit, {when:14}: median {middle * 1e3:.2f} ms, mean "
                    f"{mean * 1e3:.2f} ms, 99th of 100 {last * 1e3:.2f} ms, processor "
                    f"{processor * 1e3:.2f} ms"
                )
            print(f"  {name:8}  {count} of them are over after {whole:.1f} s")
        record = JobRecord(id="", backend="still", created=datetime.now(UTC), total=1)
        start = time.perf_counter()
        for k in range(1000):
            job = JobRecord(**{**{f: getattr(record, f) for f in record.__slots__}, "id": f"a{k}"})
            store.add(job, b"x" * 300, Event(job.created, "accepted"))
        print(f"  one bare write of the store: {time.perf_counter() - start:6.3f} ms")
        fill(store, LISTED)
        print(f"listing the newest 100 of over {LISTED}:")
        for name, query in (
            ("all", {}),
            ("done", {"statuses": (TaskStatus.DONE,)}),
            ("of one device", {"backend": "device-3"}),
            ("since a moment ago", {"since": datetime.fromtimestamp(time.time() - 3600, UTC)}),
        ):
            seconds = listing(store, **query)
            print(f"  {name:20} {seconds * 1e3:7.2f} ms")
            fine &= seconds < LIST
        store.close()
    print(f"to reach: {SUBMIT * 1e3:g} ms to submit, {LIST * 1e3:g} ms to list")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
