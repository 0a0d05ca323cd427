"""What this process does at a store, and what becomes of jobs whose process is gone."""

import gc
import os
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest

from backline.errors import JobCancelledError, JobError, StoreError
from backline.jobs import (
    Batch,
    Event,
    TaskRun,
    TaskStatus,
    WorkerPool,
    raise_if_stopping,
    utc_now,
)
from backline.jobs import keeper as keeper_module
from backline.jobs import kept as kept_module
from backline.jobs.keeper import Keeper, keeper_of
from backline.jobs.kept import KeptRun, Outcome
from backline.jobs.owners import OwnerWatch, machine, own_id, shown
from backline.jobs.recovery import MOST_LOSSES, give_back, is_orphan, recover
from backline.jobs.store import JobChange, MemoryStore
from jobs.stores import event, record

GONE = f"{machine()} 1 0 abcd"  # process 1 of this machine did not begin at 0


def kept(store, work=lambda: [1], job_id="a"):
    keeper = keeper_of(store)
    keeper.accept(record(job_id, total=1), b"")
    watcher = KeptRun(keeper, job_id)
    run = TaskRun([Batch(1, work)], watcher=watcher)
    watcher.bind(run, lambda: Outcome(b"result", None))
    return run


def wait_until(true, seconds=10):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def until_stopped():
    while True:
        time.sleep(0.01)
        raise_if_stopping()


def test_a_kept_run_is_written_from_begin_to_end():
    store = MemoryStore()
    run = kept(store)
    job = store.get("a")
    assert job.owner == keeper_of(store).owner
    run.start()
    assert run.wait(10)
    job = store.get("a")
    assert (job.status, job.done, job.attempts, job.owner) == (TaskStatus.DONE, 1, 1, None)
    assert job.created <= job.started <= job.ended
    assert store.result("a") == b"result"
    texts = [item.text for item in store.history("a")]
    me = shown(keeper_of(store).owner)
    assert texts == [f"accepted by {me}", f"attempt 1 begins in {me}", "done"]
    assert str(os.getpid()) in me


def test_a_cancel_in_the_store_reaches_the_run():
    store = MemoryStore()

    run = kept(store, until_stopped)
    run.start()
    wait_until(lambda: store.get("a").status is TaskStatus.RUNNING)
    store.cancel("a", event("cancel"))
    assert run.wait(10)
    assert run.status is TaskStatus.CANCELLED
    assert store.get("a").status is TaskStatus.CANCELLED


def test_a_job_that_was_cancelled_in_the_store_is_not_begun():
    store = MemoryStore()
    run = kept(store)
    store.cancel("a", event())
    run.start()
    assert run.wait(10)
    assert run.status is TaskStatus.CANCELLED
    assert isinstance(run.entries()[0], JobCancelledError)


def test_a_job_that_another_process_took_is_not_begun():
    store = MemoryStore()
    run = kept(store)
    store.change("a", JobChange(owner=GONE), owner=keeper_of(store).owner, attempt=0)
    run.start()
    assert run.wait(10)
    assert isinstance(run.entries()[0], JobError)
    assert "was taken over by process 1" in str(run.entries()[0])
    assert store.get("a").owner == GONE


def test_a_process_that_comes_back_too_late_spoils_nothing(caplog):
    store = MemoryStore()
    taken = []

    def work():
        mine = store.get("a")
        back = JobChange(status=TaskStatus.QUEUED, owner="")
        store.change("a", back, owner=mine.owner, attempt=mine.attempts)
        taken.append(store.claim("a", "other", event()))
        return [1]

    run = kept(store, work)
    run.start()
    assert run.wait(10)
    job = store.get("a")
    assert job == taken[0]
    assert store.result("a") is None
    assert "another process's now" in caplog.text


class Failing(MemoryStore):
    """Fails so often, in what is asked of it."""

    def __init__(self, name, times):
        super().__init__()
        self.left, self.what = times, name

    def _fail(self, name):
        if name == self.what and self.left > 0:
            self.left -= 1
            raise StoreError("the disk is full")

    def claim(self, *args):
        self._fail("claim")
        return super().claim(*args)

    def change(self, *args, **more):
        self._fail("change")
        return super().change(*args, **more)

    def add(self, *args):
        self._fail("add")
        super().add(*args)


def test_what_the_store_does_not_take_is_written_later(caplog, monkeypatch):
    monkeypatch.setattr(keeper_module, "_TICK", 0.02)
    store = Failing("change", 3)
    run = kept(store)
    run.start()
    assert run.wait(10)
    assert run.entries() == (1,)
    assert store.get("a").status is TaskStatus.RUNNING
    wait_until(lambda: store.get("a").status is TaskStatus.DONE)
    assert store.result("a") == b"result"
    assert "not written yet: the disk is full" in caplog.text


def test_work_begins_when_the_store_knows_of_it(monkeypatch):
    monkeypatch.setattr(keeper_module, "_TICK", 0.02)
    store = Failing("claim", 2)
    seen = []
    run = kept(store, lambda: seen.append(store.get("a").status) or [1])
    run.start()
    assert run.wait(10)
    assert seen == [TaskStatus.RUNNING]


def test_work_does_not_begin_without_the_store(monkeypatch):
    monkeypatch.setattr(kept_module, "_PAUSE", 0.01)
    monkeypatch.setattr(kept_module, "_PATIENCE", 0.05)
    store, ran = Failing("claim", 1000), []
    run = kept(store, lambda: ran.append(1) or [1])
    run.start()
    assert run.wait(10)
    assert ran == []
    assert isinstance(run.entries()[0], StoreError)


def test_what_is_not_kept_is_not_accepted():
    store = Failing("add", 1)
    with pytest.raises(StoreError, match="full"):
        keeper_of(store).accept(record("a"), b"")


def test_owners_of_this_machine_live_as_long_as_their_process():
    store, watch = MemoryStore(), OwnerWatch()
    script = "from backline.jobs.owners import own_id; print(own_id(), flush=True); input()"
    child = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        owner = child.stdout.readline().strip()
        both = [owner, own_id(), GONE, "nonsense"]
        assert watch.gone(store, both[:3]) == {GONE}
        child.kill()
        child.wait()
        assert watch.gone(store, both[:3]) == {GONE, owner}


def test_owners_of_other_machines_live_as_long_as_they_beat():
    store, watch = MemoryStore(), OwnerWatch(lease=0.2)
    far = "elsewhere/boot 7 7 abcd"
    store.beat(far)
    assert watch.gone(store, [far]) == set()
    for _ in range(4):
        time.sleep(0.1)
        store.beat(far)
        assert watch.gone(store, [far]) == set()
    time.sleep(0.3)
    assert watch.gone(store, [far]) == {far}
    store.beat(far)
    assert watch.gone(store, [far]) == set()


def lost(store, **more):
    """A job that runs in a process that is gone."""
    store.add(record("a", **more), b"", event())
    return store.claim("a", GONE, event())


def test_a_lost_job_is_queued_again_and_said_so():
    store = MemoryStore()
    job = lost(store)
    assert is_orphan(store, job)
    (back,) = recover(store)
    assert (back.status, back.owner, back.losses) == (TaskStatus.QUEUED, None, 1)
    assert "queued again: process 1" in store.history("a")[-1].text
    assert "is lost" in store.history("a")[-1].text
    assert recover(store) == []
    assert not give_back(store, job)


def test_a_lost_job_is_marked_where_that_was_chosen():
    store = MemoryStore()
    lost(store, on_restart="mark")
    (marked,) = recover(store)
    assert marked.status is TaskStatus.ERROR
    assert "its process ended while it ran" in marked.error


def test_a_job_that_is_lost_again_and_again_is_given_up():
    store = MemoryStore()
    store.add(record("a"), b"", event())
    for _ in range(MOST_LOSSES):
        store.claim("a", GONE, event())
        (back,) = recover(store)
    assert back.status is TaskStatus.ERROR
    assert f"each of the {MOST_LOSSES} times" in back.error


def test_a_lost_job_that_somebody_cancelled_is_cancelled():
    store = MemoryStore()
    lost(store)
    store.cancel("a", event())
    (back,) = recover(store)
    assert back.status is TaskStatus.CANCELLED


@pytest.mark.parametrize("on_restart", ["resume", "mark"])
def test_a_job_that_only_waited_is_queued_again_in_any_case(on_restart):
    store = MemoryStore()
    store.add(record("a", owner=GONE, on_restart=on_restart), b"", event())
    (back,) = recover(store)
    assert (back.status, back.owner, back.losses) == (TaskStatus.QUEUED, None, 0)


def test_what_lives_is_left_alone():
    store = MemoryStore()
    store.add(record("a", owner=own_id()), b"", event())
    store.add(record("b"), b"", event())
    assert recover(store) == []
    assert not is_orphan(store, store.get("b"))


def test_a_keeper_is_one_a_store_and_finds_living_jobs():
    store = MemoryStore()
    keeper = keeper_of(store)
    assert keeper_of(store) is keeper
    assert isinstance(keeper, Keeper)
    assert keeper_of(MemoryStore()) is not keeper

    class Thing:
        pass

    thing = Thing()
    keeper.jobs["a"] = thing
    assert keeper.jobs.get("a") is thing
    del thing
    gc.collect()
    assert keeper.jobs.get("a") is None
    assert Event(utc_now(), "x").text == "x"


def test_a_job_that_its_store_forgot_ends_and_others_are_looked_after(caplog, monkeypatch):
    """Taken over, done and pruned while this process slept; or somebody moved the database away."""
    monkeypatch.setattr(keeper_module, "_TICK", 0.02)
    store, go = MemoryStore(), threading.Event()
    run = kept(store, lambda: go.wait(10) and [1])
    other = kept(store, lambda: go.wait(10) and [2], job_id="b")
    run.start()
    other.start()
    wait_until(lambda: store.get("a").status is TaskStatus.RUNNING)
    del store._jobs["a"]
    run.note("something")
    time.sleep(0.2)
    go.set()
    assert run.wait(10)
    assert other.wait(10)
    assert "job a is in its store no more" in caplog.text
    assert store.get("b").status is TaskStatus.DONE
    before = store.owners([keeper_of(store).owner])[keeper_of(store).owner].beat
    monkeypatch.setattr(keeper_module, "_BEAT", 0.01)
    hold = threading.Event()
    last = kept(store, lambda: hold.wait(10) and [1], job_id="d")
    last.start()
    wait_until(lambda: store.owners([keeper_of(store).owner])[keeper_of(store).owner].beat > before)
    hold.set()
    assert last.wait(10)


def test_whatever_goes_wrong_this_process_goes_on_to_live(caplog, monkeypatch):
    monkeypatch.setattr(keeper_module, "_TICK", 0.02)
    store = MemoryStore()
    left = [RuntimeError("odd")] * 2
    real = store.cancel_asked

    def odd(owner):
        if left:
            raise left.pop()
        return real(owner)

    monkeypatch.setattr(store, "cancel_asked", odd)

    run = kept(store, until_stopped)
    run.start()
    wait_until(lambda: store.get("a").status is TaskStatus.RUNNING)
    store.cancel("a", event())
    assert run.wait(10)
    assert run.status is TaskStatus.CANCELLED
    assert "goes on" in caplog.text


def test_a_result_that_cannot_be_stored_is_an_error_and_not_a_job_for_ever(caplog):
    store = MemoryStore()
    keeper = keeper_of(store)
    keeper.accept(record("a", total=1), b"")
    watcher = KeptRun(keeper, "a")
    run = TaskRun([Batch(1, lambda: [1])], watcher=watcher)

    def outcome():
        raise MemoryError

    watcher.bind(run, outcome)
    run.start()
    assert run.wait(10)
    job = store.get("a")
    assert job.status is TaskStatus.ERROR
    assert job.error == "its result cannot be stored: MemoryError"
    assert run.entries() == (1,)


class LostAnswer(MemoryStore):
    """Does what is asked, and says once that it failed: a connection that broke at the commit."""

    def __init__(self, name):
        super().__init__()
        self.what = name

    def claim(self, *args):
        claimed = super().claim(*args)
        return self._lose("claim", claimed)

    def change(self, *args, **more):
        return self._lose("change", super().change(*args, **more))

    def _lose(self, name, given):
        if name == self.what:
            self.what = None
            raise StoreError("the connection broke")
        return given


@pytest.mark.parametrize("name", ["claim", "change"])
def test_an_answer_that_is_lost_on_its_way_changes_nothing(name, caplog, monkeypatch):
    monkeypatch.setattr(keeper_module, "_TICK", 0.02)
    store = LostAnswer(name)
    run = kept(store)
    run.start()
    assert run.wait(10)
    assert run.entries() == (1,)
    wait_until(lambda: store.get("a").status is TaskStatus.DONE)
    assert store.result("a") == b"result"
    assert store.get("a").attempts == 1
    wait_until(lambda: not keeper_of(store)._kept)
    assert "its work is lost" not in caplog.text


def test_clocks_that_jump_end_no_job_before_it_began(monkeypatch):
    store, hours = MemoryStore(), iter([5, -7, 9, -9, 4, -4])

    def jumping():
        return utc_now() + timedelta(hours=next(hours, 0))

    monkeypatch.setattr(kept_module, "utc_now", jumping)
    for name in "abc":
        run = kept(store, job_id=name)
        run.start()
        assert run.wait(10)
        job = store.get(name)
        assert job.started <= job.ended
        assert (job.ended - job.started).total_seconds() < 10


def test_who_cancels_does_not_wait_for_a_store_that_fails(monkeypatch):
    monkeypatch.setattr(kept_module, "_PAUSE", 0.02)
    store, pool = Failing("claim", 10_000), WorkerPool(1)
    run = kept(store)
    run.start(pool.submit)
    time.sleep(0.1)
    run.cancel()
    assert run.wait(1)
    assert pool.settle(5)  # and no worker does
    assert store.get("a").status is TaskStatus.CANCELLED


def test_a_store_that_fails_at_the_end_keeps_no_other_from_being_told(caplog):
    first, second = Failing("change", 10_000), MemoryStore()
    runs = [kept(first), kept(second)]
    keeper_module._say_goodbye()
    assert second.get("a").owner is None
    assert "could not be given back" in caplog.text
    for run in runs:
        run.cancel()
