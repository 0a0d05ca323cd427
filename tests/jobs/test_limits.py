"""Time limits, retries, priorities, and those who watch a run."""

import importlib
import threading
import time

import pytest

from backline.errors import (
    JobCancelledError,
    JobTimeoutError,
    OptionValueError,
    StoreError,
    WorkerLostError,
)
from backline.jobs import (
    Batch,
    JobPlan,
    Retry,
    TaskRun,
    TaskStatus,
    WorkerPool,
    is_retryable,
    note,
    raise_if_stopping,
)

run_module = importlib.import_module("backline.jobs.run")


def at_once(function):
    function()


def slow(values):
    for value in values:
        end = time.monotonic() + 0.1
        while time.monotonic() < end:
            raise_if_stopping()
            time.sleep(0.002)
        yield value


def test_what_is_not_over_at_the_time_limit_fails_and_the_rest_stays():
    task = TaskRun([Batch(9, lambda: slow(range(9)))], time_limit=0.25)
    begun = time.monotonic()
    task.start(at_once)
    assert time.monotonic() - begun < 0.6
    assert task.status is TaskStatus.ERROR
    assert task.entries()[:2] == (0, 1)
    assert 2 <= len([item for item in task.entries() if isinstance(item, int)]) <= 3
    last = task.entries()[-1]
    assert isinstance(last, JobTimeoutError)
    assert str(last) == "not over within its time limit of 0.25 s"


def test_a_run_within_its_limit_is_done():
    task = TaskRun([Batch(1, lambda: [1])], time_limit=10)
    task.start(at_once)
    assert task.status is TaskStatus.DONE


def test_cancel_wins_over_the_limit():
    task = TaskRun([Batch(3, lambda: slow(range(3)))], time_limit=5)
    task.start()
    time.sleep(0.05)
    assert task.cancel()
    assert task.wait(5)
    assert task.status is TaskStatus.CANCELLED


class Passing(ValueError):  # noqa: N818 - what it is
    retryable = True


def flaky(failures, error):
    left = dict(failures)
    asked = []

    def one(place):
        asked.append(place)
        if left.get(place, 0) > 0:
            left[place] -= 1
            return error()
        return place * 10

    batch = Batch(3, lambda: map(one, range(3)), lambda places: map(one, places))
    return batch, asked


@pytest.mark.parametrize("error", [ConnectionError, TimeoutError, WorkerLostError, Passing])
def test_what_passes_is_tried_again_after_pauses(error):
    batch, asked = flaky({0: 1, 2: 2}, error)
    task = TaskRun([batch], retry=Retry(times=2, first=0.01))
    task.start(at_once)
    assert task.status is TaskStatus.DONE
    assert task.entries() == (0, 10, 20)
    assert asked == [0, 1, 2, 0, 2, 2]
    notes = [event.text for event in task.history()]
    assert notes == [
        f"tried again: 0, 2, after {error.__name__}",
        f"tried again: 2, after {error.__name__}",
    ]


def test_tries_end():
    batch, asked = flaky({1: 9}, ConnectionError)
    task = TaskRun([batch], retry=Retry(times=2, first=0.01))
    task.start(at_once)
    assert list(task.failures()) == [1]
    assert asked == [0, 1, 2, 1, 1]


def test_what_does_not_pass_is_not_tried_again():
    batch, asked = flaky({1: 1}, ValueError)
    task = TaskRun([batch], retry=Retry(times=2, first=0.01))
    task.start(at_once)
    assert task.status is TaskStatus.ERROR
    assert asked == [0, 1, 2]


def test_a_cancel_ends_the_pauses():
    batch, _ = flaky({1: 1}, ConnectionError)
    task = TaskRun([batch], retry=Retry(times=1, first=60))
    task.start()
    time.sleep(0.1)
    task.cancel()
    assert task.wait(5)
    assert task.status is TaskStatus.CANCELLED


def test_causes_make_errors_pass():
    error = ValueError("no")
    assert not is_retryable(error)
    error.__cause__ = ConnectionError()
    assert is_retryable(error)


@pytest.mark.parametrize(
    "wrong",
    [
        {"retries": -1},
        {"retries": 1.5},
        {"time_limit": -1},
        {"time_limit": "1"},
        {"time_limit": True},
        {"priority": None},
        {"tags": [3]},
    ],
)
def test_plans_are_checked(wrong):
    with pytest.raises(OptionValueError):
        JobPlan(**wrong)


def test_the_most_urgent_begins_first_and_its_helpers_with_it():
    pool, order, go, begun, over = WorkerPool(1), [], *(threading.Event() for _ in range(3))
    pool.submit(lambda: (begun.set(), go.wait(10)))
    assert begun.wait(10)

    def urgent():
        order.append("urgent")
        pool.submit(lambda: order.append("its helper"))

    pool.submit(lambda: order.append("first"))
    pool.submit(lambda: order.append("low"), priority=-1)
    pool.submit(urgent, priority=5)
    pool.submit(lambda: order.append("second"))
    pool.submit(over.set, priority=-2)
    go.set()
    assert over.wait(10)
    assert order == ["urgent", "its helper", "first", "second", "low"]


class Watcher:
    def __init__(self, refusal=None, breaks=False):
        self.told, self.refusal, self.breaks = [], refusal, breaks

    def begins(self):
        self.told.append("begins")
        return self.refusal

    def noted(self, event):
        self.told.append(event.text)

    def over(self):
        self.told.append("over")
        if self.breaks:
            raise StoreError("no")


def test_watchers_are_told_before_those_who_wait():
    watcher = Watcher()
    task = TaskRun([Batch(1, lambda: note("hello") or [1])], watcher=watcher)
    task.start()
    assert task.wait(10)
    assert watcher.told == ["begins", "hello", "over"]


def test_a_refusal_ends_a_run_before_it_works():
    ran = []
    for refusal, status in (
        (StoreError("no"), TaskStatus.ERROR),
        (JobCancelledError("cancelled elsewhere"), TaskStatus.CANCELLED),
    ):
        task = TaskRun([Batch(1, lambda: ran.append(1) or [1])], watcher=Watcher(refusal))
        task.start(at_once)
        assert task.wait(0)
        assert task.status is status
    assert ran == []


def test_a_watcher_that_breaks_keeps_nobody_waiting(caplog):
    task = TaskRun([Batch(1, lambda: [1])], watcher=Watcher(breaks=True))
    task.start()
    assert task.wait(10)
    assert task.entries() == (1,)
    assert "could not be told" in caplog.text


def test_a_cancelled_run_in_the_queue_is_told_too():
    watcher, waiting = Watcher(), []
    task = TaskRun([Batch(1, lambda: [1])], watcher=watcher)
    task.start(waiting.append)
    task.cancel()
    waiting[0]()
    assert watcher.told == ["over"]


def test_clocks_that_jump_make_no_negative_times(monkeypatch):
    real = run_module.datetime

    class Jumping(real):
        jumps = iter([0.0, 7e6, -7e6, 3e6, -9e6])

        @classmethod
        def now(cls, zone=None):
            return real.now(zone) + run_module.timedelta(seconds=next(cls.jumps, -8e6))

    monkeypatch.setattr(run_module, "datetime", Jumping)
    for _ in range(4):
        task = TaskRun([Batch(1, lambda: time.sleep(0.01) or [1])])
        task.start(at_once)
        assert task.created <= task.started < task.ended
        assert (task.ended - task.created).total_seconds() < 5


class PanicException(BaseException):
    """As a parser with a Rust core raises it: no Exception."""


def test_a_panic_while_trying_again_leaves_the_rest_as_it_is():
    def panics(places):
        raise PanicException("no")

    first = Batch(1, lambda: [ConnectionError("once")], panics)
    task = TaskRun([first, Batch(1, lambda: [7])], retry=Retry(times=1, first=0.01))
    task.start(at_once)
    assert isinstance(task.entries()[0], ConnectionError)
    assert task.entries()[1] == 7
    assert "trying again failed: PanicException: no" in [event.text for event in task.history()]
