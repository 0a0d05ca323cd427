"""Compiled loops (numba), imported where they are needed, and where their machine code is kept."""

from __future__ import annotations

import importlib
import os
import tempfile
from functools import cache
from types import ModuleType
from typing import Any


@cache
def compiled(name: str) -> ModuleType | None:
    """A module of compiled loops, or None where numba has no wheels.

    Args:
        name: Full name of the module, as "backline.engines.gates.kernels".
    """
    try:
        _choose_cache()
        return importlib.import_module(name)
    except ImportError:
        return None


@cache
def _choose_cache() -> None:
    """Send compiled code to a folder of the user's where the package's own cannot be written."""
    config: Any = importlib.import_module("numba.core.config")
    beside = os.path.join(os.path.dirname(__file__), "__pycache__")
    if not config.CACHE_DIR and not _writable(beside):
        base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
        folder = os.path.join(base, "backline")
        config.CACHE_DIR = folder if _writable(folder) else tempfile.mkdtemp(prefix="backline-")


def _writable(folder: str) -> bool:
    try:
        os.makedirs(folder, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
