"""Worker threads: bounded, in order, unkillable, and never in the way of the exit."""

import multiprocessing
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from backline.errors import JobError
from backline.jobs import WorkerPool, map_in_order, shared_pool


def test_no_more_threads_than_its_size():
    pool = WorkerPool(2)
    lock, inside, most, over = threading.Lock(), [], [], threading.Barrier(2)
    done = threading.Semaphore(0)

    def work():
        with lock:
            inside.append(1)
            most.append(len(inside))
        over.wait(10)  # two meet here, so that two do run at a time
        with lock:
            inside.pop()
        done.release()

    for _ in range(6):
        pool.submit(work)
    for _ in range(6):
        assert done.acquire(timeout=10)
    assert max(most) == 2


def test_functions_begin_in_the_order_of_submission():
    pool, order, over = WorkerPool(1), [], threading.Event()
    for index in range(20):
        pool.submit(lambda index=index: order.append(index))
    pool.submit(over.set)
    assert over.wait(10)
    assert order == list(range(20))


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_worker_outlives_what_it_runs(kind, caplog):
    pool, over = WorkerPool(1), threading.Event()

    def dies():
        raise kind("broke")

    pool.submit(dies)
    pool.submit(over.set)
    assert over.wait(10)
    assert "broke" in caplog.text


@pytest.mark.parametrize("size", [0, -1, 1.5, True])
def test_a_pool_has_workers(size):
    with pytest.raises(JobError, match="at least 1 worker"):
        WorkerPool(size)


def test_a_system_without_threads_is_an_error(monkeypatch):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    ran = []
    with pytest.raises(JobError, match="can't start new thread"):
        WorkerPool(1).submit(lambda: ran.append(1))
    assert ran == []


def test_settle_waits_for_the_busy():
    pool, go = WorkerPool(1), threading.Event()
    pool.submit(lambda: go.wait(10))
    assert not pool.settle(0.02)
    go.set()
    assert pool.settle(10)


def _in_child(send):
    over = threading.Event()
    shared_pool().submit(over.set)
    send.send(over.wait(5))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_has_workers_of_its_own():
    over = threading.Event()
    shared_pool().submit(over.set)
    assert over.wait(10)
    context = multiprocessing.get_context("fork")
    receive, send = context.Pipe(duplex=False)
    child = context.Process(target=_in_child, args=(send,))
    child.start()
    assert receive.poll(10)
    assert receive.recv() is True
    child.join(10)
    assert child.exitcode == 0


def test_a_forgotten_run_does_not_keep_the_interpreter_alive():
    script = textwrap.dedent("""
        import time
        from backline.jobs import Batch, TaskRun
        task = TaskRun([Batch(1, lambda: time.sleep(60) or [1])])
        task.start()
        other = TaskRun([Batch(1000, lambda: (time.sleep(0.01) for _ in range(1000)))])
        other.start()
        time.sleep(0.05)
        print(task.status.value, other.status.value)
    """)
    begun = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False
    )
    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (0, "running running", "")
    assert time.monotonic() - begun < 20


def test_map_in_order_keeps_order_and_errors():
    def invert(value):
        time.sleep(0.002 * (value % 3))
        return 1 / value

    values = list(map_in_order(invert, [2, 0, 4, 1], helpers=3))
    assert values[0] == 0.5
    assert isinstance(values[1], ZeroDivisionError)
    assert values[2:] == [0.25, 1.0]


def test_map_in_order_spreads_over_workers():
    meet = threading.Barrier(2)
    assert list(map_in_order(lambda _: meet.wait(10) >= 0, [1, 2], helpers=1)) == [True, True]


def test_map_in_order_needs_no_idle_worker():
    pool, go, begun = WorkerPool(1), threading.Event(), threading.Event()
    pool.submit(lambda: (begun.set(), go.wait(10)))
    assert begun.wait(10)
    values = list(map_in_order(abs, [-1, -2, -3], helpers=2, submit=pool.submit))
    go.set()
    assert values == [1, 2, 3]


def test_map_in_order_within_a_worker_does_not_wait_for_itself():
    pool, values, over = WorkerPool(1), [], threading.Event()

    def work():
        values.extend(map_in_order(abs, [-1, -2], helpers=2, submit=pool.submit))
        over.set()

    pool.submit(work)
    assert over.wait(10)
    assert values == [1, 2]


def test_map_in_order_drops_what_nobody_wants_any_more():
    ran = []
    values = map_in_order(lambda value: ran.append(value) or value, range(5), helpers=0)
    assert next(values) == 0
    values.close()
    assert ran == [0]
