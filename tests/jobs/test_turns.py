"""Who writes into SQLite now."""

from __future__ import annotations

import threading
import time

import pytest

from backline.jobs.store.turns import Turns


def begun(target):
    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    return thread


def until(asked):
    end = time.monotonic() + 10
    while not asked():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_who_accepts_goes_before_workers_that_wait_longer():
    turns, order = Turns(), []

    def write(name, first):
        with turns.taken(first):
            order.append(name)

    with turns.taken():
        threads = [begun(lambda: write("worker", False)) for _ in range(3)]
        until(lambda: turns._waiting[False] == 3)
        threads.append(begun(lambda: write("person", True)))
        until(lambda: turns._waiting[True] == 1)
    for thread in threads:
        thread.join(10)
    assert order == ["person", "worker", "worker", "worker"]


def test_one_at_a_time():
    turns, inside, most, count = Turns(), [], [0], [0]

    def write(first):
        for _ in range(300):
            with turns.taken(first):
                inside.append(None)
                most[0] = max(most[0], len(inside))
                count[0] += 1
                inside.pop()

    threads = [begun(lambda first=first: write(first)) for first in (True, False, False, True)]
    for thread in threads:
        thread.join(30)
    assert (most[0], count[0]) == (1, 1200)


@pytest.mark.parametrize("first", [True, False])
def test_a_turn_that_fails_is_given_back(first):
    turns = Turns()
    with pytest.raises(ValueError, match="disk"), turns.taken(first):
        raise ValueError("disk")
    with turns.taken():
        pass


def test_who_gives_up_after_being_called_passes_the_turn_on(monkeypatch):
    """A Ctrl-C may come at any time."""
    turns, done = Turns(), []
    waits, called = turns._waits[True], threading.Event()
    wait = waits.wait

    def interrupted():
        wait()
        raise KeyboardInterrupt

    def person():
        with pytest.raises(KeyboardInterrupt), turns.taken(True):
            done.append("person")
        called.set()

    def worker():
        with turns.taken():
            done.append("worker")

    monkeypatch.setattr(waits, "wait", interrupted)
    with turns.taken():
        threads = [begun(person), begun(worker)]
        until(lambda: turns._waiting == {True: 1, False: 1})
    for thread in threads:
        thread.join(10)
    assert called.is_set()
    assert done == ["worker"]
