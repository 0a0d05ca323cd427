"""A run ends whatever its work does, and keeps what it was given."""

import os
import sys
import threading

import pytest

from backline.errors import EngineError, JobCancelledError, JobError
from backline.jobs import Batch, TaskRun, TaskStatus, WorkerPool


class PanicException(BaseException):
    pass


def run(*batches, submit=None):
    task = TaskRun(batches)
    task.start(submit)
    assert task.wait(10)
    return task


def at_once(function):
    function()


def test_batches_run_in_order_and_give_their_entries():
    order = []

    def batch(*values):
        order.append(values)
        return values

    task = run(Batch(2, lambda: batch(1, 2)), Batch(1, lambda: batch(3)))
    assert task.entries() == (1, 2, 3)
    assert order == [(1, 2), (3,)]
    assert task.status is TaskStatus.DONE
    assert task.progress == (3, 3)
    assert task.created <= task.started <= task.ended


def test_an_exception_as_a_value_fails_that_entry_alone():
    wrong = ValueError("no")
    task = run(Batch(3, lambda: [1, wrong, 3]))
    assert task.entries() == (1, wrong, 3)
    assert task.failures() == {1: wrong}
    assert task.status is TaskStatus.ERROR


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt, SystemExit, PanicException])
def test_a_dying_worker_loses_neither_what_it_gave_nor_the_other_batches(kind):
    def dies():
        yield 1
        raise kind("broke")

    task = run(Batch(3, dies), Batch(1, lambda: [4]))
    assert task.status is TaskStatus.ERROR
    first, second, third, fourth = task.entries()
    assert (first, fourth) == (1, 4)
    assert isinstance(second, EngineError)
    assert str(second) == f"the worker died after 1 of 3 results: {kind.__name__}: broke"
    assert isinstance(second.__cause__, kind)
    assert third is second


def test_work_that_raises_before_its_first_result():
    def dies():
        raise RuntimeError

    task = run(Batch(1, dies))
    assert str(task.failures()[0]) == "the worker died after 0 of 1 results: RuntimeError"


def test_too_few_results_are_an_error_of_those_that_miss():
    task = run(Batch(3, lambda: iter([1])), Batch(1, lambda: [4]))
    assert task.entries()[0] == 1
    assert task.entries()[3] == 4
    assert str(task.failures()[1]) == "the work ended after 1 of 3 results"
    assert set(task.failures()) == {1, 2}


def test_too_many_results_are_an_error_of_the_whole_batch():
    def endless():
        while True:
            yield 1

    task = run(Batch(2, endless), Batch(1, lambda: [4]))
    assert set(task.failures()) == {0, 1}
    assert "more than the 2 results" in str(task.failures()[0])
    assert task.entries()[2] == 4


def test_no_iterable_at_all_is_an_error():
    task = run(Batch(1, lambda: None))
    assert "TypeError" in str(task.failures()[0])


def test_work_that_raises_while_it_is_closed_keeps_its_results(caplog):
    class Values:
        def __init__(self):
            self.left = [1, 2]

        def __iter__(self):
            return self

        def __next__(self):
            if not self.left:
                raise StopIteration
            return self.left.pop(0)

        def close(self):
            raise RuntimeError("badly said")

    task = run(Batch(2, Values))
    assert task.entries() == (1, 2)
    assert "badly said" in caplog.text


def test_cancel_takes_effect_before_the_next_entry():
    begun, go, closed = threading.Event(), threading.Event(), threading.Event()
    ran = []

    def work():
        try:
            for index in range(3):
                ran.append(index)
                begun.set()
                go.wait(10)
                yield index
        finally:
            closed.set()

    task = TaskRun([Batch(3, work), Batch(1, lambda: [9])])
    task.start()
    assert begun.wait(10)
    assert task.status is TaskStatus.RUNNING
    assert task.progress == (0, 4)
    assert not task.wait(0.01)
    assert task.cancel()
    go.set()
    assert task.wait(10)
    assert task.status is TaskStatus.CANCELLED
    assert ran == [0]
    assert closed.is_set()
    assert task.entries()[0] == 0
    assert all(isinstance(entry, JobCancelledError) for entry in task.entries()[1:])
    assert task.cancel() is False


def test_a_run_that_was_cancelled_in_the_queue_never_starts():
    waiting, ran = [], []
    task = TaskRun([Batch(1, lambda: ran.append(1) or [1])])
    task.start(waiting.append)
    assert task.status is TaskStatus.QUEUED
    assert task.cancel()
    assert task.status is TaskStatus.CANCELLED
    assert task.wait(0)
    waiting[0]()
    assert ran == []
    assert task.status is TaskStatus.CANCELLED
    assert isinstance(task.failures()[0], JobCancelledError)
    assert task.progress == (0, 1)


def test_cancel_after_the_end_has_no_effect():
    task = run(Batch(1, lambda: [1]))
    assert not task.cancel()
    assert task.status is TaskStatus.DONE


def test_a_run_runs_once():
    task = run(Batch(1, lambda: [1]), submit=at_once)
    with pytest.raises(JobError, match="runs once"):
        task.start(at_once)


def test_workers_that_take_nothing_leave_an_error_and_not_a_queue():
    def refuses(function):
        raise JobError("full")

    task = TaskRun([Batch(1, lambda: [1])])
    with pytest.raises(JobError, match="full"):
        task.start(refuses)
    assert task.status is TaskStatus.ERROR
    assert task.wait(0)


def test_a_run_forgets_its_work_when_it_is_over():
    import gc
    import weakref

    class Program:
        pass

    program = Program()
    watch = weakref.ref(program)
    task = run(Batch(1, lambda program=program: [id(program)]), submit=at_once)
    del program
    gc.collect()
    assert watch() is None
    assert task.status is TaskStatus.DONE


def test_work_that_waits_for_other_work_does_not_block_the_pool():
    pool = WorkerPool(1)

    def waits():
        inner = TaskRun([Batch(1, lambda: [1])])
        inner.start(pool.submit)
        assert inner.wait(10)
        return [inner.entries()]

    outer = TaskRun([Batch(1, waits)])
    outer.start(pool.submit)
    assert outer.wait(10)
    assert outer.entries() == ((1,),)
    assert pool.settle(10)  # the inner run is still in the queue, and is not run again


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_is_told_that_a_run_is_its_parents():
    go = threading.Event()
    task = TaskRun([Batch(1, lambda: go.wait(20) and [1])])
    task.start()
    over = run(Batch(1, lambda: [2]))
    pid = os.fork()
    if pid == 0:
        refused = 0
        for ask in (task.wait, task.cancel):
            try:
                ask()
            except JobError as error:
                refused += f"runs in process {os.getppid()}" in str(error)
        os._exit(0 if refused == 2 and over.wait(1) and over.entries() == (2,) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    go.set()
    assert task.wait(10)
    assert task.entries() == (1,)
