"""A PostgreSQL of the tests' own, in a folder of its own, where the system has one."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest


def _program(name):
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return str(found[0]) if found else shutil.which(name)


@contextmanager
def running():
    """Start a server; gives the URL of its database."""
    initdb, control = _program("initdb"), _program("pg_ctl")
    if not initdb or not control:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="backline-postgres-", dir="/tmp"))
    user = {}
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        user = {"user": "nobody"}
        shutil.chown(folder, "nobody")

    def call(*arguments):
        subprocess.run(arguments, check=True, capture_output=True, cwd=folder, timeout=120, **user)

    data = folder / "data"
    try:
        call(initdb, "-D", data, "-U", "backline", "-A", "trust", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        # Its output goes to a file: the server would keep the pipe.
        call(control, "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql://backline@/postgres?host={folder}"
        finally:
            call(control, "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
