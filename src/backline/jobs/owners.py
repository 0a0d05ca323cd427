"""Who runs a job, and whether they are still there, without trusting any clock of the day.

A process is told from all others by its machine, its number and when it was started. Whether one
of this machine lives, the system says at once. One of another machine lives as long as its beat
in the store grows: it is gone when we have watched the same beat for `LEASE` seconds, by a clock
of ours that nobody sets.
"""

from __future__ import annotations

import os
import platform
import threading
import time
import uuid
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Protocol

from backline.jobs.store.protocol import JobStore

LEASE = 60.0
"""Seconds without a sign of life after which a process of another machine is gone."""


class Watch(Protocol):
    """Says which owners are gone."""

    def gone(self, store: JobStore, owners: Collection[str]) -> set[str]:
        """Those of some owners that live no more."""


class OwnerWatch:
    """Remembers when each beat was seen first.

    Args:
        lease: Seconds without a sign of life after which a process of another machine is gone.
    """

    def __init__(self, lease: float = LEASE) -> None:
        self._lease = lease
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], tuple[int, float]] = {}

    def gone(self, store: JobStore, owners: Collection[str]) -> set[str]:
        """Those of some owners that live no more.

        Args:
            store: Where their beats are.
            owners: Their ids.
        """
        here = {owner for owner in owners if _machine_of(owner) == machine()}
        dead = {owner for owner in here if not _lives(owner)}
        others = set(owners) - here
        if not others:
            return dead
        beats = {owner: record.beat for owner, record in store.owners(others).items()}
        now = time.monotonic()
        with self._lock:
            for owner in others:
                key, beat = (store.url, owner), beats.get(owner, 0)
                seen = self._seen.get(key)
                if seen is None or seen[0] != beat:
                    self._seen[key] = beat, now
                elif now - seen[1] > self._lease:
                    dead.add(owner)
        return dead


@cache
def machine() -> str:
    """What tells this machine from others, and from itself before it was started anew."""
    name = "-".join(platform.node().split())  # ids are parted by spaces
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{name}/{boot}/{os.readlink('/proc/self/ns/pid')}"
    except OSError:  # not Linux: numbers of processes with their starts have to do
        return f"{name}/{uuid.getnode():x}"


def own_id() -> str:
    """An id for this process."""
    pid = os.getpid()
    return f"{machine()} {pid} {_start_of(pid)} {uuid.uuid4().hex[:8]}"


def shown(owner: str) -> str:
    """An owner as people name it: process and machine."""
    parts = owner.split(" ")
    if len(parts) != 4:
        return owner
    return f"process {parts[1]} on {parts[0].split('/')[0]}"


def _machine_of(owner: str) -> str:
    return owner.split(" ")[0]


def _lives(owner: str) -> bool:
    parts = owner.split(" ")
    return len(parts) == 4 and parts[1].isdigit() and _start_of(int(parts[1])) == parts[2]


def _start_of(pid: int) -> str:
    """When a process was started, as text; "" where there is none."""
    try:
        # By the kernel's clock, which is not set. The name before may have spaces.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if fields[0] in ("Z", "X") else fields[19]
    except OSError:
        pass
    import psutil  # takes longer to import than all that we have to do here

    try:
        process = psutil.Process(pid)
        dead = process.status() == psutil.STATUS_ZOMBIE
        return "" if dead else f"{process.create_time():.0f}"
    except psutil.Error:
        return ""
