"""Functions that worker processes run."""

import os
import signal
import time
from pathlib import Path

from backline.jobs import raise_if_stopping


def double(value):
    return 2 * value


def pid(value):
    time.sleep(0.05)
    return os.getpid()


class Unreadable(Exception):  # noqa: N818 - what it is
    """Can be pickled, and not read again."""

    def __init__(self, one, two):
        super().__init__(f"{one} {two}")


def fails(value):
    if value == 1:
        raise ValueError("one")
    if value == 2:
        raise Unreadable("a", "b")
    if value == 3:
        return lambda: None
    if value == 4:
        raise KeyboardInterrupt
    return value


def dies_once(path):
    """Die the first time, by kill -9."""
    if Path(path).exists():
        Path(path).unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    return "alive"


def dies(value):
    os._exit(3)


def endless(path):
    Path(path).write_text(str(os.getpid()))
    while True:
        time.sleep(0.01)


def polite(path):
    """Endless, and asks whether anybody wants it."""
    Path(path).write_text(str(os.getpid()))
    while True:
        time.sleep(0.01)
        raise_if_stopping()


def slowly(value):
    time.sleep(0.1)
    return value * value
