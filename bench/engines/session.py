"""A worker process, seen from outside."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


class LostError(Exception):
    """The worker has failed or was too slow; the text says which."""


class Session:
    """One tool on one case, alive until it is closed.

    Args:
        python: The interpreter of the tool's environment.
        tool: Name of its module.
        case: Name of the case.
        settings: Its settings.
        answer: Where its answer goes.
        variables: Added to the environment's variables.
    """

    def __init__(
        self,
        python: Path,
        tool: str,
        case: str,
        settings: dict[str, Any],
        answer: Path,
        **variables: str,
    ) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the session
        self._started = time.perf_counter()
        self._process = subprocess.Popen(
            [str(python), str(HERE / "worker.py"), tool, case, json.dumps(settings), str(answer)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, **variables},
        )
        self._buffer = b""

    def first(self, limit: float) -> dict[str, Any]:
        """Facts of the first run; `cold` is everything from the start of the process.

        Raises:
            LostError: If it fails, or takes longer than `limit` seconds.
        """
        facts = self._read(limit)
        facts["cold"] = time.perf_counter() - self._started
        self._read(limit)  # the answer is written
        return facts

    def again(self, limit: float, part: str = "run") -> float:
        """Seconds of one more run, or of a part of it."""
        self._process.stdin.write(part.encode() + b"\n")
        self._process.stdin.flush()
        return float(self._read(limit)["seconds"])

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._errors.close()

    def _read(self, limit: float) -> dict[str, Any]:
        """The next line; libraries may print others."""
        deadline = time.perf_counter() + limit
        with selectors.DefaultSelector() as ready:
            ready.register(self._process.stdout, selectors.EVENT_READ)
            while True:
                while b"\n" in self._buffer:
                    line, _, self._buffer = self._buffer.partition(b"\n")
                    if line.startswith(b"{"):
                        return json.loads(line)
                if not ready.select(max(0.0, deadline - time.perf_counter())):
                    self._process.kill()
                    raise LostError(f"> {limit:.0f} s")
                chunk = os.read(self._process.stdout.fileno(), 1 << 16)
                if not chunk:
                    raise LostError(self._last_words())
                self._buffer += chunk

    def _last_words(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1][:160] if lines else f"ended with {self._process.wait()}"
