"""Whether and how states of several sites are evolved by compiled code."""

from __future__ import annotations

import importlib
import os
import tempfile
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

from backline.engines.pulses.gates import Circuit
from backline.engines.pulses.plain import evolve
from backline.engines.pulses.undriven import Complex

WIDE = 8
"""So many states at once fill the lanes of a vector instruction, whatever the sites."""

_TILE = 1 << 14


def tail(sites: int, states: int) -> int:
    """How many of the last sites a `Circuit` for so many states should apply to turned tiles."""
    if kernels() is None:
        return 0
    return sites if states >= WIDE else sites // 2


def run(circuit: Circuit, states: Complex, coefficients: Complex) -> Complex:
    """Apply all rows of coefficients to a batch of states.

    Args:
        circuit: Made with the `tail` of so many states.
        states: Array (m, D).
        coefficients: Array (rows, width).

    Returns:
        Array (m, D).
    """
    compiled = kernels()
    if compiled is None:
        states = states.copy()
        evolve(states, circuit.front, circuit.offsets, coefficients)
        return states
    re, im = np.ascontiguousarray(states.real), np.ascontiguousarray(states.imag)
    compiled.evolve(
        re,
        im,
        circuit.front,
        circuit.tail,
        circuit.offsets,
        coefficients,
        circuit.leading,
        circuit.size,
        max(1, min(len(states) * circuit.leading, _TILE // circuit.size)),
        circuit.largest,
    )
    evolved = np.empty_like(states)
    evolved.real, evolved.imag = re, im
    return evolved


@cache
def kernels() -> ModuleType | None:
    """The compiled loops, or None where numba has no wheels."""
    try:
        _choose_cache()
        return importlib.import_module("backline.engines.pulses.kernels")
    except ImportError:
        return None


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
