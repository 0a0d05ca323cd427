"""``python killed.py STORE FOLDER TIMES SEED [PROCESSES]``: a life of kills.

So often a process is forked, which takes up what waits in the store and submits jobs, and writes
each accepted one into ``accepted``; it is killed at a random moment. All that takes long to import
is imported before, and nothing of it has threads or connections.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

import psycopg  # noqa: F401 - imported before
import sqlalchemy.dialects.postgresql.psycopg
import sqlalchemy.dialects.sqlite  # noqa: F401 - imported before

import backline.jobs.store.sql  # noqa: F401 - imported before
from backends.lasting import flips, lasting
from backline.jobs.workers import processes

LONGEST = 0.8
PATIENCE = 60.0  # seconds until processes have started


def live(store, folder, number, workers):
    backend = lasting(store, workers=workers)
    for job in backend.resume():
        job.tags  # noqa: B018 - they run in the background
    with (folder / "accepted").open("a") as accepted:
        for k in range(10_000):
            name = f"{number}-{k}"
            job = backend.run(
                flips(k % 3, name=name),
                shots=4,
                seconds=0.01,
                log=str(folder / "log"),
                seed_simulator=k,
            )
            accepted.write(f"{job.job_id()} {k % 3} {name}\n")
            accepted.flush()
            if workers is not None:
                with (folder / "workers").open("a") as pids:
                    pids.writelines(f"{pid}\n" for pid in workers.pids())
            time.sleep(0.004 if workers is None else 0.05)


def wait_for_more(path, before):
    end = time.monotonic() + PATIENCE
    while path.stat().st_size == before and time.monotonic() < end:
        time.sleep(0.01)


def main():
    store, folder, times, seed = sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:5])
    count = int(sys.argv[5]) if len(sys.argv) > 5 else 0
    workers, seen = processes(count) if count else None, folder / "workers"
    seen.touch()
    chance = random.Random(seed)
    for number in range(times):
        before = seen.stat().st_size
        pid = os.fork()
        if pid == 0:
            try:
                live(store, folder, number, workers)
            finally:
                os._exit(1)
        if workers is not None and number % 3:  # others die while their processes start
            wait_for_more(seen, before)
        time.sleep(chance.uniform(0.0, LONGEST))
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        if not os.WIFSIGNALED(status):
            raise SystemExit(f"life {number} ended by itself: {status}")


if __name__ == "__main__":
    main()
