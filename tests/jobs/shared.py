"""``python shared.py STORE FOLDER``: waits for ``go``, runs what waits, says how many it ran."""

import sys
import time
from pathlib import Path

from backends.lasting import lasting

if __name__ == "__main__":
    store, folder = sys.argv[1], Path(sys.argv[2])
    backend = lasting(store)
    print("ready", flush=True)
    while not (folder / "go").exists():
        time.sleep(0.001)
    jobs = backend.resume()
    for job in jobs:
        job.result(120)
    print(len(jobs), flush=True)
