"""Matrices of gates, made once for each name and values."""

from __future__ import annotations

from functools import lru_cache
from math import isqrt
from typing import Any

import numpy as np
from qiskit.circuit.library.standard_gates import get_standard_gate_name_mapping

from backline.engines.gates.program import Complex


@lru_cache(maxsize=1)
def _classes() -> dict[str, type[Any]]:
    return {name: type(gate) for name, gate in get_standard_gate_name_mapping().items()}


@lru_cache(maxsize=16384)
def standard(name: str, values: tuple[float, ...]) -> Complex:
    """The read-only matrix of one of Qiskit's standard gates."""
    matrix = _classes()[name](*values).to_matrix().astype(np.complex128)
    matrix.setflags(write=False)
    return matrix


@lru_cache(maxsize=1024)
def from_bytes(data: bytes) -> Complex:
    """The read-only matrix whose numbers, complex128 row by row, these are."""
    numbers = np.frombuffer(data, dtype=np.complex128)
    size = isqrt(len(numbers))
    return numbers.reshape(size, size)
