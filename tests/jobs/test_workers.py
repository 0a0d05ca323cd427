"""Worker processes."""

import copy
import os
import pickle
import random
import signal
import subprocess
import sys
import textwrap
import time

import psutil
import pytest

from backline.errors import EngineError, JobCancelledError, OptionValueError, WorkerLostError
from backline.jobs import Batch, TaskRun, TaskStatus
from backline.jobs.workers import child as child_module
from backline.jobs.workers import chosen_workers, processes
from backline.jobs.workers.child import Child
from jobs import work
from jobs.killing import kills

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses signals")


@pytest.fixture(scope="module")
def workers():
    made = processes(2)
    yield made
    made.close()


def in_a_run(function, items, workers, **more):
    run = TaskRun([Batch(len(items), lambda: workers.map(function, items))], **more)
    run.start(workers.drivers().submit)
    return run


def test_results_come_in_order_from_several_processes(workers):
    assert list(workers.map(work.double, range(20))) == list(range(0, 40, 2))
    pids = set(workers.map(work.pid, range(8)))
    assert len(pids) == 2
    assert os.getpid() not in pids
    assert pids == set(workers.pids())


def test_errors_come_back_as_they_are_or_as_text(workers):
    zero, one, two, three, four, five = workers.map(work.fails, range(6))
    assert (zero, five) == (0, 5)
    assert isinstance(one, ValueError)
    assert str(one) == "one"
    assert isinstance(two, EngineError)
    assert "Unreadable: a b" in str(two)
    assert callable(three)
    assert isinstance(four, KeyboardInterrupt)


def test_functions_of_a_script_travel(workers):
    offset = 5
    assert list(workers.map(lambda value: value + offset, [1, 2])) == [6, 7]


def test_what_was_on_a_process_that_died_is_run_again_and_noted(workers, tmp_path):
    path = tmp_path / "flag"
    path.write_text("")
    run = in_a_run(work.dies_once, [str(path)], workers)
    assert run.wait(60)
    assert run.entries() == ("alive",)
    (noted,) = run.history()
    assert "died (signal 9): what it ran is run again" in noted.text


def test_what_kills_its_processes_is_given_up(workers):
    (error, good) = list(workers.map(work.fails, [0])) + list(workers.map(work.dies, [0]))
    assert error == 0
    assert isinstance(good, WorkerLostError)
    assert "died each of the 3 times" in str(good)
    assert "exit code 3" in str(good)


def test_cancel_ends_running_work(workers, tmp_path):
    path = tmp_path / "pid"
    run = in_a_run(work.endless, [str(path)], workers)
    wait_for(path)
    asked = time.monotonic()
    assert run.cancel()
    assert run.wait(10)
    assert time.monotonic() - asked < 2
    assert run.status is TaskStatus.CANCELLED
    assert not lives(int(path.read_text()))
    assert list(workers.map(work.double, [4])) == [8]


def test_a_time_limit_ends_running_work(workers, tmp_path):
    path = tmp_path / "pid"
    list(workers.map(work.pid, range(8)))  # the limit counts their start too
    run = in_a_run(work.endless, [str(path)], workers, time_limit=3)
    assert run.wait(30)
    assert "time limit of 3 s" in str(run.entries()[0])
    assert not lives(int(path.read_text()))


def test_what_waits_for_a_process_can_be_cancelled(tmp_path):
    one = processes(1)
    busy = in_a_run(work.endless, [str(tmp_path / "pid")], one)
    wait_for(tmp_path / "pid")
    waits = in_a_run(work.double, [1], one)
    time.sleep(0.1)
    waits.cancel()
    assert waits.wait(5)
    assert isinstance(waits.entries()[0], JobCancelledError)
    busy.cancel()
    assert busy.wait(10)
    one.close()


def test_workers_are_values():
    assert processes(3) == processes(3) != processes(2)
    assert hash(processes(3)) == hash(processes(3))
    assert pickle.loads(pickle.dumps(processes(3))) == copy.deepcopy(processes(3)) == processes(3)
    assert repr(processes(3)) == "processes(3)"
    assert chosen_workers(None) is chosen_workers("threads") is None
    assert chosen_workers("processes") == processes()
    assert chosen_workers(processes(2)) == processes(2)


@pytest.mark.parametrize("wrong", ["thread", 3, object()])
def test_what_are_no_workers_is_said(wrong):
    with pytest.raises(OptionValueError, match="workers are"):
        chosen_workers(wrong)


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True])
def test_numbers_of_processes_are_checked(wrong):
    with pytest.raises(OptionValueError, match="at least 1"):
        processes(wrong)


def test_a_script_without_a_guard_and_with_its_own_functions_works_and_ends(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent("""
        from backline.jobs.workers import processes
        def mine(value):
            return value + 1
        print(list(processes(1).map(mine, [1, 2])))
        """)
    )
    ended = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=120, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "[2, 3]\n", "")


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "in native code"])
def test_processes_end_with_who_started_them(busy, tmp_path):
    if busy and sys.platform != "linux":
        pytest.skip("the kernel ends them on Linux alone")
    script = textwrap.dedent(f"""
        import os, signal, threading, time
        from backline.jobs.workers import processes
        workers = processes(1)
        list(workers.map(abs, [1]))
        print(workers.pids()[0], flush=True)
        native = lambda value: (3**value) and 0  # a long time in which no other thread runs
        work = lambda: list(workers.map(native, [400_000_000]))
        if {busy}:
            threading.Thread(target=work, daemon=True).start()
            time.sleep(1.0)
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    said = tmp_path / "said"
    with said.open("w") as stream:  # and no pipe, which a process that stays would keep open
        subprocess.run([sys.executable, "-c", script], stdout=stream, timeout=120, check=False)
    child = int(said.read_text())
    end = time.monotonic() + 5
    while lives(child):
        assert time.monotonic() < end
        time.sleep(0.1)


def test_processes_that_died_with_nothing_to_do_cost_no_attempt():
    four = processes(4)
    list(four.map(work.pid, range(16)))
    for pid in four.pids():
        os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + 20
    while four.pids():
        assert time.monotonic() < end
        time.sleep(0.01)
    run = in_a_run(work.double, [1], four)
    assert run.wait(60)
    assert run.entries() == (2,)
    assert run.history() == ()
    four.close()


def test_an_interrupted_wait_leaves_no_answer_for_the_next(monkeypatch):
    one = processes(1)
    list(one.map(work.double, [1]))

    def interrupted(child, timeout):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Child, "answered", interrupted)
        (error,) = one.map(work.double, [1])
    assert isinstance(error, KeyboardInterrupt)
    assert list(one.map(work.double, [21])) == [42]
    one.close()


def test_an_interrupt_is_for_who_waits_and_not_for_what_runs():
    """A terminal's Ctrl-C, and a notebook's interrupt, reach the whole group of processes."""
    script = textwrap.dedent("""
        import time
        from backline.jobs import Batch, TaskRun
        from backline.jobs.workers import processes
        workers = processes(1)
        list(workers.map(abs, [1]))
        def slow(value):
            for _ in range(100):
                time.sleep(0.02)
            return value
        run = TaskRun([Batch(1, lambda: workers.map(slow, [7]))])
        run.start(workers.drivers().submit)
        time.sleep(0.5)
        print("waits", flush=True)
        try:
            run.wait()
        except KeyboardInterrupt:
            print(run.status.value, flush=True)
        run.wait()
        print(run.entries())
    """)
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout.readline() == "waits\n"
        time.sleep(0.3)
        os.killpg(process.pid, signal.SIGINT)
        assert process.communicate(timeout=60)[0] == "running\n(7,)\n"


def test_a_process_that_is_being_started_can_be_cancelled(monkeypatch):
    monkeypatch.setattr(child_module, "_started", lambda: subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], stdin=subprocess.PIPE
    ))  # fmt: skip
    five = processes(5)
    run = in_a_run(work.double, [1], five)
    time.sleep(0.3)
    asked = time.monotonic()
    run.cancel()
    assert run.wait(10)
    assert time.monotonic() - asked < 2
    assert run.status is TaskStatus.CANCELLED


@pytest.mark.slow
def test_kill_9_of_workers_at_random_moments_loses_and_alters_nothing():
    workers, chance = processes(2), random.Random(7)
    items, rounds = list(range(20)), 0
    try:
        with kills(workers, chance, 0.6, 1.8) as killed:
            while len(killed) < 50:
                results = list(workers.map(work.slowly, items))
                lost = [item for item in results if isinstance(item, WorkerLostError)]
                assert len(lost) <= 1  # three kills of one item are bad luck, and said
                for item, got in zip(items, results, strict=True):
                    assert got in lost or got == item * item
                rounds += 1
    finally:
        workers.close()
    assert rounds > 5


def wait_for(path, seconds=60):
    end = time.monotonic() + seconds
    while not path.exists() or not path.read_text():
        assert time.monotonic() < end
        time.sleep(0.01)


def lives(pid):
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
