"""Kill -9 of workers, again and again."""

import os
import signal
import threading
from contextlib import contextmanager


@contextmanager
def kills(workers, chance, shortest, longest):
    """While inside, kill a random worker process at random moments; gives those that were killed.

    `shortest` and `longest` are seconds between two kills.
    """
    over, killed = threading.Event(), []

    def kill():
        while not over.wait(chance.uniform(shortest, longest)):
            pids = workers.pids()
            if pids:
                victim = chance.choice(pids)
                os.kill(victim, signal.SIGKILL)
                killed.append(victim)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield killed
    finally:
        over.set()
        killer.join()
