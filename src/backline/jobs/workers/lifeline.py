"""How a process ends with the one that started it, whatever happens to that one."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1  # of linux/prctl.h


def end_with(parent: int) -> None:
    """End this process when who started it is gone: nobody would read its answer.

    On Linux the kernel does it at once, also where native code holds the interpreter. It goes by
    the thread that started this process, which has to live as long as its process. Elsewhere a
    thread of ours looks every second.

    Args:
        parent: Number of the process that started this one.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent or os.name == "nt":
        time.sleep(1.0)
    os._exit(1)
