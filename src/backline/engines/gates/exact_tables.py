"""Gates and noise of a program as the tables that compiled loops read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backline.engines.gates import pauli_maps
from backline.engines.gates.program import Noise, Unitary

# As in `exact_kernels`, which only those import who have numba and need it.
_ROTATION, _NOISE, _MANY = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """As `exact_kernels` describes it.

    Attributes:
        rows: int64 array (maps, 5).
        places: int64 array, qubits of maps of several.
        layout: int64 array, where entries of sparse matrices are.
        numbers: float64 array (of Pauli vectors) or complex128 array (of state vectors).
        widest: Most qubits of a map.
    """

    rows: NDArray[np.int64]
    places: NDArray[np.int64]
    layout: NDArray[np.int64]
    numbers: NDArray[Any]
    widest: int


def for_paulis(operations: Sequence[Unitary | Noise]) -> Table:
    """What happens to Pauli vectors.

    Args:
        operations: Gates, and noise, of so few qubits that their maps are small.
    """
    writer = _Writer()
    previous: Unitary | Noise | None = None
    for item in operations:
        if isinstance(item, Unitary):
            _write_gate(writer, item)
        else:
            # What follows a gate on the same qubits is a factor of the gate's own rows.
            same = isinstance(previous, Unitary) and previous.qubits == item.qubits
            _write_noise(writer, item, joined=same and len(item.qubits) > 1)
        previous = item
    return writer.table(np.float64)


def for_amplitudes(operations: Sequence[Unitary]) -> Table:
    """What happens to state vectors.

    Args:
        operations: Gates.
    """
    writer = _Writer()
    for item in operations:
        if len(item.qubits) == 1:
            writer.one(_ROTATION, item.qubits[0], item.matrix.ravel().tolist())
            continue
        data = item.matrix.tobytes()
        layout, values = _sparse_gate(data, len(item.matrix))
        writer.many(item.qubits, data, layout, values)
    return writer.table(np.complex128)


class _Writer:
    """Collects rows; the layout of a sparse matrix is written once."""

    def __init__(self) -> None:
        self._rows: list[int] = []
        self._places: list[int] = []
        self._layout: list[int] = []
        self._numbers: list[Any] = []
        self._known: dict[object, int] = {}
        self._widest = 1
        self._last = 0

    def one(self, kind: int, qubit: int, numbers: Sequence[Any]) -> None:
        self._rows += (kind, 1, qubit, 0, len(self._numbers))
        self._numbers += numbers

    def many(
        self, qubits: tuple[int, ...], key: object, layout: list[int], numbers: Sequence[Any]
    ) -> None:
        begin = self._known.get(key)
        if begin is None:
            begin = self._known[key] = len(self._layout)
            self._layout += layout
        self._last = len(self._numbers)
        self._rows += (_MANY, len(qubits), len(self._places), begin, self._last)
        self._places += qubits
        self._numbers += numbers
        self._widest = max(self._widest, len(qubits))

    def weaken(self, factor: float) -> None:
        """Change the factor of the last map of several qubits."""
        self._numbers[self._last] *= factor

    def table(self, kind: type[np.generic]) -> Table:
        return Table(
            np.array(self._rows, dtype=np.int64).reshape(-1, 5),
            np.array(self._places, dtype=np.int64),
            np.array(self._layout, dtype=np.int64),
            np.array(self._numbers, dtype=kind),
            self._widest,
        )


def _write_gate(writer: _Writer, gate: Unitary) -> None:
    if len(gate.qubits) == 1:
        numbers = np.ascontiguousarray(gate.matrix).view(np.float64).ravel().tolist()
        writer.one(_ROTATION, gate.qubits[0], numbers)
        return
    data = gate.matrix.tobytes()
    layout, values = pauli_maps.sparse(data, len(gate.qubits))
    writer.many(gate.qubits, data, layout, (1.0, *values))


def _write_noise(writer: _Writer, noise: Noise, *, joined: bool) -> None:
    strength = noise.channel.depolarizing
    if len(noise.qubits) > 1 and strength:
        if joined:
            writer.weaken(1.0 - strength)
        else:
            layout, values = _identity(len(noise.qubits))
            writer.many(noise.qubits, len(noise.qubits), layout, (1.0 - strength, *values))
        strength = 0.0
    for qubit, relaxation in zip(noise.qubits, noise.channel.relaxations, strict=True):
        if relaxation is not None or strength:
            writer.one(_NOISE, qubit, pauli_maps.factors(relaxation, strength))


@cache
def _identity(count: int) -> tuple[list[int], list[Any]]:
    return pauli_maps.entries(np.eye(4**count))


@lru_cache(maxsize=1024)
def _sparse_gate(data: bytes, side: int) -> tuple[list[int], list[Any]]:
    return pauli_maps.entries(np.frombuffer(data, dtype=np.complex128).reshape(side, side))
