"""``python killed.py STORE FOLDER TIMES SEED``: a life of kills.

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

LONGEST = 0.8


def live(store, folder, number):
    backend = lasting(store)
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
            time.sleep(0.004)


def main():
    store, folder, times, seed = sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:])
    chance = random.Random(seed)
    for number in range(times):
        pid = os.fork()
        if pid == 0:
            try:
                live(store, folder, number)
            finally:
                os._exit(1)
        time.sleep(chance.uniform(0.0, LONGEST))
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        if not os.WIFSIGNALED(status):
            raise SystemExit(f"life {number} ended by itself: {status}")


if __name__ == "__main__":
    main()
