"""Matrices of gates, made once for each name and values."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import isfinite, isqrt
from typing import Any

import numpy as np
from qiskit.circuit.library.standard_gates import get_standard_gate_name_mapping

from backline.engines.gates.program import Complex
from backline.errors import InputError


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


def check_values(values: Sequence[float], name: str, qubits: tuple[int, ...]) -> None:
    """Refuse values of a gate that no matrix can be made of.

    Args:
        values: Its parameters.
        name: Its name.
        qubits: Where it stands in the circuit.

    Raises:
        InputError: If one is NaN or infinite.
    """
    for place, value in enumerate(values):
        if not isfinite(value):
            raise InputError(
                f"{name} on {_listed(qubits)} has the parameter {value} at place {place}: "
                "parameters of gates are finite numbers"
            )


def check_matrix(matrix: Complex, name: str, qubits: tuple[int, ...]) -> None:
    """Refuse a gate's matrix that has no numbers in it.

    Args:
        matrix: Of the gate.
        name: Its name.
        qubits: Where it stands in the circuit.

    Raises:
        InputError: If an entry is NaN or infinite.
    """
    if not np.isfinite(matrix).all():
        raise InputError(
            f"{name} on {_listed(qubits)} has a matrix with entries that are NaN or infinite: "
            "all of them are finite numbers"
        )


def _listed(qubits: tuple[int, ...]) -> str:
    return f"qubit{'s' if len(qubits) > 1 else ''} {', '.join(map(str, qubits))}"
